//! Messages to the process actor, which runs the app's back end.

use super::{Class, Message};

/// Starts the back end, unless it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenBackend {
    /// Whether a running one is ended and started anew.
    pub is_forced: bool,
}

impl Message for OpenBackend {
    type Reply = Result<BackendState, BackendError>;
}

/// Writes one message line to the back end's standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBackend {
    /// The line, without its end.
    pub line: String,
}

impl Message for WriteBackend {
    type Reply = Result<(), BackendError>;
}

/// Ends the back end, if it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KillBackend;

impl Message for KillBackend {
    type Reply = Result<(), BackendError>;
}

/// The back end wrote a line.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// The back end ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendExited {
    /// Which start of the back end it was.
    pub run: u64,
    /// How it ended.
    pub end: BackendEnd,
}

impl Message for BackendExited {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// How a back end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendEnd {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// A running back end.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The app names none.
    #[error("this app has no back end: socket.ini has no [{platform}] cmd")]
    NotConfigured {
        /// The section that was looked into.
        platform: &'static str,
    },
    /// The command cannot be read.
    #[error("[{platform}] cmd is not a command line: {reason}")]
    BadCommand {
        /// The section it stands in.
        platform: &'static str,
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
