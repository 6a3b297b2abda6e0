//! Units: packets and messages as the budget sees them, filed and given up as a whole.

use bytes::Bytes;

use super::{
    Cache, CacheChange,
    entry::{Entry, Filing, Place, life},
};
use crate::relay::{
    Now, PacketId, Time,
    peer::{Arrival, Interest},
};

impl Cache {
    /// Files a new unit.
    pub(super) fn insert_unit(&mut self, unit: PacketId, place: &Place) {
        self.shelves
            .insert(unit, place, self.config.share_bytes_max());
        self.bytes += place.bytes;
    }

    /// Puts a packet under its id, into the index and among the links, and reports it.
    pub(super) fn insert_entry(
        &mut self,
        now: Now,
        id: PacketId,
        bytes: Bytes,
        filing: Filing,
        place: &Place,
        arrival: &Arrival,
    ) {
        let entry = Entry {
            bytes,
            is_covered: place.covered_until > now.time,
            filing,
        };
        if let Some(previous) = entry.previous() {
            self.links.insert((previous, id));
        }
        if entry.is_covered {
            self.index.add(id);
        }
        self.entries.insert(id, entry);
        self.changes.push(CacheChange::Kept {
            id,
            expires_at: place.expires_at,
            interest: place.interest,
            hops: arrival.packet.hops,
            from: arrival.from,
            is_new: !self.is_restoring,
        });
    }

    /// Gives up what is worth no more than `interest` until there is room; false, with
    /// nothing given up, if that cannot be done without giving up `unit` itself.
    pub(super) fn make_room(
        &mut self,
        now: Time,
        cost: usize,
        interest: Interest,
        unit: Option<PacketId>,
    ) -> bool {
        let room = |cache: &Self| cache.config.bytes_max.saturating_sub(cache.bytes_used());
        if room(self) >= cost {
            return true;
        }
        if room(self) + self.shelves.bytes_up_to(interest) < cost {
            return false;
        }
        while room(self) < cost {
            match self.shelves.least() {
                Some((worth, least)) if worth <= interest && Some(least) != unit => {
                    self.remove_unit(Some(now), least);
                }
                _ => return false,
            }
        }
        true
    }

    /// Forgets a unit with all its packets and, if told when, remembers that it did.
    pub(super) fn remove_unit(&mut self, now: Option<Time>, unit: PacketId) {
        let Some(place) = self.place_of(unit).copied() else {
            return;
        };
        self.shelves.remove(&place, self.config.share_bytes_max());
        self.bytes -= place.bytes;
        let ids = self.packet_ids(unit);
        self.groups.remove(&unit);
        for id in ids {
            self.remove_entry(id);
            if let Some(now) = now {
                let count_max = self.config.dropped_count_max();
                self.dropped.insert(now, id, place.interest, count_max);
            }
        }
    }

    /// Takes a packet out from under its id, the index and the links, and reports it.
    pub(super) fn remove_entry(&mut self, id: PacketId) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        if let Some(previous) = entry.previous() {
            self.links.remove(&(previous, id));
        }
        if entry.is_covered {
            self.index.subtract(id);
        }
        self.changes.push(CacheChange::Dropped { id });
        Some(entry)
    }

    pub(super) fn reclassify_unit(&mut self, now: Now, unit: PacketId, interest: Interest) {
        let Some(place) = self.place_of(unit).copied() else {
            return;
        };
        let left = life(place.coverage(), interest).saturating_sub(place.age(now.time));
        let share = self.config.share_bytes_max();
        self.shelves.remove(&place, share);
        let place = Place {
            interest,
            expires_at: now.time + left,
            ..place
        };
        self.shelves.insert(unit, &place, share);
        self.set_place(unit, place);
        let changes = self.repeated(unit);
        self.changes.extend(changes);
    }

    /// What there is to report of a unit that was reported before.
    pub(super) fn repeated(&self, unit: PacketId) -> Vec<CacheChange> {
        let Some(place) = self.place_of(unit) else {
            return Vec::new();
        };
        let ids = self.packet_ids(unit).into_iter();
        ids.filter_map(|id| {
            Some(CacheChange::Kept {
                id,
                expires_at: place.expires_at,
                interest: place.interest,
                hops: self.entries.get(&id)?.view().hops,
                from: None,
                is_new: false,
            })
        })
        .collect()
    }

    /// Takes packets out of the summaries whose life in the network has ended.
    pub(super) fn uncover(&mut self, now: Time) {
        while let Some(unit) = self.shelves.take_uncovered(now) {
            for id in self.packet_ids(unit) {
                self.uncover_packet(id);
            }
        }
    }

    fn uncover_packet(&mut self, id: PacketId) {
        if let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.is_covered) {
            entry.is_covered = false;
            self.index.subtract(id);
        }
    }

    /// A unit has grown by a packet or lost some.
    pub(super) fn resize_unit(&mut self, unit: PacketId, bytes: usize) {
        let Some(place) = self.place_of(unit).copied() else {
            return;
        };
        self.shelves
            .resize(&place, bytes, self.config.share_bytes_max());
        self.bytes = self.bytes + bytes - place.bytes;
        self.set_place(unit, Place { bytes, ..place });
    }

    fn set_place(&mut self, unit: PacketId, place: Place) {
        if let Some(group) = self.groups.get_mut(&unit) {
            group.place = place;
        } else if let Some(entry) = self.entries.get_mut(&unit) {
            entry.filing = Filing::Alone(place);
        }
    }

    /// What is remembered of a unit.
    pub(super) fn place_of(&self, unit: PacketId) -> Option<&Place> {
        if let Some(group) = self.groups.get(&unit) {
            return Some(&group.place);
        }
        match &self.entries.get(&unit)?.filing {
            Filing::Alone(place) => Some(place),
            Filing::Part(_) => None,
        }
    }

    /// The same for the unit that a kept packet is of.
    pub(super) fn place_of_entry<'a>(&'a self, entry: &'a Entry) -> Option<&'a Place> {
        match &entry.filing {
            Filing::Alone(place) => Some(place),
            Filing::Part(head) => self.place_of(*head),
        }
    }

    /// The unit that a kept packet is of.
    pub(super) fn unit_of(&self, id: PacketId) -> Option<PacketId> {
        match self.entries.get(&id)?.filing {
            Filing::Alone(_) => Some(id),
            Filing::Part(head) => Some(head),
        }
    }

    /// The ids of a unit's packets, in order.
    pub(super) fn packet_ids(&self, unit: PacketId) -> Vec<PacketId> {
        match self.groups.get(&unit) {
            Some(group) => group.ids(unit),
            None => vec![unit],
        }
    }

    pub(super) fn bytes_used(&self) -> usize {
        self.bytes + self.waiting.bytes() + self.dropped.bytes()
    }
}
