//! Puts parts of messages together that are not kept in the cache: streams, answers, and
//! publishes without a hop left.
//!
//! Parts of different senders never meet, so nobody can spoil or push out another's message.
//! Two parts may claim the same place; which one belongs there shows in the chain of ids.
//! Invariant: parts are bounded in number, in bytes and in age, for each sender and in all;
//! what a head says of its size is checked before anything is done about it.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use crate::relay::{
    Address, PacketId, PeerId, Time,
    packet::{Field, Head, IdCheck, Packet, verify_id},
    split::FRAGMENT_COUNT_MAX,
};

/// Messages that are not whole yet.
#[derive(Debug, Default)]
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

/// One message that is not whole yet.
#[derive(Debug, Default)]
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
const BYTES_MAX: usize = 16 << 20;
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
