//! Finds out by itself what is wrong, from one picture of all actors to the next.
//!
//! Feed [`Watch::observe`] a picture each second or so; it answers with everything that is
//! wrong at that moment, the worst first. It is pure: the time comes with the picture.
//! - `cycles` finds actors that wait for each other in a circle.
//! - `words` says each finding as a sentence.
//!
//! Invariant: whatever is wrong is found within 5 s of pictures taken each second.

mod cycles;
mod words;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::{
    messages::inspector::{ActorReport, Finding, FindingKind},
    relay::Time,
};

/// Compares successive pictures of the actors of one host.
#[derive(Debug, Default)]
pub struct Watch {
    /// What was seen of each actor so far.
    seen: BTreeMap<String, Seen>,
}

/// What was seen of one actor.
#[derive(Debug, Default)]
struct Seen {
    depth: u64,
    oldest_ms: f64,
    handled: u64,
    refused: u64,
    restarts: u64,
    /// Since when its queue has grown, and how long it was then.
    growing: Option<(Time, u64)>,
    /// When the last few restarts were seen.
    crashes: VecDeque<Time>,
    /// When its mailbox began to refuse messages, when it last did, and how many.
    refusing: Option<Refusing>,
    /// Since when it has been down.
    down: Option<Time>,
}

#[derive(Clone, Copy, Debug)]
struct Refusing {
    since: Time,
    last: Time,
    count: u64,
}

/// One picture, and what is known of the one before.
struct Scene<'a> {
    actors: &'a [ActorReport],
    /// Who awaits an answer of whom.
    askers: BTreeMap<&'a str, Vec<String>>,
    /// How many messages each actor handled since the last picture.
    progress: BTreeMap<&'a str, u64>,
}

impl Watch {
    /// Takes one picture in and says what is wrong, the worst first.
    pub fn observe(&mut self, now: Time, actors: &[ActorReport]) -> Vec<Finding> {
        let scene = Scene::new(actors, &self.seen);
        let mut findings = cycles::find(actors, CYCLE, CYCLE_OF_SEVERAL);
        for actor in actors {
            let is_new = !self.seen.contains_key(&actor.name);
            let seen = self.seen.entry(actor.name.clone()).or_default();
            if is_new {
                seen.begin(actor);
            }
            findings.extend(scene.stuck(actor));
            findings.extend(scene.stuck_job(actor));
            findings.extend(scene.starved(actor, seen));
            findings.extend(seen.crash_loop(now, actor));
            findings.extend(seen.full_mailbox(now, actor));
            findings.extend(seen.slow_consumer(now, actor));
            seen.note(actor);
        }
        if self.seen.len() > actors.len() {
            let names: Vec<_> = actors.iter().map(|actor| &actor.name).collect();
            self.seen
                .retain(|name, _| names.binary_search(&name).is_ok());
        }
        for finding in &mut findings {
            let askers = scene.askers.get(finding.actor.as_str());
            finding.waiting = askers.cloned().unwrap_or_default();
            finding.text = words::sentence(finding);
        }
        findings.sort_by(|a, b| (a.kind, &a.actor).cmp(&(b.kind, &b.actor)));
        findings.truncate(FINDINGS_MAX);
        findings
    }
}

impl<'a> Scene<'a> {
    fn new(actors: &'a [ActorReport], seen: &BTreeMap<String, Seen>) -> Self {
        let mut askers = BTreeMap::<_, Vec<String>>::new();
        for actor in actors {
            for ask in &actor.asks {
                let askers = askers.entry(ask.to.as_str()).or_default();
                if !askers.contains(&actor.name) {
                    askers.push(actor.name.clone());
                }
            }
        }
        let handled = |name| seen.get(name).map_or(0, |seen: &Seen| seen.handled);
        let progress = actors.iter().map(|actor| {
            let since = actor.handled.saturating_sub(handled(&actor.name));
            (actor.name.as_str(), since)
        });
        Self {
            actors,
            askers,
            progress: progress.collect(),
        }
    }

    fn stuck(&self, actor: &ActorReport) -> Option<Finding> {
        let is_stuck = actor.current.is_some() && actor.current_ms > millis(STUCK_HANDLER);
        is_stuck.then(|| Finding {
            message: actor.current.clone(),
            for_ms: actor.current_ms,
            ..finding(FindingKind::StuckHandler, actor)
        })
    }

    fn stuck_job(&self, actor: &ActorReport) -> Option<Finding> {
        (actor.jobs > 0 && actor.job_ms > millis(STUCK_JOB)).then(|| Finding {
            message: actor.job.clone(),
            for_ms: actor.job_ms,
            ..finding(FindingKind::StuckJob, actor)
        })
    }

    /// Messages wait although their actor does nothing: its thread is somebody else's.
    fn starved(&self, actor: &ActorReport, seen: &Seen) -> Option<Finding> {
        let is_waiting = actor.depth > 0 && actor.oldest_ms > millis(STARVED);
        let is_idle = actor.current.is_none() && actor.handled == seen.handled;
        if !is_waiting || !is_idle || actor.state != "running" {
            return None;
        }
        Some(Finding {
            for_ms: actor.oldest_ms,
            holder: Some(self.holder_of(actor)?.name.clone()),
            message: self.holder_of(actor)?.current.clone(),
            ..finding(FindingKind::Starvation, actor)
        })
    }

    /// Who holds the thread of an actor: whoever has been in a handler for longest, or else
    /// whoever handled the most.
    fn holder_of(&self, actor: &ActorReport) -> Option<&ActorReport> {
        let others = self.actors.iter().filter(|other| {
            other.lane == actor.lane && other.name != actor.name && actor.lane != NO_LANE
        });
        let progress = |other: &ActorReport| self.progress.get(other.name.as_str()).copied();
        let weight = |other: &ActorReport| {
            let busy_us = other.current.as_ref().map_or(0.0, |_| other.current_ms) * 1e3;
            (busy_us as u64, progress(other).unwrap_or(0))
        };
        let holder = others.max_by_key(|other| weight(other))?;
        (weight(holder) > (0, 0)).then_some(holder)
    }
}

impl Seen {
    /// Takes in what was so before anybody looked.
    fn begin(&mut self, actor: &ActorReport) {
        self.refused = refused(actor);
        self.restarts = actor.restarts;
        // Not seen yet is not the same as having made no progress.
        self.handled = actor.handled.wrapping_sub(1);
    }

    fn note(&mut self, actor: &ActorReport) {
        self.depth = actor.depth;
        self.oldest_ms = actor.oldest_ms;
        self.handled = actor.handled;
        self.refused = refused(actor);
        self.restarts = actor.restarts;
    }

    fn crash_loop(&mut self, now: Time, actor: &ActorReport) -> Option<Finding> {
        let fresh = actor.restarts.saturating_sub(self.restarts);
        for _ in 0..fresh.min(CRASHES as u64) {
            self.crashes.push_back(now);
        }
        while self.crashes.len() > CRASHES
            || (self.crashes.front()).is_some_and(|crash| now.since(*crash) > CRASH_WINDOW)
        {
            self.crashes.pop_front();
        }
        let has_crashed =
            actor.state == "crashed" || actor.state == "stopped" && actor.last_panic.is_some();
        self.down = has_crashed.then(|| self.down.unwrap_or(now));
        let is_looping = self.crashes.len() >= CRASHES;
        let is_down = self.down.is_some_and(|since| now.since(since) >= DOWN);
        let since = self.crashes.front().copied().filter(|_| is_looping);
        let since = since.or(self.down).filter(|_| is_looping || is_down)?;
        let message = actor.last_panic.as_deref().unwrap_or_default();
        Some(Finding {
            message: message.split_once(": ").map(|(label, _)| label.to_owned()),
            for_ms: millis(now.since(since)),
            ..finding(FindingKind::CrashLoop, actor)
        })
    }

    fn full_mailbox(&mut self, now: Time, actor: &ActorReport) -> Option<Finding> {
        let fresh = refused(actor).saturating_sub(self.refused);
        let lasting = self
            .refusing
            .filter(|refusing| now.since(refusing.last) <= REFUSED);
        self.refusing = match (fresh, lasting) {
            (0, lasting) => lasting,
            (count, None) => Some(Refusing {
                since: now,
                last: now,
                count,
            }),
            (count, Some(before)) => Some(Refusing {
                last: now,
                count: before.count + count,
                ..before
            }),
        };
        self.refusing.map(|refusing| Finding {
            message: actor.current.clone(),
            for_ms: millis(now.since(refusing.since)),
            queued: refusing.count,
            ..finding(FindingKind::FullMailbox, actor)
        })
    }

    fn slow_consumer(&mut self, now: Time, actor: &ActorReport) -> Option<Finding> {
        let is_growing = actor.depth > self.depth && actor.oldest_ms > self.oldest_ms;
        // Who handles nothing at all is stuck or starved, which is said elsewhere.
        let is_working = actor.handled != self.handled && actor.state == "running";
        if !is_growing || !is_working {
            self.growing = None;
            return None;
        }
        let (since, depth) = *self.growing.get_or_insert((now, self.depth));
        let has_grown = actor.depth >= depth + GROWTH_MIN && actor.oldest_ms > millis(LATE);
        (has_grown && now.since(since) >= GROWING).then(|| Finding {
            message: actor.current.clone(),
            for_ms: millis(now.since(since)),
            ..finding(FindingKind::SlowConsumer, actor)
        })
    }
}

fn finding(kind: FindingKind, actor: &ActorReport) -> Finding {
    Finding {
        kind,
        actor: actor.name.clone(),
        queued: actor.depth,
        ..Finding::default()
    }
}

fn refused(actor: &ActorReport) -> u64 {
    actor.losses.get("full").copied().unwrap_or(0)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A handler that runs longer does not return.
const STUCK_HANDLER: Duration = Duration::from_secs(1);
/// A job that runs longer does not end; some files are large.
const STUCK_JOB: Duration = Duration::from_secs(3);
/// A message that waits longer for an idle actor is starved.
const STARVED: Duration = Duration::from_secs(1);
/// Actors that wait longer for each other wait in vain.
const CYCLE: Duration = Duration::from_secs(1);
/// The same if they do so for different causes, which may be chance.
const CYCLE_OF_SEVERAL: Duration = Duration::from_secs(4);
/// So many restarts within the window are a loop.
const CRASHES: usize = 3;
const CRASH_WINDOW: Duration = Duration::from_secs(30);
/// A crashed actor that is down for longer stays down.
const DOWN: Duration = Duration::from_secs(1);
/// How long a mailbox counts as full after it last refused a message.
const REFUSED: Duration = Duration::from_secs(5);
/// A queue that grows for longer is not just a burst.
const GROWING: Duration = Duration::from_secs(3);
/// Messages by which it must have grown.
const GROWTH_MIN: u64 = 16;
/// Age that its oldest message must have.
const LATE: Duration = Duration::from_millis(250);
/// The lane of actors that share their thread with none.
const NO_LANE: &str = "own";
/// Findings of one picture; the worst come first.
const FINDINGS_MAX: usize = 256;

#[cfg(test)]
mod tests;
