//! Whether the simulator tells the truth: real peers on loopback against the same simulated.
//!
//! `cargo bench --bench simulation_real [-- SECONDS]`. Sixty-four peers of ours run for real in
//! this process, with their sockets; a forwarder between them loses one datagram in fifty and
//! holds each of the others for 20 to 80 ms. After a minute they publish two messages a second,
//! for SECONDS, and what is measured is when each subscriber has each message. Then the same
//! scenario is simulated with three seeds. The figures are medians over messages; the bench
//! fails if one differs by more than a tenth. The machine should have nothing else to do: what
//! it adds to the delays is in the real figures, and not in the simulated ones.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::unwrap_used, reason = "a bench may end")]
#![allow(missing_docs)]

#[allow(dead_code)]
#[path = "../tests/relay_support/between.rs"]
mod between;
#[allow(dead_code, unreachable_pub)]
#[path = "../tests/relay_actors/pair.rs"]
mod pair;

use std::{
    collections::BTreeMap,
    env, process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use between::{Between, MAIN_PORT, PROBE_PORT, Weather};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use sim::{ChurnKind, LatencyKind, LossKind, NatMix, metrics::RunEnd};
use socket_runtime::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Lane, LiveHost, Reply, Spec},
        relay::{PeerOptions, Relay, start_peer},
        simulation::{Scenario, Simulation, Wishes},
        supervisor::{Children, Outlets, Supervisor},
    },
    messages::{
        relay::{JoinSubcluster, OpenPeer, PeerReported, PublishMessage},
        udp::BindSockets,
    },
    relay::{
        Address, PacketId,
        cache::CacheConfig,
        keys::{LinkSigning, SharedKey},
        packet::PacketType,
        peer::{Bootstrap, Event, PeerConfig, Publication},
    },
};

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let seconds = arguments.next().and_then(|text| text.parse().ok());
    let scenario = scenario(seconds.unwrap_or(90.0));
    println!(
        "{PEERS} peers, {} to {} ms one way, {:.0} % lost, {} messages a second for {:.0} s",
        DELAY_MS.0,
        DELAY_MS.1,
        LOSS * 100.0,
        scenario.load.messages_per_s,
        scenario.duration_s - scenario.settle_s,
    );
    let real = Figures::of_real(&scenario);
    let simulated = Figures::of_simulated(&scenario);
    let worst = print_both(&real, &simulated);
    if worst > DIFFERENCE_MAX {
        println!("they differ by more than {:.0} %", DIFFERENCE_MAX * 100.0);
        process::exit(1);
    }
}

/// What is compared.
struct Figures {
    /// When each message has reached 50, 90, 99 and 100 % of its subscribers, in seconds;
    /// infinity if it never did.
    times_s: [Vec<f64>; 4],
    /// Copies of a message that each peer gets.
    copies: f64,
    /// Datagrams that each peer sends in a second, over the whole run.
    datagrams_per_s: f64,
}

/// Both sides have the same network: nothing in between but delay and loss.
fn scenario(duration_s: f64) -> Scenario {
    let mut scenario = Scenario {
        peers: PEERS.into(),
        indexed: INDEXED.into(),
        subscribed_share: 1.0,
        duration_s,
        settle_s: 10.0_f64.min(duration_s / 2.0),
        ..Scenario::default()
    };
    scenario.load.messages_per_s = 2.0;
    scenario.relay.is_signed = false;
    scenario.churn.kind = ChurnKind::None;
    let network = &mut scenario.network;
    network.nat.mix = NatMix::Public;
    network.link.is_limited = false;
    network.latency.kind = LatencyKind::Uniform;
    (
        network.latency.one_way_ms_min,
        network.latency.one_way_ms_max,
    ) = DELAY_MS;
    network.loss.kind = LossKind::Iid;
    network.loss.iid_share = LOSS;
    network.loss.duplication_share = 0.0;
    network.loss.reordering_share = 0.0;
    scenario.validate().unwrap();
    scenario
}

impl Figures {
    fn of_simulated(scenario: &Scenario) -> Self {
        let runs = SEEDS.map(|seed| {
            let mut run = Simulation::new(scenario, seed, &Wishes::default());
            run.run_until(scenario.end_s());
            run.finish(RunEnd::default()).finished.record
        });
        let packets = || runs.iter().flat_map(|run| &run.packets);
        let time = |level: usize| {
            let times = packets().map(|row| row.times_us[level]);
            let times = times.map(|us| us.map_or(f64::INFINITY, |us| f64::from(us) / 1e6));
            times.collect()
        };
        let copies: u64 = packets().map(|row| row.copy_count).sum();
        let sent: u64 = runs.iter().flat_map(|run| &run.traffic.datagrams).sum();
        let peer_s = f64::from(PEERS) * scenario.end_s() * SEEDS.len() as f64;
        Self {
            times_s: [0, 1, 2, 3].map(time),
            copies: copies as f64 / (packets().count() as f64 * f64::from(PEERS - 1)),
            datagrams_per_s: sent as f64 / peer_s,
        }
    }

    fn of_real(scenario: &Scenario) -> Self {
        let swarm = Swarm::start(scenario);
        let (began, copies_before) = (swarm.began, swarm.copies.load(Ordering::Relaxed));
        let published = swarm.publish(scenario);
        thread::sleep(Duration::from_secs_f64(scenario.settle_s));
        let copies = swarm.copies.load(Ordering::Relaxed) - copies_before;
        let (passed, lost) = swarm.between.counts();
        let peer_s = f64::from(PEERS) * began.elapsed().as_secs_f64();
        let deliveries: Vec<Delivery> = swarm.deliveries.try_iter().collect();
        let count = published.len() as f64;
        swarm.host.stop();
        Self {
            times_s: spread(&published, &deliveries),
            copies: copies as f64 / (count * f64::from(PEERS - 1)),
            datagrams_per_s: (passed + lost) as f64 / peer_s,
        }
    }
}

/// Real peers, and what lies between them.
struct Swarm {
    host: LiveHost,
    between: Between,
    relays: Vec<Addr<Relay>>,
    deliveries: Receiver<Delivery>,
    /// Copies of messages that have arrived.
    copies: Arc<AtomicU64>,
    began: Instant,
}

/// A subscriber has a message.
struct Delivery {
    at: Instant,
    peer: u8,
    id: PacketId,
}

impl Swarm {
    /// Starts all peers as the scenario says, and waits until measuring begins.
    fn start(scenario: &Scenario) -> Self {
        let weather = Weather {
            loss: LOSS,
            twice: 0.0,
            delay_ms: DELAY_MS.0 as u64..DELAY_MS.1 as u64,
        };
        let between = Between::start(1, PEERS, weather);
        let copies = Arc::new(AtomicU64::new(0));
        let counted = copies.clone();
        between.set_gate(move |_, _, bytes| {
            let is_copy = bytes.get(KIND_OFFSET) == Some(&PacketType::PUBLISH.0);
            counted.fetch_add(is_copy.into(), Ordering::Relaxed);
            true
        });
        let (host, began) = (LiveHost::start().unwrap(), Instant::now());
        let (sender, deliveries) = mpsc::channel();
        let mut random = StdRng::seed_from_u64(1);
        let mut starts: Vec<(f64, u8)> = (1..=PEERS).map(|peer| (0.0, peer)).collect();
        for (after_s, _) in starts.iter_mut().skip(INDEXED.into()) {
            *after_s = scenario.join_s * random.random::<f64>();
        }
        starts.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut relays = vec![None; PEERS.into()];
        for (after_s, peer) in starts {
            sleep_until(began, after_s);
            let relay = start(&host, &between, scenario, peer, &sender);
            relays[usize::from(peer - 1)] = Some(relay);
        }
        sleep_until(began, scenario.warm_up_s);
        Self {
            host,
            between,
            relays: relays.into_iter().flatten().collect(),
            deliveries,
            copies,
            began,
        }
    }

    /// Has random subscribers publish; says when which message was.
    fn publish(&self, scenario: &Scenario) -> Vec<(Instant, PacketId)> {
        let mut random = StdRng::seed_from_u64(2);
        let mut at_s = scenario.warm_up_s;
        let mut published = Vec::new();
        while at_s <= scenario.end_s() - scenario.settle_s {
            sleep_until(self.began, at_s);
            let publisher = random.random_range(usize::from(INDEXED)..usize::from(PEERS));
            let mut message = published.len().to_le_bytes().to_vec();
            message.resize(scenario.load.message_bytes as usize, b'.');
            let publication = Publication::new(TOPIC, message);
            let now = Instant::now();
            let publish = PublishMessage { publication };
            let asked = self.relays[publisher].ask(publish, Duration::from_secs(9));
            let ids = pair::block_on(asked).unwrap().unwrap();
            published.push((now, ids[0]));
            at_s += -(1.0 - random.random::<f64>()).ln() / scenario.load.messages_per_s;
        }
        published
    }
}

/// Starts one peer; those with the first numbers are indexed and known to all.
fn start(
    host: &LiveHost,
    between: &Between,
    scenario: &Scenario,
    peer: u8,
    sender: &Sender<Delivery>,
) -> Addr<Relay> {
    let address = |ip: String, port| Address::new(ip.parse().unwrap(), port);
    let is_indexed = peer <= INDEXED;
    let known = (1..=INDEXED).filter(|other| *other != peer);
    let bootstraps = known.map(|other| Bootstrap {
        address: address(between.face(other), MAIN_PORT),
        peer_id: None,
        is_indexed: true,
    });
    let options = PeerOptions {
        name: peer.to_string(),
        config: PeerConfig {
            signing: LinkSigning::Ed25519,
            peer_id: None,
            identity_seed: [peer; 32],
            is_indexed,
            cluster: Some(pair::cluster()),
            bootstraps: bootstraps.collect(),
            keepalive: Duration::from_secs_f64(scenario.relay.keepalive_s),
            address: is_indexed.then(|| address(between.face(peer), MAIN_PORT)),
        },
        names: Vec::new(),
        remembered: Vec::new(),
        cache: CacheConfig {
            bytes_max: scenario.relay.cache_bytes as usize,
        },
        state: None,
        keepsake: None,
    };
    let sender = sender.clone();
    let owner = move || Owner {
        peer,
        sender: sender.clone(),
    };
    let owner = host.host().start(Spec::new("owner", Lane::Core), owner);
    let children = Children::default();
    let team = children.clone();
    let supervisor = move || Supervisor::new(team.clone(), Outlets::default());
    let spec = Spec::new("supervisor", Lane::Core);
    let supervisor = host.host().start(spec, supervisor);
    let team = (supervisor.recipient(), children);
    let addrs = start_peer(
        host.host(),
        &host.spawner(),
        options,
        owner.recipient(),
        team,
    );
    let bind = BindSockets {
        main: address(between.home(peer), MAIN_PORT),
        probe: address(between.home(peer), PROBE_PORT),
    };
    let opened = addrs.relay.ask(OpenPeer { bind }, Duration::from_secs(9));
    pair::block_on(opened).unwrap().unwrap();
    if !is_indexed {
        let join = JoinSubcluster {
            cluster: None,
            shared_key: TOPIC,
        };
        addrs.relay.tell(join).unwrap();
    }
    addrs.relay
}

/// Notes when its peer gets a message.
struct Owner {
    peer: u8,
    sender: Sender<Delivery>,
}

impl Actor for Owner {
    const KIND: &'static str = "owner";
}

impl Handler<PeerReported> for Owner {
    fn handle(&mut self, reported: PeerReported, _: Reply<()>, _: &mut Context<Self>) {
        if let Event::Packet { packet, .. } = reported.event
            && let Some(id) = packet.id()
        {
            let delivery = Delivery {
                at: Instant::now(),
                peer: self.peer,
                id,
            };
            // Whoever listened may have gone.
            let _ = self.sender.send(delivery);
        }
    }
}

/// When each message reached each level of its subscribers.
fn spread(published: &[(Instant, PacketId)], deliveries: &[Delivery]) -> [Vec<f64>; 4] {
    let mut times: BTreeMap<PacketId, BTreeMap<u8, Instant>> = BTreeMap::new();
    for delivery in deliveries {
        let of_packet = times.entry(delivery.id).or_default();
        of_packet.entry(delivery.peer).or_insert(delivery.at);
    }
    // Its publisher, which gets it too, waits for nobody.
    let waiting = usize::from(PEERS - INDEXED - 1);
    LEVELS.map(|level| {
        let rank = (level * waiting as f64).ceil() as usize;
        let reached = published.iter().map(|(at, id)| {
            let all = times.get(id).into_iter().flat_map(BTreeMap::values);
            let mut ages: Vec<f64> = all.map(|then| (*then - *at).as_secs_f64()).collect();
            ages.sort_by(f64::total_cmp);
            let others = ages
                .get(ages.len().saturating_sub(waiting)..)
                .unwrap_or(&[]);
            others.get(rank - 1).copied().unwrap_or(f64::INFINITY)
        });
        reached.collect()
    })
}

/// Prints the figures side by side; gives the greatest difference of a time.
fn print_both(real: &Figures, simulated: &Figures) -> f64 {
    let counts = [real, simulated].map(|figures| figures.times_s[0].len());
    println!("{} real messages, {} simulated", counts[0], counts[1]);
    println!(
        "{:<30}{:>10}{:>12}{:>13}",
        "", "real", "simulated", "difference"
    );
    let line = |name: &str, unit: &str, real: f64, simulated: f64| {
        let difference = (simulated - real) / real;
        println!(
            "{name:<30}{:>10}{:>12}{:>11.1} %",
            format!("{real:.3}{unit}"),
            format!("{simulated:.3}{unit}"),
            difference * 100.0
        );
        difference.abs()
    };
    let mut worst = 0.0_f64;
    for (index, level) in LEVELS.iter().enumerate() {
        let name = format!("median time to {:.0} %", level * 100.0);
        let [real, simulated] = [real, simulated].map(|figures| median(&figures.times_s[index]));
        worst = worst.max(line(&name, " s", real, simulated));
    }
    line("copies a peer", "", real.copies, simulated.copies);
    let [real, simulated] = [real, simulated].map(|figures| figures.datagrams_per_s);
    line("datagrams a peer and second", "", real, simulated);
    worst
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn sleep_until(began: Instant, after_s: f64) {
    thread::sleep(Duration::from_secs_f64(after_s).saturating_sub(began.elapsed()));
}

const PEERS: u8 = 64;
const INDEXED: u8 = 3;
/// Least and most of one way.
const DELAY_MS: (f64, f64) = (20.0, 80.0);
const LOSS: f64 = 0.02;
const SEEDS: [u64; 3] = [1, 2, 3];
const LEVELS: [f64; 4] = [0.5, 0.9, 0.99, 1.0];
/// By how much a median may differ.
const DIFFERENCE_MAX: f64 = 0.1;
/// Where the type is in a packet.
const KIND_OFFSET: usize = 4;
const TOPIC: SharedKey = SharedKey([7; 32]);
