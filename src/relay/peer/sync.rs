//! Comparing caches with a neighbour (spec section 10).
//!
//! A summary draws an answer only if its sender has proved that it receives at its address;
//! anybody else is asked for that proof, which costs less than the summary (weakness 12.4:
//! 107 bytes from a forged address drew 558 kB). The answers themselves are made by the
//! cache; packets go out at the pace of the rebroadcast scheduler.

use rand::Rng;

use super::{Event, Output, Peer, Reconciliation, sample::choose_one, table::Entry};
use crate::relay::{
    Address, Now, PeerId,
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
        let Reconciliation {
            peer,
            summaries,
            packet_count,
        } = reconciliation;
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
    /// peer, who has the bandwidth, takes a few.
    pub fn handle_pull_due(&mut self, now: Now, peer: Option<PeerId>) {
        // Whoever has just come and holds the same has said so.
        if peer.is_some_and(|peer| self.is_known_to_equal(&peer)) {
            return;
        }
        let mut peers: Vec<PeerId> = peer.into_iter().collect();
        if peers.is_empty() {
            let count = if self.config.is_indexed {
                CENTRAL_COUNT
            } else {
                1
            };
            peers.extend((0..count).filter_map(|_| self.choose_to_pull_from(now)));
            peers.sort_unstable();
            peers.dedup();
        }
        for peer in peers {
            if self.proved_route(&peer).is_some() {
                let summary = None;
                self.outbox.push(Output::Reconcile { peer, summary });
            }
        }
    }

    /// Whether a neighbour of our kind has said that its cache equals ours.
    fn is_known_to_equal(&self, peer: &PeerId) -> bool {
        let ours = Some(self.digest.hash);
        let entry = self.table.get(peer);
        entry.is_some_and(|entry| entry.key.is_some() && entry.digest == ours)
    }

    /// A random neighbour, if there is one whose cache is not known to equal ours. Mostly it is
    /// one that was heard of late, since others may be gone, and every second time one that few
    /// others can tell what is new.
    fn choose_to_pull_from(&mut self, now: Now) -> Option<PeerId> {
        let (ours, keepalive) = (self.digest.hash, self.config.keepalive);
        let is_equal = |entry: &&Entry| entry.key.is_some() && entry.digest == Some(ours);
        let proved = self.table.connected().filter(|entry| entry.is_proved);
        let (equal, mut group): (Vec<&Entry>, Vec<&Entry>) = proved.partition(is_equal);
        if group.is_empty() {
            if self.digest.packet_count == 0 {
                // Nobody holds anything yet; whoever gets something passes it on.
                return None;
            }
            group = equal;
        }
        if self.rng.random_bool(LIVELY_SHARE) {
            let silence = |entry: &&Entry| entry.silence(now.time, keepalive);
            let least = group.iter().map(silence).min();
            group.retain(|entry| Some(silence(entry)) == least);
        }
        let is_secluded = |entry: &&Entry| entry.is_secluded() && !entry.is_indexed;
        if self.rng.random_bool(SECLUDED_SHARE) && group.iter().any(is_secluded) {
            group.retain(is_secluded);
        }
        let group: Vec<PeerId> = group.iter().map(|entry| entry.peer_id).collect();
        choose_one(&mut self.rng, &group)
    }
}

/// How many neighbours an indexed peer compares its cache with at once.
const CENTRAL_COUNT: usize = 4;
/// How often the choice is among those only that were heard of late, or that are secluded.
const LIVELY_SHARE: f64 = 0.75;
const SECLUDED_SHARE: f64 = 0.5;
/// The same summary from the same peer is answered again after this time: it may be that the
/// answer was lost.
const SYNC_AGAIN: std::time::Duration = std::time::Duration::from_millis(100);
/// Summaries that answer one summary: one for each bucket.
const SUMMARIES_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};
    use crate::relay::PacketId;

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
        for _ in 0..20 {
            town.peer.handle_pull_due(town.now, None);
        }
        town.drain();
        let asked = reconciled(&mut town);
        assert!(asked.iter().all(|asked| *asked == (peer_id(4), false)));
        assert_eq!(asked.len(), 20);
        town.peer.table.remove(&peer_id(4));
        let ask = |town: &mut Neighbourhood| {
            for _ in 0..50 {
                town.peer.handle_pull_due(town.now, None);
            }
            town.drain();
            reconciled(town)
        };
        assert!(ask(&mut town).is_empty(), "nobody holds anything");
        town.peer.digest.packet_count = 1;
        let asked = ask(&mut town);
        assert!((1..=3).all(|number| asked.contains(&(peer_id(number), false))));
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
        };
        town.peer.handle_reconciled(town.now, reconciliation);
        town.drain();
        assert_eq!((town.receivers().len(), town.outputs.len()), (1, 0));
    }
}
