//! A running peer of either kind, driven from outside.

use std::{
    cell::{Cell, RefCell},
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixStream,
    process::{Child, ChildStdin, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATIENCE, log::Log};

/// Whose peer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `runtime peer`.
    Ours,
    /// The reference under Node.
    Theirs,
}

/// A peer that ends, at the latest, with this value.
pub(crate) struct Peer {
    kind: Kind,
    name: String,
    cluster: String,
    child: Child,
    out: Log,
    err: Log,
    requests: Cell<u64>,
    stdin: RefCell<ChildStdin>,
    listening: Value,
    _folder: TempDir,
}

impl Peer {
    /// Starts a process and waits until its sockets are bound.
    #[track_caller]
    pub(super) fn start(kind: Kind, name: &str, cluster: &str, mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut peer = Self {
            kind,
            name: name.to_owned(),
            cluster: cluster.to_owned(),
            out: Log::follow(child.stdout.take().unwrap()),
            err: Log::follow(child.stderr.take().unwrap()),
            requests: Cell::new(0),
            stdin: RefCell::new(child.stdin.take().unwrap()),
            listening: Value::Null,
            child,
            _folder: folder,
        };
        peer.listening = peer.event("listening", |_| true);
        peer
    }

    /// Ends it without a chance to say goodbye, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        self.listening["peer"].as_str().unwrap()
    }

    /// Where its main socket is bound.
    pub(crate) fn address(&self) -> &str {
        self.listening["address"].as_str().unwrap()
    }

    /// The port of its main socket.
    pub(crate) fn port(&self) -> u16 {
        u16::try_from(self.listening["port"].as_u64().unwrap()).unwrap()
    }

    /// Its name in messages of failed tests.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it knows its address and NAT type; the latest that it said.
    #[track_caller]
    pub(crate) fn ready(&self) -> Value {
        self.event("ready", |_| true);
        self.events("ready").pop().unwrap()
    }

    /// Waits for an event, or takes one that came already.
    #[track_caller]
    pub(crate) fn event(&self, name: &str, is_it: impl FnMut(&Value) -> bool) -> Value {
        self.event_since(0, name, is_it)
    }

    /// The same among those after a [`Peer::mark`].
    #[track_caller]
    pub(crate) fn event_since(
        &self,
        mark: usize,
        name: &str,
        mut is_it: impl FnMut(&Value) -> bool,
    ) -> Value {
        let found = self.out.find(mark, |lines| {
            let mut named = lines.iter().filter(|line| line["event"] == name);
            named.find(|line| is_it(line)).cloned()
        });
        found.unwrap_or_else(|| panic!("no such event '{name}' of {}", self.story()))
    }

    /// Waits for so many different such events; they are different by the given part.
    #[track_caller]
    pub(crate) fn distinct(&self, name: &str, part: &str, count: usize) -> Vec<Value> {
        let found = self.out.find(0, |lines| {
            let named = lines.iter().filter(|line| line["event"] == name);
            let mut parts: Vec<String> = named.map(|line| line[part].to_string()).collect();
            parts.sort();
            parts.dedup();
            (parts.len() >= count).then_some(())
        });
        if found.is_none() {
            panic!("not {count} different events '{name}' of {}", self.story());
        }
        self.events(name)
    }

    /// Where in its story it is now.
    pub(crate) fn mark(&self) -> usize {
        self.out.count()
    }

    /// Every event of that name so far.
    pub(crate) fn events(&self, name: &str) -> Vec<Value> {
        let mut lines = self.out.lines();
        lines.retain(|line| line["event"] == name);
        lines
    }

    /// The same among those after a [`Peer::mark`].
    pub(crate) fn events_since(&self, mark: usize, name: &str) -> Vec<Value> {
        let lines = self.out.lines().into_iter().skip(mark);
        lines.filter(|line| line["event"] == name).collect()
    }

    /// Waits for a message with this text, published or streamed.
    #[track_caller]
    pub(crate) fn hears(&self, event: &str, text: &str) -> Value {
        self.event(event, |line| line["text"] == text)
    }

    /// Asks it for something and returns the answer.
    #[track_caller]
    pub(crate) fn ask(&self, request: Value) -> Value {
        self.try_ask(request.clone())
            .unwrap_or_else(|error| panic!("{request} is answered by {error}: {}", self.story()))
    }

    /// The same; an error is an answer, too.
    #[track_caller]
    pub(crate) fn try_ask(&self, mut request: Value) -> Result<Value, Value> {
        let id = self.requests.get() + 1;
        self.requests.set(id);
        request["id"] = json!(id);
        let answer = match self.kind {
            Kind::Ours => self.talk(&request),
            Kind::Theirs => self.write(&request, id),
        };
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(answer["error"].clone()),
        }
    }

    #[track_caller]
    fn talk(&self, request: &Value) -> Value {
        let path = self.listening["control"].as_str().unwrap();
        let mut stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{request} is answered by '{line}': {}", self.story()))
    }

    #[track_caller]
    fn write(&self, request: &Value, id: u64) -> Value {
        let mark = self.mark();
        writeln!(self.stdin.borrow_mut(), "{request}").unwrap();
        let answer = self.out.find(mark, |lines| {
            lines
                .iter()
                .find(|line| line["id"] == json!(id) && line["event"].is_null())
                .cloned()
        });
        answer.unwrap_or_else(|| panic!("{request} is not answered: {}", self.story()))
    }

    /// Joins a subcluster.
    #[track_caller]
    pub(crate) fn join(&self, seed: &str) {
        let key = json!({ "seed": seed });
        self.ask(json!({ "do": "join", "cluster": self.cluster, "key": key }));
    }

    /// Publishes a text; the ids of its packets.
    #[track_caller]
    pub(crate) fn publish(&self, seed: &str, text: &str) -> Vec<String> {
        self.send(seed, text, &Value::Null)
    }

    /// Sends a text to one peer.
    #[track_caller]
    pub(crate) fn stream(&self, to: &Peer, seed: &str, text: &str) -> Vec<String> {
        self.send(seed, text, &json!(to.id()))
    }

    #[track_caller]
    fn send(&self, seed: &str, text: &str, to: &Value) -> Vec<String> {
        let key = json!({ "seed": seed });
        let request = json!({
            "do": "publish", "cluster": self.cluster, "key": key, "text": text, "to": to,
        });
        let ids = self.ask(request)["ids"].clone();
        serde_json::from_value(ids).unwrap()
    }

    /// What it says of itself.
    #[track_caller]
    pub(crate) fn info(&self) -> Value {
        self.ask(json!({ "do": "info" }))
    }

    /// How it reaches another peer now: `direct`, `punched`, `proxy`, or not at all.
    #[track_caller]
    pub(crate) fn via(&self, other: &str) -> Option<String> {
        let info = self.info();
        let neighbours = info["neighbours"].as_array().unwrap();
        let found = neighbours.iter().find(|known| known["peer"] == other)?;
        Some(found["via"].as_str().unwrap().to_owned())
    }

    /// Datagrams that it has sent, by type.
    #[track_caller]
    pub(crate) fn sent(&self) -> Vec<(String, u64)> {
        let info = self.info();
        let sent = info["counters"]["sent"].as_object().unwrap().clone();
        let count = |value: &Value| value.as_u64().unwrap();
        sent.iter()
            .map(|(name, value)| (name.clone(), count(value)))
            .collect()
    }

    /// How many packets it keeps.
    #[track_caller]
    pub(crate) fn packet_count(&self) -> usize {
        let count = self.info()["cache"]["packets"].as_u64().unwrap();
        usize::try_from(count).unwrap()
    }

    /// The ids of what it keeps: of every packet or, for ours, of every whole message.
    #[track_caller]
    pub(crate) fn kept(&self) -> Vec<String> {
        let list = self.ask(json!({ "do": "list", "subcluster": null, "count_max": 10_000 }));
        let packets = list["packets"].as_array().unwrap().clone();
        packets
            .iter()
            .map(|packet| packet["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Fails unless it runs and has had no fault.
    #[track_caller]
    pub(crate) fn check_is_sound(&self) {
        let faults = self.events("fault");
        let is_sound = faults.is_empty() && !self.out.has_ended();
        assert!(is_sound, "a fault of {}", self.story());
    }

    /// What it said last, for messages of failed tests.
    pub(crate) fn story(&self) -> String {
        let Self { name, kind, .. } = self;
        let (out, err) = (self.out.tail(60), self.err.tail(40));
        format!("{name} ({kind:?})\n--- stdout\n{out}\n--- stderr\n{err}")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
