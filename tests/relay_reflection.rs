//! Peers find out what NAT they are behind, on any network.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use relay_model::{Nat, Network, bootstrap, indexed, on_one_machine, ordinary, with_indexed};
use socket_runtime::relay::{
    Address, Time,
    keys::SharedKey,
    packet::{Packet, PacketType, Ping},
    peer::{Event, PeerConfig},
};

/// One peer behind a NAT, among so many indexed ones; what it found and when.
fn find(seed: u64, nat: Nat, indexed: u8, loss: f64) -> (Network, usize) {
    let (mut network, bootstraps) = with_indexed(seed, indexed);
    network.loss = loss;
    let node = network.add_at(
        ordinary(9, &bootstraps),
        Address::new(Ipv4Addr::new(9, 9, 9, 9), 5_000),
        nat,
        seed,
    );
    network.open(node);
    let end = Time::from_micros(120_000_000);
    network.run_until(end, |network| network.nodes[node].ready().is_some());
    (network, node)
}

#[test]
fn each_nat_type_is_found() {
    for nat in Nat::ALL {
        for seed in 0..20 {
            let (network, node) = find(seed, nat, 3, 0.0);
            let found = network.nodes[node].ready().map(|(_, found)| found);
            assert_eq!(found, Some(nat.number()), "{nat:?} seed {seed}");
            let at = network.nodes[node].ready_at().unwrap();
            assert!(
                at < Time::from_micros(1_500_000),
                "{nat:?} seed {seed}: {at:?}"
            );
        }
    }
}

#[test]
fn loss_delays_the_finding_and_does_not_stop_it() {
    let (mut runs, mut wrong, mut late) = (0, Vec::new(), Vec::new());
    for loss in [0.05, 0.3] {
        for nat in Nat::ALL {
            for seed in 0..25 {
                let (network, node) = find(seed, nat, 3, loss);
                let found = network.nodes[node].ready().map(|(_, found)| found);
                assert!(
                    found.is_some(),
                    "{nat:?} loss {loss} seed {seed}: never ready"
                );
                runs += 1;
                late.push(network.nodes[node].ready_at().unwrap());
                if found != Some(nat.number()) {
                    wrong.push((nat, loss, seed, found));
                }
            }
        }
    }
    let latest = late.into_iter().max().unwrap();
    println!(
        "{} of {runs} wrong, the latest after {latest:?}",
        wrong.len()
    );
    assert!(
        latest < Time::from_micros(20_000_000),
        "the latest after {latest:?}"
    );
    assert!(
        wrong.len() * 100 <= runs,
        "{} of {runs} wrong: {wrong:?}",
        wrong.len()
    );
}

#[test]
fn one_indexed_peer_is_enough_to_begin_with_and_a_second_tells_more() {
    for (nat, solo) in [
        (Nat::Open, 15),
        (Nat::Addr, 15),
        (Nat::Port, 7),
        (Nat::Hard, 7),
    ] {
        let (network, node) = find(1, nat, 1, 0.0);
        let found = network.nodes[node].ready().map(|(_, found)| found);
        assert_eq!(found, Some(solo), "{nat:?}");
        let at = network.nodes[node].ready_at().unwrap();
        assert!(at < Time::from_micros(2_000_000), "{nat:?}: {at:?}");
    }
    let mut network = Network::new(1);
    let address = |number| Address::new(Ipv4Addr::new(1, 1, 1, number), 5_000);
    let all = [bootstrap(address(1)), bootstrap(address(2))];
    let first = network.add(indexed(1, address(1), &[]), *address(1).ip(), Nat::Open);
    network.open(first);
    let node = network.add(ordinary(9, &all), Ipv4Addr::new(9, 9, 9, 9), Nat::Hard);
    network.open(node);
    network.run_for(Duration::from_secs(20));
    assert_eq!(network.nodes[node].ready().map(|(_, found)| found), Some(7));
    let second = network.add(indexed(2, address(2), &[]), *address(2).ip(), Nat::Open);
    network.open(second);
    network.run_for(Duration::from_secs(60));
    assert_eq!(network.nodes[node].ready().map(|(_, found)| found), Some(5));
}

#[test]
fn on_one_machine_everybody_is_unrestricted() {
    let (mut network, bootstraps) = on_one_machine();
    let address = |port| Address::new(Ipv4Addr::LOCALHOST, port);
    let node = network.add_at(ordinary(9, &bootstraps), address(6_020), Nat::Open, 9);
    network.open(node);
    network.run_for(Duration::from_secs(2));
    let ready = network.nodes[node].ready();
    assert_eq!(ready, Some((Some(address(6_020)), 31)));
}

#[test]
fn without_anybody_to_ask_a_peer_goes_on_trying_at_a_low_rate() {
    let mut network = Network::new(1);
    let nobody = bootstrap(Address::new(Ipv4Addr::new(1, 1, 1, 1), 5_000));
    let node = network.add(ordinary(9, &[nobody]), Ipv4Addr::new(9, 9, 9, 9), Nat::Open);
    network.open(node);
    network.run_for(Duration::from_secs(60));
    assert_eq!(network.nodes[node].ready(), None);
    assert!(network.datagrams <= 90, "{} datagrams", network.datagrams);
}

/// When a node asked somebody for its address, by where it asked.
fn reflections(network: &Network, node: usize) -> Vec<(Time, Address)> {
    let trace = network.trace.iter().flatten();
    let asked = trace.filter(|sent| sent.node == node).filter(|sent| {
        let packet = Packet::decode(&sent.payload).ok();
        let packet = packet.filter(|packet| packet.kind == PacketType::PING);
        let ping = packet.and_then(|packet| Ping::parse(&packet.message).ok());
        ping.is_some_and(|ping| ping.is_reflection)
    });
    asked.map(|sent| (sent.at, sent.to)).collect()
}

#[test]
fn with_one_answerer_a_second_is_looked_for_ever_more_rarely_and_taken_at_once() {
    let mut network = Network::new(1);
    network.trace = Some(Vec::new());
    let address = |number| Address::new(Ipv4Addr::new(1, 1, 1, number), 5_000);
    let all = [bootstrap(address(1)), bootstrap(address(2))];
    let first = network.add(indexed(1, address(1), &[]), *address(1).ip(), Nat::Open);
    network.open(first);
    let config = PeerConfig {
        signing: Default::default(),
        keepalive: Duration::from_secs(4),
        ..ordinary(9, &all)
    };
    let node = network.add(config, Ipv4Addr::new(9, 9, 9, 9), Nat::Hard);
    network.open(node);
    network.run_for(Duration::from_secs(400));
    let ready_at = network.nodes[node].ready_at().unwrap();
    let mut runs: Vec<Time> = Vec::new();
    for (at, _) in reflections(&network, node) {
        if runs
            .last()
            .is_none_or(|last| at.since(*last) > Duration::from_secs(3))
        {
            runs.push(at);
        } else if let Some(last) = runs.last_mut() {
            *last = at;
        }
    }
    println!("{} runs in 400 s", runs.len());
    assert!((5..=18).contains(&runs.len()), "{runs:?}");
    let told = network.nodes[node].events.iter();
    let told =
        told.filter(|(at, event)| matches!(event, Event::Connecting { .. }) && *at > ready_at);
    assert_eq!(told.count(), 0, "nobody is told of what changes nothing");
    let second = network.add(indexed(2, address(2), &[]), *address(2).ip(), Nat::Open);
    network.open(second);
    network.run_for(Duration::from_secs(8));
    assert_eq!(network.nodes[node].ready().map(|(_, found)| found), Some(5));
}

#[test]
fn a_quiet_network_is_no_reason_to_find_out_again() {
    for keepalive in [4, 30] {
        let (mut network, bootstraps) = with_indexed(2, 1);
        network.trace = Some(Vec::new());
        let config = PeerConfig {
            signing: Default::default(),
            keepalive: Duration::from_secs(keepalive),
            ..ordinary(9, &bootstraps)
        };
        let node = network.add(config, Ipv4Addr::new(9, 9, 9, 9), Nat::Port);
        network.open(node);
        network.run_for(Duration::from_secs(5));
        let before = reflections(&network, node).len();
        network.run_for(Duration::from_secs(300));
        assert_eq!(reflections(&network, node).len(), before, "{keepalive} s");
    }
}

#[test]
fn neighbours_are_not_asked_for_our_address_while_configured_peers_answer() {
    let (mut network, bootstraps) = with_indexed(2, 2);
    let nodes: Vec<usize> = (1..=8)
        .map(|number| {
            let ip = Ipv4Addr::new(9, 9, 9, number);
            let node = network.add(ordinary(number, &bootstraps), ip, Nat::Open);
            network.open(node);
            let key = SharedKey::from_seed(b"many");
            network
                .with(node, |peer, now| peer.join(now, None, key))
                .unwrap();
            node
        })
        .collect();
    network.run_for(Duration::from_secs(20));
    assert!(network.links(nodes[0]).len() > 4);
    network.trace = Some(Vec::new());
    for _ in 0..10 {
        network.with(nodes[0], |peer, now| peer.reflect_again(now));
        network.run_for(Duration::from_secs(3));
    }
    let asked = reflections(&network, nodes[0]);
    assert!(asked.len() > 20);
    for (_, to) in asked {
        assert!(bootstraps.iter().any(|own| own.address == to), "{to}");
    }
}
