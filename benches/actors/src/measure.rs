//! What is measured, and how: the time of the whole process on a core.

use std::{sync::mpsc, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// One way in which messages go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pattern {
    PingPong,
    Counting,
    Ring,
    /// Counting, sent from another thread.
    Across,
}

impl Pattern {
    /// Those on one thread.
    pub(crate) const ON_ONE_THREAD: [Self; 3] = [Self::PingPong, Self::Counting, Self::Ring];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PingPong => "ping-pong",
            Self::Counting => "counting",
            Self::Ring => "ring",
            Self::Across => "across",
        }
    }

    /// How many actors pass a message round.
    pub(crate) fn members(self) -> usize {
        match self {
            Self::Ring => RING,
            _ => 2,
        }
    }
}

/// Is told when the last message was handled.
pub(crate) type Done = mpsc::Sender<()>;

pub(crate) fn core_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).expect("it counts from zero")
}

/// The time on a core that `work` takes, in nanoseconds a message.
pub(crate) fn measure(messages: u64, work: impl FnOnce(u64)) -> f64 {
    let began = core_time();
    work(messages);
    (core_time() - began).as_nanos() as f64 / messages as f64
}

pub(crate) fn median_and_least(mut taken: Vec<f64>) -> (f64, f64) {
    taken.sort_by(f64::total_cmp);
    (taken[taken.len() / 2], taken[0])
}

/// Actors of the ring.
const RING: usize = 100;
/// Messages of one batch.
pub(crate) const BATCH: u64 = 1_000;
