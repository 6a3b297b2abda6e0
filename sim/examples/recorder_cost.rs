//! What recording costs: `cargo run --profile bench --example recorder_cost`
//!
//! Prints nanoseconds for each fact and the memory of a big recorder; the numbers are for the
//! machine that it runs on.

use std::{io::Write, time::Instant};

use sim::metrics::{Delivery, Names, Publication, Recorder, RecorderConfig, Return, RunEnd};

#[expect(clippy::disallowed_methods, reason = "it measures wall time")]
fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    for (nodes, packets, spacing_us) in [(1_024, 10_000, 8_640_000), (1_000_000, 10, 1_000_000)] {
        let names = Names {
            kinds: vec!["data".into(); 4],
            ..Names::default()
        };
        let mut recorder = Recorder::new(RecorderConfig::new(1, nodes, names));
        for node in 0..nodes {
            recorder.subscribes(node, 0);
            recorder.online(0, node, Return::Cold);
        }
        let start = Instant::now();
        for packet in 0..packets {
            let now_us = u64::from(packet) * spacing_us;
            recorder.published(
                now_us,
                Publication {
                    packet,
                    by: 0,
                    group: 0,
                    bytes: 1_024,
                },
            );
            for node in 1..nodes {
                let at_us = now_us + u64::from(node) / 4;
                recorder.delivered(
                    at_us,
                    Delivery {
                        packet,
                        node,
                        from: 0,
                        hops: 1,
                    },
                );
            }
        }
        let deliveries = f64::from(packets) * f64::from(nodes - 1);
        let each = start.elapsed().as_nanos() as f64 / deliveries;
        let end_us = u64::from(packets) * spacing_us;
        let start = Instant::now();
        let count = 20_000_000u32;
        for fact in 0..count {
            let now_us = end_us + u64::from(fact) / 8;
            let (from, to) = (fact.wrapping_mul(2_654_435_761) % nodes, fact % nodes);
            recorder.sent(now_us, (fact % 4) as u8, from, 1_200);
            recorder.received(now_us, (fact % 4) as u8, from, to, 1_200);
        }
        let datagram = start.elapsed().as_nanos() as f64 / f64::from(count);
        let memory_mb = resident_mb();
        let digest = recorder
            .finish(end_us + 60_000_000, RunEnd::default())
            .record
            .digest;
        writeln!(
            out,
            "{nodes} nodes, {packets} packets: {each:.0} ns a delivery with all samples, \
             {datagram:.0} ns a datagram sent and received, {memory_mb} MB in all, {digest}"
        )?;
    }
    Ok(())
}

/// Memory of this process, where the system says so.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    number.unwrap_or(0) / 1_000
}
