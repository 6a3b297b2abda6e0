//! A cell: one actor with its mailbox and timers, driven turn by turn by any host.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    time::Duration,
};

use super::{
    Actor, Addr, Context, Host, Loss, Recipient, RestartPolicy, Spec,
    context::panic_text,
    letter::{Label, Letter},
    live::Lane,
    mailbox::{Mailbox, Order, Popped},
    restart::Decision,
    stats::{Life, Stats, short},
    wake::Wake,
};
use crate::{messages::supervisor::ActorPanicked, relay::Time};

/// Something that a host can drive, whatever the actor's type.
pub(super) trait Drive {
    /// Runs one turn and says when to run the next.
    fn turn(&mut self) -> Turn;
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

/// A cell that is still to be built, on the thread where it will live.
pub(super) struct Seed {
    pub(super) lane: Lane,
    pub(super) wake: Arc<Wake>,
    pub(super) build: Box<dyn FnOnce() -> Box<dyn Drive> + Send>,
}

/// An actor with a mailbox and an address, but not running yet.
///
/// Actors that know each other need each other's addresses before either can be made.
/// What is sent to it waits for its start.
pub struct Reserved<A: Actor> {
    host: Host,
    addr: Addr<A>,
    lane: Lane,
    wake: Arc<Wake>,
    supervisor: Option<Recipient<ActorPanicked>>,
}

impl<A: Actor> Reserved<A> {
    pub(super) fn new(host: &Host, spec: Spec, wake: Wake) -> Self {
        let Spec {
            name,
            lane,
            capacity,
            supervisor,
        } = spec;
        let stats = Arc::new(Stats::new(name, A::KIND));
        host.registry().add(&stats);
        let wake = Arc::new(wake);
        let clock = host.clock().clone();
        let mailbox = Arc::new(Mailbox::new(capacity, stats, wake.clone(), clock));
        Self {
            host: host.clone(),
            addr: Addr(mailbox),
            lane,
            wake,
            supervisor,
        }
    }

    /// The actor's address.
    #[must_use]
    pub fn addr(&self) -> &Addr<A> {
        &self.addr
    }

    /// Starts the actor made by `factory`, which is called again for each restart.
    pub fn start(self, factory: impl FnMut() -> A + Send + 'static) -> Addr<A> {
        let (addr, host, lane) = (self.addr.clone(), self.host.clone(), self.lane);
        let wake = self.wake.clone();
        let build = Box::new(move || self.into_cell(factory));
        host.0.adopt(Seed { lane, wake, build });
        addr
    }

    pub(super) fn wake(&self) -> Arc<Wake> {
        self.wake.clone()
    }

    /// The cell, on the thread where it will live.
    pub(super) fn into_cell(self, factory: impl FnMut() -> A + 'static) -> Box<dyn Drive> {
        let mailbox = self.addr.0.clone();
        Box::new(Cell {
            state: State::New,
            factory: Box::new(factory),
            ctx: Context::new(self.addr, self.host),
            mailbox,
            supervisor: self.supervisor,
            policy: RestartPolicy::default(),
        })
    }
}

struct Cell<A: Actor> {
    state: State<A>,
    factory: Box<dyn FnMut() -> A>,
    ctx: Context<A>,
    mailbox: Arc<Mailbox<A>>,
    supervisor: Option<Recipient<ActorPanicked>>,
    /// Decides only for an actor without a supervisor.
    policy: RestartPolicy,
}

enum State<A> {
    New,
    Up(A),
    /// Waits for the supervisor's order, or for the time to restart by itself.
    Down(Option<Time>),
    Stopped,
}

impl<A: Actor> Drive for Cell<A> {
    fn turn(&mut self) -> Turn {
        let began = self.ctx.now();
        let mut now = began;
        self.enter(now);
        let mut turn = Turn {
            handled_count: 0,
            next: Next::Again,
        };
        for _ in 0..TURN_MESSAGES_MAX {
            match self.mailbox.pop(matches!(self.state, State::Up(_))) {
                Popped::Order(order) => self.obey(order),
                Popped::Letter(letter) => {
                    self.deliver(letter, now);
                    turn.handled_count += 1;
                }
                Popped::Empty => {
                    turn.next = self.idle();
                    break;
                }
            }
            if matches!(self.state, State::Stopped) {
                turn.next = Next::Stopped;
                break;
            }
            now = self.ctx.now();
            if now.since(began) >= TURN_TIME_MAX {
                break;
            }
        }
        turn
    }
}

impl<A: Actor> Cell<A> {
    /// Brings the actor up if it is new or due, and lets due timers into the mailbox.
    fn enter(&mut self, now: Time) {
        match self.state {
            State::New => self.make_actor(),
            State::Down(Some(due)) if due <= now => self.restart(),
            _ => {}
        }
        if matches!(self.state, State::Up(_)) {
            while let Some(timer) = self.ctx.timers.pop_due(now) {
                let label = timer.letter.label();
                // A full mailbox counts the loss, as it does for any sender.
                let _ = self.mailbox.put(timer.class, label, || timer.letter);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match (order, &self.state) {
            (Order::Restart, State::Down(_)) => self.restart(),
            (Order::Restart, _) => {}
            (Order::Stop, _) => self.stop(),
        }
    }

    fn deliver(&mut self, letter: Box<dyn Letter<A>>, now: Time) {
        let deadline = letter.deadline();
        if deadline.at <= now {
            self.mailbox.stats.count_lost(Loss::Expired, 1);
            letter.refuse(deadline.error());
            return;
        }
        let State::Up(actor) = &mut self.state else {
            return;
        };
        let (label, ctx) = (letter.label(), &mut self.ctx);
        ctx.expires_at = deadline.at;
        self.mailbox.stats.begin(label, now);
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| letter.deliver(actor, ctx)));
        self.mailbox.stats.end(matches!(outcome, Ok(true)));
        match outcome {
            Ok(true) => {}
            Ok(false) => self.mailbox.stats.count_lost(Loss::Stale, 1),
            Err(panic) => {
                self.mailbox.stats.count_lost(Loss::Panicked, 1);
                self.crash(label, &panic_text(&*panic));
            }
        }
        if self.ctx.is_stopping {
            self.stop();
        }
    }

    fn make_actor(&mut self) {
        let made = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut actor = (self.factory)();
            actor.started(&mut self.ctx);
            actor
        }));
        match made {
            Ok(actor) => self.state = State::Up(actor),
            Err(panic) => self.crash(|| "started", &panic_text(&*panic)),
        }
    }

    fn restart(&mut self) {
        self.ctx.begin_life();
        self.mailbox.stats.count_restart();
        self.make_actor();
    }

    /// Puts the actor down, keeps its queue, and tells whoever decides.
    fn crash(&mut self, label: Label, text: &str) {
        self.mailbox.stats.crash(label, text);
        let panicked = ActorPanicked {
            actor: self.mailbox.stats.name().to_owned(),
            message: short(label()),
            text: text.to_owned(),
        };
        let old = std::mem::replace(&mut self.state, State::Down(None));
        // Dropping half-changed state may panic again; that says nothing new.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(old)));
        let told = self
            .supervisor
            .as_ref()
            .map(|supervisor| supervisor.tell(panicked));
        if !matches!(told, Some(Ok(()))) {
            let now = self.ctx.now();
            match self.policy.decide(now) {
                Decision::RestartAfter(delay) => self.state = State::Down(Some(now + delay)),
                Decision::GiveUp => self.stop(),
            }
        }
    }

    fn stop(&mut self) {
        if let State::Up(actor) = &mut self.state {
            let stopping = panic::catch_unwind(AssertUnwindSafe(|| actor.stopping()));
            if let Err(panic) = stopping {
                self.mailbox
                    .stats
                    .crash(|| "stopping", &panic_text(&*panic));
            }
        }
        self.state = State::Stopped;
        self.mailbox.close();
        self.mailbox.stats.set_life(Life::Stopped);
    }

    fn idle(&self) -> Next {
        match self.state {
            State::Stopped => Next::Stopped,
            State::Down(due) => Next::Idle(due),
            _ => Next::Idle(self.ctx.timers.next_due()),
        }
    }
}

impl<A: Actor> Drop for Cell<A> {
    /// However a cell ends, nobody waits for it in vain.
    fn drop(&mut self) {
        self.mailbox.close();
    }
}

/// Messages after which a turn ends, so that other actors of the thread get theirs.
pub const TURN_MESSAGES_MAX: usize = 64;
/// Time after which a turn ends.
pub const TURN_TIME_MAX: Duration = Duration::from_millis(1);
