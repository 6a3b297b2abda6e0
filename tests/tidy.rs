//! Rules of the tree that no lint knows; each failure names the file and the rule.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every source file below these folders, with its text.
fn sources(folders: &[&str], endings: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut rest: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = rest.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                let is_made = MADE.iter().any(|made| path.ends_with(made));
                rest.extend((!is_made).then_some(path));
            } else if ending.is_some_and(|ending| endings.contains(&ending)) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing below {folders:?}");
    found
}

/// The code of a file: without its unit tests, comments and what stands in strings.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(folders: &[&str], is_exempt: impl Fn(&Path) -> bool, forbidden: &[&str]) {
    let mut faults = Vec::new();
    for (path, text) in sources(folders, &["rs"]) {
        let code = code(&text);
        if !is_exempt(&path) {
            let found = forbidden.iter().filter(|word| code.contains(**word));
            faults.extend(found.map(|word| format!("{}: {word}", path.display())));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

fn never(_: &Path) -> bool {
    false
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for (path, text) in sources(&["src", "sim/src", "tests"], &["rs"]) {
        assert!(
            text.starts_with("//! "),
            "{} does not open with //!",
            path.display()
        );
    }
}

#[test]
fn the_relay_reads_no_clock_socket_file_or_entropy() {
    let forbidden = [
        "std::net",
        "std::fs",
        "std::thread",
        "Instant",
        "SystemTime",
        "tokio",
        "async ",
        "rand::random",
        "OsRng",
        "crate::actors",
        "crate::messages",
        "crate::ui",
        "crate::cli",
    ];
    check(&["src/relay"], never, &forbidden);
}

#[test]
fn messages_hold_no_address_and_know_no_actor() {
    let forbidden = [
        "crate::actors",
        "crate::ui",
        "crate::cli",
        "Addr<",
        "Recipient<",
        "Mutex",
    ];
    check(&["src/messages"], never, &forbidden);
}

#[test]
fn actors_know_neither_the_engine_nor_the_command_line() {
    let forbidden = [
        "crate::ui",
        "crate::cli",
        "wry::",
        "tao::",
        "gtk::",
        "webkit2gtk",
        "clap::",
    ];
    check(&["src/actors"], never, &forbidden);
}

#[test]
fn only_the_kit_names_actix() {
    check(
        &["src"],
        |path| path.starts_with("src/actors/kit"),
        &["actix"],
    );
}

#[test]
fn the_configuration_depends_on_nothing_of_ours() {
    let forbidden = [
        "crate::actors",
        "crate::messages",
        "crate::ui",
        "crate::cli",
        "crate::relay",
    ];
    check(&["src/config"], never, &forbidden);
}

#[test]
fn the_simulator_knows_nothing_of_the_runtime() {
    check(&["sim/src"], never, &["socket_runtime", "relay"]);
}

#[test]
fn unsafe_code_stays_in_the_files_that_are_named_here() {
    let named = [
        "src/actors/kit/probe/prefetch.rs",
        "src/actors/kit/ticks.rs",
        "src/actors/process/bond.rs",
        "src/ui/linux/process.rs",
        "src/ui/linux/script_message.rs",
    ]
    .map(PathBuf::from);
    let is_named = |path: &Path| named.contains(&path.to_owned());
    check(
        &["src", "sim/src"],
        is_named,
        &["unsafe {", "unsafe fn", "unsafe impl"],
    );
}

#[test]
fn no_file_has_grown_past_five_hundred_lines() {
    let folders = ["src", "sim", "tests", "benches", "examples", "fuzz"];
    for (path, text) in sources(&folders, &["rs", "js"]) {
        // Unit tests, which stand at the end, are not counted.
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let lines = code.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn modules_import_each_other_by_their_public_names() {
    for (path, text) in sources(&["src/ui/api"], &["js"]) {
        let relative = text.lines().find(|line| {
            (line.contains("from '.") || line.contains("import '.") || line.contains("import('."))
                && !line.trim_start().starts_with('*')
        });
        assert_eq!(
            relative,
            None,
            "{}: an opaque URL has no base",
            path.display()
        );
    }
}

/// Folders of what was made from sources.
const MADE: [&str; 3] = ["build", "target", "node_modules"];
