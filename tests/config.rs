//! The configuration as an app's author meets it: what is read, what is refused and where.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use proptest::prelude::*;
use socket_runtime::config::{
    self, Config, Diagnostic, ENTRIES_MAX, FILE_BYTES_MAX, KEYS, Length, LoadError, Loaded,
    Severity,
};

#[path = "config/errors.rs"]
mod errors;
#[path = "config/files.rs"]
mod files;
#[path = "config/inventory.rs"]
mod inventory;

/// The least that an app needs.
const LEAST: &str = "[build]\nname = hello\n[meta]\nbundle_identifier = com.example.hello\n";

#[test]
fn least_file_is_enough() {
    let loaded = check(LEAST);
    assert_eq!(loaded.warnings, []);
    let config = loaded.config;
    assert_eq!(config.build.name, "hello");
    assert_eq!(config.build.copy, "src");
    assert_eq!(config.build.output, "build");
    assert_eq!(config.meta.title, "hello");
    assert_eq!(config.meta.version, "1.0.0");
    assert_eq!(config.meta.application_protocol, "com-example-hello");
    assert_eq!(config.window.width, None);
    assert_eq!(config.window.max_width, Some(Length::Percent(100.0)));
    assert!(config.window.resizable && !config.window.frameless && !config.build.headless);
    assert_eq!(
        config.webview.service_worker_reload_timeout,
        Duration::from_millis(500)
    );
}

#[test]
fn values_are_typed() {
    let config = with(
        "[window]\nwidth = 50%\nheight = 600\nmin_width = 320px\nresizable = no\n\
         background_color_dark = #123\nbackgroundColorLight = \"rgba(255, 255, 255, 0.5)\"\n\
         titlebar_style = hiddenInset\n\
         [mac]\nwindow_control_offsets = 10x24\n[meta]\nfile_limit = 1024\nversion = 2.0.0-rc.1\n\
         [build]\nenv = HOME, USER PATH\n[build.watch]\ndebounce_timeout = 250\n\
         [webview]\nheaders[] = \"X-A: 1, 2\"\nheaders[] = X-B: 3\n",
    );
    assert_eq!(config.window.width, Some(Length::Percent(50.0)));
    assert_eq!(config.window.height, Some(Length::Pixels(600.0)));
    assert_eq!(config.window.min_width, Some(Length::Pixels(320.0)));
    assert!(!config.window.resizable);
    assert_eq!(
        config.window.background_color_dark,
        Some([0x11, 0x22, 0x33, 255])
    );
    assert_eq!(
        config.window.background_color_light,
        Some([255, 255, 255, 128])
    );
    assert_eq!(config.window.titlebar_style.as_deref(), Some("hiddenInset"));
    assert_eq!(config.mac.window_control_offsets, Some((10.0, 24.0)));
    assert_eq!(config.meta.file_limit, Some(1024));
    assert_eq!(config.meta.version, "2.0.0-rc.1");
    assert_eq!(config.build.env, ["HOME", "USER", "PATH"]);
    assert_eq!(
        config.build.watch_debounce_timeout,
        Some(Duration::from_millis(250))
    );
    assert_eq!(config.webview.headers, ["X-A: 1, 2", "X-B: 3"]);
}

#[test]
fn every_spelling_of_a_flag_is_read() {
    for (text, expected) in [
        ("true", true),
        ("1", true),
        ("yes", true),
        ("false", false),
        ("0", false),
        ("NO", false),
    ] {
        assert_eq!(
            with(&format!("[build]\nheadless = {text}\n"))
                .build
                .headless,
            expected
        );
    }
}

#[test]
fn permissions_are_allowed_until_refused() {
    let config = with("[permissions]\nallow_camera = false\n");
    assert!(!config.permissions.allows("camera"));
    assert!(!config.permissions.allows("allow_camera"));
    assert!(config.permissions.allows("clipboard"));
    assert!(!config.permissions.allows("mind_reading"));
}

#[test]
fn sections_with_made_up_keys_become_maps() {
    let config = with(
        "[env]\nAPI_URL = https://example.com/#top\n[i18n.locales]\nfr = i18n/fr\n\
         [build.copy-map]\nsrc/a.js = a.js\n[build.extensions]\nsqlite = ext/sqlite\n\
         [webview.navigator.mounts]\n$HOST_HOME/notes/ = /notes\n\
         [webview.protocol-handlers]\nweather = /w.js\n[webview.service-workers]\n/ = /sw.js\n",
    );
    assert_eq!(config.env["API_URL"], "https://example.com/#top");
    assert_eq!(config.locales["fr"], "i18n/fr");
    assert_eq!(config.copy_map["src/a.js"], "a.js");
    assert_eq!(config.extensions["sqlite"], "ext/sqlite");
    assert_eq!(config.mounts["$HOST_HOME/notes/"], "/notes");
    assert_eq!(config.protocol_handlers["weather"], "/w.js");
    assert_eq!(config.service_workers["/"], "/sw.js");
}

#[test]
fn notation_is_read_as_documented() {
    let text = format!(
        "\u{feff}; comment\r\n# comment\r\n{}[linux]\r\ncmd = \"node \\\"a b\\\" ; # C:\\\\x\\dir\" \
         ; why\r\n[webview]\r\nroot = /app ; the root\r\n[.watch]\r\nreload = false\r\n",
        LEAST.replace('\n', "\r\n")
    );
    let loaded = check(&text);
    assert_eq!(loaded.warnings, []);
    assert_eq!(
        loaded.config.linux.cmd.as_deref(),
        Some("node \"a b\" ; # C:\\x\\dir")
    );
    assert_eq!(loaded.config.webview.root, "/app");
    assert!(!loaded.config.webview.watch_reload);
}

#[test]
fn nested_shorthand_goes_deeper_each_time() {
    let config = with("[webview]\n[.navigator]\n[.policies]\nallowed[] = https://a.example/*\n");
    assert_eq!(config.webview.allowed, ["https://a.example/*"]);
}

#[test]
fn empty_value_counts_as_not_set() {
    let config = with("[ios]\ncodesign_identity = \"\"\n[window]\nwidth =\nresizable = \"\"\n");
    assert_eq!(config.ios.codesign_identity, None);
    assert_eq!(config.window.width, None);
    assert!(config.window.resizable);
}

#[test]
fn other_names_of_a_key_mean_the_same() {
    let config = with("[application.tray]\nicon = a.png\n[headless.linux]\nrunner = xvfb-run\n");
    assert_eq!(config.tray.icon.as_deref(), Some("a.png"));
    assert_eq!(config.headless.runner_linux.as_deref(), Some("xvfb-run"));
    assert_eq!(config.get("tray.icon"), Some("a.png"));
    assert_eq!(config.flattened()["tray_icon"], "a.png");
    assert_eq!(config.flattened()["application_tray_icon"], "a.png");
}

#[test]
fn pages_see_what_was_written_and_the_defaults() {
    let config = with("[test-section]\narray[] = 1\narray[] = 2\n[.sub]\nkey = \"value\"\n");
    let flat = config.flattened();
    assert_eq!(flat["test-section_array"], "1 2");
    assert_eq!(flat["test-section_sub_key"], "value");
    assert_eq!(flat["build_name"], "hello");
    assert_eq!(flat["build_copy"], "src");
    assert_eq!(flat["meta_title"], "hello");
    assert_eq!(flat["meta_application_protocol"], "com-example-hello");
    assert_eq!(flat["permissions_allow_camera"], "true");
    assert!(!flat.contains_key("linux_cmd"));
    assert_eq!(config.get("test-section.sub.key"), Some("value"));
    assert_eq!(config.get("build.copy"), Some("src"));
    assert_eq!(config.get("meta.title"), Some("hello"));
    assert_eq!(config.get("linux.cmd"), None);
}

#[test]
fn resolved_file_parses_back_to_the_same_configuration() {
    let config = with(
        "[linux]\ncmd = \"say \\\"hi\\\" \\\\ ; # x\"\n[build]\nenv[] = A\nenv[] = B\n\
         [env]\nEMPTY =\nX = #fff\nY = \"  spaced  \"\n[odd section]\nkey with = a = b\n\
         [build.copy-map]\na.json = a\na_json = b\n",
    );
    assert_round_trip(&config);
    assert_round_trip(&with(""));
}

#[test]
fn extension_needs_neither_name_nor_identifier() {
    let text = "[meta]\nname = \"sqlite3\"\ntype = \"extension\"\n[extension]\nsources[] = a.cc\n\
                [extension.win.compiler]\nflags[] = -DWIN64\n";
    assert_eq!(check(text).warnings, []);
}

#[test]
fn every_key_explains_itself() {
    for key in KEYS {
        let name = match key.name {
            "*" => key.section.to_owned(),
            name => format!("{}.{name}", key.section),
        };
        let text = config::explain(&name).unwrap_or_else(|| panic!("{name} is not explained"));
        assert!(text.contains("example"), "{name}");
        assert!(key.doc.trim().len() > 8, "{name}: {}", key.doc);
    }
    let text = config::explain("window.min_width").expect("explained");
    for part in [
        "[window] min_width",
        "Smallest width.",
        "pixels",
        "default    0",
        "0.6",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert_eq!(
        config::explain("[window] min_width"),
        config::explain("window_min_width")
    );
    assert!(config::explain("window.backgroundColorDark").is_some());
    assert!(
        config::explain("[env]")
            .expect("explained")
            .contains("NAME = value")
    );
    assert_eq!(config::explain("window.colour"), None);
    assert_eq!(
        config::nearest_key("window.minwidth").as_deref(),
        Some("window.min_width")
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = config::parse_bytes("socket.ini", &bytes);
    }

    #[test]
    fn no_text_makes_it_panic_and_what_is_read_can_be_written(
        lines in prop::collection::vec(good_line(), 0..20),
    ) {
        let text = format!("{LEAST}{}", lines.join("\n"));
        if let Ok(loaded) = config::parse("socket.ini", &text) {
            assert_eq!(loaded.config.build.name, "hello");
            assert_round_trip(&loaded.config);
        }
    }
}

/// A line that is read without an error where it stands alone.
fn good_line() -> impl Strategy<Value = String> {
    line().prop_filter("an error by itself", |line| {
        config::parse("socket.ini", &format!("{LEAST}{line}")).is_ok()
    })
}

/// A line that is nearly INI.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]a-z.;# ]{0,12}",
        "[a-z.\\[\\] é]{1,6} ?= ?[\"\\\\a-z0-9;#%é ]{0,12}",
        Just("[.sub]".to_owned()),
        Just("[window]".to_owned()),
        "(width|resizable|background_color_dark|icon\\[\\]) = [#0-9a-f%x.]{0,8}",
        ".{0,20}",
    ]
}

#[track_caller]
fn assert_round_trip(config: &Config) {
    let text = config.to_ini();
    let again = config::parse("socket.ini", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(&again.config, config, "{text}");
}

/// Parses a file that must be fine.
#[track_caller]
fn check(text: &str) -> Loaded {
    config::parse("socket.ini", text).unwrap_or_else(|error| panic!("{error}"))
}

/// The configuration of the least app with `more` behind it.
#[track_caller]
fn with(more: &str) -> Config {
    check(&format!("{LEAST}{more}")).config
}
