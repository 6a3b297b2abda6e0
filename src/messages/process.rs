//! Messages to the process actor, which runs the app's back end.

use serde::{Deserialize, Serialize};

use super::{
    Class, Message,
    record::{self, Name},
};

/// Starts the back end, unless it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBackend {
    /// Whether a running one is ended and started anew.
    pub is_forced: bool,
}

impl Message for OpenBackend {
    type Reply = Result<BackendState, BackendError>;

    recorded!(reply);
}

/// Writes one message line to the back end's standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteBackend {
    /// The line, without its end.
    pub line: String,
}

impl Message for WriteBackend {
    type Reply = Result<(), BackendError>;

    recorded!(reply);
}

/// Ends the back end, if it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillBackend;

impl Message for KillBackend {
    type Reply = Result<(), BackendError>;

    recorded!(reply);
}

/// The back end wrote a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendPrinted {
    /// Which start of the back end it was.
    pub run: u64,
    /// Whether it came from standard error.
    pub is_error: bool,
    /// The line, without its end.
    pub line: String,
}

impl Message for BackendPrinted {
    type Reply = ();

    recorded!(reply);
}

/// The back end ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendExited {
    /// Which start of the back end it was.
    pub run: u64,
    /// How it ended.
    pub end: BackendEnd,
}

impl Message for BackendExited {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// How a back end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendEnd {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// A running back end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendState {
    /// The program.
    pub cmd: String,
    /// Its arguments.
    pub argv: Vec<String>,
    /// Its working directory.
    pub path: String,
    /// Its process id.
    pub pid: u32,
}

/// Why the back end could not be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The app names none.
    #[error("this app has no back end: socket.ini has no [{platform}] cmd")]
    NotConfigured {
        /// The section that was looked into.
        #[serde(deserialize_with = "record::interned")]
        platform: Name,
    },
    /// The command cannot be read.
    #[error("[{platform}] cmd is not a command line: {reason}")]
    BadCommand {
        /// The section it stands in.
        #[serde(deserialize_with = "record::interned")]
        platform: Name,
        /// What is wrong with it.
        reason: String,
    },
    /// The system did not start it.
    #[error("cannot start the back end '{cmd}': {reason}")]
    NotStarted {
        /// The program.
        cmd: String,
        /// What the system said.
        reason: String,
    },
    /// It does not run.
    #[error("the back end does not run")]
    NotRunning,
    /// It does not read its input, and the queue of lines is full.
    #[error("the back end does not read its input: {LINES_QUEUED_MAX} lines wait")]
    NotReading,
}

/// Lines that wait for a back end that does not read.
pub const LINES_QUEUED_MAX: usize = 1024;
/// Bytes of one line from the back end; a longer one is dropped, with a warning.
pub const LINE_BYTES_MAX: usize = 8 << 20;
