//! Real peers as child processes, and the other subcommands beside them.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A folder in which peers run, and find each other.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// A running `runtime peer --json`; killed when it is dropped.
pub(crate) struct Peer {
    child: Child,
    events: Receiver<Value>,
    /// What has come and was not what somebody waited for.
    seen: Vec<Value>,
    pub(crate) id: String,
    pub(crate) port: u64,
    pub(crate) control: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `runtime` with these words, in this place.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runtime"));
        command
            .args(words.split_whitespace())
            .current_dir(self.folder.path())
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts a peer on loopback and waits until it listens.
    pub(crate) fn peer(&self, words: &str) -> Peer {
        self.slow_peer(&format!("--keepalive 2 {words}"))
    }

    /// The same with as few signs of life as it wants.
    pub(crate) fn slow_peer(&self, words: &str) -> Peer {
        Peer::start(self.command(&format!("peer --json --address 127.0.0.1 {words}")))
    }

    /// Starts an indexed peer, and says how others begin with it.
    pub(crate) fn indexed(&self) -> (Peer, String) {
        let peer = self.peer("--indexed --name indexed");
        let bootstrap = format!("--bootstrap {}@127.0.0.1:{}", peer.id, peer.port);
        (peer, bootstrap)
    }

    /// Runs a command that has to succeed and gives what it prints.
    #[track_caller]
    pub(crate) fn ok(&self, words: &str, input: &[u8]) -> String {
        let output = self.run(words, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "runtime {words}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &str, input: &[u8]) -> Output {
        let mut child = self
            .command(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input has gone by now, perhaps.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }
}

impl Peer {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (said, events) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("not JSON: {line}: {error}"));
                if said.send(event).is_err() {
                    return;
                }
            }
        });
        let mut peer = Self {
            child,
            events,
            seen: Vec::new(),
            id: String::new(),
            port: 0,
            control: PathBuf::new(),
        };
        let first = peer.next().expect("a peer says where it listens");
        assert_eq!(first["event"], "listening", "{first}");
        peer.id = first["peer"].as_str().unwrap().to_owned();
        peer.port = first["port"].as_u64().unwrap();
        peer.control = Path::new(first["control"].as_str().unwrap()).to_owned();
        peer
    }

    /// Waits for an event, which may have come before; others are kept for later.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "peers take real time")]
    pub(crate) fn wait(&mut self, name: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        let is_meant = |event: &Value| event["event"] == name && is_meant(event);
        if let Some(index) = self.seen.iter().position(is_meant) {
            return self.seen.remove(index);
        }
        let began = Instant::now();
        while let Some(event) = self.next() {
            if is_meant(&event) {
                return event;
            }
            self.seen.push(event);
            if began.elapsed() > PATIENCE {
                break;
            }
        }
        panic!("'{name}' did not come; there were: {:#?}", self.seen);
    }

    /// Waits until it can be used: it knows its NAT, and is connected to so many peers.
    #[track_caller]
    pub(crate) fn ready(mut self, connections: usize) -> Self {
        self.wait("ready", |_| true);
        for _ in 0..connections {
            self.wait("connection", |_| true);
        }
        self
    }

    /// Everything else until it ends; asserts that it ends well.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Vec<Value> {
        while let Some(event) = self.next() {
            self.seen.push(event);
        }
        assert!(self.child.wait().unwrap().success());
        std::mem::take(&mut self.seen)
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// As by `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The next event; none at its end.
    #[track_caller]
    fn next(&mut self) -> Option<Value> {
        match self.events.recv_timeout(PATIENCE) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("silence; before it: {:#?}", self.seen),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a peer may be silent, or say other things than those awaited, before a test fails:
/// generous, for machines under load.
const PATIENCE: Duration = Duration::from_secs(40);
