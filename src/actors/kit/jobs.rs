//! Which work an actor has given to other threads, for the inspector to show.
//!
//! A [`JobTicket`] stands for one piece of work from when it is asked for until it is done
//! or dropped, so that work which hangs, or waits for a thread, is not mistaken for idleness.
//! The lock is taken twice a job; whoever looks reads atomics that are written under it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering, fence},
    },
};

use crossbeam_utils::atomic::AtomicCell;

use super::letter::Label;
use crate::relay::Time;

/// The unfinished jobs of one actor, in the order of their begin.
#[derive(Default)]
pub(super) struct Jobs {
    unfinished: Mutex<Unfinished>,
    shown: Shown,
}

/// The same as far as it is shown.
#[derive(Default)]
struct Shown {
    /// Counts up with each change; odd while one is made.
    version: AtomicU64,
    count: AtomicU64,
    label: AtomicCell<Option<Label>>,
    since: AtomicU64,
}

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
        self.shown.write(&unfinished);
        JobTicket {
            jobs: Arc::clone(self),
            number,
        }
    }

    pub(super) fn report(&self) -> JobsReport {
        self.shown.read()
    }

    fn lock(&self) -> MutexGuard<'_, Unfinished> {
        self.unfinished
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    /// Called under the lock, so that there is one writer.
    fn write(&self, unfinished: &Unfinished) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Relaxed);
        fence(Ordering::Release);
        let oldest = unfinished.jobs.values().next();
        let count = unfinished.jobs.len() as u64;
        self.count.store(count, Ordering::Relaxed);
        self.label.store(oldest.map(|(label, _)| *label));
        let since = oldest.map_or(0, |(_, since)| since.as_micros());
        self.since.store(since, Ordering::Relaxed);
        self.version.store(version + 2, Ordering::Release);
    }

    fn read(&self) -> JobsReport {
        loop {
            let version = self.version.load(Ordering::Acquire);
            let count = self.count.load(Ordering::Relaxed);
            let label = self.label.load();
            let since = Time::from_micros(self.since.load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            if version.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == version {
                let oldest = label.map(|label| (label, since));
                return JobsReport { count, oldest };
            }
            std::thread::yield_now();
        }
    }
}

impl Drop for JobTicket {
    fn drop(&mut self) {
        let mut unfinished = self.jobs.lock();
        unfinished.jobs.remove(&self.number);
        self.jobs.shown.write(&unfinished);
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
