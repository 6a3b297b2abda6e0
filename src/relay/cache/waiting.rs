//! Parts of messages that came before the part in front of them, and cannot be checked yet.
//!
//! They are not in the cache: no summary covers them and nobody is sent them. Several may
//! claim one place, since anyone can claim any.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::entry::{cost, net};
use crate::relay::{Address, PacketId, Time, packet::equal_but_way, peer::Interest};

/// The parts that wait, by head and place.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    places: BTreeMap<(PacketId, u16), Vec<Waiter>>,
    /// Where the waiters are, in the order of their arrival.
    ages: BTreeMap<u64, (PacketId, u16)>,
    /// What each /24 takes.
    nets: BTreeMap<Option<[u8; 3]>, usize>,
    bytes: usize,
    next_sequence: u64,
}

/// One part that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiter {
    pub(super) bytes: Bytes,
    pub(super) from: Option<Address>,
    pub(super) interest: Interest,
    pub(super) arrived_at: Time,
    sequence: u64,
}

impl Waiter {
    pub(super) fn new(
        bytes: Bytes,
        from: Option<Address>,
        interest: Interest,
        arrived_at: Time,
    ) -> Self {
        Self {
            bytes,
            from,
            interest,
            arrived_at,
            sequence: 0,
        }
    }

    fn cost(&self) -> usize {
        cost(self.bytes.len(), false)
    }

    fn net(&self) -> Option<[u8; 3]> {
        self.from.map(net)
    }
}

impl Waiting {
    /// Has a part wait at its place, unless it does already. The oldest give way, and first
    /// those of a /24 that takes more than its share.
    pub(super) fn insert(&mut self, place: (PacketId, u16), mut waiter: Waiter, bytes_max: usize) {
        let rivals = self.places.get(&place).map_or(&[][..], Vec::as_slice);
        let is_there = |rival: &Waiter| equal_but_way(&rival.bytes, &waiter.bytes);
        if rivals.iter().any(is_there) {
            return;
        }
        if let Some(oldest) = rivals.first().filter(|_| rivals.len() >= RIVALS_MAX) {
            self.remove(oldest.sequence);
        }
        while self.bytes + waiter.cost() > bytes_max {
            let Some(oldest) = self.oldest(waiter.net(), bytes_max / NET_PARTS) else {
                return;
            };
            self.remove(oldest);
        }
        waiter.sequence = self.next_sequence;
        self.next_sequence += 1;
        self.bytes += waiter.cost();
        *self.nets.entry(waiter.net()).or_default() += waiter.cost();
        self.ages.insert(waiter.sequence, place);
        self.places.entry(place).or_default().push(waiter);
    }

    /// Takes everything that waits at a place.
    pub(super) fn take(&mut self, place: (PacketId, u16)) -> Vec<Waiter> {
        let waiters = self.places.remove(&place).unwrap_or_default();
        for waiter in &waiters {
            self.ages.remove(&waiter.sequence);
            self.release(waiter);
        }
        waiters
    }

    /// Forgets what has waited for too long, a little at a time.
    pub(super) fn expire(&mut self, now: Time) {
        for _ in 0..EXPIRE_COUNT_MAX {
            let Some((sequence, place)) = self.ages.first_key_value() else {
                return;
            };
            let waiters = self.places.get(place).into_iter().flatten();
            let mut oldest = waiters.filter(|waiter| waiter.sequence == *sequence);
            let is_late = |waiter: &Waiter| now.since(waiter.arrived_at) >= super::LIFE_MAX;
            if !oldest.any(is_late) {
                return;
            }
            self.remove(*sequence);
        }
    }

    /// What it takes of the budget.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The oldest of a /24 that takes too much, or the oldest of all.
    fn oldest(&self, net: Option<[u8; 3]>, net_bytes_max: usize) -> Option<u64> {
        let is_excessive = self
            .nets
            .get(&net)
            .is_some_and(|bytes| *bytes > net_bytes_max);
        let mut oldest = self.ages.iter();
        let own = is_excessive.then(|| {
            oldest.clone().find(|(sequence, place)| {
                let waiters = self.places.get(place).into_iter().flatten();
                let mut waiters = waiters.filter(|waiter| waiter.sequence == **sequence);
                waiters.any(|waiter| waiter.net() == net)
            })
        });
        let (sequence, _) = own.flatten().or_else(|| oldest.next())?;
        Some(*sequence)
    }

    fn remove(&mut self, sequence: u64) {
        let Some(place) = self.ages.remove(&sequence) else {
            return;
        };
        let Some(waiters) = self.places.get_mut(&place) else {
            return;
        };
        let found = waiters
            .iter()
            .position(|waiter| waiter.sequence == sequence);
        let removed = found.map(|found| waiters.remove(found));
        if waiters.is_empty() {
            self.places.remove(&place);
        }
        if let Some(waiter) = removed {
            self.release(&waiter);
        }
    }

    fn release(&mut self, waiter: &Waiter) {
        self.bytes -= waiter.cost();
        let net = waiter.net();
        let bytes = self.nets.get_mut(&net).map_or(0, |bytes| {
            *bytes -= waiter.cost();
            *bytes
        });
        if bytes == 0 {
            self.nets.remove(&net);
        }
    }
}

/// How many parts may claim one place.
const RIVALS_MAX: usize = 4;
/// A /24 may take one in this many parts of the room for waiters while others want room.
const NET_PARTS: usize = 4;
/// How many late waiters are looked at for each arrival.
const EXPIRE_COUNT_MAX: usize = 4;
