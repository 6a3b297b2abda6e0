//! Takes datagrams apart and hands each to the file of its type.

use bytes::Bytes;

use super::{Peer, Wire};
use crate::relay::{
    Address, Now,
    packet::{HOPS_MAX, Packet, PacketType, PacketView, VERSION},
};

impl Peer {
    /// Takes a datagram that came in on a socket; a peer that is not open takes none.
    pub fn handle_datagram(&mut self, now: Now, wire: Wire, from: Address, bytes: Bytes) {
        let rest = self.rest.take();
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
        self.rest = rest.filter(|_| is_sign_of_life);
    }

    /// Pings and pongs are answered always, most of the rest once we know what we are behind: the
    /// reference's rule, without which we would invite what cannot reach us. But messages are taken
    /// from everybody, as they are later, and caches compared with who is linked with us already: a
    /// newcomer would miss what is new for a second or two.
    fn dispatch(&mut self, now: Now, wire: Wire, from: Address, packet: Packet) {
        match packet.kind {
            PacketType::GOODBYE => self.on_goodbye(now, from),
            PacketType::PUBLISH => self.on_publish(now, from, packet),
            PacketType::SYNC if self.is_ready() || self.is_trusted(from) => {
                self.on_sync(now, from, packet);
            }
            _ if !self.is_ready() => {}
            PacketType::INTRO => self.on_intro(now, from, &packet),
            PacketType::JOIN => self.on_join(now, from, &packet),
            PacketType::STREAM => self.on_stream(now, wire, from, packet),
            PacketType::QUERY => self.on_query(now, from, packet),
            _ => {}
        }
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

#[cfg(test)]
mod tests {
    use super::super::{neighbourhood::*, *};
    use crate::relay::{
        PacketId,
        keys::SharedKey,
        nat::NatType,
        packet::{Packet, PacketType, message_id},
    };

    /// Everything that may be done with a peer, but for a sign of life.
    const INPUTS: [fn(&mut Peer, Now); 20] = [
        |peer, now| peer.handle_timeout(now),
        |peer, now| {
            let packet = Packet::new(PacketType::SYNC, "").encode().unwrap();
            peer.handle_datagram(now, Wire::Main, address(1), packet);
        },
        |peer, _| peer.handle_digest(CacheDigest::default()),
        |peer, now| peer.handle_kept(now, kept()),
        |peer, now| {
            peer.handle_due(
                now,
                kept().packet,
                crate::relay::rebroadcast::Audience::Random,
            )
        },
        |peer, now| {
            let lookup = Lookup {
                id: PacketId([1; 32]),
                ticket: Ticket(1),
            };
            let packets = Vec::new();
            peer.handle_found(now, Found { lookup, packets });
        },
        |peer, now| {
            let reconciliation = Reconciliation {
                peer: peer_id(1),
                summaries: Vec::new(),
                packet_count: 0,
                is_equal: false,
            };
            peer.handle_reconciled(now, reconciliation);
        },
        |peer, now| peer.handle_pull_due(now, None),
        |peer, now| peer.handle_resolved(now, "host", None),
        |peer, now| peer.call_names(now, []),
        |peer, _| peer.remember(&[]),
        |peer, now| drop(peer.publish(now, Ticket(1), publication(1))),
        |peer, now| drop(peer.inject(now, Ticket(1), Vec::new())),
        |peer, now| drop(peer.sync(now, peer_id(1))),
        |peer, now| drop(peer.stream(now, Ticket(1), peer_id(1), publication(1))),
        |peer, now| drop(peer.query(now, serde_json::json!({}), None, None)),
        |peer, now| drop(peer.answer(now, PacketId([1; 32]), "".into())),
        |peer, now| drop(peer.join(now, None, SharedKey([3; 32]))),
        |peer, now| drop(peer.leave(now, subcluster())),
        |peer, now| peer.reflect_again(now),
    ];

    fn kept() -> Kept {
        Kept {
            packet: Packet::new(PacketType::PUBLISH, "x"),
            from: None,
            interest: Interest::Own,
            keeping: Keeping::Duplicate,
        }
    }

    #[test]
    fn messages_are_taken_from_everybody_even_before_we_know_what_we_are_behind() {
        let mut town = Neighbourhood::new(0);
        Arc::make_mut(&mut town.peer.config).is_indexed = false;
        town.peer.nat = NatType::UNKNOWN;
        let mut message = Packet::new(PacketType::PUBLISH, "x");
        message.packet_id = message_id(&message.message).field();
        for packet in [Packet::new(PacketType::JOIN, "{}"), message] {
            town.receive_bytes(address(99), packet.encode().unwrap());
        }
        assert!(
            matches!(&town.outputs[..], [Output::Keep(_)]),
            "nothing comes of the join: {:?}",
            town.outputs
        );
    }

    #[test]
    fn each_input_by_itself_has_the_peer_look_anew_when_it_is_to_be_woken() {
        let mut town = Neighbourhood::new(3);
        for (number, input) in INPUTS.iter().enumerate() {
            town.drain();
            assert!(town.peer.rest.is_some(), "nothing has come since");
            input(&mut town.peer, town.now);
            assert_eq!(town.peer.rest, None, "input {number}");
        }
        town.drain();
        town.peer.close(town.now);
        assert_eq!(town.peer.rest, None);
        town.drain();
        town.peer.open(town.now);
        assert_eq!(town.peer.rest, None);
    }
}
