//! One step of a replay, as people and scripts are shown it.

use std::fmt;

use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{
    actors::kit::{Birth, Done, Input, Outcome, Taken},
    messages::{cause::CauseId, record},
};

/// One step that was played.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Played {
    /// Its place in the recording.
    pub number: u64,
    /// Which actor.
    pub actor: String,
    /// The type of the message; `started` and `ended` for the ends of a life.
    pub message: String,
    /// When, in microseconds of the clock of the time.
    pub at_us: u64,
    /// What it goes back to.
    pub cause: CauseId,
    /// Who sent it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// What it says, as far as that was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Payload>,
    /// What the panic said, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panic: Option<String>,
    /// Whether the recording ends before it was handled.
    pub is_unfinished: bool,
}

/// What a message says, as it was kept; made readable when somebody reads it, which for most of
/// a replay nobody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Bytes);

impl Payload {
    fn show(&self) -> Value {
        record::show(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show().fmt(f)
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.show().serialize(serializer)
    }
}

impl Played {
    pub(super) fn plain(number: u64, actor: &str, message: &str) -> Self {
        Self {
            number,
            actor: actor.to_owned(),
            message: message.to_owned(),
            at_us: 0,
            cause: CauseId::NONE,
            sender: None,
            payload: None,
            panic: None,
            is_unfinished: false,
        }
    }

    pub(super) fn of_birth(birth: &Birth) -> Self {
        Self {
            at_us: birth.at_us,
            cause: birth.cause,
            panic: panic_of(&birth.outcome),
            ..Self::plain(birth.number, &birth.name, STARTED)
        }
    }

    pub(super) fn of_message(
        taken: &Taken,
        done: Option<&Done>,
        actor: &str,
        sender: Option<String>,
    ) -> Self {
        let payload = match &taken.input {
            Input::Message { payload, .. } | Input::Timer { payload, .. } => payload.as_ref(),
            Input::Answer { outcome, .. } => outcome.as_ref(),
        };
        Self {
            at_us: taken.at_us,
            cause: taken.cause,
            sender,
            payload: payload.cloned().map(Payload),
            panic: done.and_then(|done| panic_of(&done.outcome)),
            is_unfinished: done.is_none(),
            ..Self::plain(taken.number, actor, &taken.message)
        }
    }
}

fn panic_of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Panicked(text) => Some(text.clone()),
        _ => None,
    }
}

/// What the first step of a life is called.
pub(super) const STARTED: &str = "started";
/// What the last step of an actor is called.
pub(super) const ENDED: &str = "ended";
