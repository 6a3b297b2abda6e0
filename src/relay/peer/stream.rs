//! Streams: messages for one peer, straight or through the one that stands between
//! (spec section 10).
//!
//! A stream is taken only from a peer that we know, and handed on only to a peer that we know,
//! to nobody else and never back; that costs a hop. It arrives from the peer itself or from
//! another that proved its address, which then is the relay.
//!
//! A relay hands fragments on as they come, in any order: their chain is checked where they
//! are put together.

use super::{Event, Peer, Publication, Ticket, Wire, commands::CommandError, reassembly::Source};
use crate::relay::{
    Address, Now, PacketId, PeerId,
    packet::{HOPS_MAX, IdCheck, Packet, PacketType, verify_id},
    split::Composed,
};

impl Peer {
    /// Sends a message to one peer; [`Output::Done`](super::Output::Done) gives the ids.
    ///
    /// # Errors
    /// If the peer is not connected, or the message too long.
    pub fn stream(
        &mut self,
        now: Now,
        ticket: Ticket,
        to: PeerId,
        publication: Publication,
    ) -> Result<(), CommandError> {
        self.rest = None;
        let not_connected = CommandError::NotConnected { peer: to };
        let entry = self.table.get(&to).filter(|entry| entry.is_connected);
        let route = entry.and_then(|entry| self.route(entry));
        let (wire, address) = route.ok_or(not_connected)?;
        let (from_field, to_field) = (self.identity.peer_id.field(), to.field());
        let publication = Publication {
            usr3: to_field,
            usr4: from_field,
            ..publication
        };
        let packets = self.seal_and_split(now, PacketType::STREAM, &publication)?;
        for packet in &packets {
            self.send(wire, address, packet);
        }
        let ids = packets.iter().filter_map(Packet::id).collect();
        self.done(ticket, ids);
        Ok(())
    }

    pub(super) fn on_stream(&mut self, now: Now, _wire: Wire, from: Address, packet: Packet) {
        let source = PeerId::from_field(&packet.usr4);
        let target = PeerId::from_field(&packet.usr3);
        let (Some(source), Some(target)) = (source, target) else {
            self.counters.malformed += 1;
            return;
        };
        if !self.may_come_from(source, from) {
            return;
        }
        let is_new = match verify_id(&packet, None) {
            IdCheck::Forged => {
                self.counters.forged += 1;
                return;
            }
            // The same message may be for several, and be sent by several.
            IdCheck::Valid | IdCheck::NeedsChain => {
                let key = (
                    packet.kind,
                    packet.packet_id.as_slice(),
                    source,
                    target,
                    from,
                );
                self.gossip.gate.is_new(key)
            }
        };
        if !is_new {
            self.counters.duplicate += 1;
        } else if target == self.identity.peer_id {
            self.receive_stream(now, source, from, packet);
        } else {
            self.hand_on(target, from, packet);
        }
    }

    /// Whether a stream of this peer may come from that address: its own, or that of a
    /// neighbour who relays.
    fn may_come_from(&self, source: PeerId, from: Address) -> bool {
        let Some(entry) = self.table.get(&source) else {
            return false;
        };
        entry.is_connected && (entry.address == from || self.proved_peer(from).is_some())
    }

    fn receive_stream(&mut self, now: Now, from: PeerId, address: Address, packet: Packet) {
        if self.interest(&packet) != super::Interest::Subscribed {
            return;
        }
        let source = Source::Stream(from);
        let Some(Composed { packet, meta }) = self.put_together(now, source, packet) else {
            return;
        };
        self.event(Event::Stream {
            packet,
            meta,
            from,
            address,
        });
    }

    /// Hands a stream on to the peer that it is for.
    fn hand_on(&mut self, target: PeerId, from: Address, mut packet: Packet) {
        if packet.hops >= HOPS_MAX {
            return;
        }
        let entry = self.table.get(&target).filter(|entry| entry.is_connected);
        let Some((wire, to)) = entry.and_then(|entry| self.route(entry)) else {
            return;
        };
        if to != from {
            packet.hops += 1;
            self.send(wire, to, &packet);
        }
    }

    /// Packets' ids go to whoever gave the command.
    pub(super) fn done(&mut self, ticket: Ticket, ids: Vec<PacketId>) {
        self.outbox.push(super::Output::Done { ticket, ids });
    }
}

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};
    use crate::relay::packet::Field;

    /// The packets of a stream from one neighbour to somebody.
    fn packets(from: u8, to: PeerId, size: usize) -> Vec<Packet> {
        let mut town = Neighbourhood::new(0);
        let kind = PacketType::STREAM;
        let mut publication = publication(size);
        (publication.usr3, publication.usr4) = (to.field(), peer_id(from).field());
        town.peer
            .seal_and_split(town.now, kind, &publication)
            .unwrap()
    }

    #[test]
    fn a_stream_for_us_is_delivered_whole_and_once() {
        for size in [10, 3_000] {
            let mut town = Neighbourhood::new(3).with_subcluster();
            let us = town.peer.peer_id();
            for packet in packets(1, us, size).iter().rev() {
                town.receive(1, packet);
                town.receive(1, packet);
            }
            let events = town.events();
            let [
                Event::Stream {
                    packet,
                    from,
                    address: at,
                    ..
                },
            ] = &events[..]
            else {
                panic!("{events:?}");
            };
            assert_eq!((packet.index, *from, *at), (-1, peer_id(1), address(1)));
            assert!(town.sent.is_empty());
        }
    }

    #[test]
    fn a_relay_hands_it_to_the_one_that_it_is_for_and_to_nobody_else() {
        let mut town = Neighbourhood::new(5);
        for packet in packets(1, peer_id(2), 3_000) {
            town.receive(1, &packet);
        }
        assert_eq!(town.sent.len(), 5);
        let is_right = |(to, packet): &(Address, Packet)| *to == address(2) && packet.hops == 1;
        assert!(town.sent.iter().all(is_right));
        assert!(town.events().is_empty());
    }

    #[test]
    fn neither_unknown_sources_nor_unknown_targets_nor_strangers_are_served() {
        let mut town = Neighbourhood::new(3).with_subcluster();
        let us = town.peer.peer_id();
        town.receive(1, &packets(9, us, 10)[0]);
        town.receive(1, &packets(1, peer_id(9), 10)[0]);
        let datagram = packets(1, us, 10)[0].encode().unwrap();
        town.receive_bytes(address(9), datagram);
        let mut worn = packets(1, peer_id(2), 10).remove(0);
        worn.hops = HOPS_MAX;
        town.receive(1, &worn);
        assert!(town.events().is_empty() && town.sent.is_empty());
    }

    #[test]
    fn a_peer_behind_another_is_reached_through_it() {
        let mut town = Neighbourhood::new(3);
        town.alter(2, |entry| behind(entry, 3));
        town.peer
            .stream(town.now, Ticket(1), peer_id(2), publication(10))
            .unwrap();
        town.drain();
        assert_eq!(town.receivers(), [address(3)]);
        town.peer.table.remove(&peer_id(3));
        let outcome = town
            .peer
            .stream(town.now, Ticket(2), peer_id(2), publication(10));
        let peer = peer_id(2);
        assert_eq!(outcome, Err(CommandError::NotConnected { peer }));
    }

    #[test]
    fn the_same_message_to_two_peers_is_sealed_once_for_each() {
        let mut town = Neighbourhood::new(3);
        let publication = publication(100);
        let key = publication.shared_key.key_pair();
        for to in [1, 2] {
            let given = publication.clone();
            town.peer
                .stream(town.now, Ticket(1), peer_id(to), given)
                .unwrap();
        }
        town.drain();
        assert_eq!(town.receivers_of_sealed(&key), [address(1), address(2)]);
        assert_eq!(publication.usr3, Field::UNSET);
    }
}
