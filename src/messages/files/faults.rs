//! Faults that tests plant on the actor's own thread.

use crate::messages::Message;

use super::FileError;

/// Panics in the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanicNow;

impl Message for PanicNow {
    type Reply = Result<(), FileError>;
}

/// Blocks the actor's thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockNow {
    /// For how many milliseconds.
    pub ms: u64,
}

impl Message for BlockNow {
    type Reply = Result<(), FileError>;
}
