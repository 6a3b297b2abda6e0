//! Which actors a host runs: the list that the inspector reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::stats::Stats;
use crate::{messages::inspector::ActorReport, relay::Time};

/// The actors of one host. Its lock is taken when an actor starts and when a snapshot is
/// taken, never on the way of a message.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<Vec<Weak<Stats>>>>);

impl Registry {
    pub(super) fn add(&self, stats: &Arc<Stats>) {
        let mut all = self.lock();
        all.retain(|stats| stats.strong_count() > 0);
        all.push(Arc::downgrade(stats));
    }

    /// Every actor that somebody still has an address of, sorted by name.
    #[must_use]
    pub fn reports(&self, now: Time) -> Vec<ActorReport> {
        let all: Vec<_> = self.lock().iter().filter_map(Weak::upgrade).collect();
        let mut reports: Vec<_> = all.iter().map(|stats| stats.report(now)).collect();
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        reports
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Stats>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
