//! Runs an actor again from its recording: the same code, on recorded time, with nobody around.
//!
//! A [`Recordable`] actor says what it is made of and how it is made again with [`Outlets`]
//! where it had other actors. A [`Player`] makes it, hands it each recorded message, answer and
//! timer, gives it back what it read from its clock, and compares what it sends, answers and
//! becomes with the recording. What it sends goes nowhere; what it asks is answered by the
//! recording; jobs are not run. The first thing that differs is a [`Divergence`].

mod outlets;
mod player;

pub use outlets::Outlets;
pub use player::{Player, player};

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Actor, Handler, RecordedActor, Reply,
    labels::short,
    letter::{Asked, Deadline, Label, Letter, Told},
    probe::Origin,
};
use crate::{
    messages::{Message, record},
    relay::Time,
};

/// An actor that sees the world only through messages, clock and seeds, so that it does the
/// same again when it gets the same again.
///
/// What it shares with others besides must be in its setup, or be its own over all its lives.
/// Jobs go by [`Context::offload_recorded`](super::Context::offload_recorded), and the answers
/// that it asks for are of messages that keep them.
pub trait Recordable: Actor {
    /// What it is made of, besides whom it tells.
    type Setup: Serialize + DeserializeOwned;

    /// What it is made of; nothing if this one cannot be made again.
    fn setup(&self) -> Option<Self::Setup>;

    /// What makes it again, once for each of its lives.
    fn revive(setup: Self::Setup, outlets: &Outlets) -> Box<dyn FnMut() -> Self>;

    /// A hash of its state; see [`hash_of_shown`](super::hash_of_shown).
    fn state_hash(&self) -> u64;

    /// The messages that can be made again.
    fn readables() -> Vec<Readable<Self>>;
}

impl<A: Recordable> RecordedActor for A {
    fn setup_bytes(&self) -> Option<Vec<u8>> {
        Recordable::setup(self).map(|setup| record::encode(&setup))
    }

    fn state_hash(&self) -> u64 {
        Recordable::state_hash(self)
    }
}

/// A type of message that can be made again from a recording.
pub struct Readable<A: Actor> {
    label: Label,
    make: Make<A>,
}

/// Makes a letter; the flag says whether somebody waits for the answer.
type Make<A> = fn(&[u8], Sending) -> Result<Box<dyn Letter<A>>, String>;

/// What belongs to a letter besides its message.
struct Sending {
    is_awaited: bool,
    expires_at: Time,
    origin: Origin,
}

impl<A: Actor> Readable<A> {
    /// Messages of type `M`.
    #[must_use]
    pub fn of<M: Message + DeserializeOwned>() -> Self
    where
        A: Handler<M>,
    {
        Self {
            label: std::any::type_name::<M>,
            make: |bytes, sending| {
                let message = record::decode::<M>(bytes)?;
                let origin = sending.origin;
                if !sending.is_awaited {
                    return Ok(Box::new(Told { message, origin }));
                }
                Ok(Box::new(Asked {
                    message,
                    reply: Reply::new(|_| {}),
                    deadline: Deadline {
                        at: sending.expires_at,
                        after: Duration::MAX,
                    },
                    origin,
                }))
            },
        }
    }

    fn is_of(&self, message: &str) -> bool {
        short((self.label)()) == message
    }
}

/// Where a replay went another way than the recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the replay differs at step {number}, when '{actor}' handled {message}: {difference}")]
pub struct Divergence {
    /// The step's place in the recording.
    pub number: u64,
    /// Which actor.
    pub actor: String,
    /// What it did.
    pub message: String,
    /// What differed.
    pub difference: String,
}
