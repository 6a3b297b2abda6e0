//! Which actors a host runs, and what became of the messages that they did not handle: what
//! the inspector reads.
//!
//! The list's lock is taken when an actor starts and when somebody looks, never on the way
//! of a message.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::Duration,
};

use super::{
    Clock,
    control::{Controls, Obey},
    crash::{self, Crash, Crashes},
    hub::Hub,
    probe::Names,
    recording::Recording,
};
use crate::{
    messages::inspector::{
        ActorReport, ActorTrace, AskReport, DeadLetter, LatencyReport, Level, QueueReport,
        RecorderEntry,
    },
    relay::Time,
};

/// The actors of one host; cheap to clone.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    hub: Arc<Hub>,
    all: Mutex<All>,
    crashes: OnceLock<Crashes>,
}

#[derive(Default)]
struct All {
    actors: Vec<Weak<dyn Obey>>,
    /// How many there may be before those that are gone are swept out.
    sweep_at: usize,
    /// Until when viewers want an actor at the highest level; without a name, every actor.
    leases: BTreeMap<Option<String>, Time>,
}

impl Registry {
    pub(super) fn new(hub: Hub) -> Self {
        Self(Arc::new(Inner {
            hub: Arc::new(hub),
            all: Mutex::default(),
            crashes: OnceLock::new(),
        }))
    }

    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    pub(super) fn add(&self, actor: &Arc<impl Obey + 'static>) {
        let mut all = self.lock();
        if all.actors.len() >= all.sweep_at {
            all.actors.retain(|actor| actor.strong_count() > 0);
            all.sweep_at = 2 * all.actors.len().max(SWEEP_MIN);
        }
        let actor: Arc<dyn Obey> = actor.clone();
        all.actors.push(Arc::downgrade(&actor));
        let is_leased = all.leases.contains_key(&None) && all.actors.len() <= LEASED_MAX;
        if is_leased {
            drop(all);
            actor.set_level(Level::Full);
        }
    }

    /// Every actor that somebody still has an address of, sorted by name.
    #[must_use]
    pub fn reports(&self, now: Time) -> Vec<ActorReport> {
        self.busiest(usize::MAX, now).0
    }

    /// At most `count_max` actors, sorted by name, and how many others there are. Those come
    /// first that are down, held, or long at one message or job, then those that have the most
    /// queued, and then those that have handled the most.
    #[must_use]
    pub fn busiest(&self, count_max: usize, now: Time) -> (Vec<ActorReport>, u64) {
        let actors = self.actors();
        let names = names(&actors);
        // Read once: while actors work, the numbers change.
        let weighed = actors
            .iter()
            .map(|actor| (actor.stats().weight(now), actor));
        let mut chosen: Vec<_> = weighed.collect();
        let left_out = chosen.len().saturating_sub(count_max);
        if left_out > 0 {
            chosen.select_nth_unstable_by_key(count_max, |(weight, _)| Reverse(*weight));
            chosen.truncate(count_max);
        }
        let reports = chosen
            .into_iter()
            .map(|(_, actor)| actor.report(now, &names));
        let mut reports: Vec<_> = reports.collect();
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        (reports, left_out as u64)
    }

    /// One actor, if there is one of this name.
    #[must_use]
    pub fn report(&self, name: &str, now: Time) -> Option<ActorReport> {
        self.look(name, |actor, names| Some(actor.report(now, names)))
    }

    /// What is queued for an actor; only known at level `full`.
    #[must_use]
    pub fn queue(&self, name: &str, now: Time) -> Option<QueueReport> {
        self.look(name, |actor, names| {
            let stats = actor.stats();
            let full = stats
                .probed()?
                .full
                .get()
                .filter(|_| stats.mode().is_full())?;
            let mut messages = full.control.messages(true, now, names);
            messages.extend(full.normal.messages(false, now, names));
            let depth = stats.queued();
            Some(QueueReport { depth, messages })
        })
    }

    /// The last messages that an actor handled, the oldest first; noted at level `recorder`
    /// and above.
    #[must_use]
    pub fn recorder(&self, name: &str) -> Option<Vec<RecorderEntry>> {
        self.look(name, |actor, names| {
            let recorder = actor.stats().probed()?.recorder.get()?;
            Some(recorder.entries(Time::ZERO, names))
        })
    }

    /// What the flight recorders of all actors noted since then, of at most `count_max` actors
    /// that noted anything, sorted by name.
    #[must_use]
    pub fn recorders(&self, since: Time, count_max: usize) -> Vec<ActorTrace> {
        let actors = self.actors();
        let names = names(&actors);
        let traces = actors.iter().filter_map(|actor| {
            let stats = actor.stats();
            let entries = stats.probed()?.recorder.get()?.entries(since, &names);
            (!entries.is_empty()).then(|| ActorTrace {
                name: stats.name().to_owned(),
                lane: stats.lane_name().to_owned(),
                entries,
            })
        });
        let mut traces: Vec<_> = traces.take(count_max).collect();
        traces.sort_by(|a, b| a.name.cmp(&b.name));
        traces
    }

    /// How long each type of message waited and took; noted at level `full`.
    #[must_use]
    pub fn latencies(&self, name: &str) -> Option<Vec<LatencyReport>> {
        self.look(name, |actor, _| {
            Some(actor.stats().probed()?.full.get()?.latencies.reports())
        })
    }

    /// What an actor has asked others and got no answer to yet, the oldest first.
    #[must_use]
    pub fn asks(&self, name: &str, now: Time) -> Option<Vec<AskReport>> {
        self.look(name, |actor, names| {
            let asks = actor.stats().probed().and_then(|probe| probe.asks.get());
            Some(asks.map_or_else(Vec::new, |asks| asks.reports(now, names)))
        })
    }

    /// The last messages that no actor handled, the oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.0.hub.dead_letters(&names(&self.actors()))
    }

    /// The handle by which an actor is held, changed and stopped.
    #[must_use]
    pub fn controls(&self, name: &str) -> Option<Controls> {
        self.find(name).map(Controls::from_obey)
    }

    /// Sets how much is noted about an actor until somebody sets it anew; false if there
    /// is none of this name.
    pub fn set_level(&self, name: &str, level: Level) -> bool {
        let actor = self.find(name);
        actor.iter().for_each(|actor| actor.set_level(level));
        actor.is_some()
    }

    /// Sets how much is noted about every actor, those that are still to start included.
    pub fn set_level_of_all(&self, level: Level) {
        self.0.hub.set_base_level(level);
        for actor in self.actors() {
            actor.set_level(level);
        }
    }

    /// Keeps an actor, or without a name every actor, at the highest level for [`LEASE`]
    /// from now on. Of very many actors, only some and those that a viewer names are raised.
    /// `now` is the time of whoever serves viewers, here and in [`lapse`](Self::lapse): the
    /// clock of a simulation runs faster than they look.
    pub fn lease(&self, name: Option<&str>, now: Time) {
        self.trace_all();
        let until = now + LEASE;
        self.lock().leases.insert(name.map(str::to_owned), until);
        match name {
            Some(name) => {
                self.set_level(name, Level::Full);
            }
            None => {
                for actor in self.actors().iter().take(LEASED_MAX) {
                    actor.set_level(Level::Full);
                }
            }
        }
    }

    /// Lets actors fall to their host's level whose lease nobody has renewed. Whoever serves
    /// viewers calls it now and then.
    pub fn lapse(&self, now: Time) {
        let mut all = self.lock();
        let count = all.leases.len();
        all.leases.retain(|_, until| *until > now);
        let leases = all.leases.clone();
        drop(all);
        if leases.len() == count || leases.contains_key(&None) {
            return;
        }
        for actor in self.actors() {
            let stats = actor.stats();
            let is_leased = leases.contains_key(&Some(stats.name().to_owned()));
            if stats.mode().is_full() && !is_leased {
                actor.set_level(self.0.hub.base_mode().level());
            }
        }
    }

    /// Has causes and senders travel with every message from here on.
    fn trace_all(&self) {
        if self.0.hub.trace() {
            for actor in self.actors() {
                actor.set_level(actor.stats().mode().level());
            }
        }
    }

    /// Has every actor that can be run again, and starts from here on, recorded.
    pub fn record(&self, recording: Recording) {
        self.0.hub.tape(Some(recording));
    }

    /// Has a file written into `folder` when an actor crashes, or the process does: what all
    /// actors did last, by the time of `clock`. The first folder counts.
    pub fn write_crashes_to(&self, folder: PathBuf, clock: Arc<dyn Clock>) {
        if self.0.crashes.set(Crashes::new(folder)).is_err() {
            return;
        }
        let inner = Arc::downgrade(&self.0);
        crash::hook(move |crash| {
            let Some(inner) = inner.upgrade() else {
                return;
            };
            let crash = Crash {
                at: clock.now(),
                unix_ms: clock.unix_ms(),
                ..crash
            };
            crash::write_apart(move || Self(inner).note_crash(&crash));
        });
    }

    /// Writes down that something crashed, if that is wanted.
    pub(super) fn note_crash(&self, crash: &Crash) {
        if let Some(crashes) = self.0.crashes.get() {
            crashes.write(self, crash);
        }
    }

    fn look<T>(&self, name: &str, look: impl FnOnce(&dyn Obey, &Names) -> Option<T>) -> Option<T> {
        let actors = self.actors();
        let actor = actors.iter().find(|actor| actor.stats().name() == name)?;
        look(&**actor, &names(&actors))
    }

    fn find(&self, name: &str) -> Option<Arc<dyn Obey>> {
        let actors = self.actors();
        actors
            .into_iter()
            .find(|actor| actor.stats().name() == name)
    }

    fn actors(&self) -> Vec<Arc<dyn Obey>> {
        self.lock()
            .actors
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn names(actors: &[Arc<dyn Obey>]) -> Names<'_> {
    let stats = actors.iter().map(|actor| actor.stats());
    Names::new(stats.map(|stats| (stats.number, stats.name())))
}

/// How long an actor stays at the highest level after a viewer has last asked for it.
pub const LEASE: Duration = Duration::from_secs(60);
/// Actors that one lease without a name raises; each takes some tens of kilobytes then.
const LEASED_MAX: usize = 512;
/// Actors below which nothing is swept out.
const SWEEP_MIN: usize = 64;
