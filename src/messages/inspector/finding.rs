//! What an inspector says is wrong, without being asked where to look.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::Message;

/// Asks for what is wrong now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadFindings;

impl Message for ReadFindings {
    type Reply = Vec<Finding>;
}

/// One thing that is wrong with one actor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Which actor it concerns.
    pub actor: String,
    /// The type of message that it is about.
    pub message: Option<String>,
    /// For how many milliseconds it has been so.
    pub for_ms: f64,
    /// Actors that wait for it, those that asked it first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<String>,
    /// Messages that wait for it.
    pub queued: u64,
    /// Which other actor is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The actors of a cycle, each of which waits for the next and the last for the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cycle: Vec<String>,
    /// The same as a sentence.
    pub text: String,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Actors wait for each other's answers in a circle.
    WaitCycle,
    /// A handler does not return.
    #[default]
    StuckHandler,
    /// A piece of work on another thread does not end.
    StuckJob,
    /// Messages wait although their actor is idle: another one holds its thread.
    Starvation,
    /// An actor crashes again and again, or was given up.
    CrashLoop,
    /// Messages were refused by a full mailbox.
    FullMailbox,
    /// Messages come faster than they are handled.
    SlowConsumer,
}

impl FindingKind {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WaitCycle => "wait cycle",
            Self::StuckHandler => "stuck handler",
            Self::StuckJob => "stuck job",
            Self::Starvation => "starvation",
            Self::CrashLoop => "crash loop",
            Self::FullMailbox => "full mailbox",
            Self::SlowConsumer => "slow consumer",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
