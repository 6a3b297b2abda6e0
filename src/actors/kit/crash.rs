//! Files that say what all actors did last, written when one of them crashes or the process does.
//!
//! A cell that catches a panic of its actor has one written; so has a panic hook for panics that
//! no cell catches, those of foreign threads and those after which the process aborts. What a
//! file holds is what the inspector shows: counters and flight recorders, and of messages
//! only what their types reveal. A fault in C code writes none: a signal handler may neither
//! allocate nor take a lock, and to read names and recorders takes both.
//!
//! **Invariant:** a process writes at most [`FILES_MAX`] files, and a folder keeps at most
//! [`KEPT_MAX`].

use std::{
    cell::Cell,
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    panic::{self, PanicHookInfo},
    path::PathBuf,
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{Registry, probe::Origin};
use crate::relay::Time;

/// Where one host's crash files go.
pub(super) struct Crashes {
    folder: PathBuf,
    written: AtomicU32,
}

/// What crashed.
pub(super) struct Crash {
    /// Which actor; nothing if it was the process.
    pub(super) actor: Option<String>,
    /// What it had in hand.
    pub(super) message: Option<String>,
    /// What the panic said.
    pub(super) text: String,
    /// Where in the code, if that is known.
    pub(super) place: Option<String>,
    /// On which thread.
    pub(super) thread: Option<String>,
    /// On the clock of the host.
    pub(super) at: Time,
    /// Milliseconds since 1970.
    pub(super) unix_ms: u64,
}

impl Crashes {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            written: AtomicU32::new(0),
        }
    }

    /// Writes one file, unless there were too many, and says where on standard error.
    pub(super) fn write(&self, registry: &Registry, crash: &Crash) {
        if self.written.fetch_add(1, Ordering::Relaxed) >= FILES_MAX {
            return;
        }
        let what = match &crash.actor {
            Some(actor) => format!("actor '{actor}' crashed"),
            None => "the process crashed".to_owned(),
        };
        let said = match self.put(&report(registry, crash)) {
            Ok(path) => format!(
                "{what}; what all actors did last is in '{}'",
                path.display()
            ),
            Err(error) => {
                let folder = self.folder.display();
                format!("{what}; cannot write what all actors did last to '{folder}': {error}")
            }
        };
        // If nobody reads it, nobody is told.
        let _ = writeln!(io::stderr(), "{said}");
    }

    /// Writes a report to a file of its own.
    fn put(&self, report: &Value) -> io::Result<PathBuf> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        let (mut file, path) = self.create()?;
        serde_json::to_writer_pretty(&mut file, report)?;
        file.write_all(b"\n")?;
        // What is too much stays, if it cannot be removed.
        let _ = self.sweep();
        Ok(path)
    }

    /// Makes a file that was not there: somebody else may have put a link in its place, and
    /// another process may have had the same number.
    fn create(&self) -> io::Result<(fs::File, PathBuf)> {
        let pid = std::process::id();
        let mut options = fs::OpenOptions::new();
        options.create_new(true).write(true).mode(0o600);
        let mut number = 1;
        loop {
            let name = match number {
                1 => format!("crash-{pid}.json"),
                _ => format!("crash-{pid}-{number}.json"),
            };
            let path = self.folder.join(name);
            match options.open(&path) {
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < NUMBER_MAX =>
                {
                    number += 1;
                }
                opened => return Ok((opened?, path)),
            }
        }
    }

    /// Removes the oldest files, where there are many.
    fn sweep(&self) -> io::Result<()> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if is_ours(&name) {
                found.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        found.sort();
        let surplus = found.len().saturating_sub(KEPT_MAX);
        for (_, path) in found.drain(..surplus) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// Whether a file has such a name as is given here.
fn is_ours(name: &str) -> bool {
    let number = name.strip_prefix("crash-");
    let number = number.and_then(|rest| rest.strip_suffix(".json"));
    number.is_some_and(|number| {
        let mut parts = number.splitn(2, '-');
        parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// What all actors did last.
fn report(registry: &Registry, crash: &Crash) -> Value {
    let actors = registry.reports(crash.at);
    let recorders: Map<String, Value> = actors
        .iter()
        .filter_map(|actor| {
            let entries = registry.recorder(&actor.name)?;
            Some((actor.name.clone(), json!(entries)))
        })
        .collect();
    json!({
        "pid": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
        "unix_ms": crash.unix_ms,
        "at_us": crash.at.as_micros(),
        "actor": crash.actor,
        "message": crash.message,
        "panic": crash.text,
        "place": crash.place,
        "thread": crash.thread,
        "actors": actors,
        "recorders": recorders,
        "dead_letters": registry.dead_letters(),
    })
}

/// Has panics noted that no cell catches; `note` writes the file.
pub(super) fn hook(note: impl Fn(Crash) + Send + Sync + 'static) {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        previous(info);
        if !is_caught(info) && !IS_NOTED.replace(true) {
            note(Crash {
                actor: None,
                message: None,
                text: text_of(info),
                place: info.location().map(ToString::to_string),
                thread: thread::current().name().map(str::to_owned),
                at: Time::ZERO,
                unix_ms: 0,
            });
        }
    }));
}

/// Runs work whose panics are caught and answered for.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> T {
    let before = IS_GUARDED.replace(true);
    let result = work();
    IS_GUARDED.set(before);
    result
}

/// Runs `write` on a thread of its own and waits for it, but not for long: the thread that
/// panicked may hold what is needed.
pub(super) fn write_apart(write: impl FnOnce() + Send + 'static) {
    let (done, written) = mpsc::channel();
    thread::spawn(move || {
        write();
        let _ = done.send(());
    });
    let _ = written.recv_timeout(WRITE_TIME_MAX);
}

/// What a panic says.
fn text_of(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a text").to_owned()
}

/// Whether whoever runs the panicking code goes on: a cell, or whoever runs a job.
fn is_caught(info: &PanicHookInfo<'_>) -> bool {
    let text = text_of(info);
    // What the standard library says before it aborts: nobody catches that.
    let is_abort = text.starts_with("panic in a ");
    !is_abort && (IS_GUARDED.get() || Origin::current().sender != 0)
}

thread_local! {
    /// Whether what runs on this thread is a job.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    /// Whether a panic of this thread was noted: another one follows if the process aborts.
    static IS_NOTED: Cell<bool> = const { Cell::new(false) };
}

/// Files that one process writes.
const FILES_MAX: u32 = 8;
/// Files that a folder keeps.
const KEPT_MAX: usize = 32;
/// How many names are tried.
const NUMBER_MAX: u32 = 1_000;
/// How long a dying process may take to write.
const WRITE_TIME_MAX: Duration = Duration::from_secs(2);
