//! No datagram reaches a node that NATs and liveness keep from it, and every other one does.
//!
//! The oracle knows the rules and nothing of the tables: a box is a list that is searched from one
//! end to the other. It takes from the network only which port a new mapping got.

mod world;

use std::collections::BTreeMap;

use rand::Rng as _;
use sim::{
    Address, Arrival, Arrived, ClassShares, Dropped, EventQueue, Flight, NatClass, Network,
    NetworkConfig, NodeId, streams,
};
use world::plain;

const NODES: u32 = 40;
const TIMEOUT_S: u32 = 2;
const STEPS: u32 = 4_000;

/// Something that a mapping stands for: a node's port, or a mapping of the box behind.
type Inner = u64;

/// What is remembered of one destination.
#[derive(Clone, Debug)]
struct Entry {
    inner: Inner,
    remote: Address,
    used_us: u64,
    mapping: u64,
}

/// A box; the last entry is the one used last.
#[derive(Clone, Debug)]
struct NaiveBox {
    class: NatClass,
    entry_count_max: usize,
    entries: Vec<Entry>,
}

impl NaiveBox {
    fn forget(&mut self, now_us: u64) {
        let timeout_us = u64::from(TIMEOUT_S) * 1_000_000;
        self.entries
            .retain(|entry| now_us - entry.used_us <= timeout_us);
    }

    fn cares_for(&self, remote: Address) -> Address {
        match self.class {
            NatClass::Unrestricted => Address::new(0, 0),
            NatClass::AddrRestricted => Address::new(remote.ip, 0),
            _ => remote,
        }
    }

    fn outbound(&mut self, now_us: u64, inner: Inner, remote: Address, fresh: &mut u64) -> u64 {
        self.forget(now_us);
        let remote = self.cares_for(remote);
        let is_it = |entry: &Entry| entry.inner == inner && entry.remote == remote;
        if let Some(index) = self.entries.iter().position(is_it) {
            let mut entry = self.entries.remove(index);
            entry.used_us = now_us;
            self.entries.push(entry);
            return self.entries[self.entries.len() - 1].mapping;
        }
        if self.entries.len() == self.entry_count_max {
            self.entries.remove(0);
        }
        let mut shared = self.entries.iter().filter(|entry| entry.inner == inner);
        let mapping = match shared.next() {
            Some(entry) if self.class != NatClass::EndpointRestricted => entry.mapping,
            _ => {
                *fresh += 1;
                *fresh
            }
        };
        self.entries.push(Entry {
            inner,
            remote,
            used_us: now_us,
            mapping,
        });
        mapping
    }

    fn inbound(&mut self, now_us: u64, mapping: u64, remote: Address) -> Option<Inner> {
        self.forget(now_us);
        let remote = self.cares_for(remote);
        let mut entries = self.entries.iter();
        let found = entries.find(|entry| entry.mapping == mapping && entry.remote == remote);
        found.map(|entry| entry.inner)
    }
}

/// The network as the rules have it.
struct Oracle {
    /// By the first node of the home.
    homes: BTreeMap<u32, NaiveBox>,
    /// By public address.
    carriers: BTreeMap<u32, NaiveBox>,
    /// The home that a mapping belongs to.
    home_of: BTreeMap<u64, u32>,
    /// The mapping that got an address last.
    mapped: BTreeMap<Address, u64>,
    open: BTreeMap<(u32, u16), ()>,
    online: Vec<bool>,
    has_hairpins: bool,
    fresh: u64,
}

impl Oracle {
    fn new(network: &Network, setting: &Setting) -> Self {
        let mut oracle = Self {
            homes: BTreeMap::new(),
            carriers: BTreeMap::new(),
            home_of: BTreeMap::new(),
            mapped: BTreeMap::new(),
            open: BTreeMap::new(),
            online: vec![true; NODES as usize],
            has_hairpins: setting.has_hairpins,
            // Apart from what a node's port is written as.
            fresh: 1 << 40,
        };
        for node in 0..NODES {
            let naive = NaiveBox {
                class: network.nat_class(NodeId(node)),
                entry_count_max: setting.entry_count_max as usize,
                entries: Vec::new(),
            };
            if network.is_behind_carrier(NodeId(node)) {
                let ip = network.public_ip(NodeId(node));
                oracle.carriers.insert(ip, naive.clone());
            }
            oracle.homes.insert(home(network, node), naive);
        }
        oracle
    }

    /// Whether a datagram gets away; `from` is where the network says it comes from.
    fn sends(
        &mut self,
        network: &Network,
        now_us: u64,
        node: u32,
        port: u16,
        to: Address,
        from: Option<Address>,
    ) -> bool {
        if !self.online[node as usize] || !self.open.contains_key(&(node, port)) {
            return false;
        }
        let class = network.nat_class(NodeId(node));
        let own_ip = network.public_ip(NodeId(node));
        let home = home(network, node);
        if to.is_home() {
            let is_near = to.ip >> 8 == network.private_ip(NodeId(node)) >> 8;
            return class != NatClass::Public && is_near;
        }
        if class == NatClass::Public {
            return is_anybodys(network, to.ip);
        }
        let Some(naive) = self
            .homes
            .get_mut(&home)
            .filter(|_| class != NatClass::UdpBlocked)
        else {
            return false;
        };
        let inner = u64::from(node) << 16 | u64::from(port);
        let mut mapping = naive.outbound(now_us, inner, to, &mut self.fresh);
        self.home_of.insert(mapping, home);
        if let Some(carrier) = self.carriers.get_mut(&own_ip) {
            mapping = carrier.outbound(now_us, mapping, to, &mut self.fresh);
        }
        if to.ip == own_ip && !self.has_hairpins {
            return false;
        }
        if let Some(from) = from {
            self.check_source(from, own_ip, mapping);
        }
        is_anybodys(network, to.ip)
    }

    /// A mapping keeps its address, and no other has it meanwhile.
    fn check_source(&mut self, from: Address, own_ip: u32, mapping: u64) {
        assert_eq!(from.ip, own_ip);
        self.mapped
            .retain(|address, other| *other != mapping || *address == from);
        let before = self.mapped.insert(from, mapping);
        if let Some(other) = before.filter(|other| *other != mapping) {
            let mut boxes = self.homes.values().chain(self.carriers.values());
            let is_alive = boxes.any(|naive| {
                let mut entries = naive.entries.iter();
                entries.any(|entry| entry.mapping == other)
            });
            assert!(!is_alive, "{from} belongs to another mapping");
        }
    }

    /// Who gets a datagram.
    fn receives(&mut self, network: &Network, now_us: u64, flight: &Flight) -> Option<(u32, u16)> {
        let (to, from) = (flight.to(), flight.from());
        let nodes = 0..NODES;
        let (node, port) = if to.is_home() {
            let home_id = home(network, flight.source().0);
            let mut residents = nodes.filter(|node| home(network, *node) == home_id);
            let node = residents.find(|node| network.private_ip(NodeId(*node)) == to.ip)?;
            (node, to.port)
        } else {
            let mut owners = nodes.filter(|node| network.public_ip(NodeId(*node)) == to.ip);
            let owner = owners.next()?;
            match network.nat_class(NodeId(owner)) {
                NatClass::Public => (owner, to.port),
                NatClass::UdpBlocked => return None,
                _ => self.pass_boxes(network, now_us, owner, to, from)?,
            }
        };
        let is_there = self.online[node as usize] && self.open.contains_key(&(node, port));
        is_there.then_some((node, port))
    }

    fn pass_boxes(
        &mut self,
        network: &Network,
        now_us: u64,
        owner: u32,
        to: Address,
        from: Address,
    ) -> Option<(u32, u16)> {
        let mut mapping = *self.mapped.get(&to)?;
        let mut home_id = home(network, owner);
        if let Some(carrier) = self.carriers.get_mut(&to.ip) {
            mapping = carrier.inbound(now_us, mapping, from)?;
            home_id = self.home_of[&mapping];
        }
        let inner = self
            .homes
            .get_mut(&home_id)?
            .inbound(now_us, mapping, from)?;
        Some(((inner >> 16) as u32, inner as u16))
    }
}

fn home(network: &Network, node: u32) -> u32 {
    let mut nodes = 0..node;
    let first = nodes.find(|other| network.is_same_home(NodeId(*other), NodeId(node)));
    first.unwrap_or(node)
}

fn is_anybodys(network: &Network, ip: u32) -> bool {
    (0..NODES).any(|node| network.public_ip(NodeId(node)) == ip)
}

/// What a run is about.
struct Setting {
    has_hairpins: bool,
    entry_count_max: u32,
    /// Sends so often.
    pause_us_max: u64,
    ports: u16,
    /// Only the first ones send.
    senders: u32,
}

fn config(setting: &Setting) -> NetworkConfig {
    let entries = setting.entry_count_max;
    let mut config = plain();
    config.nat.classes = Some(ClassShares {
        public: 0.1,
        unrestricted: 0.2,
        addr_restricted: 0.2,
        port_restricted: 0.2,
        endpoint_restricted: 0.25,
        udp_blocked: 0.05,
    });
    config.nat.mapping_timeout_s = vec![TIMEOUT_S];
    (config.nat.table_entries_min, config.nat.table_entries_max) = (entries, entries);
    config.nat.carrier_entries = entries;
    config.nat.port_allocation = sim::NatConfig::default().port_allocation;
    config.nat.hairpin_share = f64::from(u8::from(setting.has_hairpins));
    (config.nat.carrier_share, config.nat.carrier_customers) = (0.4, 3);
    (config.nat.home_share, config.nat.home_nodes) = (0.4, 3);
    config
}

/// Does something to a random node: opens, closes, comes or goes.
fn disturb(network: &mut Network, oracle: &mut Oracle, random: &mut impl rand::Rng, ports: u16) {
    let (node, port) = (
        random.random_range(0..NODES),
        random.random_range(1..=ports),
    );
    match random.random_range(0..12) {
        0..3 => {
            network.unbind(NodeId(node), port);
            oracle.open.remove(&(node, port));
        }
        3 => {
            let is_online = !oracle.online[node as usize];
            network.set_online(NodeId(node), is_online);
            oracle.online[node as usize] = is_online;
            if !is_online {
                oracle.open.retain(|(other, _), ()| *other != node);
            }
        }
        _ => {
            network.bind(NodeId(node), port);
            oracle.open.insert((node, port), ());
        }
    }
}

fn check(seed: u64, setting: &Setting) {
    let config = config(setting);
    config.validate().unwrap();
    let mut network = Network::new(&config, seed, NODES);
    let mut oracle = Oracle::new(&network, setting);
    let mut random = streams::named(seed, "oracle");
    let mut queue = EventQueue::new();
    let (mut now_us, mut delivered, mut known) = (0, 0, Vec::new());
    for node in 0..NODES {
        let ips = [
            network.public_ip(NodeId(node)),
            network.private_ip(NodeId(node)),
        ];
        known.extend(ips.map(|ip| Address::new(ip, 1)));
        for port in 1..=setting.ports {
            network.bind(NodeId(node), port);
            oracle.open.insert((node, port), ());
        }
    }
    for _ in 0..STEPS {
        // No two in one moment, in which nobody says which was used last.
        now_us += random.random_range(1..setting.pause_us_max);
        while let Some(event) = queue.pop_until(now_us) {
            let flight: Flight = event.payload;
            let expected = oracle.receives(&network, event.time, &flight);
            let arrived = network.arrive(event.time, &flight);
            let expected = expected.map(|(node, local_port)| Arrival {
                node: NodeId(node),
                local_port,
                from: flight.from(),
            });
            match (arrived, expected) {
                (Arrived::Delivered(arrival), Some(expected)) => assert_eq!(arrival, expected),
                (Arrived::Dropped(_), None) => continue,
                (arrived, expected) => panic!("seed {seed}: {arrived:?} is not {expected:?}"),
            }
            delivered += 1;
        }
        disturb(&mut network, &mut oracle, &mut random, setting.ports);
        let node = random.random_range(0..setting.senders);
        let port = random.random_range(1..=setting.ports);
        // Those heard of last are the ones that may still be open.
        let back = random.random_range(0..known.len().min(60));
        let to = known[known.len() - 1 - back];
        let mut emitted = None;
        let emit = &mut |flight: Flight| emitted = Some(flight);
        let sent = network.depart(now_us, NodeId(node), port, to, 100, emit);
        let from = emitted
            .map(|flight| flight.from())
            .filter(|_| !to.is_home());
        let expected = oracle.sends(&network, now_us, node, port, to, from);
        assert_eq!(sent.is_ok(), expected, "seed {seed}: {sent:?} to {to}");
        if let Some(flight) = emitted {
            queue.push(flight.at_us, u64::from(node), flight);
            known.push(flight.from());
        }
    }
    let filtered = network.counts().dropped(Dropped::Filtered);
    assert!(
        delivered > 100 && filtered > 50,
        "seed {seed}: {delivered}, {filtered}"
    );
}

#[test]
fn what_the_rules_forbid_is_never_delivered_and_all_else_is() {
    for seed in 1..=10 {
        let setting = Setting {
            has_hairpins: seed % 2 == 0,
            entry_count_max: 6,
            pause_us_max: 15_000,
            ports: 3,
            senders: NODES,
        };
        check(seed, &setting);
    }
}

#[test]
fn large_tables_follow_the_same_rules() {
    for seed in 1..=3 {
        let setting = Setting {
            has_hairpins: true,
            entry_count_max: 100,
            pause_us_max: 2_000,
            ports: 40,
            senders: 12,
        };
        check(seed, &setting);
    }
}
