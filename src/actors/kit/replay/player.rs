//! Plays the recording of one actor.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use serde_json::Value;

use super::{Outlets, Readable, Recordable, Sending};
use crate::{
    actors::kit::{
        Birth, Context, Done, Host, Input, Lane, Outcome, Reserved, Spec, Taken, VirtualHost,
        clock::{HostClock, VirtualClock},
        letter::Letter,
        mailbox::{Mailbox, Popped},
        probe::Origin,
        recording::{
            Log, outcome_of,
            tape::{self, Tape},
        },
        wake::Wake,
    },
    messages::record,
    relay::Time,
};

/// One actor that is run again, whatever its type. What comes back as an error is what differed.
pub trait Player {
    /// Begins a life.
    ///
    /// # Errors
    /// What went another way than in the recording.
    fn begin(&mut self, birth: &Birth) -> Result<(), String>;

    /// Handles a message; `done` is what came of it, unless the recording ends before that.
    ///
    /// # Errors
    /// What went another way than in the recording.
    fn play(&mut self, taken: &Taken, done: Option<&Done>) -> Result<(), String>;

    /// A hash of its state; nothing while it is down.
    fn state_hash(&self) -> Option<u64>;

    /// What it shows of its state.
    fn state(&self) -> Option<Value>;
}

/// What plays an actor of type `A` that is born like this.
///
/// # Errors
/// If it cannot be run again, or the recording does not say what it was made of.
pub fn player<A: Recordable>(birth: &Birth) -> Result<Box<dyn Player>, String> {
    let setup = birth.setup.as_ref().ok_or("it cannot be run again")?;
    let setup = record::decode(setup)
        .map_err(|error| format!("what it was made of cannot be read: {error}"))?;
    Ok(Box::new(Playing::<A>::new(setup, &birth.name)))
}

struct Playing<A: Recordable> {
    factory: Box<dyn FnMut() -> A>,
    readables: Vec<Readable<A>>,
    actor: Option<A>,
    ctx: Context<A>,
    mailbox: Arc<Mailbox<A>>,
    clock: Arc<VirtualClock>,
    /// The host that the actor is on, as far as it can tell.
    _host: VirtualHost,
}

impl<A: Recordable> Playing<A> {
    fn new(setup: A::Setup, name: &str) -> Self {
        let virtual_host = VirtualHost::new(0);
        let host: &Host = virtual_host.host();
        host.registry().hub().tape(None);
        let HostClock::Virtual(clock) = host.0.host_clock() else {
            unreachable!("a virtual host has a virtual clock");
        };
        let spec = Spec::new(name, Lane::Core);
        let reserved = Reserved::new(host, spec, Wake::hook(0, || {}), false);
        let addr = reserved.addr().clone();
        let mailbox = addr.0.clone();
        let mut ctx = Context::new(addr, host.clone());
        ctx.log = Some(Box::new(Log::new(None)));
        Self {
            factory: A::revive(setup, &Outlets::new(host.clone())),
            readables: A::readables(),
            actor: None,
            ctx,
            mailbox,
            clock,
            _host: virtual_host,
        }
    }

    /// The letter that a recorded message was; nothing if it is for an earlier life.
    fn letter(&mut self, taken: &Taken) -> Result<Box<dyn Letter<A>>, String> {
        match &taken.input {
            Input::Message {
                payload,
                is_awaited,
            } => self.read(taken, payload.as_deref(), *is_awaited),
            Input::Timer { timer, payload } => match self.ctx.timers.take(*timer) {
                Some(timer) => Ok(timer.letter),
                None if payload.is_some() => self.read(taken, payload.as_deref(), false),
                None => Err(format!("it has not set timer {timer}")),
            },
            Input::Answer { question, outcome } => {
                let outcome = outcome.as_ref();
                let outcome = outcome.ok_or("the answer that it got is not in the recording")?;
                let log = self.ctx.log.as_mut().ok_or("it is not replayed")?;
                log.answer(*question, outcome)?;
                match self.mailbox.pop(true) {
                    Popped::Letter(queued, _) => Ok(queued.letter),
                    _ => Err("its answer did not come".to_owned()),
                }
            }
        }
    }

    fn read(
        &self,
        taken: &Taken,
        payload: Option<&[u8]>,
        is_awaited: bool,
    ) -> Result<Box<dyn Letter<A>>, String> {
        let readable = self.readables.iter().find(|one| one.is_of(&taken.message));
        let readable = readable.ok_or("it cannot be made again from a recording")?;
        let payload = payload.ok_or("what it says is not in the recording")?;
        let sending = Sending {
            is_awaited,
            expires_at: Time::from_micros(taken.expires_us),
            origin: Origin {
                cause: taken.cause,
                sender: taken.sender,
            },
        };
        (readable.make)(payload, sending).map_err(|error| format!("it cannot be read: {error}"))
    }

    /// Puts a crashed actor down; dropping it may crash again, which says nothing new.
    fn put_down(&mut self) {
        let actor = self.actor.take();
        let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(actor)));
    }

    /// Throws away what came into its mailbox on no recorded way.
    fn clear_mailbox(&self) {
        while let Popped::Letter(..) = self.mailbox.pop(true) {}
    }
}

impl<A: Recordable> Player for Playing<A> {
    fn begin(&mut self, birth: &Birth) -> Result<(), String> {
        if birth.setup.is_none() {
            return Err("this life of it was not recorded".to_owned());
        }
        if birth.life.saturating_sub(self.ctx.life()) > LIVES_MAX {
            return Err(format!("it cannot have had {} lives", birth.life));
        }
        self.put_down();
        while self.ctx.life() < birth.life {
            self.ctx.begin_life();
        }
        self.ctx.enter(birth.cause);
        let at = Time::from_micros(birth.at_us);
        self.clock.set(at);
        let tape = Tape {
            readings: birth.readings.clone().into(),
            effects: birth.effects.clone().into(),
        };
        tape::replay(tape, at, true);
        let (factory, ctx) = (&mut self.factory, &mut self.ctx);
        let made = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut actor = factory();
            actor.started(ctx);
            actor
        }));
        let difference = tape::end_replay();
        Origin::NONE.enter();
        let outcome = outcome_of(made.as_ref().map(|_| true));
        self.actor = made.ok();
        self.clear_mailbox();
        compare(&outcome, &birth.outcome, difference)
    }

    fn play(&mut self, taken: &Taken, done: Option<&Done>) -> Result<(), String> {
        if done.is_some_and(|done| done.outcome == Outcome::Stale) {
            // What it was the answer to was forgotten with the life that asked.
            let _ = self.letter(taken);
            self.clear_mailbox();
            return Ok(());
        }
        let mut letter = self.letter(taken)?;
        let actor = self.actor.as_mut().ok_or("it was down")?;
        let at = Time::from_micros(taken.at_us);
        self.clock.set(at);
        self.ctx.enter(taken.cause);
        self.ctx.expires_at = Time::from_micros(taken.expires_us);
        letter.tape_reply(taken.number);
        let tape = done.map_or_else(Tape::default, |done| Tape {
            readings: done.readings.clone().into(),
            effects: done.effects.clone().into(),
        });
        tape::replay(tape, at, done.is_some());
        let ctx = &mut self.ctx;
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| letter.deliver(actor, ctx)));
        let difference = tape::end_replay();
        Origin::NONE.enter();
        let outcome = outcome_of(outcome.as_ref().copied());
        if matches!(outcome, Outcome::Panicked(_)) {
            self.put_down();
        }
        self.clear_mailbox();
        let Some(done) = done else {
            return Ok(());
        };
        compare(&outcome, &done.outcome, difference)?;
        let Some(recorded) = done.state else {
            return Ok(());
        };
        // All that an actor knows goes into the hash, which takes as long as many messages.
        match self.state_hash() {
            Some(found) if found != recorded => Err(format!(
                "its state is {found:016x} afterwards; in the recording: {recorded:016x}"
            )),
            _ => Ok(()),
        }
    }

    fn state_hash(&self) -> Option<u64> {
        self.actor.as_ref().map(Recordable::state_hash)
    }

    fn state(&self) -> Option<Value> {
        self.actor.as_ref().and_then(A::state)
    }
}

fn compare(found: &Outcome, recorded: &Outcome, difference: Option<String>) -> Result<(), String> {
    if found != recorded {
        return Err(format!(
            "it {}; in the recording it {}",
            say(found),
            say(recorded)
        ));
    }
    difference.map_or(Ok(()), Err)
}

fn say(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Handled => "came to its end".to_owned(),
        Outcome::Stale => "was for an earlier life".to_owned(),
        Outcome::Panicked(text) => format!("panicked: {text}"),
    }
}

/// More lives than a supervisor gives an actor.
const LIVES_MAX: u64 = 1_000_000;
