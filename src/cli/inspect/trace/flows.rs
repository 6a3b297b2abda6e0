//! Finds what came of what: which slice sent the message that another one handles.

use std::collections::{BTreeMap, BTreeSet};

use crate::messages::cause::CauseId;

/// One message being handled, by the file's clock.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// Which process of the file.
    pub(super) process: usize,
    /// Its process id.
    pub(super) pid: u32,
    /// Its actor's track.
    pub(super) tid: usize,
    /// Its actor.
    pub(super) actor: String,
    /// Who sent the message.
    pub(super) sender: Option<String>,
    /// What it goes back to.
    pub(super) cause: CauseId,
    /// Not a message, but a note that the chain goes on under this cause.
    pub(super) link: Option<CauseId>,
    /// When the message was sent.
    pub(super) sent_us: f64,
    /// When its handler began.
    pub(super) begin_us: f64,
    /// When its handler ended.
    pub(super) end_us: f64,
}

/// From the slice that sent a message to the one that handles it, as places in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The arrows among slices, which are sorted by their begin.
pub(super) fn arrows(slices: &[Slice]) -> Vec<Arrow> {
    let mut by_cause = BTreeMap::<CauseId, Vec<usize>>::new();
    for (index, slice) in slices.iter().enumerate() {
        if !slice.cause.is_none() {
            by_cause.entry(slice.cause).or_default().push(index);
        }
        // A note of another cause is where that cause's chain begins.
        if let Some(link) = slice.link.filter(|link| *link != slice.cause) {
            by_cause.entry(link).or_default().push(index);
        }
    }
    let mut arrows = Vec::new();
    for (cause, chain) in &by_cause {
        arrows.extend(crossings(slices, chain, *cause));
        for (place, &to) in chain.iter().enumerate() {
            if slices[to].link.is_none() {
                let from = origin(slices, &chain[..place], to);
                arrows.extend(from.map(|from| Arrow { from, to }));
            }
        }
    }
    arrows
}

/// A packet that crosses: from where its cause was noted first to where each other process
/// notes it first.
fn crossings(slices: &[Slice], chain: &[usize], cause: CauseId) -> Vec<Arrow> {
    let notes = chain.iter().copied();
    let mut notes = notes.filter(|place| slices[*place].link == Some(cause));
    let Some(from) = notes.next() else {
        return Vec::new();
    };
    let mut reached = BTreeSet::from([slices[from].process]);
    notes
        .filter(|to| reached.insert(slices[*to].process))
        .map(|to| Arrow { from, to })
        .collect()
}

/// The slice of the same chain in which the message was sent. The sender's own word counts
/// most; without one it is whatever began last before it was sent.
fn origin(slices: &[Slice], earlier: &[usize], to: usize) -> Option<usize> {
    let slice = &slices[to];
    let is_senders = |from: &&usize| {
        let from = &slices[**from];
        from.process == slice.process && Some(&from.actor) == slice.sender.as_ref()
    };
    // Clocks of two processes agree to some hundred microseconds only.
    let is_before = |from: &&usize| {
        let from = &slices[**from];
        let slack = if from.process == slice.process {
            CLOCK_US
        } else {
            SKEW_US
        };
        from.begin_us <= slice.sent_us + slack && (from.pid, from.tid) != (slice.pid, slice.tid)
    };
    let mut latest_first = earlier.iter().rev();
    let named = latest_first.clone().find(is_senders);
    let found = named.or_else(|| latest_first.find(is_before));
    found.copied()
}

/// Two times of one clock may be off by its grain.
const CLOCK_US: f64 = 2.0;
/// Two clocks may be off by this.
const SKEW_US: f64 = 500.0;
