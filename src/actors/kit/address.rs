//! Addresses: how a message gets into a mailbox.

use std::{any, fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Actor, AskError, Clock as _, Controls, Handler, Loss, Reply,
    letter::{Asked, Deadline, Letter, Told},
    mailbox::{Mailbox, Parcel},
    mode::Mode,
    probe::{ActorNumber, Origin, OriginSlot},
    recording::tape::{self, Sending},
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
        self.0.tell(message)
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
pub struct Recipient<M: Message>(pub(super) Arc<dyn Post<M>>);

impl<M: Message> Recipient<M> {
    /// Sends and forgets.
    ///
    /// # Errors
    /// Gives the message back if the mailbox is closed, or full and of class `Request`.
    pub fn tell(&self, message: M) -> Result<(), TellError<M>> {
        self.0.tell(message)
    }

    /// Sends, and hands the outcome to `reply`. A message whose deadline passes in the
    /// queue is not handled; the caller sees to it that `reply` ends in time.
    pub(super) fn post(&self, message: M, reply: Reply<M::Reply>, after: Duration) {
        let deadline = Deadline {
            at: self.0.now() + after,
            after,
        };
        self.0.ask(message, reply, deadline);
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
pub(super) trait Post<M: Message>: Send + Sync {
    fn tell(&self, message: M) -> Result<(), TellError<M>>;
    /// A refusal reaches the asker through `reply`.
    fn ask(&self, message: M, reply: Reply<M::Reply>, deadline: Deadline);
    fn now(&self) -> crate::relay::Time;
    fn number(&self) -> ActorNumber;
}

impl<A: Handler<M>, M: Message> Post<M> for Mailbox<A> {
    #[inline]
    fn tell(&self, message: M) -> Result<(), TellError<M>> {
        let mode = self.stats.mode();
        let told = if mode.is_plain() {
            self.push_told(mode, message, ())
        } else if mode.is_taped() {
            self.tell_taped(mode, message)
        } else {
            self.push_told(mode, message, self.stats.hub.origin())
        };
        told.map_err(|(refusal, message)| TellError { message, refusal })
    }

    fn ask(&self, message: M, reply: Reply<M::Reply>, deadline: Deadline) {
        let mode = self.stats.mode();
        let asked = if mode.is_taped() {
            self.ask_taped(mode, message, reply, deadline)
        } else {
            self.push_asked(mode, message, reply, deadline)
        };
        if let Err((refusal, reply)) = asked {
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
    /// Queues a message that is told, or gives it back.
    #[inline]
    fn push_told<M: Message>(
        &self,
        mode: Mode,
        message: M,
        origin: impl OriginSlot,
    ) -> Result<(), (Refusal, M)>
    where
        A: Handler<M>,
    {
        let parcel = Parcel {
            class: M::CLASS,
            label: any::type_name::<M>,
            origin: origin.origin(),
            content: Told { message, origin },
            into: |told| -> Box<dyn Letter<A>> { Box::new(told) },
        };
        let pushed = self.push(mode, parcel);
        pushed.map_err(|(refusal, told)| (refusal, told.message))
    }

    /// The same where a recording is made, or replayed: then nothing is sent.
    #[cold]
    fn tell_taped<M: Message>(&self, mode: Mode, message: M) -> Result<(), (Refusal, M)>
    where
        A: Handler<M>,
    {
        let sending = tape::sending(&message, any::type_name::<M>());
        if let Sending::Replayed(refusal) = sending {
            return refusal.map_or(Ok(()), |refusal| Err((refusal, message)));
        }
        let origin = self.stats.hub.origin();
        let told = self.push_told(mode.beside_tape(), message, origin);
        let refusal = told.as_ref().err().map(|(refusal, _)| *refusal);
        note_sent::<M>(&sending, refusal);
        told
    }

    /// Queues a message that is asked, or gives the way back for its answer back.
    fn push_asked<M: Message>(
        &self,
        mode: Mode,
        message: M,
        reply: Reply<M::Reply>,
        deadline: Deadline,
    ) -> Result<(), (Refusal, Reply<M::Reply>)>
    where
        A: Handler<M>,
    {
        let origin = if mode.is_traced() {
            self.stats.hub.origin()
        } else {
            Origin::NONE
        };
        let content = Asked {
            message,
            reply,
            deadline,
            origin,
        };
        let parcel = Parcel {
            class: M::CLASS,
            label: any::type_name::<M>,
            origin,
            content,
            into: |asked| -> Box<dyn Letter<A>> { Box::new(asked) },
        };
        let pushed = self.push(mode, parcel);
        pushed.map_err(|(refusal, asked)| (refusal, asked.reply))
    }

    /// The same where a recording is made, or replayed: then nothing is sent.
    #[cold]
    fn ask_taped<M: Message>(
        &self,
        mode: Mode,
        message: M,
        reply: Reply<M::Reply>,
        deadline: Deadline,
    ) -> Result<(), (Refusal, Reply<M::Reply>)>
    where
        A: Handler<M>,
    {
        let sending = tape::sending(&message, any::type_name::<M>());
        if let Sending::Replayed(refusal) = sending {
            return refusal.map_or(Ok(()), |refusal| Err((refusal, reply)));
        }
        let asked = self.push_asked(mode.beside_tape(), message, reply, deadline);
        let refusal = asked.as_ref().err().map(|(refusal, _)| *refusal);
        note_sent::<M>(&sending, refusal);
        asked
    }
}

/// Writes down that a message was sent, where a recording is made.
fn note_sent<M: Message>(sending: &Sending, refusal: Option<Refusal>) {
    if let Sending::Recorded(hash) = sending {
        tape::sent(any::type_name::<M>(), *hash, refusal);
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
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
