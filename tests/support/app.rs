//! A running program: what it prints, line by line, and how it ends.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use super::{PATIENCE, eventually, places::Place, within};

/// A program that ends, at the latest, with this value.
pub(crate) struct App {
    child: Child,
    out: Output,
    err: Output,
    _place: Option<Place>,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Exit code; 128 and the signal's number if a signal ended it.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// What a program has printed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output(Arc<Mutex<Vec<String>>>);

impl App {
    /// Starts a program once there is a place for it.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let place = Place::take();
        Self::start_in(Some(place), command)
    }

    /// Starts a program in the place of another that the same test runs: two tests that waited
    /// for a second place each would wait for ever.
    #[track_caller]
    pub(crate) fn start_beside(command: &mut Command) -> Self {
        Self::start_in(None, command)
    }

    #[track_caller]
    fn start_in(place: Option<Place>, command: &mut Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = Output::follow(child.stdout.take().unwrap());
        let err = Output::follow(child.stderr.take().unwrap());
        Self {
            child,
            out,
            err,
            _place: place,
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line on standard output that starts with a word; returns what follows.
    #[track_caller]
    pub(crate) fn line(&mut self, word: &str) -> String {
        self.lines(word, 1).remove(0)
    }

    /// Waits for so many such lines.
    #[track_caller]
    pub(crate) fn lines(&mut self, word: &str, count: usize) -> Vec<String> {
        let found = within(PATIENCE, || {
            let lines = self.out.starting_with(word);
            let has_ended = matches!(self.child.try_wait(), Ok(Some(_)));
            (lines.len() >= count || has_ended).then_some(lines)
        });
        match found.filter(|lines| lines.len() >= count) {
            Some(lines) => lines,
            None => panic!("no {count} lines '{word} …'\n{}", self.all()),
        }
    }

    /// What follows a word at the begin of lines on standard output, as far as it is there.
    pub(crate) fn so_far(&self, word: &str) -> Vec<String> {
        self.out.starting_with(word)
    }

    /// Waits for the first line on standard output.
    #[track_caller]
    pub(crate) fn first_line(&mut self) -> String {
        let found = within(PATIENCE, || self.out.lines().into_iter().next());
        found.unwrap_or_else(|| panic!("it prints nothing\n{}", self.all()))
    }

    /// Waits for such a line and reads what follows as JSON.
    #[track_caller]
    pub(crate) fn json(&mut self, word: &str) -> Value {
        let text = self.line(word);
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    /// Waits for a line on standard error that contains a text.
    #[track_caller]
    pub(crate) fn error_line(&self, part: &str) -> String {
        eventually(&format!("'{part}' on standard error"), || {
            self.err
                .lines()
                .into_iter()
                .find(|line| line.contains(part))
        })
    }

    /// Everything printed so far, for messages of failed tests.
    pub(crate) fn all(&self) -> String {
        let (out, err) = (self.out.text(), self.err.text());
        format!("--- stdout\n{out}\n--- stderr\n{err}")
    }

    /// Asks it to end and waits until it has.
    #[track_caller]
    pub(crate) fn end(self) -> Ended {
        super::signal(self.pid(), Signal::TERM);
        self.wait()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Ended {
        let status = within(PATIENCE, || self.child.try_wait().unwrap());
        let Some(status) = status else {
            panic!("it does not end\n{}", self.all());
        };
        eventually("the end of its output", || {
            (self.out.is_complete() && self.err.is_complete()).then_some(())
        });
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        Ended {
            code: code.unwrap(),
            out: self.out.text(),
            err: self.err.text(),
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            end_group(self.child.id());
        }
        let _ = self.child.wait();
    }
}

/// Ends a program that leads a process group, and its children.
pub(super) fn end_group(pid: u32) {
    let group = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    let _ = kill_process_group(group, Signal::KILL);
}

impl Output {
    fn follow(from: impl Read + Send + 'static) -> Self {
        let output = Self::default();
        // The thread's own clone is gone when the stream has ended.
        let copy = output.clone();
        thread::spawn(move || {
            for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                copy.0.lock().unwrap().push(line);
            }
        });
        output
    }

    /// Every line so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn starting_with(&self, word: &str) -> Vec<String> {
        let lines = self.lines();
        let rest = |line: &String| Some(line.strip_prefix(word)?.strip_prefix(' ')?.to_owned());
        lines.iter().filter_map(rest).collect()
    }

    fn text(&self) -> String {
        self.lines().join("\n")
    }

    fn is_complete(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}
