//! Messages that others name and that are not there.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::relay::{PacketId, PeerId, Time};

/// The missing messages, and when to do something about them.
#[derive(Default)]
pub(super) struct Gaps {
    gaps: BTreeMap<PacketId, Gap>,
    due: BTreeSet<(Time, PacketId)>,
}

#[derive(Clone, Copy)]
struct Gap {
    since: Time,
    due: Time,
    ask_count: u32,
    sender: Option<PeerId>,
}

/// What to do about a missing message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ask(PacketId, Option<PeerId>),
    GiveUp(PacketId),
}

impl Gaps {
    /// A message is missing that somebody named.
    pub(super) fn open(&mut self, now: Time, id: PacketId, sender: Option<PeerId>) {
        let due = now + ASK_DELAY;
        self.gaps.entry(id).or_insert_with(|| {
            self.due.insert((due, id));
            Gap {
                since: now,
                due,
                ask_count: 0,
                sender,
            }
        });
    }

    /// It has come, or is missed no more.
    pub(super) fn close(&mut self, id: PacketId) {
        if let Some(gap) = self.gaps.remove(&id) {
            self.due.remove(&(gap.due, id));
        }
    }

    /// The next thing to do by now.
    pub(super) fn take_due(&mut self, now: Time) -> Option<Step> {
        let (_, id) = self.due.first().copied().filter(|(due, _)| *due <= now)?;
        let mut gap = *self.gaps.get(&id)?;
        self.close(id);
        if now.since(gap.since) >= GIVE_UP_DELAY {
            return Some(Step::GiveUp(id));
        }
        let end = gap.since + GIVE_UP_DELAY;
        let whom = gap.sender.filter(|_| gap.ask_count == 0);
        gap.ask_count += 1;
        gap.due = if gap.ask_count < ASKS_MAX {
            (now + ASK_NETWORK_DELAY * (1 << (gap.ask_count - 1))).min(end)
        } else {
            end
        };
        self.due.insert((gap.due, id));
        self.gaps.insert(id, gap);
        Some(Step::Ask(id, whom))
    }

    /// The gap that is open for longest, if there are too many.
    pub(super) fn oldest(&self) -> Option<PacketId> {
        let oldest = self.gaps.iter().min_by_key(|(id, gap)| (gap.since, **id));
        oldest.map(|(id, _)| *id)
    }

    pub(super) fn len(&self) -> usize {
        self.gaps.len()
    }

    pub(super) fn next_at(&self) -> Time {
        self.due.first().map_or(Time::NEVER, |(due, _)| *due)
    }
}

/// How long a message may be late before it is asked for: packets overtake each other.
pub const ASK_DELAY: Duration = Duration::from_millis(400);
/// How long its sender has to answer before the network is asked; then it doubles.
pub const ASK_NETWORK_DELAY: Duration = Duration::from_secs(2);
/// How often a message is asked for.
pub const ASKS_MAX: u32 = 4;
/// How long a message may be missing before it is given up.
pub const GIVE_UP_DELAY: Duration = Duration::from_secs(30);
/// How many messages may be missing.
pub const GAPS_MAX: usize = 1_024;
