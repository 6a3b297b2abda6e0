//! What all actors of one host share: numbers, causes, the level they start at, and the
//! messages that nobody handled.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering},
    },
};

use crossbeam_queue::ArrayQueue;

use super::{
    Loss,
    labels::short,
    letter::Label,
    mode::Mode,
    probe::{ActorNumber, Causes, Names, Origin},
};
use crate::{
    messages::inspector::{DeadLetter, Level},
    relay::Time,
};

/// What all actors of one host share.
pub(super) struct Hub {
    causes: Causes,
    next_number: AtomicU32,
    base_level: AtomicU8,
    is_traced: AtomicBool,
    /// What was lost since somebody last looked; the oldest make room. Made with the first.
    fresh: OnceLock<ArrayQueue<Dead>>,
    /// What was lost before; only whoever looks takes this lock.
    seen: Mutex<VecDeque<Dead>>,
}

/// One message that was not handled.
#[derive(Clone, Copy)]
struct Dead {
    at: Time,
    actor: ActorNumber,
    label: Label,
    origin: Origin,
    loss: Loss,
}

impl Hub {
    /// Where actors start at `level`; causes travel with messages if `is_traced`.
    pub(super) fn new(causes: Causes, level: Level, is_traced: bool) -> Self {
        Self {
            causes,
            next_number: AtomicU32::new(1),
            base_level: AtomicU8::new(level as u8),
            is_traced: AtomicBool::new(is_traced),
            fresh: OnceLock::new(),
            seen: Mutex::default(),
        }
    }

    pub(super) fn new_number(&self) -> ActorNumber {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// What is noted about an actor that nobody looks at.
    pub(super) fn base_mode(&self) -> Mode {
        let level = Mode::from_bits(self.base_level.load(Ordering::Relaxed)).level();
        self.mode_at(level)
    }

    /// What is noted about an actor at `level`.
    pub(super) fn mode_at(&self, level: Level) -> Mode {
        Mode::new(level, self.is_traced.load(Ordering::Relaxed))
    }

    pub(super) fn set_base_level(&self, level: Level) {
        self.base_level.store(level as u8, Ordering::Relaxed);
    }

    /// Has actors that start from here on trace; true if they did not before.
    pub(super) fn trace(&self) -> bool {
        !self.is_traced.swap(true, Ordering::Relaxed)
    }

    /// Where what this thread sends now comes from.
    #[inline]
    pub(super) fn origin(&self) -> Origin {
        let current = Origin::current();
        if !current.cause.is_none() {
            return current;
        }
        Origin {
            cause: self.causes.fresh(),
            ..current
        }
    }

    pub(super) fn bury(
        &self,
        actor: ActorNumber,
        loss: Loss,
        label: Label,
        origin: Origin,
        at: Time,
    ) {
        let fresh = self.fresh.get_or_init(|| ArrayQueue::new(DEAD_LETTERS_MAX));
        fresh.force_push(Dead {
            at,
            actor,
            label,
            origin,
            loss,
        });
    }

    /// The last lost messages, the oldest first.
    pub(super) fn dead_letters(&self, names: &Names) -> Vec<DeadLetter> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // As many as there are now: others may be lost as fast as these are read.
        if let Some(fresh) = self.fresh.get() {
            seen.extend((0..fresh.len()).map_while(|_| fresh.pop()));
        }
        let surplus = seen.len().saturating_sub(DEAD_LETTERS_MAX);
        seen.drain(..surplus);
        seen.iter().map(|dead| dead.report(names)).collect()
    }
}

impl Dead {
    fn report(&self, names: &Names) -> DeadLetter {
        DeadLetter {
            at_us: self.at.as_micros(),
            actor: names.of(self.actor).unwrap_or_default(),
            message: short((self.label)()),
            sender: names.of(self.origin.sender),
            cause: self.origin.cause,
            reason: self.loss.name().to_owned(),
        }
    }
}

/// Lost messages of one host that are kept to look at.
const DEAD_LETTERS_MAX: usize = 1024;
