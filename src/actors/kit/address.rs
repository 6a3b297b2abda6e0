//! Addresses: how a message gets into a mailbox.

use std::{any, fmt, sync::Arc, time::Duration};

use super::{
    Actor, AskError, Clock as _, Controls, Handler, Loss, Reply,
    letter::{Deadline, Envelope, Letter},
    mailbox::{Mailbox, Parcel},
    mode::Mode,
    probe::{ActorNumber, OriginSlot},
};
use crate::messages::Message;

/// The address of an actor of type `A`; cheap to clone.
pub struct Addr<A: Actor>(pub(super) Arc<Mailbox<A>>);

impl<A: Actor> Addr<A> {
    /// The address for messages of one type, which hides the actor's type.
    #[must_use]
    pub fn recipient<M: Message>(&self) -> Recipient<M>
    where
        A: Handler<M>,
    {
        Recipient(self.0.clone())
    }

    /// The handle by which a supervisor restarts and stops it.
    #[must_use]
    pub fn controls(&self) -> Controls {
        Controls::new(self.0.clone())
    }

    /// Sends and forgets.
    ///
    /// # Errors
    /// Gives the message back if the mailbox is closed, or full and of class `Request`.
    pub fn tell<M: Message>(&self, message: M) -> Result<(), TellError<M>>
    where
        A: Handler<M>,
    {
        self.0.post(message, Reply::unawaited(), Deadline::NONE)
    }

    /// Sends and awaits the answer; see [`Recipient::ask`].
    pub fn ask<M: Message>(
        &self,
        message: M,
        deadline: Duration,
    ) -> impl Future<Output = Result<M::Reply, AskError>> + Send + use<A, M>
    where
        A: Handler<M>,
    {
        self.recipient().ask(message, deadline)
    }
}

impl<A: Actor> Clone for Addr<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The address of whoever takes messages of type `M`; cheap to clone.
pub struct Recipient<M: Message>(Arc<dyn Post<M>>);

impl<M: Message> Recipient<M> {
    /// Sends and forgets.
    ///
    /// # Errors
    /// Gives the message back if the mailbox is closed, or full and of class `Request`.
    pub fn tell(&self, message: M) -> Result<(), TellError<M>> {
        self.0.post(message, Reply::unawaited(), Deadline::NONE)
    }

    /// Sends, and hands the outcome to `reply`. A message whose deadline passes in the
    /// queue is not handled; the caller sees to it that `reply` ends in time.
    pub(super) fn post(&self, message: M, reply: Reply<M::Reply>, after: Duration) {
        let deadline = Deadline {
            at: self.0.now() + after,
            after,
        };
        self.0.post_awaited(message, reply, deadline);
    }

    /// The number of the actor behind it.
    pub(super) fn number(&self) -> ActorNumber {
        self.0.number()
    }

    /// Sends and awaits the answer, at most for `deadline`. For code outside of actors, on
    /// a thread with a tokio runtime; an actor uses [`super::Context::ask`].
    ///
    /// # Errors
    /// Every way in which an answer can fail to come, see [`AskError`].
    pub fn ask(
        &self,
        message: M,
        deadline: Duration,
    ) -> impl Future<Output = Result<M::Reply, AskError>> + Send + use<M> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let reply = Reply::new(move |outcome| {
            // The asker may have gone, as after a reload; then nobody misses the answer.
            let _ = answer.send(outcome);
        });
        self.post(message, reply, deadline);
        async move {
            match tokio::time::timeout(deadline, answered).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_closed)) => Err(AskError::Unanswered),
                Err(_elapsed) => Err(AskError::Deadline { after: deadline }),
            }
        }
    }
}

impl<M: Message> Clone for Recipient<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A mailbox as seen by senders of one message type.
trait Post<M: Message>: Send + Sync {
    fn post(
        &self,
        message: M,
        reply: Reply<M::Reply>,
        deadline: Deadline,
    ) -> Result<(), TellError<M>>;
    /// The same, but a refusal reaches the asker through `reply`.
    fn post_awaited(&self, message: M, reply: Reply<M::Reply>, deadline: Deadline);
    fn now(&self) -> crate::relay::Time;
    fn number(&self) -> ActorNumber;
}

impl<A: Handler<M>, M: Message> Post<M> for Mailbox<A> {
    fn post(
        &self,
        message: M,
        reply: Reply<M::Reply>,
        deadline: Deadline,
    ) -> Result<(), TellError<M>> {
        match self.push_envelope(message, reply, deadline) {
            Ok(()) => Ok(()),
            Err((refusal, message, _reply)) => Err(TellError { message, refusal }),
        }
    }

    fn post_awaited(&self, message: M, reply: Reply<M::Reply>, deadline: Deadline) {
        if let Err((refusal, _message, reply)) = self.push_envelope(message, reply, deadline) {
            reply.fail(refusal.ask_error());
        }
    }

    fn now(&self) -> crate::relay::Time {
        self.clock.now()
    }

    fn number(&self) -> ActorNumber {
        self.stats.number
    }
}

impl<A: Actor> Mailbox<A> {
    /// Queues a message with its reply, or gives both back.
    #[inline]
    fn push_envelope<M: Message>(
        &self,
        message: M,
        reply: Reply<M::Reply>,
        deadline: Deadline,
    ) -> Result<(), (Refusal, M, Reply<M::Reply>)>
    where
        A: Handler<M>,
    {
        let mode = self.stats.mode();
        if mode.is_traced() {
            let origin = self.stats.hub.origin();
            self.push_from(mode, (message, reply, deadline), origin)
        } else {
            self.push_from(mode, (message, reply, deadline), ())
        }
    }

    #[inline]
    fn push_from<M: Message>(
        &self,
        mode: Mode,
        (message, reply, deadline): (M, Reply<M::Reply>, Deadline),
        origin: impl OriginSlot,
    ) -> Result<(), (Refusal, M, Reply<M::Reply>)>
    where
        A: Handler<M>,
    {
        let parcel = Parcel {
            class: M::CLASS,
            label: any::type_name::<M>,
            origin: origin.origin(),
            content: Envelope {
                message,
                reply,
                deadline,
                origin,
            },
            into: |envelope| -> Box<dyn Letter<A>> { Box::new(envelope) },
        };
        let pushed = self.push(mode, parcel);
        pushed.map_err(|(refusal, envelope)| (refusal, envelope.message, envelope.reply))
    }
}

/// A message that was not taken, and why.
#[derive(Clone, PartialEq, Eq)]
pub struct TellError<M> {
    /// The message, back.
    pub message: M,
    /// Why it was not taken.
    pub refusal: Refusal,
}

impl<M> fmt::Display for TellError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = super::labels::short(any::type_name::<M>());
        write!(f, "{name} was not taken: {}", self.refusal)
    }
}

impl<M> fmt::Debug for TellError<M> {
    /// A message need not be printable; its type is what matters here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M> std::error::Error for TellError<M> {}

/// Why a mailbox does not take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is full.
    #[error("the mailbox is full")]
    Full,
    /// Its actor has stopped.
    #[error("the actor has stopped")]
    Stopped,
}

impl Refusal {
    pub(super) fn loss(self) -> Loss {
        match self {
            Self::Full => Loss::Full,
            Self::Stopped => Loss::Stopped,
        }
    }

    fn ask_error(self) -> AskError {
        match self {
            Self::Full => AskError::Full,
            Self::Stopped => AskError::Stopped,
        }
    }
}
