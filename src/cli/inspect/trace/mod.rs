//! `runtime inspect --trace`: writes what actors do into a file for ui.perfetto.dev.
//!
//! - This file reads the flight recorders of every app again and again, and lines their
//!   clocks up with this process's.
//! - `chrome` makes the file's events of it, `flows` finds what came of what.

mod chrome;
mod flows;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    client::{Client, Trouble},
    socket::App,
};
use crate::{
    cli::{CliError, Console, error::Explain as _, format},
    messages::inspector::{AppReport, RecorderEntry, Request, Trace},
};

/// What one process did, by this process's clock.
#[derive(Clone, Debug, Default)]
struct Process {
    app: AppReport,
    /// What to add to its microseconds to get ours.
    offset_us: i64,
    /// Its actors, by name.
    actors: BTreeMap<String, Track>,
}

/// What one actor did.
#[derive(Clone, Debug, Default)]
struct Track {
    lane: String,
    /// Lines of its recorder, by their numbers.
    entries: BTreeMap<u64, RecorderEntry>,
}

/// One app that is being read.
struct Reader {
    client: Client,
    process: Process,
    /// How long the quickest answer took; its clock is the best known.
    quickest: Duration,
    since_us: u64,
    is_over: bool,
}

/// Reads the recorders of `apps` for `time`, and writes what they say to `file`.
pub(super) fn trace(
    console: &mut Console<'_>,
    apps: Vec<App>,
    file: &Path,
    time: Duration,
) -> Result<(), CliError> {
    // Before the wait: a file that cannot be written is known at once.
    let out = File::create(file).explain(|| format!("write '{}'", file.display()))?;
    let processes = read_all(&apps, time)?;
    let document = chrome::document(&processes);
    let mut out = BufWriter::new(out);
    serde_json::to_writer(&mut out, &document)
        .map_err(std::io::Error::from)
        .and_then(|()| out.flush())
        .explain(|| format!("write '{}'", file.display()))?;
    let tracks = || processes.iter().flat_map(|process| process.actors.values());
    let count = tracks().map(|track| track.entries.len() as u64).sum();
    let what = format!(
        "{}: {} of {} ({})",
        format::path(file),
        counted(count, "message"),
        counted(tracks().count() as u64, "actor"),
        counted(processes.len() as u64, "process"),
    );
    console.progress("Wrote", &what)?;
    let lost: u64 = tracks().map(Track::lost_count).sum();
    if lost > 0 {
        let text = format!(
            "{} fell out of the recorders unread",
            counted(lost, "message")
        );
        console.warn(&text)?;
    }
    if count > ENTRIES_MAX as u64 {
        console.warn("that is as much as a file can hold; it ends before the time was up")?;
    }
    console.note("Open it at https://ui.perfetto.dev")?;
    Ok(())
}

fn counted(count: u64, what: &str) -> String {
    let plural = if what.ends_with('s') { "es" } else { "s" };
    let ending = if count == 1 { "" } else { plural };
    format!("{} {what}{ending}", format::count(count))
}

#[expect(clippy::disallowed_methods, reason = "the user waits in real time")]
fn read_all(apps: &[App], time: Duration) -> Result<Vec<Process>, CliError> {
    let began = Instant::now();
    let readers = apps.iter().map(Reader::open);
    let mut readers = readers.collect::<Result<Vec<_>, _>>()?;
    loop {
        for reader in readers.iter_mut().filter(|reader| !reader.is_over) {
            reader.read(began)?;
        }
        let tracks = (readers.iter()).flat_map(|reader| reader.process.actors.values());
        let entry_count: usize = tracks.map(|track| track.entries.len()).sum();
        let is_over = readers.iter().all(|reader| reader.is_over);
        if is_over || began.elapsed() >= time || entry_count > ENTRIES_MAX {
            break;
        }
        std::thread::sleep(READ_EVERY.min(time.saturating_sub(began.elapsed())));
    }
    Ok(readers.into_iter().map(|reader| reader.process).collect())
}

impl Reader {
    fn open(app: &App) -> Result<Self, CliError> {
        let mut client = Client::open(&app.socket, "trace", false)?;
        client.ask::<Value>(&Request::Lease { actor: None })?;
        Ok(Self {
            client,
            process: Process {
                app: app.snapshot.app.clone(),
                ..Process::default()
            },
            quickest: Duration::MAX,
            since_us: 0,
            is_over: false,
        })
    }

    /// Takes in what was noted since the last time.
    #[expect(clippy::disallowed_methods, reason = "lines clocks up with this one")]
    fn read(&mut self, began: Instant) -> Result<(), Trouble> {
        let asked = began.elapsed();
        let request = Request::Trace {
            since_us: self.since_us,
        };
        let trace: Trace = match self.client.ask(&request) {
            Ok(trace) => trace,
            // An app that ends has said all that it had to say.
            Err(Trouble::Silent(_)) => {
                self.is_over = true;
                return Ok(());
            }
            Err(trouble) => return Err(trouble),
        };
        let answered = Instant::now().duration_since(began);
        let took = answered.saturating_sub(asked);
        if took < self.quickest {
            self.quickest = took;
            // It looked at its clock about halfway.
            let middle = (asked + took / 2).as_micros();
            self.process.offset_us = middle as i64 - trace.now_us as i64;
        }
        self.since_us = trace.now_us.saturating_sub(OVERLAP.as_micros() as u64);
        for actor in trace.actors {
            let track = self.process.actors.entry(actor.name).or_default();
            track.lane = actor.lane;
            let entries = actor.entries.into_iter();
            track
                .entries
                .extend(entries.map(|entry| (entry.sequence, entry)));
        }
        Ok(())
    }
}

impl Track {
    /// Lines of its recorder that were written over before they were read.
    fn lost_count(&self) -> u64 {
        let ends = self
            .entries
            .first_key_value()
            .zip(self.entries.last_key_value());
        ends.map_or(0, |((first, _), (last, _))| {
            (last - first + 1).saturating_sub(self.entries.len() as u64)
        })
    }
}

/// How often the recorders are read.
const READ_EVERY: Duration = Duration::from_millis(50);
/// What is read twice, since a message may end while its recorder is being read.
const OVERLAP: Duration = Duration::from_millis(20);
/// Lines that are kept; a file of more is no pleasure to look at.
const ENTRIES_MAX: usize = 250_000;
