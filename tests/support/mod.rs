//! What the tests of real windows share: projects, running apps, WebDriver, the inspector.
//!
//! Everything that a test starts ends with the value that stands for it, and everything that
//! it waits for has a deadline. An app holds one of a few places, across all test processes,
//! so that a small machine is not given twenty WebViews at once.
#![allow(dead_code, unused_imports, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod app;
mod display;
mod driver;
mod indexed_peer;
mod inspector;
mod places;
mod project;
mod servers;

use std::{
    thread,
    time::{Duration, Instant},
};

pub(crate) use self::{
    app::{App, Ended, Output},
    display::{Display, children_of},
    driver::Session,
    indexed_peer::IndexedPeer,
    inspector::{actor, inspect, socket_of, talk, token_of},
    project::{Built, Home, Project, copy_folder},
    servers::{FileServer, HttpAnswer},
};

/// Asks again and again until there is an answer; fails the test if there never is one.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    match within(PATIENCE, probe) {
        Some(found) => found,
        None => panic!("waited {PATIENCE:?} in vain: {what}"),
    }
}

/// Asks again and again, for a while.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where tests look at the clock and pause between two looks"
)]
pub(crate) fn within<T>(patience: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = probe() {
            return Some(found);
        }
        if start.elapsed() > patience {
            return None;
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Whether a process is there and has not ended.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit(')')
        .next()
        .and_then(|rest| rest.trim().chars().next());
    state.is_some_and(|state| state != 'Z')
}

/// Sends a signal to one process.
pub(crate) fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// How long anything may take before a test fails: generous, for machines under load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(15);
