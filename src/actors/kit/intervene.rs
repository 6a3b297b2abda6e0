//! How a cell does what a viewer wants: holds its actor, lets it go, makes it anew.

use std::panic::{self, AssertUnwindSafe};

use super::{
    Actor,
    breaks::Candidate,
    cell::{Cell, State, quarantine},
    context::panic_text,
    gate::{Act, Gate},
    letter::{Label, revealed},
    mailbox::{Popped, Queued},
    recording,
    stats::Life,
};
use crate::{
    messages::inspector::{Intervention, ViewerId},
    relay::Time,
};

impl<A: Actor> Cell<A> {
    /// Takes what is next past breakpoints and steps; while the actor is held, only orders.
    #[cold]
    pub(super) fn pop_through_gate(&mut self) -> Popped<A> {
        let is_up = !self.settle_gate() && matches!(self.state, State::Up(_));
        let (queued, is_control) = match self.mailbox.pop(is_up) {
            Popped::Letter(queued, is_control) => (queued, is_control),
            other => return other,
        };
        let label = queued.letter.stamp().label;
        if !self.is_stopped_at(&queued, label) {
            return Popped::Letter(queued, is_control);
        }
        self.mailbox.put_back(queued, is_control);
        self.mark(Intervention::Broke, ViewerId::default());
        self.hold(Some(label));
        // Orders may have come meanwhile.
        self.mailbox.pop(false)
    }

    fn is_stopped_at(&mut self, queued: &Queued<A>, label: Label) -> bool {
        let Some(gate) = &mut self.gate else {
            return false;
        };
        let stats = &self.mailbox.stats;
        let oldest = stats.oldest_sent_at().min(queued.sent_at);
        let candidate = Candidate {
            label: label(),
            depth: stats.queued() + 1,
            oldest_ms: self.ctx.now().since(oldest).as_secs_f64() * 1e3,
            reveal: &|| revealed(&*queued.letter),
        };
        let place = std::ptr::from_ref(&*queued.letter).cast::<()>() as usize;
        gate.stops_at(place, &candidate)
    }

    /// Holds the actor if its last step has been made, and drops a gate that is of no use;
    /// true if the actor is held.
    pub(super) fn settle_gate(&mut self) -> bool {
        let Some(gate) = &self.gate else {
            return false;
        };
        if gate.is_out_of_steps() {
            self.hold(None);
        } else if gate.is_idle() {
            self.gate = None;
        }
        self.gate.as_ref().is_some_and(|gate| gate.is_held())
    }

    /// Does what a viewer wants.
    pub(super) fn intervene(&mut self, by: ViewerId, act: Act<A>) {
        self.mark(act.noted_as(), by);
        match act {
            Act::Pause => self.hold(None),
            Act::Resume => {
                let since = self.gate().release();
                self.let_go(since);
            }
            Act::Step(count) => {
                let since = self.gate().step(count);
                self.let_go(since);
            }
            Act::Break(on) => self.gate().add_break(on),
            Act::ClearBreaks => self.gate().clear_breaks(),
            Act::Renew => self.renew(),
            Act::Kill => self.stop(),
            Act::Replace(replace) => self.replace(replace),
            Act::Mark(_) => {}
        }
    }

    /// Notes in the flight recorder what was done, at every level.
    fn mark(&self, what: Intervention, by: ViewerId) {
        let recorder = self.mailbox.stats.probe().recorder();
        recorder.intervention(what, by, self.ctx.now());
    }

    fn gate(&mut self) -> &mut Gate {
        self.gate.get_or_insert_default()
    }

    fn hold(&mut self, broke_on: Option<Label>) {
        let now = self.ctx.now();
        self.gate().hold(now);
        let stats = &self.mailbox.stats;
        stats.probe().broke_on.store(broke_on);
        if matches!(self.state, State::Up(_) | State::New) {
            stats.set_life(Life::Paused);
        }
    }

    fn let_go(&mut self, since: Option<Time>) {
        let Some(since) = since else {
            return;
        };
        let held = self.ctx.now().since(since);
        self.ctx.timers.put_off(held);
        if matches!(self.state, State::Up(_) | State::New) {
            self.mailbox.stats.set_life(Life::Running);
        }
    }

    fn renew(&mut self) {
        if matches!(self.state, State::Stopped) {
            return;
        }
        self.put_down();
        self.restart();
        if self.gate.as_ref().is_some_and(|gate| gate.is_held()) {
            self.mailbox.stats.set_life(Life::Paused);
        }
    }

    fn replace(&mut self, replace: super::gate::Replace<A>) {
        let actor = match &mut self.state {
            State::Up(actor) => Some(actor),
            _ => None,
        };
        let replaced = panic::catch_unwind(AssertUnwindSafe(|| replace(actor)));
        if !matches!(replaced, Ok(false)) {
            recording::give_up(&mut self.ctx, "a viewer replaced its state");
        }
        if let Err(panic) = replaced {
            self.crash(quarantine(|| "replace_state"), &panic_text(&*panic));
        }
    }
}
