//! Loss, copies, queues, cuts and chance: what goes in comes out, and comes out the same again.

mod world;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rand::Rng as _;
use sim::{
    Dropped, LatencyConfig, LatencyKind, LinkRates, Network, NetworkConfig, NodeId, OutageConfig,
    PartitionConfig, Region, streams,
};
use world::{World, plain};

/// Everything at once.
fn rough() -> NetworkConfig {
    let mut config = NetworkConfig::default();
    config.loss.duplication_share = 0.05;
    config.loss.reordering_share = 0.05;
    config.nat.mapping_timeout_s = vec![2, 5];
    config.nat.home_share = 0.3;
    config.link.rates.congested = LinkRates {
        up_bits_per_s: 20_000,
        down_bits_per_s: 40_000,
        queue_bytes: 2_000,
    };
    config.access.congested = 0.35;
    config.access.fixed = 0.0;
    config.partitions = vec![PartitionConfig {
        from_s: 3.0,
        to_s: 5.0,
        regions: vec![Region::Europe],
        share: 0.1,
        against: Vec::new(),
    }];
    config.outages = vec![OutageConfig {
        from_s: 6.0,
        to_s: 8.0,
        regions: vec![Region::NorthAmerica],
        share: 0.0,
    }];
    config.validate().unwrap();
    config
}

/// Lets nodes send to whom they heard of, and sums up what happened to the first ones.
fn run(config: &NetworkConfig, seed: u64, nodes: u32) -> World {
    let mut world = World::new(Network::new(config, seed, nodes));
    let mut random = streams::named(seed, "traffic");
    let mut known: Vec<_> = (0..nodes).map(|node| world.at(node, 1)).collect();
    (0..nodes).for_each(|node| world.network.bind(NodeId(node), 1));
    for tag in 0..10_000 {
        let node = random.random_range(0..nodes);
        let to = known[random.random_range(0..known.len())];
        if let Ok(from) = world.send_tagged(node, 1, to, tag) {
            let place = random.random_range(0..known.len());
            known[place] = from;
        }
        world.run_ms(1);
    }
    world
}

fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    for delivery in &world.delivered {
        let arrival = delivery.arrival;
        (delivery.at_us, delivery.tag, arrival.node, arrival.from).hash(&mut hasher);
    }
    world.network.counts().dropped_counts.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn every_datagram_is_accounted_for() {
    for seed in 1..=4 {
        let mut world = run(&rough(), seed, 60);
        world.check_counts();
        world.run_ms(600_000);
        world.check_counts();
        let counts = world.network.counts();
        for reason in [
            Dropped::Lost,
            Dropped::Filtered,
            Dropped::NoMapping,
            Dropped::QueueFull,
            Dropped::Partitioned,
            Dropped::Outage,
        ] {
            assert!(
                counts.dropped(reason) > 0,
                "seed {seed}: nothing {}",
                reason.name()
            );
        }
        assert!(
            counts.delivered_count > 500 && counts.copied_count > 100,
            "{counts:?}"
        );
    }
}

#[test]
fn a_seed_repeats_itself() {
    let digests = [1, 1, 2].map(|seed| digest(&run(&rough(), seed, 60)));
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0], digests[2]);
}

#[test]
fn more_nodes_change_nothing_of_those_before_them() {
    let [few, many] = [50, 500].map(|nodes| Network::new(&rough(), 1, nodes));
    for node in (0..50).map(NodeId) {
        // Where there are more sites, carriers have other addresses.
        assert_eq!(few.private_ip(node), many.private_ip(node));
        assert_eq!(few.nat_class(node), many.nat_class(node));
        assert_eq!(few.region(node), many.region(node));
        assert_eq!(few.access_class(node), many.access_class(node));
        assert_eq!(
            few.floor_us(node, NodeId(7)),
            many.floor_us(node, NodeId(7))
        );
    }
}

#[test]
fn nodes_are_spread_as_the_shares_say() {
    let config = NetworkConfig::default();
    let network = Network::new(&config, 1, 20_000);
    let share = |is_so: &dyn Fn(NodeId) -> bool| {
        let count = (0..20_000).filter(|node| is_so(NodeId(*node))).count();
        count as f64 / 20_000.0
    };
    for (class, expected) in sim::NatClass::ALL
        .into_iter()
        .zip(config.nat.shares().list())
    {
        let found = share(&|node| network.nat_class(node) == class);
        assert!((found - expected).abs() < 0.015, "{class:?}: {found}");
    }
    let found = share(&|node| network.is_behind_carrier(node));
    assert!((found - 0.1).abs() < 0.01, "{found}");
    let found = share(&|node| network.region(node) == Region::Europe);
    assert!(
        (found - config.latency.region_shares.eu).abs() < 0.015,
        "{found}"
    );
}

#[test]
fn loss_takes_its_share_end_to_end() {
    let mut config = plain();
    config.loss = sim::LossConfig {
        kind: sim::LossKind::Iid,
        iid_share: 0.1,
        duplication_share: 0.2,
        ..sim::LossConfig::default()
    };
    let mut world = World::new(Network::new(&config, 1, 2));
    (0..2).for_each(|node| world.network.bind(NodeId(node), 1));
    let to = world.at(1, 1);
    for tag in 0..20_000 {
        let _ = world.send_tagged(0, 1, to, tag);
    }
    world.run_ms(1_000);
    let counts = world.network.counts();
    assert!(
        (1_850..2_150).contains(&counts.dropped(Dropped::Lost)),
        "{counts:?}"
    );
    assert!((3_450..3_750).contains(&counts.copied_count), "{counts:?}");
    world.check_counts();
}

#[test]
fn a_busy_last_link_delivers_in_order_and_at_its_rate() {
    let mut config = plain();
    config.link.is_limited = true;
    config.link.rates.fixed = LinkRates {
        up_bits_per_s: 1_000_000_000,
        down_bits_per_s: 80_000,
        queue_bytes: 1_500,
    };
    let mut world = World::new(Network::new(&config, 1, 30));
    (0..30).for_each(|node| world.network.bind(NodeId(node), 1));
    let to = world.at(0, 1);
    // Each takes 10 ms, and 15 fit the queue.
    for node in 1..30 {
        world.send(node, 1, to).unwrap();
    }
    let delivered = world.run_ms(1_000);
    let times: Vec<_> = delivered.iter().map(|delivery| delivery.at_us).collect();
    let expected: Vec<_> = (0..15)
        .map(|place| 10_001 + 10_000 + place * 10_000)
        .collect();
    assert_eq!(times, expected);
    assert_eq!(world.network.counts().dropped(Dropped::QueueFull), 14);
    world.check_counts();
}

#[test]
fn injected_delay_is_what_was_asked_for() {
    let mut config = plain();
    config.latency = LatencyConfig {
        kind: LatencyKind::Uniform,
        one_way_ms_min: 20.0,
        one_way_ms_max: 80.0,
        ..LatencyConfig::default()
    };
    let mut world = World::new(Network::new(&config, 1, 2));
    (0..2).for_each(|node| world.network.bind(NodeId(node), 1));
    let to = world.at(1, 1);
    for _ in 0..5_000 {
        world.send(0, 1, to).unwrap();
    }
    let delivered = world.run_ms(1_000);
    let mean = delivered.iter().map(|delivery| delivery.at_us).sum::<u64>() / 5_000;
    assert!((49_000..51_000).contains(&mean), "{mean}");
    let inside = |delivery: &world::Delivery| (20_000..=80_000).contains(&delivery.at_us);
    assert!(delivered.iter().all(inside));
}
