//! The border between the WebView host and the rest of the app.

use std::{env, path::PathBuf, sync::Arc};

use serde_json::Value;

use crate::messages::{
    cause::CauseId,
    host::{HostAnswer, HostOrder, WindowError, WindowFact},
    inspector::Look,
    resources::{OpenResource, Resource, ResourceError},
    router::{CallError, CallReply, RouteCall},
};

/// Answers once, from any thread; dropping it unused answers with an error.
pub type Answer<T, E> = Box<dyn FnOnce(Result<T, E>) + Send>;

/// What the host needs from the rest of the app. Called on the main thread, so it must not block.
pub trait Backend: 'static {
    /// Carries out a page's call; what comes of it goes back to `cause`.
    fn call(&self, cause: CauseId, call: RouteCall, answer: Answer<CallReply, CallError>);

    /// Looks into the app's actors, for the panel.
    fn look(&self, look: Look, answer: Answer<Value, CallError>);

    /// Opens an app file.
    fn open_resource(&self, request: OpenResource, answer: Answer<Resource, ResourceError>);

    /// Learns what happened to a window.
    fn notify(&self, fact: WindowFact);

    /// Hands over the orders that wait for the host. Called after each [`HostProxy::wake`],
    /// and again at once if there are more than it gave.
    fn take_orders(&self) -> Orders;
}

/// Orders to carry out, in this sequence.
#[derive(Default)]
pub struct Orders {
    /// Each with the way to answer it; the answer comes on the main thread.
    pub orders: Vec<(HostOrder, Answer<HostAnswer, WindowError>)>,
    /// Whether more wait.
    pub is_more: bool,
}

/// How the host runs; fixed for its life.
pub struct HostOptions {
    /// Bundle identifier of the app, which keeps its stored data apart from that of others.
    pub bundle_id: String,
    /// Where pages' stored data goes; `None` for [`data_directory`] of the bundle identifier.
    pub data_directory: Option<PathBuf>,
    /// Whether a WebDriver may drive the first window.
    pub is_automated: bool,
    /// Whether the inspector is available.
    pub is_debug: bool,
    /// Whether a key opens a panel that shows the app's actors.
    pub has_panel: bool,
    /// Whether small calls may come by script message. WebKitGTK 2.50 runs a JavaScript
    /// machine in this process for these, which it destroys after a second of rest, and
    /// now and then its heap with it; so apps call by request only.
    pub has_script_messages: bool,
    /// Whether pages are drawn with the graphics processor.
    pub is_hardware_accelerated: bool,
    /// Whether the host ends, with exit code 0, when its last window is closed.
    pub exits_with_last_window: bool,
    /// Origin of a development server whose pages count as the app's, such as `http://localhost:8080`.
    pub dev_server: Option<String>,
    /// Pages of others that may be shown: an origin (`*.` stands for any subdomain) and a
    /// path in which `*` stands for anything.
    pub allowed_pages: Vec<String>,
    /// Headers added to every answer with an app file.
    pub headers: Vec<(String, String)>,
    /// What `globalThis.__args` holds in a window with this index.
    pub bootstrap: Box<dyn Fn(u32) -> Value>,
    /// Whether pages of the app may use a feature of the engine.
    pub permits: Box<dyn Fn(Permission) -> bool>,
}

/// A feature of the engine that needs consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Take pictures.
    Camera,
    /// Record sound.
    Microphone,
    /// Record the screen.
    ScreenCapture,
    /// Learn where the device is.
    Geolocation,
    /// Show notifications.
    Notifications,
    /// Hold the mouse pointer.
    PointerLock,
    /// Read and write the clipboard.
    Clipboard,
    /// List cameras and microphones by name.
    DeviceNames,
    /// Anything else that the engine asks for.
    Other,
}

/// Tells the host that orders wait, from any thread.
#[derive(Clone)]
pub struct HostProxy {
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// Why the host could not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// There is no display to show windows on.
    #[error("cannot open a display; start a graphical session or run headless: {reason}")]
    NoDisplay {
        /// What the toolkit said.
        reason: String,
    },
    /// The host was not written for this system yet.
    #[error("windows are not supported on {system} yet; Linux is")]
    UnsupportedSystem {
        /// Name of the system.
        system: &'static str,
    },
}

impl HostProxy {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "no host to order about")
    )]
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            wake: Arc::new(wake),
        }
    }

    /// Has the host take its orders; after the host has ended, nothing happens.
    pub fn wake(&self) {
        (self.wake)();
    }
}

impl std::fmt::Debug for HostProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostProxy").finish_non_exhaustive()
    }
}

/// Runs the host on this thread, which must be the main thread, until it is ordered to exit
/// or its last window is closed; returns the exit code.
pub fn run(
    options: HostOptions,
    backend: impl FnOnce(HostProxy) -> Box<dyn Backend>,
) -> Result<i32, HostError> {
    #[cfg(target_os = "linux")]
    return super::linux::run(options, backend);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (options, backend);
        Err(HostError::UnsupportedSystem {
            system: env::consts::OS,
        })
    }
}

/// Where the stored data of an app's pages lives: `$XDG_DATA_HOME/<bundle id>/webview`.
#[must_use]
pub fn data_directory(bundle_id: &str) -> PathBuf {
    let base = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .unwrap_or_else(env::temp_dir);
    let name: String = bundle_id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    base.join(name.trim_start_matches('.')).join("webview")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_id_cannot_leave_the_data_folder() {
        let path = data_directory("../../etc/x");
        assert!(path.ends_with("_.._etc_x/webview"), "{}", path.display());
        assert!(data_directory("com.example.app").ends_with("com.example.app/webview"));
    }
}
