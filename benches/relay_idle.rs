//! What peers of the relay cost that have nothing to say: memory each, and processor time.
//!
//! `cargo bench --bench relay_idle [-- GROUPS]`. Peers stand in groups of [`GROUP`], each of
//! which is linked with all others of its own. No socket and no thread is involved: datagrams
//! are encoded, carried at once and decoded, while virtual time goes by from one wake to the
//! next. A peer comes with its cache and its scheduler.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::unwrap_used, reason = "what fails ends the bench")]

#[path = "../tests/relay_node/mod.rs"]
mod relay_node;

use std::{env, fs, mem, time::Duration};

use relay_node::Node;
use rustix::time::{ClockId, clock_gettime};
use socket_runtime::relay::{
    self, Address, Now, Time,
    cache::{Cache, CacheConfig},
    peer::{Bootstrap, Event, Peer, PeerConfig},
    rebroadcast::Schedule,
};

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let first = arguments.next().and_then(|text| text.parse().ok());
    let count = first.unwrap_or(1_000);
    println!(
        "inline: Peer {} bytes, Cache {}, Schedule {}",
        size_of::<Peer>(),
        size_of::<Cache>(),
        size_of::<Schedule>(),
    );
    let (before, began) = (resident_bytes(), processor_time());
    let mut groups: Vec<Group> = (0..count).map(Group::new).collect();
    tell("made, not open", before, count, began);
    let began = processor_time();
    groups.iter_mut().for_each(Group::open);
    tell("linked with all of its group", before, count, began);
    for group in &mut groups {
        group.run(WARM_UP);
    }
    let began = processor_time();
    let datagrams: u64 = groups.iter_mut().map(|group| group.run(SPAN)).sum();
    let spent = processor_time() - began;
    tell("after some minutes of rest", before, count, began);
    let peer_seconds = (count * GROUP) as f64 * SPAN.as_secs_f64();
    println!(
        "at rest: {:.0} peer-seconds a second of the processor; {:.2} datagrams a peer-second, {:.2} µs each",
        peer_seconds / spent.as_secs_f64(),
        datagrams as f64 / peer_seconds,
        spent.as_secs_f64() * 1e6 / datagrams as f64,
    );
}

fn tell(what: &str, before: usize, groups: usize, began: Duration) {
    let peers = groups * GROUP;
    let bytes = resident_bytes().saturating_sub(before) / peers;
    let micros = (processor_time() - began).as_secs_f64() * 1e6 / peers as f64;
    println!("{what}: {bytes} bytes a peer, {micros:.1} µs");
}

/// What the processor has spent on this process, which a busy machine hardly changes.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("it counts from zero")
}

/// What this process holds in memory.
fn resident_bytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes.and_then(|text| text.parse().ok()).unwrap_or(0) * 1024
}

/// Peers that know each other and nobody else.
struct Group {
    nodes: Vec<Node>,
    now: Now,
}

impl Group {
    fn new(number: usize) -> Self {
        let now = at(Time::from_micros(1_000_000));
        let node = |place| node(number, place, now);
        Self {
            nodes: (0..GROUP).map(node).collect(),
            now,
        }
    }

    fn open(&mut self) {
        let now = self.now;
        for node in &mut self.nodes {
            node.command(now, |peer| peer.open(now));
        }
        self.carry();
        self.run(Duration::from_secs(1));
        for node in &mut self.nodes {
            let is_connected = |event: &&Event| matches!(event, Event::Connected(_));
            let events = mem::take(&mut node.events);
            assert_eq!(events.iter().filter(is_connected).count(), GROUP - 1);
        }
    }

    /// Lets time go by; gives how many datagrams were carried.
    fn run(&mut self, span: Duration) -> u64 {
        let end = self.now.time + span;
        let mut carried = 0;
        loop {
            let next = self.nodes.iter().map(|node| node.wake_at).min();
            let next = next.unwrap_or(end).max(self.now.time);
            if next >= end {
                self.now = at(end);
                return carried;
            }
            self.now = at(next);
            for node in &mut self.nodes {
                if node.wake_at <= next {
                    node.wake(self.now);
                }
            }
            carried += self.carry();
        }
    }

    /// Carries datagrams to and fro until nobody has any.
    fn carry(&mut self) -> u64 {
        let mut carried = 0;
        loop {
            let before = carried;
            for from in 0..self.nodes.len() {
                for sent in mem::take(&mut self.nodes[from].sent) {
                    let [.., to] = sent.to.ip().octets();
                    let to = &mut self.nodes[usize::from(to)];
                    to.datagram(self.now, address(from), sent.payload);
                    carried += 1;
                }
            }
            if carried == before {
                return carried;
            }
        }
    }
}

fn node(group: usize, place: usize, now: Now) -> Node {
    let bootstrap = |place| Bootstrap {
        address: address(place),
        peer_id: None,
        is_indexed: true,
    };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(group * GROUP + place).to_be_bytes());
    let config = PeerConfig {
        signing: Default::default(),
        peer_id: None,
        identity_seed: seed,
        is_indexed: true,
        cluster: None,
        bootstraps: (0..place).map(bootstrap).collect(),
        keepalive: Duration::from_secs(30),
        address: Some(address(place)),
    };
    Node::new(config, CacheConfig::default(), seed, now)
}

/// Groups are worlds of their own, so their addresses may be the same.
fn address(place: usize) -> Address {
    Address::new([10, 0, 0, u8::try_from(place).unwrap()].into(), 9_777)
}

fn at(time: Time) -> Now {
    Now {
        time,
        unix_ms: 1_700_000_000_000 + time.as_micros() / 1_000,
    }
}

/// Peers of a group.
const GROUP: usize = 8;
/// Until what follows the first links is over.
const WARM_UP: Duration = Duration::from_secs(120);
/// What is measured.
const SPAN: Duration = Duration::from_secs(300);
