//! A network in memory for peers without sockets: virtual time, NATs, latency and loss as data.
//!
//! Make a [`Network`], [add](Network::add) peers, [run](Network::run_for) it, and look at
//! [`Node::events`] and [`Network::peer`]. A [`Behind`] stands for what a peer asks of its surroundings
//! besides the wire; [`Nothing`] drops it.

#![allow(
    dead_code,
    reason = "each test that includes this module uses a part of it"
)]

pub(crate) mod bench;
mod nat;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};

use bytes::Bytes;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sim::EventQueue;
use socket_runtime::relay::{
    Address, Now, PeerId, Time,
    peer::{Bootstrap, Event, LinkVia, Output, Peer, PeerConfig, Transmit, Wire},
};

pub(crate) use nat::{Nat, NatBox};

/// What is behind a peer: its cache and whatever else answers its outputs.
pub(crate) trait Behind {
    /// Takes an output that is neither for the wire nor an event; may feed the peer.
    fn handle(&mut self, now: Now, peer: &mut Peer, output: Output);

    /// When it wants to be woken.
    fn due(&self) -> Time {
        Time::NEVER
    }

    /// It is time.
    fn wake(&mut self, _now: Now, _peer: &mut Peer) {}
}

/// Drops everything.
pub(crate) struct Nothing;

impl Behind for Nothing {
    fn handle(&mut self, _now: Now, _peer: &mut Peer, _output: Output) {}
}

/// One peer and what happened to it.
pub(crate) struct Node {
    pub(crate) peer: Peer,
    pub(crate) nat: NatBox,
    pub(crate) events: Vec<(Time, Event)>,
    pub(crate) behind: Box<dyn Behind>,
    /// What went out last, if it is kept.
    pub(crate) is_up: bool,
    wake_at: Time,
    /// How long its machine slept; its timers did not count that.
    slept: Duration,
    sockets: BTreeSet<u16>,
}

/// The network.
pub(crate) struct Network {
    queue: EventQueue<Happening>,
    /// Microseconds since the start.
    clock: u64,
    pub(crate) nodes: Vec<Node>,
    by_ip: BTreeMap<Ipv4Addr, Vec<usize>>,
    seed: u64,
    rng: StdRng,
    /// How long every datagram takes, at least and at most.
    pub(crate) latency: (Duration, Duration),
    /// Whether NATs send back what comes from behind them and is for one of their own addresses.
    pub(crate) has_hairpins: bool,
    /// The share of datagrams that is lost.
    pub(crate) loss: f64,
    /// Every datagram that was sent, if a test wants to see them.
    pub(crate) trace: Option<Vec<Sent>>,
    pub(crate) datagrams: u64,
}

/// A datagram as it went over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Time,
    pub(crate) node: usize,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) payload: Bytes,
}

#[derive(Debug)]
enum Happening {
    Arrive {
        from: Address,
        to: Address,
        payload: Bytes,
    },
    Wake(usize),
}

impl Network {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            queue: EventQueue::new(),
            clock: 0,
            nodes: Vec::new(),
            by_ip: BTreeMap::new(),
            seed,
            rng: StdRng::seed_from_u64(seed),
            latency: (Duration::from_millis(10), Duration::from_millis(40)),
            has_hairpins: true,
            loss: 0.0,
            trace: None,
            datagrams: 0,
        }
    }

    pub(crate) fn now(&self) -> Now {
        let micros = self.clock;
        Now {
            time: Time::from_micros(micros),
            unix_ms: 1_700_000_000_000 + micros / 1_000,
        }
    }

    /// Adds a peer behind a NAT at an address of its own; it is silent until it is opened.
    pub(crate) fn add(&mut self, config: PeerConfig, ip: Ipv4Addr, nat: Nat) -> usize {
        let number = self.nodes.len();
        let seed = self.seed.wrapping_mul(1_000_003) + number as u64;
        self.add_at(config, SocketAddrV4::new(ip, 5_000), nat, seed)
    }

    /// The same with a main port; several peers may share an address if nothing filters.
    pub(crate) fn add_at(
        &mut self,
        config: PeerConfig,
        main: Address,
        nat: Nat,
        seed: u64,
    ) -> usize {
        let number = self.nodes.len();
        let mut peer_seed = [0; 32];
        StdRng::seed_from_u64(seed ^ 0x5eed).fill(&mut peer_seed);
        let peer = Peer::new(config, peer_seed, self.now());
        self.nodes.push(Node {
            peer,
            nat: NatBox::new(nat, main, seed),
            events: Vec::new(),
            behind: Box::new(Nothing),
            is_up: true,
            wake_at: Time::NEVER,
            slept: Duration::ZERO,
            sockets: BTreeSet::new(),
        });
        self.by_ip.entry(*main.ip()).or_default().push(number);
        number
    }

    /// The time as a node knows it.
    fn now_of(&self, node: usize) -> Now {
        let now = self.now();
        let slept = u64::try_from(self.nodes[node].slept.as_micros()).unwrap();
        Now {
            time: Time::from_micros(now.time.as_micros() - slept),
            ..now
        }
    }

    /// Lets the machine of a node sleep while the network goes on.
    pub(crate) fn sleep(&mut self, node: usize, duration: Duration) {
        self.nodes[node].is_up = false;
        self.run_for(duration);
        let own = &mut self.nodes[node];
        own.is_up = true;
        own.slept += duration;
        own.wake_at = own.wake_at + duration;
        let due = own.wake_at.as_micros();
        self.queue.push(due, node as u64, Happening::Wake(node));
    }

    /// Calls something of a peer and does what it asks for.
    pub(crate) fn with<R>(&mut self, node: usize, call: impl FnOnce(&mut Peer, Now) -> R) -> R {
        let now = self.now_of(node);
        let result = call(&mut self.nodes[node].peer, now);
        self.drain(node);
        result
    }

    pub(crate) fn open(&mut self, node: usize) {
        self.with(node, Peer::open);
    }

    pub(crate) fn peer(&self, node: usize) -> &Peer {
        &self.nodes[node].peer
    }

    /// Lets the network run for a while.
    pub(crate) fn run_for(&mut self, duration: Duration) {
        let end = self.now().time + duration;
        self.run_until(end, |_| false);
    }

    /// Lets it run until something is so, or until a time; says whether it is.
    pub(crate) fn run_until(&mut self, end: Time, is_so: impl Fn(&Self) -> bool) -> bool {
        while !is_so(self) {
            match self.queue.next_time() {
                Some(time) if time <= end.as_micros() => self.step(),
                _ => {
                    // Nothing more happens until then; let the clock show it.
                    self.queue
                        .push(end.as_micros(), 0, Happening::Wake(usize::MAX));
                    self.step();
                    return is_so(self);
                }
            }
        }
        true
    }

    /// Gives a node another address, as a change of network does.
    pub(crate) fn relocate(&mut self, node: usize, main: Address) {
        self.nodes[node].nat.move_to(main);
        for owners in self.by_ip.values_mut() {
            owners.retain(|own| *own != node);
        }
        self.by_ip.entry(*main.ip()).or_default().push(node);
    }

    /// Injects a datagram from anywhere, as a forger of addresses does.
    pub(crate) fn inject(&mut self, from: Address, to: Address, payload: Bytes) {
        let time = self.clock;
        let happening = Happening::Arrive { from, to, payload };
        self.queue.push(time, 0, happening);
    }

    /// Links of a node: to whom, and how.
    pub(crate) fn links(&self, node: usize) -> BTreeMap<PeerId, LinkVia> {
        let report = self.peer(node).report(self.now());
        let links = report.neighbours.into_iter();
        links.map(|link| (link.peer_id, link.via)).collect()
    }

    /// Every datagram of control that peers have sent: all types but publish and stream.
    pub(crate) fn control_sent(&self) -> u64 {
        let counters = self.nodes.iter();
        let counters = counters.map(|node| node.peer.report(self.now()).counters);
        counters
            .map(|own| own.sent.iter().sum::<u64>() - own.sent[5] - own.sent[6])
            .sum()
    }

    fn step(&mut self) {
        let Some(event) = self.queue.pop() else {
            return;
        };
        self.clock = event.time;
        match event.payload {
            Happening::Wake(node) if node < self.nodes.len() => self.wake(node),
            Happening::Wake(_) => {}
            Happening::Arrive { from, to, payload } => self.arrive(from, to, payload),
        }
    }

    fn wake(&mut self, node: usize) {
        let time = self.now().time;
        let now = self.now_of(node);
        let own = &mut self.nodes[node];
        if !own.is_up || own.wake_at > time {
            return;
        }
        own.wake_at = Time::NEVER;
        if own.behind.due() <= now.time {
            own.behind.wake(now, &mut own.peer);
            self.drain(node);
        }
        self.nodes[node].peer.handle_timeout(now);
        self.drain(node);
    }

    fn arrive(&mut self, from: Address, to: Address, payload: Bytes) {
        let now = self.now();
        let Some(owners) = self.by_ip.get(to.ip()) else {
            return;
        };
        for node in owners.clone() {
            let own = &mut self.nodes[node];
            let Some(wire) = own.nat.inbound(now.time, from, to) else {
                continue;
            };
            if own.is_up && own.has_socket(wire) {
                let now = self.now_of(node);
                let own = &mut self.nodes[node];
                own.peer.handle_datagram(now, wire, from, payload.clone());
                self.drain(node);
            }
        }
    }

    fn drain(&mut self, node: usize) {
        let now = self.now_of(node);
        loop {
            let own = &mut self.nodes[node];
            match own.peer.poll_output(now) {
                Output::Transmit(transmit) => self.transmit(node, transmit),
                Output::Event(event) => own.events.push((now.time + own.slept, event)),
                Output::HoldPunchSockets { count, kept } => own.hold(count, kept),
                Output::Wait(due) => {
                    let due = due.min(own.behind.due()) + own.slept;
                    if due < own.wake_at {
                        own.wake_at = due;
                        self.queue
                            .push(due.as_micros(), node as u64, Happening::Wake(node));
                    }
                    return;
                }
                other => {
                    let Node { peer, behind, .. } = own;
                    behind.handle(now, peer, other);
                }
            }
        }
    }

    fn transmit(&mut self, node: usize, transmit: Transmit) {
        let now = self.now().time;
        let own = &mut self.nodes[node];
        if !own.is_up || !own.has_socket(transmit.wire) {
            return;
        }
        let from = own.nat.outbound(now, transmit.wire, transmit.to);
        self.datagrams += 1;
        if let Some(trace) = &mut self.trace {
            trace.push(Sent {
                at: now,
                node,
                from,
                to: transmit.to,
                payload: transmit.payload.clone(),
            });
        }
        let turns_round = from.ip() == transmit.to.ip() && !self.has_hairpins;
        if turns_round || self.rng.random_bool(self.loss) {
            return;
        }
        let (least, most) = self.latency;
        let spread = u64::try_from((most - least).as_micros()).unwrap();
        let delay = least + Duration::from_micros(self.rng.random_range(0..=spread));
        let arrival = Happening::Arrive {
            from,
            to: transmit.to,
            payload: transmit.payload,
        };
        self.queue
            .push((now + delay).as_micros(), node as u64, arrival);
    }
}

impl Node {
    /// The last NAT type that was found.
    pub(crate) fn ready(&self) -> Option<(Option<Address>, u8)> {
        let mut events = self.events.iter().rev();
        events.find_map(|(_, event)| match event {
            Event::Ready { address, nat } => Some((*address, nat.0)),
            _ => None,
        })
    }

    pub(crate) fn ready_at(&self) -> Option<Time> {
        let mut events = self.events.iter();
        let ready = events.find(|(_, event)| matches!(event, Event::Ready { .. }));
        ready.map(|(time, _)| *time)
    }

    fn has_socket(&self, wire: Wire) -> bool {
        match wire {
            Wire::Main | Wire::Probe => true,
            Wire::Punch(number) => self.sockets.contains(&number),
        }
    }

    /// The numbers in use are those kept and the lowest others.
    fn hold(&mut self, count: u16, kept: Vec<u16>) {
        let kept: BTreeSet<u16> = kept.into_iter().collect();
        let free = (0..u16::MAX).filter(|number| !kept.contains(number));
        self.sockets = free.take(usize::from(count)).collect();
        self.sockets.extend(kept);
    }
}

/// A configuration of an ordinary peer.
pub(crate) fn ordinary(number: u8, bootstraps: &[Bootstrap]) -> PeerConfig {
    let mut identity_seed = [number; 32];
    identity_seed[0] = 1;
    PeerConfig {
        signing: Default::default(),
        peer_id: None,
        identity_seed,
        is_indexed: false,
        cluster: Some(cluster()),
        bootstraps: bootstraps.to_vec(),
        keepalive: Duration::from_secs(30),
        address: None,
    }
}

/// A configuration of an indexed peer.
pub(crate) fn indexed(number: u8, address: Address, bootstraps: &[Bootstrap]) -> PeerConfig {
    let mut identity_seed = [number; 32];
    identity_seed[0] = 2;
    PeerConfig {
        signing: Default::default(),
        identity_seed,
        is_indexed: true,
        cluster: None,
        address: Some(address),
        ..ordinary(number, bootstraps)
    }
}

/// The cluster of all ordinary peers.
pub(crate) fn cluster() -> socket_runtime::relay::ClusterId {
    let name = socket_runtime::relay::packet::Field::new(b"TEST").unwrap();
    socket_runtime::relay::ClusterId(name)
}

/// A bootstrap entry for an indexed peer.
pub(crate) fn bootstrap(address: Address) -> Bootstrap {
    Bootstrap {
        address,
        peer_id: None,
        is_indexed: true,
    }
}

/// A network with so many indexed peers at addresses of their own, opened, and how to reach them.
pub(crate) fn with_indexed(seed: u64, count: u8) -> (Network, Vec<Bootstrap>) {
    let mut network = Network::new(seed);
    let address = |number: u8| Address::new(Ipv4Addr::new(1, 1, 1, number), 5_000);
    let all: Vec<Bootstrap> = (1..=count)
        .map(|number| bootstrap(address(number)))
        .collect();
    for number in 1..=count {
        let others: Vec<Bootstrap> = all
            .iter()
            .filter(|other| other.address != address(number))
            .copied()
            .collect();
        let config = indexed(number, address(number), &others);
        let node = network.add(config, *address(number).ip(), Nat::Open);
        network.open(node);
    }
    (network, all)
}

/// A network with two indexed peers on this machine.
pub(crate) fn on_one_machine() -> (Network, [Bootstrap; 2]) {
    let mut network = Network::new(1);
    let bootstraps = [6_000, 6_010].map(|port| bootstrap(Address::new(Ipv4Addr::LOCALHOST, port)));
    for (number, own) in bootstraps.iter().enumerate() {
        let config = indexed(number as u8, own.address, &[]);
        let node = network.add_at(config, own.address, Nat::Open, number as u64);
        network.open(node);
    }
    (network, bootstraps)
}
