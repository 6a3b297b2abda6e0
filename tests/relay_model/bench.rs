//! One peer that a test drives by hand, and packets that anybody could make.

use std::{net::Ipv4Addr, time::Duration};

use bytes::Bytes;
use socket_runtime::relay::{
    Address, Now, PeerId, Time,
    keys::{KeyPair, SharedKey, sign_link},
    nat::NatType,
    packet::{Field, Intro, Join, Packet, PacketType, Ping, Pong, Token, join_key},
    peer::{Event, Output, Peer, PeerConfig, Transmit, Wire},
};

use super::{cluster, indexed};

/// One peer, driven by hand.
pub(crate) struct Bench {
    pub(crate) peer: Peer,
    pub(crate) now: Now,
    pub(crate) events: Vec<Event>,
}

impl Bench {
    /// An indexed peer, which is ready at once.
    pub(crate) fn indexed() -> Self {
        Self::new(indexed(1, at(1), &[]))
    }

    pub(crate) fn new(config: PeerConfig) -> Self {
        let now = Now {
            time: Time::from_micros(1_000_000),
            unix_ms: 1_700_000_000_000,
        };
        let mut bench = Self {
            peer: Peer::new(config, [7; 32], now),
            now,
            events: Vec::new(),
        };
        bench.peer.open(now);
        bench.drain();
        bench
    }

    /// Hands a datagram in, and gives what goes out for it.
    pub(crate) fn take(&mut self, wire: Wire, from: Address, packet: &Packet) -> Vec<Transmit> {
        self.take_bytes(wire, from, packet.encode().unwrap())
    }

    pub(crate) fn take_bytes(&mut self, wire: Wire, from: Address, bytes: Bytes) -> Vec<Transmit> {
        self.peer.handle_datagram(self.now, wire, from, bytes);
        self.drain()
    }

    /// Lets time pass, waking the peer whenever it wants.
    pub(crate) fn pass(&mut self, duration: Duration) -> Vec<Transmit> {
        let end = self.now.time + duration;
        let mut sent = self.drain();
        while let Output::Wait(due) = self.peer.poll_output(self.now)
            && due <= end
        {
            self.now.time = self.now.time.max(due);
            self.peer.handle_timeout(self.now);
            sent.extend(self.drain());
        }
        self.now.time = end;
        sent
    }

    pub(crate) fn drain(&mut self) -> Vec<Transmit> {
        let mut sent = Vec::new();
        loop {
            match self.peer.poll_output(self.now) {
                Output::Transmit(transmit) => sent.push(transmit),
                Output::Event(event) => self.events.push(event),
                Output::Wait(_) => return sent,
                _ => {}
            }
        }
    }

    /// Makes a link as a peer of the reference does: it pings, and answers the ping back.
    pub(crate) fn meet(&mut self, peer: PeerId, from: Address) {
        let mut ping = Ping::new(peer);
        ping.nat_type = Some(NatType::UNRESTRICTED);
        ping.is_connection = true;
        let sent = self.take(
            Wire::Main,
            from,
            &Packet::new(PacketType::PING, ping.encode()),
        );
        let token = ping_to(&sent, from).expect("who wants a link is pinged");
        self.echo(peer, from, token, None);
        assert!(self.entry(&peer).is_some(), "no link with {peer}");
    }

    /// Answers a ping of the peer's, signed or not.
    pub(crate) fn echo(
        &mut self,
        peer: PeerId,
        from: Address,
        token: Token,
        key: Option<&KeyPair>,
    ) {
        let mut pong = Pong::new(self.peer.peer_id(), peer);
        pong.is_connection = true;
        pong.nat_type = Some(NatType::UNRESTRICTED);
        pong.ping_id = Some(token);
        if key.is_some() {
            // Where the peer is, as whoever signs this sees it.
            let own = at(1);
            (pong.address, pong.port) = (Some(*own.ip()), Some(own.port()));
        }
        let mut packet = Packet::new(PacketType::PONG, pong.encode());
        if let Some(key) = key {
            packet = signed(packet, key);
        }
        self.take(Wire::Main, from, &packet);
    }

    /// Where the peer believes somebody to be.
    pub(crate) fn entry(&self, peer: &PeerId) -> Option<Address> {
        let neighbours = self.peer.report(self.now).neighbours;
        let mut neighbours = neighbours.into_iter();
        neighbours
            .find(|own| own.peer_id == *peer)
            .map(|own| own.address)
    }
}

pub(crate) fn at(number: u8) -> Address {
    Address::new(Ipv4Addr::new(1, 1, 1, number), 5_000)
}

pub(crate) fn id(number: u8) -> PeerId {
    PeerId([number; 32])
}

pub(crate) fn signed(mut packet: Packet, key: &KeyPair) -> Packet {
    let id = packet.derive_id();
    packet.packet_id = id.field();
    packet.usr2 = Field::from(*key.public());
    packet.signature = sign_link(key, &id);
    packet
}

pub(crate) fn link_ping(peer: PeerId) -> Packet {
    let mut ping = Ping::new(peer);
    ping.nat_type = Some(NatType::UNRESTRICTED);
    ping.is_connection = true;
    Packet::new(PacketType::PING, ping.encode())
}

/// The token of a ping that went to an address.
pub(crate) fn ping_to(sent: &[Transmit], to: Address) -> Option<Token> {
    sent.iter().filter(|sent| sent.to == to).find_map(|sent| {
        let packet = Packet::decode(&sent.payload).ok()?;
        (packet.kind == PacketType::PING).then_some(())?;
        Ping::parse(&packet.message).ok()?.ping_id
    })
}

pub(crate) fn reflections(sent: &[Transmit]) -> Vec<(Wire, Address, Ping)> {
    let pings = sent.iter().filter_map(|sent| {
        let packet = Packet::decode(&sent.payload).ok()?;
        let ping = Ping::parse(&packet.message).ok()?;
        (packet.kind == PacketType::PING && ping.is_reflection)
            .then_some((sent.wire, sent.to, ping))
    });
    pings.collect()
}

pub(crate) fn bytes_to(sent: &[Transmit], to: Ipv4Addr) -> usize {
    let sent = sent.iter().filter(|sent| *sent.to.ip() == to);
    sent.map(|sent| sent.payload.len()).sum()
}

/// A join that anybody could make.
pub(crate) fn join(of: PeerId, claimed: Address, hops: u32) -> Packet {
    let key = SharedKey::from_seed(b"weak").key_pair();
    let mut join = Join::new(of, claimed, NatType::UNRESTRICTED);
    let (cluster, subcluster) = (cluster().0, key.subcluster().field());
    join.key = Some(join_key(&cluster, &subcluster));
    let mut packet = Packet::new(PacketType::JOIN, join.encode());
    packet.cluster_id = cluster;
    packet.subcluster_id = subcluster;
    packet.hops = hops;
    packet
}

pub(crate) fn intro(of: PeerId, claimed: Address, nat: NatType, by: PeerId) -> Packet {
    Packet::new(PacketType::INTRO, Intro::new(of, claimed, nat, by).encode())
}
