//! Messages in transit: a typed message behind an interface that a queue can hold.

use std::{
    any, mem,
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;

use super::{
    Actor, AskError, Context, Handler, Reply,
    probe::{Origin, OriginSlot},
    recording::{Input, tape},
};
use crate::{messages::Message, relay::Time};

/// What a queue holds.
pub(super) trait Letter<A: Actor>: Send {
    /// Hands the message to the actor; false if it was meant for an earlier life of it.
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool;

    /// Tells the asker, if there is one, that it will not be handled.
    fn refuse(self: Box<Self>, error: AskError);

    /// What is known of it from outside.
    fn stamp(&self) -> Stamp;

    /// How long its asker waits in all.
    fn patience(&self) -> Duration;

    /// What its type lets an inspector see; to be asked by [`revealed`].
    fn reveal(&self) -> Option<Value>;

    /// How a recording keeps it.
    fn input(&self) -> Input;

    /// Has the answer to it written down or compared as that to this message.
    fn tape_reply(&mut self, number: u64);
}

/// What a letter lets an inspector see: nothing, if its type panics over that.
pub(super) fn revealed<A: Actor>(letter: &dyn Letter<A>) -> Option<Value> {
    let reveal = || letter.reveal();
    panic::catch_unwind(AssertUnwindSafe(reveal)).unwrap_or_default()
}

/// What a letter tells without being opened.
pub(super) struct Stamp {
    /// The message's type, cheap to store and compare.
    pub(super) label: Label,
    /// When nobody awaits its answer any more.
    pub(super) expires_at: Time,
    /// Where it comes from, as far as is traced.
    pub(super) origin: Origin,
}

/// Gives the name of a message type; a function, so that no name is computed before it is read.
pub(super) type Label = fn() -> &'static str;

/// When an ask runs out, and how long it was given.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Time,
    pub(super) after: Duration,
}

/// A message that nobody awaits an answer to. Where nothing is traced, `O` takes no room.
pub(super) struct Told<M: Message, O: OriginSlot> {
    pub(super) message: M,
    pub(super) origin: O,
}

impl<A: Handler<M>, M: Message, O: OriginSlot> Letter<A> for Told<M, O> {
    #[inline]
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool {
        actor.handle(self.message, Reply::unawaited(), ctx);
        true
    }

    fn refuse(self: Box<Self>, _error: AskError) {}

    #[inline]
    fn stamp(&self) -> Stamp {
        Stamp {
            label: any::type_name::<M>,
            expires_at: Time::NEVER,
            origin: self.origin.origin(),
        }
    }

    fn patience(&self) -> Duration {
        Duration::MAX
    }

    fn reveal(&self) -> Option<Value> {
        self.message.reveal()
    }

    fn input(&self) -> Input {
        Input::Message {
            payload: self.message.encoded().map(Bytes::from),
            is_awaited: false,
        }
    }

    fn tape_reply(&mut self, _number: u64) {}
}

/// A message with the way back for the answer to it.
pub(super) struct Asked<M: Message> {
    pub(super) message: M,
    pub(super) reply: Reply<M::Reply>,
    pub(super) deadline: Deadline,
    pub(super) origin: Origin,
}

impl<A: Handler<M>, M: Message> Letter<A> for Asked<M> {
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool {
        actor.handle(self.message, self.reply, ctx);
        true
    }

    fn refuse(self: Box<Self>, error: AskError) {
        self.reply.fail(error);
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            label: any::type_name::<M>,
            expires_at: self.deadline.at,
            origin: self.origin,
        }
    }

    fn patience(&self) -> Duration {
        self.deadline.after
    }

    fn reveal(&self) -> Option<Value> {
        self.message.reveal()
    }

    fn input(&self) -> Input {
        Input::Message {
            payload: self.message.encoded().map(Bytes::from),
            is_awaited: self.reply.is_awaited(),
        }
    }

    fn tape_reply(&mut self, number: u64) {
        if self.reply.is_awaited() {
            let reply = mem::replace(&mut self.reply, Reply::unawaited());
            self.reply = Reply::new(move |outcome| {
                tape::answered::<M>(number, &outcome);
                reply.finish(outcome);
            });
        }
    }
}

/// The rest of a handler that had to wait: for an answer, a job or a deadline.
pub(super) struct Continuation<A: Actor> {
    pub(super) label: Label,
    /// The actor's life in which it was made; a later life does not run it.
    pub(super) life: u64,
    pub(super) origin: Origin,
    /// How a recording keeps what it goes on with; only where one is made.
    pub(super) input: Option<Box<Input>>,
    pub(super) run: Step<A>,
}

/// One step of an actor, to be run in it.
pub(super) type Step<A> = Box<dyn FnOnce(&mut A, &mut Context<A>) + Send>;

impl<A: Actor> Letter<A> for Continuation<A> {
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool {
        let is_current = self.life == ctx.life();
        if is_current {
            (self.run)(actor, ctx);
        }
        is_current
    }

    fn refuse(self: Box<Self>, _error: AskError) {}

    fn stamp(&self) -> Stamp {
        Stamp {
            label: self.label,
            expires_at: Time::NEVER,
            origin: self.origin,
        }
    }

    fn patience(&self) -> Duration {
        Duration::MAX
    }

    fn reveal(&self) -> Option<Value> {
        None
    }

    fn input(&self) -> Input {
        let unknown = || Input::Message {
            payload: None,
            is_awaited: false,
        };
        self.input.as_deref().cloned().unwrap_or_else(unknown)
    }

    fn tape_reply(&mut self, _number: u64) {}
}

/// A letter that a timer sends, where a recording is made.
pub(super) struct FromTimer<A: Actor> {
    /// The timer's number.
    pub(super) timer: u64,
    pub(super) letter: Box<dyn Letter<A>>,
}

impl<A: Actor> Letter<A> for FromTimer<A> {
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool {
        self.letter.deliver(actor, ctx)
    }

    fn refuse(self: Box<Self>, error: AskError) {
        self.letter.refuse(error);
    }

    fn stamp(&self) -> Stamp {
        self.letter.stamp()
    }

    fn patience(&self) -> Duration {
        self.letter.patience()
    }

    fn reveal(&self) -> Option<Value> {
        self.letter.reveal()
    }

    fn input(&self) -> Input {
        let payload = match self.letter.input() {
            Input::Message { payload, .. } => payload,
            _ => None,
        };
        Input::Timer {
            timer: self.timer,
            payload,
        }
    }

    fn tape_reply(&mut self, number: u64) {
        self.letter.tape_reply(number);
    }
}
