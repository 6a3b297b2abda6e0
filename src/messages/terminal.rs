//! Messages to the terminal: what pages and back ends print.

use super::Message;

/// Writes text to one of the process's standard streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// Where to.
    pub stream: Stream,
    /// The text, as it is; no line end is added.
    pub text: String,
}

impl Message for Print {
    type Reply = ();
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}
