//! Comparing caches with a neighbour (spec section 10).
//!
//! A summary draws an answer only if its sender has proved that it receives at its address;
//! anybody else is asked for that proof, which costs less than the summary (weakness 12.4:
//! 107 bytes from a forged address drew 558 kB). The answers themselves are made by the
//! cache; packets go out at the pace of the rebroadcast scheduler.

use super::{Event, Output, Peer, Reconciliation, sample::choose_one};
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
    pub fn handle_reconciled(&mut self, _now: Now, reconciliation: Reconciliation) {
        let Reconciliation {
            peer,
            summaries,
            packet_count,
        } = reconciliation;
        let Some(entry) = self.table.get(&peer) else {
            return;
        };
        let Some((wire, to)) = self.route(entry) else {
            return;
        };
        let is_difference = packet_count > 0 || summaries.iter().any(|one| !one.prefix.is_empty());
        for summary in summaries.iter().take(SUMMARIES_MAX) {
            let packet = Packet::new(PacketType::SYNC, summary.encode());
            self.send(wire, to, &packet);
        }
        if is_difference {
            self.outbox.push(Output::Difference);
        }
        if packet_count > 0 {
            self.event(Event::Synced { peer, packet_count });
        }
    }

    /// It is time to compare caches: with this peer, or with a neighbour at random.
    pub fn handle_pull_due(&mut self, _now: Now, peer: Option<PeerId>) {
        let is_able = |peer: &PeerId| self.table.get(peer).is_some_and(|one| one.is_connected);
        let peer = match peer {
            Some(peer) => Some(peer).filter(is_able),
            None => self.choose_to_pull_from(),
        };
        if let Some(peer) = peer {
            let summary = None;
            self.outbox.push(Output::Reconcile { peer, summary });
        }
    }

    /// A random neighbour, if there is one whose cache is not known to equal ours.
    fn choose_to_pull_from(&mut self) -> Option<PeerId> {
        let ours = self.digest.hash;
        let (equal, different): (Vec<_>, Vec<_>) = self
            .table
            .connected()
            .filter(|entry| entry.is_proved)
            .partition(|entry| entry.key.is_some() && entry.digest == Some(ours));
        let group = if different.is_empty() {
            equal
        } else {
            different
        };
        let group: Vec<PeerId> = group.iter().map(|entry| entry.peer_id).collect();
        choose_one(&mut self.rng, &group)
    }
}

/// The same summary from the same peer is answered again after this time: it may be that the
/// answer was lost.
const SYNC_AGAIN: std::time::Duration = std::time::Duration::from_millis(100);
/// Summaries that answer one summary: one for each bucket.
const SUMMARIES_MAX: usize = 16;
