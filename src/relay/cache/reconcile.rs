//! Comparing a cache with a peer's (spec section 10).
//!
//! Both sides walk down the ids digit by digit, and only where their hashes differ. What the
//! other lacks is sent to it; where we lack something, our own summary of that part asks for
//! it. What came just before is sent without walking any further, since most often that is the
//! difference. A peer of the reference walks along, though it also answers where nothing differs.
//! Where packets have just come, only so much is said as `unsettled` allows.

use super::{Cache, index::covered};
use crate::relay::{Now, PacketId, PeerId, Time, peer::Reconciliation, summary::Summary};

impl Cache {
    /// Compares the cache with a peer's summary, or begins with a summary of everything:
    /// says what to tell the peer, and which packets it lacks, at most [`SEND_MAX`] at once.
    ///
    /// Where it lacks more, it is sent whole buckets from that of `first_digit` on, or a part of one
    /// that alone is too large. The digit is to be random: whoever has just come asks several peers,
    /// and each of them begins elsewhere.
    pub fn reconcile(
        &mut self,
        now: Now,
        peer: PeerId,
        theirs: Option<&Summary>,
        first_digit: u8,
    ) -> (Reconciliation, Vec<PacketId>) {
        self.uncover(now.time);
        let is_equal = theirs.is_some_and(|theirs| {
            theirs.prefix.is_empty() && self.summary(&[]).hash == theirs.hash
        });
        let (summaries, wanted) = match theirs {
            None => (vec![self.summary(&[])], Vec::new()),
            Some(theirs) => self.compare(now.time, peer, theirs, first_digit),
        };
        let reconciliation = Reconciliation {
            peer,
            summaries,
            packet_count: wanted.len(),
            is_equal,
        };
        (reconciliation, wanted)
    }

    fn compare(
        &mut self,
        now: Time,
        peer: PeerId,
        theirs: &Summary,
        first_digit: u8,
    ) -> (Vec<Summary>, Vec<PacketId>) {
        let (mut summaries, mut wanted) = (Vec::new(), Vec::new());
        if theirs.prefix.len() >= ID_DIGITS {
            return (summaries, wanted);
        }
        let ours = self.summary(&theirs.prefix);
        if ours.hash == theirs.hash {
            return (summaries, wanted);
        }
        let left = self.unsettled.left(now, peer);
        let (mut said, mut news) = (0, 0);
        let mut prefix = theirs.prefix.clone();
        prefix.push(0);
        for digit in digits_from(first_digit) {
            let place = usize::from(digit);
            let (our, their) = (ours.buckets[place], theirs.buckets[place]);
            *prefix.last_mut().expect("a digit was pushed") = digit;
            if our == their {
                continue;
            }
            if their.is_none() {
                said += self.add_wanted(now, &prefix, left - said, &mut wanted);
                continue;
            }
            let room = (left - said).min(NEWS_MAX - news);
            let more = self.add_news(now, &prefix, room, &mut wanted);
            (said, news) = (said + more, news + more);
            if self.is_settled(now, &prefix) {
                summaries.push(self.summary(&prefix));
            } else if said < left.div_ceil(DEPTH) {
                said += 1;
                summaries.push(self.summary(&prefix));
            }
        }
        self.unsettled.take(now, peer, said);
        (summaries, wanted)
    }

    /// Adds what a peer lacks below a prefix, at most `fresh_max` packets of what has just
    /// come; says how many of those there were. What would fit alone but does not now is left to the
    /// next comparison, since to find out what is missing of it costs more than to ask for all of it.
    fn add_wanted(
        &self,
        now: Time,
        prefix: &[u8],
        fresh_max: usize,
        wanted: &mut Vec<PacketId>,
    ) -> usize {
        let is_longer = |count| covered(&self.entries, prefix).nth(count).is_some();
        if is_longer(SEND_MAX - wanted.len()) && !is_longer(SEND_MAX) {
            return 0;
        }
        let mut fresh = 0;
        for (id, entry) in covered(&self.entries, prefix) {
            if wanted.len() >= SEND_MAX {
                break;
            }
            if self.is_ending(now, entry) {
                continue;
            }
            if self.is_fresh(now, entry) {
                if fresh >= fresh_max || self.is_under_way(now, entry) {
                    continue;
                }
                fresh += 1;
            }
            wanted.push(*id);
        }
        fresh
    }

    /// Adds what came a little while ago, if that is little: most likely it is what the peer
    /// lacks, which gets it two steps sooner. Says how many packets.
    fn add_news(
        &self,
        now: Time,
        prefix: &[u8],
        count_max: usize,
        wanted: &mut Vec<PacketId>,
    ) -> usize {
        let count_max = count_max
            .min(NEWS_EACH_MAX)
            .min(SEND_MAX.saturating_sub(wanted.len()));
        let is_news = |entry| self.is_news(now, entry) && !self.is_ending(now, entry);
        let news = covered(&self.entries, prefix).filter(|(_, entry)| is_news(entry));
        let news: Vec<PacketId> = news.map(|(id, _)| *id).take(count_max + 1).collect();
        if news.len() > count_max {
            return 0;
        }
        wanted.extend(&news);
        news.len()
    }

    fn summary(&mut self, prefix: &[u8]) -> Summary {
        self.index.summary(&self.entries, prefix)
    }
}

/// All sixteen digits, from any one on, so that none is looked at first each time.
fn digits_from(first: u8) -> impl Iterator<Item = u8> {
    (0..16).map(move |step| (first.wrapping_add(step)) & 15)
}

/// Packets that one summary draws at most; the rest goes when it is compared again.
pub const SEND_MAX: usize = 256;
/// Packets that are sent at once because they are new, and those of one bucket; where there are
/// more, it is cheaper to find out.
pub const NEWS_MAX: usize = 8;
const NEWS_EACH_MAX: usize = 2;
/// Hex digits of an id.
const ID_DIGITS: usize = 64;
/// How deep two caches walk down, about: where little may be said of what has just come, it
/// goes to the depth of a few places rather than to the surface of all.
const DEPTH: usize = 4;
