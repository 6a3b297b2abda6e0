//! What a peer wants done, in order, until it is polled.

use std::collections::VecDeque;

use bytes::Bytes;

use super::{Event, Output, Peer, Transmit, Wire, table::Entry};
use crate::relay::{
    Address,
    packet::{Packet, PacketType, PacketView},
};

/// A bounded queue of outputs.
#[derive(Clone, Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Slot>,
    /// Outputs that found no room; a peer that is polled after every input has none.
    lost: u64,
}

/// An output in the queue. Most by far are datagrams, and the largest is ten times as long as one.
#[derive(Clone, Debug)]
enum Slot {
    Transmit(Transmit),
    Other(Box<Output>),
}

impl Outbox {
    /// Adds an output; beyond the limit it is lost and counted.
    pub(super) fn push(&mut self, output: Output) {
        if self.queue.len() < OUTPUTS_MAX {
            if self.queue.capacity() == 0 {
                // A queue that grows by itself begins with room for four; mostly there is one.
                self.queue.reserve_exact(1);
            }
            self.queue.push_back(match output {
                Output::Transmit(datagram) => Slot::Transmit(datagram),
                other => Slot::Other(Box::new(other)),
            });
        } else {
            self.lost += 1;
        }
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        let slot = self.queue.pop_front()?;
        if self.queue.is_empty() {
            // Most peers of a large network rest.
            self.queue = VecDeque::new();
        }
        Some(match slot {
            Slot::Transmit(datagram) => Output::Transmit(datagram),
            Slot::Other(other) => *other,
        })
    }

    /// Those that tell the owner what happened.
    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.queue.iter().filter_map(|slot| match slot {
            Slot::Other(output) => match &**output {
                Output::Event(event) => Some(event),
                _ => None,
            },
            Slot::Transmit(_) => None,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// How many outputs were lost.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }
}

impl Peer {
    /// Puts bytes on the wire; `kind` is what they are counted as.
    pub(super) fn transmit(&mut self, wire: Wire, to: Address, kind: u8, payload: Bytes) {
        let index = usize::from(kind);
        let index = if index < self.counters.sent.len() {
            index
        } else {
            0
        };
        self.counters.sent[index] += 1;
        let transmit = Transmit { wire, to, payload };
        self.outbox.push(Output::Transmit(transmit));
    }

    /// Sends a packet to an address from a socket; it gets its id if it has none.
    pub(super) fn send(&mut self, wire: Wire, to: Address, packet: &Packet) {
        if let Some(payload) = payload_of(packet) {
            self.transmit(wire, to, packet.kind.0, payload);
        }
    }

    /// The same for a message that is all that a packet says.
    pub(super) fn send_message(
        &mut self,
        wire: Wire,
        to: Address,
        kind: PacketType,
        message: &[u8],
    ) {
        if let Ok(payload) = PacketView::new(kind, message).encode_named() {
            self.transmit(wire, to, kind.0, payload);
        }
    }

    /// Where bytes for a table entry go: through which socket and to which address, which is
    /// that of its proxy if it has one; none if the proxy is gone.
    pub(super) fn route(&self, entry: &Entry) -> Option<(Wire, Address)> {
        match entry.via {
            super::LinkVia::Direct => Some((Wire::Main, entry.address)),
            super::LinkVia::Punched(number) => Some((Wire::Punch(number), entry.address)),
            super::LinkVia::Proxy(peer) => {
                let proxy = self.table.get(&peer)?;
                match proxy.via {
                    super::LinkVia::Direct => Some((Wire::Main, proxy.address)),
                    super::LinkVia::Punched(number) => Some((Wire::Punch(number), proxy.address)),
                    super::LinkVia::Proxy(_) => None,
                }
            }
        }
    }

    /// Tells the owner what happened.
    pub(super) fn event(&mut self, event: Event) {
        self.outbox.push(Output::Event(event));
    }
}

/// A packet as it goes over the wire. It gets its id if it has none: the reference drops a
/// second intro, join, sync or probe pong whose id is unset, as one that it has heard before.
pub(super) fn payload_of(packet: &Packet) -> Option<Bytes> {
    packet.encode_named().ok()
}

/// Outputs that may wait to be polled. One input makes at most some 1,300 (the datagrams that
/// open a NAT's ports are paced), so this is never reached by a driver that polls.
pub(super) const OUTPUTS_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use crate::relay::packet::{Field, Packet, PacketType};

    #[test]
    fn a_packet_without_an_id_gets_one_on_its_way_out_and_one_with_an_id_keeps_it() {
        let mut packet = Packet::new(PacketType::PONG, "{}");
        let sent = |packet: &Packet| Packet::decode(&super::payload_of(packet).unwrap()).unwrap();
        assert_eq!(sent(&packet).id(), Some(packet.derive_id()));
        packet.packet_id = Field::from([7; 32]);
        assert_eq!(sent(&packet).packet_id, packet.packet_id);
    }
}
