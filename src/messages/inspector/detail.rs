//! What an inspector shows of one actor, besides its counters.
//!
//! Times are microseconds since the host's clock began. A sender is given by name, and is
//! left out when it was no actor.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::messages::cause::CauseId;

/// What is queued for one actor, the next to be handled first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueReport {
    /// How many messages are queued.
    pub depth: u64,
    /// The first of them; fewer than `depth` if there are too many to show.
    pub messages: Vec<QueuedMessage>,
}

/// One queued message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueuedMessage {
    /// Its type.
    pub message: String,
    /// Whether it is in the lane that goes first.
    pub is_control: bool,
    /// For how many milliseconds it has been queued.
    pub age_ms: f64,
    /// Who sent it.
    pub sender: Option<String>,
    /// What it goes back to.
    pub cause: CauseId,
    /// What its type reveals; only for a peek.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

/// One line of a flight recorder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecorderEntry {
    /// Counts the lines of one actor.
    pub sequence: u64,
    /// What happened.
    pub kind: EntryKind,
    /// The message's type; for an intervention, what was done.
    pub message: String,
    /// Who sent it.
    pub sender: Option<String>,
    /// Which viewer intervened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewer: Option<u32>,
    /// What it goes back to.
    pub cause: CauseId,
    /// The cause by which others know the same chain, as a packet on the wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<CauseId>,
    /// When it was sent.
    pub sent_us: u64,
    /// When its handler began.
    pub began_us: u64,
    /// When its handler ended.
    pub ended_us: u64,
}

/// What a line of the flight recorder tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum EntryKind {
    /// A message was handled.
    #[default]
    Handled,
    /// The handler panicked on it.
    Panicked,
    /// Its asker had given up before its turn came.
    Expired,
    /// It answered a question of an earlier life.
    Stale,
    /// The chain goes on elsewhere under another cause.
    Link,
    /// Somebody intervened.
    Intervention,
}

/// How long the messages of one type waited and took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LatencyReport {
    /// The type; `other` for all beyond the first few.
    pub message: String,
    /// How many messages were measured.
    pub count: u64,
    /// From being sent to the begin of the handler.
    pub wait: Percentiles,
    /// From the begin of the handler to its end.
    pub service: Percentiles,
}

/// A distribution in microseconds; each figure at most an eighth too high.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Percentiles {
    /// Half took no longer.
    pub p50_us: u64,
    /// Nine of ten took no longer.
    pub p90_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
    /// None took longer.
    pub max_us: u64,
}

/// One question that an actor awaits the answer to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskReport {
    /// Whom it asked.
    pub to: String,
    /// The type of the question.
    pub message: String,
    /// For how many milliseconds it has waited.
    pub waiting_ms: f64,
    /// In how many milliseconds it gives up.
    pub left_ms: f64,
    /// What the question goes back to.
    pub cause: CauseId,
}

/// One message that was not handled, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeadLetter {
    /// When it was given up.
    pub at_us: u64,
    /// For whom it was.
    pub actor: String,
    /// Its type.
    pub message: String,
    /// Who sent it.
    pub sender: Option<String>,
    /// What it goes back to.
    pub cause: CauseId,
    /// Why it was not handled, by the names in [`ActorReport::losses`](super::ActorReport::losses).
    pub reason: String,
}

/// A message that a handler panicked on; it is not handled again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quarantined {
    /// Its type.
    pub message: String,
    /// What it goes back to.
    pub cause: CauseId,
    /// What its type reveals, noted at level `recorder` and above.
    pub payload: Option<Value>,
}
