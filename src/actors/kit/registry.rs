//! Which actors a host runs: the list that the inspector reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::stats::Stats;
use crate::{messages::inspector::ActorReport, relay::Time};

/// The actors of one host. Its lock is taken when an actor starts and when a snapshot is
/// taken, never on the way of a message.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<All>>);

#[derive(Default)]
struct All {
    stats: Vec<Weak<Stats>>,
    /// How many there may be before those that are gone are swept out.
    sweep_at: usize,
}

impl Registry {
    pub(super) fn add(&self, stats: &Arc<Stats>) {
        let mut all = self.lock();
        if all.stats.len() >= all.sweep_at {
            all.stats.retain(|stats| stats.strong_count() > 0);
            all.sweep_at = 2 * all.stats.len().max(SWEEP_MIN);
        }
        all.stats.push(Arc::downgrade(stats));
    }

    /// Every actor that somebody still has an address of, sorted by name.
    #[must_use]
    pub fn reports(&self, now: Time) -> Vec<ActorReport> {
        let all: Vec<_> = self.lock().stats.iter().filter_map(Weak::upgrade).collect();
        let mut reports: Vec<_> = all.iter().map(|stats| stats.report(now)).collect();
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        reports
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Actors below which nothing is swept out.
const SWEEP_MIN: usize = 64;
