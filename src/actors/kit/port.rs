//! A port: an actor whose turns are driven by a loop that is not ours.
//!
//! The event loop of the window system owns its thread. A port gives it a mailbox like
//! any other, with bound, counters and a row in the inspector; the loop calls
//! [`Port::turn`] whenever the hook has woken it.

use super::{
    Actor, Addr, Host, Reserved, Spec,
    cell::{Drive, Next},
    wake::Wake,
};
use crate::relay::Time;

/// An actor on a foreign loop. Not `Send`: it stays on the thread that made it.
pub struct Port {
    cell: Box<dyn Drive>,
}

impl Port {
    /// Starts an actor whose turns the caller runs; `hook` is called from any thread when
    /// there is something to do. The spec's lane does not matter.
    pub fn open<A: Actor>(
        host: &Host,
        spec: Spec,
        hook: impl Fn() + Send + Sync + 'static,
        factory: impl FnMut() -> A + 'static,
    ) -> (Addr<A>, Self) {
        let reserved = Reserved::new(host, spec, Wake::hook(0, hook), false);
        let addr = reserved.addr().clone();
        let cell = reserved.into_cell(factory);
        (addr, Self { cell })
    }

    /// Handles what is queued, within one turn's budget, and says when to call again.
    pub fn turn(&mut self) -> NextTurn {
        match self.cell.turn().next {
            Next::Again => NextTurn::Now,
            Next::Idle(Some(due)) => NextTurn::At(due),
            Next::Idle(None) | Next::Stopped => NextTurn::WhenWoken,
        }
    }
}

/// When a port wants its next turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextTurn {
    /// At once, after the loop's other work.
    Now,
    /// At this time, when a timer falls due, or earlier if the hook is called.
    At(Time),
    /// When the hook is called.
    WhenWoken,
}
