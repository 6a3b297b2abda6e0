//! How much is said of differences that may settle by themselves.
//!
//! Where packets have just come, caches differ because others are still on their way, and to
//! walk down to each of them would cost more than the packets do. So what is said of such
//! places, in summaries and packets, comes out of a small bucket for each peer. Of all else a
//! cache says at once what there is to say, and when news rests, that is everything.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Cache, LIFE_MAX,
    entry::{Entry, Filing},
    index::covered,
};
use crate::relay::{PeerId, Time};

/// What may be said to each peer of what has just come.
#[derive(Clone, Debug, Default)]
pub(super) struct Unsettled {
    /// When the bucket of each is full again; one that is full need not be here.
    full_at: BTreeMap<PeerId, Time>,
}

impl Unsettled {
    /// How many summaries and packets a peer may be sent now.
    pub(super) fn left(&self, now: Time, peer: PeerId) -> usize {
        let full_at = self.full_at.get(&peer).copied().unwrap_or(now);
        let missing = full_at
            .since(now)
            .as_micros()
            .div_ceil(INTERVAL.as_micros());
        UNSETTLED_BURST.saturating_sub(usize::try_from(missing).unwrap_or(usize::MAX))
    }

    /// A peer is sent so many; at most what was left.
    pub(super) fn take(&mut self, now: Time, peer: PeerId, count: usize) {
        if count == 0 {
            return;
        }
        if self.full_at.len() >= PEERS_MAX {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() >= PEERS_MAX && !self.full_at.contains_key(&peer) {
            self.full_at.pop_first();
        }
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let full_at = self.full_at.entry(peer).or_insert(now);
        *full_at = (*full_at).max(now) + INTERVAL * count;
    }
}

impl Cache {
    /// Whether nothing below a prefix is about to come to us or to others: none of the packets
    /// there has just come; where there is none, no packet has just come at all.
    pub(super) fn is_settled(&self, now: Time, prefix: &[u8]) -> bool {
        let mut entries = covered(&self.entries, prefix).peekable();
        if entries.peek().is_none() {
            return !is_fresh(now, self.newest_covered_until);
        }
        !entries.any(|(_, entry)| self.is_fresh(now, entry))
    }

    /// Whether a packet has just come, so that others may be about to get it, too.
    pub(super) fn is_fresh(&self, now: Time, entry: &Entry) -> bool {
        let until = self.covered_until(entry);
        until.is_some_and(|until| is_fresh(now, until))
    }

    /// Whether a packet came a little while ago: not so lately that it is still under way to
    /// everybody.
    pub(super) fn is_news(&self, now: Time, entry: &Entry) -> bool {
        let left = self.covered_until(entry).map(|until| until.since(now));
        left.is_some_and(|left| left + NEWS_TIME > LIFE_MAX && left + NEWS_AGE_MIN <= LIFE_MAX)
    }

    /// Whether a packet came so lately that it is still under way to everybody.
    pub(super) fn is_under_way(&self, now: Time, entry: &Entry) -> bool {
        let left = self.covered_until(entry).map(|until| until.since(now));
        left.is_some_and(|left| left + UNDER_WAY > LIFE_MAX)
    }

    fn covered_until(&self, entry: &Entry) -> Option<Time> {
        let place = match &entry.filing {
            Filing::Alone(place) => Some(place),
            Filing::Part(head) => self.place_of(*head),
        };
        place.map(|place| place.covered_until)
    }
}

/// Whether what is covered until this time has just come.
fn is_fresh(now: Time, covered_until: Time) -> bool {
    covered_until.since(now) + FRESH_TIME > LIFE_MAX
}

/// For how long a packet may still be on its way to others.
const FRESH_TIME: Duration = Duration::from_secs(1);
/// For how long a packet is likely to be what another cache lacks, and from when on.
const NEWS_TIME: Duration = Duration::from_secs(3);
const NEWS_AGE_MIN: Duration = Duration::from_millis(150);
/// For how long a packet is most likely on its way to whoever lacks it, from somebody else.
const UNDER_WAY: Duration = Duration::from_millis(140);
/// Summaries and packets about what has just come that a peer is sent at once.
pub const UNSETTLED_BURST: usize = 128;
/// How soon it may be sent one more: 128 a second.
const INTERVAL: Duration = Duration::from_micros(1_000_000 / 128);
/// Peers of which it is remembered what they were sent.
const PEERS_MAX: usize = 256;
