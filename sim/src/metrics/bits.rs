//! A set of small numbers, one bit each.

/// A set of members by their index within a group; grows when needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Puts `index` in and says whether it was not there.
    pub(super) fn insert(&mut self, index: u32) -> bool {
        let (word, bit) = split(index);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let was = self.words[word] & bit != 0;
        self.words[word] |= bit;
        !was
    }

    /// Takes `index` out and says whether it was there.
    pub(super) fn remove(&mut self, index: u32) -> bool {
        let (word, bit) = split(index);
        let Some(word) = self.words.get_mut(word) else {
            return false;
        };
        let was = *word & bit != 0;
        *word &= !bit;
        was
    }

    /// How many are in it.
    pub(super) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many are in both.
    pub(super) fn count_shared(&self, other: &Self) -> u32 {
        self.words
            .iter()
            .zip(&other.words)
            .map(|(a, b)| (a & b).count_ones())
            .sum()
    }
}

fn split(index: u32) -> (usize, u64) {
    ((index / 64) as usize, 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_counted_until_it_is_taken_out() {
        let (mut one, mut other) = (Bits::default(), Bits::default());
        assert!(one.insert(3) && one.insert(200) && !one.insert(3));
        assert!(other.insert(3) && other.insert(64));
        assert_eq!((one.count(), one.count_shared(&other)), (2, 1));
        assert!(one.remove(3) && !one.remove(3) && !one.remove(9999));
        assert_eq!((one.count(), one.count_shared(&other)), (1, 0));
    }
}
