//! Wakes whoever drains a mailbox, at most once until it has looked again.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use futures_util::task::AtomicWaker;

/// One per mailbox.
pub(super) struct Wake {
    /// Tells the wakes of one host apart, where it numbers them.
    pub(super) number: usize,
    is_pending: AtomicBool,
    target: Target,
}

enum Target {
    /// A task of an arbiter.
    Task(AtomicWaker),
    /// A cell of a virtual host, by its number.
    Ready(Ready),
    /// Anything else, as the event loop of the window system.
    Hook(Box<dyn Fn() + Send + Sync>),
}

/// The cells of a virtual host that were woken and have not had a turn since.
#[derive(Clone, Default)]
pub(super) struct Ready(Arc<Mutex<VecDeque<usize>>>);

impl Wake {
    pub(super) fn task() -> Self {
        Self {
            number: 0,
            is_pending: AtomicBool::new(false),
            target: Target::Task(AtomicWaker::new()),
        }
    }

    pub(super) fn ready(number: usize, ready: Ready) -> Self {
        Self {
            number,
            is_pending: AtomicBool::new(false),
            target: Target::Ready(ready),
        }
    }

    pub(super) fn hook(number: usize, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            number,
            is_pending: AtomicBool::new(false),
            target: Target::Hook(Box::new(hook)),
        }
    }

    /// Something was queued.
    pub(super) fn wake(&self) {
        if !self.is_pending.swap(true, Ordering::AcqRel) {
            match &self.target {
                Target::Task(waker) => waker.wake(),
                Target::Ready(ready) => ready.lock().push_back(self.number),
                Target::Hook(hook) => hook(),
            }
        }
    }

    /// The drainer is about to look: what comes from here on wakes it again.
    pub(super) fn arm(&self, waker: Option<&Waker>) {
        if let (Target::Task(task), Some(waker)) = (&self.target, waker) {
            task.register(waker);
        }
        self.is_pending.swap(false, Ordering::AcqRel);
    }
}

impl Ready {
    /// The number of the cell that has waited longest.
    pub(super) fn pop(&self) -> Option<usize> {
        self.lock().pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
