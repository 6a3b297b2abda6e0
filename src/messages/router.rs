//! Messages to the IPC router: the calls of pages, as the engine reported them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Message,
    record::{self, Name},
};

/// One call of a page. The router checks it and passes it on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteCall {
    /// Who calls.
    pub caller: Caller,
    /// The command, such as `fs.readFile`; compared without regard to case.
    pub command: String,
    /// Named arguments: a JSON object, or `null` for none.
    pub params: Value,
    /// Binary argument, at most [`BODY_BYTES_MAX`] bytes.
    #[serde(with = "record::byte_string")]
    pub body: Vec<u8>,
}

impl Message for RouteCall {
    type Reply = Result<CallReply, CallError>;

    /// Arguments may hold what a page keeps to itself; their names do not.
    fn reveal(&self) -> Option<Value> {
        let params = self.params.as_object();
        Some(json!({
            "command": self.command,
            "window": self.caller.window,
            "origin": self.caller.origin,
            "params": params.map(|params| params.keys().collect::<Vec<_>>()),
            "body_bytes": self.body.len(),
        }))
    }

    recorded!(reply);
}

/// Where a call came from, as reported by the engine and never by the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Index of the window.
    pub window: u32,
    /// Which document of the window.
    pub frame: Frame,
    /// Serialised origin of the calling document, such as `socket://localhost`.
    pub origin: String,
}

/// Which document of a window calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// The window's own document, by script message.
    Top,
    /// A document or worker of the app's origin, by request.
    SameOrigin,
    /// No document: the app's back end, by a message line.
    Backend,
}

/// A successful answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallReply {
    /// The JSON part.
    pub data: Value,
    /// The binary part.
    pub body: Option<Vec<u8>>,
}

impl From<Value> for CallReply {
    fn from(data: Value) -> Self {
        Self { data, body: None }
    }
}

/// An error as JavaScript will see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    /// The JavaScript class, such as `TypeError`.
    #[serde(deserialize_with = "record::interned")]
    pub name: Name,
    /// A code that programs compare, such as `ENOENT`.
    pub code: String,
    /// A sentence for people, naming the offending value.
    pub message: String,
    /// The system call that failed.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "record::interned_option"
    )]
    pub syscall: Option<Name>,
    /// The path it failed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The second path, where a call takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dest: Option<String>,
}

/// Most bytes that one call or one answer carries beside its JSON.
pub const BODY_BYTES_MAX: usize = 8 << 20;
