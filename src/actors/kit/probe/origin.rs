//! Where a message comes from: its cause and its sender, and how they are passed on.
//!
//! While a handler runs, its thread knows the message in hand; what is sent meanwhile takes
//! over its cause. What is sent from elsewhere gets a fresh one.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::messages::cause::CauseId;

/// The number of an actor within its host; 0 is whoever is none.
pub(in crate::actors::kit) type ActorNumber = u32;

/// What a message goes back to, and who sent it.
#[derive(Clone, Copy)]
pub(in crate::actors::kit) struct Origin {
    pub(in crate::actors::kit) cause: CauseId,
    pub(in crate::actors::kit) sender: ActorNumber,
}

impl Origin {
    pub(in crate::actors::kit) const NONE: Self = Self {
        cause: CauseId::NONE,
        sender: 0,
    };

    /// Of what this thread sends now, as far as is known.
    #[inline]
    pub(in crate::actors::kit) fn current() -> Self {
        CURRENT.with(|[high, low, sender]| {
            let [high, low, sender] = [high, low, sender].map(|part| part.load(Ordering::Relaxed));
            Self {
                cause: CauseId::from_halves(high, low),
                sender: sender as ActorNumber,
            }
        })
    }

    /// Makes this the origin of what this thread sends from here on.
    #[inline]
    pub(in crate::actors::kit) fn enter(self) {
        let [high, low] = self.cause.halves();
        CURRENT.with(|parts| {
            for (place, part) in parts.iter().zip([high, low, self.sender.into()]) {
                place.store(part, Ordering::Relaxed);
            }
        });
    }
}

/// Room for an origin in a letter; none where nothing is traced.
pub(in crate::actors::kit) trait OriginSlot: Send + 'static {
    fn origin(&self) -> Origin;
}

impl OriginSlot for Origin {
    fn origin(&self) -> Origin {
        *self
    }
}

impl OriginSlot for () {
    fn origin(&self) -> Origin {
        Origin::NONE
    }
}

/// Where a host takes fresh causes from.
pub(in crate::actors::kit) enum Causes {
    /// Each thread counts up from a random start.
    Random,
    /// All count up from a start that the seed gives, so that runs are equal.
    Seeded { seed: u64, count: AtomicU64 },
}

impl Causes {
    pub(in crate::actors::kit) fn seeded(seed: u64) -> Self {
        Self::Seeded {
            seed,
            count: AtomicU64::new(0),
        }
    }

    pub(in crate::actors::kit) fn fresh(&self) -> CauseId {
        match self {
            Self::Random => fresh_cause(),
            Self::Seeded { seed, count } => {
                CauseId::from_halves(*seed, 1 + count.fetch_add(1, Ordering::Relaxed))
            }
        }
    }
}

/// A cause that nothing has had before, for an event outside of every actor.
#[must_use]
pub fn fresh_cause() -> CauseId {
    NEXT.with(|[high, low]| {
        if high.get() == 0 {
            high.set(rand::random::<u64>() | 1);
            low.set(rand::random());
        }
        let cause = CauseId::from_halves(high.get(), low.get());
        low.set(low.get().wrapping_add(1));
        cause
    })
}

/// The cause of the message that this thread has in hand; none where it has none, or where
/// nothing is traced.
#[must_use]
pub fn current_cause() -> CauseId {
    Origin::current().cause
}

/// Runs `send`; what it sends goes back to `cause`. Within a handler it still comes from the
/// handler's actor.
pub fn with_cause<T>(cause: CauseId, send: impl FnOnce() -> T) -> T {
    struct Restore(Origin);
    impl Drop for Restore {
        fn drop(&mut self) {
            self.0.enter();
        }
    }
    let current = Origin::current();
    let _restore = Restore(current);
    Origin { cause, ..current }.enter();
    send()
}

thread_local! {
    /// The halves of the cause, and the sender. Atomics are read one by one: a processor that reads
    /// both halves at once, right after they were written one by one, waits until they have left
    /// its store buffer, which takes as long as reading the clock.
    static CURRENT: [AtomicU64; 3] = const { [const { AtomicU64::new(0) }; 3] };
    /// The halves of the next fresh cause, apart for the same reason.
    static NEXT: [Cell<u64>; 2] = const { [const { Cell::new(0) }; 2] };
}
