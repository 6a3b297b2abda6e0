//! Messages to the WebView host, which owns the main thread and every real window.

use serde::{Deserialize, Serialize};

use super::{
    Class, Message,
    record::{self, Name},
};

/// What to do to one window; see [`HostOrder::Window`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriveWindow {
    /// Index of the window.
    pub window: u32,
    /// What to do.
    pub action: WindowAction,
}

/// What can be done to a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WindowAction {
    /// Open it; it stays hidden until its first frame is painted.
    Open(Box<WindowOptions>),
    /// Read its state.
    Describe,
    /// Show it now.
    Show,
    /// Hide it.
    Hide,
    /// Close it and end its page.
    Close,
    /// The page has painted: show the window unless it is meant to stay hidden.
    FirstFrame,
    /// Set the title.
    SetTitle(String),
    /// Set the inner size.
    SetSize(Length, Length),
    /// Move the outer frame, in logical pixels.
    SetPosition(i32, i32),
    /// Fill the screen.
    Maximize,
    /// Put it into the task bar.
    Minimize,
    /// Undo `Maximize` and `Minimize`.
    Restore,
    /// Set the colour behind the page: red, green, blue and alpha, 0 to 255.
    SetBackground([u8; 4]),
    /// Load another page of the app, by path or URL.
    Navigate(String),
    /// Open the engine's inspector; debug builds only.
    ShowInspector,
    /// Save a picture of the page to this PNG file.
    Screenshot(std::path::PathBuf),
}

/// How a window is opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowOptions {
    /// Title until the page sets one.
    pub title: String,
    /// Path or URL of the first page.
    pub url: String,
    /// Inner width; half of the screen if absent.
    pub width: Option<Length>,
    /// Inner height; half of the screen if absent.
    pub height: Option<Length>,
    /// Lower bounds of width and height.
    pub min_size: (Option<Length>, Option<Length>),
    /// Upper bounds of width and height.
    pub max_size: (Option<Length>, Option<Length>),
    /// Whether the user may resize it.
    pub is_resizable: bool,
    /// Whether the user may maximise it.
    pub is_maximizable: bool,
    /// Whether the user may minimise it.
    pub is_minimizable: bool,
    /// Whether the user may close it.
    pub is_closable: bool,
    /// Whether it has neither title bar nor border.
    pub is_frameless: bool,
    /// Whether it stays out of the task bar.
    pub is_utility: bool,
    /// Whether it is never shown (`build.headless` without a display of its own).
    pub is_hidden: bool,
    /// Colour behind the page under a light and under a dark system theme.
    pub background: (Option<[u8; 4]>, Option<[u8; 4]>),
}

/// A length on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Length {
    /// Logical pixels.
    Pixels(f64),
    /// Percent of the screen's width or height.
    Percent(f64),
}

/// What a window looks like now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowState {
    /// Its index.
    pub index: u32,
    /// Its title.
    pub title: String,
    /// Inner width in logical pixels.
    pub width: u32,
    /// Inner height in logical pixels.
    pub height: u32,
    /// Left edge in logical pixels.
    pub x: i32,
    /// Top edge in logical pixels.
    pub y: i32,
    /// One of the constants of `socket:window/constants`.
    pub status: u32,
}

/// Why the host could not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// There is no such window.
    #[error("no window {window}")]
    Unknown {
        /// The index that was named.
        window: u32,
    },
    /// There is one already.
    #[error("window {window} is open already")]
    Exists {
        /// The index that was named.
        window: u32,
    },
    /// The page may not be shown.
    #[error("'{url}' is not a page that this app may open")]
    ForbiddenUrl {
        /// The URL that was named.
        url: String,
    },
    /// The system or the engine refused.
    #[error("{action} failed: {reason}")]
    Failed {
        /// What was tried.
        #[serde(deserialize_with = "record::interned")]
        action: Name,
        /// What was said.
        reason: String,
    },
    /// This platform or build cannot do it.
    #[error("{action} is not supported here")]
    Unsupported {
        /// What was tried.
        #[serde(deserialize_with = "record::interned")]
        action: Name,
    },
}

/// Tells the host about the whole app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HostOrder {
    /// See [`DriveWindow`].
    Window(DriveWindow),
    /// Read the size of the primary screen.
    DescribeScreen,
    /// End the app with this exit code.
    Exit(i32),
}

impl Message for HostOrder {
    type Reply = Result<HostAnswer, WindowError>;

    recorded!(reply);
}

/// What the host answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum HostAnswer {
    /// The window's state after the action.
    Window(WindowState),
    /// The primary screen: width and height in logical pixels, and the scale factor.
    Screen {
        /// Width in logical pixels.
        width: f64,
        /// Height in logical pixels.
        height: f64,
        /// Physical pixels per logical pixel.
        scale: f64,
    },
    /// Nothing to add.
    Done,
}

/// Something happened to a window that nobody ordered in that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowFact {
    /// Index of the window.
    pub window: u32,
    /// What happened.
    pub change: WindowChange,
}

impl Message for WindowFact {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// What can happen to a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WindowChange {
    /// It became visible.
    Shown,
    /// It got the keyboard focus.
    Focused,
    /// It lost the keyboard focus.
    Blurred,
    /// It has this inner size now, in logical pixels.
    Resized(u32, u32),
    /// Its outer frame lies here now, in logical pixels.
    Moved(i32, i32),
    /// It is gone, whoever closed it.
    Closed,
    /// A new document replaced the old one, and with it every call in flight.
    PageStarted(String),
    /// The document and what it refers to are loaded.
    PageLoaded(String),
    /// A page of the development server did not load.
    LoadFailed {
        /// Its address.
        url: String,
        /// What the engine said.
        reason: String,
    },
    /// The page set the title.
    Titled(String),
    /// The process that runs the page died; `true` if the page is being loaded again.
    WebProcessCrashed(bool),
    /// The page tried something that it may not do.
    Refused(Refusal),
}

/// What a page may not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Refusal {
    /// Show a page of somebody else.
    Navigation(String),
    /// Open a window, as by `target=_blank`.
    NewWindow(String),
    /// Save a file from this URL.
    Download(String),
    /// Import a module of the runtime that does not exist.
    Module(String),
}
