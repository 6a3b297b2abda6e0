//! How many datagrams a second pass the network: away, through the queue, and to a port.

#![allow(clippy::print_stderr, reason = "says what was measured")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sim::{Address, Arrived, EventQueue, Flight, NatClass, Network, NetworkConfig, NodeId};

/// Nodes in a ring that keep links with their nearest 16 on both sides, as far as NATs let them.
struct Swarm {
    network: Network,
    queue: EventQueue<Flight>,
    /// Where each node saw its neighbours last, or nothing where no link can be.
    links: Vec<[Option<Address>; LINKS]>,
    now_us: u64,
    turn: u64,
}

const LINKS: usize = 32;

impl Swarm {
    fn new(nodes: u32) -> Self {
        let is_public = |node: NodeId| (node.0 == 0).then_some(NatClass::Public);
        let config = NetworkConfig::default();
        let mut network = Network::with_classes(&config, 1, nodes, is_public);
        (0..nodes).for_each(|node| network.bind(NodeId(node), 1));
        // What the first node, which is public, would tell them of each other.
        let hub = Address::new(network.public_ip(NodeId(0)), 1);
        let mut seen = vec![hub; nodes as usize];
        for node in 1..nodes {
            let mut emit = |flight: Flight| seen[node as usize] = flight.from();
            let _ = network.depart(0, NodeId(node), 1, hub, 100, &mut emit);
        }
        let link = |node: u32, slot: usize| {
            let other = neighbour(node, slot, nodes);
            let classes = [node, other].map(|node| network.nat_class(NodeId(node)));
            can_link(classes).then(|| seen[other as usize])
        };
        let links = (0..nodes).map(|node| std::array::from_fn(|slot| link(node, slot)));
        Self {
            links: links.collect(),
            network,
            queue: EventQueue::new(),
            now_us: 0,
            turn: 0,
        }
    }

    /// One datagram leaves, and what is due arrives.
    fn step(&mut self) {
        let nodes = self.links.len() as u64;
        loop {
            // A step that shares no factor with the number of nodes comes to all of them.
            let node = (self.turn.wrapping_mul(7_919) % nodes) as u32;
            let slot = (self.turn / nodes) as usize % LINKS;
            self.turn += 1;
            // Each node sends one datagram in a second.
            if self.turn.is_multiple_of(nodes.div_ceil(1_000_000)) {
                self.now_us += 1_000_000_u64.div_ceil(nodes).max(1);
            }
            if let Some(to) = self.links[node as usize][slot] {
                self.send(node, to);
                break;
            }
        }
        self.receive();
    }

    fn send(&mut self, node: u32, to: Address) {
        let queue = &mut self.queue;
        let mut emit = |flight: Flight| queue.push(flight.at_us, u64::from(node), flight);
        let sent = self
            .network
            .depart(self.now_us, NodeId(node), 1, to, 200, &mut emit);
        let _ = black_box(sent);
    }

    fn receive(&mut self) {
        let nodes = self.links.len() as u32;
        while let Some(event) = self.queue.pop_until(self.now_us) {
            match self.network.arrive(event.time, &event.payload) {
                Arrived::Later(flight) => self.queue.push(flight.at_us, event.source, flight),
                Arrived::Delivered(arrival) => {
                    let source = event.payload.source().0;
                    let slot = slot_of(arrival.node.0, source, nodes);
                    // Carriers give a port to another customer once it is forgotten.
                    if let Some(link) = self.links[arrival.node.0 as usize].get_mut(slot) {
                        *link = Some(arrival.from);
                    }
                }
                Arrived::Dropped(_) => {}
            }
        }
    }
}

/// One neighbour of a node: the slots are the next 16 and then the 16 before it.
fn neighbour(node: u32, slot: usize, nodes: u32) -> u32 {
    let ahead = slot as u32 % 16 + 1;
    let ahead = if slot < 16 { ahead } else { nodes - ahead };
    (node + ahead) % nodes
}

fn slot_of(node: u32, neighbour: u32, nodes: u32) -> usize {
    let ahead = (neighbour + nodes - node) % nodes;
    let slot = if ahead <= 16 {
        ahead
    } else {
        nodes - ahead + 16
    };
    slot as usize - 1
}

fn can_link(classes: [NatClass; 2]) -> bool {
    let is_hard = |class| class == NatClass::EndpointRestricted;
    let is_picky = |class| class == NatClass::PortRestricted || is_hard(class);
    let [a, b] = classes;
    !(is_hard(a) && is_picky(b) || is_hard(b) && is_picky(a))
}

fn datagrams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("datagrams");
    group.throughput(Throughput::Elements(1)).sample_size(20);
    for nodes in [1_024, 100_000] {
        let mut swarm = Swarm::new(nodes);
        for _ in 0..u64::from(nodes) * 40 {
            swarm.step();
        }
        group.bench_function(format!("{nodes} nodes"), |bencher| {
            bencher.iter(|| swarm.step());
        });
        // Shows what the rate is made of.
        let counts = swarm.network.counts();
        eprintln!("{counts:?}, {} in flight", swarm.queue.len());
    }
    group.finish();
}

criterion_group!(benches, datagrams);
criterion_main!(benches);
