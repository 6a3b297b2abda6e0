//! Finds circles among actors that await each other's answers.
//!
//! An actor may await many answers at once, on behalf of several others. Asks that go back to
//! one cause are a chain, and a circle of them ends only with their deadlines. A circle of asks
//! with several causes may be mere chance, as when two actors ask each other something at about
//! the same time; it counts only if all of it has waited for much longer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::messages::{
    cause::CauseId,
    inspector::{ActorReport, AskReport, Finding, FindingKind},
};

/// Every circle of asks that have all waited at least so long, by one cause or by several;
/// each actor is in one at most.
pub(super) fn find(actors: &[ActorReport], by_one: Duration, by_several: Duration) -> Vec<Finding> {
    let mut by_cause = BTreeMap::<CauseId, Waits<'_>>::new();
    for (name, ask) in long_asks(actors, by_one) {
        let waits = by_cause.entry(ask.cause).or_default();
        waits.entry(name).or_default().push(ask);
    }
    let mut by_any = Waits::new();
    for (name, ask) in long_asks(actors, by_several) {
        by_any.entry(name).or_default().push(ask);
    }
    let mut in_circle = BTreeSet::new();
    let mut found = Vec::new();
    for waits in by_cause.values().chain([&by_any]) {
        // Whoever is in a circle already is in no other.
        let mut done = in_circle.clone();
        for start in waits.keys() {
            if let Some(circle) = circle_from(start, waits, &mut done) {
                in_circle.extend(circle.iter().map(|(name, _)| *name));
                found.push(describe(&circle));
            }
        }
    }
    found
}

/// The asks of each actor that have waited for long, by actor.
type Waits<'a> = BTreeMap<&'a str, Vec<&'a AskReport>>;

fn long_asks(actors: &[ActorReport], waiting: Duration) -> impl Iterator<Item = Step<'_>> {
    let waiting_ms = waiting.as_secs_f64() * 1e3;
    let asks = actors.iter().flat_map(|actor| {
        let asks = actor.asks.iter();
        asks.map(|ask| (actor.name.as_str(), ask))
    });
    asks.filter(move |(_, ask)| ask.waiting_ms >= waiting_ms)
}

/// One step of a circle: who waits, and for what.
type Step<'a> = (&'a str, &'a AskReport);

/// Walks from one actor along what it waits for, until the way closes or ends.
fn circle_from<'a>(
    start: &'a str,
    waits: &Waits<'a>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<Step<'a>>> {
    let mut path: Vec<(Step<'a>, usize)> = Vec::new();
    let mut here = start;
    loop {
        if let Some(begin) = path.iter().position(|((name, _), _)| *name == here) {
            let circle = path[begin..].iter().map(|(step, _)| *step).collect();
            done.extend(path.iter().map(|((name, _), _)| *name));
            return Some(circle);
        }
        let mut next = waits
            .get(here)
            .filter(|_| !done.contains(here))
            .and_then(|asks| asks.first())
            .map(|ask| ((here, *ask), 0));
        // A way that ends is left by its last branching.
        while next.is_none() {
            let ((name, _), branch) = path.pop()?;
            next = waits[name]
                .get(branch + 1)
                .map(|ask| ((name, *ask), branch + 1));
            if next.is_none() {
                done.insert(name);
            }
        }
        let step = next?;
        here = step.0.1.to.as_str();
        path.push(step);
    }
}

/// The circle begins with whoever has waited longest.
fn describe(circle: &[Step<'_>]) -> Finding {
    let longest = |a: &Step<'_>, b: &Step<'_>| a.1.waiting_ms.total_cmp(&b.1.waiting_ms);
    let begin = (0..circle.len())
        .max_by(|a, b| longest(&circle[*a], &circle[*b]))
        .unwrap_or(0);
    let (name, ask) = circle[begin];
    let (before, after) = circle.split_at(begin);
    let names = after
        .iter()
        .chain(before)
        .map(|(name, _)| (*name).to_owned());
    let shortest = circle.iter().map(|(_, ask)| ask.waiting_ms);
    Finding {
        kind: FindingKind::WaitCycle,
        actor: name.to_owned(),
        message: Some(ask.message.clone()),
        // It has been closed since the last of them began to wait.
        for_ms: shortest.fold(f64::INFINITY, f64::min),
        cycle: names.collect(),
        ..Finding::default()
    }
}
