//! `runtime inspect`, against inspectors that answer what the test says.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use crate::sandbox::{RUNTIME, Sandbox, expect};

/// A process that only has an id, and ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn the_only_app_needs_no_name() {
    let sandbox = Sandbox::new();
    serve(&sandbox, std::process::id(), snapshot("hello", 4242));
    let outcome = sandbox.ok("inspect");
    expect("inspect", &outcome.out);
    assert_eq!(sandbox.ok("inspect hello").out, outcome.out);
    assert_eq!(
        sandbox.ok(&format!("inspect {}", std::process::id())).out,
        outcome.out
    );
    assert_eq!(sandbox.ok("inspect --once").out, outcome.out);
}

#[test]
fn json_is_what_the_app_sent() {
    let sandbox = Sandbox::new();
    serve(&sandbox, std::process::id(), snapshot("hello", 4242));
    assert_eq!(
        sandbox.ok("inspect --json").out,
        snapshot("hello", 4242) + "\n"
    );
}

#[test]
fn of_several_apps_one_must_be_named() {
    let (sandbox, other) = (Sandbox::new(), process());
    serve(
        &sandbox,
        std::process::id(),
        snapshot("hello", std::process::id()),
    );
    serve(&sandbox, other.0.id(), snapshot("notes", other.0.id()));
    let outcome = sandbox.run("inspect");
    assert_eq!(outcome.code, 2);
    assert!(
        outcome
            .err
            .starts_with("error: 2 apps are running; which one?\n"),
        "{}",
        outcome.err
    );
    let line = format!(
        " hint: `runtime inspect {}` shows notes, up 2 min\n",
        other.0.id()
    );
    assert!(outcome.err.contains(&line), "{}", outcome.err);
    assert!(sandbox.ok("inspect notes").out.starts_with(" notes 1.0.0"));
}

#[test]
fn sockets_of_dead_apps_are_removed() {
    let (sandbox, dead) = (Sandbox::new(), process());
    let id = dead.0.id();
    drop(dead);
    let socket = socket(&sandbox, id);
    drop(UnixListener::bind(&socket).unwrap());
    let outcome = sandbox.run("inspect");
    assert_eq!(
        (outcome.code, outcome.err.lines().next()),
        (1, Some("error: no app is running"))
    );
    assert!(!socket.exists());
}

#[test]
fn sockets_that_others_could_have_planted_are_ignored() {
    let sandbox = Sandbox::new();
    serve(&sandbox, std::process::id(), snapshot("hello", 4242));
    let folder = sandbox.path("runtime-dir/runtime");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(sandbox.run("inspect").code, 1);
}

#[test]
fn an_answer_that_is_no_snapshot_is_an_error() {
    let sandbox = Sandbox::new();
    serve(&sandbox, std::process::id(), "{\"actors\": 1}".to_owned());
    let outcome = sandbox.run("inspect");
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.err.contains("the app's inspector sent no snapshot"),
        "{}",
        outcome.err
    );
}

#[test]
fn the_live_table_gives_the_terminal_back() {
    let sandbox = Sandbox::new();
    serve_each(&sandbox, std::process::id(), |count| {
        snapshot("hello", 4242).replace("125000", &(125_000 + count * 1000).to_string())
    });
    // `script` lends the command a terminal; `timeout` ends a test that would hang.
    let mut command = sandbox.command("timeout".as_ref());
    command
        .env("TERM", "xterm-256color")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command.args([
        "30",
        "script",
        "-qec",
        &format!("stty cols 80 rows 24; exec {RUNTIME} inspect --interval 50"),
        "/dev/null",
    ]);
    let mut child = command.spawn().unwrap();
    let mut shown = Vec::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    // The footer comes last.
    while !String::from_utf8_lossy(&shown).contains("q quit") {
        let mut some = [0; 4096];
        let count = out.read(&mut some).unwrap();
        assert_ne!(count, 0, "{shown:?}");
        shown.extend_from_slice(&some[..count]);
    }
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"q").unwrap();
    std::io::copy(&mut out, &mut shown).unwrap();
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8(shown).unwrap();
    let (enter, leave) = ("\u{1b}[?1049h", "\u{1b}[?1049l");
    assert!(shown.find(enter) < shown.find(leave), "{shown}");
    assert!(shown.contains("1.3 s ReadFile"), "{shown}");
}

fn process() -> Process {
    Process(Command::new("sleep").arg("600").spawn().unwrap())
}

fn socket(sandbox: &Sandbox, pid: u32) -> PathBuf {
    let folder = sandbox.path("runtime-dir/runtime");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    folder.join(format!("{pid}.sock"))
}

/// Answers every request with `answer` until the test ends.
fn serve(sandbox: &Sandbox, pid: u32, answer: String) {
    serve_each(sandbox, pid, move |_| answer.clone());
}

/// Answers the request of each number with what `answer` makes of it.
fn serve_each(sandbox: &Sandbox, pid: u32, answer: impl Fn(u32) -> String + Send + 'static) {
    let listener = UnixListener::bind(socket(sandbox, pid)).unwrap();
    thread::spawn(move || {
        let mut count = 0;
        for stream in listener.incoming() {
            // The command also connects only to see whether anybody listens.
            let mut stream = BufReader::new(stream.unwrap());
            let mut request = String::new();
            while stream
                .read_line(&mut request)
                .is_ok_and(|length| length > 0)
            {
                let line = match request.trim_end() {
                    "{\"request\":\"snapshot\"}" => {
                        count += 1;
                        answer(count - 1)
                    }
                    hello if hello.starts_with("{\"hello\":") => {
                        r#"{"hello":{"viewer":1,"control":false}}"#.to_owned()
                    }
                    _ => r#"{"error":"it is only a test"}"#.to_owned(),
                };
                let _ = writeln!(stream.get_mut(), "{line}");
                request.clear();
            }
        }
    });
}

fn snapshot(name: &str, pid: u32) -> String {
    let app = format!(r#"{{"name":"{name}","pid":{pid},"uptime_ms":125000,"version":"1.0.0"}}"#);
    let files = r#"{"name":"files","kind":"files","depth":12,"oldest_ms":1800,"sent":12360,"handled":12345,"current":"ReadFile","current_ms":1390,"restarts":1,"losses":{"full":3},"state":"running","lost":3}"#;
    let window = r#"{"name":"window 0","kind":"window","depth":0,"oldest_ms":0,"sent":8,"handled":8,"current":null,"current_ms":0,"restarts":0,"losses":{},"state":"running","lost":0}"#;
    let router = r#"{"name":"router","kind":"router","depth":0,"oldest_ms":0,"sent":9,"handled":9,"current":null,"current_ms":0,"restarts":5,"losses":{"panic":1},"state":"crashed","lost":1}"#;
    format!(r#"{{"app":{app},"actors":[{window},{router},{files}]}}"#)
}
