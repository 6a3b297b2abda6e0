//! What was given up lately, and is not taken again so soon.

use std::collections::BTreeMap;

use super::{config::DROPPED_BYTES, entry::LIFE_MAX};
use crate::relay::{PacketId, Time, peer::Interest};

/// Remembers packets in two generations: when the younger one is full or old, it becomes the
/// older one, and what the older one held is forgotten.
#[derive(Clone, Debug, Default)]
pub(super) struct Dropped {
    young: BTreeMap<u64, Interest>,
    old: BTreeMap<u64, Interest>,
    young_since: Time,
}

impl Dropped {
    /// Remembers a packet that was `interest` to us.
    pub(super) fn insert(&mut self, now: Time, id: PacketId, interest: Interest, count_max: usize) {
        self.insert_key(now, key_of(id), interest, count_max);
    }

    /// The same for a packet of which only the key is known.
    pub(super) fn insert_key(&mut self, now: Time, key: u64, interest: Interest, count_max: usize) {
        self.age(now);
        if self.young.len() >= count_max {
            self.rotate(now);
        }
        self.young.insert(key, interest);
    }

    /// What a packet was to us when it was given up, if that was lately.
    pub(super) fn get(&self, id: PacketId) -> Option<Interest> {
        let found = self.young.get(&key_of(id));
        found.or_else(|| self.old.get(&key_of(id))).copied()
    }

    /// Whether a packet was given up lately when it was worth as much as it is now.
    pub(super) fn contains(&mut self, now: Time, id: PacketId, interest: Interest) -> bool {
        self.age(now);
        self.get(id).is_some_and(|dropped| interest <= dropped)
    }

    /// What it takes of the budget.
    pub(super) fn bytes(&self) -> usize {
        (self.young.len() + self.old.len()) * DROPPED_BYTES
    }

    fn age(&mut self, now: Time) {
        let age = now.since(self.young_since);
        if age >= LIFE_MAX {
            self.rotate(now);
        }
        if age >= 2 * LIFE_MAX {
            self.old.clear();
        }
    }

    fn rotate(&mut self, now: Time) {
        self.old = std::mem::take(&mut self.young);
        self.young_since = now;
    }
}

/// What is remembered of a packet that was given up: ids are hashes, so eight bytes tell them
/// apart.
#[must_use]
pub fn key_of(id: PacketId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
