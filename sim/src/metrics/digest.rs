//! One number for a whole run: the hash of all its facts in their order.
//!
//! Two runs that did the same have the same digest; a single fact that differs, or comes
//! earlier or later than another, changes it. Facts are gathered in a small buffer and hashed
//! in bulk, since hashing thirty bytes at a time costs several times as much.

use twox_hash::XxHash3_128;

/// A streaming 128-bit XXH3 over facts.
#[derive(Clone)]
pub struct Digest {
    hasher: XxHash3_128,
    buffer: Box<[u8; BUFFER_BYTES]>,
    used_bytes: usize,
    fact_count: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            hasher: XxHash3_128::new(),
            buffer: Box::new([0; BUFFER_BYTES]),
            used_bytes: 0,
            fact_count: 0,
        }
    }
}

impl Digest {
    /// Adds one fact: what happened, when, and up to four numbers that say more.
    #[inline]
    pub fn fact(&mut self, what: u32, now_us: u64, a: u32, b: u32, c: u64) {
        if self.used_bytes + FACT_BYTES > BUFFER_BYTES {
            self.flush();
        }
        let slot = &mut self.buffer[self.used_bytes..self.used_bytes + FACT_BYTES];
        slot[0..8].copy_from_slice(&now_us.to_le_bytes());
        slot[8..16].copy_from_slice(&c.to_le_bytes());
        slot[16..20].copy_from_slice(&what.to_le_bytes());
        slot[20..24].copy_from_slice(&a.to_le_bytes());
        slot[24..28].copy_from_slice(&b.to_le_bytes());
        self.used_bytes += FACT_BYTES;
        self.fact_count += 1;
    }

    /// How many facts it has taken in.
    #[must_use]
    pub fn fact_count(&self) -> u64 {
        self.fact_count
    }

    /// The digest so far as 32 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        let mut hasher = self.hasher.clone();
        hasher.write(&self.buffer[..self.used_bytes]);
        hasher.write(&self.fact_count.to_le_bytes());
        format!("{:032x}", hasher.finish_128())
    }

    #[cold]
    fn flush(&mut self) {
        self.hasher.write(&self.buffer[..self.used_bytes]);
        self.used_bytes = 0;
    }
}

/// The digest of several texts in their order, as 32 hexadecimal digits: of a set of runs.
#[must_use]
pub fn digest_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = XxHash3_128::new();
    for text in texts {
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    format!("{:032x}", hasher.finish_128())
}

const FACT_BYTES: usize = 28;
const BUFFER_BYTES: usize = FACT_BYTES * 146;

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(facts: impl IntoIterator<Item = u32>) -> String {
        let mut digest = Digest::default();
        for fact in facts {
            digest.fact(fact % 7, u64::from(fact), fact, 2, 3);
        }
        digest.hex()
    }

    #[test]
    fn the_same_facts_give_the_same_digest_and_any_other_order_another() {
        assert_eq!(digest(0..1000), digest(0..1000));
        assert_ne!(digest(0..1000), digest((0..1000).rev()));
        assert_ne!(digest(0..1000), digest(0..999));
        assert_ne!(digest([]), digest([0]));
    }

    #[test]
    fn a_digest_can_be_read_on_the_way() {
        let mut one = Digest::default();
        for fact in 0..500 {
            one.fact(1, fact, 0, 0, 0);
            let _ = one.hex();
        }
        let mut other = Digest::default();
        (0..500).for_each(|fact| other.fact(1, fact, 0, 0, 0));
        assert_eq!(one.hex(), other.hex());
        assert_eq!(one.fact_count(), 500);
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        assert_ne!(digest_of(["ab", "c"]), digest_of(["a", "bc"]));
    }
}
