//! Comparing caches with a neighbour (spec section 10).
//!
//! A summary draws an answer only if its sender has proved that it receives at its address;
//! anybody else is asked for that proof, which costs less than the summary (weakness 12.4:
//! 107 bytes from a forged address drew 558 kB). The answers themselves are made by the
//! cache; packets go out at the pace of the rebroadcast scheduler.

use std::time::Duration;

use rand::Rng;

use super::{Event, Output, Peer, Reconciliation, sample::choose_one, table::Entry};
use crate::relay::{
    Address, Now, PeerId, Time,
    packet::{Packet, PacketType},
    summary::Summary,
};

impl Peer {
    pub(super) fn on_sync(&mut self, now: Now, from: Address, packet: Packet) {
        let Ok(summary) = Summary::decode(&packet.message) else {
            self.counters.malformed += 1;
            return;
        };
        let Some(peer) = self.proved_peer(from) else {
            self.ask_for_proof(now, from);
            return;
        };
        // Gated by peer, since the same summary from another is another comparison, and by
        // what it says rather than by an id that anybody may write (weakness 12.10).
        let key = (peer, packet.derive_id());
        let key = self.gossip.synced.hash_of(key);
        if let Some(at) = self.gossip.synced.get(&key)
            && now.time.since(*at) < SYNC_AGAIN
        {
            self.counters.duplicate += 1;
            return;
        }
        self.gossip.synced.insert(key, now.time);
        self.outbox.push(Output::Reconcile {
            peer,
            summary: Some(summary),
        });
    }

    /// The cache has compared itself: what it has to say goes to the peer.
    pub fn handle_reconciled(&mut self, now: Now, reconciliation: Reconciliation) {
        self.rest = None;
        let Reconciliation {
            peer,
            summaries,
            packet_count,
            is_equal,
        } = reconciliation;
        if is_equal {
            self.table.note_digest(&peer, self.digest.hash);
        }
        let Some((wire, to)) = self.proved_route(&peer) else {
            return;
        };
        let is_difference = packet_count > 0 || summaries.iter().any(|one| !one.prefix.is_empty());
        for summary in summaries.iter().take(SUMMARIES_MAX) {
            let packet = Packet::new(PacketType::SYNC, summary.encode());
            self.send(wire, to, &packet);
        }
        if !summaries.is_empty() {
            self.table.note_called(now.time, &peer);
        }
        if is_difference {
            self.outbox.push(Output::Difference);
        }
        if packet_count > 0 {
            self.event(Event::Synced { peer, packet_count });
        }
    }

    /// It is time to compare caches: with this peer, or with a neighbour at random; an indexed
    /// peer, who has the bandwidth, takes a few, and so does one that seems to be deaf.
    pub fn handle_pull_due(&mut self, now: Now, peer: Option<PeerId>) {
        self.rest = None;
        // Whoever has just come and holds the same has said so.
        if peer.is_some_and(|peer| self.is_known_to_equal(&peer)) {
            return;
        }
        let mut peers: Vec<PeerId> = peer.into_iter().collect();
        if peers.is_empty() {
            let count = match self.config.is_indexed {
                true => CENTRAL_COUNT,
                false if self.is_deaf(now) => DEAF_COUNT,
                false => 1,
            };
            peers.extend((0..count).filter_map(|_| self.choose_to_pull_from(now)));
            peers.sort_unstable();
            peers.dedup();
        }
        for peer in peers {
            if self.proved_route(&peer).is_some() {
                self.gossip.asked_at = now.time;
                self.table.note_asked(now.time, &peer, self.digest.hash);
                let summary = None;
                self.outbox.push(Output::Reconcile { peer, summary });
            }
        }
    }

    /// Whether nothing at all has been heard for a while although there was news a moment ago. Most
    /// likely all is well, since whoever holds the same does not answer. But loss comes in bursts
    /// of datagrams: where few go to and fro, one lasts for seconds, and more of them end it.
    fn is_deaf(&self, now: Now) -> bool {
        self.digest.packet_count > 0
            && now.time.since(self.heartbeat.last_heard) >= DEAF_AFTER
            && now.time.since(self.gossip.news_at) < DEAF_TIME
    }

    /// Whether a neighbour of our kind has said that its cache equals ours.
    fn is_known_to_equal(&self, peer: &PeerId) -> bool {
        let ours = Some(self.digest.hash);
        let entry = self.table.get(peer);
        entry.is_some_and(|entry| entry.key.is_some() && entry.digest == ours)
    }

    /// A neighbour whose cache may differ from ours, if there is one. A difference is answered, so
    /// whoever was asked [`ASKED_ENOUGH`] times in vain most likely holds the same. If all do, one at
    /// random is asked now and then, or at once if it may be us who do not hear them; nobody is
    /// asked the same again at once.
    fn choose_to_pull_from(&mut self, now: Now) -> Option<PeerId> {
        let ours = self.digest.hash;
        let is_open = |entry: &&Entry| {
            let is_equal = entry.key.is_some() && entry.digest == Some(ours);
            !is_equal && entry.asked.count(now.time, ours) < ASKED_ENOUGH
        };
        let proved = self.table.connected().filter(|entry| {
            let is_repeated = entry.asked.is_repeated(now.time, ours);
            entry.is_proved && !is_repeated
        });
        let (open, settled): (Vec<&Entry>, Vec<&Entry>) = proved.partition(is_open);
        if !open.is_empty() {
            let random = &mut self.rng;
            return choose_open(
                random,
                (now, self.config.keepalive),
                ours,
                self.gossip.news_at,
                open,
            );
        }
        // Where nobody holds anything, whoever gets something passes it on.
        let pause = match self.digest.packet_count {
            0 => EMPTY_PAUSE,
            _ => SETTLED_PAUSE,
        };
        if now.time.since(self.gossip.asked_at) < pause && !self.is_deaf(now) {
            return None;
        }
        choose_one(&mut self.rng, &settled).map(|entry| entry.peer_id)
    }
}

/// Chooses one of those that were asked the fewest times. Mostly it is one that was heard of late,
/// since others may be gone, or else one that has been quiet since the last news, which it may have
/// missed; and every second time one that few others can tell what is new. All of that a neighbour
/// may bring about by what it says, so now and then it is one of all.
fn choose_open(
    random: &mut impl Rng,
    (now, keepalive): (Now, Duration),
    ours: [u8; 20],
    news_at: Time,
    mut group: Vec<&Entry>,
) -> Option<PeerId> {
    if random.random_bool(BLIND_SHARE) {
        return choose_one(random, &group).map(|entry| entry.peer_id);
    }
    let count = |entry: &&Entry| entry.asked.count(now.time, ours);
    let least = group.iter().map(count).min();
    group.retain(|entry| Some(count(entry)) == least);
    let silence = |entry: &&Entry| entry.silence(now.time, keepalive);
    if random.random_bool(LIVELY_SHARE) {
        let least = group.iter().map(silence).min();
        group.retain(|entry| Some(silence(entry)) == least);
    } else if random.random_bool(QUIET_SHARE) {
        let is_quiet = |entry: &&Entry| entry.last_heard < news_at && silence(entry) < 2;
        narrow(&mut group, is_quiet);
    }
    if random.random_bool(SECLUDED_SHARE) {
        narrow(&mut group, |entry| entry.is_secluded() && !entry.is_indexed);
    }
    choose_one(random, &group).map(|entry| entry.peer_id)
}

/// Leaves only those of a kind, if there are any.
fn narrow(group: &mut Vec<&Entry>, is_of_kind: impl Fn(&&Entry) -> bool) {
    if group.iter().any(&is_of_kind) {
        group.retain(is_of_kind);
    }
}

/// How often a neighbour is asked with the same to compare.
const ASKED_ENOUGH: u8 = 2;
/// How soon after another question one is asked that most likely holds the same: all do, as far as
/// somebody knows who has lost each copy of a new packet. And how soon while we hold nothing.
const SETTLED_PAUSE: Duration = Duration::from_millis(150);
const EMPTY_PAUSE: Duration = Duration::from_secs(2);
/// How often a question goes to any of those that may hold something else, with equal chances.
const BLIND_SHARE: f64 = 0.25;
/// How often the choice is among those only that were heard of late; how often of the other times
/// among the quiet; and how often among the secluded.
const LIVELY_SHARE: f64 = 0.75;
const QUIET_SHARE: f64 = 0.8;
const SECLUDED_SHARE: f64 = 0.5;
/// How many neighbours an indexed peer compares its cache with at once.
const CENTRAL_COUNT: usize = 4;
/// The same for a peer that has heard nothing for so long, though news came no longer ago than this.
const DEAF_COUNT: usize = 3;
const DEAF_AFTER: Duration = Duration::from_millis(300);
const DEAF_TIME: Duration = Duration::from_secs(3);
/// The same summary from the same peer is answered again after this time: it may be that the
/// answer was lost.
const SYNC_AGAIN: Duration = Duration::from_millis(100);
/// Nobody is asked the same again before, so that what comes a little sooner than it was sent is not
/// taken for a repetition.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(150);
/// Summaries that answer one summary: one for each bucket.
const SUMMARIES_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};
    use crate::relay::{PacketId, nat::NatType};

    fn summary(number: u8) -> Summary {
        Summary::compute(&[], &[PacketId([number; 32])])
    }

    fn packet(number: u8) -> Packet {
        Packet::new(PacketType::SYNC, summary(number).encode()).with_derived_id()
    }

    fn reconciled(town: &mut Neighbourhood) -> Vec<(PeerId, bool)> {
        let outputs = std::mem::take(&mut town.outputs);
        let asked = outputs.into_iter().filter_map(|output| match output {
            Output::Reconcile { peer, summary } => Some((peer, summary.is_some())),
            _ => None,
        });
        asked.collect()
    }

    #[test]
    fn a_summary_is_compared_once_for_each_peer_and_again_after_a_while() {
        let mut town = Neighbourhood::new(3);
        for from in [1, 1, 2, 2] {
            town.receive(from, &packet(5));
        }
        assert_eq!(
            reconciled(&mut town),
            [(peer_id(1), true), (peer_id(2), true)]
        );
        town.advance(100);
        town.receive(1, &packet(5));
        assert_eq!(reconciled(&mut town), [(peer_id(1), true)]);
    }

    #[test]
    fn a_stranger_draws_no_comparison_and_rubbish_none_at_all() {
        let mut town = Neighbourhood::new(3);
        town.receive_bytes(address(99), packet(5).encode().unwrap());
        for message in [&b""[..], b"\x01", &[0; 20], &[0xff; 357]] {
            town.receive(1, &Packet::new(PacketType::SYNC, message));
        }
        assert!(reconciled(&mut town).is_empty());
        assert_eq!(town.peer.counters.malformed, 4);
    }

    #[test]
    fn a_pull_goes_to_a_random_neighbour_whose_cache_is_not_known_to_equal_ours() {
        let mut town = Neighbourhood::new(4);
        for number in 1..=3 {
            town.alter(number, |entry| {
                (entry.key, entry.digest) = (Some([1; 32]), Some([0; 20]));
            });
        }
        for _ in 0..10 {
            town.peer.handle_pull_due(town.now, None);
            town.advance(100);
        }
        let asked = reconciled(&mut town);
        assert_eq!(asked, [(peer_id(4), false); ASKED_ENOUGH as usize]);
        town.peer.table.remove(&peer_id(4));
        let ask = |town: &mut Neighbourhood| {
            for _ in 0..50 {
                town.advance(450);
                town.peer.handle_pull_due(town.now, None);
                town.peer.handle_pull_due(town.now, None);
            }
            town.drain();
            reconciled(town)
        };
        let seldom = ask(&mut town).len();
        assert!(
            (8..=12 * CENTRAL_COUNT).contains(&seldom),
            "{seldom} while nobody holds anything"
        );
        town.peer.digest.packet_count = 1;
        let asked = ask(&mut town);
        assert!((1..=3).all(|number| asked.contains(&(peer_id(number), false))));
        assert!(
            asked.len() <= 50 * CENTRAL_COUNT,
            "one question of the two each time"
        );
    }

    #[test]
    fn whoever_hears_nothing_after_news_asks_several_at_once_for_a_while() {
        let mut town = Neighbourhood::new(9);
        std::sync::Arc::make_mut(&mut town.peer.config).is_indexed = false;
        let ask = |town: &mut Neighbourhood| {
            town.peer.handle_pull_due(town.now, None);
            town.drain();
            reconciled(town).len()
        };
        town.peer.heartbeat.last_heard = town.now.time;
        town.peer.gossip.news_at = town.now.time;
        town.peer.digest.packet_count = 1;
        assert_eq!(ask(&mut town), 1);
        for number in 1..=9 {
            for _ in 0..ASKED_ENOUGH {
                let ours = town.peer.digest.hash;
                town.peer
                    .table
                    .note_asked(town.now.time, &peer_id(number), ours);
            }
        }
        town.advance(140);
        assert_eq!(
            ask(&mut town),
            0,
            "all seem to hold the same, as far as is heard"
        );
        town.advance(160);
        // Which three may be one and the same.
        assert!((2..=DEAF_COUNT).contains(&ask(&mut town)));
        town.receive(9, &Packet::new(PacketType::GOODBYE, ""));
        assert_eq!(ask(&mut town), 0, "somebody is heard");
        town.advance(2_700);
        assert_eq!(ask(&mut town), 1, "silence is to be expected");
    }

    #[test]
    fn nobody_is_asked_the_same_again_before_it_would_answer() {
        let mut town = Neighbourhood::new(2);
        let ask = |town: &mut Neighbourhood| {
            for _ in 0..20 {
                town.peer.handle_pull_due(town.now, None);
            }
            town.drain();
            reconciled(town).len()
        };
        assert_eq!(ask(&mut town), 2, "each of the two once");
        town.advance(149);
        assert_eq!(ask(&mut town), 0);
        town.peer.digest.hash = [5; 20];
        assert_eq!(ask(&mut town), 2, "our cache is another one");
        town.advance(150);
        assert_eq!(ask(&mut town), 2);
    }

    #[test]
    fn whoever_chatters_and_says_to_hold_something_else_each_time_leaves_a_quarter_to_all() {
        let mut town = Neighbourhood::new(50);
        for number in 1..=40 {
            town.alter(number, |entry| entry.nat = NatType::ENDPOINT_RESTRICTED);
        }
        for number in 41..=50 {
            town.peer
                .table
                .note_asked(town.now.time, &peer_id(number), [0; 20]);
        }
        let now = town.now.time + Duration::from_secs(5);
        town.now.time = now;
        for number in 1..=40 {
            town.alter(number, |entry| entry.last_heard = now);
        }
        let drawn = (0..4_000).filter_map(|_| town.peer.choose_to_pull_from(town.now));
        let quiet = drawn.filter(|peer| (41..=50).contains(&peer.0[0])).count();
        // A quarter of one in five: 200, with a standard deviation of 14.
        assert!(quiet > 150, "{quiet}");
    }

    #[test]
    fn what_the_cache_has_to_say_is_sent_and_told() {
        let mut town = Neighbourhood::new(3);
        let mut part = summary(1);
        part.prefix = vec![3];
        let reconciliation = Reconciliation {
            peer: peer_id(2),
            summaries: vec![part],
            packet_count: 7,
            is_equal: false,
        };
        town.peer.handle_reconciled(town.now, reconciliation);
        town.drain();
        assert_eq!(town.receivers(), [address(2)]);
        assert!(matches!(town.outputs[0], Output::Difference));
        assert!(matches!(
            &town.events()[..],
            [Event::Synced {
                packet_count: 7,
                ..
            }]
        ));
    }

    #[test]
    fn our_own_summary_is_no_difference() {
        let mut town = Neighbourhood::new(3);
        let reconciliation = Reconciliation {
            peer: peer_id(2),
            summaries: vec![summary(1)],
            packet_count: 0,
            is_equal: false,
        };
        town.peer.handle_reconciled(town.now, reconciliation);
        town.drain();
        assert_eq!((town.receivers().len(), town.outputs.len()), (1, 0));
    }
}
