//! A random generator that takes little room while it rests.
//!
//! A generator of the ChaCha family keeps the blocks that it has made: 320 bytes, of which a peer
//! at rest, one of a million, uses eight a minute. This one keeps where it stands instead.

use core::fmt;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// ChaCha12 by its seed and its place in the stream; draws what [`rand::rngs::StdRng`] draws.
#[derive(Clone)]
pub(crate) struct CompactRng {
    seed: [u8; 32],
    /// In words of 32 bits.
    place: u64,
}

/// The generator with its blocks, for whoever draws more than a little.
pub(crate) struct OpenRng<'a> {
    rng: ChaCha12Rng,
    place: &'a mut u64,
}

impl CompactRng {
    /// Makes the blocks once for all that is drawn until the result is dropped.
    pub(crate) fn open(&mut self) -> OpenRng<'_> {
        let mut rng = ChaCha12Rng::from_seed(self.seed);
        rng.set_word_pos(u128::from(self.place));
        OpenRng {
            rng,
            place: &mut self.place,
        }
    }
}

impl fmt::Debug for CompactRng {
    /// Never the seed: what is drawn are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactRng").finish_non_exhaustive()
    }
}

impl SeedableRng for CompactRng {
    type Seed = [u8; 32];

    fn from_seed(seed: [u8; 32]) -> Self {
        Self { seed, place: 0 }
    }
}

impl RngCore for CompactRng {
    fn next_u32(&mut self) -> u32 {
        self.open().next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.open().next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.open().fill_bytes(bytes);
    }
}

impl RngCore for OpenRng<'_> {
    fn next_u32(&mut self) -> u32 {
        self.rng.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.rng.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.rng.fill_bytes(bytes);
    }
}

impl Drop for OpenRng<'_> {
    fn drop(&mut self) {
        // A stream of 2^64 words outlives whoever draws from it.
        *self.place = self.rng.get_word_pos() as u64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::rngs::StdRng;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_draws_what_the_usual_generator_draws_opened_or_not(
            seed: [u8; 32],
            draws in prop::collection::vec((0..3_u8, any::<bool>()), 0..100),
        ) {
            let (mut compact, mut usual) = (CompactRng::from_seed(seed), StdRng::from_seed(seed));
            for (kind, is_open) in draws {
                let drawn = if is_open {
                    draw(&mut compact.open(), kind)
                } else {
                    draw(&mut compact, kind)
                };
                prop_assert_eq!(drawn, draw(&mut usual, kind));
            }
        }
    }

    fn draw(random: &mut impl rand::RngCore, kind: u8) -> [u64; 2] {
        match kind {
            0 => [u64::from(random.next_u32()); 2],
            1 => [random.next_u64(), random.next_u64()],
            _ => {
                let mut bytes = [0; 7];
                random.fill_bytes(&mut bytes);
                [bytes.iter().map(|byte| u64::from(*byte)).sum(), 0]
            }
        }
    }
}
