//! What the JavaScript modules promise, tested in real windows: each test runs one file of an
//! app in `tests/apps` with `runtime run --headless --test=<file>` and expects it to pass.
//!
//! The tests of `socket:fs` pass under Node, too, which says what is right: see
//! `tests/js/oracle.test.mjs`.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

#[test]
fn whole_files_are_read_and_written_as_by_node() {
    passes("fs", "files.test.js");
}

#[test]
fn paths_are_described_moved_and_removed_as_by_node() {
    passes("fs", "paths.test.js");
}

#[test]
fn folders_are_made_listed_and_removed_as_by_node() {
    passes("fs", "folders.test.js");
}

#[test]
fn open_files_are_read_and_written_as_by_node() {
    passes("fs", "handles.test.js");
}

#[test]
fn streams_of_files_behave_as_in_node() {
    passes("fs", "streams.test.js");
}

#[test]
fn callbacks_and_blocking_calls_behave_as_in_node() {
    passes("fs", "callbacks.test.js");
}

#[test]
fn changes_are_watched_as_by_node() {
    passes("fs", "watch.test.js");
}

#[test]
fn a_file_of_100_megabytes_arrives_with_the_same_hash() {
    let app = App::copy("fs");
    let path = app.folder.path().join("large");
    let file = path.display().to_string();
    let output = app.run("large.test.js", &[("LARGE_FILE", &file)]);
    assert_passed(&output);
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = report
        .lines()
        .find_map(|line| line.strip_prefix("# sha256 "));
    let digest = Sha256::digest(fs::read(&path).unwrap());
    let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told, Some(found.as_str()));
}

#[test]
fn handles_belong_to_their_window_and_are_closed_with_it() {
    passes("modules", "handles.test.js");
}

#[test]
fn malformed_calls_get_a_typed_error_and_nothing_else_happens() {
    passes("malformed", "malformed.test.js");
}

#[test]
fn every_module_keeps_its_promises_in_a_page() {
    passes("modules", "modules.test.js");
}

#[test]
fn a_page_looks_into_actors_and_shares_causes_with_them() {
    passes("modules", "diagnostics.test.js");
}

#[test]
fn modules_and_the_console_work_in_workers() {
    let output = App::copy("modules").run("workers.test.js", &[]);
    assert_passed(&output);
    for line in ["module worker: 1 [ 2 ]", "classic worker: <Buffer 61>"] {
        assert!(
            stdout(&output).lines().any(|each| each == line),
            "{line}\n{}",
            stdout(&output)
        );
    }
    for line in [
        "module worker: warning",
        "Uncaught Error: thrown by a worker",
    ] {
        assert!(
            stderr(&output).contains(line),
            "{line}\n{}",
            stderr(&output)
        );
    }
}

#[test]
fn names_of_socket_runtime_are_there_or_say_that_they_are_not_supported() {
    let output = App::copy("modules").run("compatibility.test.js", &[]);
    assert_passed(&output);
    let said = "imports 'socket:nosuch', and there is no such module";
    assert!(stderr(&output).contains(said), "{}", stderr(&output));
}

#[test]
fn keys_boxes_and_signatures_of_the_network_are_those_of_the_vectors() {
    let app = App::copy("network");
    let vectors = app.folder.path().join("src/relay-v6.json");
    fs::write(vectors, include_str!("vectors/relay-v6.json")).unwrap();
    assert_passed(&app.run("keys.test.js", &[]));
}

#[test]
fn the_console_prints_as_node_does() {
    let app = App::copy("modules");
    let output = app.run("console.test.js", &[]);
    assert_passed(&output);
    // What Node prints, as `tests/js/console-expected.test.mjs` sees to.
    let expected = include_str!("apps/modules/console.expected.txt");
    let found = stdout(&output);
    let (_, found) = found
        .split_once("--- values\n")
        .expect("the values are printed");
    let (found, _) = found
        .split_once("--- end\n")
        .expect("all values are printed");
    assert_eq!(found, expected);
}

#[test]
fn a_failing_test_is_reported_and_gives_exit_code_1() {
    fails("fails.js", &["not ok 1 one is two", "# fail  1"]);
}

#[test]
fn an_error_that_nobody_catches_fails_the_test_run() {
    fails("throws.js", &["Bail out! out of the blue"]);
}

#[test]
fn a_test_run_that_hangs_fails() {
    fails(
        "hangs.js",
        &["# hangs", "Bail out! the page has been silent for 2 s"],
    );
}

#[test]
fn a_test_file_that_adds_no_test_or_cannot_be_read_fails() {
    fails("empty.js", &["Bail out! 'empty.js' adds no test"]);
    fails("syntax.js", &["Bail out! 'syntax.js' cannot be imported"]);
    let output = App::copy("modules").run("missing.js", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the app has no file 'missing.js' to test"));
}

/// One of the apps in `tests/apps`, copied to where it can be built.
struct App {
    folder: TempDir,
}

impl App {
    fn copy(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/apps")
            .join(name);
        fs::copy(from.join("socket.ini"), folder.path().join("socket.ini")).unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        for entry in fs::read_dir(from.join("src")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(
                entry.path(),
                folder.path().join("src").join(entry.file_name()),
            )
            .unwrap();
        }
        Self { folder }
    }

    fn run(&self, file: &str, environment: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_runtime"))
            .args(["run", "--headless", "--quiet"])
            .arg(format!("--test={file}"))
            .arg(self.folder.path())
            .env("SCRATCH", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .envs(environment.iter().copied())
            .output()
            .unwrap()
    }
}

#[track_caller]
fn passes(app: &str, file: &str) {
    assert_passed(&App::copy(app).run(file, &[]));
}

#[track_caller]
fn assert_passed(output: &Output) {
    let is_complete = stdout(output).ends_with("# ok\n");
    assert!(
        output.status.success() && is_complete,
        "{}\n{}{}",
        output.status,
        stdout(output),
        stderr(output)
    );
}

#[track_caller]
fn fails(file: &str, lines: &[&str]) {
    let output = App::copy("modules").run(file, &[("RUNTIME_TEST_TIMEOUT", "2")]);
    let text = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(1), "{text}");
    for line in lines {
        assert!(stdout(&output).contains(line), "no '{line}' in\n{text}");
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
