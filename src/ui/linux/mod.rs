//! The host on Linux: tao's event loop, wry's WebView, and WebKitGTK where wry ends.
//!
//! Everything here runs on the main thread. Answers of the [`Backend`] come from others and
//! hop over by a channel that a task of the GLib main loop waits on.

mod actions;
mod calls;
mod event_loop;
mod file_stream;
mod files;
mod geometry;
mod page;
mod panel;
mod policy;
mod response;
mod scheme;
mod script_message;
mod stage;
mod window;

pub(super) mod process;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

pub(super) use event_loop::run;
use tao::event_loop::EventLoopProxy;
use webkit2gtk::WebView;

use super::{Backend, HostOptions, origin::Origins, session::Sessions};
use crate::messages::host::{Refusal, WindowChange, WindowFact};

/// What every handler of the host needs.
struct Shared {
    options: HostOptions,
    origins: Origins,
    sessions: RefCell<Sessions>,
    views: RefCell<Vec<(WebView, u32)>>,
    /// Open panels, each with the index of its window.
    panels: RefCell<Vec<(WebView, u32)>>,
    /// Whether the engine's context has our schemes and refuses downloads.
    is_context_ready: Cell<bool>,
    backend: Box<dyn Backend>,
    proxy: EventLoopProxy<HostEvent>,
}

/// A handle that handlers keep.
type Host = Rc<Shared>;

/// What is put into the event loop's queue.
enum HostEvent {
    /// Orders wait.
    Orders,
    /// The page asked for its window to be closed.
    Close(u32),
    /// The page set its title.
    Titled(u32, String),
    /// The page took too long to paint: show the window all the same.
    RevealLate(u32),
    /// The user pressed the panel's key.
    TogglePanel(u32),
    /// The panel asked to be closed.
    ClosePanel(u32),
}

impl Shared {
    /// Index of the window whose view this is.
    fn window_of(&self, view: &WebView) -> Option<u32> {
        find(&self.views.borrow(), view)
    }

    /// Index of the window whose panel this is.
    fn panel_of(&self, view: &WebView) -> Option<u32> {
        find(&self.panels.borrow(), view)
    }

    fn forget_panel(&self, window: u32) {
        self.panels
            .borrow_mut()
            .retain(|(_, known)| *known != window);
    }

    fn notify(&self, window: u32, change: WindowChange) {
        self.backend.notify(WindowFact { window, change });
    }

    fn refuse(&self, window: u32, refusal: Refusal) {
        self.notify(window, WindowChange::Refused(refusal));
    }

    fn post(&self, event: HostEvent) {
        // The queue closes with the loop, after which there is nothing to do.
        let _ = self.proxy.send_event(event);
    }
}

fn find(views: &[(WebView, u32)], view: &WebView) -> Option<u32> {
    let found = views.iter().find(|(known, _)| known == view);
    found.map(|&(_, window)| window)
}
