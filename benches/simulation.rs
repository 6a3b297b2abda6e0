//! How fast the simulator is.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used)]
use socket_runtime::{actors::simulation::Swarm, relay::Time};
use std::time::Duration;
fn rss() -> u64 {
    let s = std::fs::read_to_string("/proc/self/statm").unwrap();
    s.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}
fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}
fn main() {
    let a: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let (n, secs) = (
        a.first().copied().unwrap_or(1024),
        a.get(1).copied().unwrap_or(600),
    );
    use socket_runtime::{
        actors::{packet_cache::PacketCache, rebroadcast::Rebroadcast, relay::Relay},
        relay::{cache::Cache, peer::Peer, rebroadcast::Schedule},
    };
    println!(
        "Peer {} Cache {} Schedule {} Relay {} PacketCache {} Rebroadcast {}",
        size_of::<Peer>(),
        size_of::<Cache>(),
        size_of::<Schedule>(),
        size_of::<Relay>(),
        size_of::<PacketCache>(),
        size_of::<Rebroadcast>()
    );
    let r0 = rss();
    let t = cpu();
    let mut s = Swarm::new(1);
    let indexed = 3u32;
    for i in 0..n {
        s.add(i < 3, indexed, i % 2 == 0);
        if i % 16 == 15 {
            let at = s.host.now() + Duration::from_millis(1000 * 16 * 10 / n.max(160));
            s.run_until(at);
        }
    }
    println!("started {:.2}, rss/peer {}", cpu() - t, (rss() - r0) / n);
    let (mut h0, mut d0, mut t0) = (0, 0, cpu());
    for step in 0..10 {
        let at = s.host.now() + Duration::from_millis(secs * 100);
        s.run_until(at);
        let (h, d, e) = (s.host.handled_count(), s.sent(), cpu() - t0);
        println!(
            "{step}: virtual {:?} cpu {e:.2}s {:.0} peer-s/s, {:.0} msgs/s, datagrams/peer-s {:.3}, msgs/datagram {:.2}, pending {}, rss/peer {}, {:?}",
            at,
            n as f64 * secs as f64 / 10.0 / e,
            (h - h0) as f64 / e,
            (d - d0) as f64 / (n as f64 * secs as f64 / 10.0),
            (h - h0) as f64 / (d - d0).max(1) as f64,
            s.host.pending_count(),
            (rss() - r0) / n,
            s.tally.lock().unwrap()
        );
        (h0, d0, t0) = (h, d, cpu());
    }
    for node in [0, 1, 5, 6, (n - 1) as usize] {
        println!("{}", s.links(node));
    }
    for _ in 0..20 {
        s.publish(6);
    }
    let t0 = cpu();
    let at = s.host.now() + Duration::from_secs(5);
    s.run_until(at);
    println!("{:?} {:?}", cpu() - t0, s.tally.lock().unwrap());
    let _ = Time::ZERO;
}
