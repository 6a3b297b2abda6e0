//! Built apps away from their project, and what `runtime run` passes on to them.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{fs, net::TcpListener, process::Command};

use serde_json::json;
use support::{App, Ended, FileServer, Home, Project, copy_folder};

#[test]
fn a_built_app_runs_from_any_folder_without_its_project() {
    let project = Project::new("traveller")
        .file("src/note.txt", "from afar")
        .page(
            "import fs from 'socket:fs/promises'
         import process from 'socket:process'
         console.log('note', await fs.readFile('note.txt', 'utf8'))
         console.log('arguments', JSON.stringify(process.argv))
         process.exit(7)",
        );
    let built = project.build();
    let elsewhere = Home::new();
    let folder = elsewhere.path().join("app");
    copy_folder(&built.folder, &folder);
    drop(built);
    let tools = elsewhere.path().join("tools");
    fs::create_dir(&tools).unwrap();
    std::os::unix::fs::symlink(find("Xvfb"), tools.join("Xvfb")).unwrap();
    let mut command = Command::new(folder.join("traveller"));
    elsewhere.settle(&mut command);
    command
        .args(["--headless", "own", "--flag=1"])
        .env("PATH", &tools)
        .current_dir("/");
    let ended = App::start(&mut command).wait();
    assert_eq!((ended.code, ended.err.as_str()), (7, ""));
    assert!(ended.out.contains("note from afar"), "{}", ended.out);
    assert!(
        ended.out.contains(r#"arguments ["own","--flag=1"]"#),
        "{}",
        ended.out
    );
}

fn find(program: &str) -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(program));
    places
        .find(|place| place.exists())
        .expect("it is installed")
}

#[test]
fn the_exit_code_of_a_page_is_that_of_runtime_run() {
    let project = Project::new("seven").page(
        "import process from 'socket:process'
         process.exit(7)",
    );
    assert_eq!(run(&project, &[]).code, 7);
}

#[test]
fn the_console_and_uncaught_errors_go_to_the_right_streams() {
    let project = Project::new("talker").page(
        "import process from 'socket:process'
         console.log('an output %d', 1)
         console.info('an information')
         console.warn('a warning')
         console.error('an error')
         addEventListener('unhandledrejection', () => setTimeout(() => process.exit(0)))
         setTimeout(() => { throw new RangeError('thrown late') })
         addEventListener('error', () => Promise.reject(new TypeError('not awaited')))",
    );
    let ended = run(&project, &[]);
    assert_eq!(ended.code, 0);
    assert_eq!(ended.out, "an output 1\nan information");
    let expected = [
        "a warning",
        "an error",
        "Uncaught RangeError: thrown late",
        "Uncaught (in promise) TypeError: not awaited",
    ];
    let mut rest = ended.err.as_str();
    for part in expected {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("no '{part}': {}", ended.err));
        rest = after;
    }
}

#[test]
fn a_test_file_reports_in_tap_and_its_failures_are_the_exit_code() {
    let project = Project::new("tested")
        .page("console.log('# the page itself')")
        .file("src/test/good.js", "import test from 'socket:test'\ntest('adds', async (t) => t.equal(1 + 1, 2, 'one and one'))")
        .file("src/test/bad.js", "import test from 'socket:test'\ntest('adds', async (t) => t.equal(1 + 1, 3, 'one and one'))");
    let good = run(&project, &["--test=test/good.js"]);
    assert_eq!(good.code, 0, "{good:?}");
    for line in [
        "TAP version 13",
        "# the page itself",
        "# adds",
        "ok 1 one and one",
        "1..1",
        "# pass  1",
    ] {
        assert!(
            good.out.lines().any(|known| known.trim() == line),
            "no '{line}': {}",
            good.out
        );
    }
    let bad = run(&project, &["--test=test/bad.js"]);
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.out.contains("not ok 1 one and one"), "{}", bad.out);
}

#[test]
fn a_test_file_that_does_not_start_has_failed() {
    let project = Project::new("untested")
        .page("")
        .file("src/test/wrong.js", "import { none } from 'socket:test'");
    let ended = run(&project, &["--test=test/wrong.js"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("SyntaxError"), "{}", ended.err);
    let ended = run(&project, &["--test=test/none.js"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended
            .err
            .contains("the app has no file 'test/none.js' to test"),
        "{}",
        ended.err
    );
}

#[test]
fn a_development_server_that_does_not_answer_is_named() {
    // A port that was free a moment ago, and is again.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("127.0.0.1:{}", free.local_addr().unwrap().port());
    drop(free);
    let project = Project::new("unserved").page("console.log('never')");
    let port = format!("--port={}", url.rsplit(':').next().unwrap());
    let picture = project.home().path().join("picture.png");
    let screenshot = format!("--screenshot={}", picture.display());
    let ended = run(&project, &[&port, "--host=127.0.0.1", &screenshot]);
    let said = format!("runtime: 'http://{url}/' did not load: Could not connect");
    assert!(ended.err.contains(&said), "{ended:?}");
}

#[test]
fn a_page_of_the_development_server_has_the_runtime_and_its_neighbours_do_not() {
    let page = "<!doctype html><title>dev</title><script type=module src=main.js></script>";
    let stranger = FileServer::start().serve("/", "text/html", NEIGHBOUR);
    let module = format!(
        "import fs from 'socket:fs/promises'
         import process from 'socket:process'
         console.log('own', JSON.stringify([location.origin, await fs.readFile('note.txt', 'utf8'), __args.index]))
         addEventListener('message', ({{ data }}) => {{
           console.log('neighbour', JSON.stringify(data))
           setTimeout(() => process.exit(0))
         }})
         const frame = document.createElement('iframe')
         frame.src = 'http://127.0.0.1:{}/'
         document.body.append(frame)",
        stranger.port
    );
    let server = FileServer::start().serve("/", "text/html", page).serve(
        "/main.js",
        "text/javascript",
        &module,
    );
    let project = Project::new("served")
        .file("src/note.txt", "from the app")
        .page("console.log('never')");
    let (port, host) = (format!("--port={}", server.port), "--host=127.0.0.1");
    let ended = run(&project, &[&port, host]);
    let origin = format!("http://127.0.0.1:{}", server.port);
    let own = json!([origin, "from the app", 0]).to_string();
    assert!(ended.out.contains(&format!("own {own}")), "{ended:?}");
    assert!(
        ended.out.contains(r#"neighbour ["undefined","refused"]"#),
        "{ended:?}"
    );
    assert!(!ended.out.contains("never"), "{ended:?}");
}

/// A page of another port of the same machine.
const NEIGHBOUR: &str = "<!doctype html><script type=module>
const session = await import('socket:internal/session').then(() => 'allowed', () => 'refused')
parent.postMessage([typeof __args, session], '*')
</script>";

#[test]
fn a_page_sees_the_variables_that_it_was_granted_and_no_others() {
    let project = Project::new("curious")
        .ini("[build]\nenv[] = LISTED")
        .page(
            "import process from 'socket:process'
             console.log('seen', JSON.stringify([process.env.LISTED, process.env.NAMED, process.env.SET, process.env.HIDDEN ?? null]))
             process.exit(0)",
        );
    let mut command = project.run(&["-E", "NAMED", "-E", "SET=here"]);
    for name in ["LISTED", "NAMED", "HIDDEN"] {
        command.env(name, name.to_lowercase());
    }
    let ended = App::start(&mut command).wait();
    assert_eq!(
        ended.out, r#"seen ["listed","named","here",null]"#,
        "{ended:?}"
    );
}

#[test]
fn a_headless_start_without_xvfb_says_what_to_install() {
    let built = Project::new("blind").page("").build();
    let empty = Home::new();
    let ended = App::start(built.command().env("PATH", empty.path())).wait();
    assert_eq!(ended.code, 69);
    assert!(
        ended
            .err
            .starts_with("error: headless runs need Xvfb; install it"),
        "{}",
        ended.err
    );
}

#[test]
fn an_app_ends_with_the_runtime_that_started_it() {
    let project = Project::new("bound").page("console.log('up', 1)");
    let mut app = App::start(&mut project.run(&[]));
    app.line("up");
    let (runtime, started) = (app.pid(), children_of(app.pid()));
    assert_eq!(started.len(), 1);
    support::signal(runtime, rustix::process::Signal::KILL);
    support::eventually("the end of the app", || {
        (!support::is_alive(started[0])).then_some(())
    });
}

fn children_of(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    text.split_whitespace()
        .map(|child| child.parse().unwrap())
        .collect()
}

/// Builds and runs a project to its end.
#[track_caller]
fn run(project: &Project, arguments: &[&str]) -> Ended {
    App::start(&mut project.run(arguments)).wait()
}
