//! The timers of one actor: letters to itself, in the order in which they fall due.

use std::{collections::VecDeque, time::Duration};

use super::{Actor, letter::Letter, mailbox::Parcel};
use crate::{messages::Class, relay::Time};

/// Names a timer until it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerId {
    due: Time,
    sequence: u64,
}

/// The actor has [`TIMERS_MAX`] timers already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {TIMERS_MAX} timers at once")]
pub struct TooManyTimers;

pub(super) struct Timers<A: Actor> {
    /// Ordered by time, then by age: equal times fire in the order in which they were set. Most
    /// actors have one or two, and what falls due last is mostly set last.
    armed: VecDeque<(TimerId, Timer<A>)>,
    next_sequence: u64,
    /// For how long the actor was held in all, in microseconds. Its timers know only the
    /// time outside of this, so that what is left of each is the same after as before.
    held_us: u64,
}

pub(super) struct Timer<A: Actor> {
    pub(super) class: Class,
    pub(super) letter: Box<dyn Letter<A>>,
}

/// A letter that needs only to be put into the mailbox.
type Posted<A> = Box<dyn Letter<A>>;

impl<A: Actor> Timer<A> {
    /// What it puts into the mailbox when it falls due.
    pub(super) fn into_parcel(self) -> Parcel<Posted<A>, impl FnOnce(Posted<A>) -> Posted<A>> {
        let stamp = self.letter.stamp();
        Parcel {
            class: self.class,
            label: stamp.label,
            origin: stamp.origin,
            content: self.letter,
            into: |letter| letter,
        }
    }
}

impl<A: Actor> Timers<A> {
    pub(super) fn new() -> Self {
        Self {
            armed: VecDeque::new(),
            next_sequence: 0,
            held_us: 0,
        }
    }

    pub(super) fn arm(&mut self, due: Time, timer: Timer<A>) -> Result<TimerId, TooManyTimers> {
        if self.armed.len() >= TIMERS_MAX {
            return Err(TooManyTimers);
        }
        let id = TimerId {
            due: Time::from_micros(due.as_micros().saturating_sub(self.held_us)),
            sequence: self.next_sequence,
        };
        self.next_sequence += 1;
        if self.armed.capacity() == 0 {
            self.armed.reserve_exact(FIRST_TIMERS);
        }
        let place = self.armed.partition_point(|(other, _)| *other < id);
        self.armed.insert(place, (id, timer));
        Ok(id)
    }

    pub(super) fn cancel(&mut self, id: TimerId) -> bool {
        let place = self.armed.binary_search_by_key(&id, |(other, _)| *other);
        place.is_ok_and(|place| self.armed.remove(place).is_some())
    }

    pub(super) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(super) fn pop_due(&mut self, now: Time) -> Option<Timer<A>> {
        let (first, _) = self.armed.front()?;
        let is_due = self.outside(first.due) <= now;
        let (_, timer) = is_due.then(|| self.armed.pop_front())??;
        Some(timer)
    }

    pub(super) fn next_due(&self) -> Option<Time> {
        self.armed.front().map(|(id, _)| self.outside(id.due))
    }

    /// Puts every timer off by the time for which the actor was held.
    pub(super) fn put_off(&mut self, held: Duration) {
        let held_us = u64::try_from(held.as_micros()).unwrap_or(u64::MAX);
        self.held_us = self.held_us.saturating_add(held_us);
    }

    /// When a timer falls due by the host's clock.
    fn outside(&self, due: Time) -> Time {
        Time::from_micros(due.as_micros().saturating_add(self.held_us))
    }
}

/// Timers for which there is room when the first is set.
const FIRST_TIMERS: usize = 2;
/// Timers and unanswered asks that one actor may have at once.
pub const TIMERS_MAX: usize = 65_536;
