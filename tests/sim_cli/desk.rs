//! Types commands of `runtime sim` in a folder of its own, and reads what comes back.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder to work in.
pub(crate) struct Desk(TempDir);

/// What a command left.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs `runtime sim` with these words.
    pub(crate) fn sim(&self, words: &str) -> Outcome {
        let output = self.command(words).output().unwrap();
        outcome(&output)
    }

    /// The same, which must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, words: &str) -> Outcome {
        let outcome = self.sim(words);
        assert_eq!(outcome.code, Some(0), "{words}: {}", outcome.err);
        outcome
    }

    /// The object that `--json` prints, with nothing beside it.
    #[track_caller]
    pub(crate) fn json(&self, words: &str) -> Value {
        let outcome = self.ok(&format!("{words} --json"));
        serde_json::from_str(&outcome.out).unwrap_or_else(|e| panic!("{e}: {}", outcome.out))
    }

    /// The same in the background.
    pub(crate) fn start(&self, words: &str) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs a line of shell, in which `runtime` is this one.
    #[track_caller]
    pub(crate) fn shell(&self, line: &str) {
        let runtime = PathBuf::from(RUNTIME);
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", runtime.parent().unwrap().display());
        let mut command = Command::new("sh");
        command.args(["-c", line]).env("PATH", path);
        let output = command.current_dir(self.0.path()).output().unwrap();
        let outcome = outcome(&output);
        assert_eq!(outcome.code, Some(0), "{line}: {}", outcome.err);
    }

    /// `runtime inspect` beside a simulation of this desk.
    pub(crate) fn inspect(&self, words: &str) -> Outcome {
        let output = self.runtime("inspect", words).output().unwrap();
        outcome(&output)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, words: &str) -> Command {
        self.runtime("sim", words)
    }

    fn runtime(&self, verb: &str, words: &str) -> Command {
        let mut command = Command::new(RUNTIME);
        command.arg(verb).args(words.split_whitespace());
        command.current_dir(self.0.path());
        command.env("XDG_RUNTIME_DIR", self.0.path());
        command
    }
}

pub(crate) fn outcome(output: &Output) -> Outcome {
    Outcome {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A summary without what is measured in real time and memory, and without how it was asked for.
pub(crate) fn reproducible(mut summary: Value) -> Value {
    let object = summary.as_object_mut().unwrap();
    for measured in [
        "wall_s",
        "events_per_s",
        "bytes_per_peer",
        "memory_bytes",
        "command",
    ] {
        object.remove(measured).unwrap();
    }
    summary
}

const RUNTIME: &str = env!("CARGO_BIN_EXE_runtime");
