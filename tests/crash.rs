//! A crash leaves a file that says what all actors did last.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::Value;
use socket_runtime::{
    actors::kit::{Actor, AskError, Context, Handler, Lane, LiveHost, Reply, Spec},
    messages::{Message, inspector::Level},
};

/// Does as its message says.
struct Weak;

/// What it is to do.
enum Order {
    Work,
    Crash,
}

impl Message for Order {
    type Reply = ();
}

impl Actor for Weak {
    const KIND: &'static str = "weak";
}

impl Handler<Order> for Weak {
    fn handle(&mut self, order: Order, reply: Reply<()>, _: &mut Context<Self>) {
        match order {
            Order::Work => reply.send(()),
            Order::Crash => panic!("it was too weak"),
        }
    }
}

/// A host that leaves its crashes in a folder.
fn host(folder: &Path) -> LiveHost {
    let live = LiveHost::start().unwrap();
    let registry = live.host().registry();
    registry.set_level_of_all(Level::Recorder);
    registry.write_crashes_to(folder.to_owned(), live.host().clock().clone());
    live
}

/// What there is in a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn wait<T>(task: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(task)
}

#[test]
fn an_actor_that_crashes_leaves_the_recorders_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("crashes");
    let live = host(&place);
    let start = |name: &str| live.host().start(Spec::new(name, Lane::Core), || Weak);
    let (one, other) = (start("one"), start("other"));
    wait(async {
        other.ask(Order::Work, PATIENCE).await.unwrap();
        let crashed = one.ask(Order::Crash, PATIENCE).await;
        assert_eq!(crashed, Err(AskError::Panicked));
    });
    // It is written before the actor comes back and answers.
    wait(one.ask(Order::Work, PATIENCE)).unwrap();
    let pid = std::process::id();
    assert_eq!(files(&place), [place.join(format!("crash-{pid}.json"))]);
    let crash = read(&files(&place)[0]);
    assert_eq!(
        (&crash["actor"], &crash["message"]),
        (&"one".into(), &"Order".into())
    );
    assert_eq!(crash["panic"], "it was too weak");
    assert_eq!(crash["recorders"]["other"][0]["kind"], "handled");
    assert_eq!(crash["recorders"]["one"][0]["kind"], "panicked");
    for _ in 0..4 {
        let _ = wait(one.ask(Order::Crash, PATIENCE));
    }
    let count = files(&place).len();
    assert!((2..=8).contains(&count), "{count} files");
    live.stop();
}

#[test]
fn files_of_others_stay_and_their_names_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder
        .path()
        .join(format!("crash-{}.json", std::process::id()));
    fs::write(&taken, "taken").unwrap();
    for number in 0..40 {
        fs::write(
            folder.path().join(format!("crash-report-{number}.json")),
            "",
        )
        .unwrap();
    }
    let live = host(folder.path());
    let weak = live.host().start(Spec::new("weak", Lane::Core), || Weak);
    wait(async {
        let crashed = weak.ask(Order::Crash, PATIENCE).await;
        assert_eq!(crashed, Err(AskError::Panicked));
        // The file is written before the actor comes back.
        weak.ask(Order::Work, PATIENCE).await.unwrap();
    });
    assert_eq!(fs::read_to_string(&taken).unwrap(), "taken");
    assert_eq!(files(folder.path()).len(), 42);
}

#[test]
fn a_process_that_aborts_leaves_them_too() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "a_child_that_aborts_if_it_is_told_to",
            "--nocapture",
        ])
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the process crashed; what all actors did last is in"),
        "{said}"
    );
    let [found] = &files(folder.path())[..] else {
        panic!("one crash, one file: {said}");
    };
    let crash = read(found);
    assert_eq!(crash["actor"], Value::Null);
    assert_eq!(crash["panic"], "nobody catches this");
    assert_eq!(crash["recorders"]["one"][0]["message"], "Order");
}

#[test]
fn a_child_that_aborts_if_it_is_told_to() {
    let Some(folder) = env::var_os(CHILD) else {
        return;
    };
    let live = host(Path::new(&folder));
    let one = live.host().start(Spec::new("one", Lane::Core), || Weak);
    wait(one.ask(Order::Work, PATIENCE)).unwrap();
    extern "C" fn border() {
        panic!("nobody catches this");
    }
    border();
}

/// Tells a child of this test that it is one, and where to leave its crash.
const CHILD: &str = "CRASH_TEST_FOLDER";
const PATIENCE: Duration = Duration::from_secs(20);
