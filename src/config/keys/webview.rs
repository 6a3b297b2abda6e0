//! `[webview]`: what pages are served and where they may go.

use std::time::Duration;

use super::{COMMAS, Key, Kind, LINES, SPACES, Values};

section! {
    /// What pages are served and where they may go.
    Webview, WEBVIEW {
        /// Path of the URL that opens index.html.
        root: String = Key::new("webview", "root", Kind::Text).default("/");
        /// Page served for paths without a file of their own.
        default_index: Option<String> =
            Key::new("webview", "default_index", Kind::Text).example("/index.html");
        /// Whether the page reloads when one of its files changes.
        watch: bool = Key::new("webview", "watch", Kind::Flag).default("false");
        /// Headers added to every answer, one a line.
        headers: Vec<String> =
            Key::new("webview", "headers", LINES).example("X-Frame-Options: DENY").since_0_6();
        /// JSON file with an import map for every page.
        importmap: Option<String> =
            Key::new("webview", "importmap", Kind::Text).example("importmap.json").since_0_6();
        /// Hosts whose pages may be loaded without TLS.
        insecure_domains: Vec<String> =
            Key::new("webview", "insecure_domains", COMMAS).example("localhost").since_0_6();
        /// How service workers run: `hybrid` uses the engine's own where it has them.
        service_worker_mode: Option<String> =
            Key::new("webview", "service_worker_mode", Kind::Text).example("hybrid").since_0_6();
        /// Whether pages load the hidden frame that service workers live in.
        service_worker_frame: Option<bool> =
            Key::new("webview", "service_worker_frame", Kind::Flag).example("true").since_0_6();
        /// How long a service worker may take to answer a request, in milliseconds.
        service_worker_fetch_event_timeout: Option<Duration> =
            Key::new("webview", "service_worker_fetch_event_timeout", Kind::Millis)
                .example("30000")
                .since_0_6();
        /// How many redirects a service worker's answer may go through.
        service_worker_fetch_event_max_response_redirects: Option<u64> = Key::new(
            "webview",
            "service_worker_fetch_event_max_response_redirects",
            Kind::Integer { min: 0, max: 100 },
        )
        .example("16")
        .since_0_6();
        /// Whether service workers named in this file register without the page's help.
        auto_register_service_workers: Option<bool> =
            Key::new("webview", "auto_register_service_workers", Kind::Flag)
                .example("true")
                .since_0_6();
        /// Headers that XMLHttpRequest does not hand on; `*` stands for any text.
        fetch_headers_filter: Vec<String> =
            Key::new("webview", "fetch_headers_filter", COMMAS).example("x-debug-*").since_0_6();
        /// How many XMLHttpRequests run at once.
        xhr_concurrency: Option<u64> =
            Key::new("webview", "xhr_concurrency", Kind::Integer { min: 1, max: 1024 })
                .example("16");
        /// URL schemes besides the runtime's own that pages may name.
        url_protocols: Vec<String> =
            Key::new("webview", "url_protocols", COMMAS).example("ipfs").since_0_6();
        /// URL schemes that the app answers itself, if they need no script of their own;
        /// see `[webview.protocol-handlers]`.
        protocol_handlers: Vec<String> =
            Key::new("webview", "protocol-handlers", COMMAS).example("weather").since_0_6();
        /// Whether a file picker opens on a click or a key press only.
        filesystem_picker_require_user_activation: Option<bool> =
            Key::new("webview", "filesystem_picker_require_user_activation", Kind::Flag)
                .example("true")
                .since_0_6();
        /// Whether a watched page reloads by itself.
        watch_reload: bool = Key::new("webview.watch", "reload", Kind::Flag).default("true");
        /// How long a reload waits for the service worker, in milliseconds.
        service_worker_reload_timeout: Duration =
            Key::new("webview.watch", "service_worker_reload_timeout", Kind::Millis)
                .default("500")
                .since_0_6();
        /// Whether swiping goes back and forth in the history.
        enable_navigation_gestures: Option<bool> =
            Key::new("webview.navigator", "enable_navigation_gestures", Kind::Flag)
                .example("false")
                .since_0_6();
        /// Addresses that a page may go to besides the app's own; `*` stands for any text.
        allowed: Vec<String> = Key::new("webview.navigator.policies", "allowed", SPACES)
            .example("https://*.example.com/*")
            .since_0_6();
    }
}

keys! {
    WEBVIEW_FREE {
        /// Folders of the system that pages may read: `folder = path in the app`.
        /// A folder starts with $HOST_HOME (the user's), $HOST_CONTAINER (the app's own)
        /// or $HOST_PROCESS_WORKING_DIRECTORY.
        key = Key::free("webview.navigator.mounts", "$HOST_HOME/notes/ = /notes");
        /// Service workers that answer a URL scheme: `scheme = script`.
        key = Key::free("webview.protocol-handlers", "weather = /weather/handler.js").since_0_6();
        /// Service workers of the app: `scope = script`.
        key = Key::free("webview.service-workers", "/ = /worker.js").since_0_6();
    }
}
