//! What is known of an actor besides its counters.
//!
//! How much is noted is the actor's [`Level`](crate::messages::inspector::Level), one atomic
//! that it reads once a message. Everything is written by the actor's own thread, or under
//! its mailbox's lock, into atomics that an inspector reads without any lock:
//! - `asks`: which answers it waits for, so that a circle of waiting can be found.
//! - `recorder`: the last messages that it handled, and what was done to it from outside.
//! - `shadow`: a mirror of what is queued.
//! - `latency`: how long each type of message waits and takes.
//!
//! Memory for these is made when it is first needed; an actor that needs none pays one
//! pointer. [`Registry`](super::Registry) reads them, [`Controls`](super::Controls)
//! intervenes, and `gate` holds an actor where a viewer wants it.

mod asks;
mod latency;
mod names;
mod origin;
mod prefetch;
mod recorder;
mod shadow;

pub use origin::{current_cause, fresh_cause, with_cause};

pub(super) use asks::{AskSlot, Asked, Asks};
pub(super) use latency::Latencies;
pub(super) use names::Names;
pub(super) use origin::{ActorNumber, Causes, Origin, OriginSlot};
pub(super) use recorder::{Recorder, Taken};
pub(super) use shadow::{Line, Shadow};

use std::{
    iter,
    sync::{Arc, Mutex, OnceLock, atomic::AtomicU64},
};

use crossbeam_utils::atomic::AtomicCell;

use super::{jobs::Jobs, letter::Label};
use crate::messages::inspector::Quarantined;

/// What most actors never need; made when it is. What each message touches comes first.
#[derive(Default)]
#[repr(C, align(64))]
pub(super) struct Probe {
    pub(super) recorder: OnceLock<Recorder>,
    pub(super) full: OnceLock<Box<Full>>,
    pub(super) asks: OnceLock<Asks>,
    pub(super) jobs: OnceLock<Arc<Jobs>>,
    pub(super) restarts: AtomicU64,
    /// Written once a panic; never on the way of a message.
    pub(super) last_panic: Mutex<Option<Box<LastPanic>>>,
    /// On what a breakpoint holds it.
    pub(super) broke_on: AtomicCell<Option<Label>>,
}

/// What is noted at the highest level. What each message touches comes first.
#[repr(C, align(64))]
pub(super) struct Full {
    pub(super) normal: Shadow,
    pub(super) control: Shadow,
    pub(super) latencies: Latencies,
}

impl Full {
    #[inline]
    pub(super) fn lane(&self, is_control: bool) -> &Shadow {
        if is_control {
            &self.control
        } else {
            &self.normal
        }
    }
}

/// The last panic of an actor.
#[derive(Clone)]
pub(super) struct LastPanic {
    pub(super) text: String,
    pub(super) quarantined: Quarantined,
}

impl Probe {
    pub(super) fn recorder(&self) -> &Recorder {
        self.recorder.get_or_init(Recorder::new)
    }

    pub(super) fn asks(&self) -> &Asks {
        self.asks.get_or_init(Asks::new)
    }

    pub(super) fn full(&self) -> &Full {
        self.full.get_or_init(|| {
            Box::new(Full {
                control: Shadow::new(),
                normal: Shadow::new(),
                latencies: Latencies::default(),
            })
        })
    }
}

/// Empty places for as many lines as are kept.
fn slots<T: Default, const COUNT: usize>() -> Box<[T; COUNT]> {
    let slots: Box<[T]> = iter::repeat_with(T::default).take(COUNT).collect();
    let Ok(slots) = slots.try_into() else {
        unreachable!("as many were made as were wanted");
    };
    slots
}
