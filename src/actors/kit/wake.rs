//! Wakes whoever drains a mailbox, at most once until it has looked again.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

/// One per mailbox.
pub(super) struct Wake {
    /// Tells the wakes of one host apart, where it numbers them.
    pub(super) number: usize,
    is_pending: AtomicBool,
    target: Target,
}

enum Target {
    /// A task of an arbiter; nothing until its first turn, which it gets by itself.
    Task(OnceLock<Waker>),
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
            target: Target::Task(OnceLock::new()),
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

    /// A letter was queued under the mailbox's lock. If the wake is pending then, whoever
    /// drains has not taken the lock since, or another sender wakes it: the lock orders this,
    /// so that a look is enough.
    ///
    /// What an actor sends itself in its turn, it finds before the turn ends. A task that
    /// was woken for that would have its next turn before the thread has looked at its timers.
    #[inline]
    pub(super) fn wake_for_letter(&self, is_own: impl FnOnce() -> bool) {
        let is_found = matches!(self.target, Target::Task(_)) && is_own();
        if !is_found && !self.is_pending.load(Ordering::Acquire) {
            self.wake();
        }
    }

    /// Something was queued.
    pub(super) fn wake(&self) {
        if !self.is_pending.swap(true, Ordering::AcqRel) {
            match &self.target {
                Target::Task(waker) => waker.get().iter().for_each(|waker| waker.wake_by_ref()),
                Target::Ready(ready) => ready.lock().push_back(self.number),
                Target::Hook(hook) => hook(),
            }
        }
    }

    /// Gives the waker of the task that drains: the same for as long as the task lives.
    pub(super) fn set_waker(&self, waker: &Waker) {
        if let Target::Task(task) = &self.target {
            let known = task.get_or_init(|| waker.clone());
            debug_assert!(known.will_wake(waker), "a task keeps its waker");
        }
    }

    /// The drainer is about to look: what comes from here on wakes it again. It takes the
    /// mailbox's lock next, so a sender that comes after that sees this.
    #[inline]
    pub(super) fn arm(&self) {
        self.is_pending.store(false, Ordering::Release);
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
