//! Messages of more than one packet.
//!
//! A part's id hashes the id of the part in front of it, so parts are checked from the first
//! on, and one that comes early waits. Nothing but the order of arrival and the `next_id` of
//! the packet in front tells two parts from each other that both fit: the one that is named
//! wins, whenever it comes.

use std::time::Duration;

use super::{
    Cache,
    entry::{Entry, Filing, Place},
    packets::{cost_of, kept},
    waiting::Waiter,
};
use crate::relay::{
    Now, PacketId,
    packet::{Field, Head, IdCheck, Packet, verify_id},
    peer::{Arrival, Interest, Keeping, Kept},
    split::MESSAGE_BYTES_MAX,
};

/// One message of several packets, as far as it is here.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) place: Place,
    subcluster: Field,
    has_head: bool,
    /// How many parts the head promises.
    part_count: Option<usize>,
    /// The parts from the first on, each checked against the one in front of it.
    parts: Vec<PacketId>,
}

impl Group {
    fn new(place: Place, subcluster: Field) -> Self {
        Self {
            place,
            subcluster,
            has_head: false,
            part_count: None,
            parts: Vec::new(),
        }
    }

    /// The ids of what is here, in order.
    pub(super) fn ids(&self, head: PacketId) -> Vec<PacketId> {
        let head = self.has_head.then_some(head);
        head.into_iter().chain(self.parts.iter().copied()).collect()
    }

    fn is_complete(&self) -> bool {
        self.has_head && self.part_count == Some(self.parts.len())
    }
}

/// What is to be done with a part.
enum PartCheck {
    /// It comes next, or takes the place of one that is not meant.
    Fits,
    /// Another part has to be here first.
    Early,
    Forged,
}

impl Cache {
    pub(super) fn keep_head(
        &mut self,
        now: Now,
        id: PacketId,
        arrival: Arrival,
        age: Duration,
    ) -> Vec<Kept> {
        let subcluster = arrival.packet.subcluster_id;
        let group = self.groups.get(&id);
        if group.is_some_and(|group| group.subcluster != subcluster) {
            // The parts that came before it only claimed to be of this message.
            self.remove_unit(None, id);
        }
        let part_count = part_count(&arrival.packet);
        if let Some(part_count) = part_count {
            self.cut_parts(id, part_count);
        }
        let is_kept = self.insert_member(now, id, id, &arrival, age);
        if let Some(group) = self.groups.get_mut(&id).filter(|_| is_kept) {
            group.has_head = true;
            group.part_count = part_count;
        }
        let is_complete = self
            .groups
            .get(&id)
            .is_some_and(|group| part_count == Some(group.parts.len()));
        let whole = self.whole(id, &arrival, is_complete, is_kept);
        let mut results = vec![kept(arrival, keeping(is_kept, whole))];
        self.append_waiting(now, id, 0, &mut results);
        results
    }

    pub(super) fn keep_part(
        &mut self,
        now: Now,
        (id, place): (PacketId, u16),
        arrival: Arrival,
        age: Duration,
    ) -> Vec<Kept> {
        let Some(head) = PacketId::from_field(&arrival.packet.previous_id) else {
            return vec![kept(arrival, Keeping::Forged)];
        };
        match self.check_part(head, place, id, &arrival.packet) {
            PartCheck::Forged => vec![kept(arrival, Keeping::Forged)],
            PartCheck::Early => vec![self.keep_waiting(now, (head, place), arrival)],
            PartCheck::Fits => {
                let mut results = vec![self.append_part(now, head, (id, place), arrival, age)];
                self.append_waiting(now, head, place, &mut results);
                results
            }
        }
    }

    fn check_part(&self, head: PacketId, place: u16, id: PacketId, packet: &Packet) -> PartCheck {
        let place = usize::from(place);
        let group = self.groups.get(&head);
        let is_misfit = group.is_some_and(|group| {
            let count = group.part_count.unwrap_or(PARTS_MAX);
            place > count || group.subcluster != packet.subcluster_id
        });
        if place > PARTS_MAX || is_misfit {
            return PartCheck::Forged;
        }
        let part = |place: usize| group.and_then(|group| group.parts.get(place - 1)).copied();
        let before = if place == 1 {
            Some(head)
        } else {
            part(place - 1)
        };
        let is_alone = |entry: &Entry| matches!(entry.filing, Filing::Alone(_));
        match verify_id(packet, before) {
            IdCheck::Valid if self.entries.get(&head).is_some_and(is_alone) => PartCheck::Early,
            IdCheck::Forged => PartCheck::Forged,
            IdCheck::NeedsChain => PartCheck::Early,
            IdCheck::Valid => {
                let entry = before.and_then(|before| self.entries.get(&before));
                let is_named = entry.is_some_and(|before| before.next() == Some(id));
                if part(place).is_none() || is_named {
                    PartCheck::Fits
                } else {
                    PartCheck::Forged
                }
            }
        }
    }

    fn keep_waiting(&mut self, now: Now, place: (PacketId, u16), arrival: Arrival) -> Kept {
        let bytes = arrival.packet.encode().ok().filter(|_| {
            self.make_room(now.time, cost_of(&arrival), arrival.interest, Some(place.0))
        });
        let Some(bytes) = bytes else {
            return kept(arrival, Keeping::NoRoom { whole: Vec::new() });
        };
        let waiter = Waiter::new(bytes, arrival.from, arrival.interest, now.time);
        let bytes_max = self.config.waiting_bytes_max();
        self.waiting.insert(place, waiter, bytes_max);
        kept(arrival, Keeping::Waiting)
    }

    /// Keeps a part that was found to come next.
    fn append_part(
        &mut self,
        now: Now,
        head: PacketId,
        (id, place): (PacketId, u16),
        arrival: Arrival,
        age: Duration,
    ) -> Kept {
        self.cut_parts(head, usize::from(place) - 1);
        let is_kept = self.insert_member(now, head, id, &arrival, age);
        let group = self.groups.get_mut(&head);
        let is_complete = group.is_some_and(|group| {
            if is_kept {
                group.parts.push(id);
                group.is_complete()
            } else {
                group.has_head && group.part_count == Some(group.parts.len() + 1)
            }
        });
        let whole = self.whole(head, &arrival, is_complete, is_kept);
        kept(arrival, keeping(is_kept, whole))
    }

    /// Keeps the parts that waited for the one at `place`, one after the other.
    fn append_waiting(&mut self, now: Now, head: PacketId, place: u16, results: &mut Vec<Kept>) {
        let mut place = place;
        loop {
            place += 1;
            let waiters = self.waiting.take((head, place));
            if waiters.is_empty() {
                return;
            }
            for waiter in waiters {
                let packet = Packet::decode(&waiter.bytes).expect("it was encoded here");
                let (from, interest) = (waiter.from, waiter.interest);
                let arrival = Arrival {
                    packet,
                    from,
                    interest,
                    is_durable: false,
                };
                let age = now.time.since(waiter.arrived_at);
                let id = arrival.packet.id();
                let fitting = id.filter(|id| {
                    let check = self.check_part(head, place, *id, &arrival.packet);
                    matches!(check, PartCheck::Fits)
                });
                results.push(match fitting {
                    // It waited in two copies that differ where no id says which is the true one.
                    Some(id) if self.entries.contains_key(&id) => kept(arrival, Keeping::Duplicate),
                    Some(id) => self.append_part(now, head, (id, place), arrival, age),
                    None => kept(arrival, Keeping::Forged),
                });
            }
        }
    }

    /// Puts a head or part into its group, which begins with the first of them.
    fn insert_member(
        &mut self,
        now: Now,
        head: PacketId,
        id: PacketId,
        arrival: &Arrival,
        age: Duration,
    ) -> bool {
        let cost = cost_of(arrival);
        let Ok(bytes) = arrival.packet.encode() else {
            return false;
        };
        if !self.make_room(now.time, cost, arrival.interest, Some(head)) {
            return false;
        }
        if let Some(group) = self.groups.get(&head) {
            self.resize_unit(head, group.place.bytes + cost);
        } else {
            let mut place = self.new_place(now, arrival, age);
            place.bytes = cost;
            self.insert_unit(head, &place);
            self.groups
                .insert(head, Group::new(place, arrival.packet.subcluster_id));
        }
        let place = self.groups[&head].place;
        self.insert_entry(now, id, bytes, Filing::Part(head), &place, arrival);
        true
    }

    /// Forgets the parts of a message from the one after `count` on: they are not meant.
    fn cut_parts(&mut self, head: PacketId, count: usize) {
        let Some(group) = self.groups.get_mut(&head) else {
            return;
        };
        let mut bytes = group.place.bytes;
        let from = count.min(group.parts.len());
        for id in group.parts.split_off(from) {
            bytes -= self.remove_entry(id).map_or(0, |entry| entry.cost());
        }
        let is_empty = bytes == 0;
        self.resize_unit(head, bytes);
        if is_empty {
            self.remove_unit(None, head);
        }
    }

    /// All packets of a message, if it is complete and we subscribed to it. The arrival that
    /// completes it may itself not have been kept.
    fn whole(
        &self,
        head: PacketId,
        arrival: &Arrival,
        is_complete: bool,
        is_kept: bool,
    ) -> Vec<Packet> {
        if !is_complete || arrival.interest < Interest::Subscribed {
            return Vec::new();
        }
        let ids = self.packet_ids(head).into_iter();
        let mut packets: Vec<Packet> = ids
            .filter_map(|id| Some(self.entries.get(&id)?.packet()))
            .collect();
        if !is_kept {
            let place = usize::try_from(arrival.packet.index).unwrap_or(0);
            packets.insert(place.min(packets.len()), arrival.packet.clone());
        }
        packets
    }
}

fn keeping(is_kept: bool, whole: Vec<Packet>) -> Keeping {
    if is_kept {
        Keeping::New { whole }
    } else {
        Keeping::NoRoom { whole }
    }
}

/// How many parts a head promises, if it is one.
fn part_count(head: &Packet) -> Option<usize> {
    Head::parse(&head.message).ok()?.fragment_count().ok()
}

/// How many parts a message has at most.
pub const PARTS_MAX: usize = MESSAGE_BYTES_MAX / crate::relay::packet::MESSAGE_BYTES_MAX;
