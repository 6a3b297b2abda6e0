//! Peers that come back: started again, at another address, after a sleep; and peers that share
//! an address.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use relay_model::{Nat, Network, indexed, ordinary, with_indexed};
use socket_runtime::relay::{
    Address, PeerId,
    keys::SharedKey,
    peer::{Bootstrap, Event, LinkVia, PeerConfig},
};

/// An app: an ordinary peer with a short keepalive.
fn app(number: u8, bootstraps: &[Bootstrap]) -> PeerConfig {
    PeerConfig {
        signing: Default::default(),
        keepalive: Duration::from_secs(4),
        ..ordinary(number, bootstraps)
    }
}

fn start(network: &mut Network, config: PeerConfig, at: Address, nat: Nat, seed: u64) -> usize {
    let node = network.add_at(config, at, nat, seed);
    network.open(node);
    let key = SharedKey::from_seed(b"apps");
    network
        .with(node, |peer, now| peer.join(now, None, key))
        .unwrap();
    node
}

fn place(number: u8, port: u16) -> Address {
    Address::new(Ipv4Addr::new(9, 9, 9, number), port)
}

/// Where a node believes a peer to be.
fn place_of(network: &Network, node: usize, peer: &PeerId) -> Option<Address> {
    let neighbours = network.peer(node).report(network.now()).neighbours;
    let mut neighbours = neighbours.into_iter();
    neighbours
        .find(|own| own.peer_id == *peer)
        .map(|own| own.address)
}

/// Three apps and one indexed peer; the third app is closed for a while, and started again.
///
/// Says whether all believe it to be where it is, five seconds later.
fn returns(nat: Nat, closed: Duration, port: u16) -> bool {
    let (mut network, bootstraps) = with_indexed(3, 1);
    let others = [1, 2].map(|number| {
        let at = place(number, 5_000);
        start(
            &mut network,
            app(number, &bootstraps),
            at,
            nat,
            number.into(),
        )
    });
    let first = start(
        &mut network,
        app(3, &bootstraps),
        place(3, 5_000),
        nat,
        u64::from(port == 5_000) * 3,
    );
    let id = network.peer(first).peer_id();
    network.run_for(Duration::from_secs(20));
    assert!(
        others
            .iter()
            .all(|node| network.links(*node).contains_key(&id))
    );
    network.nodes[first].is_up = false;
    network.run_for(closed);
    let again = start(&mut network, app(3, &bootstraps), place(3, port), nat, 3);
    network.run_for(Duration::from_secs(6));
    let own = network.nodes[again].ready().unwrap().0;
    let indexed = std::iter::once(0);
    let mut all = others.into_iter().chain(indexed);
    all.all(|node| place_of(&network, node, &id) == own)
        && others.iter().all(|node| {
            let other = network.peer(*node).peer_id();
            network.links(again).get(&other) == Some(&LinkVia::Direct)
        })
}

#[test]
fn a_peer_that_returns_on_a_new_port_meets_its_old_neighbours_within_seconds() {
    for nat in [Nat::Open, Nat::Addr, Nat::Port] {
        for closed in [2, 15, 40] {
            let closed = Duration::from_secs(closed);
            assert!(returns(nat, closed, 7_000), "{nat:?} after {closed:?}");
        }
    }
}

#[test]
fn a_peer_that_returns_on_the_same_port_meets_its_old_neighbours_within_seconds() {
    for closed in [2, 15, 40] {
        let closed = Duration::from_secs(closed);
        assert!(returns(Nat::Open, closed, 5_000), "after {closed:?}");
    }
}

#[test]
fn an_indexed_peer_that_does_not_know_its_address_follows_those_who_return() {
    let mut network = Network::new(5);
    let at = Address::new(Ipv4Addr::new(1, 1, 1, 1), 5_000);
    let config = PeerConfig {
        signing: Default::default(),
        address: None,
        ..indexed(1, at, &[])
    };
    let hub = network.add_at(config, at, Nat::Open, 1);
    network.open(hub);
    let bootstraps = [relay_model::bootstrap(at)];
    let other = start(
        &mut network,
        app(1, &bootstraps),
        place(1, 5_000),
        Nat::Open,
        1,
    );
    let first = start(
        &mut network,
        app(3, &bootstraps),
        place(3, 5_000),
        Nat::Open,
        3,
    );
    let id = network.peer(first).peer_id();
    network.run_for(Duration::from_secs(10));
    network.nodes[first].is_up = false;
    network.run_for(Duration::from_secs(15));
    start(
        &mut network,
        app(3, &bootstraps),
        place(3, 7_000),
        Nat::Open,
        4,
    );
    network.run_for(Duration::from_secs(6));
    for node in [hub, other] {
        assert_eq!(
            place_of(&network, node, &id),
            Some(place(3, 7_000)),
            "{node}"
        );
    }
}

#[test]
fn an_indexed_peer_that_returns_as_somebody_else_is_linked_again() {
    for (number, is_same) in [(1, true), (9, false)] {
        let (mut network, bootstraps) = with_indexed(4, 1);
        let node = start(
            &mut network,
            app(1, &bootstraps),
            place(1, 5_000),
            Nat::Port,
            1,
        );
        network.run_for(Duration::from_secs(10));
        network.nodes[0].is_up = false;
        network.run_for(Duration::from_secs(1));
        let at = bootstraps[0].address;
        let again = network.add_at(indexed(number, at, &[]), at, Nat::Open, 77);
        network.open(again);
        network.run_for(Duration::from_secs(6));
        let id = network.peer(again).peer_id();
        assert_eq!(network.links(node).len(), 1, "is it the same: {is_same}");
        assert!(network.links(node).contains_key(&id));
        let own = network.peer(node).peer_id();
        assert!(network.links(again).contains_key(&own), "{is_same}");
    }
}

#[test]
fn a_machine_that_slept_is_back_within_seconds() {
    let (mut network, bootstraps) = with_indexed(6, 2);
    let node = |network: &mut Network, number| {
        let config = ordinary(number, &bootstraps);
        start(
            network,
            config,
            place(number, 5_000),
            Nat::Port,
            number.into(),
        )
    };
    let (other, laptop) = (node(&mut network, 1), node(&mut network, 2));
    let ids = [other, laptop].map(|node| network.peer(node).peer_id());
    network.run_for(Duration::from_secs(20));
    network.sleep(laptop, Duration::from_secs(600));
    assert!(
        !network.links(other).contains_key(&ids[1]),
        "it was given up"
    );
    // Something wakes it: its own timers are due within a keepalive of its own time.
    network.with(laptop, |peer, now| peer.handle_timeout(now));
    network.run_for(Duration::from_secs(6));
    let own = network.nodes[laptop].ready().unwrap().0;
    for indexed in [0, 1, other] {
        assert_eq!(place_of(&network, indexed, &ids[1]), own, "node {indexed}");
    }
    assert_eq!(network.links(laptop).get(&ids[0]), Some(&LinkVia::Direct));
}

#[test]
fn two_behind_a_nat_that_sends_nothing_back_inside_reach_each_other_through_a_third() {
    let (mut network, bootstraps) = with_indexed(2, 2);
    network.has_hairpins = false;
    let home = |network: &mut Network, number: u8| {
        let seed = u64::from(number);
        start(
            network,
            app(number, &bootstraps),
            place(7, 5_000),
            Nat::Port,
            seed,
        )
    };
    let nodes = [home(&mut network, 1), home(&mut network, 2)];
    network.run_for(Duration::from_secs(600));
    for (one, other) in [(0, 1), (1, 0)] {
        let other = network.peer(nodes[other]).peer_id();
        let via = network.links(nodes[one]).get(&other).copied();
        assert!(matches!(via, Some(LinkVia::Proxy(_))), "{via:?}");
        let connected = network.nodes[nodes[one]].events.iter();
        let connected = connected
            .filter(|(_, event)| matches!(event, Event::Connected(own) if own.peer_id == other));
        assert_eq!(connected.count(), 1, "the link is steady");
    }
}
