//! Hashes over the ids of a cache: one of the whole set, and those that summaries are made of.
//!
//! A bucket's hash runs over all its ids in order (spec section 10), so one change costs the
//! hash of one bucket a level. What was hashed is remembered until an id below it changes.

use std::{
    collections::{BTreeMap, btree_map::Range},
    ops::RangeInclusive,
};

use sha1::{Digest, Sha1};

use super::entry::Entry;
use crate::relay::{PacketId, summary::Summary};

/// The packets of a cache by id.
pub(super) type Entries = BTreeMap<PacketId, Entry>;

/// What is known of the ids without looking at them.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// The sum of the first 20 bytes of all ids.
    sum: [u8; 20],
    /// Hashes of buckets of [`MEMO_IDS_MIN`] ids and more, by [`memo_key`].
    hashes: BTreeMap<u64, [u8; 20]>,
}

impl Index {
    pub(super) fn add(&mut self, id: PacketId) {
        self.forget_hashes(id);
        let mut carry = 0;
        for (digit, byte) in self.sum.iter_mut().zip(&id.0).rev() {
            let sum = u16::from(*digit) + u16::from(*byte) + carry;
            *digit = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
    }

    pub(super) fn subtract(&mut self, id: PacketId) {
        self.forget_hashes(id);
        let mut borrow = false;
        for (digit, byte) in self.sum.iter_mut().zip(&id.0).rev() {
            let (first, is_below) = digit.overflowing_sub(*byte);
            let (second, is_below_again) = first.overflowing_sub(u8::from(borrow));
            *digit = second;
            borrow = is_below || is_below_again;
        }
    }

    /// A hash of the set of ids, whatever the order in which they came.
    pub(super) fn sum(&self) -> [u8; 20] {
        self.sum
    }

    /// The summary of the covered packets below a prefix.
    pub(super) fn summary(&mut self, entries: &Entries, prefix: &[u8]) -> Summary {
        let mut bucket_prefix = prefix.to_vec();
        bucket_prefix.push(0);
        let buckets = std::array::from_fn(|digit| {
            let digit = u8::try_from(digit).expect("there are sixteen buckets");
            *bucket_prefix.last_mut().expect("a digit was pushed") = digit;
            self.bucket(entries, &bucket_prefix)
        });
        Summary::of_buckets(prefix.to_vec(), buckets)
    }

    /// The hash of the covered ids below a prefix, if there are any.
    fn bucket(&mut self, entries: &Entries, prefix: &[u8]) -> Option<[u8; 20]> {
        let key = memo_key(prefix);
        if let Some(hash) = key.and_then(|key| self.hashes.get(&key)) {
            return Some(*hash);
        }
        let (mut hash, mut count) = (Sha1::new(), 0);
        for (id, _) in covered(entries, prefix) {
            hash.update(hex_of(&id.0, &mut [0; 64]));
            count += 1;
        }
        let hash = (count > 0).then(|| <[u8; 20]>::from(hash.finalize()))?;
        let has_room = self.hashes.len() < entries.len() / MEMO_IDS_MIN;
        if let Some(key) = key.filter(|_| count >= MEMO_IDS_MIN && has_room) {
            self.hashes.insert(key, hash);
        }
        Some(hash)
    }

    fn forget_hashes(&mut self, id: PacketId) {
        if self.hashes.is_empty() {
            return;
        }
        let mut prefix = [0; MEMO_DIGITS_MAX];
        for (place, digit) in prefix.iter_mut().enumerate() {
            let byte = id.0[place / 2];
            *digit = if place % 2 == 0 { byte >> 4 } else { byte & 15 };
        }
        for length in 1..=MEMO_DIGITS_MAX {
            if let Some(key) = memo_key(&prefix[..length]) {
                self.hashes.remove(&key);
            }
        }
    }
}

/// The packets below a prefix that summaries cover, in order.
pub(super) fn covered<'a>(
    entries: &'a Entries,
    prefix: &[u8],
) -> impl Iterator<Item = (&'a PacketId, &'a Entry)> {
    let below: Range<'_, _, _> = entries.range(ids_below(prefix));
    below.filter(|(_, entry)| entry.is_covered)
}

/// The lowest and the highest id with a prefix of at most 64 digits.
fn ids_below(prefix: &[u8]) -> RangeInclusive<PacketId> {
    let (mut low, mut high) = ([0; 32], [0xff; 32]);
    for (place, digit) in prefix.iter().enumerate().take(64) {
        let (shift, keep) = if place % 2 == 0 { (4, 0x0f) } else { (0, 0xf0) };
        let byte = place / 2;
        low[byte] = (low[byte] & keep) | (digit << shift);
        high[byte] = (high[byte] & keep) | (digit << shift);
    }
    PacketId(low)..=PacketId(high)
}

/// A number for each prefix that is short enough to be remembered.
fn memo_key(prefix: &[u8]) -> Option<u64> {
    let digits = prefix
        .iter()
        .fold(0, |digits, digit| (digits << 4) | u64::from(*digit));
    let is_short = (1..=MEMO_DIGITS_MAX).contains(&prefix.len());
    is_short.then_some(((prefix.len() as u64) << 32) | digits)
}

/// Writes bytes as hex digits; the buffer holds two for each.
fn hex_of<'a>(bytes: &[u8], text: &'a mut [u8]) -> &'a [u8] {
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = HEX_DIGITS[usize::from(byte >> 4)];
        pair[1] = HEX_DIGITS[usize::from(byte & 15)];
    }
    text
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";
/// Buckets with fewer ids are hashed anew each time, which takes little longer than to look them
/// up. At most one hash for so many ids is remembered, whatever prefixes somebody asks for.
const MEMO_IDS_MIN: usize = 4;
/// Buckets with longer prefixes are never so large.
const MEMO_DIGITS_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_does_not_depend_on_the_order_and_comes_back_to_zero() {
        let ids: Vec<PacketId> = (0..50_u8)
            .map(|n| PacketId([n.wrapping_mul(77); 32]))
            .collect();
        let (mut one, mut other) = (Index::default(), Index::default());
        ids.iter().for_each(|id| one.add(*id));
        ids.iter().rev().for_each(|id| other.add(*id));
        assert_eq!(one.sum(), other.sum());
        assert_ne!(one.sum(), [0; 20]);
        ids.iter().for_each(|id| one.subtract(*id));
        assert_eq!(one.sum(), [0; 20]);
    }

    #[test]
    fn a_prefix_bounds_the_ids_below_it() {
        let range = ids_below(&[0xa, 0x3, 0x7]);
        let mut low = [0; 32];
        low[..2].copy_from_slice(&[0xa3, 0x70]);
        assert_eq!(*range.start(), PacketId(low));
        let mut high = [0xff; 32];
        high[..2].copy_from_slice(&[0xa3, 0x7f]);
        assert_eq!(*range.end(), PacketId(high));
    }
}
