//! Messages to the terminal: what pages and back ends print.

use serde::{Deserialize, Serialize};

use super::Message;

/// Writes text to one of the process's standard streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// Where to.
    pub stream: Stream,
    /// The text, as it is; no line end is added.
    pub text: String,
}

impl Message for Print {
    type Reply = ();

    recorded!(reply);
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}
