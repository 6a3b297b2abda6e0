//! The schedule itself.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use rand::SeedableRng as _;

use super::{
    Audience, Output,
    pace::{Pace, SENT_MAX, Sent},
    packets::{Packets, Step},
    pulls::Pulls,
};
use crate::relay::{
    Now, PacketId, PeerId, Time,
    cache::{CacheChange, SEND_MAX},
    peer::TableReport,
    rng::CompactRng,
};

/// Decides for one peer what goes out again.
#[derive(Clone, Debug)]
pub struct Schedule {
    random: CompactRng,
    packets: Packets,
    pulls: Pulls,
    pace: Pace,
    sent: Sent,
    /// What goes out as soon as the pace allows.
    sends: VecDeque<(PacketId, Audience)>,
    /// What of it goes to a few random neighbours.
    random_sends: BTreeSet<PacketId>,
    expired: VecDeque<PacketId>,
}

impl Schedule {
    /// A schedule that knows of no packet and no peer.
    #[must_use]
    pub fn new(keepalive: Duration, seed: [u8; 32]) -> Self {
        Self {
            random: CompactRng::from_seed(seed),
            packets: Packets::default(),
            pulls: Pulls::new(keepalive),
            pace: Pace::default(),
            sent: Sent::default(),
            sends: VecDeque::new(),
            random_sends: BTreeSet::new(),
            expired: VecDeque::new(),
        }
    }

    /// The cache has changed.
    pub fn handle_change(&mut self, now: Now, change: &CacheChange) {
        if matches!(change, CacheChange::Kept { is_new: true, .. }) {
            self.pulls.hear_news(now.time, &mut self.random);
        }
        self.packets
            .handle_change(now.time, change, &mut self.random);
    }

    /// A peer lacks packets that we have. While many wait to be sent it gets a few of them, so
    /// that it asks on, or none if some for it wait already: most often it has them sooner from
    /// somebody else.
    pub fn handle_wanted(&mut self, now: Now, peer: PeerId, ids: &[PacketId]) {
        let mut room = self.room_for(peer);
        for id in ids {
            if room == 0 {
                return;
            }
            if self.packets.contains(*id) && self.sent.note(now.time, peer, *id) {
                room -= 1;
                self.sends.push_back((*id, Audience::One(peer)));
                // It asked for what it lacks and will have it.
                self.packets.handle_held(now.time, *id, &mut self.random);
            }
        }
    }

    /// How many packets more a peer may be sent.
    fn room_for(&self, peer: PeerId) -> usize {
        let (mut waiting, mut own_waiting) = (0, 0);
        for (_, audience) in &self.sends {
            if let Audience::One(other) = audience {
                waiting += 1;
                own_waiting += usize::from(*other == peer);
            }
        }
        match waiting {
            ..WAITING_MAX => SEND_MAX,
            WAITING_MAX..WANTED_MAX if own_waiting == 0 => BUSY_SEND_MAX,
            _ => 0,
        }
    }

    /// A peer was met for the first time, or again after it was gone.
    pub fn handle_contact(&mut self, now: Now, peer: PeerId) {
        self.pulls.meet(now.time, peer, &mut self.random);
    }

    /// A peer's summary differed from ours.
    pub fn handle_difference(&mut self, now: Now) {
        self.pulls.see_difference(now.time, &mut self.random);
    }

    /// A neighbour holds a packet of ours.
    pub fn handle_held(&mut self, now: Now, id: PacketId) {
        self.packets.handle_held(now.time, id, &mut self.random);
    }

    /// Time has passed; early, late and repeated calls do no harm.
    pub fn handle_timeout(&mut self, now: Now) {
        for _ in 0..STEPS_MAX {
            if self.sends.len() >= SENDS_MAX {
                return;
            }
            match self.packets.take_due(now.time, &mut self.random) {
                Some(Step::Expire(id)) => self.expired.push_back(id),
                Some(Step::Send(id)) => {
                    if self.random_sends.insert(id) {
                        self.sends.push_back((id, Audience::Random));
                    }
                }
                None => return,
            }
        }
    }

    /// The next thing to do; [`Output::Wait`] if there is nothing left.
    pub fn poll_output(&mut self, now: Now) -> Output {
        if let Some(id) = self.expired.pop_front() {
            return Output::Expire { id };
        }
        if let Some(peer) = self.pulls.take(now.time, &mut self.random) {
            return Output::Pull { peer };
        }
        if let Some((id, audience)) = self.sends.front().copied()
            && self.pace.take(now.time)
        {
            self.sends.pop_front();
            if audience == Audience::Random {
                self.random_sends.remove(&id);
            }
            return Output::Send { id, audience };
        }
        Output::Wait(self.next_at(now.time))
    }

    /// How full the tables and queues are.
    #[must_use]
    pub fn tables(&self) -> Vec<TableReport> {
        let report = TableReport::new;
        let mut tables = vec![
            report("sends", self.sends.len(), SENDS_MAX),
            report("random sends", self.random_sends.len(), SENDS_MAX),
            report("expired", self.expired.len(), STEPS_MAX),
            report("sent packets", self.sent.len(), 2 * SENT_MAX),
        ];
        tables.extend(self.packets.tables());
        tables.extend(self.pulls.tables());
        tables
    }

    fn next_at(&self, now: Time) -> Time {
        let next_at = self.pulls.next_at();
        if self.sends.is_empty() {
            next_at.min(self.packets.next_at())
        } else {
            next_at.min(self.pace.ready_at(now))
        }
    }
}

/// Packets that wait to be sent to peers that lack them, before others who lack some get only
/// [`BUSY_SEND_MAX`] at a time: what goes out in some 30 ms.
pub const WAITING_MAX: usize = 128;
/// What a peer is sent for which nothing waits yet while others wait.
pub const BUSY_SEND_MAX: usize = 32;
/// Packets of this kind that wait, before all others are left to the next comparison.
pub const WANTED_MAX: usize = 1_024;
/// Packets that wait to be sent at all.
const SENDS_MAX: usize = 4_096;
/// What is done at one time; the rest is done at once after it.
const STEPS_MAX: usize = 1_024;
