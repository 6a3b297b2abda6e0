//! What a process has said so far, and waiting until it says something.

use std::{
    io::{BufRead as _, BufReader, Read},
    sync::{Arc, Condvar, Mutex},
    thread,
};

use serde_json::Value;

use super::PATIENCE;

/// Lines of a stream as they come, shared with the thread that reads them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    has_changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<Value>,
    has_ended: bool,
}

impl Log {
    /// Reads JSON lines until the stream ends; a line that is no JSON is kept as a string.
    pub(crate) fn follow(from: impl Read + Send + 'static) -> Self {
        let log = Self::default();
        let copy = log.clone();
        thread::spawn(move || {
            for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                copy.push(serde_json::from_str(&line).unwrap_or(Value::String(line)));
            }
            copy.0.state.lock().unwrap().has_ended = true;
            copy.0.has_changed.notify_all();
        });
        log
    }

    fn push(&self, line: Value) {
        self.0.state.lock().unwrap().lines.push(line);
        self.0.has_changed.notify_all();
    }

    /// How many lines there are; those that come later have this number or a higher one.
    pub(crate) fn count(&self) -> usize {
        self.0.state.lock().unwrap().lines.len()
    }

    /// Waits for something among the lines from the given number on. `None` if it does not come
    /// in time or the stream ends without it.
    pub(crate) fn find<T>(
        &self,
        from: usize,
        mut probe: impl FnMut(&[Value]) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        let guard = self.0.state.lock().unwrap();
        let waiting = |state: &mut State| {
            found = probe(state.lines.get(from..).unwrap_or_default());
            found.is_none() && !state.has_ended
        };
        drop(
            self.0
                .has_changed
                .wait_timeout_while(guard, PATIENCE, waiting)
                .unwrap(),
        );
        found
    }

    /// Every line so far.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.0.state.lock().unwrap().lines.clone()
    }

    /// Whether the stream has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.state.lock().unwrap().has_ended
    }

    /// The last lines, for messages of failed tests.
    pub(crate) fn tail(&self, count: usize) -> String {
        let lines = self.lines();
        let first = lines.len().saturating_sub(count);
        let text = lines[first..].iter().map(|line| match line {
            Value::String(text) => text.clone(),
            line => line.to_string(),
        });
        text.collect::<Vec<_>>().join("\n")
    }
}
