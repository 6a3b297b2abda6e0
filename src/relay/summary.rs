//! What one peer tells another of its cache: a hash of everything and sixteen of the parts
//! (spec section 10).
//!
//! Ids are read as hex digits. A summary under a prefix covers the ids that begin with it,
//! in sixteen buckets by the digit that follows.

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use super::PacketId;

/// A summary of the packets whose ids begin with `prefix`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Hex digits, each 0 to 15.
    pub prefix: Vec<u8>,
    /// SHA-1 over the hex hashes of the buckets.
    pub hash: [u8; 20],
    /// SHA-1 over the sorted hex ids of each bucket that is not empty.
    pub buckets: [Option<[u8; 20]>; 16],
}

impl Summary {
    /// The summary of those of `ids` that begin with `prefix`. The ids have to ascend.
    #[must_use]
    pub fn compute<'a>(prefix: &[u8], ids: impl IntoIterator<Item = &'a PacketId>) -> Self {
        let mut hashes: [Option<Sha1>; 16] = Default::default();
        if prefix.len() < PREFIX_DIGITS_MAX {
            for id in ids.into_iter().filter(|id| has_prefix(id, prefix)) {
                let bucket = usize::from(digit(id, prefix.len()));
                let mut text = [0; 2 * size_of::<PacketId>()];
                hex::encode_to_slice(id.0, &mut text).expect("two digits a byte");
                hashes[bucket].get_or_insert_default().update(text);
            }
        }
        let buckets = hashes.map(|hash| hash.map(|hash| hash.finalize().into()));
        Self::of_buckets(prefix.to_vec(), buckets)
    }

    /// The summary with these buckets.
    #[must_use]
    pub fn of_buckets(prefix: Vec<u8>, buckets: [Option<[u8; 20]>; 16]) -> Self {
        let mut hash = Sha1::new();
        for bucket in buckets.iter().flatten() {
            let mut text = [0; 40];
            hex::encode_to_slice(bucket, &mut text).expect("two digits a byte");
            hash.update(text);
        }
        Self {
            prefix,
            hash: hash.finalize().into(),
            buckets,
        }
    }

    /// The message of a sync packet.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENCODED_BYTES_MAX);
        let length = u8::try_from(self.prefix.len()).expect("a prefix is no longer than an id");
        bytes.push(length);
        let padded = (!self.prefix.len().is_multiple_of(2)).then_some(&0);
        let mut digits = padded.into_iter().chain(&self.prefix);
        while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
            bytes.push(high << 4 | low);
        }
        bytes.extend_from_slice(&self.hash);
        for (index, bucket) in (0..).zip(&self.buckets) {
            if let Some(bucket) = bucket {
                bytes.push(index);
                bytes.extend_from_slice(bucket);
            }
        }
        bytes
    }

    /// Takes the message of a sync packet apart.
    ///
    /// # Errors
    /// If it is not what [`Summary::encode`] makes of some summary.
    pub fn decode(message: &[u8]) -> Result<Self, InvalidSummary> {
        let (length, rest) = message.split_first().ok_or(InvalidSummary)?;
        let length = usize::from(*length);
        if length > PREFIX_DIGITS_MAX {
            return Err(InvalidSummary);
        }
        let (prefix, rest) = rest
            .split_at_checked(length.div_ceil(2))
            .ok_or(InvalidSummary)?;
        let (hash, rows) = rest.split_first_chunk::<20>().ok_or(InvalidSummary)?;
        let summary = Self::of_buckets(decode_prefix(prefix, length)?, decode_rows(rows)?);
        if summary.hash != *hash {
            return Err(InvalidSummary);
        }
        Ok(summary)
    }

    /// Whether an id is covered.
    #[must_use]
    pub fn covers(&self, id: &PacketId) -> bool {
        has_prefix(id, &self.prefix)
    }
}

/// A message is no summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is no summary of a cache")]
pub struct InvalidSummary;

/// Hex digits of an id, and of the longest prefix.
pub const PREFIX_DIGITS_MAX: usize = 64;
/// Bytes of the longest summary.
const ENCODED_BYTES_MAX: usize = 1 + PREFIX_DIGITS_MAX / 2 + 20 + 16 * ROW_BYTES;
/// Bytes of a bucket: its digit and its hash.
const ROW_BYTES: usize = 21;

fn digit(id: &PacketId, place: usize) -> u8 {
    let byte = id.0[place / 2];
    if place.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 15
    }
}

fn has_prefix(id: &PacketId, prefix: &[u8]) -> bool {
    prefix.len() <= PREFIX_DIGITS_MAX
        && (0..)
            .zip(prefix)
            .all(|(place, wanted)| digit(id, place) == *wanted)
}

/// The digits of a prefix; an odd number of them has a zero in front.
fn decode_prefix(bytes: &[u8], length: usize) -> Result<Vec<u8>, InvalidSummary> {
    let mut digits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .collect();
    if !length.is_multiple_of(2) && digits.remove(0) != 0 {
        return Err(InvalidSummary);
    }
    Ok(digits)
}

/// Buckets in the order of their digits.
fn decode_rows(rows: &[u8]) -> Result<[Option<[u8; 20]>; 16], InvalidSummary> {
    let (rows, rest) = rows.as_chunks::<ROW_BYTES>();
    let mut buckets = [None; 16];
    let mut next = 0;
    for [index, hash @ ..] in rows {
        let index = usize::from(*index);
        if index < next || index >= buckets.len() {
            return Err(InvalidSummary);
        }
        buckets[index] = Some(*hash);
        next = index + 1;
    }
    if rest.is_empty() {
        Ok(buckets)
    } else {
        Err(InvalidSummary)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn any_ids() -> impl Strategy<Value = BTreeSet<PacketId>> {
        // Few first bytes, so that prefixes are shared.
        let id = (0..3_u8, any::<[u8; 31]>()).prop_map(|(first, rest)| {
            let mut id = [first; 32];
            id[1..].copy_from_slice(&rest);
            PacketId(id)
        });
        proptest::collection::btree_set(id, 0..40)
    }

    #[test]
    fn an_empty_cache_has_no_buckets() {
        let summary = Summary::compute(&[], &[]);
        assert_eq!(summary.buckets, [None; 16]);
        assert_eq!(summary.encode().len(), 21);
    }

    #[test]
    fn only_what_has_the_prefix_counts() {
        let ids = [
            PacketId([0x10; 32]),
            PacketId([0x1f; 32]),
            PacketId([0x2f; 32]),
        ];
        let summary = Summary::compute(&[1], &ids);
        assert_eq!(summary, Summary::compute(&[1], &ids[..2]));
        assert!(summary.covers(&ids[1]) && !summary.covers(&ids[2]));
        assert!(summary.buckets[0].is_some() && summary.buckets[15].is_some());
        assert_eq!(summary.buckets.iter().flatten().count(), 2);
    }

    #[test]
    fn what_no_summary_encodes_to_is_refused() {
        let ids = [PacketId([0x1f; 32]), PacketId([0x2f; 32])];
        let good = Summary::compute(&[], &ids).encode();
        let with = |alter: fn(&mut Vec<u8>)| {
            let mut bytes = good.clone();
            alter(&mut bytes);
            Summary::decode(&bytes)
        };
        assert!(with(|_| ()).is_ok());
        for alter in [
            (|bytes| bytes.clear()) as fn(&mut Vec<u8>),
            |bytes| bytes.truncate(1),
            |bytes| bytes.push(0),
            |bytes| bytes[0] = 65,
            |bytes| bytes[1] ^= 1,
            |bytes| bytes[21] = 16,
            |bytes| bytes[21] = 2,
            |bytes| bytes[42] = 1,
            |bytes| bytes[43] ^= 1,
        ] {
            assert_eq!(with(alter), Err(InvalidSummary));
        }
        let mut odd = Summary::compute(&[1], &ids).encode();
        odd[1] = 0x11;
        assert_eq!(Summary::decode(&odd), Err(InvalidSummary));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_summary_comes_back_as_it_was(
            ids in any_ids(),
            prefix in proptest::collection::vec(0..16_u8, 0..=PREFIX_DIGITS_MAX),
            length in 0..=PREFIX_DIGITS_MAX,
        ) {
            let first = ids.first().copied().unwrap_or(PacketId([0; 32]));
            let own: Vec<u8> = (0..length).map(|place| digit(&first, place)).collect();
            for prefix in [prefix, own] {
                let summary = Summary::compute(&prefix, &ids);
                prop_assert_eq!(Summary::decode(&summary.encode()), Ok(summary));
            }
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(summary) = Summary::decode(&bytes) {
                prop_assert_eq!(summary.encode(), bytes);
            }
        }
    }
}
