//! What a replayed actor has where it had other actors.

use std::{any, marker::PhantomData, sync::Arc};

use crate::{
    actors::kit::{
        Actor, Addr, Host, Lane, Recipient, Reply, Spec, TellError,
        address::Post,
        letter::Deadline,
        probe::ActorNumber,
        recording::tape::{self, Sending},
    },
    messages::Message,
    relay::Time,
};

/// Makes recipients that compare what they get with the recording, and pass nothing on.
pub struct Outlets(Host);

impl Outlets {
    /// On the host of a player, which is one that replays.
    pub(super) fn new(host: Host) -> Self {
        Self(host)
    }

    /// The address of an actor of type `A` that never starts.
    #[must_use]
    pub fn addr<A: Actor>(&self) -> Addr<A> {
        self.0
            .reserve(Spec::new(A::KIND, Lane::Core))
            .addr()
            .clone()
    }

    /// A recipient of messages of type `M`.
    #[must_use]
    pub fn recipient<M: Message>(&self) -> Recipient<M> {
        Recipient(Arc::new(Sink(PhantomData)))
    }
}

/// Takes a message, or refuses it if the recording says that it was refused.
struct Sink<M>(PhantomData<fn(M)>);

impl<M: Message> Post<M> for Sink<M> {
    fn tell(&self, message: M) -> Result<(), TellError<M>> {
        match tape::sending(&message, any::type_name::<M>()) {
            Sending::Replayed(Some(refusal)) => Err(TellError { message, refusal }),
            _ => Ok(()),
        }
    }

    /// The recording has what came of it.
    fn ask(&self, message: M, _: Reply<M::Reply>, _: Deadline) {
        let _ = tape::sending(&message, any::type_name::<M>());
    }

    fn now(&self) -> Time {
        Time::ZERO
    }

    fn number(&self) -> ActorNumber {
        0
    }
}
