//! Clocks: where actors get the time from.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::ticks;
use crate::relay::Time;

/// Tells the time of one host.
pub trait Clock: Send + Sync {
    /// The time now; it never runs back.
    fn now(&self) -> Time;

    /// Milliseconds since 1970, as far as the machine knows. It jumps when somebody sets it,
    /// so no timer may depend on it.
    fn unix_ms(&self) -> u64;
}

/// The monotonic clock of the machine, counted from its creation.
#[derive(Clone, Copy)]
pub(super) struct LiveClock {
    /// In the counting of `ticks`.
    began_micros: u64,
}

impl LiveClock {
    pub(super) fn new() -> Self {
        // Starts the counting, too.
        let _ = ticks::start();
        Self {
            began_micros: ticks::micros(),
        }
    }

    /// The machine's instant at `time`, for the timers of tokio.
    pub(super) fn instant(&self, time: Time) -> Instant {
        ticks::start() + Duration::from_micros(self.began_micros) + time.since(Time::ZERO)
    }
}

impl Clock for LiveClock {
    #[inline]
    fn now(&self) -> Time {
        Time::from_micros(ticks::micros().saturating_sub(self.began_micros))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the wall clock enters"
    )]
    fn unix_ms(&self) -> u64 {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        since_1970.map_or(0, |time| {
            u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
        })
    }
}

/// A host's clock as its mailboxes read it, several times a message: without a detour.
#[derive(Clone)]
pub(super) enum HostClock {
    Live(LiveClock),
    Virtual(Arc<VirtualClock>),
}

impl Clock for HostClock {
    #[inline]
    fn now(&self) -> Time {
        match self {
            Self::Live(clock) => clock.now(),
            Self::Virtual(clock) => clock.now(),
        }
    }

    fn unix_ms(&self) -> u64 {
        match self {
            Self::Live(clock) => clock.unix_ms(),
            Self::Virtual(clock) => clock.unix_ms(),
        }
    }
}

/// A clock that stands still until its host moves it.
#[derive(Default)]
pub(super) struct VirtualClock(AtomicU64);

impl VirtualClock {
    pub(super) fn set(&self, time: Time) {
        self.0.store(time.as_micros(), Ordering::Relaxed);
    }
}

impl Clock for VirtualClock {
    #[inline]
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn unix_ms(&self) -> u64 {
        VIRTUAL_START_UNIX_MS + self.now().as_micros() / 1000
    }
}

/// What the wall clock shows when virtual time begins: a round number, so that runs are equal.
const VIRTUAL_START_UNIX_MS: u64 = 1_700_000_000_000;
