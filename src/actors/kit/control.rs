//! The handle to one actor, whatever its type: for its supervisor, and for whoever
//! inspects it.
//!
//! What is done to an actor goes through its mailbox's lane of orders, which it looks at
//! before every message: it takes effect at the next one, and nothing is lost or reordered.
//! An actor that is stuck in a handler obeys when the handler returns.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Actor, Handler, Refusal, Reply,
    gate::{Act, Order},
    labels::short,
    letter::{Label, Letter, Told, revealed},
    mailbox::{Mailbox, Parcel},
    probe::{ActorNumber, Names, Origin},
    stats::Stats,
};
use crate::{
    messages::{
        Class, Message,
        inspector::{
            ActorReport, Break, Intervention, Level, QueueReport, QueuedMessage, ViewerId,
        },
    },
    relay::Time,
};

/// Restarts, stops, holds and changes one actor; cheap to clone.
#[derive(Clone)]
pub struct Controls(Arc<dyn Obey>);

impl Controls {
    pub(super) fn new<A: Actor>(mailbox: Arc<Mailbox<A>>) -> Self {
        Self(mailbox)
    }

    pub(super) fn from_obey(obey: Arc<dyn Obey>) -> Self {
        Self(obey)
    }

    /// Brings a crashed actor up again; a running one stays as it is.
    pub fn restart(&self) {
        self.0.restart();
    }

    /// Stops it after the message in hand.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// The actor's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.stats().name()
    }

    /// Holds it before its next message. Its timers stand still; its mailbox goes on taking
    /// messages by its rules.
    pub fn pause(&self, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Pause)
    }

    /// Lets a held actor go on.
    pub fn resume(&self, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Resume)
    }

    /// Lets it handle `count` messages, and holds it then.
    pub fn step(&self, count: u64, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Step(count))
    }

    /// Holds it before each message that fits.
    pub fn break_on(&self, on: Break, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Break(on))
    }

    /// Takes every breakpoint away; if one holds it, it stays held.
    pub fn clear_breaks(&self, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::ClearBreaks)
    }

    /// Makes it anew, as after a panic, with its queue intact.
    pub fn renew(&self, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Renew)
    }

    /// Stops it for good; what is queued is lost and counted.
    pub fn kill(&self, by: ViewerId) -> bool {
        self.0.intervene(by, Intention::Kill)
    }

    /// Puts a message into its mailbox that it declares injectable.
    ///
    /// # Errors
    /// If it takes no such message, it cannot be made of `value`, or the mailbox refuses it.
    pub fn inject(&self, message: &str, value: Value, by: ViewerId) -> Result<(), InjectError> {
        self.0.inject(message, value, by)
    }

    /// The types of message that [`inject`](Self::inject) can make.
    #[must_use]
    pub fn injectables(&self) -> Vec<String> {
        self.0.injectables()
    }

    /// Has it tell its state, held or not; nothing if it shows none or is down.
    pub fn state(&self, reply: Reply<Option<Value>>) {
        self.0.state(reply);
    }

    /// Has it take another state, held or not.
    pub fn replace_state(&self, state: Value, by: ViewerId, reply: Reply<Result<(), String>>) {
        self.0.replace_state(state, by, reply);
    }

    /// The first queued messages with what they reveal. It holds the mailbox's lock while
    /// they do, as no snapshot does: for whoever looks at one actor.
    #[must_use]
    pub fn peek(&self, count: usize, now: Time) -> QueueReport {
        self.0.peek(count.min(PEEK_MAX), now)
    }
}

/// A message did not get into a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InjectError {
    /// The actor declares no such message.
    #[error("the actor takes no injected '{message}'")]
    Unknown {
        /// What was wanted.
        message: String,
    },
    /// It cannot be made of what was given.
    #[error("no {message} can be made of this: {reason}")]
    Malformed {
        /// What was wanted.
        message: String,
        /// What is wrong.
        reason: String,
    },
    /// The mailbox does not take it.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A type of message that a viewer may make of JSON; see [`Actor::injectables`].
pub struct Injectable<A: Actor> {
    label: Label,
    class: Class,
    make: Make<A>,
}

/// Makes a letter of JSON, or says what is wrong with it.
type Make<A> = fn(Value, Origin) -> Result<Box<dyn Letter<A>>, String>;

impl<A: Actor> Injectable<A> {
    /// Messages of type `M`.
    #[must_use]
    pub fn of<M: Message + DeserializeOwned>() -> Self
    where
        A: Handler<M>,
    {
        Self {
            label: std::any::type_name::<M>,
            class: M::CLASS,
            make: |value, origin| {
                let message = serde_json::from_value::<M>(value);
                Ok(Box::new(Told {
                    message: message.map_err(|error| error.to_string())?,
                    origin,
                }))
            },
        }
    }
}

/// An intervention that needs no type.
pub(super) enum Intention {
    Pause,
    Resume,
    Step(u64),
    Break(Break),
    ClearBreaks,
    Renew,
    Kill,
}

/// A mailbox whose actor's type is hidden.
pub(super) trait Obey: Send + Sync {
    fn stats(&self) -> &Stats;
    fn report(&self, now: Time, names: &Names) -> ActorReport;
    fn set_level(&self, level: Level);
    fn restart(&self);
    fn stop(&self);
    fn intervene(&self, by: ViewerId, intention: Intention) -> bool;
    fn inject(&self, message: &str, value: Value, by: ViewerId) -> Result<(), InjectError>;
    fn injectables(&self) -> Vec<String>;
    fn state(&self, reply: Reply<Option<Value>>);
    fn replace_state(&self, state: Value, by: ViewerId, reply: Reply<Result<(), String>>);
    fn peek(&self, count: usize, now: Time) -> QueueReport;
}

impl<A: Actor> Obey for Mailbox<A> {
    fn stats(&self) -> &Stats {
        &self.stats
    }

    fn report(&self, now: Time, names: &Names) -> ActorReport {
        ActorReport {
            capacity: self.capacity.get() as u64,
            ..self.stats.report(now, names)
        }
    }

    fn set_level(&self, level: Level) {
        Self::set_level(self, level);
    }

    fn restart(&self) {
        self.order(Order::Restart);
    }

    fn stop(&self) {
        self.order(Order::Stop);
    }

    fn intervene(&self, by: ViewerId, intention: Intention) -> bool {
        let act = match intention {
            Intention::Pause => Act::Pause,
            Intention::Resume => Act::Resume,
            Intention::Step(count) => Act::Step(count),
            Intention::Break(on) => Act::Break(on),
            Intention::ClearBreaks => Act::ClearBreaks,
            Intention::Renew => Act::Renew,
            Intention::Kill => Act::Kill,
        };
        self.order(Order::act(by, act))
    }

    fn inject(&self, message: &str, value: Value, by: ViewerId) -> Result<(), InjectError> {
        let mut injectables = A::injectables().into_iter();
        let found = injectables.find(|injectable| short((injectable.label)()) == message);
        let message = message.to_owned();
        let Some(Injectable { label, class, make }) = found else {
            return Err(InjectError::Unknown { message });
        };
        let cause = self.stats.hub.origin().cause;
        let origin = Origin { cause, sender: 0 };
        let letter =
            make(value, origin).map_err(|reason| InjectError::Malformed { message, reason })?;
        self.order(Order::act(by, Act::Mark(Intervention::Inject)));
        let parcel = Parcel {
            class,
            label,
            origin,
            content: letter,
            into: |letter| letter,
        };
        self.push(self.stats.mode(), parcel)
            .map_err(|(refusal, _)| refusal.into())
    }

    fn injectables(&self) -> Vec<String> {
        let injectables = A::injectables();
        injectables
            .iter()
            .map(|injectable| short((injectable.label)()))
            .collect()
    }

    fn state(&self, reply: Reply<Option<Value>>) {
        let look = move |actor: Option<&mut A>| reply.send(actor.and_then(|actor| actor.state()));
        self.order(Order::Look(Box::new(look)));
    }

    fn replace_state(&self, state: Value, by: ViewerId, reply: Reply<Result<(), String>>) {
        let replace = move |actor: Option<&mut A>| {
            let replaced = match actor {
                Some(actor) => actor.replace_state(state),
                None => Err("the actor is down".to_owned()),
            };
            let is_taken = replaced.is_ok();
            reply.send(replaced);
            is_taken
        };
        self.order(Order::act(by, Act::Replace(Box::new(replace))));
    }

    fn peek(&self, count: usize, now: Time) -> QueueReport {
        let lanes = self.lock();
        let control = lanes.control.iter().map(|queued| (queued, true));
        let normal = lanes.normal.iter().map(|queued| (queued, false));
        let shown = control.chain(normal).take(count);
        let messages = shown.map(|(queued, is_control)| {
            let stamp = queued.letter.stamp();
            QueuedMessage {
                message: short((stamp.label)()),
                is_control,
                age_ms: now.since(queued.sent_at).as_secs_f64() * 1e3,
                sender: sender_text(stamp.origin.sender),
                cause: stamp.origin.cause,
                payload: revealed(&*queued.letter),
            }
        });
        QueueReport {
            messages: messages.collect(),
            depth: (lanes.control.len() + lanes.normal.len()) as u64,
        }
    }
}

/// A sender as its number: a peek reads no names.
fn sender_text(sender: ActorNumber) -> Option<String> {
    (sender != 0).then(|| format!("#{sender}"))
}

/// Messages that one peek shows.
const PEEK_MAX: usize = 256;
