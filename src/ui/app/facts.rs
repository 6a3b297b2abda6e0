//! What the configuration says, in the words of the host and the actors.

use serde_json::{Value, json};

use super::AppOptions;
use crate::{
    actors::{
        files::HANDLES_MAX, inspector::Access, network::PeerDefaults, process::BackendCommand,
        router::AppFacts, system::SystemOptions,
    },
    config::{KEYS, Length},
    messages::{
        host::{self, WindowOptions},
        windows::TOP_CLIENT,
    },
    relay::peer::ContactName,
    ui::{HostOptions, Permission},
};

/// What those may do who inspect the app; nothing at all in a release, unless `socket.ini`
/// says otherwise.
pub(super) fn inspector_access(options: &AppOptions) -> Option<Access> {
    let is_debug = options.manifest.debug;
    let wanted = options.config.debug.inspector.as_deref();
    let default = if is_debug { "read" } else { "off" };
    match wanted.unwrap_or(default) {
        "control" => Some(Access::Control),
        "read" if is_debug && options.switches.control => Some(Access::Control),
        "read" => Some(Access::ReadOnly),
        _ => None,
    }
}

/// How the first window looks.
pub(super) fn window_options(options: &AppOptions) -> WindowOptions {
    let window = &options.config.window;
    WindowOptions {
        title: options.config.meta.title.clone(),
        url: first_url(options),
        width: window.width.map(length),
        height: window.height.map(length),
        min_size: (window.min_width.map(length), window.min_height.map(length)),
        max_size: (window.max_width.map(length), window.max_height.map(length)),
        is_resizable: window.resizable,
        is_maximizable: window.maximizable,
        is_minimizable: window.minimizable,
        is_closable: window.closable,
        is_frameless: window.frameless,
        is_utility: window.utility,
        is_hidden: false,
        background: (window.background_color_light, window.background_color_dark),
    }
}

/// How the WebView host runs.
pub(super) fn host_options(options: &std::sync::Arc<AppOptions>) -> HostOptions {
    let config = &options.config;
    let (for_pages, for_permits) = (options.clone(), options.clone());
    let is_headless = options.is_headless();
    HostOptions {
        bundle_id: config.meta.bundle_identifier.clone(),
        data_directory: None,
        is_automated: options.switches.automation && options.manifest.debug,
        is_debug: options.manifest.debug,
        has_panel: options.manifest.debug && inspector_access(options).is_some(),
        has_script_messages: false,
        // Without a graphics card, drawing without one saves 55 MB.
        is_hardware_accelerated: !config.permissions.hardware_acceleration_disabled && !is_headless,
        // The windows actor decides when the app ends.
        exits_with_last_window: false,
        dev_server: dev_server(options),
        allowed_pages: config.webview.allowed.clone(),
        headers: config
            .webview
            .headers
            .iter()
            .filter_map(|line| header(line))
            .collect(),
        bootstrap: Box::new(move |index| bootstrap(&for_pages, index)),
        permits: Box::new(move |permission| permits(&for_permits, permission)),
    }
}

/// What the router knows.
pub(super) fn app_facts(options: &AppOptions) -> AppFacts {
    let config = &options.config;
    let permissions = KEYS.iter().filter(|key| key.section == "permissions");
    let names = permissions.filter_map(|key| key.name.strip_prefix("allow_"));
    let refused = names.filter(|name| !config.permissions.allows(name));
    AppFacts {
        refused: refused.map(str::to_owned).collect(),
        config: config.flattened(),
        window: window_options(options),
        resources: options.resources.display().to_string(),
        version: env!("CARGO_PKG_VERSION"),
        arch: arch(),
        platform: platform(),
        os: os(),
    }
}

/// What the system actor knows.
pub(super) fn system_options(options: &AppOptions) -> SystemOptions {
    SystemOptions {
        resources: options.resources.clone(),
        bundle_identifier: options.config.meta.bundle_identifier.clone(),
    }
}

/// What the back end is started with.
pub(super) fn backend_command(options: &AppOptions) -> BackendCommand {
    let config = &options.config;
    let cmd = if cfg!(target_os = "macos") {
        &config.mac.cmd
    } else if cfg!(windows) {
        &config.win.cmd
    } else {
        &config.linux.cmd
    };
    let mut arguments = options.argv.clone();
    arguments.push(format!("--version=v{}", options.manifest.version));
    arguments.push(format!("--name={}", options.manifest.name));
    if options.manifest.debug {
        arguments.push("--debug=1".to_owned());
    }
    let cmd = cmd.clone().unwrap_or_default();
    BackendCommand {
        cmd,
        arguments,
        folder: options.resources.clone(),
    }
}

/// What peers are like unless a page says otherwise.
pub(super) fn peer_defaults(options: &AppOptions) -> PeerDefaults {
    let peer = &options.config.peer;
    // The configuration is checked; what is none does not get here.
    let all = peer.bootstrap.iter().filter_map(|text| text.parse().ok());
    let (bootstraps, names) = ContactName::sort(&all.collect::<Vec<_>>());
    let port = |port: Option<u64>| port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
    let folder = dirs::data_dir().map(|folder| {
        let own = folder.join(&options.config.meta.bundle_identifier);
        own.join("peers")
    });
    PeerDefaults {
        bootstraps,
        names,
        port: port(peer.port),
        probe_port: port(peer.probe_port),
        cache_bytes: usize::try_from(peer.cache).unwrap_or(usize::MAX),
        keepalive: peer.keepalive,
        has_state: peer.state,
        folder,
    }
}

/// Files that pages may have open at once: `[meta] file_limit`.
pub(super) fn handles_max(options: &AppOptions) -> usize {
    options.config.meta.file_limit.map_or(HANDLES_MAX, |limit| {
        usize::try_from(limit).unwrap_or(HANDLES_MAX)
    })
}

/// `globalThis.__args` of a window's pages.
fn bootstrap(options: &AppOptions, index: u32) -> Value {
    let config = &options.config;
    let mut env = config.env.clone();
    for name in &config.build.env {
        if let Ok(value) = std::env::var(name) {
            env.insert(name.clone(), value);
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "index": index,
        "config": config.flattened(),
        "env": env,
        "argv": options.argv,
        "cwd": options.resources,
        "debug": options.manifest.debug,
        "headless": options.is_headless(),
        "test": options.switches.test,
        "origin": dev_server(options),
        "os": os(),
        "platform": platform(),
        "arch": arch(),
        "version": { "short": version, "full": version, "hash": "" },
        "client": { "id": TOP_CLIENT, "type": "window" },
        "pid": std::process::id(),
        "ppid": std::os::unix::process::parent_id(),
    })
}

fn permits(options: &AppOptions, permission: Permission) -> bool {
    let allows = |name| options.config.permissions.allows(name);
    match permission {
        Permission::Camera => allows("camera") && allows("user_media"),
        Permission::Microphone => allows("microphone") && allows("user_media"),
        Permission::Geolocation => allows("geolocation"),
        Permission::Notifications => allows("notifications"),
        Permission::Clipboard => allows("clipboard"),
        Permission::DeviceNames => allows("device_info"),
        Permission::ScreenCapture | Permission::PointerLock | Permission::Other => false,
    }
}

fn first_url(options: &AppOptions) -> String {
    let root = options.config.webview.root.clone();
    match dev_server(options) {
        Some(origin) => format!("{origin}{root}"),
        None => root,
    }
}

/// Origin of the development server, if the app is loaded from one.
fn dev_server(options: &AppOptions) -> Option<String> {
    let port = options.switches.port?;
    let host = options.switches.host.as_deref().unwrap_or("localhost");
    Some(format!("http://{host}:{port}"))
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

fn length(length: Length) -> host::Length {
    match length {
        Length::Pixels(pixels) => host::Length::Pixels(pixels),
        Length::Percent(percent) => host::Length::Percent(percent),
    }
}

const fn arch() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        std::env::consts::ARCH
    }
}

const fn platform() -> &'static str {
    if cfg!(target_os = "macos") {
        "darwin"
    } else if cfg!(windows) {
        "win32"
    } else {
        std::env::consts::OS
    }
}

const fn os() -> &'static str {
    if cfg!(target_os = "macos") {
        "mac"
    } else {
        platform()
    }
}
