//! What is to happen to each packet of the cache, and when.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use rand::Rng;

use crate::relay::{
    PacketId, Time,
    cache::{CacheChange, LIFE_MAX, LIFE_SUBSCRIBED_MAX},
    packet::HOPS_MAX,
    peer::{Interest, TableReport},
};

/// The packets of the cache, by what has to be done next.
#[derive(Clone, Debug, Default)]
pub(super) struct Packets {
    tracks: BTreeMap<PacketId, Track>,
    due: BTreeSet<(Time, PacketId)>,
}

/// What is known of one packet.
#[derive(Clone, Copy, Debug)]
struct Track {
    due: Time,
    expires_at: Time,
    /// How often it may still be sent again because nobody is known to hold it.
    sends_left: u8,
    /// Whether it is sent once more before its end.
    is_last_send_due: bool,
}

/// Something to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Send(PacketId),
    Expire(PacketId),
}

impl Packets {
    pub(super) fn handle_change(&mut self, now: Time, change: &CacheChange, random: &mut impl Rng) {
        match *change {
            CacheChange::Dropped { id } => self.forget(id),
            CacheChange::Kept {
                id,
                expires_at,
                interest,
                hops,
                is_new,
                ..
            } => {
                let is_ours = is_new && interest == Interest::Own;
                self.forget(id);
                if self.tracks.len() < PACKETS_MAX {
                    let track = Track {
                        due: Time::NEVER,
                        expires_at,
                        sends_left: if is_ours { OWN_SENDS_MAX } else { 0 },
                        is_last_send_due: hops < HOPS_MAX,
                    };
                    self.plan(now, id, track, random);
                }
            }
        }
    }

    /// Somebody holds the packet: nothing is left to do but to see it to its end.
    pub(super) fn handle_held(&mut self, now: Time, id: PacketId, random: &mut impl Rng) {
        if let Some(track) = self
            .tracks
            .get(&id)
            .copied()
            .filter(|track| track.sends_left > 0)
        {
            self.forget(id);
            let track = Track {
                sends_left: 0,
                ..track
            };
            self.plan(now, id, track, random);
        }
    }

    /// What has to be done now, one thing at a time.
    pub(super) fn take_due(&mut self, now: Time, random: &mut impl Rng) -> Option<Step> {
        let (_, id) = self.due.first().copied().filter(|(due, _)| *due <= now)?;
        let mut track = *self.tracks.get(&id)?;
        self.forget(id);
        if now >= track.expires_at {
            return Some(Step::Expire(id));
        }
        if track.sends_left > 0 {
            track.sends_left -= 1;
        } else {
            track.is_last_send_due = false;
        }
        self.plan(now, id, track, random);
        Some(Step::Send(id))
    }

    /// How full the tables are.
    pub(super) fn tables(&self) -> [TableReport; 2] {
        let report = TableReport::new;
        [
            report("followed packets", self.tracks.len(), PACKETS_MAX),
            report("due packets", self.due.len(), PACKETS_MAX),
        ]
    }

    pub(super) fn contains(&self, id: PacketId) -> bool {
        self.tracks.contains_key(&id)
    }

    pub(super) fn next_at(&self) -> Time {
        self.due.first().map_or(Time::NEVER, |(due, _)| *due)
    }

    fn plan(&mut self, now: Time, id: PacketId, mut track: Track, random: &mut impl Rng) {
        let left = track.expires_at.since(now);
        track.due = if track.sends_left > 0 {
            let sent = u32::from(OWN_SENDS_MAX - track.sends_left);
            (now + OWN_SEND_DELAY * OWN_SEND_GROWTH.pow(sent)).min(track.expires_at)
        } else if track.is_last_send_due {
            // What is kept for longer than others keep it is of no use to them after that.
            let left = if left > LIFE_MAX {
                left.saturating_sub(LIFE_SUBSCRIBED_MAX - LIFE_MAX)
            } else {
                left
            };
            // Everybody's copy ends at about the same time; what one sends the others need not.
            let lead = LAST_SEND_LEAD
                .min(left / 4)
                .mul_f64(random.random_range(0.5..1.5));
            now + left.saturating_sub(lead)
        } else {
            track.expires_at
        };
        self.due.insert((track.due, id));
        self.tracks.insert(id, track);
    }

    fn forget(&mut self, id: PacketId) {
        if let Some(track) = self.tracks.remove(&id) {
            self.due.remove(&(track.due, id));
        }
    }
}

/// Packets that are followed; the cache gives up others when it needs their room.
pub const PACKETS_MAX: usize = 262_144;
/// How long before its end a packet is sent once more, give or take half of it.
pub const LAST_SEND_LEAD: Duration = Duration::from_secs(60);
/// How often a packet of ours is sent again because no neighbour is known to hold it.
pub const OWN_SENDS_MAX: u8 = 3;
/// How long after it was first sent.
const OWN_SEND_DELAY: Duration = Duration::from_millis(250);
/// How much longer each time.
const OWN_SEND_GROWTH: u32 = 2;
