//! A cell: one actor with its mailbox and timers, driven turn by turn by any host.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread,
    time::Duration,
};

use super::{
    Actor, AskError, Context, Loss, Recipient, RestartPolicy,
    context::panic_text,
    crash::Crash,
    gate::{Gate, Order},
    labels::short,
    letter::{FromTimer, Label, Letter, Stamp, revealed},
    mailbox::{Mailbox, Popped, Queued},
    mode::Mode,
    probe::{Origin, Taken},
    recording,
    restart::Decision,
    wake::Wake,
};
use crate::{
    messages::{
        cause::CauseId,
        inspector::{EntryKind, Quarantined},
        supervisor::ActorPanicked,
    },
    relay::Time,
};

/// Something that a host can drive, whatever the actor's type.
pub(super) trait Drive {
    /// Runs one turn and says when to run the next. What is queued from its beginning on wakes
    /// the cell again.
    fn turn(&mut self) -> Turn;

    /// What wakes it.
    fn wake(&self) -> &Wake;
}

/// What came of a turn.
pub(super) struct Turn {
    /// How many messages were handled.
    pub(super) handled_count: u64,
    /// When to run the next.
    pub(super) next: Next,
}

/// When a cell wants its next turn.
pub(super) enum Next {
    /// At once, after the others: its budget ran out.
    Again,
    /// When something is queued, or at this time.
    Idle(Option<Time>),
    /// Never again.
    Stopped,
}

/// One actor, driven turn by turn.
pub(super) struct Cell<A: Actor> {
    pub(super) state: State<A>,
    factory: Box<dyn FnMut() -> A>,
    pub(super) ctx: Context<A>,
    pub(super) mailbox: Arc<Mailbox<A>>,
    supervisor: Option<Recipient<ActorPanicked>>,
    /// Decides only for an actor without a supervisor.
    policy: Option<Box<RestartPolicy>>,
    /// Where a viewer holds it, or will; mostly there is none.
    pub(super) gate: Option<Box<Gate>>,
}

pub(super) enum State<A> {
    New,
    Up(A),
    /// Waits for the supervisor's order, or for the time to restart by itself.
    Down(Option<Time>),
    Stopped,
}

impl<A: Actor> Drive for Cell<A> {
    fn turn(&mut self) -> Turn {
        self.mailbox.wake.arm();
        let mut handled_count = 0;
        self.ctx.enter(CauseId::NONE);
        let next = self.run(&mut handled_count);
        Origin::NONE.enter();
        Turn {
            handled_count,
            next,
        }
    }

    fn wake(&self) -> &Wake {
        &self.mailbox.wake
    }
}

impl<A: Actor> Cell<A> {
    pub(super) fn new(
        factory: Box<dyn FnMut() -> A>,
        ctx: Context<A>,
        mailbox: Arc<Mailbox<A>>,
        supervisor: Option<Recipient<ActorPanicked>>,
    ) -> Self {
        Self {
            state: State::New,
            factory,
            ctx,
            mailbox,
            supervisor,
            policy: None,
            gate: None,
        }
    }

    /// Runs one turn. The clock is read once a message, and not at all for an empty turn.
    fn run(&mut self, handled_count: &mut u64) -> Next {
        let mut began = self.enter();
        for _ in 0..TURN_MESSAGES_MAX {
            let mut now = None;
            // The next message begins when the last has ended, and not if that took too long.
            if *handled_count > 0 && self.mailbox.stats.queued() > 0 {
                let time = self.ctx.now();
                let began = *began.get_or_insert(time);
                if time.since(began) >= TURN_TIME_MAX {
                    return Next::Again;
                }
                now = Some(time);
            }
            match self.pop() {
                Popped::Order(order) => self.obey(order),
                Popped::Letter(queued, _) => {
                    let now = now.or(began).unwrap_or_else(|| self.ctx.now());
                    began.get_or_insert(now);
                    self.deliver(queued, now);
                    *handled_count += 1;
                    // What came since this turn began has woken the cell, so it need not be
                    // looked for: an order, or a letter that this thread does not see yet.
                    if self.mailbox.stats.queued() == 0 && self.gate.is_none() {
                        return self.idle();
                    }
                }
                Popped::Empty => return self.idle(),
            }
            if matches!(self.state, State::Stopped) {
                return Next::Stopped;
            }
        }
        Next::Again
    }

    #[inline]
    fn pop(&mut self) -> Popped<A> {
        if self.gate.is_some() {
            return self.pop_through_gate();
        }
        self.mailbox.pop(matches!(self.state, State::Up(_)))
    }

    /// Brings the actor up if it is new or due, and lets due timers into the mailbox. Gives
    /// the time if it had to read the clock.
    fn enter(&mut self) -> Option<Time> {
        let is_held = self.settle_gate();
        match self.state {
            State::New => self.make_actor(),
            State::Down(Some(due)) if due <= self.ctx.now() => self.restart(),
            _ => {}
        }
        if is_held || !matches!(self.state, State::Up(_)) || self.ctx.timers.next_due().is_none() {
            return None;
        }
        let now = self.ctx.now();
        while let Some((number, mut timer)) = self.ctx.timers.pop_due(now) {
            if self.ctx.log.is_some() {
                let letter = timer.letter;
                timer.letter = Box::new(FromTimer {
                    timer: number,
                    letter,
                });
            }
            // A full mailbox counts the loss, as it does for any sender.
            let _ = self
                .mailbox
                .put(self.mailbox.stats.mode(), timer.into_parcel());
        }
        Some(now)
    }

    fn obey(&mut self, order: Order<A>) {
        match (order, &mut self.state) {
            (Order::Restart, State::Down(_)) => self.restart(),
            (Order::Restart, _) => {}
            (Order::Stop, _) => self.stop(),
            (Order::Look(look), state) => {
                let actor = match state {
                    State::Up(actor) => Some(actor),
                    _ => None,
                };
                // Its asker learns of a panic; the actor has not changed.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| look(actor)));
            }
            (Order::Intervene(order), _) => {
                let (by, act) = *order;
                self.intervene(by, act);
            }
        }
    }

    #[inline]
    fn deliver(&mut self, queued: Queued<A>, now: Time) {
        let Queued { letter, sent_at } = queued;
        let Stamp {
            label,
            expires_at,
            origin,
        } = letter.stamp();
        let taken = Taken {
            label,
            origin,
            sent: sent_at,
            began: now,
        };
        if expires_at <= now {
            return self.expire(letter, &taken);
        }
        let State::Up(actor) = &mut self.state else {
            unreachable!("only an actor that is up is given letters");
        };
        let ctx = &mut self.ctx;
        ctx.expires_at = expires_at;
        let mode = self.mailbox.stats.mode();
        // What the letter reveals where that is noted, in case that it comes to nothing. It stays
        // in its place: if it went about together with the outcome, both would be read in other
        // pieces than they were written in a moment ago, and a processor waits for that.
        let mut payload = None;
        if !mode.is_off() {
            if mode.is_traced() {
                ctx.enter(origin.cause);
            }
            if mode.is_recorded() {
                payload = revealed(&*letter);
            }
            if mode.is_timed() {
                self.mailbox.stats.begin(label, now);
            }
        }
        let outcome = if mode.is_taped() {
            recording::deliver(letter, actor, ctx, &taken)
        } else {
            panic::catch_unwind(AssertUnwindSafe(|| letter.deliver(actor, ctx)))
        };
        match outcome {
            Ok(true) => self.succeed(mode, &taken),
            outcome => self.fail(outcome, &taken, payload),
        }
        if self.ctx.is_stopping {
            self.stop();
        }
    }

    /// A message was handled.
    #[inline]
    fn succeed(&self, mode: Mode, taken: &Taken) {
        let stats = &self.mailbox.stats;
        stats.count_handled();
        if mode.is_timed() {
            stats.end();
        }
        if mode.is_recorded() {
            self.record(taken, EntryKind::Handled);
        }
    }

    /// Its asker has given up before a message's turn came.
    #[cold]
    fn expire(&mut self, letter: Box<dyn Letter<A>>, taken: &Taken) {
        self.ctx.enter(taken.origin.cause);
        self.mailbox.lose(Loss::Expired, taken.label, taken.origin);
        let after = letter.patience();
        letter.refuse(AskError::Deadline { after });
        self.record(taken, EntryKind::Expired);
    }

    /// A message was not handled after all.
    #[cold]
    fn fail(
        &mut self,
        outcome: thread::Result<bool>,
        taken: &Taken,
        payload: Option<serde_json::Value>,
    ) {
        let (loss, kind) = match outcome {
            Ok(_) => (Loss::Stale, EntryKind::Stale),
            Err(_) => (Loss::Panicked, EntryKind::Panicked),
        };
        self.mailbox.lose(loss, taken.label, taken.origin);
        self.mailbox.stats.end();
        self.record(taken, kind);
        let Err(panic) = outcome else {
            return;
        };
        let quarantined = Quarantined {
            message: short((taken.label)()),
            cause: taken.origin.cause,
            payload,
        };
        self.crash(quarantined, &panic_text(&*panic));
    }

    /// Writes a line of the flight recorder, and counts how long the message waited and took.
    fn record(&self, taken: &Taken, kind: EntryKind) {
        let mode = self.mailbox.stats.mode();
        if !mode.is_recorded() {
            return;
        }
        let ended = self.ctx.now();
        let probe = self.mailbox.stats.probe();
        if mode.is_full() {
            let latencies = &probe.full().latencies;
            latencies.note(taken.label, taken.sent, taken.began, ended);
        }
        probe.recorder().taken(kind, taken, ended);
    }

    fn make_actor(&mut self) {
        if self.mailbox.stats.mode().is_traced() {
            let origin = self.mailbox.stats.hub.origin();
            self.ctx.enter(origin.cause);
        }
        let made = if self.mailbox.stats.mode().is_taped() {
            recording::make(&mut self.factory, &mut self.ctx)
        } else {
            panic::catch_unwind(AssertUnwindSafe(|| {
                let mut actor = (self.factory)();
                actor.started(&mut self.ctx);
                actor
            }))
        };
        match made {
            Ok(actor) => self.state = State::Up(actor),
            Err(panic) => self.crash(quarantine(|| "started"), &panic_text(&*panic)),
        }
    }

    pub(super) fn restart(&mut self) {
        self.ctx.begin_life();
        self.mailbox.stats.count_restart();
        self.make_actor();
    }

    /// Puts the actor down, keeps its queue, and tells whoever decides.
    pub(super) fn crash(&mut self, quarantined: Quarantined, text: &str) {
        let panicked = ActorPanicked {
            actor: self.mailbox.stats.name().to_owned(),
            message: quarantined.message.clone(),
            text: text.to_owned(),
        };
        self.mailbox.stats.crash(text, quarantined);
        self.ctx.host().registry().note_crash(&Crash {
            actor: Some(panicked.actor.clone()),
            message: Some(panicked.message.clone()),
            text: panicked.text.clone(),
            place: None,
            thread: thread::current().name().map(str::to_owned),
            at: self.ctx.now(),
            unix_ms: self.ctx.now_with_date().unix_ms,
        });
        self.put_down();
        let told = self
            .supervisor
            .as_ref()
            .map(|supervisor| supervisor.tell(panicked));
        if !matches!(told, Some(Ok(()))) {
            let now = self.ctx.now();
            match self.policy.get_or_insert_default().decide(now) {
                Decision::RestartAfter(delay) => self.state = State::Down(Some(now + delay)),
                Decision::GiveUp => self.stop(),
            }
        }
    }

    /// Takes the actor away.
    pub(super) fn put_down(&mut self) {
        let old = std::mem::replace(&mut self.state, State::Down(None));
        // Dropping half-changed state may panic again; that says nothing new.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(old)));
    }

    pub(super) fn stop(&mut self) {
        if let State::Up(actor) = &mut self.state {
            recording::end(actor, &mut self.ctx);
            let stopping = panic::catch_unwind(AssertUnwindSafe(|| actor.stopping()));
            if let Err(panic) = stopping {
                let text = panic_text(&*panic);
                self.mailbox.stats.crash(&text, quarantine(|| "stopping"));
            }
        }
        self.state = State::Stopped;
        self.mailbox.close();
    }

    fn idle(&self) -> Next {
        if self.gate.as_ref().is_some_and(|gate| gate.is_held()) {
            return Next::Idle(None);
        }
        match self.state {
            State::Stopped => Next::Stopped,
            State::Down(due) => Next::Idle(due),
            _ => Next::Idle(self.ctx.timers.next_due()),
        }
    }
}

/// What is kept of a panic that no message led to.
pub(super) fn quarantine(label: Label) -> Quarantined {
    Quarantined {
        message: short(label()),
        ..Quarantined::default()
    }
}

impl<A: Actor> Drop for Cell<A> {
    /// However a cell ends, nobody waits for it in vain.
    fn drop(&mut self) {
        if let State::Up(actor) = &self.state {
            recording::end(actor, &mut self.ctx);
        }
        self.mailbox.close();
    }
}

/// Messages after which a turn ends, so that other actors of the thread get theirs.
pub const TURN_MESSAGES_MAX: usize = 64;
/// Time after which a turn ends.
pub const TURN_TIME_MAX: Duration = Duration::from_millis(1);
