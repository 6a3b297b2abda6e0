//! Peers that take part in the same subcluster meet, without flooding anybody.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use relay_model::{Nat, Network, on_one_machine, ordinary, with_indexed};
use socket_runtime::relay::{
    Address, PeerId,
    keys::SharedKey,
    nat::{NatType, Strategy, connection_strategy},
    peer::{Event, LinkVia},
};

/// Peers of one subcluster that start within a second.
fn swarm(seed: u64, count: u8, loss: f64) -> (Network, Vec<usize>) {
    let (mut network, bootstraps) = with_indexed(seed, 3);
    network.loss = loss;
    network.latency = (Duration::from_micros(50), Duration::from_micros(500));
    let key = SharedKey::from_seed(b"swarm");
    let nodes: Vec<usize> = (0..count)
        .map(|number| {
            let ip = Ipv4Addr::new(9, 9, 9, number);
            let node = network.add(ordinary(number, &bootstraps), ip, Nat::Open);
            network.open(node);
            network
                .with(node, |peer, now| peer.join(now, None, key))
                .unwrap();
            network.run_for(Duration::from_millis(30));
            node
        })
        .collect();
    (network, nodes)
}

/// Whether every node of a swarm reaches every other one over links that do not lead
/// through indexed peers.
fn is_whole(network: &Network, nodes: &[usize]) -> bool {
    let ids: Vec<PeerId> = nodes
        .iter()
        .map(|node| network.peer(*node).peer_id())
        .collect();
    let mut reached = vec![nodes[0]];
    let mut place = 0;
    while let Some(node) = reached.get(place).copied() {
        place += 1;
        for peer in network.links(node).into_keys() {
            let found = ids.iter().position(|id| *id == peer);
            let next = found.map(|found| nodes[found]);
            if let Some(next) = next.filter(|next| !reached.contains(next)) {
                reached.push(next);
            }
        }
    }
    reached.len() == nodes.len()
}

#[test]
fn a_swarm_of_32_joins_with_at_most_60_control_datagrams_a_peer() {
    for seed in 0..3 {
        let (mut network, nodes) = swarm(seed, 32, 0.0);
        network.run_for(Duration::from_secs(29));
        let average = network.control_sent() / 32;
        let fewest = nodes.iter().map(|node| network.links(*node).len()).min();
        println!("seed {seed}: {average} control datagrams a peer, at least {fewest:?} links");
        assert!(
            average <= 60,
            "seed {seed}: {average} control datagrams a peer"
        );
        assert!(fewest >= Some(4), "seed {seed}: {fewest:?} links");
        assert!(
            is_whole(&network, &nodes),
            "seed {seed}: the swarm is in pieces"
        );
    }
}

#[test]
fn a_swarm_joins_in_spite_of_loss() {
    for (seed, loss) in [(1, 0.05), (2, 0.3)] {
        let (mut network, nodes) = swarm(seed, 32, loss);
        network.run_for(Duration::from_secs(90));
        for node in &nodes {
            assert!(
                network.nodes[*node].ready().is_some(),
                "seed {seed}: node {node}"
            );
        }
        assert!(
            is_whole(&network, &nodes),
            "seed {seed}: the swarm is in pieces"
        );
    }
}

#[test]
fn members_hear_of_each_other() {
    let (mut network, nodes) = swarm(5, 6, 0.0);
    network.run_for(Duration::from_secs(10));
    for node in nodes {
        let joined = network.nodes[node].events.iter();
        let joined = joined
            .filter(|(_, event)| matches!(event, Event::Joined { .. }))
            .count();
        assert!(joined >= 2, "node {node} heard of {joined}");
    }
}

/// Two peers of one subcluster behind these NATs, after they had time to meet.
///
/// Both joins go to both indexed peers at once, so there is one attempt.
fn pair(seed: u64, one: Nat, other: Nat) -> (Network, [usize; 2]) {
    let (mut network, bootstraps) = with_indexed(seed, 2);
    let key = SharedKey::from_seed(b"pair");
    let nodes = [(1, one), (2, other)].map(|(number, nat)| {
        let ip = Ipv4Addr::new(9, 9, 9, number);
        let node = network.add(ordinary(number, &bootstraps), ip, nat);
        network.open(node);
        network
            .with(node, |peer, now| peer.join(now, None, key))
            .unwrap();
        node
    });
    let end = network.now().time + Duration::from_secs(25);
    network.run_until(end, |network| {
        let last = network.nodes[nodes[0]].events.last();
        matches!(last, Some((_, Event::Connected(peer))) if matches!(peer.via, LinkVia::Punched(_)))
    });
    (network, nodes)
}

/// How the first of two is linked to the second.
fn link(network: &Network, [one, other]: [usize; 2]) -> Option<LinkVia> {
    let other = network.peer(other).peer_id();
    network.links(one).get(&other).copied()
}

#[test]
fn each_pair_of_nats_links_as_the_table_says() {
    for one in Nat::ALL {
        for other in Nat::ALL {
            let (network, nodes) = pair(7, one, other);
            let found = link(&network, nodes);
            let strategy = connection_strategy(NatType(one.number()), NatType(other.number()));
            let is_right = match strategy {
                Strategy::Defer | Strategy::Direct | Strategy::TraversalOpen => {
                    matches!(found, Some(LinkVia::Direct))
                }
                Strategy::TraversalConnect => matches!(found, Some(LinkVia::Punched(_))),
                Strategy::Proxy => matches!(found, Some(LinkVia::Proxy(_))),
            };
            assert!(is_right, "{one:?} to {other:?} by {strategy:?}: {found:?}");
        }
    }
}

#[test]
fn a_hard_nat_is_pierced_nearly_always() {
    let pierced = (0..40).filter(|seed| {
        let (network, nodes) = pair(*seed, Nat::Hard, Nat::Port);
        matches!(link(&network, nodes), Some(LinkVia::Punched(_)))
    });
    let pierced = pierced.count();
    println!("{pierced} of 40 pierced");
    assert!(pierced >= 37, "{pierced} of 40; 98.35 % are expected");
}

#[test]
fn an_outage_of_every_link_is_noticed_and_mended() {
    let (mut network, nodes) = swarm(3, 4, 0.0);
    network.run_for(Duration::from_secs(10));
    network.loss = 1.0;
    network.run_for(Duration::from_secs(200));
    for node in &nodes {
        assert_eq!(
            network.links(*node).len(),
            0,
            "node {node} believes in dead links"
        );
    }
    network.loss = 0.0;
    network.run_for(Duration::from_secs(120));
    assert!(is_whole(&network, &nodes));
}

#[test]
fn a_peer_that_changes_its_address_keeps_its_links() {
    let (mut network, nodes) = swarm(4, 4, 0.0);
    network.run_for(Duration::from_secs(10));
    let moved = nodes[0];
    let id = network.peer(moved).peer_id();
    network.relocate(moved, Address::new(Ipv4Addr::new(8, 8, 8, 8), 5_000));
    network.run_for(Duration::from_secs(100));
    assert_eq!(
        network.nodes[moved].ready().unwrap().0,
        Some(Address::new(Ipv4Addr::new(8, 8, 8, 8), 5_000))
    );
    for node in &nodes[1..] {
        assert!(network.links(*node).contains_key(&id), "node {node}");
    }
}

#[test]
fn everybody_on_one_machine_meets() {
    let (mut network, bootstraps) = on_one_machine();
    let address = |port| Address::new(Ipv4Addr::LOCALHOST, port);
    let key = SharedKey::from_seed(b"machine");
    let nodes: Vec<usize> = (1..=6)
        .map(|number| {
            let port = 6_000 + 20 * u16::from(number);
            let config = ordinary(number, &bootstraps);
            let node = network.add_at(config, address(port), Nat::Open, u64::from(number));
            network.open(node);
            network
                .with(node, |peer, now| peer.join(now, None, key))
                .unwrap();
            node
        })
        .collect();
    network.run_for(Duration::from_secs(40));
    assert!(is_whole(&network, &nodes));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        let (mut network, nodes) = swarm(seed, 8, 0.1);
        network.trace = Some(Vec::new());
        network.run_for(Duration::from_secs(60));
        let links: Vec<_> = nodes.iter().map(|node| network.links(*node)).collect();
        (format!("{:?}", network.trace), links)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).0, run(2).0);
}
