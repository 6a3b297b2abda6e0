//! Messages to the inspector, and the snapshot that it serves as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Message;

/// Takes a picture of every actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakeSnapshot;

impl Message for TakeSnapshot {
    type Reply = Snapshot;
}

/// Every actor of one app at about one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which app it is.
    pub app: AppReport,
    /// Its actors, by name.
    pub actors: Vec<ActorReport>,
}

/// Which app was looked into.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppReport {
    /// `[build] name`.
    pub name: String,
    /// Process id.
    pub pid: u32,
    /// `[meta] version`.
    pub version: String,
    /// Milliseconds since its actors started.
    pub uptime_ms: u64,
}

/// One actor's counters. A field that another version does not send reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorReport {
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// `running`, `crashed` or `stopped`.
    pub state: String,
    /// Messages queued.
    pub depth: u64,
    /// Age in milliseconds of the oldest queued message; 0 if none is queued.
    pub oldest_ms: f64,
    /// Messages sent to it, refused ones included.
    pub sent: u64,
    /// Messages handled.
    pub handled: u64,
    /// Type of the message that is being handled.
    pub current: Option<String>,
    /// For how many milliseconds it has been.
    pub current_ms: f64,
    /// Pieces of its work that run, or wait to run, on other threads.
    pub jobs: u64,
    /// Type of the message that the oldest of them works for.
    pub job: Option<String>,
    /// For how many milliseconds it has been.
    pub job_ms: f64,
    /// Restarts after panics.
    pub restarts: u64,
    /// Messages lost for any reason.
    pub lost: u64,
    /// The same by reason; reasons that never happened are left out.
    pub losses: BTreeMap<String, u64>,
    /// Message type and text of the last panic.
    pub last_panic: Option<String>,
}
