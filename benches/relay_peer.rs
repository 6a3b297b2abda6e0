//! What a datagram costs a peer of the relay, with its cache and its scheduler.
//!
//! `cargo bench --bench relay_peer`; counted is the thread's time on a core.

#![allow(clippy::unwrap_used, reason = "what fails ends the bench")]

mod core_time;
#[path = "../tests/relay_node/mod.rs"]
mod relay_node;

use std::{hint::black_box, time::Duration};

use bytes::Bytes;
use core_time::CoreTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use relay_node::Node;
use socket_runtime::relay::{
    self, Address, Now, PeerId, Time,
    cache::CacheConfig,
    packet::{Field, MESSAGE_BYTES_MAX, Packet, PacketType, Ping, Token, message_id},
    peer::{Bootstrap, Event, PeerConfig},
};

/// An indexed peer with neighbours of our kind.
struct Hub {
    node: Node,
    now: Now,
    packet_count: u64,
}

impl Hub {
    fn new(neighbour_count: u8) -> Self {
        let now = Now {
            time: Time::from_micros(1_000_000),
            unix_ms: 1_700_000_000_000,
        };
        let mut node = node(0, &[], now);
        let mut others: Vec<Node> = (1..=neighbour_count)
            .map(|number| self::node(number, &[address(0)], now))
            .collect();
        node.command(now, |peer| peer.open(now));
        for other in &mut others {
            other.command(now, |peer| peer.open(now));
        }
        settle(&mut node, &mut others, now);
        let is_connected = |event: &&Event| matches!(event, Event::Connected(_));
        let connected = node.events.iter().filter(is_connected).count();
        assert_eq!(connected, usize::from(neighbour_count));
        Self {
            node,
            now,
            packet_count: 0,
        }
    }

    /// A publish that nobody has seen, as it comes over the wire.
    fn publish(&mut self) -> Bytes {
        self.packet_count += 1;
        let mut message = vec![7; MESSAGE_BYTES_MAX];
        message[..8].copy_from_slice(&self.packet_count.to_be_bytes());
        let mut packet = Packet::new(PacketType::PUBLISH, message);
        packet.cluster_id = Field::from([1; 32]);
        packet.subcluster_id = Field::from([2; 32]);
        packet.packet_id = message_id(&packet.message).field();
        packet.encode().unwrap()
    }

    fn receive(&mut self, datagram: Bytes) -> usize {
        // Time passes, or the neighbour would have to be limited.
        self.now.time = self.now.time + Duration::from_micros(10);
        self.node.sent.clear();
        self.node.datagram(self.now, address(1), datagram);
        self.node.sent.len()
    }
}

/// Carries datagrams to and fro until nobody has any.
fn settle(node: &mut Node, others: &mut [Node], now: Now) {
    for _ in 0..100 {
        for (number, other) in (1..).zip(others.iter_mut()) {
            for sent in std::mem::take(&mut other.sent) {
                node.datagram(now, address(number), sent.payload);
            }
        }
        for sent in std::mem::take(&mut node.sent) {
            let [_, _, number, _] = sent.to.ip().octets();
            let other = others.get_mut(usize::from(number) - 1);
            other.unwrap().datagram(now, address(0), sent.payload);
        }
    }
}

fn node(number: u8, bootstraps: &[Address], now: Now) -> Node {
    let bootstrap = |address: &Address| Bootstrap {
        address: *address,
        peer_id: None,
        is_indexed: true,
    };
    let config = PeerConfig {
        signing: Default::default(),
        peer_id: None,
        identity_seed: [number + 1; 32],
        is_indexed: true,
        cluster: None,
        bootstraps: bootstraps.iter().map(bootstrap).collect(),
        keepalive: Duration::from_secs(30),
        address: Some(address(number)),
    };
    Node::new(config, CacheConfig::default(), [number; 32], now)
}

fn address(number: u8) -> Address {
    Address::new([10, 0, number, 1].into(), 9_777)
}

fn publishes(criterion: &mut Criterion<CoreTime>) {
    let mut group = criterion.benchmark_group("peer");
    group.throughput(Throughput::Elements(1));
    for neighbour_count in [2, 16, 64] {
        let mut hub = Hub::new(neighbour_count);
        let datagrams: Vec<Bytes> = (0..200_000).map(|_| hub.publish()).collect();
        let mut next = datagrams.iter().cycle();
        let name = format!("publish to {neighbour_count} neighbours");
        group.bench_function(&name, |b| {
            b.iter_batched(
                || next.next().cloned().unwrap(),
                |datagram| hub.receive(datagram),
                BatchSize::SmallInput,
            );
        });
        let again = datagrams.last().cloned().unwrap();
        hub.receive(again.clone());
        group.bench_function(format!("{name}, heard before"), |b| {
            b.iter(|| hub.receive(again.clone()));
        });
    }
    group.finish();
}

fn ping_with_a_full_cache(criterion: &mut Criterion<CoreTime>) {
    let mut hub = Hub::new(16);
    loop {
        let datagram = hub.publish();
        hub.receive(datagram);
        let digest = hub.node.store.cache.digest(hub.now);
        if digest.bytes > 15_900_000 || hub.packet_count > 100_000 {
            break;
        }
    }
    let mut number = 0_u64;
    criterion.bench_function("peer/ping with a full cache of 16 MB", |b| {
        b.iter(|| {
            number += 1;
            let [_, _, token @ ..] = number.to_be_bytes();
            let mut ping = Ping::new(PeerId([1; 32]));
            ping.ping_id = Some(Token::from_random(token));
            ping.cache_size = Some(number);
            let packet = Packet::new(PacketType::PING, ping.encode()).with_derived_id();
            // A packet comes before each, so that nothing is remembered of the last answer.
            let publish = hub.publish();
            hub.receive(publish);
            black_box(hub.receive(packet.encode().unwrap()))
        });
    });
    criterion.bench_function("peer/the publish before that ping", |b| {
        b.iter(|| {
            let publish = hub.publish();
            black_box(hub.receive(publish))
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CoreTime).sample_size(20).measurement_time(Duration::from_secs(3));
    targets = publishes, ping_with_a_full_cache
}
criterion_main!(benches);
