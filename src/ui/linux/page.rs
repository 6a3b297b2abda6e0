//! The view that shows a page: its settings, its channel to the host and its first script.

use gtk::prelude::*;
use webkit2gtk::{
    HardwareAccelerationPolicy, LoadEvent, SettingsExt as _, UserContentInjectedFrames,
    UserContentManagerExt as _, UserScript, UserScriptInjectionTime, WebView as EngineView,
    WebViewExt,
};
use wry::{WebContext, WebView, WebViewBuilder, WebViewBuilderExtUnix as _, WebViewExtUnix as _};

use super::{
    super::{Permission, modules},
    Host, HostEvent, calls, policy, scheme, script_message,
    window::failed,
};
use crate::messages::host::{Refusal, WindowChange, WindowError};

/// Builds a view inside a container; it has no page yet.
pub(super) fn build(
    host: &Host,
    window: u32,
    container: &gtk::Box,
    context: &mut WebContext,
) -> Result<WebView, WindowError> {
    let page = WebViewBuilder::new_with_web_context(context)
        .with_devtools(host.options.is_debug)
        .build_gtk(container)
        .map_err(|error| failed("building the WebView", &error))?;
    let view = page.webview();
    if !host.is_context_ready.replace(true) {
        scheme::register(host, &view);
        policy::refuse_downloads(host, &view);
    }
    host.views.borrow_mut().push((view.clone(), window));
    apply_settings(host, &view);
    connect_channel(host, window, &view);
    connect_load(host, window, &view);
    connect_failure(host, window, &view);
    connect_title(host, window, &view);
    policy::connect(host, window, &view);
    let host = host.clone();
    view.connect_close(move |_| host.post(HostEvent::Close(window)));
    Ok(page)
}

fn apply_settings(host: &Host, view: &EngineView) {
    let Some(settings) = WebViewExt::settings(view) else {
        return;
    };
    let options = &host.options;
    settings.set_enable_developer_extras(options.is_debug);
    settings.set_javascript_can_access_clipboard((options.permits)(Permission::Clipboard));
    // A page that comes back from the cache would hold an expired token.
    settings.set_enable_page_cache(false);
    if !options.is_hardware_accelerated {
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
    }
}

fn connect_channel(host: &Host, window: u32, view: &EngineView) {
    let manager = view.user_content_manager();
    let Some(manager) = manager.filter(|_| host.options.has_script_messages) else {
        return;
    };
    let host = host.clone();
    let weak = view.downgrade();
    script_message::connect(&manager, CHANNEL, move |text, reply| {
        let url = weak
            .upgrade()
            .and_then(|view| view.uri())
            .unwrap_or_default();
        calls::handle_script_message(&host, window, &url, &text, reply);
    });
}

/// Tells of a development server that does not answer; the app's own files cannot fail so.
fn connect_failure(host: &Host, window: u32, view: &EngineView) {
    let host = host.clone();
    view.connect_load_failed(move |_, _, url, error| {
        let server = host.options.dev_server.as_deref();
        if server.is_some_and(|server| url.starts_with(server)) {
            let reason = error.message().to_owned();
            let url = url.to_owned();
            host.notify(window, WindowChange::LoadFailed { url, reason });
        }
        // The engine shows its own page for the failure.
        false
    });
}

/// Gives every document of the app that is about to load a token of its own.
fn connect_load(host: &Host, window: u32, view: &EngineView) {
    let host = host.clone();
    view.connect_load_changed(move |view, event| {
        let url = view.uri().unwrap_or_default().to_string();
        match event {
            LoadEvent::Started if !host.origins.may_show(&url) => {
                view.stop_loading();
                host.refuse(window, Refusal::Navigation(url));
            }
            LoadEvent::Started => {
                let token = host.sessions.borrow_mut().begin(window);
                inject_preload(&host, window, view, &token);
            }
            LoadEvent::Committed => {
                let is_app = host.origins.is_app_page(&url);
                host.sessions.borrow_mut().commit(window, is_app);
                host.notify(window, WindowChange::PageStarted(url));
            }
            LoadEvent::Finished => host.notify(window, WindowChange::PageLoaded(url)),
            _ => {}
        }
    });
}

/// Has the preload run first in the top document, if that is the app's.
fn inject_preload(host: &Host, window: u32, view: &EngineView, token: &str) {
    let Some(manager) = view.user_content_manager() else {
        return;
    };
    manager.remove_all_scripts();
    let args = (host.options.bootstrap)(window);
    let Some(script) = modules::preload_script(token, &args) else {
        return;
    };
    let origins = serde_json::json!(host.origins.app_origins());
    let guarded = format!("if ({origins}.includes(globalThis.origin)) {{\n{script}\n}}");
    let top = UserContentInjectedFrames::TopFrame;
    let start = UserScriptInjectionTime::Start;
    manager.add_script(&UserScript::new(&guarded, top, start, &[], &[]));
}

fn connect_title(host: &Host, window: u32, view: &EngineView) {
    let host = host.clone();
    view.connect_title_notify(move |view| {
        if let Some(title) = view.title().filter(|title| !title.is_empty()) {
            host.post(HostEvent::Titled(window, title.into()));
        }
    });
}

/// Name under which `webkit.messageHandlers` holds the channel.
const CHANNEL: &str = "runtime";
