//! Packets that are as they should be, but for what a few bytes choose.

use bytes::Bytes;

use crate::relay::{
    Address, Now, PacketId, PeerId, SubclusterId,
    keys::{KeyPair, SharedKey, sign_link},
    nat::NatType,
    packet::{Field, Intro, Join, Packet, PacketType, Ping, Pong, Token, message_id},
    peer::{Publication, Wire},
    summary::Summary,
};

/// What packets are made from: who sends them, and four bytes that say what is in them.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub(super) kind: u8,
    /// Who; the first 256 are what one byte in a list of steps names.
    pub(super) who: u16,
    pub(super) of: u16,
    pub(super) a: u8,
    pub(super) b: u8,
}

/// A node as others see it.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) peer: PeerId,
    pub(super) subcluster: SubclusterId,
}

/// A packet of the type that was chosen.
pub(super) fn packet(choice: Choice, target: Target, now: Now) -> Packet {
    let mut packet = match choice.kind % 8 {
        0 => ping(choice),
        1 => intro(choice),
        2 => join(choice, now),
        3 => publish(choice),
        4 => stream(choice, target),
        5 => sync(choice),
        6 => query(choice, now),
        _ => forged_pong(choice, target),
    };
    if packet.kind != PacketType::SYNC {
        packet.cluster_id = Field::new(b"TEST").unwrap_or_default();
        packet.subcluster_id = match choice.a >> 5 {
            0..=5 => target.subcluster.field(),
            6 => id(choice.of).field(),
            _ => Field::UNSET,
        };
    }
    repaired(packet)
}

/// What answers a ping; `nat_port` is where the answerer sees the node.
pub(super) fn pong(ping: &Ping, by: u16, nat_port: u16) -> Packet {
    let mut pong = Pong::new(ping.requester_peer_id, id(by));
    pong.ping_id = ping.ping_id;
    pong.reflection_id = ping.reflection_id;
    pong.is_connection = ping.is_connection;
    pong.is_reflection = ping.is_reflection;
    pong.nat_type = Some(NatType::UNRESTRICTED);
    pong.address = Some([10, 9, 9, 9].into());
    pong.port = Some(nat_port);
    let mut packet = Packet::new(PacketType::PONG, pong.encode()).with_derived_id();
    if let Some(key) = key_of(by) {
        packet.usr2 = Field::from(*key.public());
        packet.usr3 = Field::new(&[7; 6]).unwrap_or_default();
        packet.signature = sign_link(&key, &packet.derive_id());
    }
    packet
}

/// A pong with a token that nobody has sent.
fn forged_pong(choice: Choice, target: Target) -> Packet {
    let token = Token::from_random([choice.b; 6]);
    let mut ping = Ping::new(target.peer);
    ping.ping_id = Some(token);
    ping.reflection_id = (choice.a & 1 != 0).then_some(token);
    ping.is_connection = choice.a & 2 != 0;
    ping.is_reflection = choice.a & 4 != 0;
    pong(&ping, choice.who, choice.of)
}

fn ping(choice: Choice) -> Packet {
    let mut ping = Ping::new(id(choice.who));
    let token = Token::from_random([choice.b; 6]);
    ping.nat_type = Some(nat(choice.b));
    ping.is_connection = choice.a & 1 != 0;
    ping.is_reflection = choice.a & 2 != 0;
    ping.reflection_id = ping.is_reflection.then_some(token);
    ping.probe_external_port = (choice.a & 4 != 0).then_some(1_000 + choice.of);
    ping.is_probe = choice.a & 8 != 0;
    ping.ping_id = (choice.a & 16 != 0).then_some(token);
    Packet::new(PacketType::PING, ping.encode())
}

fn intro(choice: Choice) -> Packet {
    let intro = Intro::new(
        id(choice.of),
        address(choice.of),
        nat(choice.b),
        id(choice.who),
    );
    Packet::new(PacketType::INTRO, intro.encode())
}

fn join(choice: Choice, now: Now) -> Packet {
    let mut join = Join::new(id(choice.who), address(choice.who), nat(choice.b));
    if choice.a & 1 != 0 {
        let rendezvous = address(choice.of);
        join.rendezvous_address = Some(*rendezvous.ip());
        join.rendezvous_port = Some(rendezvous.port());
        join.rendezvous_deadline = Some(now.unix_ms + u64::from(choice.b) * 100);
    }
    if choice.a & 2 != 0 {
        join.rendezvous_requester_peer_id = Some(id(choice.of));
    }
    let mut packet = Packet::new(PacketType::JOIN, join.encode());
    packet.hops = u32::from(choice.a >> 2 & 3);
    packet
}

fn publish(choice: Choice) -> Packet {
    let [high, low] = choice.of.to_be_bytes();
    let mut message = vec![choice.b; 8 * usize::from(choice.a & 31)];
    message.extend([b'x', high, low]);
    let mut packet = Packet::new(PacketType::PUBLISH, message);
    packet.hops = u32::from(choice.b % 18);
    packet.ttl_ms = u32::from(choice.b) * 60_000;
    if choice.b & 1 != 0 {
        packet.previous_id = id(choice.of).field();
    }
    packet
}

fn stream(choice: Choice, target: Target) -> Packet {
    let mut packet = Packet::new(PacketType::STREAM, vec![choice.b; 20]);
    let is_for_us = choice.a & 1 != 0;
    let to = if is_for_us {
        target.peer
    } else {
        id(choice.of)
    };
    (packet.usr3, packet.usr4) = (to.field(), id(choice.who).field());
    if choice.a & 2 != 0 {
        packet.index = 2;
        packet.previous_id = id(choice.of).field();
    }
    packet
}

fn sync(choice: Choice) -> Packet {
    let ids = (0..choice.a & 7).map(|number| PacketId([choice.b ^ number << 4; 32]));
    let ids: Vec<PacketId> = ids.collect();
    let prefix: &[u8] = if choice.a & 8 == 0 {
        &[]
    } else {
        &[choice.b >> 4]
    };
    let mut summary = Summary::compute(prefix, &ids);
    let [high, low] = choice.of.to_be_bytes();
    (summary.hash[0], summary.hash[1]) = (high, low);
    Packet::new(PacketType::SYNC, summary.encode())
}

fn query(choice: Choice, now: Now) -> Packet {
    let id = id(choice.of);
    let question = match choice.a & 3 {
        0 => "{}".to_owned(),
        1 => format!("{{\"packetId\":\"{}\"}}", hex::encode([choice.b; 32])),
        _ => format!("{{\"value\":{}}}", choice.b),
    };
    let mut packet = Packet::new(PacketType::QUERY, question);
    packet.usr1 = Field::new(now.unix_ms.to_string().as_bytes()).unwrap_or_default();
    packet.usr3 = id.field();
    packet.usr4 = Field::new(if choice.a & 4 == 0 { b"1" } else { b"2" }).unwrap_or_default();
    packet
}

/// A packet with the id that its type asks for.
pub(super) fn repaired(mut packet: Packet) -> Packet {
    packet.packet_id = match packet.kind {
        PacketType::PUBLISH | PacketType::STREAM => message_id(&packet.message).field(),
        _ => packet.derive_id().field(),
    };
    packet.version = crate::relay::packet::VERSION;
    packet
}

/// A message to be published.
pub(super) fn publication(size: usize) -> Publication {
    Publication {
        ttl_ms: 60_000,
        ..Publication::new(key(), vec![7; size])
    }
}

/// The key of the subcluster that every node takes part in.
pub(super) fn key() -> SharedKey {
    SharedKey([3; 32])
}

/// The key of a peer, if it is of our kind.
fn key_of(who: u16) -> Option<KeyPair> {
    let is_ours = (64..128).contains(&who);
    is_ours.then(|| KeyPair::from_seed([who as u8; 32]))
}

/// A peer's id.
pub(super) fn id(who: u16) -> PeerId {
    if let Some(key) = key_of(who) {
        return key.peer_id();
    }
    let [high, low] = who.to_be_bytes();
    PeerId(std::array::from_fn(|place| {
        if who < 256 || place % 2 == 1 {
            low
        } else {
            high
        }
    }))
}

/// Where a peer is. Two of three are hosts of their own, the others ports of one.
pub(super) fn address(who: u16) -> Address {
    let [high, low] = who.to_be_bytes();
    match who {
        256.. => Address::new([172, 16 + high, low, 1].into(), 9_777),
        _ if who % 3 == 2 => Address::new([10, 0, 0, 200].into(), 1_000 + who),
        _ => Address::new([10, 0, low, 1].into(), 9_777),
    }
}

/// Who is at an address.
pub(super) fn who_at(at: Address) -> Option<u16> {
    let who = match at.ip().octets() {
        [10, 0, 0, 200] => at.port().checked_sub(1_000).filter(|who| *who < 256)?,
        [10, 0, low, 1] => low.into(),
        [172, high, low, 1] => u16::from_be_bytes([high.checked_sub(16)?, low]),
        _ => return None,
    };
    (address(who) == at).then_some(who)
}

/// Whether the node is told of an address by its configuration.
pub(super) fn is_bootstrap(to: Address) -> bool {
    (0..BOOTSTRAP_COUNT).any(|who| address(who) == to)
}

/// On which socket a peer's datagrams come in.
pub(super) fn wire(who: u16) -> Wire {
    match who {
        250 => Wire::Probe,
        251..=255 => Wire::Punch(who - 251),
        _ => Wire::Main,
    }
}

/// The bytes of a packet.
pub(super) fn bytes(packet: &Packet) -> Bytes {
    packet.encode().unwrap_or_default()
}

fn nat(number: u8) -> NatType {
    let named = [
        NatType::UNRESTRICTED,
        NatType::ADDR_RESTRICTED,
        NatType::PORT_RESTRICTED,
        NatType::ENDPOINT_RESTRICTED,
        NatType(number),
    ];
    named[usize::from(number) % named.len()]
}

/// Peers that a node is told of, the first ones.
pub(super) const BOOTSTRAP_COUNT: u16 = 3;
