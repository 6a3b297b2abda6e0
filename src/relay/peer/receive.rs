//! Takes datagrams apart and hands each to the file of its type.

use std::mem;

use bytes::Bytes;

use super::{Peer, Wire};
use crate::relay::{
    Address, Now,
    packet::{HOPS_MAX, Packet, PacketType, PacketView, VERSION},
};

impl Peer {
    /// Takes a datagram that came in on a socket; a peer that is not open takes none.
    pub fn handle_datagram(&mut self, now: Now, wire: Wire, from: Address, bytes: Bytes) {
        let is_rested = mem::take(&mut self.rest.is_begun);
        self.rest.is_undisturbed = false;
        if !self.is_open {
            return;
        }
        let Ok(packet) = PacketView::decode(&bytes) else {
            self.counters.malformed += 1;
            if let Wire::Punch(_) = wire {
                self.on_opened(wire, from);
            }
            return;
        };
        if packet.version != VERSION || packet.hops > HOPS_MAX {
            self.counters.malformed += 1;
            return;
        }
        self.count_received(packet.kind);
        if !self.admit(now, from, packet.kind, &bytes) {
            self.counters.limited += 1;
            return;
        }
        self.heard(now, from, bytes.len());
        // A sign of life is read where it lies; of the rest, much is kept.
        let is_sign_of_life = match packet.kind {
            PacketType::PING => self.on_ping(now, wire, from, &packet),
            PacketType::PONG => self.on_pong(now, wire, from, &packet),
            _ => {
                self.dispatch(now, wire, from, packet.sharing(&bytes));
                false
            }
        };
        self.hold_sockets_if_due();
        self.rest.is_undisturbed = is_rested && is_sign_of_life;
    }

    /// Pings and pongs are answered always, the rest once we know what we are behind: the
    /// reference's rule, without which we would invite what cannot reach us. Who is linked with
    /// us already may bring messages, which a newcomer would miss for a second or two.
    fn dispatch(&mut self, now: Now, wire: Wire, from: Address, packet: Packet) {
        match packet.kind {
            PacketType::GOODBYE => self.on_goodbye(now, from),
            PacketType::PUBLISH if self.may_bring(from) => self.on_publish(now, from, packet),
            PacketType::SYNC if self.may_bring(from) => self.on_sync(now, from, packet),
            _ if !self.is_ready() => {}
            PacketType::INTRO => self.on_intro(now, from, &packet),
            PacketType::JOIN => self.on_join(now, from, &packet),
            PacketType::STREAM => self.on_stream(now, wire, from, packet),
            PacketType::QUERY => self.on_query(now, from, packet),
            _ => {}
        }
    }

    /// Whether messages are taken from an address.
    fn may_bring(&self, from: Address) -> bool {
        self.is_ready() || self.is_trusted(from)
    }

    fn heard(&mut self, now: Now, from: Address, length: usize) {
        if self.table.note_heard(now.time, from) {
            self.heartbeat.last_heard = now.time;
        } else {
            self.proof.earn(now.time, from, length);
        }
    }

    fn count_received(&mut self, kind: PacketType) {
        let index = usize::from(kind.0);
        let index = if index < self.counters.received.len() {
            index
        } else {
            0
        };
        self.counters.received[index] += 1;
    }

    /// Whether our NAT type is known, or we need none.
    pub(super) fn is_ready(&self) -> bool {
        self.config.is_indexed || self.nat.is_valid()
    }
}
