//! Whole projects: which files are read and which one wins.

use super::{errors::assert_found, *};

#[test]
fn project_without_a_file_is_told_how_to_get_one() {
    let project = project(&[]);
    let error = config::load_with_home(project.path(), None).unwrap_err();
    assert_eq!(error.diagnostics.len(), 1);
    let text = error.to_string();
    assert!(
        text.contains("socket.ini: error: no such file; help: 'runtime init'"),
        "{text}"
    );
}

#[test]
fn folder_in_place_of_the_file_is_one_error() {
    let project = project(&[]);
    fs::create_dir(project.path().join("socket.ini")).unwrap();
    let error = config::load_with_home(project.path(), None).unwrap_err();
    assert_eq!(error.diagnostics.len(), 1);
    assert!(error.to_string().contains("cannot read"), "{error}");
}

#[test]
fn sscrc_overrides_settings_and_options() {
    let project = project(&[
        (
            "socket.ini",
            &format!("{LEAST}[ios]\nsimulator_device = iPhone 14\n"),
        ),
        (
            ".sscrc",
            "[build]\nplatform = ios ; the option\n[env]\nANDROID_HOME = /opt/android\n\
             [settings.ios]\nsimulator_device = \"iPhone 15\"\n[settings.build.watch]\n\
             sources[] = lib\n",
        ),
    ]);
    let loaded = config::load_with_home(project.path(), None).unwrap();
    assert_eq!(loaded.warnings, []);
    assert_eq!(
        loaded.config.ios.simulator_device.as_deref(),
        Some("iPhone 15")
    );
    assert_eq!(loaded.config.build.watch_sources, ["lib"]);
    assert_eq!(loaded.config.build.name, "hello");
    assert_eq!(loaded.cli.build["platform"], "ios");
    assert_eq!(loaded.cli.env["ANDROID_HOME"], "/opt/android");
    assert_round_trip(&loaded.config);
}

#[test]
fn sscrc_of_the_project_wins_over_the_one_at_home() {
    let project = project(&[
        ("socket.ini", LEAST),
        (
            ".sscrc",
            "[build]\nport = 1\n[settings.linux]\ncmd = project\n",
        ),
    ]);
    let home = self::project(&[(
        ".sscrc",
        "[build]\nport = 2\nhost = h\n[settings.linux]\ncmd = home\nicon = home.png\n",
    )]);
    let loaded = config::load_with_home(project.path(), Some(home.path())).unwrap();
    assert_eq!(loaded.config.linux.cmd.as_deref(), Some("project"));
    assert_eq!(loaded.config.linux.icon.as_deref(), Some("home.png"));
    assert_eq!(
        (&*loaded.cli.build["port"], &*loaded.cli.build["host"]),
        ("1", "h")
    );
}

#[test]
fn sscrc_is_checked_like_the_file_that_it_overrides() {
    let project = project(&[
        ("socket.ini", LEAST),
        (
            ".sscrc",
            "[ios]\nicon = a\n[build]\nplatfrom = ios\n[settings.window]\nwidth = wide\n",
        ),
    ]);
    let error = config::load_with_home(project.path(), None).unwrap_err();
    let found = &error.diagnostics;
    assert!(
        found.iter().all(|found| found.file.ends_with(".sscrc")),
        "{found:#?}"
    );
    assert_found(
        found,
        Severity::Warning,
        2,
        1,
        "[ios] has no meaning",
        "[settings.ios]",
    );
    assert_found(
        found,
        Severity::Warning,
        4,
        1,
        "is no option",
        "did you mean 'platform'?",
    );
    assert_found(found, Severity::Error, 6, 9, "'wide' does not fit", "");
}

#[test]
fn misspelt_sscrc_is_pointed_out() {
    let project = project(&[
        ("socket.ini", LEAST),
        (".ssrc", "[settings.window]\nwidth = 5\n"),
    ]);
    let loaded = config::load_with_home(project.path(), None).unwrap();
    assert_eq!(loaded.config.window.width, None);
    assert_found(
        &loaded.warnings,
        Severity::Warning,
        0,
        0,
        "not read",
        "rename it to .sscrc",
    );
}

#[test]
fn older_file_is_read_with_a_warning() {
    let text = "# old\nname: TestExample\nexecutable: test-example\ntitle: Bash, Pipes, & More\n\
                version: v0.0.1\nversion_short: 0.0.1\nbundle_identifier: co.example.demo\n\
                width: 750\nheight: 50%\nenv: HOME, APPDATA\nbuild: node build.js \"a: b\"\n\
                input: public\noutput: dist\nlinux_cmd: node main.js\nmac_sign: Somebody\n\
                linux_categories: Developer\nflags: -O3\nbundle_identifer: x\n";
    let project = project(&[("ssc.config", text)]);
    let loaded = config::load_with_home(project.path(), None).unwrap();
    let config = &loaded.config;
    assert_eq!(config.build.name, "test-example");
    assert_eq!(config.meta.title, "Bash, Pipes, & More");
    assert_eq!(config.meta.version, "0.0.1");
    assert_eq!(config.window.width, Some(Length::Pixels(750.0)));
    assert_eq!(config.window.height, Some(Length::Percent(50.0)));
    assert_eq!(config.build.env, ["HOME", "APPDATA"]);
    assert_eq!(
        config.build.script.as_deref(),
        Some("node build.js \"a: b\"")
    );
    assert_eq!(
        (&*config.build.copy, &*config.build.output),
        ("public", "dist")
    );
    assert_eq!(config.linux.cmd.as_deref(), Some("node main.js"));
    assert_eq!(config.linux.categories.as_deref(), Some("Developer"));
    assert_eq!(config.mac.codesign_identity.as_deref(), Some("Somebody"));
    assert_eq!(loaded.warnings.len(), 3, "{:#?}", loaded.warnings);
    assert_found(
        &loaded.warnings,
        Severity::Warning,
        1,
        1,
        "old versions",
        "socket.ini",
    );
    assert_found(
        &loaded.warnings,
        Severity::Warning,
        6,
        1,
        "no longer",
        "delete the line",
    );
    let meant = "did you mean 'bundle_identifier'?";
    assert_found(
        &loaded.warnings,
        Severity::Warning,
        18,
        1,
        "'bundle_identifer'",
        meant,
    );
    assert_round_trip(config);
}

#[test]
fn errors_in_the_older_file_have_places_too() {
    let project = project(&[("ssc.config", "name: hello\nwidth:   wide\nnonsense\n")]);
    let error = config::load_with_home(project.path(), None).unwrap_err();
    let found = &error.diagnostics;
    assert_found(
        found,
        Severity::Error,
        2,
        10,
        "'wide' does not fit [window] width",
        "",
    );
    assert_found(
        found,
        Severity::Error,
        3,
        1,
        "line without a key",
        "write 'key: value'",
    );
    let line = "add the line: bundle_identifier: com.example.hello";
    assert_found(
        found,
        Severity::Error,
        1,
        1,
        "bundle_identifier is missing",
        line,
    );
}

#[test]
fn newer_file_hides_the_older_one() {
    let project = project(&[("socket.ini", LEAST), ("ssc.config", "name: old\n")]);
    assert_eq!(
        config::load_with_home(project.path(), None)
            .unwrap()
            .config
            .build
            .name,
        "hello"
    );
}

#[test]
fn mapping_file_is_a_list_of_pairs() {
    let project = project(&[("map.ini", "## more\n./a.js = ./A.js\n../dir = .\n")]);
    let map = config::load_map(&project.path().join("map.ini")).unwrap();
    let pairs = [("./a.js", "./A.js"), ("../dir", ".")];
    assert_eq!(
        map,
        pairs.map(|(from, to)| (from.to_owned(), to.to_owned()))
    );
    assert!(config::load_map(Path::new("no/such/file.ini")).is_err());
}

/// A folder with these files.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}
