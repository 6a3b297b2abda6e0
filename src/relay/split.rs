//! Messages of more than one packet: taken apart and put together (spec section 3).
//!
//! A message that does not fit one packet becomes a *head*, whose message says how long the
//! whole is, and *fragments*, each of which names the head and hashes the one before.
//!
//! The reference puts together what it has and makes up an id from what came last. Here
//! nothing is put together that does not hash to what the head and its fragments say, and
//! the whole is called by the id of its head, whatever order its parts came in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    PacketId,
    packet::{
        Head, IdCheck, MESSAGE_BYTES_MAX as FRAGMENT_BYTES, MessageError, Packet, fragment_id,
        message_id, verify_id,
    },
};

/// Makes the packets of a message of any length.
///
/// `whole` is what they have in common, with the message, the packet before and the packet
/// after all of them; its own id and index do not matter. `meta` goes into the head, if
/// there is one, and `unix_ms` with it.
///
/// # Errors
/// If the message is too long, or `meta` does not fit a head.
pub fn split(
    whole: &Packet,
    meta: Option<&Value>,
    unix_ms: u64,
) -> Result<Vec<Packet>, SplitError> {
    split_with(whole, meta, unix_ms, "")
}

/// Like [`split`], with a head that is unlike any other.
///
/// A head says when the message was split and how long it is, so two messages of one length
/// in one millisecond would share it, and their fragments could not be told apart. A number
/// under a key of its own, which the reference does not look at, keeps them apart.
///
/// # Errors
/// As [`split`].
pub fn split_uniquely(
    whole: &Packet,
    meta: Option<&Value>,
    unix_ms: u64,
    number: u64,
) -> Result<Vec<Packet>, SplitError> {
    split_with(
        whole,
        meta,
        unix_ms,
        &format!(",\"unique\":\"{number:016x}\""),
    )
}

/// Puts a message together from all of its packets, in any order.
///
/// What a hash does not cover is taken from the head, and from the last fragment what
/// follows the message. A packet that stands alone is its own whole.
///
/// # Errors
/// If a part is missing, there twice, forged, or not as long as the head says.
pub fn compose(parts: &[Packet]) -> Result<Composed, ComposeError> {
    if let [packet] = parts
        && packet.index < 0
    {
        return compose_single(packet);
    }
    let first = parts.iter().find(|part| part.index == 0);
    let first = first.ok_or(ComposeError::Missing { index: 0 })?;
    let head_id = match (first.id(), verify_id(first, None)) {
        (Some(id), IdCheck::Valid) => id,
        _ => return Err(ComposeError::Forged { index: 0 }),
    };
    let head = Head::parse(&first.message)?;
    let fragments = in_order(parts, head.fragment_count()?)?;
    let mut packet = first.clone();
    packet.index = -1;
    packet.message = join(&fragments, head_id)?.into();
    if packet.message.len() as u64 != head.size {
        return Err(ComposeError::WrongLength);
    }
    if let Some(last) = fragments.last() {
        packet.next_id = last.next_id;
    }
    Ok(Composed {
        packet,
        meta: Some(meta_with_time(head)),
    })
}

/// The clock of a packet that follows one with the clock `parent`, 0 if it follows none;
/// `sibling` is the highest clock of those that follow it already.
#[must_use]
pub fn clock_after(parent: u32, sibling: Option<u32>) -> u32 {
    match sibling {
        Some(sibling) => parent.max(sibling).saturating_add(2),
        None => parent.saturating_add(1),
    }
}

impl Head {
    /// How many fragments there are to be.
    ///
    /// # Errors
    /// If the message would be too long, or the head contradicts itself.
    pub fn fragment_count(&self) -> Result<usize, ComposeError> {
        let size = self.size;
        if size > MESSAGE_BYTES_MAX as u64 {
            return Err(ComposeError::TooLong { size });
        }
        if size == 0 || self.indexes != size.div_ceil(FRAGMENT_BYTES as u64) {
            return Err(ComposeError::WrongCount);
        }
        usize::try_from(self.indexes).map_err(|_| ComposeError::WrongCount)
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// The message with the fields of its head, whose id it has.
    pub packet: Packet,
    /// The user's part of the head and when it was made; absent for a single packet.
    pub meta: Option<Value>,
}

/// Why a message cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SplitError {
    /// The message is longer than [`MESSAGE_BYTES_MAX`].
    #[error("a message of {size} bytes exceeds {MESSAGE_BYTES_MAX}")]
    TooLong {
        /// Its length.
        size: usize,
    },
    /// What goes into the head is no object.
    #[error("what goes with a message has to be an object")]
    MetaNotAnObject,
    /// What goes into the head does not fit one packet.
    #[error("a head of {length} bytes exceeds {FRAGMENT_BYTES}")]
    MetaTooLong {
        /// Length of the head.
        length: usize,
    },
}

/// Why packets are no whole message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The head is no head.
    #[error(transparent)]
    Head(#[from] MessageError),
    /// The head promises more than is put together.
    #[error("a message of {size} bytes exceeds {MESSAGE_BYTES_MAX}")]
    TooLong {
        /// What the head says.
        size: u64,
    },
    /// The head's number of fragments does not go with its size.
    #[error("the number of fragments is not that of the message's size")]
    WrongCount,
    /// The fragments are not as long as the head says.
    #[error("the fragments are not as long as their head says")]
    WrongLength,
    /// A part is not there.
    #[error("part {index} is missing")]
    Missing {
        /// Which.
        index: usize,
    },
    /// A part is there twice, or is none of this message.
    #[error("part {index} is there twice or too many")]
    Surplus {
        /// Which.
        index: i32,
    },
    /// A part's id is not the hash of what it carries and of the part before.
    #[error("part {index} has a forged id")]
    Forged {
        /// Which.
        index: i32,
    },
}

/// Bytes of the longest message that is split or put together: 1 MiB.
pub const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Fragments of the longest message.
pub const FRAGMENT_COUNT_MAX: usize = MESSAGE_BYTES_MAX.div_ceil(FRAGMENT_BYTES);

/// Splits a message; `unique` is put at the end of the head's object.
fn split_with(
    whole: &Packet,
    meta: Option<&Value>,
    unix_ms: u64,
    unique: &str,
) -> Result<Vec<Packet>, SplitError> {
    let size = whole.message.len();
    if size > MESSAGE_BYTES_MAX {
        return Err(SplitError::TooLong { size });
    }
    if size <= FRAGMENT_BYTES {
        let mut packet = whole.clone();
        packet.index = -1;
        packet.packet_id = message_id(&packet.message).field();
        return Ok(vec![packet]);
    }
    let head = Head {
        meta: meta_object(meta)?,
        ts: unix_ms,
        size: size as u64,
        indexes: size.div_ceil(FRAGMENT_BYTES) as u64,
    };
    let mut head = head.encode();
    let end = head.len() - 1;
    head.splice(end..end, unique.bytes());
    let head = Bytes::from(head);
    if head.len() > FRAGMENT_BYTES {
        return Err(SplitError::MetaTooLong { length: head.len() });
    }
    Ok(chain(whole, head))
}

/// The head and the fragments, each with its id and those of its neighbours.
fn chain(whole: &Packet, head: Bytes) -> Vec<Packet> {
    let head_id = message_id(&head);
    let count = whole.message.len().div_ceil(FRAGMENT_BYTES);
    let mut packets = Vec::with_capacity(1 + count);
    packets.push(part(whole, 0, head_id, head));
    let mut before = head_id;
    for start in (0..whole.message.len()).step_by(FRAGMENT_BYTES) {
        let end = whole.message.len().min(start + FRAGMENT_BYTES);
        let message = whole.message.slice(start..end);
        let id = fragment_id(before, &message);
        let mut fragment = part(whole, packets.len(), id, message);
        fragment.previous_id = head_id.field();
        packets.push(fragment);
        before = id;
    }
    for index in 1..packets.len() {
        packets[index - 1].next_id = packets[index].packet_id;
    }
    packets
}

/// One packet of several; what comes before and after is the whole's.
fn part(whole: &Packet, index: usize, id: PacketId, message: Bytes) -> Packet {
    Packet {
        index: i32::try_from(index).expect("messages have few fragments"),
        packet_id: id.field(),
        message,
        ..whole.clone()
    }
}

fn meta_object(meta: Option<&Value>) -> Result<Map<String, Value>, SplitError> {
    match meta {
        None => Ok(Map::new()),
        Some(Value::Object(meta)) => Ok(meta.clone()),
        Some(_) => Err(SplitError::MetaNotAnObject),
    }
}

/// As the reference hands it on: with the time of splitting, unless it has one.
fn meta_with_time(head: Head) -> Value {
    let mut meta = head.meta;
    meta.entry("ts").or_insert_with(|| head.ts.into());
    Value::Object(meta)
}

fn compose_single(packet: &Packet) -> Result<Composed, ComposeError> {
    match verify_id(packet, None) {
        IdCheck::Valid => Ok(Composed {
            packet: packet.clone(),
            meta: None,
        }),
        _ => Err(ComposeError::Forged {
            index: packet.index,
        }),
    }
}

/// The fragments in the order of their indexes, each exactly once.
fn in_order(parts: &[Packet], count: usize) -> Result<Vec<&Packet>, ComposeError> {
    let mut places: Vec<Option<&Packet>> = vec![None; 1 + count];
    for part in parts {
        let surplus = ComposeError::Surplus { index: part.index };
        let index = usize::try_from(part.index).map_err(|_| surplus)?;
        let place = places.get_mut(index).ok_or(surplus)?;
        if place.replace(part).is_some() {
            return Err(surplus);
        }
    }
    let fragments = places.into_iter().enumerate().skip(1);
    fragments
        .map(|(index, place)| place.ok_or(ComposeError::Missing { index }))
        .collect()
}

/// The messages of the fragments one after the other, once each is verified.
fn join(fragments: &[&Packet], head_id: PacketId) -> Result<Vec<u8>, ComposeError> {
    let mut message = Vec::with_capacity(fragments.len() * FRAGMENT_BYTES);
    let mut before = head_id;
    for (place, fragment) in fragments.iter().enumerate() {
        let forged = ComposeError::Forged {
            index: fragment.index,
        };
        let id = fragment.id().ok_or(forged)?;
        let is_ours = fragment.previous_id == head_id.field();
        if !is_ours || verify_id(fragment, Some(before)) != IdCheck::Valid {
            return Err(forged);
        }
        let is_full = fragment.message.len() == FRAGMENT_BYTES;
        if !is_full && place + 1 < fragments.len() {
            return Err(ComposeError::WrongLength);
        }
        message.extend_from_slice(&fragment.message);
        before = id;
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::relay::packet::{Field, PacketType};

    const TS: u64 = 1_700_000_000_000;

    /// A message whose parts all differ.
    fn whole(size: usize) -> Packet {
        let message: Vec<u8> = (0..size).map(|at| (at / 7) as u8).collect();
        let mut packet = Packet::new(PacketType::PUBLISH, message);
        packet.previous_id = Field::from([1; 32]);
        packet.next_id = Field::from([2; 32]);
        packet.usr1 = Field::from([3; 32]);
        packet
    }

    fn parts(size: usize) -> Vec<Packet> {
        split(&whole(size), None, TS).unwrap()
    }

    #[track_caller]
    fn refused(alter: impl FnOnce(&mut Vec<Packet>), expected: ComposeError) {
        let mut parts = parts(3000);
        alter(&mut parts);
        assert_eq!(compose(&parts), Err(expected));
    }

    #[test]
    fn a_message_comes_back_with_the_id_of_its_head() {
        for size in [0, 1, 1024, 1025, 2048, 3000, 20_000] {
            let mut parts = parts(size);
            let mut expected = whole(size);
            expected.packet_id = parts[0].packet_id;
            parts.reverse();
            let composed = compose(&parts).unwrap();
            assert_eq!(composed.packet, expected, "{size} bytes");
            let meta = (size > 1024).then(|| json!({ "ts": TS }));
            assert_eq!(composed.meta, meta);
        }
    }

    #[test]
    fn messages_of_one_length_and_time_have_heads_of_their_own() {
        let [one, other] = [1, 2].map(|n| split_uniquely(&whole(3000), None, TS, n).unwrap());
        assert_ne!(one[0].packet_id, other[0].packet_id);
        let mut expected = whole(3000);
        expected.packet_id = one[0].packet_id;
        let composed = compose(&one).unwrap();
        assert_eq!(composed.packet, expected);
        assert_eq!(composed.meta, Some(json!({ "ts": TS })));
    }

    #[test]
    fn the_longest_message_is_split_and_one_byte_more_is_not() {
        let parts = parts(MESSAGE_BYTES_MAX);
        assert_eq!(parts.len(), 1 + FRAGMENT_COUNT_MAX);
        let size = MESSAGE_BYTES_MAX + 1;
        let outcome = split(&whole(size), None, TS);
        assert_eq!(outcome, Err(SplitError::TooLong { size }));
    }

    #[test]
    fn the_head_carries_an_object_that_fits() {
        let split_with = |meta: Value| split(&whole(1025), Some(&meta), TS);
        let parts = split_with(json!({"a": 1, "ts": 5})).unwrap();
        assert_eq!(
            compose(&parts).unwrap().meta,
            Some(json!({"a": 1, "ts": 5}))
        );
        assert_eq!(split_with(json!(7)), Err(SplitError::MetaNotAnObject));
        let long = split_with(json!({"a": "b".repeat(1024)}));
        assert!(matches!(long, Err(SplitError::MetaTooLong { .. })));
    }

    #[test]
    fn a_part_that_is_missing_or_there_twice_is_refused() {
        refused(|parts| parts.clear(), ComposeError::Missing { index: 0 });
        refused(
            |parts| drop(parts.remove(2)),
            ComposeError::Missing { index: 2 },
        );
        refused(
            |parts| parts.push(parts[1].clone()),
            ComposeError::Surplus { index: 1 },
        );
        refused(
            |parts| parts[3].index = 4,
            ComposeError::Surplus { index: 4 },
        );
    }

    #[test]
    fn an_altered_part_is_refused() {
        for index in 0..4 {
            refused(
                |parts| parts[index].message = "x".into(),
                ComposeError::Forged {
                    index: index as i32,
                },
            );
        }
        refused(
            |parts| {
                let (second, third) = (parts[2].message.clone(), parts[3].message.clone());
                parts[2].message = third;
                parts[3].message = second;
            },
            ComposeError::Forged { index: 2 },
        );
    }

    #[test]
    fn a_head_that_lies_is_refused_before_anything_is_reserved() {
        let lies = [
            (
                r#"{"meta":{},"ts":1,"size":500000000,"indexes":488282}"#,
                ComposeError::TooLong { size: 500_000_000 },
            ),
            (
                r#"{"meta":{},"ts":1,"size":3000,"indexes":4}"#,
                ComposeError::WrongCount,
            ),
            (
                r#"{"meta":{},"ts":1,"size":0,"indexes":0}"#,
                ComposeError::WrongCount,
            ),
            ("null", ComposeError::Head(MessageError::NotAHead)),
        ];
        for (message, expected) in lies {
            refused(
                |parts| {
                    parts[0].message = message.into();
                    parts[0].packet_id = message_id(message.as_bytes()).field();
                },
                expected,
            );
        }
    }

    #[test]
    fn a_packet_follows_its_parent_and_its_siblings() {
        assert_eq!(clock_after(0, None), 1);
        assert_eq!(clock_after(41, None), 42);
        assert_eq!(clock_after(41, Some(90)), 92);
        assert_eq!(clock_after(u32::MAX, Some(1)), u32::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn parts_in_any_order_make_the_same_whole(
            parts in (0_usize..6000).prop_flat_map(|size| Just(parts(size)).prop_shuffle())
        ) {
            let mut sorted = parts.clone();
            sorted.sort_by_key(|part| part.index);
            prop_assert_eq!(compose(&parts), compose(&sorted));
            prop_assert!(compose(&parts).is_ok());
        }
    }
}
