//! What a viewer may do to an actor, and on what an actor is to stop.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which viewer intervened; the inspector gives the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ViewerId(pub u32);

/// What was done to an actor from outside, as its flight recorder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Intervention {
    /// It was held.
    Pause,
    /// It was let go.
    Resume,
    /// It was let handle a number of messages.
    Step,
    /// A breakpoint was set.
    Break,
    /// Its breakpoints were taken away.
    ClearBreaks,
    /// A breakpoint held it.
    Broke,
    /// A message was put into its mailbox.
    Inject,
    /// Its state was replaced.
    Replace,
    /// It was made anew.
    Restart,
    /// It was stopped.
    Kill,
}

/// A breakpoint: the actor is held before it handles a message that fits every part given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Break {
    /// The message's type, as reports name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A field of what the message reveals; a message that reveals nothing never fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// At least so many messages are queued, this one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<u64>,
    /// The oldest queued message, this one included, is at least so many milliseconds old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_ms: Option<f64>,
}

/// What a field of a message must be for a breakpoint to fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where it is, as a JSON pointer (RFC 6901): `/path`.
    pub pointer: String,
    /// How it compares.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// How a JSON value compares with another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It is the same.
    Equals(Value),
    /// It is there, and something else.
    Differs(Value),
    /// It is a text with this text in it.
    Contains(String),
    /// It is a larger number.
    Above(f64),
    /// It is a smaller number.
    Below(f64),
}

impl Break {
    /// A breakpoint on every message of one type.
    #[must_use]
    pub fn on(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::default()
        }
    }
}

impl Intervention {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Pause,
        Self::Resume,
        Self::Step,
        Self::Break,
        Self::ClearBreaks,
        Self::Broke,
        Self::Inject,
        Self::Replace,
        Self::Restart,
        Self::Kill,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Step => "step",
            Self::Break => "break",
            Self::ClearBreaks => "clear breaks",
            Self::Broke => "broke",
            Self::Inject => "inject",
            Self::Replace => "replace",
            Self::Restart => "restart",
            Self::Kill => "kill",
        }
    }
}
