//! The counters of one actor: the truth that the inspector reads.
//!
//! Every figure is an atomic that the actor and its senders write and a snapshot
//! reads; no lock on the way of a message is shared with the inspector.
//!
//! *Sent = handled + lost + queued*, at every level, but for the message in hand and those that a
//! sender is about to count as lost. A message is counted as sent under the mailbox's lock, and
//! leaves its queue under it; then the actor, before it takes the next, or whoever took it out or
//! found no room, before it returns, counts what became of it. Only then is nothing in hand any
//! more, and only then has the actor stopped. A report reads against that order, so it counts none
//! twice: where its sum is whole, every message is accounted for.

use std::{
    sync::{
        Arc, OnceLock, PoisonError,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use crossbeam_utils::atomic::AtomicCell;

use super::{
    hub::Hub,
    jobs::JobTicket,
    labels::short,
    letter::Label,
    live::Lane,
    mode::Mode,
    probe::{ActorNumber, LastPanic, Names, Origin, Probe},
};
use crate::{
    messages::inspector::{ActorReport, Quarantined},
    relay::Time,
};

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
    Paused,
}

/// The counters of one actor. What each message touches comes first, side by side.
#[repr(C)]
pub(super) struct Stats {
    mode: AtomicU8,
    life: AtomicU8,
    pub(super) number: ActorNumber,
    sent: AtomicU64,
    queued: AtomicU64,
    /// When the oldest queued message was sent; [`Time::NEVER`] if none is.
    oldest_sent_at: AtomicU64,
    handled: AtomicU64,
    current: AtomicCell<Option<Label>>,
    current_since: AtomicU64,
    probe: OnceLock<Box<Probe>>,
    pub(super) hub: Arc<Hub>,
    /// By reason; here and not in the probe, since most actors of a simulation lose some.
    lost: [AtomicU64; Loss::ALL.len()],
    name: Box<str>,
    kind: &'static str,
    supervisor: ActorNumber,
    lane: Option<Lane>,
}

/// Who an actor is.
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// Nothing for an actor on a loop that is not ours.
    pub(super) lane: Option<Lane>,
    pub(super) supervisor: ActorNumber,
}

impl Stats {
    pub(super) fn new(identity: Identity, hub: Arc<Hub>) -> Self {
        Self {
            name: identity.name.into(),
            kind: identity.kind,
            number: hub.new_number(),
            supervisor: identity.supervisor,
            lane: identity.lane,
            life: AtomicU8::new(Life::Running as u8),
            mode: AtomicU8::new(hub.base_mode().bits()),
            hub,
            sent: AtomicU64::new(0),
            handled: AtomicU64::new(0),
            lost: Default::default(),
            queued: AtomicU64::new(0),
            oldest_sent_at: AtomicU64::new(Time::NEVER.as_micros()),
            current: AtomicCell::new(None),
            current_since: AtomicU64::new(0),
            probe: OnceLock::new(),
        }
    }

    /// What is noted about this actor.
    #[inline]
    pub(super) fn mode(&self) -> Mode {
        if cfg!(feature = "unprobed") {
            return Mode::OFF;
        }
        Mode::from_bits(self.mode.load(Ordering::Relaxed))
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        self.mode.store(mode.bits(), Ordering::Relaxed);
    }

    /// What most actors never need; made now if it was not before.
    pub(super) fn probe(&self) -> &Probe {
        self.probe.get_or_init(Box::default)
    }

    /// The same, if it was ever needed.
    pub(super) fn probed(&self) -> Option<&Probe> {
        self.probe.get().map(|probe| &**probe)
    }

    /// Called under the mailbox's lock, so a plain store is enough.
    #[inline]
    pub(super) fn count_sent(&self) {
        let sent = self.sent.load(Ordering::Relaxed);
        self.sent.store(sent + 1, Ordering::Relaxed);
    }

    /// Counts a lost message, and notes which it was.
    pub(super) fn count_lost(&self, loss: Loss, label: Label, origin: Origin, now: Time) {
        self.lost[loss as usize].fetch_add(1, Ordering::Release);
        if self.mode().is_traced() {
            self.hub.bury(self.number, loss, label, origin, now);
        }
    }

    pub(super) fn lost_count(&self) -> u64 {
        self.lost_counts().iter().sum()
    }

    fn lost_counts(&self) -> [u64; Loss::ALL.len()] {
        let counts = self.lost.each_ref();
        counts.map(|count| count.load(Ordering::Acquire))
    }

    /// Called under the mailbox's lock, so plain stores are enough.
    #[inline]
    pub(super) fn set_queue(&self, queued: usize, oldest: Time) {
        self.queued.store(queued as u64, Ordering::Release);
        self.oldest_sent_at
            .store(oldest.as_micros(), Ordering::Relaxed);
    }

    /// How many are queued, as far as this thread knows.
    #[inline]
    pub(super) fn queued(&self) -> u64 {
        self.queued.load(Ordering::Relaxed)
    }

    /// When the oldest queued message was sent.
    pub(super) fn oldest_sent_at(&self) -> Time {
        Time::from_micros(self.oldest_sent_at.load(Ordering::Relaxed))
    }

    #[inline]
    pub(super) fn begin(&self, label: Label, now: Time) {
        self.current_since.store(now.as_micros(), Ordering::Relaxed);
        self.current.store(Some(label));
    }

    /// Only the actor's own thread writes this counter.
    #[inline]
    pub(super) fn count_handled(&self) {
        let handled = self.handled.load(Ordering::Relaxed);
        self.handled.store(handled + 1, Ordering::Release);
    }

    /// Nothing is in hand any more; what was has been counted.
    #[inline]
    pub(super) fn end(&self) {
        self.current.store(None);
    }

    /// Counts a job as unfinished while the ticket lives.
    pub(super) fn begin_job(&self, label: Label, now: Time) -> JobTicket {
        let jobs = self.probe().jobs.get_or_init(Arc::default);
        jobs.begin(label, now)
    }

    /// Labels the message in hand.
    pub(super) fn current(&self) -> Option<Label> {
        self.current.load()
    }

    pub(super) fn crash(&self, text: &str, quarantined: Quarantined) {
        let mut last = self
            .probe()
            .last_panic
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *last = Some(Box::new(LastPanic {
            text: format!("{}: {text}", quarantined.message),
            quarantined,
        }));
        self.set_life(Life::Crashed);
    }

    pub(super) fn count_restart(&self) {
        self.probe().restarts.fetch_add(1, Ordering::Relaxed);
        self.set_life(Life::Running);
    }

    pub(super) fn set_life(&self, life: Life) {
        self.life.store(life as u8, Ordering::Release);
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn lane_name(&self) -> &'static str {
        self.lane.map_or("own", Lane::name)
    }

    /// What makes an actor worth a look among very many, the most weighty first: whether it is
    /// down, held, or has been at one message or job for [`LONG`], how much is queued, how much it
    /// has handled.
    pub(super) fn weight(&self, now: Time) -> (bool, u64, u64) {
        let is_running = self.life.load(Ordering::Relaxed) == Life::Running as u8;
        let handled = self.handled.load(Ordering::Relaxed);
        (!is_running || self.is_long(now), self.queued(), handled)
    }

    /// Whether its message in hand, or its oldest job, has taken long.
    fn is_long(&self, now: Time) -> bool {
        let current = self.current.load();
        let since = current.map(|_| Time::from_micros(self.current_since.load(Ordering::Relaxed)));
        let jobs = self.probed().and_then(|probe| probe.jobs.get());
        let job_since = jobs.and_then(|jobs| jobs.report().oldest);
        let mut begun = since.into_iter().chain(job_since.map(|(_, since)| since));
        begun.any(|since| now.since(since) >= LONG)
    }

    pub(super) fn report(&self, now: Time, names: &Names) -> ActorReport {
        // From where messages end to where they begin: see above.
        let life = self.life.load(Ordering::Acquire);
        // The label is written last and taken back first: if it is there, its time is right.
        let current = self.current.load();
        let current_since = Time::from_micros(self.current_since.load(Ordering::Relaxed));
        let handled = self.handled.load(Ordering::Acquire);
        let lost_counts = self.lost_counts();
        let depth = self.queued.load(Ordering::Acquire);
        let sent = self.sent.load(Ordering::Relaxed);
        let losses = Loss::ALL.iter().zip(lost_counts);
        let losses = losses.filter(|(_, count)| *count > 0);
        let mut report = ActorReport {
            name: self.name.to_string(),
            kind: self.kind.to_owned(),
            number: self.number,
            lane: self.lane_name().to_owned(),
            supervisor: names.of(self.supervisor),
            level: self.mode().level(),
            state: self.say(life),
            depth,
            oldest_ms: millis(now.since(self.oldest_sent_at())),
            sent,
            handled,
            current: current.map(|label| short(label())),
            current_ms: current.map_or(0.0, |_| millis(now.since(current_since))),
            lost: lost_counts.iter().sum(),
            losses: losses
                .map(|(loss, count)| (loss.name().to_owned(), count))
                .collect(),
            ..ActorReport::default()
        };
        if let Some(probe) = self.probed() {
            probe.add_to(&mut report, now, names);
        }
        report
    }

    /// The life in words.
    fn say(&self, life: u8) -> String {
        let broke_on = || self.probed()?.broke_on.load();
        match life {
            life if life == Life::Running as u8 => "running".to_owned(),
            life if life == Life::Crashed as u8 => "crashed".to_owned(),
            life if life == Life::Paused as u8 => match broke_on() {
                Some(label) => format!("broke on {}", short(label())),
                None => "paused".to_owned(),
            },
            _ => "stopped".to_owned(),
        }
    }
}

impl Probe {
    fn add_to(&self, report: &mut ActorReport, now: Time, names: &Names) {
        report.restarts = self.restarts.load(Ordering::Relaxed);
        if let Some(jobs) = self.jobs.get().map(|jobs| jobs.report()) {
            report.jobs = jobs.count;
            report.job = jobs.oldest.map(|(label, _)| short(label()));
            report.job_ms = jobs
                .oldest
                .map_or(0.0, |(_, since)| millis(now.since(since)));
        }
        if let Some(asks) = self.asks.get() {
            report.asks = asks.reports(now, names);
        }
        let last = self.last_panic.lock();
        if let Some(last) = &*last.unwrap_or_else(PoisonError::into_inner) {
            report.last_panic = Some(last.text.clone());
            report.quarantined = Some(last.quarantined.clone());
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A message or job that takes longer is what somebody may be looking for.
const LONG: Duration = Duration::from_secs(1);
