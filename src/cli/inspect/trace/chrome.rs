//! Events in Chrome's trace format, which Perfetto reads.
//!
//! One track an actor, grouped by process and sorted by lane; one slice a message, with the
//! time for which it waited among its arguments; an arrow from each slice to what came of
//! it, across actors and processes; a mark for each intervention.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Process,
    flows::{Arrow, Slice, arrows},
};
use crate::{
    cli::inspect::by,
    messages::inspector::{EntryKind, RecorderEntry},
};

/// The whole file.
pub(super) fn document(processes: &[Process]) -> Value {
    let start_us = start(processes);
    let mut events = Vec::new();
    let mut slices = Vec::new();
    for (index, process) in processes.iter().enumerate() {
        let place = Place {
            process: index,
            pid: process.app.pid,
            shift_us: process.offset_us - start_us,
        };
        events.push(json!({
            "ph": "M", "name": "process_name", "pid": place.pid, "tid": 0,
            "args": { "name": process.app.name },
        }));
        place.add(process, &mut events, &mut slices);
    }
    slices.sort_by(|a: &Slice, b| a.begin_us.total_cmp(&b.begin_us));
    for (number, arrow) in arrows(&slices).iter().enumerate() {
        events.extend(pair(number + 1, arrow, &slices));
    }
    json!({ "displayTimeUnit": "ms", "traceEvents": events })
}

/// The earliest moment of all, by our clock.
fn start(processes: &[Process]) -> i64 {
    let firsts = processes.iter().flat_map(|process| {
        let entries = process
            .actors
            .values()
            .flat_map(|track| track.entries.values());
        entries.map(|entry| begin_of(entry) as i64 + process.offset_us)
    });
    firsts.min().unwrap_or(0)
}

/// Whether it is only that somebody looked.
fn is_own(actor: &str, entry: &RecorderEntry) -> bool {
    actor == INSPECTOR && entry.message == "Look"
}

/// Interventions and links have one time only.
fn begin_of(entry: &RecorderEntry) -> u64 {
    match entry.began_us {
        0 => entry.ended_us.max(entry.sent_us),
        began => began,
    }
}

/// Where the events of one process go.
struct Place {
    process: usize,
    pid: u32,
    /// What to add to its microseconds to get the file's.
    shift_us: i64,
}

impl Place {
    fn add(&self, process: &Process, events: &mut Vec<Value>, slices: &mut Vec<Slice>) {
        let mut lanes: Vec<_> = process.actors.values().map(|track| &track.lane).collect();
        lanes.sort_unstable();
        lanes.dedup();
        for (index, (name, track)) in process.actors.iter().enumerate() {
            let tid = index + 1;
            let lane = lanes.binary_search(&&track.lane).unwrap_or(0);
            let title = format!("{} · {name}", track.lane);
            events.push(self.meta("thread_name", tid, json!({ "name": title })));
            let order = lane * process.actors.len() + index;
            events.push(self.meta("thread_sort_index", tid, json!({ "sort_index": order })));
            let mut free_us = 0.0;
            let mut links = Vec::new();
            for entry in track.entries.values().filter(|entry| !is_own(name, entry)) {
                match entry.kind {
                    EntryKind::Handled | EntryKind::Panicked => {
                        let slice = self.slice(name, tid, entry, free_us);
                        free_us = slice.end_us;
                        events.push(self.slice_event(&slice, entry));
                        slices.extend(links.drain(..).map(|link| linked(link, &slice)));
                        slices.push(slice);
                    }
                    EntryKind::Link => links.push(entry),
                    _ => events.push(self.mark(tid, entry)),
                }
            }
        }
    }

    fn meta(&self, name: &str, tid: usize, args: Value) -> Value {
        json!({ "ph": "M", "name": name, "pid": self.pid, "tid": tid, "args": args })
    }

    fn shifted(&self, micros: u64) -> f64 {
        (micros as i64 + self.shift_us) as f64
    }

    /// An actor handles one message after the other, though two may fall into one microsecond
    /// of its clock: a slice begins no sooner than the last has ended.
    fn slice(&self, actor: &str, tid: usize, entry: &RecorderEntry, free_us: f64) -> Slice {
        let begin_us = self.shifted(entry.began_us).max(free_us);
        Slice {
            process: self.process,
            pid: self.pid,
            tid,
            actor: actor.to_owned(),
            sender: entry.sender.clone(),
            cause: entry.cause,
            link: None,
            sent_us: self.shifted(entry.sent_us),
            begin_us,
            end_us: self.shifted(entry.ended_us).max(begin_us + SLICE_US_MIN),
        }
    }

    fn slice_event(&self, slice: &Slice, entry: &RecorderEntry) -> Value {
        let mut args = BTreeMap::from([
            ("cause", json!(entry.cause)),
            (
                "waited_us",
                json!(entry.began_us.saturating_sub(entry.sent_us)),
            ),
        ]);
        if let Some(sender) = &entry.sender {
            args.insert("sender", json!(sender));
        }
        if entry.kind == EntryKind::Panicked {
            args.insert("outcome", json!("panicked"));
        }
        json!({
            "ph": "X", "cat": "message", "name": entry.message, "pid": self.pid, "tid": slice.tid,
            "ts": slice.begin_us, "dur": slice.end_us - slice.begin_us, "args": args,
        })
    }

    /// Something that took no time: an intervention, or a message that was not handled.
    fn mark(&self, tid: usize, entry: &RecorderEntry) -> Value {
        let (category, name) = match entry.kind {
            EntryKind::Intervention => (
                "intervention",
                format!("{}{}", entry.message, by(entry.viewer)),
            ),
            kind => {
                let outcome = format!("{kind:?}").to_lowercase();
                ("lost", format!("{outcome}: {}", entry.message))
            }
        };
        json!({
            "ph": "i", "s": "t", "cat": category, "name": name, "pid": self.pid, "tid": tid,
            "ts": self.shifted(begin_of(entry)), "args": { "cause": entry.cause },
        })
    }
}

/// A link stands for the slice in which it was noted: a handler's own line comes after all
/// that was noted while it ran.
fn linked(entry: &RecorderEntry, within: &Slice) -> Slice {
    Slice {
        cause: entry.cause,
        link: entry.link,
        sender: None,
        sent_us: within.begin_us,
        ..within.clone()
    }
}

/// An arrow's two ends.
fn pair(number: usize, arrow: &Arrow, slices: &[Slice]) -> [Value; 2] {
    let (from, to) = (&slices[arrow.from], &slices[arrow.to]);
    // It leaves when the message was sent, as far as that lies within the slice.
    let left_us = to.sent_us.clamp(from.begin_us, from.end_us);
    let end = |slice: &Slice, phase: &str, ts: f64| {
        json!({
            "ph": phase, "bp": "e", "cat": "cause", "name": "cause", "id": number,
            "pid": slice.pid, "tid": slice.tid, "ts": ts,
        })
    };
    [end(from, "s", left_us), end(to, "f", to.begin_us)]
}

/// Who answers viewers; what it does for them is not what they look for.
const INSPECTOR: &str = "inspector";
/// A slice that is shorter cannot hold the end of an arrow.
const SLICE_US_MIN: f64 = 0.1;

#[cfg(test)]
mod tests;
