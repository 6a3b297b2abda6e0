//! Puts parts of messages together that are not kept in the cache: streams, answers, and
//! publishes without a hop left.
//!
//! Parts of different senders never meet, so nobody can spoil or push out another's message.
//! Two parts may claim the same place; which one belongs there shows in the chain of ids.
//! Invariant: parts are bounded in number, in bytes and in age, for each sender and in all;
//! what a head says of its size is checked before anything is done about it.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use super::Peer;
use crate::relay::{
    Address, Now, PacketId, PeerId, Time,
    packet::{Field, Head, IdCheck, Packet, verify_id},
    split::{Composed, FRAGMENT_COUNT_MAX, compose},
};

/// Messages that are not whole yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Reassembly {
    partials: BTreeMap<(Source, PacketId), Partial>,
    bytes: usize,
}

/// Whose parts they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A peer's that streams to us.
    Stream(PeerId),
    /// Those of an answer to this question that come from this address.
    Answer(Field, Address),
    /// Those of publishes that come from this address.
    Publish(Address),
}

impl Reassembly {
    /// Adds a part whose id is valid as far as it can be checked alone; gives back all parts,
    /// head first, if it was the last one missing.
    pub(super) fn add(&mut self, now: Time, source: Source, packet: Packet) -> Option<Vec<Packet>> {
        let place = u32::try_from(packet.index).ok()?;
        if place > PARTS_MAX || (place == 0 && count_of(&packet).is_none()) {
            return None;
        }
        let head = if place == 0 {
            packet.id()?
        } else {
            PacketId::from_field(&packet.previous_id)?
        };
        let key = (source, head);
        self.make_room(now, key, cost(&packet));
        let partial = self.partials.entry(key).or_default();
        partial.touched_at = now;
        let added = partial.add(place, packet);
        partial.bytes += added;
        self.bytes += added;
        let whole = partial.whole();
        if whole.is_some() || partial.tries > TRIES_MAX {
            self.forget(&key);
        }
        whole
    }

    /// Forgets what nothing was added to for a while.
    pub(super) fn expire(&mut self, now: Time) {
        let is_old = |one: &Partial| now.since(one.touched_at) >= AGE_MAX;
        let old = self.partials.iter().filter(|(_, one)| is_old(one));
        let old: Vec<_> = old.map(|(key, _)| *key).collect();
        for key in old {
            self.forget(&key);
        }
    }

    /// When [`Self::expire`] has something to do.
    pub(super) fn due(&self) -> Time {
        let oldest = self.partials.values().map(|one| one.touched_at).min();
        oldest.map_or(Time::NEVER, |at| at + AGE_MAX)
    }

    /// How many messages are not whole yet.
    pub(super) fn len(&self) -> usize {
        self.partials.len()
    }

    /// What the parts of all these cost.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets the oldest, of this sender first, until there is room for a part.
    fn make_room(&mut self, now: Time, key: (Source, PacketId), cost: usize) {
        self.expire(now);
        let others = |(source, head): &(Source, PacketId)| (*source, *head) != key;
        loop {
            let of_source = (key.0, PacketId([0; 32]))..=(key.0, PacketId([0xff; 32]));
            let own: Vec<_> = self.partials.range(of_source).collect();
            let bytes: usize = own.iter().map(|(_, one)| one.bytes).sum();
            let has_share =
                own.len() <= PARTIALS_OF_SOURCE_MAX && bytes + cost <= BYTES_OF_SOURCE_MAX;
            if has_share {
                break;
            }
            let oldest = own.into_iter().filter(|(key, _)| others(key));
            let Some(oldest) = oldest.min_by_key(|(_, one)| one.touched_at) else {
                break;
            };
            let oldest = *oldest.0;
            self.forget(&oldest);
        }
        while self.partials.len() >= PARTIALS_MAX || self.bytes + cost > BYTES_MAX {
            let oldest = self.partials.iter().filter(|(key, _)| others(key));
            let Some(oldest) = oldest.min_by_key(|(_, one)| one.touched_at) else {
                break;
            };
            let oldest = *oldest.0;
            self.forget(&oldest);
        }
    }

    fn forget(&mut self, key: &(Source, PacketId)) {
        if let Some(partial) = self.partials.remove(key) {
            self.bytes -= partial.bytes;
        }
    }
}

impl Peer {
    /// The message that a packet is, or completes.
    pub(super) fn put_together(
        &mut self,
        now: Now,
        source: Source,
        packet: Packet,
    ) -> Option<Composed> {
        if packet.index < 0 {
            let meta = None;
            return Some(Composed { packet, meta });
        }
        let parts = self.gossip.reassembly.add(now.time, source, packet)?;
        let whole = compose(&parts);
        self.counters.forged += u64::from(whole.is_err());
        whole.ok()
    }
}

/// One message that is not whole yet.
#[derive(Clone, Debug, Default)]
struct Partial {
    touched_at: Time,
    /// By place, the head at 0; those that claim the same place beside each other.
    parts: BTreeMap<u32, Vec<Packet>>,
    bytes: usize,
    /// How often there was a part for every place, yet no chain of ids.
    tries: u32,
}

impl Partial {
    /// Adds a part unless it is known; gives back what it costs.
    fn add(&mut self, place: u32, mut packet: Packet) -> usize {
        let claims = self.parts.entry(place).or_default();
        let is_known = claims.iter().any(|one| one.packet_id == packet.packet_id);
        if is_known || claims.len() >= CLAIMS_MAX {
            return 0;
        }
        // The datagram's buffer may hold much more than this part.
        packet.message = Bytes::copy_from_slice(&packet.message);
        let cost = cost(&packet);
        claims.push(packet);
        cost
    }

    /// All parts, head first, if there is a chain of ids through every place.
    fn whole(&mut self) -> Option<Vec<Packet>> {
        let head = self.parts.get(&0)?.first()?;
        let count = count_of(head)?;
        let is_complete = self.parts.len() as u64 > u64::from(count)
            && (1..=count).all(|place| self.parts.contains_key(&place));
        if !is_complete {
            return None;
        }
        self.tries += 1;
        // Each part follows at most one other, so these are the nodes of a tree.
        let mut levels: Vec<Vec<(usize, &Packet)>> = vec![vec![(0, self.parts.get(&0)?.first()?)]];
        for place in 1..=count {
            let before = levels.last()?;
            let follows = |part: &Packet| {
                let is_before = |one: &(usize, &Packet)| {
                    one.1
                        .id()
                        .is_some_and(|id| verify_id(part, Some(id)) == IdCheck::Valid)
                };
                before.iter().position(is_before)
            };
            let claims = self.parts.get(&place)?;
            let level = claims
                .iter()
                .filter_map(|part| Some((follows(part)?, part)));
            let level = level.collect::<Vec<_>>();
            levels.push(level);
        }
        let mut number = 0;
        let mut whole = Vec::with_capacity(levels.len());
        for level in levels.iter().rev() {
            let (before, part) = level.get(number)?;
            whole.push((*part).clone());
            number = *before;
        }
        whole.reverse();
        Some(whole)
    }
}

/// How many fragments a head names, if it can be believed.
fn count_of(head: &Packet) -> Option<u32> {
    let head = Head::parse(&head.message).ok()?;
    u32::try_from(head.fragment_count().ok()?).ok()
}

fn cost(packet: &Packet) -> usize {
    size_of::<Packet>() + packet.message.len()
}

/// Messages in the making, of all senders.
pub(super) const PARTIALS_MAX: usize = 256;
/// Messages in the making of one sender.
const PARTIALS_OF_SOURCE_MAX: usize = 8;
/// Bytes of all parts: 16 MiB.
pub(super) const BYTES_MAX: usize = 16 << 20;
/// Bytes of the parts of one sender: two of the longest messages.
const BYTES_OF_SOURCE_MAX: usize = 4 << 20;
/// Fragments of one message.
const PARTS_MAX: u32 = FRAGMENT_COUNT_MAX as u32;
/// Parts that may claim one place.
const CLAIMS_MAX: usize = 3;
/// How often a message may have every part and yet be wrong before it is given up.
const TRIES_MAX: u32 = 4;
/// How long a message may wait for its next part.
const AGE_MAX: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{
        packet::{PacketType, message_id},
        split::split_uniquely,
    };

    fn parts(size: usize, filler: u8) -> Vec<Packet> {
        let whole = Packet::new(PacketType::STREAM, vec![filler; size]);
        split_uniquely(&whole, None, 1, filler.into()).unwrap()
    }

    fn peer(number: u8) -> Source {
        Source::Stream(PeerId([number; 32]))
    }

    fn at(seconds: u64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    /// Adds all parts; how many of them completed a message.
    fn add_all(reassembly: &mut Reassembly, source: Source, parts: &[Packet]) -> usize {
        let mut add = |part: &Packet| reassembly.add(at(0), source, part.clone());
        let wholes = parts.iter().filter_map(&mut add);
        wholes
            .inspect(|whole| assert!(compose(whole).is_ok()))
            .count()
    }

    #[test]
    fn parts_make_a_whole_in_any_order() {
        let mut reassembly = Reassembly::default();
        let mut all = parts(5_000, 1);
        for _ in 0..all.len() {
            all.rotate_left(1);
            assert_eq!(add_all(&mut reassembly, peer(1), &all), 1);
            assert_eq!((reassembly.len(), reassembly.bytes), (0, 0));
        }
    }

    #[test]
    fn concurrent_messages_of_one_and_of_several_senders_do_not_meet() {
        let mut reassembly = Reassembly::default();
        let (one, other) = (parts(3_000, 1), parts(3_000, 2));
        let mut wholes = 0;
        for place in 0..one.len() {
            for (source, parts) in [(1, &one), (1, &other), (2, &one)] {
                let part = parts[place].clone();
                let whole = reassembly.add(at(0), peer(source), part);
                wholes += usize::from(whole.is_some());
            }
        }
        assert_eq!(wholes, 3);
    }

    #[test]
    fn a_forged_part_beside_the_true_one_does_no_harm() {
        let mut reassembly = Reassembly::default();
        let all = parts(3_000, 1);
        let mut forged = all[1].clone();
        forged.message = Bytes::from_static(b"false");
        let head = all[0].id().unwrap();
        forged.packet_id = crate::relay::packet::fragment_id(head, &forged.message).field();
        assert!(reassembly.add(at(0), peer(1), forged.clone()).is_none());
        forged.index = 2;
        assert!(reassembly.add(at(0), peer(1), forged).is_none());
        assert_eq!(add_all(&mut reassembly, peer(1), &all), 1);
    }

    #[test]
    fn what_a_head_says_of_its_size_is_not_believed() {
        let mut reassembly = Reassembly::default();
        let text = r#"{"meta":{},"ts":1,"size":500000000,"indexes":488282}"#;
        let mut head = Packet::new(PacketType::STREAM, text);
        head.index = 0;
        head.packet_id = message_id(text.as_bytes()).field();
        assert!(reassembly.add(at(0), peer(1), head).is_none());
        assert_eq!((reassembly.len(), reassembly.bytes), (0, 0));
    }

    #[test]
    fn parts_without_a_head_are_bounded_and_forgotten() {
        let mut reassembly = Reassembly::default();
        for sender in 0..100 {
            for number in 0..20 {
                let mut part = parts(3_000, number)[1].clone();
                part.previous_id = Field::from([number; 32]);
                let _ = reassembly.add(at(u64::from(number)), peer(sender), part);
            }
        }
        assert!(reassembly.len() <= PARTIALS_MAX, "{}", reassembly.len());
        assert!(reassembly.bytes <= BYTES_MAX);
        reassembly.expire(reassembly.due() + Duration::from_secs(60));
        assert_eq!((reassembly.len(), reassembly.bytes), (0, 0));
        assert_eq!(reassembly.due(), Time::NEVER);
    }

    #[test]
    fn one_sender_pushes_out_its_own_messages_only() {
        let mut reassembly = Reassembly::default();
        let others = parts(3_000, 1);
        let _ = reassembly.add(at(0), peer(2), others[0].clone());
        for number in 0..200 {
            let _ = reassembly.add(at(1), peer(1), parts(3_000, number)[0].clone());
        }
        assert!(reassembly.len() <= 2 + PARTIALS_OF_SOURCE_MAX);
        assert_eq!(add_all(&mut reassembly, peer(2), &others[1..]), 1);
    }

    #[test]
    fn the_longest_message_goes_through() {
        let mut reassembly = Reassembly::default();
        let all = parts(crate::relay::split::MESSAGE_BYTES_MAX, 7);
        assert_eq!(add_all(&mut reassembly, peer(1), &all), 1);
    }
}
