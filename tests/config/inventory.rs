//! Every key of Socket Runtime is known, and `config/socket.ini` documents each.

use super::*;

#[test]
fn every_key_of_socket_runtime_is_known() {
    for name in inventory() {
        let (section, key) = name.rsplit_once('.').expect("section.key");
        if LEAST.contains(&format!("{key} = ")) {
            continue;
        }
        let loaded = check(&format!("{LEAST}[{section}]\n{key} =\n"));
        let unknown: Vec<_> = loaded
            .warnings
            .iter()
            .filter(|found| found.message.contains("unknown"))
            .collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        assert!(config::explain(&name).is_some(), "{name} is not explained");
    }
}

#[test]
fn every_default_and_example_fits_its_own_key() {
    let mut names = BTreeSet::new();
    for key in KEYS {
        assert!(
            names.insert((key.section, key.name)),
            "{} {} twice",
            key.section,
            key.name
        );
        for value in [
            key.default,
            Some(key.example).filter(|example| !example.is_empty()),
        ] {
            let Some(value) = value.filter(|_| key.name != "*") else {
                continue;
            };
            let section = key.section.replace("<os>", "linux");
            with(&format!("[{section}]\n{} = \"{value}\"\n", key.name));
        }
        assert!(
            !key.example.is_empty() || key.default.is_some(),
            "{} {}",
            key.section,
            key.name
        );
    }
}

#[test]
fn documented_file_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/socket.ini");
    let expected = config::documented_file();
    if std::env::var_os("UPDATE_CONFIG").is_some() {
        fs::write(&path, &expected).expect("written");
    }
    let text = fs::read_to_string(&path).expect("config/socket.ini");
    assert!(
        text == expected,
        "config/socket.ini is out of date: run with UPDATE_CONFIG=1"
    );
    assert_eq!(check(&text).warnings, []);
}

#[test]
fn documented_file_is_right_in_every_line() {
    let text = config::documented_file();
    let live: Vec<&str> = text
        .lines()
        .map(|line| live_line(line).unwrap_or(line))
        .collect();
    let count = text
        .lines()
        .filter(|line| live_line(line).is_some())
        .count();
    let required = KEYS.iter().filter(|key| key.is_required).count();
    assert_eq!(count + required, KEYS.len());
    assert_eq!(check(&live.join("\n")).warnings, []);
}

/// The setting in a line that is commented out; remarks have a space behind their `;`.
fn live_line(line: &str) -> Option<&str> {
    line.strip_prefix(';')
        .filter(|rest| !rest.is_empty() && !rest.starts_with(' '))
}

/// Every key that Socket Runtime documented or read, as `section.key`.
fn inventory() -> Vec<String> {
    let names = INVENTORY.split_whitespace().map(str::to_owned);
    let permissions = PERMISSIONS
        .split_whitespace()
        .map(|name| format!("permissions.{name}"));
    let systems = ["android", "ios", "linux", "mac", "win32"];
    let runners = systems.into_iter().flat_map(|os| {
        [
            format!("headless.runner_{os}"),
            format!("headless.runner_{os}_flags"),
            format!("headless.{os}.runner"),
            format!("headless.{os}.runner_flags"),
        ]
    });
    let options = ["", ".android", ".ios", ".linux", ".mac", ".win"]
        .into_iter()
        .flat_map(|os| {
            ["compiler", "linker"].into_iter().flat_map(move |tool| {
                ["flags", "debug_flags"].map(|key| format!("build.extensions{os}.{tool}.{key}"))
            })
        });
    names
        .chain(permissions)
        .chain(runners)
        .chain(options)
        .collect()
}

const INVENTORY: &str = "
    build.copy build.copy_map build.env build.flags build.headless build.name build.output
    build.script build.script.forward_arguments build.script.after build.watch.sources
    build.watch.debounce_timeout build.linux.package_format build.mac.package_format build.type
    build.android.copy_map build.ios.copy_map build.extensions.abi.strict
    build.extensions.sqlite3 build.extensions.linux.hotkeys build.copy-map.src/a
    webview.root webview.default_index webview.watch webview.headers webview.watch.reload
    webview.watch.service_worker_reload_timeout webview.importmap webview.insecure_domains
    webview.service_worker_mode webview.service_worker_frame
    webview.service_worker_fetch_event_timeout
    webview.service_worker_fetch_event_max_response_redirects
    webview.auto_register_service_workers webview.fetch_headers_filter webview.xhr_concurrency
    webview.url_protocols webview.protocol-handlers webview.protocol-handlers.weather
    webview.filesystem_picker_require_user_activation
    webview.navigator.enable_navigation_gestures webview.navigator.policies.allowed
    webview.navigator.mounts.$HOST_HOME/dir/ webview.navigator.mounts.$HOST_CONTAINER/dir/
    webview.navigator.mounts.$HOST_PROCESS_WORKING_DIRECTORY/dir/
    debug.flags
    meta.bundle_identifier meta.application_protocol meta.application_links meta.copyright
    meta.description meta.file_limit meta.lang meta.maintainer meta.title meta.type meta.version
    meta.revision meta.compile_bitcode meta.upload_bitcode meta.upload_symbols
    android.aapt_no_compress android.enable_standard_ndk_build android.main_activity
    android.manifest_permissions android.native_abis android.native_cflags
    android.native_sources android.native_makefile android.sources android.icon
    android.icon_sizes android.allow_cleartext android.activity_intent_filters
    android.codesign.key_alias android.codesign.key_password android.codesign.keystore_file
    android.codesign.keystore_password
    ios.codesign_identity ios.distribution_method ios.provisioning_profile
    ios.simulator_device ios.nonexempt_encryption ios.icon ios.icon_sizes ios.info_plist_file
    ios.info_plist_data ios.provisioning_specifier ios.deployment_target ios.simulator_uuid
    ios.protocol ios.category ios.app_transport_security_domain_exceptions
    linux.categories linux.cmd linux.icon linux.icon_sizes linux.desktop.startup_notify
    mac.category mac.cmd mac.codesign_identity mac.codesign_paths mac.minimum_supported_version
    mac.window_control_offsets mac.icon mac.icon_sizes mac.sandbox mac.productbuild.identity
    mac.productbuild.install_path mac.info_plist_file mac.info_plist_data
    macos.app_transport_security_domain_exceptions
    apple.team_identifier apple.identifier
    native.files native.headers
    win.cmd win.logo win.pfx win.icon win.icon_sizes win.publisher
    window.height window.width window.backgroundColorDark window.backgroundColorLight
    window.background_color_dark window.background_color_light window.titlebar_style
    window.max_height window.max_width window.min_height window.min_width window.frameless
    window.resizable window.maximizable window.minimizable window.closable window.utility
    window.alert.title
    application.agent application.signals application.conduit.shared_key application.tray.icon
    tray.icon tray.tooltip
    headless.runner headless.runner_flags
    env.NAME i18n.locales.fr i18n.locales.default
    extension.sources extension.target extension.build.script extension.compiler.flags
    extension.linker.flags
    ai.llm.model.path ai.llm.lora.path commonjs.fscheck
";

const PERMISSIONS: &str = "
    allow_fullscreen allow_microphone allow_camera allow_user_media allow_geolocation
    allow_notifications allow_sensors allow_clipboard allow_bluetooth allow_data_access
    allow_airplay allow_hotkeys allow_service_worker allow_autoplay allow_device_info
    allow_device_orientation allow_geolocation_in_background allow_local_fonts
    allow_media_key_system allow_push_notifications allow_read_media allow_read_media_audio
    allow_read_media_images allow_read_media_video hardware_acceleration_disabled
";
