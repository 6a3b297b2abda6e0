//! What the tests of the live relay share: peers of both kinds as processes, a network between
//! them that loses and delays, and machines behind real NATs.
//!
//! A peer is a process that prints JSON lines and takes requests, ours (`runtime peer --json`)
//! and the reference alike, so a test drives both by the same words. Everything that a test
//! starts ends with the value that stands for it; everything that it waits for has a deadline.
#![allow(dead_code, unused_imports, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod between;
mod clock;
mod lab;
mod log;
mod peer;
mod reference;
mod setup;

use std::time::{Duration, Instant};

pub(crate) use self::{
    between::{Between, MAIN_PORT, PROBE_PORT, Weather},
    clock::Clock,
    lab::{Lab, Machine, Nat},
    log::Log,
    peer::{Kind, Peer},
    setup::Setup,
};

/// Does something until it succeeds, with a pause between tries; fails the test in the end.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, probe).unwrap_or_else(|| panic!("waited {PATIENCE:?} in vain: {what}"))
}

/// The same, but an end without success is an answer.
pub(crate) fn within<T>(patience: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let start = now();
    loop {
        if let Some(found) = probe() {
            return Some(found);
        }
        if now() - start > patience {
            return None;
        }
        pause(LOOK_EVERY);
    }
}

/// Lets time pass, where what is observed is a span of time.
#[expect(clippy::disallowed_methods, reason = "tests of real time let it pass")]
pub(crate) fn pause(span: Duration) {
    std::thread::sleep(span);
}

/// The real time.
#[expect(clippy::disallowed_methods, reason = "tests of real time look at it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A text of so many bytes in which every position shows.
pub(crate) fn long_text(name: &str, length: usize) -> String {
    let lines = (0..).map(|number| format!("{name} {number}; "));
    let mut text: String = lines.take(length).collect();
    text.truncate(length);
    text
}

/// How long anything may take before a test fails: generous, for machines under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);
