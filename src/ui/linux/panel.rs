//! The panel: shows the app's actors over the page of a window, in debug builds.
//!
//! Its page has a view of its own, in a process of its own, and an origin that no page of the
//! app has. So neither scripts nor styles of the app's page can reach it, it disturbs none of
//! them, and it goes on when they are stuck. The key is caught before the page gets it.
//!
//! **Invariant:** a view that is closed is gone; it costs nothing. It can look, and cannot
//! change anything but how much is noted. Only its own view gets an answer from its origin.

use gtk::{
    gdk::{self, ModifierType},
    glib::{MainContext, Propagation},
    prelude::*,
};
use tokio::sync::oneshot;
use webkit2gtk::{
    NavigationPolicyDecision, NavigationPolicyDecisionExt as _, PolicyDecision,
    PolicyDecisionExt as _, PolicyDecisionType, URIRequestExt as _, URISchemeRequest,
    UserContentManager, WebView, WebViewExt as _,
};

use super::{
    super::{panel as pages, wire},
    Host, HostEvent,
    response::{Body, Response},
    scheme::Asked,
};
use crate::messages::{
    inspector::{Look, Request},
    router::CallError,
};

/// What the page of a window lies in, so that a panel can lie over it.
pub(super) struct Ground {
    overlay: gtk::Overlay,
    panel: Option<WebView>,
}

impl Ground {
    /// Puts ground into a window.
    pub(super) fn new(window: &gtk::Box) -> Self {
        let overlay = gtk::Overlay::new();
        overlay.add(&gtk::Box::new(gtk::Orientation::Vertical, 0));
        overlay.connect_get_child_position(|overlay, _| Some(place(&overlay.allocation())));
        window.pack_start(&overlay, true, true, 0);
        Self {
            overlay,
            panel: None,
        }
    }

    /// What the page is put into.
    pub(super) fn container(&self) -> Option<gtk::Box> {
        self.overlay.child()?.downcast().ok()
    }

    /// Opens the panel beside `page`, or closes it.
    pub(super) fn toggle(&mut self, host: &Host, window: u32, page: &WebView) {
        if self.panel.is_some() {
            return self.close(host, window, page);
        }
        let Some(view) = build(page) else {
            return;
        };
        host.panels.borrow_mut().push((view.clone(), window));
        self.overlay.add_overlay(&view);
        view.show();
        view.load_uri(&format!("{}/", pages::ORIGIN));
        view.grab_focus();
        self.panel = Some(view);
    }

    /// Closes the panel, if it is open.
    pub(super) fn close(&mut self, host: &Host, window: u32, page: &WebView) {
        host.forget_panel(window);
        if let Some(view) = self.panel.take() {
            self.overlay.remove(&view);
            page.grab_focus();
        }
    }
}

/// Has a window tell when its user presses the key.
pub(super) fn connect_key(host: &Host, index: u32, window: &gtk::ApplicationWindow) {
    let host = host.clone();
    window.connect_key_press_event(move |_, event| {
        if !is_hot_key(event) {
            return Propagation::Proceed;
        }
        host.post(HostEvent::TogglePanel(index));
        Propagation::Stop
    });
}

/// Ctrl+Shift+A, and nothing held besides.
fn is_hot_key(event: &gdk::EventKey) -> bool {
    let held = event.state() & gtk::accelerator_get_default_mod_mask();
    held == ModifierType::CONTROL_MASK | ModifierType::SHIFT_MASK
        && event.keyval().to_lower() == gdk::keys::constants::a
}

/// The lower part of a window, but for its very edge.
fn place(window: &gtk::Rectangle) -> gdk::Rectangle {
    let wanted = (window.height() * PERCENT / 100).max(HEIGHT_MIN);
    let height = wanted.min(window.height());
    gdk::Rectangle::new(0, window.height() - height, window.width(), height)
}

fn build(page: &WebView) -> Option<WebView> {
    let view = WebView::builder()
        .web_context(&page.context()?)
        .user_content_manager(&UserContentManager::new())
        .build();
    view.set_background_color(&page.background_color());
    view.connect_decide_policy(|_, decision, kind| match kind {
        PolicyDecisionType::Response => false,
        _ => !stays(decision) && refuse(decision),
    });
    Some(view)
}

/// Whether a navigation stays within the panel: something else may be dropped on it.
fn stays(decision: &PolicyDecision) -> bool {
    let target = decision
        .downcast_ref::<NavigationPolicyDecision>()
        .and_then(|decision| decision.navigation_action()?.request()?.uri());
    target.is_some_and(|uri| pages::path(&uri).is_some())
}

fn refuse(decision: &PolicyDecision) -> bool {
    decision.ignore();
    true
}

/// Answers a request for something of the panel's origin.
pub(super) fn handle(host: &Host, request: &URISchemeRequest, asked: &Asked<'_>) {
    let Some(window) = asked.panel else {
        return text(403, "this is for the panel").send(request, asked);
    };
    match asked.path {
        "/look" => look(host, request, asked),
        "/close" => {
            host.post(HostEvent::ClosePanel(window));
            text(200, "").send(request, asked);
        }
        path => page(path).send(request, asked),
    }
}

fn page(path: &str) -> Response {
    let Some((media_type, source)) = pages::file(path) else {
        return text(404, "the panel has no such file");
    };
    let mut response = Response::new(200, media_type, Body::Static(source.as_bytes()));
    response.header("content-security-policy", pages::POLICY.to_owned());
    response
}

/// Asks the inspector, and answers with what it says.
fn look(host: &Host, request: &URISchemeRequest, asked: &Asked<'_>) {
    let wanted = wire::query_params(asked.query).map(serde_json::from_value::<Request>);
    let Ok(Ok(wanted)) = wanted else {
        return text(400, "this is no request").send(request, asked);
    };
    let (sender, receiver) = oneshot::channel();
    host.backend.look(
        Look(wanted),
        Box::new(move |seen| {
            // Nobody waits once the loop has ended.
            let _ = sender.send(seen);
        }),
    );
    let (request, asked) = (request.clone(), asked.detached());
    MainContext::default().spawn_local(async move {
        let seen = receiver.await.unwrap_or_else(|_| Err(wire::stopped()));
        answer(seen).send(&request, &asked);
    });
}

fn answer(seen: Result<serde_json::Value, CallError>) -> Response {
    match seen {
        Ok(seen) => Response::new(200, JSON, Body::from(seen.to_string())),
        Err(error) => Response::error(409, error),
    }
}

fn text(status: u32, text: &'static str) -> Response {
    Response::new(status, "text/plain", Body::Static(text.as_bytes()))
}

const JSON: &str = "application/json";
/// How much of a window's height the panel takes.
const PERCENT: i32 = 58;
/// The least height, in logical pixels, in which rows can be read.
const HEIGHT_MIN: i32 = 240;
