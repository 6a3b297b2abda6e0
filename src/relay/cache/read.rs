//! Looking into a cache.

use std::time::Duration;

use super::{
    Cache, Links,
    entry::{Place, subcluster_key},
};
use crate::relay::{
    Now, PacketId, SubclusterId,
    packet::{Field, Packet},
    peer::Interest,
};

impl Cache {
    /// How many packets there are.
    #[must_use]
    pub fn packet_count(&self) -> usize {
        self.entries.len()
    }

    /// A packet and, if it is the head of a message, its parts in order as far as they are
    /// here; nothing if it is not kept.
    #[must_use]
    pub fn find(&self, id: PacketId) -> Vec<Packet> {
        let ids = match self.groups.get(&id) {
            Some(group) => group.ids(id),
            None => vec![id],
        };
        if ids.first() != Some(&id) {
            return Vec::new();
        }
        ids.into_iter().filter_map(|id| self.packet(id)).collect()
    }

    /// One kept packet alone.
    #[must_use]
    pub fn packet(&self, id: PacketId) -> Option<Packet> {
        self.entries.get(&id).map(super::entry::Entry::packet)
    }

    /// One kept packet as it goes to others: they are told what is left of its life, since
    /// nothing else on the wire says how old it is. None if that has ended.
    #[must_use]
    pub fn packet_to_send(&self, now: Now, id: PacketId) -> Option<Packet> {
        let entry = self.entries.get(&id)?;
        let place = self.place_of_entry(entry)?;
        let left = place.left(now.time);
        (left > Duration::ZERO).then(|| restated(entry.packet(), place, now, left))
    }

    /// What [`find`](Self::find) gives, as it goes to whoever asked for it by its id, and has a
    /// minute to read it if its life has ended.
    #[must_use]
    pub fn find_to_send(&self, now: Now, id: PacketId) -> Vec<Packet> {
        let Some(place) = self.unit_of(id).and_then(|unit| self.place_of(unit)) else {
            return Vec::new();
        };
        let left = place
            .left(now.time)
            .max(FOUND_LIFE_MIN.min(place.coverage()));
        let packets = self.find(id).into_iter();
        packets
            .map(|packet| restated(packet, place, now, left))
            .collect()
    }

    /// The bytes of one kept packet, as it goes over the wire.
    #[must_use]
    pub fn encoded(&self, id: PacketId) -> Option<bytes::Bytes> {
        self.entries.get(&id).map(|entry| entry.bytes.clone())
    }

    /// What a packet was to us when it was given up, if that was lately.
    #[must_use]
    pub fn given_up(&self, id: PacketId) -> Option<Interest> {
        self.dropped.get(id)
    }

    /// What is kept of a subcluster, or of all, the oldest first: the newest `count_max`
    /// packets, of which those of one message stand together. It looks at all units that are
    /// newer than the oldest one listed.
    #[must_use]
    pub fn list(&self, subcluster: Option<SubclusterId>, count_max: usize) -> Vec<Packet> {
        self.list_named(subcluster, None, count_max)
    }

    /// The same, but of messages whose `usr1`, the hash of an event's name, is this one.
    #[must_use]
    pub fn list_named(
        &self,
        subcluster: Option<SubclusterId>,
        name: Option<&Field>,
        count_max: usize,
    ) -> Vec<Packet> {
        let key = subcluster.map(|subcluster| subcluster_key(&subcluster.0));
        let shelves = self.shelves.iter();
        let mut newest: Vec<_> = shelves
            .map(|shelf| shelf.units.iter().rev().peekable())
            .collect();
        let shelf_count = newest.len();
        let mut packets = Vec::new();
        while packets.len() < count_max {
            let age = |shelf: &usize| newest[*shelf].peek().map(|(sequence, _)| **sequence);
            let next = (0..shelf_count).max_by_key(age);
            let Some((_, unit)) = next.and_then(|next| newest[next].next()) else {
                break;
            };
            let place = self.place_of(*unit);
            if key.is_none_or(|key| place.is_some_and(|place| place.subcluster == key)) {
                let ids = self.packet_ids(*unit).into_iter().rev();
                let unit: Vec<Packet> = ids.filter_map(|id| self.packet(id)).collect();
                if name.is_none_or(|name| unit.iter().any(|packet| packet.usr1 == *name)) {
                    packets.extend(unit);
                }
            }
        }
        packets.truncate(count_max);
        packets.reverse();
        packets
    }

    /// A packet and what is next to it in causal order, if it is kept.
    #[must_use]
    pub fn links(&self, id: PacketId) -> Option<Links> {
        let packets = self.find(id);
        let first = packets.first()?;
        let previous = PacketId::from_field(&first.previous_id);
        let named = packets
            .last()
            .and_then(|last| PacketId::from_field(&last.next_id));
        let naming = self
            .links
            .range((id, PacketId([0; 32]))..=(id, PacketId([0xff; 32])));
        let mut next: Vec<PacketId> = naming.map(|(_, next)| *next).collect();
        next.extend(named.filter(|named| !next.contains(named)));
        Some(Links {
            packets,
            previous,
            next,
        })
    }
}

/// A packet with what is left of its life, unless it has just come: what spreads at once is the same
/// for everybody.
fn restated(mut packet: Packet, place: &Place, now: Now, left: Duration) -> Packet {
    if place.age(now.time) >= RESTATED_AGE.min(place.coverage() / 4) {
        packet.ttl_ms = u32::try_from(left.as_millis()).unwrap_or(u32::MAX).max(1);
    }
    packet
}

/// What came less than so long ago goes on with the time to live that it came with.
pub(super) const RESTATED_AGE: Duration = Duration::from_secs(5);
/// How long a packet lives at least with whoever asked for it.
const FOUND_LIFE_MIN: Duration = Duration::from_secs(60);
