//! How fast the simulator is: `cargo bench --bench simulation -- PEERS SECONDS [INDEXED] [CHURN%/MIN] [MSG/S] [0=public network] [SEED] [0=stand-in signatures] [WARM-UP S]`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used)]
use sim::metrics::RunEnd;
use socket_runtime::actors::simulation::{Scenario, Simulation, Wishes};
use std::time::Duration;
fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}
fn rss() -> u64 {
    let s = std::fs::read_to_string("/proc/self/statm").unwrap();
    s.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}
fn main() {
    let a: Vec<f64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let get = |i: usize, d: f64| a.get(i).copied().unwrap_or(d);
    let (n, secs) = (get(0, 1024.0), get(1, 60.0));
    let mut scenario = Scenario {
        peers: n as u32,
        duration_s: secs,
        indexed: get(2, (n / 256.0).max(3.0)) as u32,
        ..Scenario::default()
    };
    if get(3, 0.0) > 0.0 {
        scenario.churn.kind = sim::ChurnKind::Stress;
        scenario.churn.percent_per_minute = get(3, 0.0);
    }
    scenario.load.messages_per_s = get(4, 1.0);
    if get(5, 1.0) == 0.0 {
        scenario.network.nat.mix = sim::NatMix::Public;
    }
    scenario.relay.is_signed = get(7, 1.0) != 0.0;
    scenario.warm_up_s = get(8, scenario.warm_up_s);
    scenario.settle_s = scenario.settle_s.min(secs / 2.0);
    scenario.validate().unwrap();
    let r0 = rss();
    let t = cpu();
    let mut s = Simulation::new(&scenario, get(6, 1.0) as u64, &Wishes::default());
    println!("made {:.2}", cpu() - t);
    let (mut e0, mut t0) = (0, cpu());
    let end = scenario.end_s();
    for step in 1..=12 {
        s.run_until(end * step as f64 / 12.0);
        let p = s.progress();
        let e = cpu() - t0;
        println!(
            "{:.0} s: cpu {e:.2}s {:.0} peer-s/s, {:.0} events/s, rss/peer {}, {:?}",
            p.virtual_s,
            n * end / 12.0 / e,
            (p.events - e0) as f64 / e,
            (rss() - r0) as f64 / n,
            p.recorded
        );
        (e0, t0) = (p.events, cpu());
    }
    let outcome = s.finish(RunEnd {
        wall_s: cpu() - t,
        memory_bytes: rss(),
        ..RunEnd::default()
    });
    let mut set =
        sim::report::RunSet::new("bench", serde_json::to_value(&scenario).unwrap(), "bench");
    let digest = outcome.finished.record.digest.clone();
    set.add(outcome.finished.record).unwrap();
    let summary = sim::report::Summary::of(&set);
    println!(
        "{}",
        sim::report::text(&summary, &[], sim::report::Charset::Unicode)
    );
    println!("{digest}");
    let _ = Duration::ZERO;
}
