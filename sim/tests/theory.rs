//! The network against what can be worked out by hand, and against measurements.

mod world;

use std::{collections::BTreeSet, env, fs};

use rand::Rng as _;
use sim::{Address, LatencyConfig, NatClass, Network, NetworkConfig, NodeId, streams};
use world::{World, only, plain};

/// The share that a packet reaches if everybody passes it on to so many others, once.
fn gossip(fan_out: u32, seed: u64) -> f64 {
    const NODES: u32 = 2_000;
    let mut world = World::new(Network::new(&plain(), seed, NODES));
    let mut random = streams::named(seed, "gossip");
    let mut reached = vec![false; NODES as usize];
    let mut fresh = vec![0];
    reached[0] = true;
    (0..NODES).for_each(|node| world.network.bind(NodeId(node), 1));
    while !fresh.is_empty() {
        for node in std::mem::take(&mut fresh) {
            let mut others = BTreeSet::new();
            while others.len() < fan_out as usize {
                let other = random.random_range(0..NODES);
                if other != node {
                    others.insert(other);
                }
            }
            for other in others {
                let to = world.at(other, 1);
                world.send(node, 1, to).unwrap();
            }
        }
        for delivery in world.run_ms(20) {
            let node = delivery.arrival.node.0;
            if !std::mem::replace(&mut reached[node as usize], true) {
                fresh.push(node);
            }
        }
    }
    f64::from(
        reached
            .iter()
            .map(|is_reached| u32::from(*is_reached))
            .sum::<u32>(),
    ) / f64::from(NODES)
}

#[test]
fn gossip_reaches_the_share_that_theory_says() {
    for fan_out in [3, 4, 6] {
        let mut expected = 1.0_f64;
        for _ in 0..200 {
            expected = 1.0 - (-f64::from(fan_out) * expected).exp();
        }
        let runs = (1..=6).map(|seed| gossip(fan_out, seed));
        let mean = runs.sum::<f64>() / 6.0;
        assert!(
            (mean - expected).abs() < 0.005,
            "{fan_out}: {mean} is not {expected}"
        );
    }
}

#[test]
fn birthday_probing_pierces_a_hard_nat_as_often_as_theory_says() {
    const SOCKETS: u16 = 256;
    const PROBES: usize = 1_024;
    const NODES: u32 = 300;
    let mut config = plain();
    config.nat.classes = Some(only(NatClass::EndpointRestricted));
    let prober_alone = |node: NodeId| (node.0 == 0).then_some(NatClass::Public);
    let mut world = World::new(Network::with_classes(&config, 1, NODES, prober_alone));
    let prober = world.at(0, 9);
    world.network.bind(NodeId(0), 9);
    let (mut hits, mut tries) = (0, 0);
    // All ports, each once, in groups of so many probes.
    let mut ports: Vec<u16> = (1_024..=u16::MAX).collect();
    for node in 1..NODES {
        let mut is_open = vec![false; 1 << 16];
        for port in 1..=SOCKETS {
            is_open[usize::from(world.open(node, port, prober).port)] = true;
        }
        world.run_ms(20);
        let mut random = streams::numbered(1, "probes", u64::from(node));
        for index in 0..ports.len() as u32 {
            ports.swap(
                index as usize,
                (index + random.below(64_512 - index)) as usize,
            );
        }
        for group in ports.chunks_exact(PROBES) {
            let hit = group.iter().find(|port| is_open[usize::from(**port)]);
            // The first ones are probed through the network: the probe that should pierces, another does not.
            if node < 20 {
                let ip = world.network.public_ip(NodeId(node));
                let mut pierces = |port| {
                    world
                        .reaches_within(0, 9, Address::new(ip, port), 20)
                        .is_ok()
                };
                assert!(hit.is_none_or(|port| pierces(*port)));
                assert_eq!(pierces(group[0]), hit == Some(&group[0]));
            }
            hits += u32::from(hit.is_some());
            tries += 1;
        }
    }
    let share = f64::from(hits) / f64::from(tries);
    assert!((share - 0.983_5).abs() < 0.003, "{share} of {tries}");
}

/// Round trips without access delay between as many sites as there are cities, in milliseconds.
fn modelled_ms() -> Vec<f64> {
    let mut config = NetworkConfig {
        latency: LatencyConfig {
            access_ms_median: 0.0,
            jitter_scale: 0.0,
            ..LatencyConfig::default()
        },
        ..plain()
    };
    config.access = sim::AccessShares::default();
    let network = Network::new(&config, 1, 222);
    let pairs = (0..222).flat_map(|a| (0..a).map(move |b| (NodeId(a), NodeId(b))));
    let mut ms: Vec<f64> = pairs
        .map(|(a, b)| f64::from(network.floor_us(a, b)) / 500.0)
        .collect();
    ms.sort_by(f64::total_cmp);
    ms
}

/// The averages of the matrix of 222 cities: four numbers of 32 bits for each pair, in microseconds.
fn measured_ms(bytes: &[u8]) -> Vec<f64> {
    let cell = |a: usize, b: usize| {
        let at = 16 * (a * 222 + b) + 4;
        let average = bytes[at..at + 4].try_into().unwrap();
        f64::from(u32::from_le_bytes(average)) / 1_000.0
    };
    let pairs = (0..222).flat_map(|a| (0..a).map(move |b| (a, b)));
    let mut ms: Vec<f64> = pairs
        .map(|(a, b)| (cell(a, b) + cell(b, a)) / 2.0)
        .collect();
    ms.sort_by(f64::total_cmp);
    ms
}

/// Runs where `SIM_LATENCY_DATA` names the folder of the raw matrices.
#[test]
fn modelled_round_trips_are_spread_like_measured_ones() {
    let Some(folder) = env::var_os("SIM_LATENCY_DATA") else {
        return;
    };
    let file = std::path::Path::new(&folder).join("latency-222-cities.u32le");
    let (measured, modelled) = (measured_ms(&fs::read(file).unwrap()), modelled_ms());
    assert_eq!(measured.len(), modelled.len());
    for percent in [10, 25, 50, 75, 90, 99] {
        let index = measured.len() * percent / 100;
        let (measured, modelled) = (measured[index], modelled[index]);
        println!("p{percent}: measured {measured:.1} ms, modelled {modelled:.1} ms");
        // Half a region's pairs are nearer than its median, and places there are an assumption.
        let tolerance = if percent < 50 { 0.2 } else { 0.08 };
        let off = (modelled / measured - 1.0).abs();
        assert!(off < tolerance, "p{percent}: {modelled} is not {measured}");
    }
}
