//! The inspector of a running app: who may look in, what is seen, what cannot hurt it.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use support::{App, Built, Home, Project, actor, eventually, inspect, socket_of, talk, token_of};

#[test]
fn only_the_user_may_open_the_inspectors_socket() {
    let (built, app) = start();
    let socket = socket_of(&built.home, app.pid());
    assert_eq!(mode_of(&socket), 0o600);
    assert_eq!(mode_of(socket.parent().unwrap()), 0o700);
    let token = socket.with_extension("token");
    assert_eq!(mode_of(&token), 0o600);
    app.end();
    assert!(!socket.exists() && !token.exists(), "they go with the app");
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_snapshot_names_the_app_and_counts_what_each_actor_did() {
    let (built, app) = start();
    let snapshot = inspect(&built.home, app.pid());
    assert_eq!(snapshot["app"]["name"], "watched");
    assert_eq!(snapshot["app"]["pid"], app.pid());
    assert_eq!(snapshot["app"]["version"], "1.2.3");
    assert!(snapshot["app"]["uptime_ms"].is_u64());
    for name in [
        "supervisor",
        "router",
        "windows",
        "window:0",
        "host",
        "files",
        "resources",
        "process",
        "system",
        "terminal",
        "inspector",
    ] {
        let actor = actor(&snapshot, name);
        assert_eq!(actor["state"], "running", "{actor}");
        assert_eq!(actor["restarts"], 0, "{actor}");
        for count in ["depth", "sent", "handled", "lost"] {
            assert!(actor[count].is_u64(), "{count} of {actor}");
        }
        assert!(actor["losses"].is_object(), "{actor}");
    }
    assert!(actor(&snapshot, "files")["handled"].as_u64().unwrap() >= 1);
}

#[test]
fn an_inspector_that_is_piped_prints_one_table() {
    let (built, app) = start();
    let finished = built
        .home
        .runtime(&["inspect", "watched"])
        .output()
        .unwrap();
    let text = String::from_utf8(finished.stdout).unwrap();
    assert!(
        finished.status.success(),
        "{}",
        String::from_utf8_lossy(&finished.stderr)
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.contains(&app.pid().to_string()), "{text}");
    let rows = |name: &str| {
        text.lines()
            .filter(|line| line.trim_start_matches([' ', '●']).starts_with(name))
            .count()
    };
    assert_eq!((rows("router"), rows("files")), (1, 1), "{text}");
}

#[test]
fn garbage_on_the_socket_gets_an_error_and_hurts_nothing() {
    let (built, app) = start();
    let token = token_of(&built.home, app.pid());
    let long = vec![b'x'; 200_000];
    for garbage in [
        &b"hello\n"[..],
        b"\xff\xfe\0\n",
        b"{}\n",
        b"[1]\n",
        b"{\"request\":7}\n",
        &long,
    ] {
        for token in [None, Some(token.as_str())] {
            let answer = talk(&built.home, app.pid(), token, garbage);
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert!(answer["error"].is_string(), "{answer}");
        }
    }
    let request = b"{\"request\":\"dance\"}\n";
    let answer = talk(&built.home, app.pid(), Some(&token), request);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer, json!({ "error": "unknown request 'dance'" }));
    assert_eq!(
        actor(&inspect(&built.home, app.pid()), "inspector")["restarts"],
        0
    );
}

#[test]
fn nobody_looks_in_without_the_token() {
    let (built, app) = start();
    for line in [
        "{\"request\":\"snapshot\"}\n",
        "{\"hello\":{\"token\":\"0000\"}}\n",
    ] {
        let answer = talk(&built.home, app.pid(), None, line.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(
            answer["error"].is_string() && answer["actors"].is_null(),
            "{answer}"
        );
    }
}

#[test]
fn an_app_that_was_not_started_with_control_cannot_be_changed() {
    let (built, app) = start();
    let token = token_of(&built.home, app.pid());
    for action in ["\"kill\"", "\"pause\"", "{\"step\":1}"] {
        let order =
            format!("{{\"request\":\"control\",\"actor\":\"files\",\"action\":{action}}}\n");
        let answer = talk(&built.home, app.pid(), Some(&token), order.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer, json!({ "error": "read-only" }));
    }
    let files = actor(&inspect(&built.home, app.pid()), "files");
    assert_eq!(files["state"], "running");
    let finished = verb(&built, &app, &["--pause"]);
    assert!(finished.contains("read-only"), "{finished}");
}

#[test]
fn an_actor_can_be_held_and_let_go_where_control_was_asked_for() {
    let built = project().build();
    let mut app = App::start(built.command().arg("--control"));
    app.line("up");
    verb(&built, &app, &["--pause"]);
    let state = || actor(&inspect(&built.home, app.pid()), "files")["state"].clone();
    eventually("the pause", || (state() == "paused").then_some(()));
    let detail = verb(&built, &app, &["--json"]);
    let detail: Value = serde_json::from_str(&detail).unwrap();
    let recorder = detail["recorder"].as_array().unwrap();
    let pause = recorder.last().unwrap();
    assert_eq!(
        (&pause["kind"], &pause["message"]),
        (&json!("intervention"), &json!("pause"))
    );
    verb(&built, &app, &["--resume"]);
    eventually("the resume", || (state() == "running").then_some(()));
}

/// What `runtime inspect --actor files` and more print.
fn verb(built: &Built, app: &App, more: &[&str]) -> String {
    let pid = app.pid().to_string();
    let arguments = [&["inspect", &pid, "--actor", "files"], more].concat();
    let finished = built.home.runtime(&arguments).output().unwrap();
    let text = [finished.stdout, finished.stderr].concat();
    String::from_utf8(text).unwrap()
}

#[test]
fn sockets_of_dead_apps_are_skipped() {
    let (built, app) = start();
    let folder = built.home.runtime_folder().join("runtime");
    let dead = folder.join(format!("{}.sock", dead_pid()));
    drop(UnixListener::bind(&dead).unwrap());
    fs::write(folder.join("notes.txt"), "no socket").unwrap();
    let finished = built.home.runtime(&["inspect", "--json"]).output().unwrap();
    let snapshot: Value = serde_json::from_slice(&finished.stdout).unwrap();
    assert_eq!(snapshot["app"]["pid"], app.pid());
    assert!(!dead.exists());
}

#[test]
fn a_read_that_hangs_is_seen_in_the_actor_that_does_it() {
    let project = Project::new("hanging").page(
        "import fs from 'socket:fs/promises'
         for (let count = 0; count < 3; count++) fs.readFile('pipe')
         console.log('other', (await fs.stat('main.js')).isFile())",
    );
    let built = project.build();
    let pipe = built.resources().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.unwrap().success());
    let mut app = built.start();
    assert_eq!(app.line("other"), "true");
    let files = eventually("the reads", || {
        let files = actor(&inspect(&built.home, app.pid()), "files");
        (files["jobs"] == 3).then_some(files)
    });
    assert_eq!(files["job"], "ReadFile");
    assert_eq!(files["current"], Value::Null);
    let finding = eventually("what is wrong", || {
        let snapshot = inspect(&built.home, app.pid());
        let findings = snapshot["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["kind"] == "stuck_job")
            .cloned()
    });
    assert_eq!(
        (&finding["actor"], &finding["message"]),
        (&json!("files"), &json!("ReadFile"))
    );
}

/// `docs/inspect.md`, from the hanging read to the message that is held.
#[test]
fn the_walk_through_of_an_app_that_hangs_goes_as_it_says() {
    let built = Project::example("inbox").build();
    let letters = built.home.path().join("letters");
    let made = std::process::Command::new("mkfifo").arg(&letters).status();
    assert!(made.unwrap().success());
    let app = App::start(built.command().arg("--control").env("INBOX", &letters));
    eventually("its socket", || (sockets(&built.home) == 1).then_some(()));
    let waiting = eventually("the finding", || {
        let snapshot = inspect(&built.home, app.pid());
        let mut findings = snapshot["findings"].as_array()?.iter();
        let stuck = findings.find(|finding| finding["kind"] == "stuck_job")?;
        Some((stuck["message"].clone(), stuck["waiting"].clone()))
    });
    assert_eq!(waiting, (json!("ReadFile"), json!(["router"])));
    verb(
        &built,
        &app,
        &["--break", "ReadFile where /path contains letters"],
    );
    // Somebody writes, so the first read ends; the next does not begin.
    fs::write(&letters, "Cleo: later\n").unwrap();
    let detail = eventually("the next read", || {
        let detail = verb(&built, &app, &[]);
        detail.contains("broke on ReadFile").then_some(detail)
    });
    let path = format!("{{\"path\":\"{}\"}}", letters.display());
    let queued = detail
        .lines()
        .find(|line| line.starts_with("queued ReadFile"));
    assert!(queued.is_some_and(|line| line.ends_with(&path)), "{detail}");
    for step in ["--clear", "--step", "--resume"] {
        verb(&built, &app, &[step]);
    }
    eventually("the rest", || {
        let files = actor(&inspect(&built.home, app.pid()), "files");
        (files["state"] == "running" && files["job"] == "ReadFile").then_some(())
    });
}

#[test]
fn actors_tell_where_they_stand_and_never_what_they_carry() {
    let (built, app) = start();
    let pid = app.pid().to_string();
    for (actor, field) in [
        ("router", "routes"),
        ("files", "handles"),
        ("supervisor", "essential"),
        ("windows", "open"),
        ("network", "peers"),
        ("process", "pid"),
    ] {
        let words = ["inspect", &pid, "--actor", actor, "--state"];
        let finished = built.home.runtime(&words).output().unwrap();
        let state: Value = serde_json::from_slice(&finished.stdout).unwrap();
        assert!(state.get(field).is_some(), "{actor}: {state}");
    }
}

#[test]
fn of_many_actors_the_busiest_are_shown_and_the_rest_is_counted() {
    let (built, app) = start();
    let pid = app.pid().to_string();
    let all = inspect(&built.home, app.pid());
    assert!(all.get("left_out").is_none());
    let count = all["actors"].as_array().unwrap().len();
    let words = ["inspect", &pid, "--top", "3"];
    let with = |more| [&words[..], &[more]].concat();
    let finished = built.home.runtime(&with("--json")).output().unwrap();
    let some: Value = serde_json::from_slice(&finished.stdout).unwrap();
    assert_eq!(some["actors"].as_array().unwrap().len(), 3);
    assert_eq!(some["left_out"], count - 3);
    let finished = built.home.runtime(&with("--once")).output().unwrap();
    let text = String::from_utf8(finished.stdout).unwrap();
    let line = format!("{} less busy actors are not shown", count - 3);
    assert!(text.contains(&line), "{text}");
}

/// The id of a process that has ended.
fn dead_pid() -> u32 {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
fn an_app_that_was_killed_leaves_nothing_that_stops_the_next() {
    let (built, app) = start();
    let socket = socket_of(&built.home, app.pid());
    drop(app);
    assert!(socket.exists(), "killed programs cannot tidy up");
    let finished = built.home.runtime(&["inspect"]).output().unwrap();
    let error = String::from_utf8(finished.stderr).unwrap();
    assert!(error.contains("no app is running"), "{error}");
    let mut next = built.start();
    next.line("up");
    inspect(&built.home, next.pid());
}

#[test]
fn a_release_build_cannot_be_looked_into() {
    let built = project().build_with(&["--prod"]);
    let mut app = built.start();
    app.line("up");
    assert_eq!(sockets(&built.home), 0);
    let debug = project().build_with(&["--prod", "--debug"]);
    let mut app = debug.start();
    app.line("up");
    eventually("a socket of the debug build", || {
        (sockets(&debug.home) == 1).then_some(())
    });
}

#[test]
fn a_release_build_can_be_looked_into_if_its_configuration_says_so() {
    let project = project().ini("[debug]\ninspector = read\n");
    let built = project.build_with(&["--prod"]);
    let mut app = built.start();
    app.line("up");
    assert_eq!(inspect(&built.home, app.pid())["app"]["name"], "watched");
    let said = verb(&built, &app, &["--pause"]);
    assert!(said.contains("read-only"), "{said}");
}

fn sockets(home: &Home) -> usize {
    let entries = fs::read_dir(home.runtime_folder().join("runtime"));
    let paths = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let is_socket = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "sock");
    paths.filter(is_socket).count()
}

fn project() -> Project {
    Project::new("watched").page(
        "import fs from 'socket:fs/promises'
         console.log('up', (await fs.stat('main.js')).size)",
    )
}

#[track_caller]
fn start() -> (Built, App) {
    let (built, mut app) = project().start();
    app.line("up");
    (built, app)
}
