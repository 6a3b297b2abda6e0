//! How much is said of differences that may settle by themselves.
//!
//! Where packets have just come, caches differ because others are still on their way, and to
//! walk down to each of them would cost more than the packets do. So what is said of such
//! places, in summaries and packets, comes out of a small bucket for each peer. Of all else a
//! cache says at once what there is to say, and when news rests, that is everything.

use std::{collections::BTreeMap, time::Duration};

use super::{Cache, entry::Entry, index::covered};
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
            return self.newest_at.is_none_or(|at| now.since(at) >= FRESH_TIME);
        }
        !entries.any(|(_, entry)| self.is_fresh(now, entry))
    }

    /// Whether a packet has just come, so that others may be about to get it, too.
    pub(super) fn is_fresh(&self, now: Time, entry: &Entry) -> bool {
        self.age(now, entry).is_some_and(|age| age < FRESH_TIME)
    }

    /// Whether a packet came a little while ago: not so lately that it is still under way to
    /// everybody.
    pub(super) fn is_news(&self, now: Time, entry: &Entry) -> bool {
        let age = self.age(now, entry);
        age.is_some_and(|age| (NEWS_AGE_MIN..NEWS_TIME).contains(&age))
    }

    /// Whether a packet came so lately that it is still under way to everybody.
    pub(super) fn is_under_way(&self, now: Time, entry: &Entry) -> bool {
        self.age(now, entry).is_some_and(|age| age < UNDER_WAY)
    }

    /// Whether a packet is at the end of its life, which others may take for over already.
    pub(super) fn is_ending(&self, now: Time, entry: &Entry) -> bool {
        let place = self.place_of_entry(entry);
        place.is_some_and(|place| place.left(now) < ENDING_TIME.min(place.coverage() / 4))
    }

    /// How long ago a packet came.
    fn age(&self, now: Time, entry: &Entry) -> Option<Duration> {
        let place = self.place_of_entry(entry);
        place.map(|place| place.age(now))
    }
}

/// For how long a packet may still be on its way to others.
const FRESH_TIME: Duration = Duration::from_secs(1);
/// For how long a packet is likely to be what another cache lacks, and from when on.
const NEWS_TIME: Duration = Duration::from_secs(3);
const NEWS_AGE_MIN: Duration = Duration::from_millis(150);
/// How long before its end a packet is not sent any more: whoever passed it on has counted the time on
/// the way, and at most [`RESTATED_AGE`] besides, as if it had not passed.
///
/// [`RESTATED_AGE`]: super::read::RESTATED_AGE
const ENDING_TIME: Duration = Duration::from_secs(5);
/// For how long a packet is most likely on its way to whoever lacks it, from somebody else.
const UNDER_WAY: Duration = Duration::from_millis(140);
/// Summaries and packets about what has just come that a peer is sent at once.
pub const UNSETTLED_BURST: usize = 128;
/// How soon it may be sent one more: 128 a second.
const INTERVAL: Duration = Duration::from_micros(1_000_000 / 128);
/// Peers of which it is remembered what they were sent.
const PEERS_MAX: usize = 256;
