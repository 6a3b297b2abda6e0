//! What a viewer says to an inspector, and what it is told.
//!
//! One JSON object a line. The first is a [`Hello`]; each further one is a [`Request`], or a
//! [`Control`] if the session may change anything.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ActorReport, AppReport, AskReport, Break, LatencyReport, QueueReport, RecorderEntry, ViewerId,
};
use crate::messages::Message;

/// The first line of a session, as the value of `hello`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hello {
    /// What stands in the token file beside the socket.
    pub token: String,
    /// What the viewer is, in a word.
    pub viewer: String,
    /// Whether it wants to change anything.
    pub control: bool,
}

/// The answer to a [`Hello`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Welcome {
    /// The viewer's number, by which recorders name it.
    pub viewer: ViewerId,
    /// Whether the session may change anything.
    pub control: bool,
}

/// Something that a viewer wants to see; changes nothing but how much is noted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Every actor, and what is wrong.
    Snapshot {
        /// How many of the busiest actors, where there are more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        top: Option<usize>,
    },
    /// One actor in depth.
    Actor {
        /// Which.
        actor: String,
        /// Whether queued messages are to show what they reveal; holds the mailbox's lock.
        #[serde(default)]
        peek: bool,
    },
    /// The state that one actor shows.
    State {
        /// Which.
        actor: String,
    },
    /// Keeps one actor, or all, at the highest level for a minute from now.
    Lease {
        /// Which; every actor if none is named.
        #[serde(default)]
        actor: Option<String>,
    },
    /// The last messages that no actor handled.
    DeadLetters {},
    /// What is wrong.
    Findings {},
    /// What the flight recorders noted.
    Trace {
        /// Leaves out what ended earlier, in microseconds of the host's clock.
        #[serde(default)]
        since_us: u64,
    },
}

/// Something that a viewer wants to be done to an actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// To which.
    pub actor: String,
    /// What.
    pub action: Action,
}

/// What can be done to an actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Hold it before its next message.
    Pause,
    /// Let it go on.
    Resume,
    /// Let it handle so many messages, then hold it.
    Step(u64),
    /// Hold it before each message that fits.
    Break(Break),
    /// Take its breakpoints away.
    ClearBreaks,
    /// Put a message into its mailbox.
    Inject {
        /// The message's type.
        message: String,
        /// What it is made of.
        payload: Value,
    },
    /// Give it another state.
    Replace(Value),
    /// Make it anew.
    Restart,
    /// Stop it.
    Kill,
}

/// Looks at something; the answer is what the viewer is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Look(pub Request);

impl Message for Look {
    type Reply = Result<Value, InspectError>;
}

/// Changes something, for a viewer that may.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervene {
    /// Who wants it.
    pub viewer: ViewerId,
    /// What is wanted.
    pub control: Control,
}

impl Message for Intervene {
    type Reply = Result<Value, InspectError>;
}

/// Why a viewer does not get what it wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// There is no such actor.
    #[error("no actor is called '{actor}'")]
    NoActor {
        /// What it was to be called.
        actor: String,
    },
    /// The actor says no, or does not answer.
    #[error("'{actor}' {reason}")]
    Refused {
        /// Which actor.
        actor: String,
        /// What it says, or why it says nothing.
        reason: String,
    },
    /// No simulation runs yet.
    #[error("nothing runs yet")]
    NothingRuns,
}

/// One actor in depth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorDetail {
    /// Its counters.
    pub actor: ActorReport,
    /// What is queued; nothing below level `full`, unless it was peeked at.
    pub queue: Option<QueueReport>,
    /// What it handled last, the oldest first.
    pub recorder: Vec<RecorderEntry>,
    /// How long messages of each type waited and took.
    pub latencies: Vec<LatencyReport>,
    /// What it waits for.
    pub asks: Vec<AskReport>,
    /// The types of message that can be injected.
    pub injectables: Vec<String>,
}

/// What the flight recorders of one process noted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// Which process.
    pub app: AppReport,
    /// The time on its host's clock.
    pub now_us: u64,
    /// What each actor noted.
    pub actors: Vec<ActorTrace>,
}

/// What the flight recorder of one actor noted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorTrace {
    /// Its name.
    pub name: String,
    /// The thread on which it takes its turns.
    pub lane: String,
    /// Lines of its recorder, the oldest first.
    pub entries: Vec<RecorderEntry>,
}
