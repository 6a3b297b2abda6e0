//! What a peer needs to carry messages: seen ids, limits, routes and parts of messages.

use bytes::Bytes;

use super::{Peer, Wire};
use crate::relay::{
    Address, Now, Time,
    packet::{Packet, PacketType},
};

/// State of the files that carry messages.
#[derive(Debug)]
pub(super) struct Gossip {}

impl Gossip {
    /// Nothing yet; `seed` keys what nobody else may predict.
    pub(super) fn new(seed: &[u8; 32]) -> Self {
        let _ = seed;
        Self {}
    }

    /// When [`Peer::gossip_timeout`] has something to do.
    pub(super) fn due(&self) -> Time {
        Time::NEVER
    }
}

impl Peer {
    /// Whether a datagram of this type and length is within its sender's limits.
    pub(super) fn admit(
        &mut self,
        now: Now,
        from: Address,
        kind: PacketType,
        datagram: &Bytes,
    ) -> bool {
        let _ = (now, from, kind, datagram);
        true
    }

    pub(super) fn on_publish(&mut self, now: Now, from: Address, packet: Packet) {
        let _ = (now, from, packet);
    }

    pub(super) fn on_stream(&mut self, now: Now, wire: Wire, from: Address, packet: Packet) {
        let _ = (now, wire, from, packet);
    }

    pub(super) fn on_sync(&mut self, now: Now, from: Address, packet: Packet) {
        let _ = (now, from, packet);
    }

    pub(super) fn on_query(&mut self, now: Now, from: Address, packet: Packet) {
        let _ = (now, from, packet);
    }

    /// A peer was connected that was not before; `is_first` unless it was lost and came back.
    pub(super) fn gossip_connected(&mut self, now: Now, peer: crate::relay::PeerId) {
        let _ = (now, peer);
    }

    /// Our NAT type is known now: what was published before goes out.
    pub(super) fn gossip_ready(&mut self, now: Now) {
        let _ = now;
    }

    pub(super) fn gossip_timeout(&mut self, now: Now) {
        let _ = now;
    }
}
