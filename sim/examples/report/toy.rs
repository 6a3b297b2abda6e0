//! The epidemic: peers that push, pull, come, go and forget.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    time::Instant,
};

use rand::{Rng, rngs::StdRng};
use sim::{
    metrics::{
        Delivery, Finished, Names, Publication, Recorder, RecorderConfig, Region, Return, RunEnd,
        Via,
    },
    streams,
};

/// What to run.
pub(crate) struct Toy {
    pub(crate) peers: u32,
    pub(crate) seconds: u32,
    pub(crate) fanout: usize,
}

impl Toy {
    /// All of it as reports repeat it.
    pub(crate) fn scenario(&self) -> serde_json::Value {
        serde_json::json!({
            "peers": self.peers,
            "duration_s": self.seconds,
            "push": {"fanout": self.fanout, "loss": LOSS},
            "pull": {"period_ms": PULL_US / 1000},
            "churn": {"session_mean_s": SESSION_MEAN_S, "returns": "cold"},
            "cache": {"packets_max": CACHE_COUNT_MAX},
            "load": {"packets_per_s": 1},
        })
    }
}

/// One run.
pub(crate) struct Run<'a> {
    toy: &'a Toy,
    rng: StdRng,
    recorder: Recorder,
    queue: BinaryHeap<Reverse<(u64, u64, Event)>>,
    sequence: u64,
    peers: Vec<Peer>,
    replicas: Vec<u32>,
    now_us: u64,
    /// Whether the first four regions are cut off from the others.
    is_cut: bool,
}

#[derive(Clone, Default)]
struct Peer {
    is_online: bool,
    region: u8,
    class: u8,
    held: BTreeSet<u32>,
    /// What it has held since it came.
    seen: BTreeSet<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Publish,
    Push {
        packet: u32,
        from: u32,
        to: u32,
        hops: u16,
        kind: u8,
    },
    Pull {
        node: u32,
    },
    Leave {
        node: u32,
    },
    Return {
        node: u32,
    },
    Cut,
    Mend,
}

impl<'a> Run<'a> {
    pub(crate) fn new(toy: &'a Toy, seed: u64) -> Self {
        let config = RecorderConfig {
            trace_packet_count: 4,
            map_packet: 2,
            ..RecorderConfig::new(seed, toy.peers, names())
        };
        Self {
            toy,
            rng: streams::named(seed, "toy"),
            recorder: Recorder::new(config),
            queue: BinaryHeap::new(),
            sequence: 0,
            peers: vec![Peer::default(); toy.peers as usize],
            replicas: Vec::new(),
            now_us: 0,
            is_cut: false,
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "an example may say how long it took"
    )]
    pub(crate) fn run(mut self) -> Finished {
        let start = Instant::now();
        self.begin();
        let until_us = u64::from(self.toy.seconds) * 1_000_000;
        while let Some(Reverse((at_us, _, event))) = self.queue.pop() {
            if at_us > until_us {
                break;
            }
            self.now_us = at_us;
            self.handle(event);
        }
        let end = RunEnd {
            events: self.sequence,
            wall_s: start.elapsed().as_secs_f64(),
            memory_bytes: u64::from(self.toy.peers) * 700,
            ..RunEnd::default()
        };
        self.recorder.finish(until_us, end)
    }

    fn begin(&mut self) {
        for node in 0..self.toy.peers {
            let (class, region) = (self.pick(&CLASS_SHARES), self.pick(&REGION_SHARES));
            self.recorder.place(node, class, region);
            let peer = &mut self.peers[node as usize];
            (peer.class, peer.region) = (class, region);
            if node % 2 == 0 {
                self.recorder.subscribes(node, 0);
            }
            self.come(node);
        }
        self.at(1_500_000, Event::Publish);
        self.at(30_000_000, Event::Cut);
        self.at(36_000_000, Event::Mend);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Publish => self.publish(),
            Event::Push {
                packet,
                from,
                to,
                hops,
                kind,
            } => self.arrive(packet, from, to, hops, kind),
            Event::Pull { node } => self.pull(node),
            Event::Leave { node } => {
                self.peers[node as usize].is_online = false;
                for packet in std::mem::take(&mut self.peers[node as usize].held) {
                    self.replicas[packet as usize] -= 1;
                    self.recorder.replica_removed(self.now_us, packet);
                }
                self.peers[node as usize].seen.clear();
                self.recorder.offline(self.now_us, node);
                self.recorder.cache(self.now_us, node, 0, 0);
                let pause_us = self.exponential(20.0);
                self.at(pause_us, Event::Return { node });
            }
            Event::Return { node } => self.come(node),
            Event::Cut => {
                self.is_cut = true;
                self.recorder.partition_began(self.now_us);
            }
            Event::Mend => {
                self.is_cut = false;
                self.recorder.partition_ended(self.now_us);
            }
        }
    }

    fn come(&mut self, node: u32) {
        self.peers[node as usize].is_online = true;
        self.recorder.online(self.now_us, node, Return::Cold);
        let session_us = self.exponential(SESSION_MEAN_S);
        self.at(session_us, Event::Leave { node });
        let wait_us = self.rng.random_range(200_000..PULL_US);
        self.at(wait_us, Event::Pull { node });
        for _ in 0..3 {
            let other = self.rng.random_range(0..self.toy.peers);
            self.link(node, other);
        }
    }

    fn link(&mut self, node: u32, other: u32) {
        let (from, to) = (
            self.peers[node as usize].class,
            self.peers[other as usize].class,
        );
        let rtt_us = 2 * self.latency_us(node, other);
        let hard = u32::from(from == 3) + u32::from(to == 3);
        let chance: f64 = self.rng.random();
        match (hard, to) {
            (2, _) if chance < 0.15 => self.recorder.link_failed(self.now_us, from, to),
            (2, _) => self
                .recorder
                .linked(self.now_us, from, to, 3 * rtt_us, Via::Proxied),
            (1, 2) | (1, 3) => {
                let (probes_us, via) = match chance {
                    ..0.9 => (self.rng.random_range(500_000..9_000_000), Via::Punched),
                    _ => (0, Via::Proxied),
                };
                self.recorder
                    .linked(self.now_us, from, to, 2 * rtt_us + probes_us, via);
            }
            (_, 0) => self
                .recorder
                .linked(self.now_us, from, to, rtt_us, Via::Direct),
            _ => self
                .recorder
                .linked(self.now_us, from, to, 2 * rtt_us, Via::Punched),
        }
    }

    fn publish(&mut self) {
        let packet = self.replicas.len() as u32;
        self.replicas.push(0);
        let by = loop {
            let node = self.rng.random_range(0..self.toy.peers);
            if self.peers[node as usize].is_online {
                break node;
            }
        };
        let publication = Publication {
            packet,
            by,
            group: 0,
            bytes: 1_024,
        };
        self.recorder.published(self.now_us, publication);
        let from = &self.peers[by as usize];
        let others = self.peers.iter().step_by(2);
        let delays_us = others.map(|peer| latency_floor_us(from, peer));
        self.recorder.floors(delays_us.collect());
        self.keep(packet, by);
        self.push(packet, by, 0);
        self.at(1_000_000, Event::Publish);
    }

    fn push(&mut self, packet: u32, from: u32, hops: u16) {
        for _ in 0..=self.toy.fanout {
            let to = self.rng.random_range(0..self.toy.peers);
            self.send(packet, from, to, hops + 1, 0);
        }
    }

    fn send(&mut self, packet: u32, from: u32, to: u32, hops: u16, kind: u8) {
        self.recorder.sent(self.now_us, kind, from, 1_200);
        if self.rng.random::<f64>() < LOSS {
            return self.recorder.dropped(self.now_us, 0);
        }
        if self.is_apart(from, to) {
            return self.recorder.dropped(self.now_us, 2);
        }
        let delay_us = self.latency_us(from, to);
        self.at(
            delay_us,
            Event::Push {
                packet,
                from,
                to,
                hops,
                kind,
            },
        );
    }

    fn arrive(&mut self, packet: u32, from: u32, to: u32, hops: u16, kind: u8) {
        if !self.peers[to as usize].is_online {
            return self.recorder.dropped(self.now_us, 1);
        }
        self.recorder.received(self.now_us, kind, from, to, 1_200);
        let is_first = !self.peers[to as usize].seen.contains(&packet);
        self.recorder.copied(self.now_us, packet, to, is_first);
        if is_first {
            self.recorder.delivered(
                self.now_us,
                Delivery {
                    packet,
                    node: to,
                    from,
                    hops,
                },
            );
            self.keep(packet, to);
            if kind == 0 {
                self.push(packet, to, hops);
            }
        }
    }

    fn keep(&mut self, packet: u32, node: u32) {
        self.peers[node as usize].held.insert(packet);
        self.peers[node as usize].seen.insert(packet);
        self.replicas[packet as usize] += 1;
        self.recorder.replica_added(self.now_us, packet);
        let place = self.rng.random_range(0..=CACHE_COUNT_MAX);
        let held = &mut self.peers[node as usize].held;
        if held.len() > CACHE_COUNT_MAX
            && let Some(victim) = held.iter().nth(place).copied()
        {
            held.remove(&victim);
            self.replicas[victim as usize] -= 1;
            let age_us = u64::from(self.replicas.len() as u32 - victim) * 1_000_000;
            self.recorder.evicted(self.now_us, node, age_us);
            self.recorder.replica_removed(self.now_us, victim);
        }
        let count = self.peers[node as usize].held.len();
        self.recorder
            .cache(self.now_us, node, count as u64 * 1_200, count as u32);
    }

    fn pull(&mut self, node: u32) {
        if !self.peers[node as usize].is_online {
            return;
        }
        let other = self.rng.random_range(0..self.toy.peers);
        self.recorder.sent(self.now_us, 1, node, 180);
        if self.peers[other as usize].is_online && !self.is_apart(node, other) {
            self.recorder.received(self.now_us, 1, node, other, 180);
            let (mine, theirs) = (
                &self.peers[node as usize].held,
                &self.peers[other as usize].held,
            );
            let missing: Vec<u32> = theirs.difference(mine).copied().collect();
            let count = missing.len();
            self.recorder
                .synced(self.now_us, node, 180 + 40 * count as u64, count as u32);
            self.recorder
                .sent(self.now_us, 2, other, 60 + 40 * missing.len() as u32);
            missing
                .into_iter()
                .for_each(|packet| self.send(packet, other, node, 1, 3));
        }
        self.at(PULL_US, Event::Pull { node });
    }

    fn is_apart(&self, one: u32, other: u32) -> bool {
        let side = |node: u32| self.peers[node as usize].region < 4;
        self.is_cut && side(one) != side(other)
    }

    fn at(&mut self, delay_us: u64, event: Event) {
        self.sequence += 1;
        self.queue
            .push(Reverse((self.now_us + delay_us, self.sequence, event)));
    }

    fn latency_us(&mut self, from: u32, to: u32) -> u64 {
        let floor_us = latency_floor_us(&self.peers[from as usize], &self.peers[to as usize]);
        floor_us + self.rng.random_range(0..12_000)
    }

    fn exponential(&mut self, mean_s: f64) -> u64 {
        let uniform: f64 = self.rng.random_range(f64::EPSILON..1.0);
        (-uniform.ln() * mean_s * 1e6) as u64
    }

    fn pick(&mut self, shares: &[f64]) -> u8 {
        let mut left: f64 = self.rng.random();
        let place = shares.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        place.unwrap_or(shares.len() - 1) as u8
    }
}

/// Two thirds of the speed of light along the great circle, and 15 ms.
fn latency_floor_us(from: &Peer, to: &Peer) -> u64 {
    let place = |peer: &Peer| {
        let (_, latitude, longitude) = REGIONS[usize::from(peer.region)];
        (f64::to_radians(latitude), f64::to_radians(longitude))
    };
    let ((from_lat, from_lon), (to_lat, to_lon)) = (place(from), place(to));
    let cosine =
        from_lat.sin() * to_lat.sin() + from_lat.cos() * to_lat.cos() * (from_lon - to_lon).cos();
    let kilometres = 6_371.0 * cosine.clamp(-1.0, 1.0).acos();
    (15_000.0 + kilometres / 0.2) as u64
}

fn names() -> Names {
    let regions = REGIONS.map(|(name, latitude, longitude)| Region {
        name: name.into(),
        latitude,
        longitude,
    });
    Names {
        kinds: ["push", "pull", "summary", "repair"].map(Into::into).into(),
        classes: ["open", "address", "port", "hard"].map(Into::into).into(),
        regions: regions.into(),
        drops: ["loss", "offline", "partition"].map(Into::into).into(),
    }
}

const REGIONS: [(&str, f64, f64); 8] = [
    ("North America", 40.0, -98.0),
    ("South America", -15.0, -58.0),
    ("Europe", 49.0, 11.0),
    ("Africa", 2.0, 20.0),
    ("Middle East", 29.0, 46.0),
    ("South Asia", 20.0, 79.0),
    ("East Asia", 34.0, 115.0),
    ("Oceania", -28.0, 140.0),
];
const REGION_SHARES: [f64; 8] = [0.24, 0.09, 0.27, 0.05, 0.06, 0.10, 0.15, 0.04];
const CLASS_SHARES: [f64; 4] = [0.10, 0.15, 0.45, 0.30];
const LOSS: f64 = 0.02;
const PULL_US: u64 = 1_000_000;
const SESSION_MEAN_S: f64 = 120.0;
const CACHE_COUNT_MAX: usize = 24;
