//! The gate between a mailbox and its actor: where a viewer holds it.
//!
//! A cell has none until an order makes one, and drops it when it has nothing left to do.
//! A held actor handles orders only. Its timers stand still: each goes off later by the time
//! for which the actor was held. A breakpoint holds the actor before the message that fits
//! is handled; the message stays in front, and passes when the actor is let go.

use super::breaks;
use crate::{
    messages::inspector::{Break, Intervention, ViewerId},
    relay::Time,
};

/// What a cell may be told beside messages.
pub(super) enum Order<A> {
    /// Make a new actor, if it is down, and go on with the queue.
    Restart,
    /// Stop and lose the queue.
    Stop,
    /// Let somebody look at the actor between two messages.
    Look(Access<A>),
    /// Do what a viewer wants.
    Intervene(Box<(ViewerId, Act<A>)>),
}

/// Is run with the actor, or with nothing if it is down.
pub(super) type Access<A> = Box<dyn FnOnce(Option<&mut A>) + Send>;

/// The same for a new state; says whether the actor took it.
pub(super) type Replace<A> = Box<dyn FnOnce(Option<&mut A>) -> bool + Send>;

/// What a viewer may want.
pub(super) enum Act<A> {
    Pause,
    Resume,
    Step(u64),
    Break(Break),
    ClearBreaks,
    Renew,
    Kill,
    Replace(Replace<A>),
    /// Only note that it was done.
    Mark(Intervention),
}

impl<A> Order<A> {
    pub(super) fn act(by: ViewerId, act: Act<A>) -> Self {
        Self::Intervene(Box::new((by, act)))
    }

    /// Whether one of the two is enough.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Restart, Self::Restart) | (Self::Stop, Self::Stop)
        )
    }
}

impl<A> Act<A> {
    /// How the flight recorder notes it.
    pub(super) fn noted_as(&self) -> Intervention {
        match self {
            Self::Pause => Intervention::Pause,
            Self::Resume => Intervention::Resume,
            Self::Step(_) => Intervention::Step,
            Self::Break(_) => Intervention::Break,
            Self::ClearBreaks => Intervention::ClearBreaks,
            Self::Renew => Intervention::Restart,
            Self::Kill => Intervention::Kill,
            Self::Replace(_) => Intervention::Replace,
            Self::Mark(what) => *what,
        }
    }
}

/// Holds an actor, or will.
#[derive(Default)]
pub(super) struct Gate {
    /// Since when it is held.
    held_since: Option<Time>,
    /// How many messages it may still handle before it is held.
    steps_left: Option<u64>,
    breaks: Vec<Break>,
    /// The letter that held it last, by its place in memory: it passes when it comes again.
    stopped_at: Option<usize>,
}

impl Gate {
    pub(super) fn is_held(&self) -> bool {
        self.held_since.is_some()
    }

    /// Whether it does nothing that no gate would not do.
    pub(super) fn is_idle(&self) -> bool {
        self.held_since.is_none() && self.steps_left.is_none() && self.breaks.is_empty()
    }

    /// Holds the actor from here on.
    pub(super) fn hold(&mut self, now: Time) {
        self.steps_left = None;
        self.held_since.get_or_insert(now);
    }

    /// Lets it go, and says since when it was held.
    pub(super) fn release(&mut self) -> Option<Time> {
        self.steps_left = None;
        self.held_since.take()
    }

    /// Lets it handle so many messages; says since when it was held.
    pub(super) fn step(&mut self, count: u64) -> Option<Time> {
        self.steps_left = Some(count);
        self.held_since.take()
    }

    pub(super) fn add_break(&mut self, on: Break) {
        if self.breaks.len() < BREAKS_MAX {
            self.breaks.push(on);
        }
    }

    pub(super) fn clear_breaks(&mut self) {
        self.breaks.clear();
    }

    /// Whether the last step has been made.
    pub(super) fn is_out_of_steps(&self) -> bool {
        self.steps_left == Some(0)
    }

    /// Whether a breakpoint wants the actor held before this message, which lies at `place`
    /// in memory. Otherwise the message counts as a step.
    pub(super) fn stops_at(&mut self, place: usize, candidate: &breaks::Candidate<'_>) -> bool {
        let is_passing = self.stopped_at == Some(place);
        let is_stopped = !is_passing && self.breaks.iter().any(|on| breaks::fits(on, candidate));
        if is_stopped {
            self.stopped_at = Some(place);
            return true;
        }
        if is_passing {
            self.stopped_at = None;
        }
        if let Some(steps) = &mut self.steps_left {
            *steps = steps.saturating_sub(1);
        }
        false
    }
}

/// Breakpoints that one actor may have.
const BREAKS_MAX: usize = 64;
