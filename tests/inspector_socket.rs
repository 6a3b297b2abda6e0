//! The inspector's socket, in front of actors that hang, wait and are held.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use socket_runtime::{
    actors::{
        inspector::{Access, Inspector, socket::InspectorSocket},
        kit::{Actor, Addr, Context, Handler, Lane, LiveHost, Recipient, Reply, Spec},
    },
    messages::{Message, inspector::AppReport},
};

/// Waits until somebody lets it go; then answers.
struct Read(Option<mpsc::Receiver<()>>);

impl Message for Read {
    type Reply = u32;
}

/// Has its receiver ask somebody else, and answer when that one does.
struct PassOn;

impl Message for PassOn {
    type Reply = u32;
}

#[derive(Default)]
struct Worker {
    next: Option<Recipient<PassOn>>,
    read_count: u32,
}

impl Actor for Worker {
    const KIND: &'static str = "worker";

    fn state(&self) -> Option<Value> {
        Some(json!({ "reads": self.read_count }))
    }
}

impl Handler<Read> for Worker {
    fn handle(&mut self, read: Read, reply: Reply<u32>, _: &mut Context<Self>) {
        if let Some(release) = read.0 {
            // Until the test ends, if nobody lets it go.
            let _ = release.recv();
        }
        self.read_count += 1;
        reply.send(self.read_count);
    }
}

impl Handler<PassOn> for Worker {
    fn handle(&mut self, _: PassOn, reply: Reply<u32>, ctx: &mut Context<Self>) {
        if let Some(next) = self.next.clone() {
            ctx.ask(&next, PassOn, PATIENCE, |_, outcome, _| {
                reply.finish(outcome)
            });
        }
    }
}

/// A host with an inspector, and a folder for its socket.
struct Bench {
    live: LiveHost,
    socket: InspectorSocket,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(access: Access) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let live = LiveHost::start().unwrap();
        let registry = live.host().registry().clone();
        let spec = Spec::new("inspector", Lane::Inspector);
        let inspector = live.host().start(spec, move || {
            Inspector::new(registry.clone(), AppReport::default())
        });
        let place = folder.path().join("sockets");
        let spawner = live.spawner();
        let socket = InspectorSocket::serve_in(&place, &spawner, &inspector, access).unwrap();
        Self {
            live,
            socket,
            _folder: folder,
        }
    }

    fn start(&self, name: &str, lane: Lane) -> Addr<Worker> {
        self.live
            .host()
            .start(Spec::new(name, lane), Worker::default)
    }

    fn viewer(&self, wants_control: bool) -> Viewer {
        let path = self.socket.path().to_owned();
        let token = fs::read_to_string(path.with_extension("token")).unwrap();
        let mut viewer = Viewer::connect(&path);
        let hello = json!({ "hello": { "token": token, "control": wants_control } });
        assert!(viewer.say(&hello)["hello"].is_object());
        viewer
    }
}

struct Viewer(BufReader<UnixStream>);

impl Viewer {
    fn connect(path: &PathBuf) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    fn say(&mut self, line: &Value) -> Value {
        writeln!(self.0.get_mut(), "{line}").unwrap();
        let mut answer = String::new();
        self.0.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn order(&mut self, actor: &str, action: Value) -> Value {
        self.say(&json!({ "request": "control", "actor": actor, "action": action }))
    }

    fn actor(&mut self, name: &str) -> Value {
        self.say(&json!({ "request": "actor", "actor": name }))["actor"].clone()
    }

    /// Asks again and again until something is so.
    #[track_caller]
    fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let began = now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "{what} does not come");
            // An answer takes a turn of the inspector, so this is no busy loop.
            self.say(&json!({ "request": "findings" }));
        }
    }

    /// Waits for a finding of this kind and says how long that took.
    #[track_caller]
    fn finding(&mut self, kind: &str) -> (Value, Duration) {
        let began = now();
        let finding = self.until(kind, |viewer| {
            let answer = viewer.say(&json!({ "request": "findings" }));
            let findings = answer["findings"].as_array().unwrap();
            findings
                .iter()
                .find(|finding| finding["kind"] == kind)
                .cloned()
        });
        (finding, began.elapsed())
    }
}

#[test]
fn a_handler_that_hangs_and_whom_it_starves_are_named_within_five_seconds() {
    let bench = Bench::new(Access::ReadOnly);
    let stuck = bench.start("files", Lane::Files);
    let starved = bench.start("watcher", Lane::Files);
    let (_release, released) = mpsc::channel();
    stuck.tell(Read(Some(released))).unwrap();
    starved.tell(Read(None)).unwrap();
    let mut viewer = bench.viewer(false);
    let (finding, took) = viewer.finding("stuck_handler");
    assert!(took < FINDING_TIME_MAX, "{took:?}");
    assert_eq!(
        (&finding["actor"], &finding["message"]),
        (&json!("files"), &json!("Read"))
    );
    let (finding, took) = viewer.finding("starvation");
    assert!(took < FINDING_TIME_MAX, "{took:?}");
    assert_eq!(
        (&finding["actor"], &finding["holder"]),
        (&json!("watcher"), &json!("files"))
    );
}

#[test]
fn actors_that_wait_for_each_other_are_named_within_five_seconds() {
    let bench = Bench::new(Access::ReadOnly);
    let host = bench.live.host();
    let (a, b) = (
        host.reserve::<Worker>(Spec::new("a", Lane::Core)),
        host.reserve::<Worker>(Spec::new("b", Lane::Files)),
    );
    let (to_a, to_b) = (a.addr().recipient(), b.addr().recipient());
    let worker = |next: Recipient<PassOn>| {
        move || Worker {
            next: Some(next.clone()),
            ..Worker::default()
        }
    };
    let a = a.start(worker(to_b));
    let _b = b.start(worker(to_a));
    let mut viewer = bench.viewer(false);
    // Asks are noted from the recorder's level on.
    viewer.say(&json!({ "request": "lease" }));
    a.tell(PassOn).unwrap();
    let (finding, took) = viewer.finding("wait_cycle");
    assert!(took < FINDING_TIME_MAX, "{took:?}");
    assert_eq!(finding["message"], "PassOn");
    assert_eq!(finding["cycle"].as_array().unwrap().len(), 2);
}

#[test]
fn a_viewer_that_may_holds_an_actor_steps_it_and_lets_it_go() {
    let bench = Bench::new(Access::Control);
    let files = bench.start("files", Lane::Files);
    let mut viewer = bench.viewer(true);
    assert_eq!(viewer.order("files", json!("pause")), json!({ "ok": true }));
    viewer.until("the pause", |viewer| {
        (viewer.actor("files")["state"] == "paused").then_some(())
    });
    for _ in 0..5 {
        files.tell(Read(None)).unwrap();
    }
    assert_eq!(viewer.actor("files")["depth"], 5);
    viewer.order("files", json!({ "step": 2 }));
    viewer.until("two steps", |viewer| {
        (viewer.actor("files")["depth"] == 3).then_some(())
    });
    let state = viewer.say(&json!({ "request": "state", "actor": "files" }));
    assert_eq!(state, json!({ "state": { "reads": 2 } }));
    viewer.order("files", json!("resume"));
    viewer.until("the rest", |viewer| {
        (viewer.actor("files")["handled"] == 5).then_some(())
    });
    let detail = viewer.say(&json!({ "request": "actor", "actor": "files" }));
    let noted = detail["recorder"].as_array().unwrap().iter();
    let noted: Vec<_> = noted
        .filter(|entry| entry["kind"] == "intervention")
        .collect();
    let names: Vec<_> = noted
        .iter()
        .map(|entry| entry["message"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["pause", "step", "resume"]);
    assert!(noted.iter().all(|entry| entry["viewer"] == 1), "{noted:?}");
}

#[test]
fn a_viewer_that_may_not_changes_nothing() {
    let bench = Bench::new(Access::ReadOnly);
    let _files = bench.start("files", Lane::Files);
    let mut viewer = bench.viewer(true);
    for action in [
        json!("pause"),
        json!("kill"),
        json!({ "step": 1 }),
        json!(7),
    ] {
        let answer = viewer.order("files", action);
        assert_eq!(answer, json!({ "error": "read-only" }));
    }
    assert_eq!(viewer.actor("files")["state"], "running");
}

#[test]
fn nobody_gets_in_without_the_token() {
    let bench = Bench::new(Access::Control);
    let path = bench.socket.path().to_owned();
    for line in [
        json!({ "request": "snapshot" }),
        json!({ "hello": { "token": "0".repeat(64), "control": true } }),
    ] {
        let mut viewer = Viewer::connect(&path);
        assert!(viewer.say(&line)["error"].is_string());
        let mut rest = String::new();
        assert_eq!(viewer.0.read_line(&mut rest).unwrap(), 0, "it hangs up");
    }
}

/// The folder keeps others out. So that more than that is proved, it is opened to all here, and
/// the stranger is even told the token.
#[test]
fn nobody_of_another_user_gets_in() {
    if !rustix::process::getuid().is_root() {
        return println!("not proved: only root can become another user");
    }
    let bench = Bench::new(Access::Control);
    let path = bench.socket.path().to_owned();
    assert_eq!(come_as_stranger(&path, ""), "kept out");
    let token = fs::read_to_string(path.with_extension("token")).unwrap();
    for open in [
        path.parent().unwrap().parent().unwrap(),
        path.parent().unwrap(),
    ] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o777)).unwrap();
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(come_as_stranger(&path, &token), "turned away");
    assert!(bench.viewer(true).say(&json!({ "request": "snapshot" }))["actors"].is_array());
}

/// What becomes of another user who knocks: this program run anew, as nobody.
fn come_as_stranger(socket: &Path, token: &str) -> String {
    let program = std::env::current_exe().unwrap();
    // Where nobody may run it.
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = folder.path().join("stranger");
    if fs::hard_link(&program, &copy).is_err() {
        fs::copy(program, &copy).unwrap();
    }
    let run = Command::new(copy)
        .args(["--exact", "a_stranger_knocks", "--nocapture"])
        .env("STRANGER", socket)
        .env("TOKEN", token)
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let said = text
        .lines()
        .find_map(|line| line.strip_prefix("stranger: "));
    said.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// Does nothing unless it is run by [`come_as_stranger`].
#[test]
fn a_stranger_knocks() {
    let Some(socket) = std::env::var_os("STRANGER") else {
        return;
    };
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return println!("\nstranger: kept out");
    };
    let token = std::env::var("TOKEN").unwrap();
    let hello = json!({ "hello": { "token": token, "control": true } });
    // It may have been hung up on by now.
    let _ = writeln!(stream, "{hello}");
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_line(&mut answer);
    let outcome = if answer.is_empty() {
        "turned away"
    } else {
        "let in"
    };
    println!("\nstranger: {outcome}");
}

const NOBODY: u32 = 65_534;

#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
fn now() -> Instant {
    Instant::now()
}

const PATIENCE: Duration = Duration::from_secs(20);
/// What the inspector has to find a fault in.
const FINDING_TIME_MAX: Duration = Duration::from_secs(5);
