//! How fast the simulator is, and how much memory a peer takes.
//!
//! `cargo bench --bench simulation -- [NAME=VALUE]...` runs the default scenario with these
//! values and prints a row of a table. The names, with what they are otherwise:
//!
//! - `peers=1024`, `seconds=600` (virtual, after `warm-up=60`), `seed=1`, `steps=10`;
//! - `indexed=` one in 256, but at least 3;
//! - `join=` over how many seconds the peers start;
//! - `load=0` messages a second; `churn=0` percent a minute are replaced;
//! - `nat=1`: with 0, every peer has an address of its own;
//! - `signed=1`: with 0, a hash stands in for the signatures of links.
//!
//! The row speaks of the whole run and of its second half, in which the joining is over: seconds of
//! the processor, peers times virtual seconds for each of them, messages that actors handled a
//! second, and resident bytes for each peer. `steps` lines before it show the way there.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]
#![allow(clippy::unwrap_used, reason = "a bench may fail")]
#![allow(missing_docs)]

use std::{collections::BTreeMap, env, fs};

use sim::{ChurnKind, NatMix, metrics::RunEnd};
use socket_runtime::actors::simulation::{Scenario, Simulation, Wishes};

fn main() {
    let values = Values::read();
    let scenario = scenario(&values);
    let before_bytes = resident_bytes();
    let begin = Mark::now(0);
    let mut run = Simulation::new(
        &scenario,
        values.get("seed", 1.0) as u64,
        &Wishes::default(),
    );
    let (peers, end_s) = (f64::from(scenario.peers), scenario.end_s());
    let steps = values.get("steps", 10.0).max(2.0) as u32;
    let (mut last, mut half) = (begin, begin);
    for step in 1..=steps {
        run.run_until(end_s * f64::from(step) / f64::from(steps));
        let mark = Mark::now(run.progress().events);
        let peer_bytes = resident_bytes().saturating_sub(before_bytes) / u64::from(scenario.peers);
        let virtual_s = end_s / f64::from(steps);
        println!(
            "{:>8.0} s: {}, {peer_bytes} bytes a peer",
            run.progress().virtual_s,
            Cost::between(&last, &mark, peers * virtual_s)
        );
        if step == steps / 2 {
            half = mark;
        }
        last = mark;
    }
    let peer_bytes = resident_bytes().saturating_sub(before_bytes) / u64::from(scenario.peers);
    let half_s = end_s * f64::from(steps - steps / 2) / f64::from(steps);
    let outcome = run.finish(RunEnd::default());
    println!(
        "| peers | virtual s | CPU s | peer-s per CPU s | events/s | its second half | bytes a peer | digest |"
    );
    println!(
        "| {} | {end_s:.0} | {} | {} | {peer_bytes} | {} |",
        scenario.peers,
        Cost::between(&begin, &last, peers * end_s).cells(),
        Cost::between(&half, &last, peers * half_s),
        outcome.finished.record.digest,
    );
}

fn scenario(values: &Values) -> Scenario {
    let peers = values.get("peers", 1024.0);
    let seconds = values.get("seconds", 600.0);
    let mut scenario = Scenario {
        peers: peers as u32,
        indexed: values.get("indexed", (peers / 256.0).max(3.0)) as u32,
        warm_up_s: values.get("warm-up", 60.0),
        duration_s: seconds,
        ..Scenario::default()
    };
    scenario.settle_s = scenario.settle_s.min(seconds / 2.0);
    scenario.join_s = values.get("join", scenario.join_s);
    scenario.load.messages_per_s = values.get("load", 0.0);
    scenario.relay.is_signed = values.get("signed", 1.0) != 0.0;
    scenario.churn.percent_per_minute = values.get("churn", 0.0);
    if scenario.churn.percent_per_minute > 0.0 {
        scenario.churn.kind = ChurnKind::Stress;
    }
    if values.get("nat", 1.0) == 0.0 {
        scenario.network.nat.mix = NatMix::Public;
    }
    scenario.validate().unwrap();
    scenario
}

/// What the command line gives.
struct Values(BTreeMap<String, f64>);

impl Values {
    fn read() -> Self {
        let arguments = env::args().skip(1).filter(|argument| argument != "--bench");
        let pairs = arguments.map(|argument| {
            let pair = argument.split_once('=');
            let (name, value) = pair.expect("NAME=VALUE");
            assert!(NAMES.contains(&name), "there is no {name}, only {NAMES:?}");
            (name.to_owned(), value.parse().expect("a number"))
        });
        Self(pairs.collect())
    }

    fn get(&self, name: &str, otherwise: f64) -> f64 {
        self.0.get(name).copied().unwrap_or(otherwise)
    }
}

/// What the command line may give.
const NAMES: [&str; 11] = [
    "peers", "seconds", "warm-up", "seed", "steps", "indexed", "join", "load", "churn", "nat",
    "signed",
];

/// What was used up to a moment.
#[derive(Clone, Copy)]
struct Mark {
    processor_s: f64,
    events: u64,
}

impl Mark {
    fn now(events: u64) -> Self {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let processor_s = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
        Self {
            processor_s,
            events,
        }
    }
}

/// What a part of the run took.
struct Cost {
    processor_s: f64,
    peer_s_rate: f64,
    event_rate: f64,
}

impl Cost {
    fn between(from: &Mark, to: &Mark, peer_s: f64) -> Self {
        let processor_s = to.processor_s - from.processor_s;
        Self {
            processor_s,
            peer_s_rate: peer_s / processor_s,
            event_rate: (to.events - from.events) as f64 / processor_s,
        }
    }

    fn cells(&self) -> String {
        let Self {
            processor_s,
            peer_s_rate,
            event_rate,
        } = self;
        format!("{processor_s:.1} | {peer_s_rate:.0} | {event_rate:.0}")
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            processor_s,
            peer_s_rate,
            event_rate,
        } = self;
        write!(
            f,
            "{processor_s:.2} CPU s, {peer_s_rate:.0} peer-s/s, {event_rate:.0} events/s"
        )
    }
}

fn resident_bytes() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0_u64) * PAGE_BYTES
}

const PAGE_BYTES: u64 = 4096;
