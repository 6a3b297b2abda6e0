//! Random streams: one per entity, keyed by the seed and the entity's name or number.
//!
//! A stream depends on nothing else, so adding an entity does not change what the others
//! draw. [`named`] gives a strong generator for few entities, [`numbered`] a small and fast one
//! for millions; neither changes with the platform or the version of a library.

use rand::{RngCore, SeedableRng, rngs::StdRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The stream of the entity `name` in the run of `seed`.
#[must_use]
pub fn named(seed: u64, name: &str) -> StdRng {
    let mut key = [0; 32];
    let words = [seed, fnv1a(name, 0), fnv1a(name, 1), fnv1a(name, 2)];
    for (slot, word) in key.chunks_exact_mut(8).zip(words) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    StdRng::from_seed(key)
}

/// The stream that the entity of a number draws from for one purpose, in the run of `seed`.
#[must_use]
pub fn numbered(seed: u64, purpose: &str, entity: u64) -> Stream {
    let base = mix(seed ^ mix(fnv1a(purpose, 0)));
    Stream(Xoshiro256PlusPlus::seed_from_u64(mix(base ^ mix(entity))))
}

/// A small, fast generator: 32 bytes of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// Draws evenly from [0, 1).
    pub fn unit(&mut self) -> f64 {
        // As many bits as a float holds.
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Draws whether something happens that happens with this probability.
    pub fn is_drawn(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() < probability
    }

    /// Draws evenly from the numbers below a bound, which is at least one.
    pub fn below(&mut self, bound: u32) -> u32 {
        // The bias is below 2^-32, since the bound is.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u32
    }
}

impl RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// Spreads the bits of a word: the finisher of SplitMix64.
#[must_use]
pub(crate) const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// FNV-1a with 64 bits over a salt and the name (draft-eastlake-fnv, section 2).
fn fnv1a(name: &str, salt: u8) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = std::iter::once(salt).chain(name.bytes());
    bytes.fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_itself_and_differs_from_every_other() {
        let draw = |seed, name| named(seed, name).next_u64();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn numbered_streams_differ_by_seed_purpose_and_entity() {
        let draw = |seed, purpose, entity| numbered(seed, purpose, entity).next_u64();
        let mut drawn = Vec::new();
        for seed in 0..10 {
            for entity in 0..100 {
                drawn.extend(["loss", "churn"].map(|purpose| draw(seed, purpose, entity)));
            }
        }
        assert_eq!(draw(3, "loss", 7), draw(3, "loss", 7));
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 2_000);
    }

    #[test]
    fn numbered_streams_draw_what_they_drew_when_this_was_written() {
        let mut stream = numbered(1, "test", 2);
        let drawn = [stream.next_u64(), stream.next_u64()];
        assert_eq!(drawn, [9_640_339_355_793_327_934, 659_144_692_728_244_087]);
        assert_eq!(size_of::<Stream>(), 32);
    }

    #[test]
    fn draws_are_even() {
        let mut stream = numbered(1, "even", 0);
        let mean: f64 = (0..20_000).map(|_| stream.unit()).sum::<f64>() / 20_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[stream.below(7) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_600..10_400).contains(count)),
            "{counts:?}"
        );
    }
}
