//! When caches are compared, and with whom.

use std::{collections::VecDeque, time::Duration};

use rand::Rng;

use crate::relay::{PeerId, Time, peer::TableReport};

/// Plans the comparisons of one cache with others.
#[derive(Clone, Debug)]
pub(super) struct Pulls {
    keepalive: Duration,
    /// When the next random neighbour is asked; never before somebody was met.
    next_at: Time,
    interval: Duration,
    news_until: Time,
    /// Differences since the last new packet.
    difference_count: u32,
    /// Whether a new packet has come since caches were compared last.
    is_news: bool,
    /// How many more neighbours are asked at once.
    more: u32,
    /// Whom to ask because they were just met.
    met: VecDeque<PeerId>,
    /// When each was met last, in the order of their ids; those forgotten for whom it matters no
    /// more, when there would be need of more room.
    contacts: Vec<(PeerId, Time)>,
}

impl Pulls {
    pub(super) fn new(keepalive: Duration) -> Self {
        Self {
            keepalive,
            next_at: Time::NEVER,
            interval: PULL_INTERVAL,
            news_until: Time::ZERO,
            difference_count: 0,
            is_news: false,
            more: 0,
            met: VecDeque::new(),
            contacts: Vec::new(),
        }
    }

    /// A peer was met: its cache is compared with ours, unless that was done just now.
    pub(super) fn meet(&mut self, now: Time, peer: PeerId, random: &mut impl Rng) {
        let place = self.place_of(&peer);
        if let Ok(place) = place
            && now.since(self.contacts[place].1) < CONTACT_PAUSE
        {
            return;
        }
        self.note_contact(now, peer);
        if self.met.len() < MET_MAX {
            self.met.push_back(peer);
        }
        if self.next_at == Time::NEVER {
            self.plan(now, random);
        }
    }

    /// There is a new packet, so others may have more.
    pub(super) fn hear_news(&mut self, now: Time, random: &mut impl Rng) {
        self.difference_count = 0;
        self.news_until = now + NEWS_TIME;
        let is_first = !std::mem::replace(&mut self.is_news, true);
        self.interval = PULL_INTERVAL;
        // Not while the packet is still on its way to others, which would only double copies.
        if is_first && self.next_at != Time::NEVER {
            self.plan(now, random);
        }
    }

    /// Caches differ. Two full ones may do so for ever, which is no reason to hurry for ever.
    pub(super) fn see_difference(&mut self, now: Time, random: &mut impl Rng) {
        self.difference_count += 1;
        if self.difference_count <= DIFFERENCES_MAX {
            self.hurry(now, random);
        }
    }

    /// Whom to ask now: somebody who was met, or (`None`) a random neighbour.
    pub(super) fn take(&mut self, now: Time, random: &mut impl Rng) -> Option<Option<PeerId>> {
        if let Some(peer) = self.met.pop_front() {
            if self.met.is_empty() {
                // Most peers of a large network rest, and meet nobody for long.
                self.met = VecDeque::new();
            }
            return Some(Some(peer));
        }
        if self.more > 0 {
            self.more -= 1;
            return Some(None);
        }
        if now < self.next_at {
            return None;
        }
        let count = if std::mem::take(&mut self.is_news) {
            ASKED_AFTER_NEWS
        } else if now < self.news_until {
            ASKED_WITH_NEWS
        } else {
            1
        };
        self.more = count - 1;
        self.interval = if now < self.news_until {
            PULL_INTERVAL
        } else {
            (self.interval * 2).min(self.keepalive).max(PULL_INTERVAL)
        };
        self.plan(now, random);
        Some(None)
    }

    /// How full the tables are.
    pub(super) fn tables(&self) -> [TableReport; 2] {
        let report = TableReport::new;
        [
            report("met peers", self.met.len(), MET_MAX),
            report("contacts", self.contacts.len(), CONTACTS_MAX),
        ]
    }

    pub(super) fn next_at(&self) -> Time {
        self.next_at
    }

    fn note_contact(&mut self, now: Time, peer: PeerId) {
        if self.contacts.len() == self.contacts.capacity() {
            self.contacts
                .retain(|(_, met_at)| now.since(*met_at) < CONTACT_PAUSE);
        }
        let place = match self.place_of(&peer) {
            Ok(place) => return self.contacts[place].1 = now,
            Err(place) => place,
        };
        if self.contacts.len() < CONTACTS_MAX {
            if self.contacts.len() == self.contacts.capacity() {
                let more = (self.contacts.len() / 2).max(2);
                self.contacts.reserve_exact(more);
            }
            return self.contacts.insert(place, (peer, now));
        }
        let ages = self.contacts.iter().map(|(_, met_at)| met_at);
        if let Some((oldest, _)) = ages.enumerate().min_by_key(|(_, met_at)| **met_at) {
            self.contacts.remove(oldest);
            let place = place - usize::from(oldest < place);
            self.contacts.insert(place, (peer, now));
        }
    }

    /// Where a contact is, or where it belongs.
    fn place_of(&self, peer: &PeerId) -> Result<usize, usize> {
        self.contacts.binary_search_by(|(other, _)| other.cmp(peer))
    }

    fn hurry(&mut self, now: Time, random: &mut impl Rng) {
        self.interval = PULL_INTERVAL;
        if self.next_at != Time::NEVER && self.next_at > now + PULL_INTERVAL * 2 {
            self.plan(now, random);
        }
    }

    /// Plans the next comparison, a little early or late, so that peers do not keep step.
    fn plan(&mut self, now: Time, random: &mut impl Rng) {
        self.next_at = now + self.interval.mul_f64(random.random_range(0.75..1.25));
    }
}

/// How often caches are compared while there is news.
pub const PULL_INTERVAL: Duration = Duration::from_millis(220);
/// How many neighbours are asked soon after something new came, which they may not have got,
/// and how many each time while that is news. Whoever lost all copies of a packet, which comes
/// in bursts, hears of it from others before its own turn to ask.
const ASKED_AFTER_NEWS: u32 = 6;
const ASKED_WITH_NEWS: u32 = 3;
/// For how long a new packet counts as news.
pub const NEWS_TIME: Duration = Duration::from_secs(10);
/// How soon the cache of a peer is compared again because it was met again.
const CONTACT_PAUSE: Duration = Duration::from_secs(30);
/// Peers of which it is remembered when they were met.
const CONTACTS_MAX: usize = 256;
/// Peers that were met and still have to be asked.
const MET_MAX: usize = 64;
/// Differences after which there is no hurry unless something new comes.
const DIFFERENCES_MAX: u32 = 8;
