//! The counters of one actor: the truth that the inspector reads.
//!
//! Every figure is an atomic that the actor and its senders write and a snapshot
//! reads; no lock on the way of a message is shared with the inspector. At rest the law
//! *sent = handled + lost + queued* closes to zero.

use std::{
    any,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use crossbeam_utils::atomic::AtomicCell;

use super::{
    jobs::{JobTicket, Jobs},
    letter::Label,
};
use crate::{messages::inspector::ActorReport, relay::Time};

/// Why a message was not handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The mailbox was full and refused it.
    Full,
    /// It was dropped, or replaced by a newer one, as its class says.
    Displaced,
    /// Its asker had given up before its turn came.
    Expired,
    /// The handler panicked on it.
    Panicked,
    /// It came after the actor had stopped, or was queued when it did.
    Stopped,
    /// It answered a question that the actor asked before its last restart.
    Stale,
}

impl Loss {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 6] = [
        Self::Full,
        Self::Displaced,
        Self::Expired,
        Self::Panicked,
        Self::Stopped,
        Self::Stale,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Displaced => "displaced",
            Self::Expired => "expired",
            Self::Panicked => "panicked",
            Self::Stopped => "stopped",
            Self::Stale => "stale",
        }
    }
}

/// What an actor is doing as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Life {
    Running,
    Crashed,
    Stopped,
}

/// The counters of one actor.
pub(super) struct Stats {
    name: String,
    kind: &'static str,
    sent: AtomicU64,
    handled: AtomicU64,
    lost: [AtomicU64; Loss::ALL.len()],
    queued: AtomicU64,
    /// When the oldest queued message was sent; [`Time::NEVER`] if none is.
    oldest_sent_at: AtomicU64,
    current: AtomicCell<Option<Label>>,
    current_since: AtomicU64,
    restarts: AtomicU64,
    life: AtomicU8,
    /// Written once a panic; never on the way of a message.
    last_panic: Mutex<Option<String>>,
    /// Made with the first job: many actors never have one.
    jobs: OnceLock<Arc<Jobs>>,
}

impl Stats {
    pub(super) fn new(name: String, kind: &'static str) -> Self {
        Self {
            name,
            kind,
            sent: AtomicU64::new(0),
            handled: AtomicU64::new(0),
            lost: Default::default(),
            queued: AtomicU64::new(0),
            oldest_sent_at: AtomicU64::new(Time::NEVER.as_micros()),
            current: AtomicCell::new(None),
            current_since: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
            life: AtomicU8::new(Life::Running as u8),
            last_panic: Mutex::new(None),
            jobs: OnceLock::new(),
        }
    }

    pub(super) fn count_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_lost(&self, loss: Loss, count: u64) {
        self.lost[loss as usize].fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn lost_count(&self) -> u64 {
        self.lost
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }

    /// Called under the mailbox's lock, so plain stores are enough.
    pub(super) fn set_queue(&self, queued: usize, oldest: Option<Time>) {
        self.queued.store(queued as u64, Ordering::Relaxed);
        let oldest = oldest.unwrap_or(Time::NEVER).as_micros();
        self.oldest_sent_at.store(oldest, Ordering::Relaxed);
    }

    pub(super) fn begin(&self, label: Label, now: Time) {
        self.current_since.store(now.as_micros(), Ordering::Relaxed);
        self.current.store(Some(label));
    }

    /// Only the actor's own thread writes this counter.
    pub(super) fn end(&self, is_handled: bool) {
        self.current.store(None);
        if is_handled {
            let handled = self.handled.load(Ordering::Relaxed);
            self.handled.store(handled + 1, Ordering::Relaxed);
        }
    }

    /// Counts a job as unfinished while the ticket lives.
    pub(super) fn begin_job(&self, label: Label, now: Time) -> JobTicket {
        self.jobs.get_or_init(Arc::default).begin(label, now)
    }

    /// Labels the message in hand.
    pub(super) fn current(&self) -> Option<Label> {
        self.current.load()
    }

    pub(super) fn crash(&self, label: Label, text: &str) {
        let mut last = self
            .last_panic
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some(format!("{}: {text}", short(label())));
        self.set_life(Life::Crashed);
    }

    pub(super) fn count_restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
        self.set_life(Life::Running);
    }

    pub(super) fn set_life(&self, life: Life) {
        self.life.store(life as u8, Ordering::Relaxed);
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Everything at about one moment. Counters that grow are read from the last
    /// to the first of a message's way, so that nothing is missing in the sum.
    pub(super) fn report(&self, now: Time) -> ActorReport {
        let lost_counts = Loss::ALL.map(|loss| self.lost[loss as usize].load(Ordering::Relaxed));
        let handled = self.handled.load(Ordering::Relaxed);
        let current = self.current.load();
        let current_since = Time::from_micros(self.current_since.load(Ordering::Relaxed));
        let queued = self.queued.load(Ordering::Relaxed);
        let oldest = Time::from_micros(self.oldest_sent_at.load(Ordering::Relaxed));
        let jobs = self.jobs.get().map(|jobs| jobs.report());
        let oldest_job = jobs.as_ref().and_then(|jobs| jobs.oldest);
        let losses = Loss::ALL
            .iter()
            .zip(lost_counts)
            .filter(|(_, count)| *count > 0);
        ActorReport {
            name: self.name.clone(),
            kind: self.kind.to_owned(),
            state: self.life_name().to_owned(),
            depth: queued,
            oldest_ms: millis(now.since(oldest)),
            sent: self.sent.load(Ordering::Relaxed),
            handled,
            current: current.map(|label| short(label())),
            current_ms: current.map_or(0.0, |_| millis(now.since(current_since))),
            jobs: jobs.map_or(0, |jobs| jobs.count),
            job: oldest_job.map(|(label, _)| short(label())),
            job_ms: oldest_job.map_or(0.0, |(_, since)| millis(now.since(since))),
            restarts: self.restarts.load(Ordering::Relaxed),
            lost: lost_counts.iter().sum(),
            losses: losses
                .map(|(loss, count)| (loss.name().to_owned(), count))
                .collect(),
            last_panic: self
                .last_panic
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    fn life_name(&self) -> &'static str {
        match self.life.load(Ordering::Relaxed) {
            life if life == Life::Running as u8 => "running",
            life if life == Life::Crashed as u8 => "crashed",
            _ => "stopped",
        }
    }
}

/// A type's name without its path, as people write it: `answer:ReadFile`.
pub(super) fn short(name: &'static str) -> String {
    let (outer, inner) = name.split_once('<').unwrap_or((name, ""));
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
    match last(outer).as_str() {
        "AnswerTo" => format!("answer:{}", last(inner.trim_end_matches('>'))),
        "JobOf" => format!("job:{}", last(inner.trim_end_matches('>'))),
        plain => plain.to_owned(),
    }
}

/// Labels the continuation that handles an answer to `M`.
pub(super) fn answer_label<M>() -> Label {
    any::type_name::<AnswerTo<M>>
}

/// Labels the continuation that follows a job of actor `A`.
pub(super) fn job_label<A>() -> Label {
    any::type_name::<JobOf<A>>
}

struct AnswerTo<M>(std::marker::PhantomData<M>);
struct JobOf<A>(std::marker::PhantomData<A>);

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
