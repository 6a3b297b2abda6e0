//! What boxes let out and in, driven as a user of the network drives them.

mod world;

use std::collections::BTreeSet;

use sim::{Address, Dropped, NatClass, Network, NodeId};
use world::{World, only, plain};

use NatClass::{
    AddrRestricted, EndpointRestricted, PortRestricted, Public, UdpBlocked, Unrestricted,
};

/// Node 0 is behind a box and sends to the first port of node 1; who else may answer then?
#[track_caller]
fn check_filter(class: NatClass, same_address: bool, stranger: bool) {
    let mut world = World::of(&[class, Public, Public], |_| {});
    for (node, port) in [(1, 1), (1, 2), (2, 1)] {
        world.network.bind(NodeId(node), port);
    }
    let to = world.at(1, 1);
    let seen = world.open(0, 5_000, to);
    assert_eq!(world.run_ms(100).len(), 1);
    let outcome = |may: bool| if may { Ok(0) } else { Err(Dropped::Filtered) };
    assert_eq!(
        world.reaches(1, 1, seen),
        Ok(0),
        "{class:?}: who was sent to"
    );
    assert_eq!(
        world.reaches(1, 2, seen),
        outcome(same_address),
        "{class:?}: another port"
    );
    assert_eq!(
        world.reaches(2, 1, seen),
        outcome(stranger),
        "{class:?}: a stranger"
    );
    let unmapped = Address::new(seen.ip, seen.port ^ 1);
    assert_eq!(world.reaches(1, 1, unmapped), Err(Dropped::NoMapping));
    world.check_counts();
}

#[test]
fn each_class_lets_in_whom_it_should() {
    check_filter(Unrestricted, true, true);
    check_filter(AddrRestricted, true, false);
    check_filter(PortRestricted, false, false);
    check_filter(EndpointRestricted, false, false);
}

#[test]
fn a_hard_nat_shows_each_destination_another_port() {
    for class in [
        Unrestricted,
        AddrRestricted,
        PortRestricted,
        EndpointRestricted,
    ] {
        let mut world = World::of(&[class, Public, Public], |_| {});
        let seen: BTreeSet<_> = [(1, 1), (1, 2), (2, 1)]
            .into_iter()
            .map(|(node, port)| {
                let to = world.at(node, port);
                world.open(0, 5_000, to)
            })
            .collect();
        let expected = if class == EndpointRestricted { 3 } else { 1 };
        assert_eq!(seen.len(), expected, "{class:?}");
    }
}

#[test]
fn a_box_forgets_what_is_not_used() {
    for class in [
        Unrestricted,
        AddrRestricted,
        PortRestricted,
        EndpointRestricted,
    ] {
        let mut world = World::of(&[class, Public], |_| {});
        world.network.bind(NodeId(1), 1);
        let to = world.at(1, 1);
        let seen = world.open(0, 5_000, to);
        world.run_ms(50_000);
        assert_eq!(
            world.open(0, 5_000, to),
            seen,
            "what goes out keeps it alive"
        );
        world.run_ms(50_000);
        assert_eq!(world.reaches(1, 1, seen), Ok(0), "{class:?}");
        world.run_ms(9_500);
        assert_eq!(
            world.reaches(1, 1, seen),
            Err(Dropped::NoMapping),
            "{class:?}"
        );
        assert_ne!(
            world.open(0, 5_000, to),
            seen,
            "a new mapping is another one"
        );
    }
}

#[test]
fn what_comes_in_keeps_a_mapping_alive_if_the_box_says_so() {
    let mut world = World::of(&[PortRestricted, Public], |config| {
        config.nat.is_refreshed_inbound = true;
    });
    world.network.bind(NodeId(1), 1);
    let to = world.at(1, 1);
    let seen = world.open(0, 5_000, to);
    for _ in 0..5 {
        world.run_ms(50_000);
        assert_eq!(world.reaches(1, 1, seen), Ok(0));
    }
}

#[test]
fn a_full_table_gives_up_what_was_used_longest_ago() {
    let mut world = World::of(&[PortRestricted, Public, Public, Public], |config| {
        (config.nat.table_entries_min, config.nat.table_entries_max) = (2, 2);
    });
    let at: Vec<_> = (1..4).map(|node| world.at(node, 1)).collect();
    (1..4).for_each(|node| world.network.bind(NodeId(node), 1));
    let seen = world.open(0, 5_000, at[0]);
    for place in [1, 0] {
        world.run_ms(1);
        world.open(0, 5_000, at[place]);
    }
    assert_eq!(world.open(0, 5_000, at[2]), seen);
    world.run_ms(100);
    assert_eq!(world.reaches(1, 1, seen), Ok(0));
    assert_eq!(world.reaches(2, 1, seen), Err(Dropped::Filtered));
    assert_eq!(world.reaches(3, 1, seen), Ok(0));
}

#[test]
fn a_table_of_one_entry_serves_one_after_the_other() {
    for class in [PortRestricted, EndpointRestricted] {
        let mut world = World::of(&[class, Public, Public], |config| {
            (config.nat.table_entries_min, config.nat.table_entries_max) = (1, 1);
        });
        world.network.bind(NodeId(1), 1);
        let at = [1, 2].map(|node| world.at(node, 1));
        for port in 5_000..5_020 {
            world.open(0, port, at[usize::from(port % 2)]);
        }
        let seen = world.open(0, 5_000, at[0]);
        world.run_ms(100);
        assert_eq!(world.reaches(1, 1, seen), Ok(0));
    }
}

#[test]
fn who_is_not_there_gets_nothing() {
    let mut world = World::of(&[Public, Public], |_| {});
    let to = world.at(1, 1);
    world.network.bind(NodeId(0), 9);
    assert_eq!(world.reaches(0, 9, to), Err(Dropped::Unbound));
    world.network.bind(NodeId(1), 1);
    assert_eq!(world.reaches(0, 9, to), Ok(1));
    world.send(0, 9, to).unwrap();
    world.network.set_online(NodeId(1), false);
    assert!(
        world.run_ms(100).is_empty(),
        "it left while the datagram was on its way"
    );
    assert_eq!(world.send(1, 1, to), Err(Dropped::Offline));
    world.network.set_online(NodeId(1), true);
    assert_eq!(
        world.reaches(0, 9, to),
        Err(Dropped::Unbound),
        "its ports are closed"
    );
    assert_eq!(world.send(1, 1, to), Err(Dropped::Unbound));
    let nowhere = Address::new(0x7f00_0001, 1);
    assert_eq!(world.send(0, 9, nowhere), Err(Dropped::NoRoute));
    world.check_counts();
}

#[test]
fn blocked_sites_neither_send_nor_receive() {
    let mut world = World::of(&[UdpBlocked, Public], |_| {});
    (0..2).for_each(|node| world.network.bind(NodeId(node), 1));
    let to = [0, 1].map(|node| world.at(node, 1));
    assert_eq!(world.send(0, 1, to[1]), Err(Dropped::UdpBlocked));
    assert_eq!(world.reaches(1, 1, to[0]), Err(Dropped::UdpBlocked));
}

/// Two nodes of one home.
fn home(hairpin_share: f64) -> World {
    let mut config = plain();
    config.nat.classes = Some(only(PortRestricted));
    (config.nat.home_share, config.nat.home_nodes) = (1.0, 3);
    config.nat.hairpin_share = hairpin_share;
    let mut world = World::new(Network::new(&config, 1, 5));
    (0..5).for_each(|node| world.network.bind(NodeId(node), 7));
    world
}

#[test]
fn nodes_of_one_home_reach_each_other_by_their_own_addresses() {
    let mut world = home(0.0);
    assert!(world.network.is_same_home(NodeId(0), NodeId(2)));
    assert!(!world.network.is_same_home(NodeId(2), NodeId(3)));
    let to = Address::new(world.network.private_ip(NodeId(2)), 7);
    world.send(0, 7, to).unwrap();
    let delivered = world.run_ms(1);
    assert_eq!(delivered[0].arrival.node, NodeId(2));
    assert_eq!(
        delivered[0].arrival.from.ip,
        world.network.private_ip(NodeId(0))
    );
    assert_eq!(
        world.send(3, 7, to),
        Err(Dropped::NoRoute),
        "other homes have other addresses"
    );
    let nobody = Address::new(to.ip + 100, 7);
    assert_eq!(world.reaches(0, 7, nobody), Err(Dropped::NoRoute));
}

#[test]
fn a_hairpin_brings_datagrams_back_in() {
    for (share, expected) in [(0.0, Err(Dropped::NoHairpin)), (1.0, Ok(1))] {
        let mut world = home(share);
        let far = world.at(3, 7);
        let [first, second] = [0, 1].map(|node| world.send(node, 7, far).unwrap());
        assert_eq!(first.ip, second.ip);
        // Each has to send to the other's mapping before it is let in.
        let _ = world.send(1, 7, first);
        world.run_ms(100);
        assert_eq!(world.reaches(0, 7, second), expected);
    }
}

/// Nodes behind two boxes each, and one with a public address, which is the first.
fn carriers(class: NatClass, hairpin_share: f64) -> World {
    let mut config = plain();
    config.nat.classes = Some(only(class));
    config.nat.carrier_share = 1.0;
    config.nat.hairpin_share = hairpin_share;
    config.latency.region_shares = toml::from_str("EU = 1.0").unwrap();
    let public = |node: NodeId| (node.0 == 0).then_some(Public);
    let mut world = World::new(Network::with_classes(&config, 1, 4, public));
    (0..4).for_each(|node| world.network.bind(NodeId(node), 7));
    world
}

#[test]
fn datagrams_pass_two_boxes_both_ways() {
    for class in [
        Unrestricted,
        AddrRestricted,
        PortRestricted,
        EndpointRestricted,
    ] {
        let mut world = carriers(class, 0.0);
        let public = world.at(0, 7);
        let seen = [1, 2].map(|node| world.send(node, 7, public).unwrap());
        assert!(world.network.is_behind_carrier(NodeId(1)));
        assert_eq!(seen[0].ip, seen[1].ip, "they share an address");
        assert_eq!(seen[0].ip, world.network.public_ip(NodeId(3)));
        world.run_ms(100);
        assert_eq!(seen.map(|seen| world.reaches(0, 7, seen)), [Ok(1), Ok(2)]);
        world.run_ms(61_000);
        assert_eq!(world.reaches(0, 7, seen[0]), Err(Dropped::NoMapping));
    }
}

#[test]
fn customers_of_one_carrier_meet_by_its_hairpin() {
    for (share, expected) in [(0.0, Err(Dropped::NoHairpin)), (1.0, Ok(2))] {
        let mut world = carriers(Unrestricted, share);
        let public = world.at(0, 7);
        let seen = world.send(2, 7, public).unwrap();
        world.run_ms(100);
        assert_eq!(world.reaches(1, 7, seen), expected);
    }
}
