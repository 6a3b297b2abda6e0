//! What is wrong with the reference's pings, joins, introductions and tables, and does not
//! happen here; the numbers are those of section 12 of the protocol's description.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use bytes::Bytes;
use relay_model::{Nat, Network, bench::*, bootstrap, cluster, ordinary, with_indexed};
use socket_runtime::relay::{
    Address, PeerId, Time,
    cache::CacheDigest,
    keys::SharedKey,
    nat::NatType,
    packet::{Field, Join, Packet, PacketType, Ping, Pong, SummaryHash, Token},
    peer::{Event, LinkVia, Transmit, Wire},
};

#[test]
fn w12_1_a_join_is_sent_on_twice_at_most_and_not_again_within_a_minute() {
    let mut bench = Bench::indexed();
    for number in 10..20 {
        bench.meet(id(number), at(number));
        bench.take(Wire::Main, at(number), &join(id(number), at(number), 1));
    }
    bench.pass(Duration::from_secs(61));
    bench.meet(id(30), at(30));
    let is_join = |sent: &&Transmit| sent.payload[4] == PacketType::JOIN.0;
    let count = |sent: Vec<Transmit>| sent.iter().filter(is_join).count();
    let sent = bench.take(Wire::Main, at(30), &join(id(30), at(30), 1));
    let sent_on = sent.iter().filter(is_join).count();
    assert!(sent_on <= 2, "{sent_on} copies");
    for transmit in sent.iter().filter(is_join) {
        let packet = Packet::decode(&transmit.payload).unwrap();
        assert!(
            packet.hops >= 14,
            "a v6 peer would go on for {} hops",
            16 - packet.hops
        );
    }
    for _ in 0..5 {
        let again = bench.take(Wire::Main, at(30), &join(id(30), at(30), 1));
        assert_eq!(count(again), 0);
    }
    let far = bench.take(Wire::Main, at(31), &join(id(31), at(31), 5));
    assert_eq!(count(far), 0, "a join from far away is not sent on");
}

#[test]
fn w12_1_a_rendezvous_request_is_answered_once_and_never_sent_on() {
    let (mut network, bootstraps) = with_indexed(1, 2);
    let node = network.add(
        ordinary(9, &bootstraps),
        Ipv4Addr::new(9, 9, 9, 9),
        Nat::Open,
    );
    network.open(node);
    let key = SharedKey::from_seed(b"weak");
    network
        .with(node, |peer, now| peer.join(now, None, key))
        .unwrap();
    network.run_for(Duration::from_secs(5));
    let rendezvous = bootstraps[0].address;
    let unix_ms = network.now().unix_ms;
    network.trace = Some(Vec::new());
    for _ in 0..3 {
        let mut packet = join(id(40), at(40), 2);
        let mut message = Join::parse(&packet.message).unwrap();
        message.rendezvous_address = Some(*rendezvous.ip());
        message.rendezvous_port = Some(rendezvous.port());
        message.rendezvous_type = Some(NatType::UNRESTRICTED);
        message.rendezvous_peer_id = Some(network.peer(0).peer_id());
        message.rendezvous_deadline = Some(unix_ms + 30_000);
        packet.message = message.encode().into();
        let to = Address::new(Ipv4Addr::new(9, 9, 9, 9), 5_000);
        network.inject(bootstraps[1].address, to, packet.encode().unwrap());
        network.run_for(Duration::from_millis(200));
    }
    let trace = network.trace.take().unwrap();
    let joins: Vec<_> = trace
        .iter()
        .filter(|sent| sent.node == node && sent.payload[4] == PacketType::JOIN.0)
        .collect();
    assert_eq!(joins.len(), 1, "{joins:?}");
    assert_eq!(joins[0].to, rendezvous);
    let answer = Packet::decode(&joins[0].payload).unwrap();
    let answer = Join::parse(&answer.message).unwrap();
    assert_eq!(answer.rendezvous_peer_id, Some(network.peer(0).peer_id()));
    assert_eq!(answer.rendezvous_requester_peer_id, Some(id(40)));
}

#[test]
fn w12_2_no_message_ends_a_peer() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    let token = Token::from_random([1; 6]);
    let mut odd = Pong::new(bench.peer.peer_id(), id(99));
    odd.is_connection = true;
    odd.ping_id = Some(token);
    let messages = [
        "null".to_owned(),
        "0".to_owned(),
        "[]".to_owned(),
        String::new(),
        "{}".to_owned(),
        "{\"isConnection\":true}".to_owned(),
        "{\"requesterPeerId\":null}".to_owned(),
        "{\"requesterPeerId\":\"no\",\"natType\":\"x\"}".to_owned(),
        String::from_utf8(odd.encode()).unwrap(),
    ];
    for message in &messages {
        for kind in 0..=9 {
            for index in [-1, 0] {
                let mut packet = Packet::new(PacketType(kind), message.clone());
                packet.cluster_id = cluster().0;
                packet.subcluster_id = Field::from([3; 32]);
                packet.index = index;
                for wire in [Wire::Main, Wire::Probe, Wire::Punch(3)] {
                    bench.take(wire, at(10), &packet);
                    bench.take(wire, at(50), &packet);
                }
            }
        }
    }
    bench.meet(id(11), at(11));
}

#[test]
fn w12_3a_one_lost_reflection_reply_does_not_wedge() {
    for lost in 0..8 {
        let (mut network, bootstraps) = with_indexed(3, 3);
        let node = network.add(
            ordinary(9, &bootstraps),
            Ipv4Addr::new(9, 9, 9, 9),
            Nat::Port,
        );
        network.trace = Some(Vec::new());
        network.open(node);
        // Everything gets through but what is on its way while the gap lasts.
        let from = Time::from_micros(30_000 * lost);
        network.run_until(from, |_| false);
        network.loss = 1.0;
        network.run_for(Duration::from_millis(30));
        network.loss = 0.0;
        network.run_for(Duration::from_secs(15));
        let found = network.nodes[node].ready().map(|(_, found)| found);
        assert_eq!(found, Some(7), "gap {lost}");
    }
}

#[test]
fn w12_3b_a_lost_probe_does_not_harden_the_verdict() {
    for nat in [Nat::Open, Nat::Addr] {
        let (mut network, bootstraps) = with_indexed(3, 3);
        network.loss = 1.0;
        let node = network.add(ordinary(9, &bootstraps), Ipv4Addr::new(9, 9, 9, 9), nat);
        network.open(node);
        network.run_for(Duration::from_millis(2_500));
        network.loss = 0.0;
        network.run_for(Duration::from_secs(15));
        let found = network.nodes[node].ready().map(|(_, found)| found);
        assert_eq!(found, Some(nat.number()));
    }
}

#[test]
fn w12_3c_a_silent_second_peer_is_replaced() {
    let (mut network, mut bootstraps) = with_indexed(3, 2);
    for dead in 50..54 {
        bootstraps.push(bootstrap(at(dead)));
    }
    let node = network.add(
        ordinary(9, &bootstraps),
        Ipv4Addr::new(9, 9, 9, 9),
        Nat::Port,
    );
    network.open(node);
    network.run_for(Duration::from_secs(60));
    assert_eq!(network.nodes[node].ready().map(|(_, found)| found), Some(7));
}

#[test]
fn w12_3d_retries_do_not_multiply() {
    let mut config = ordinary(9, &[bootstrap(at(50))]);
    config.keepalive = Duration::from_millis(300);
    let mut network = Network::new(1);
    let node = network.add(config, Ipv4Addr::new(9, 9, 9, 9), Nat::Open);
    network.open(node);
    let mut counts = Vec::new();
    for _ in 0..6 {
        let before = network.datagrams;
        network.run_for(Duration::from_secs(5));
        counts.push(network.datagrams - before);
    }
    assert!(
        counts.iter().all(|count| *count <= counts[0] + 5),
        "{counts:?}"
    );
}

#[test]
fn w12_3e_and_f_only_the_asked_address_with_the_right_id_is_believed() {
    let mut bench = Bench::new(ordinary(9, &[bootstrap(at(2)), bootstrap(at(3))]));
    let me = bench.peer.peer_id();
    let sent = bench.pass(Duration::from_millis(600));
    let (wire, asked, ping) = reflections(&sent).pop().expect("a reflection has begun");
    assert_eq!(wire, Wire::Probe);
    let mut pong = Pong::new(me, id(2));
    pong.is_reflection = true;
    pong.address = Some(Ipv4Addr::new(6, 6, 6, 6));
    pong.port = Some(666);
    pong.reflection_id = Some(Token::from_random([9; 6]));
    let forged = Packet::new(PacketType::PONG, pong.encode());
    bench.take(Wire::Probe, asked, &forged);
    bench.take_bytes(Wire::Probe, at(66), Bytes::from_static(b"anything"));
    pong.reflection_id = ping.reflection_id;
    let stolen = Packet::new(PacketType::PONG, pong.encode());
    let sent = bench.take(Wire::Probe, at(66), &stolen);
    assert!(reflections(&sent).is_empty(), "another address answers");
    let sent = bench.take(Wire::Main, asked, &stolen);
    assert!(reflections(&sent).is_empty(), "on another socket");
    let sent = bench.take(Wire::Probe, asked, &stolen);
    let asked = reflections(&sent);
    assert!(
        asked
            .iter()
            .any(|(_, _, ping)| ping.probe_external_port == Some(666))
    );
}

#[test]
fn w12_7_a_flood_of_peers_fills_no_table() {
    let mut bench = Bench::indexed();
    for number in 10..20 {
        bench.meet(id(number), at(number));
    }
    for number in 0..1_200_u16 {
        let [high, low] = number.to_be_bytes();
        let from = Address::new(Ipv4Addr::new(44, 1, high, low), 5_000);
        let mut peer = [0; 32];
        peer[..2].copy_from_slice(&[high, low]);
        let sent = bench.take(Wire::Main, from, &link_ping(PeerId(peer)));
        if let Some(token) = ping_to(&sent, from) {
            bench.echo(PeerId(peer), from, token, None);
        }
        bench.take(Wire::Main, from, &join(PeerId(peer), from, 1));
        bench.take(Wire::Main, from, &join(id(1), from, 1));
        if number % 64 == 0 {
            bench.pass(Duration::from_millis(900));
        }
    }
    let report = bench.peer.report(bench.now);
    for table in &report.tables {
        assert!(table.count <= table.count_max, "{table:?}");
    }
    let peers = report
        .tables
        .iter()
        .find(|table| table.name == "peers")
        .unwrap();
    assert!(
        peers.count > 100,
        "the flood was let in as far as it goes: {peers:?}"
    );
}

#[test]
fn w12_8_a_ping_says_the_cache_s_hash_without_making_it() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    bench.peer.handle_digest(CacheDigest {
        hash: [0xab; 20],
        packet_count: 6_604,
        bytes: 16_000_000,
    });
    let mut ping = Ping::new(id(10));
    ping.nat_type = Some(NatType::UNRESTRICTED);
    let sent = bench.take(
        Wire::Main,
        at(10),
        &Packet::new(PacketType::PING, ping.encode()),
    );
    let pong = Packet::decode(&sent[0].payload).unwrap();
    let pong = Pong::parse(&pong.message).unwrap();
    assert_eq!(pong.cache_summary_hash, Some(SummaryHash([0xab; 20])));
    assert_eq!(pong.cache_size, Some(6_604));
}

#[test]
fn w12_11_the_dead_go_and_the_living_stay() {
    let mut bench = Bench::indexed();
    for number in 10..20 {
        bench.meet(id(number), at(number));
    }
    // Every other one answers; nothing is missed for less than three heartbeats.
    for beat in 0..6 {
        let sent = bench.pass(Duration::from_secs(34));
        for number in (10..20).step_by(2) {
            if let Some(token) = ping_to(&sent, at(number)) {
                bench.echo(id(number), at(number), token, None);
            }
        }
        let count = bench.peer.report(bench.now).neighbours.len();
        assert!(
            beat > 2 || count == 10,
            "{count} neighbours after beat {beat}"
        );
    }
    for number in 10..20 {
        let is_alive = number % 2 == 0;
        assert_eq!(
            bench.entry(&id(number)).is_some(),
            is_alive,
            "peer {number}"
        );
    }
    let gone = bench.events.iter();
    let gone = gone
        .filter(|event| matches!(event, Event::Disconnected(_)))
        .count();
    assert_eq!(gone, 5);
}

#[test]
fn w12_11_a_link_through_a_proxy_ends_with_the_proxy() {
    let (mut network, bootstraps) = with_indexed(2, 2);
    let key = SharedKey::from_seed(b"hard");
    let nodes = [1, 2].map(|number| {
        let ip = Ipv4Addr::new(9, 9, 9, number);
        let node = network.add(ordinary(number, &bootstraps), ip, Nat::Hard);
        network.open(node);
        network
            .with(node, |peer, now| peer.join(now, None, key))
            .unwrap();
        node
    });
    network.run_for(Duration::from_secs(10));
    let other = network.peer(nodes[1]).peer_id();
    let via = network.links(nodes[0]).get(&other).copied();
    assert!(matches!(via, Some(LinkVia::Proxy(_))), "{via:?}");
    network.nodes[0].is_up = false;
    network.nodes[1].is_up = false;
    network.run_for(Duration::from_secs(200));
    assert_eq!(network.links(nodes[0]).get(&other), None);
}
