//! Messages in transit: a typed message behind an interface that a queue can hold.

use std::{any, time::Duration};

use serde_json::Value;

use super::{
    Actor, AskError, Context, Handler, Reply,
    probe::{Origin, OriginSlot},
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

    /// What its type lets an inspector see.
    fn reveal(&self) -> Option<Value>;
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

impl Deadline {
    pub(super) const NONE: Self = Self {
        at: Time::NEVER,
        after: Duration::MAX,
    };
}

/// A message as its sender put it. Where nothing is traced, `O` takes no room.
pub(super) struct Envelope<M: Message, O: OriginSlot> {
    pub(super) message: M,
    pub(super) reply: Reply<M::Reply>,
    pub(super) deadline: Deadline,
    pub(super) origin: O,
}

impl<A: Handler<M>, M: Message, O: OriginSlot> Letter<A> for Envelope<M, O> {
    #[inline]
    fn deliver(self: Box<Self>, actor: &mut A, ctx: &mut Context<A>) -> bool {
        actor.handle(self.message, self.reply, ctx);
        true
    }

    fn refuse(self: Box<Self>, error: AskError) {
        self.reply.fail(error);
    }

    #[inline]
    fn stamp(&self) -> Stamp {
        Stamp {
            label: any::type_name::<M>,
            expires_at: self.deadline.at,
            origin: self.origin.origin(),
        }
    }

    fn patience(&self) -> Duration {
        self.deadline.after
    }

    fn reveal(&self) -> Option<Value> {
        self.message.reveal()
    }
}

/// The rest of a handler that had to wait: for an answer, a job or a deadline.
pub(super) struct Continuation<A: Actor> {
    pub(super) label: Label,
    /// The actor's life in which it was made; a later life does not run it.
    pub(super) life: u64,
    pub(super) origin: Origin,
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
}
