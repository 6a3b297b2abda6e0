//! Messages to the inspector, and the snapshot that it serves as JSON.
//!
//! What it shows of one actor is in `detail`, what it finds wrong in `finding`, what it may
//! change in `intervention`; `request` is how a viewer asks.

mod detail;
mod finding;
mod intervention;
mod request;

pub use detail::{
    AskReport, DeadLetter, EntryKind, LatencyReport, Percentiles, Quarantined, QueueReport,
    QueuedMessage, RecorderEntry,
};
pub use finding::{Finding, FindingKind, ReadFindings};
pub use intervention::{Break, Comparison, Field, Intervention, ViewerId};
pub use request::{
    Action, ActorDetail, ActorTrace, Control, Hello, InspectError, Intervene, Look, Request, Trace,
    Welcome,
};

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
    /// Its actors, by name; of very many, the busiest.
    pub actors: Vec<ActorReport>,
    /// How many actors there are besides.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// What is wrong with them.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
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

/// How much is noted about one actor. Each level notes all that those below it do.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Level {
    /// How many messages came, were handled, lost and are queued: what the law needs.
    Off,
    /// And how old the oldest is, what is being handled, since when, and what is asked for.
    #[default]
    Counts,
    /// And the last messages handled, with sender, cause and times.
    Recorder,
    /// And what is queued, message by message, and how long each type waits and takes.
    Full,
}

/// One actor's counters. A field that another version does not send reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorReport {
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// By which other reports name it as a sender; 0 is nobody.
    pub number: u32,
    /// The thread on which it takes its turns.
    pub lane: String,
    /// Who restarts it.
    pub supervisor: Option<String>,
    /// How much is noted about it.
    pub level: Level,
    /// `running`, `crashed`, `stopped`, `paused`, or `broke on` and a message's type.
    pub state: String,
    /// Messages that its mailbox holds, control messages aside.
    pub capacity: u64,
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
    /// What it has asked other actors and got no answer to yet, as many as are shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<AskReport>,
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
    /// The message that it panicked on.
    pub quarantined: Option<Quarantined>,
}
