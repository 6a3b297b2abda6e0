//! The cache itself: takes packets in, and gives them up.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    CacheChange, CacheConfig, CacheDigest,
    dropped::Dropped,
    entry::{Filing, LIFE_MAX, Place, cost, coverage_ms, life, net, subcluster_key},
    index::{Entries, Index},
    parts::Group,
    shelves::{INTERESTS, Shelves},
    unsettled::Unsettled,
    waiting::Waiting,
};
use crate::relay::{
    Now, PacketId, SubclusterId, Time,
    packet::PacketType,
    peer::{Arrival, Interest, Keeping, Kept},
};

/// The packets that one peer keeps for the network.
#[derive(Clone, Debug)]
pub struct Cache {
    pub(super) config: CacheConfig,
    pub(super) entries: Entries,
    pub(super) index: Index,
    /// Messages of more than one packet, by the id of the head.
    pub(super) groups: BTreeMap<PacketId, Group>,
    /// The packets that name another as the one before them: first that, then their own id.
    pub(super) links: BTreeSet<(PacketId, PacketId)>,
    pub(super) shelves: Shelves,
    pub(super) waiting: Waiting,
    pub(super) dropped: Dropped,
    pub(super) unsettled: Unsettled,
    /// When the last packet came, if one has.
    pub(super) newest_at: Option<Time>,
    /// What the units take.
    pub(super) bytes: usize,
    next_sequence: u64,
    /// Whether what is kept now comes from a file.
    pub(super) is_restoring: bool,
    pub(super) changes: Vec<CacheChange>,
}

impl Cache {
    /// An empty cache; it takes no memory to speak of until something is kept.
    #[must_use]
    pub fn new(config: CacheConfig) -> Self {
        Self {
            config,
            entries: Entries::new(),
            index: Index::default(),
            groups: BTreeMap::new(),
            links: BTreeSet::new(),
            shelves: Shelves::default(),
            waiting: Waiting::default(),
            dropped: Dropped::default(),
            unsettled: Unsettled::default(),
            newest_at: None,
            bytes: 0,
            next_sequence: 0,
            is_restoring: false,
            changes: Vec::new(),
        }
    }

    /// Keeps a packet, if there is room for what it is worth. Single packets and heads have
    /// been checked by the peer; parts are checked here, so one arrival can free others that
    /// waited for it: there is one result for each.
    pub fn keep(&mut self, now: Now, arrival: Arrival) -> Vec<Kept> {
        self.keep_aged(now, arrival, Duration::ZERO)
    }

    /// Keeps a packet that was kept before and is `age` old; from a file, the oldest first.
    pub fn restore(&mut self, now: Now, arrival: Arrival, age: Duration) -> Vec<Kept> {
        self.is_restoring = true;
        let kept = self.keep_aged(now, arrival, age);
        self.is_restoring = false;
        kept
    }

    /// Remembers a packet that was given up before, by the key that [`key_of`] gives; after all
    /// packets were restored, the oldest first. It is not taken again so soon.
    ///
    /// [`key_of`]: super::key_of
    pub fn restore_given_up(&mut self, now: Now, key: u64, interest: Interest, age: Duration) {
        if age < 2 * LIFE_MAX {
            let count_max = self.config.dropped_count_max();
            self.dropped.insert_key(now.time, key, interest, count_max);
        }
    }

    /// Forgets a packet and, if it is of a message of several, all of that message.
    pub fn remove(&mut self, now: Now, id: PacketId) {
        if let Some(unit) = self.unit_of(id) {
            self.remove_unit(Some(now.time), unit);
        }
    }

    /// Says what the packets of a subcluster are to us from now on, except for those that we
    /// made; it changes how long they live and when they are given up.
    pub fn reclassify(&mut self, now: Now, subcluster: SubclusterId, interest: Interest) {
        let key = subcluster_key(&subcluster.0);
        let shelves = self.shelves.iter().zip(INTERESTS);
        let units = shelves.filter(|(_, worth)| *worth != Interest::Own && *worth != interest);
        let units: Vec<PacketId> = units
            .flat_map(|(shelf, _)| shelf.units.values().copied())
            .filter(|unit| {
                self.place_of(*unit)
                    .is_some_and(|place| place.subcluster == key)
            })
            .collect();
        for unit in units {
            self.reclassify_unit(now, unit, interest);
        }
    }

    /// Takes what changed since the last time, in order.
    pub fn take_changes(&mut self) -> Vec<CacheChange> {
        std::mem::take(&mut self.changes)
    }

    /// Reports anew everything that is kept, for a scheduler that knows nothing.
    pub fn repeat_changes(&mut self) {
        let shelves = self.shelves.iter();
        let units: Vec<PacketId> = shelves
            .flat_map(|shelf| shelf.units.values().copied())
            .collect();
        for unit in units {
            let changes = self.repeated(unit);
            self.changes.extend(changes);
        }
    }

    /// How many packets there are, and the bytes that they take.
    #[must_use]
    pub fn fill(&self) -> (usize, usize) {
        (self.entries.len(), self.bytes_used())
    }

    /// How full the cache is.
    pub fn digest(&mut self, now: Now) -> CacheDigest {
        self.uncover(now.time);
        CacheDigest {
            hash: self.index.sum(),
            packet_count: self.entries.len(),
            bytes: self.bytes_used(),
        }
    }

    fn keep_aged(&mut self, now: Now, arrival: Arrival, age: Duration) -> Vec<Kept> {
        self.waiting.expire(now.time);
        let Some(id) = arrival
            .packet
            .id()
            .filter(|_| arrival.packet.kind == PacketType::PUBLISH)
        else {
            return vec![kept(arrival, Keeping::NoRoom { whole: Vec::new() })];
        };
        self.give_way(id, &arrival);
        if self.entries.contains_key(&id) || self.dropped.contains(now.time, id, arrival.interest) {
            return vec![kept(arrival, Keeping::Duplicate)];
        }
        match (arrival.packet.index, u16::try_from(arrival.packet.index)) {
            (..0, _) => vec![self.keep_single(now, id, arrival, age)],
            (0, _) => self.keep_head(now, id, arrival, age),
            (_, Ok(place)) => self.keep_part(now, (id, place), arrival, age),
            (_, Err(_)) => vec![kept(arrival, Keeping::Forged)],
        }
    }

    /// An id says nothing of the subcluster and the index. What claims others, and is worth
    /// less to us or is no head, may be a forgery and gives way.
    fn give_way(&mut self, id: PacketId, arrival: &Arrival) {
        let Some(unit) = self.unit_of(id) else {
            // Parts may claim as their head what turns out to be none.
            if arrival.packet.index < 0 {
                self.remove_unit(None, id);
            }
            return;
        };
        let (Some(entry), Some(place)) = (self.entries.get(&id), self.place_of(unit)) else {
            return;
        };
        let view = entry.view();
        let is_elsewhere = view.subcluster_id != arrival.packet.subcluster_id.as_slice();
        let is_worth_less = is_elsewhere && place.interest < arrival.interest;
        let is_no_head = view.index < 0 && arrival.packet.index == 0;
        if is_worth_less || is_no_head {
            self.remove_unit(None, unit);
        }
    }

    fn keep_single(&mut self, now: Now, id: PacketId, arrival: Arrival, age: Duration) -> Kept {
        let whole = Vec::new();
        let keeping = match arrival.packet.encode() {
            Ok(bytes) if self.make_room(now.time, cost_of(&arrival), arrival.interest, None) => {
                let mut place = self.new_place(now, &arrival, age);
                place.bytes = cost_of(&arrival);
                self.insert_unit(id, &place);
                self.insert_entry(now, id, bytes, Filing::Alone(place), &place, &arrival);
                Keeping::New { whole }
            }
            _ => Keeping::NoRoom { whole },
        };
        kept(arrival, keeping)
    }

    /// A place for a unit that has just come.
    pub(super) fn new_place(&mut self, now: Now, arrival: &Arrival, age: Duration) -> Place {
        let coverage_ms = coverage_ms(arrival.packet.ttl_ms);
        let coverage = Duration::from_millis(coverage_ms.into());
        let left = |life: Duration| now.time + life.saturating_sub(age);
        self.next_sequence += 1;
        if !self.is_restoring {
            self.newest_at = Some(now.time);
        }
        Place {
            sequence: self.next_sequence,
            interest: arrival.interest,
            net: arrival.from.map(net),
            subcluster: subcluster_key(arrival.packet.subcluster_id.as_slice()),
            bytes: 0,
            coverage_ms,
            covered_until: left(coverage),
            expires_at: left(life(coverage, arrival.interest)),
        }
    }
}

/// What a packet that arrives takes of the budget.
pub(super) fn cost_of(arrival: &Arrival) -> usize {
    let packet = &arrival.packet;
    let is_linked = packet.index < 1 && PacketId::from_field(&packet.previous_id).is_some();
    cost(packet.encoded_length(), is_linked)
}

/// Says what came of an arrival.
pub(super) fn kept(arrival: Arrival, keeping: Keeping) -> Kept {
    Kept {
        packet: arrival.packet,
        from: arrival.from,
        interest: arrival.interest,
        keeping,
    }
}
