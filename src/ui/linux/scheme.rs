//! Answers every `socket:` and `node:` URL that pages, frames and workers ask for.

use gtk::glib::GString;
use webkit2gtk::{
    SecurityManagerExt as _, URISchemeRequest, URISchemeRequestExt as _, WebContextExt as _,
    WebView, WebViewExt as _,
};

use super::{
    super::{
        modules,
        origin::{APP_ORIGIN, Sender},
        panel,
    },
    Host, calls, files,
    response::{Body, Response},
};
use crate::messages::host::Refusal;

/// What a request asks for.
pub(super) struct Asked<'a> {
    /// Path of the URL, still encoded.
    pub(super) path: &'a str,
    /// Query of the URL, still encoded.
    pub(super) query: &'a str,
    /// Method, in upper case.
    pub(super) method: GString,
    /// Who asks, by its origin.
    pub(super) sender: Sender,
    /// Index of the window in which it lives, if that is known.
    pub(super) window: Option<u32>,
    /// Index of the window over which it lies, if a panel asks.
    pub(super) panel: Option<u32>,
    headers: Option<soup::MessageHeaders>,
}

impl Asked<'_> {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.as_ref()?.one(name).map(Into::into)
    }

    /// The same without the URL, to be kept until the answer is there.
    pub(super) fn detached(&self) -> Asked<'static> {
        Asked {
            path: "",
            query: "",
            method: self.method.clone(),
            sender: self.sender,
            window: self.window,
            panel: self.panel,
            headers: self.headers.clone(),
        }
    }
}

/// Registers both schemes with the view's context; once per context, before the first load.
pub(super) fn register(host: &Host, view: &WebView) {
    let Some(context) = view.context() else {
        return;
    };
    for scheme in ["socket", "node"] {
        if let Some(security) = context.security_manager() {
            security.register_uri_scheme_as_secure(scheme);
            security.register_uri_scheme_as_cors_enabled(scheme);
        }
        let host = host.clone();
        context.register_uri_scheme(scheme, move |request| handle(&host, request));
    }
}

fn handle(host: &Host, request: &URISchemeRequest) {
    let url = request.uri().unwrap_or_default();
    let headers = request.http_headers();
    let origin = headers.as_ref().and_then(|headers| headers.one("origin"));
    let url = url.split('#').next().unwrap_or_default();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let panel_path = panel::path(address);
    let path = address.strip_prefix(APP_ORIGIN).or(panel_path);
    let path = path.unwrap_or_default();
    let view = request.web_view();
    let asked = Asked {
        path: if path.is_empty() { "/" } else { path },
        query,
        method: request.http_method().unwrap_or_else(|| "GET".into()),
        sender: host.origins.sender(origin.as_deref()),
        window: view.as_ref().and_then(|view| host.window_of(view)),
        panel: view.as_ref().and_then(|view| host.panel_of(view)),
        headers,
    };
    if panel_path.is_some() {
        return super::panel::handle(host, request, &asked);
    }
    let is_app = address == APP_ORIGIN || path.starts_with('/');
    match address.split_once(':') {
        _ if is_app && asked.path.starts_with(calls::IPC_PATH) => {
            calls::handle_request(host, request, &asked);
        }
        _ if is_app => files::handle(host, request, &asked),
        Some((scheme, specifier)) if !specifier.starts_with("//") => {
            module(host, specifier, scheme == "node", &asked).send(request, &asked);
        }
        _ => not_found(address).send(request, &asked),
    }
}

/// Answers `import … from 'socket:…'`.
fn module(host: &Host, specifier: &str, is_node: bool, asked: &Asked<'_>) -> Response {
    if asked.sender == Sender::Foreign {
        return Response::new(
            403,
            "text/plain",
            Body::Static(b"modules are for the app's pages"),
        );
    }
    if specifier == modules::SESSION_MODULE && !is_node {
        return session(host, asked);
    }
    let Some(source) = modules::source(specifier, is_node) else {
        if let Some(window) = asked.window {
            let scheme = if is_node { "node" } else { "socket" };
            host.refuse(window, Refusal::Module(format!("{scheme}:{specifier}")));
        }
        return not_found(specifier);
    };
    Response::new(200, "text/javascript", Body::from(source))
}

/// Tells token and bootstrap data to whoever proves, by the `Origin` header that module
/// requests always carry, to be of the app.
fn session(host: &Host, asked: &Asked<'_>) -> Response {
    let sessions = host.sessions.borrow();
    let token = asked
        .window
        .and_then(|window| Some((window, sessions.token(window)?)));
    match token {
        Some((window, token)) if asked.header("origin").is_some() => {
            let args = (host.options.bootstrap)(window);
            let source = modules::session_source(token, &args);
            let mut response = Response::new(200, "text/javascript", Body::from(source));
            response.header("cache-control", "no-store".to_owned());
            response
        }
        _ => Response::new(
            403,
            "text/plain",
            Body::Static(b"this document has no session"),
        ),
    }
}

fn not_found(what: &str) -> Response {
    let text = format!("there is no module '{what}' in this runtime");
    Response::new(404, "text/plain; charset=utf-8", Body::from(text))
}
