//! Clocks: where actors get the time from.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use crate::relay::Time;

/// Tells the time of one host.
pub trait Clock: Send + Sync {
    /// The time now; it never runs back.
    fn now(&self) -> Time;
}

/// The monotonic clock of the machine, counted from its creation.
pub(super) struct LiveClock(Instant);

impl LiveClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where live time enters"
    )]
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }

    /// The machine's instant at `time`, for the timers of tokio.
    pub(super) fn instant(&self, time: Time) -> Instant {
        self.0 + time.since(Time::ZERO)
    }
}

impl Clock for LiveClock {
    fn now(&self) -> Time {
        Time::ZERO + self.0.elapsed()
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
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::Relaxed))
    }
}
