//! Which work an actor has given to other threads, for the inspector to show.
//!
//! A [`JobTicket`] stands for one piece of work from when it is asked for until it is done
//! or dropped, so that work which hangs, or waits for a thread, is not mistaken for idleness.
//! The lock is taken twice a job, never on the way of a message.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::letter::Label;
use crate::relay::Time;

/// The unfinished jobs of one actor, in the order of their begin.
#[derive(Default)]
pub(super) struct Jobs(Mutex<Unfinished>);

#[derive(Default)]
struct Unfinished {
    begun_count: u64,
    jobs: BTreeMap<u64, (Label, Time)>,
}

/// Counts as an unfinished job until it is dropped.
#[must_use]
pub struct JobTicket {
    jobs: Arc<Jobs>,
    number: u64,
}

/// The unfinished jobs at one moment.
pub(super) struct JobsReport {
    /// How many.
    pub(super) count: u64,
    /// What the oldest does, and since when.
    pub(super) oldest: Option<(Label, Time)>,
}

impl Jobs {
    pub(super) fn begin(self: &Arc<Self>, label: Label, now: Time) -> JobTicket {
        let mut unfinished = self.lock();
        unfinished.begun_count += 1;
        let number = unfinished.begun_count;
        unfinished.jobs.insert(number, (label, now));
        JobTicket {
            jobs: Arc::clone(self),
            number,
        }
    }

    pub(super) fn report(&self) -> JobsReport {
        let unfinished = self.lock();
        JobsReport {
            count: unfinished.jobs.len() as u64,
            oldest: unfinished.jobs.values().next().copied(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Unfinished> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for JobTicket {
    fn drop(&mut self) {
        self.jobs.lock().jobs.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_unfinished_job_is_reported() {
        let jobs = Arc::new(Jobs::default());
        let first = jobs.begin(|| "first", Time::from_micros(1));
        let second = jobs.begin(|| "second", Time::from_micros(2));
        check(&jobs, 2, Some("first"));
        drop(first);
        check(&jobs, 1, Some("second"));
        drop(second);
        check(&jobs, 0, None);
    }

    #[track_caller]
    fn check(jobs: &Jobs, count: u64, oldest: Option<&str>) {
        let report = jobs.report();
        assert_eq!(report.count, count);
        assert_eq!(report.oldest.map(|(label, _)| label()), oldest);
    }
}
