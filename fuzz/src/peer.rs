//! Whole conversations with a peer, its cache and its scheduler: nothing may panic, and no
//! table may grow past its bound, whatever is said to them and when.
//!
//! The bytes are a list of steps. A step is one byte that says what happens, two that say
//! how many milliseconds pass before, and for a datagram one that says where it comes from and
//! two that say how long it is. [`record`] writes such lists from real conversations.

use std::time::Duration;

use bytes::Bytes;

use crate::{
    relay::{
        Address, ClusterId, Now, PacketId, PeerId, Time,
        cache::CacheConfig,
        keys::SharedKey,
        packet::{Field, Packet, PacketType, Ping, Pong, Signature, message_id},
        peer::{Bootstrap, Output, PeerConfig, Publication, Ticket, Wire},
    },
    relay_node::Node,
};

/// Feeds a list of steps to a node and looks at its bounds.
pub fn run(data: &[u8]) {
    let (now, mut data) = (start(), data);
    let is_indexed = take(&mut data, 1).is_some_and(|kind| kind[0] % 2 == 0);
    let mut talk = Talk {
        node: node(is_indexed, now),
        now,
    };
    talk.node.command(now, |peer| {
        peer.open(now);
        let _ = peer.join(now, None, key());
    });
    let mut step_count = 0;
    while step_count < STEPS_MAX && talk.step(&mut data).is_some() {
        step_count += 1;
        talk.node
            .sent
            .drain(..talk.node.sent.len().saturating_sub(64));
        talk.node.events.clear();
        talk.node.store.done.clear();
    }
    talk.check();
}

/// A conversation under way.
struct Talk {
    node: Node,
    now: Now,
}

impl Talk {
    /// Does the next step; nothing if there is none.
    fn step(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, high, low] = take(data, 3)?.try_into().ok()?;
        self.pass(u16::from_be_bytes([high, low]).into());
        match kind {
            DATAGRAM => self.datagram(data, false),
            REPAIRED => self.datagram(data, true),
            ANSWER => self.answer(data),
            LONG => self.long(data),
            COMMAND => self.command(data),
            _ => Some(()),
        }
    }

    /// Lets milliseconds pass, and wakes the node whenever it wants to be.
    fn pass(&mut self, ms: u64) {
        let end = self.now.time + Duration::from_millis(ms);
        for _ in 0..WAKES_MAX {
            let next = self.node.wake_at.max(self.now.time);
            if next > end {
                break;
            }
            self.move_to(next);
            self.node.wake(self.now);
        }
        self.move_to(end);
    }

    fn move_to(&mut self, time: Time) {
        let passed = time.since(self.now.time).as_millis();
        self.now.unix_ms += u64::try_from(passed).unwrap_or_default();
        self.now.time = self.now.time.max(time);
    }

    /// A datagram comes in; repaired, it has a valid id and stands a chance.
    fn datagram(&mut self, data: &mut &[u8], is_repaired: bool) -> Option<()> {
        let [source, high, low] = take(data, 3)?.try_into().ok()?;
        let length = usize::from(u16::from_be_bytes([high, low])).min(data.len());
        let mut bytes = Bytes::copy_from_slice(take(data, length)?);
        if is_repaired && let Ok(packet) = Packet::decode(&bytes) {
            bytes = repaired(packet).encode().ok()?;
        }
        self.node
            .datagram_on(self.now, wire(source), address(source), bytes);
        Some(())
    }

    /// Whoever was pinged last answers, so that it is known to be there.
    fn answer(&mut self, data: &mut &[u8]) -> Option<()> {
        let [who] = take(data, 1)?.try_into().ok()?;
        let pings = self.node.sent.iter().rev().filter_map(|sent| {
            let packet = Packet::decode(&sent.payload).ok()?;
            let is_ping = packet.kind == PacketType::PING;
            is_ping.then(|| Some((sent.to, sent.wire, Ping::parse(&packet.message).ok()?)))?
        });
        let (from, wire, ping) = pings.take(usize::from(who % 8) + 1).last()?;
        let mut pong = Pong::new(ping.requester_peer_id, PeerId([who; 32]));
        pong.ping_id = ping.ping_id;
        pong.reflection_id = ping.reflection_id;
        pong.is_connection = ping.is_connection;
        pong.is_reflection = ping.is_reflection;
        pong.nat_type = Some(crate::relay::nat::NatType::UNRESTRICTED);
        pong.address = Some(*address(who).ip());
        pong.port = Some(9_000);
        let packet = Packet::new(PacketType::PONG, pong.encode());
        let bytes = packet.with_derived_id().encode().ok()?;
        self.node.datagram_on(self.now, wire, from, bytes);
        Some(())
    }

    /// Every part of a long message comes, but for one.
    fn long(&mut self, data: &mut &[u8]) -> Option<()> {
        let [source, filler, missing] = take(data, 3)?.try_into().ok()?;
        let kinds = [PacketType::PUBLISH, PacketType::STREAM, PacketType::QUERY];
        let mut whole = Packet::new(kinds[usize::from(source % 3)], vec![filler; 4_000]);
        whole.subcluster_id = key().key_pair().subcluster().field();
        whole.usr3 = self.node.peer.peer_id().field();
        whole.usr4 = PeerId([source; 32]).field();
        let parts = crate::relay::split::split(&whole, None, filler.into()).ok()?;
        let is_there = |part: &&Packet| part.index != i32::from(missing % 8);
        for part in parts.iter().filter(is_there) {
            let bytes = part.encode().ok()?;
            self.node.datagram(self.now, address(source), bytes);
        }
        Some(())
    }

    fn command(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, value] = take(data, 2)?.try_into().ok()?;
        let (now, ticket) = (self.now, Ticket(value.into()));
        let publication = publication(usize::from(value) * 20);
        let to = PeerId([value; 32]);
        let question = serde_json::json!({ "value": value });
        self.node.command(now, |peer| match kind % 8 {
            0 => drop(peer.publish(now, ticket, publication)),
            1 => drop(peer.stream(now, ticket, to, publication)),
            2 => drop(peer.query(now, question, None, Some(to))),
            3 => drop(peer.answer(now, PacketId([value; 32]), vec![value; 3_000].into())),
            4 => drop(peer.sync(now, to)),
            5 => drop(peer.join(now, None, SharedKey([value; 32]))),
            6 => drop(peer.leave(now, SharedKey([value; 32]).key_pair().subcluster())),
            _ => peer.reflect_again(now),
        });
        Some(())
    }

    /// Looks at every bound.
    fn check(&mut self) {
        for table in self.node.peer.report(self.now).tables {
            assert!(table.count <= table.count_max, "{table:?}");
        }
        let digest = self.node.store.cache.digest(self.now);
        assert!(digest.bytes <= CACHE_BYTES, "{digest:?}");
        assert!(matches!(
            self.node.peer.poll_output(self.now),
            Output::Wait(_)
        ));
    }
}

/// The steps of a real conversation: when, from where, on which socket, and what.
#[must_use]
pub fn record(is_indexed: bool, datagrams: &[(u64, u8, Bytes)]) -> Vec<u8> {
    let mut steps = vec![u8::from(!is_indexed)];
    let mut before = 0;
    for (at_ms, source, bytes) in datagrams {
        let passed = u16::try_from(at_ms - before).unwrap_or(u16::MAX);
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        before = *at_ms;
        // A pong answers a ping of that conversation; in another, it has to be made anew.
        if Packet::decode(bytes).is_ok_and(|packet| packet.kind == PacketType::PONG) {
            steps.push(ANSWER);
            steps.extend(passed.to_be_bytes());
            steps.push(*source);
            continue;
        }
        steps.push(DATAGRAM);
        steps.extend(passed.to_be_bytes());
        steps.push(*source);
        steps.extend(length.to_be_bytes());
        steps.extend(bytes);
    }
    steps
}

fn take<'a>(data: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = data.split_at_checked(count)?;
    *data = rest;
    Some(taken)
}

/// A packet with the id that its type asks for.
fn repaired(mut packet: Packet) -> Packet {
    packet.packet_id = match packet.kind {
        PacketType::PUBLISH | PacketType::STREAM => message_id(&packet.message).field(),
        _ => packet.derive_id().field(),
    };
    packet.version = crate::relay::packet::VERSION;
    packet
}

fn node(is_indexed: bool, now: Now) -> Node {
    let bootstraps = (0..3).map(|number| Bootstrap {
        address: address(number),
        peer_id: None,
        is_indexed: true,
    });
    let config = PeerConfig {
        peer_id: None,
        identity_seed: [1; 32],
        is_indexed,
        cluster: Field::new(b"TEST").ok().map(ClusterId),
        bootstraps: bootstraps.collect(),
        keepalive: Duration::from_secs(30),
        address: is_indexed.then(|| address(200)),
    };
    let cache = CacheConfig {
        bytes_max: CACHE_BYTES,
    };
    Node::new(config, cache, [2; 32], now)
}

/// Two of three sources are hosts of their own, the others ports of one.
fn address(source: u8) -> Address {
    if source % 3 == 2 {
        Address::new([10, 0, 0, 200].into(), 1_000 + u16::from(source))
    } else {
        Address::new([10, 0, source, 1].into(), 9_777)
    }
}

fn wire(source: u8) -> Wire {
    match source {
        250 => Wire::Probe,
        251.. => Wire::Punch(u16::from(source) - 251),
        _ => Wire::Main,
    }
}

fn key() -> SharedKey {
    SharedKey([3; 32])
}

fn publication(size: usize) -> Publication {
    Publication {
        cluster: None,
        shared_key: key(),
        message: vec![7; size].into(),
        usr1: Field::UNSET,
        usr2: Field::UNSET,
        usr3: Field::UNSET,
        usr4: Field::UNSET,
        signature: Signature::UNSET,
        ttl_ms: 60_000,
        previous: None,
        next: None,
        meta: None,
    }
}

fn start() -> Now {
    Now {
        time: Time::from_micros(1),
        unix_ms: 1_700_000_000_000,
    }
}

const DATAGRAM: u8 = 0;
const REPAIRED: u8 = 1;
const ANSWER: u8 = 2;
const LONG: u8 = 3;
const COMMAND: u8 = 4;
/// Steps of one conversation.
const STEPS_MAX: usize = 256;
/// Times that a node is woken within one step.
const WAKES_MAX: usize = 64;
/// Budget of the node's cache: small enough to be full soon.
const CACHE_BYTES: usize = 64 * 1024;
