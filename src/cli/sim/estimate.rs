//! How much memory a simulation will need, and whether this machine has it.
//!
//! The figures are those of runs that were measured at rest, so that nothing is refused that
//! would fit; while many peers join at once, each takes several times as much.

use std::fs;

use crate::{actors::simulation::Scenario, cli::CliError};

/// Refuses a scenario of so many peers that needs more memory than the machine can spare.
pub(super) fn check(scenario: &Scenario, peers: u64, jobs: usize) -> Result<(), CliError> {
    let Some(free) = free_bytes() else {
        return Ok(());
    };
    fits(scenario, peers, jobs, free)
}

fn fits(scenario: &Scenario, peers: u64, jobs: usize, free: f64) -> Result<(), CliError> {
    let each = bytes(scenario, peers);
    let needed = each * jobs as f64;
    if needed <= free * SHARE_OF_FREE {
        return Ok(());
    }
    let runs = match jobs {
        1 => String::new(),
        jobs => format!(" in {jobs} runs at once"),
    };
    let error = CliError::usage(format!(
        "{} peers{runs} need at least {}, {} of it for {}, and {} of memory are free",
        thousands(peers),
        size(needed),
        size(peers as f64 * message_bytes(scenario) * jobs as f64),
        load_text(scenario),
        size(free)
    ));
    let most = most_peers(scenario, peers, free);
    let error = if jobs > 1 && each <= free * SHARE_OF_FREE {
        error.hint("--jobs 1 runs one seed after the other")
    } else if most >= 2 {
        error.hint(format!("about {} peers fit", thousands(most)))
    } else {
        error
    };
    Err(if message_bytes(scenario) > NODE_BYTES {
        error.hint("--load, load.message_bytes, load.ttl_s and relay.cache_bytes lower the load")
    } else {
        error
    })
}

/// What is published, and kept.
fn load_text(scenario: &Scenario) -> String {
    let load = &scenario.load;
    format!(
        "a load of {} messages/s of {}, each alive for {} s",
        load.messages_per_s,
        size(f64::from(load.message_bytes)),
        alive_s(scenario)
    )
}

/// How long a message lives within the run.
fn alive_s(scenario: &Scenario) -> f64 {
    let life_s = scenario.load.life().as_secs_f64();
    life_s.min(scenario.duration_s)
}

/// What one run needs.
fn bytes(scenario: &Scenario, peers: u64) -> f64 {
    let attackers = f64::from(scenario.node_count() - scenario.peers);
    let nodes = peers as f64 + attackers;
    RUN_BYTES + nodes * (NODE_BYTES + message_bytes(scenario))
}

/// What the messages that are alive at the end take at each node.
fn message_bytes(scenario: &Scenario) -> f64 {
    let load = &scenario.load;
    let alive = load.messages_per_s * alive_s(scenario);
    let packet_bytes = f64::from(load.message_bytes) + PACKET_OVERHEAD_BYTES;
    let cached = (alive * packet_bytes).min(scenario.relay.cache_bytes as f64);
    cached + alive * LEDGER_BYTES
}

/// How many peers would fit, rounded down to two digits.
fn most_peers(scenario: &Scenario, wanted: u64, free: f64) -> u64 {
    let room = free * SHARE_OF_FREE - RUN_BYTES;
    let most = (room / (bytes(scenario, wanted) / wanted as f64)).max(0.0) as u64;
    let digits = most.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(1));
    most / unit * unit
}

/// Memory that the system could give, if it says so.
fn free_bytes() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let step = (bytes.max(1.0).log10() / 3.0) as usize;
    let step = step.min(units.len() - 1);
    let number = bytes / 1000_f64.powi(step as i32);
    format!("{number:.1} {}", units[step])
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// The program itself, and what a run has once.
const RUN_BYTES: f64 = 60e6;
/// A peer that has met its neighbours, its actors and its place in the network, as it was measured
/// of 10,000 peers behind NATs.
const NODE_BYTES: f64 = 19e3;
/// What a packet has besides its message, in a cache.
const PACKET_OVERHEAD_BYTES: f64 = 200.0;
/// What is noted of a message for each peer while it lives.
const LEDGER_BYTES: f64 = 1.2;
/// The rest is left to everybody else.
const SHARE_OF_FREE: f64 = 0.9;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peers: u64, jobs: usize, free: f64) -> Result<(), String> {
        let scenario = Scenario::default();
        let outcome = fits(&scenario, peers, jobs, free);
        outcome.map_err(|error| format!("{error}; {}", error.hints().join("; ")))
    }

    #[test]
    fn what_fits_is_let_through() {
        assert_eq!(check(1_000, 2, 16e9), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_an_estimate() {
        let error = check(1_000_000_000, 1, 16e9).unwrap_err();
        assert!(
            error.starts_with("1,000,000,000 peers need at least "),
            "{error}"
        );
        assert!(
            error.contains(", and 16.0 GB of memory are free; about "),
            "{error}"
        );
        let error = check(150_000, 2, 16e9).unwrap_err();
        assert!(
            error.contains("--jobs 1 runs one seed after the other"),
            "{error}"
        );
    }

    #[test]
    fn a_refusal_says_what_the_load_takes_and_how_to_lower_it() {
        let error = check(400_000, 1, 16e9).unwrap_err();
        let load = "for a load of 1 messages/s of 800.0 B, each alive for 60 s, and";
        assert!(error.contains(load), "{error}");
        assert!(error.contains("; --load, load.message_bytes, "), "{error}");
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            [999.0, 1.5e9, 2e16].map(size),
            ["999.0 B", "1.5 GB", "20.0 PB"]
        );
        assert_eq!([7, 1_234_567].map(thousands), ["7", "1,234,567"]);
    }
}
