//! Messages to the windows actor, which knows every window, and to the actor of one window.

use serde::Serialize;
use serde_json::Value;

use super::{
    Class, Message,
    cause::CauseId,
    host::{HostAnswer, WindowAction, WindowError, WindowOptions, WindowState},
};

/// Opens a window; replies with its state once its page is loading.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenWindow {
    /// The index it gets; the lowest free one if absent.
    pub index: Option<u32>,
    /// How it looks.
    pub options: WindowOptions,
}

impl Message for OpenWindow {
    type Reply = Result<WindowState, WindowError>;
}

/// Does something to an open window.
#[derive(Clone, Debug, PartialEq)]
pub struct ActOnWindow {
    /// Index of the window.
    pub window: u32,
    /// What to do.
    pub action: WindowAction,
}

impl Message for ActOnWindow {
    type Reply = Result<WindowState, WindowError>;
}

/// Lists the windows with these indices, or all if there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListWindows {
    /// The wanted indices.
    pub indices: Vec<u32>,
}

impl Message for ListWindows {
    type Reply = Result<Vec<WindowState>, WindowError>;
}

/// Reads the size of the primary screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescribeScreen;

impl Message for DescribeScreen {
    type Reply = Result<HostAnswer, WindowError>;
}

/// Ends the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitApp {
    /// The exit code of the process.
    pub code: i32,
}

impl Message for ExitApp {
    type Reply = Result<(), WindowError>;
    const CLASS: Class = Class::Control;
}

/// Raises an event in the pages of one window, or of all.
#[derive(Clone, Debug, PartialEq)]
pub struct RaiseEvent {
    /// Index of the window; all if absent.
    pub window: Option<u32>,
    /// What happened.
    pub event: PageEvent,
}

impl Message for RaiseEvent {
    type Reply = Result<(), WindowError>;
}

/// An event on its way to a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PageEvent {
    /// The type of the `CustomEvent`.
    #[serde(rename = "event")]
    pub name: String,
    /// Its `detail`.
    pub data: Value,
    /// What it goes back to; filled in by the actor of the window that it is for.
    pub cause: CauseId,
}

/// Takes the events that wait for one client; answered when there are some, or with none
/// after [`POLL_SECONDS_MAX`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeEvents {
    /// Index of the window.
    pub window: u32,
    /// The client, by the id that it was given.
    pub client: String,
}

impl Message for TakeEvents {
    type Reply = Result<Vec<PageEvent>, ClientError>;
}

/// Gives a worker or frame a queue of its own; replies with the client's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenClient {
    /// Index of the window.
    pub window: u32,
}

impl Message for OpenClient {
    type Reply = Result<String, ClientError>;
}

/// Takes a client's queue away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseClient {
    /// Index of the window.
    pub window: u32,
    /// The client.
    pub client: String,
}

impl Message for CloseClient {
    type Reply = Result<(), ClientError>;
}

/// A client's poll has lasted long enough (a timer of the window's own).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollDue {
    /// The client.
    pub client: String,
}

impl Message for PollDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Why a client got no events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// There is no such window.
    #[error("no window {window}")]
    NoWindow {
        /// The index that was named.
        window: u32,
    },
    /// There is no such client.
    #[error("window {window} has no event client '{client}'")]
    Unknown {
        /// The index of the window.
        window: u32,
        /// The id that was named.
        client: String,
    },
    /// The window has [`CLIENTS_MAX`] clients already.
    #[error("window {window} has {CLIENTS_MAX} event clients already")]
    TooMany {
        /// The index of the window.
        window: u32,
    },
}

/// The event client that a window's own document has from the start.
pub const TOP_CLIENT: &str = "top";
/// How long a poll for events waits.
pub const POLL_SECONDS_MAX: u64 = 25;
/// Event clients of one window: its document, frames and workers.
pub const CLIENTS_MAX: usize = 256;
/// Events that wait for one client; beyond that the oldest is dropped.
pub const EVENTS_QUEUED_MAX: usize = 4096;
