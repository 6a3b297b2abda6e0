//! The actor kit: what every actor stands on, and the one module that names actix.
//!
//! An [`Actor`] is a plain struct. It implements [`Handler`] for each message that
//! it takes, gets its [`Context`] with every call, and knows nothing of where it
//! runs. A *host* runs it: the [`LiveHost`] on actix arbiters, the [`VirtualHost`]
//! on the simulator's clock. Both drive the same `cell`, so an actor behaves the
//! same in both.
//!
//! Rules that hold for every actor:
//! - A mailbox is bounded, and each message class says what happens when it is
//!   full ([`crate::messages::Class`]). Nothing is lost without being counted:
//!   *sent = handled + lost + queued* (`stats`).
//! - An ask has a deadline, always, and always ends: in an answer or an [`AskError`].
//! - Timers, answers and finished jobs enter through the mailbox like anything else.
//! - A turn ends after [`TURN_MESSAGES_MAX`] messages or [`TURN_TIME_MAX`].
//! - How much is noted about an actor is its [`Level`](crate::messages::inspector::Level):
//!   counters always, ages and the message in hand from `Counts` on, a flight recorder from
//!   `Recorder` on, and the queue message by message at `Full`, while somebody looks. All of
//!   it is written into atomics that a snapshot reads without a lock (`probe`).
//! - Every message carries the cause that it goes back to, and its sender (`probe::origin`).
//! - Whoever inspects an actor can hold, step, change and stop it ([`Controls`]): at the next
//!   message, and without losing or reordering any (`gate`).
//! - A panic is caught at the message border. The queue survives, the call in
//!   flight fails with [`AskError::Panicked`], and the supervisor restarts the actor.
//!
//! **Invariant:** nothing outside this folder names actix.

mod address;
mod breaks;
mod cell;
mod clock;
mod context;
mod control;
mod gate;
mod hub;
mod intervene;
mod jobs;
mod labels;
mod letter;
mod live;
mod mailbox;
mod mode;
mod port;
mod probe;
mod registry;
mod reply;
mod reserve;
mod restart;
mod stats;
mod ticks;
mod timers;
mod virtual_host;
mod wake;

pub use address::{Addr, Recipient, Refusal, TellError};
pub use cell::{TURN_MESSAGES_MAX, TURN_TIME_MAX};
pub use clock::Clock;
pub use context::{Context, JobPanicked};
pub use control::{Controls, InjectError, Injectable};
pub use jobs::JobTicket;
pub use live::{Lane, LiveHost, Spawner};
pub use port::{NextTurn, Port};
pub use probe::{current_cause, fresh_cause, with_cause};
pub use registry::{LEASE, Registry};
pub use reply::{AskError, Reply};
pub use reserve::Reserved;
pub use restart::{Decision, RestartPolicy};
pub use stats::Loss;
pub use timers::{TIMERS_MAX, TimerId, TooManyTimers};
pub use virtual_host::{Schedule, VirtualHost};

use std::{num::NonZeroUsize, sync::Arc};

use serde_json::Value;

use crate::messages::{Message, supervisor::ActorPanicked};

/// Something with a mailbox.
pub trait Actor: Sized + 'static {
    /// What it is, in a word, as the inspector shows it.
    const KIND: &'static str;

    /// Runs before the first message, and again after each restart.
    fn started(&mut self, _ctx: &mut Context<Self>) {}

    /// Runs once when the actor was told to stop; what is queued is lost and counted.
    fn stopping(&mut self) {}

    /// What an inspector may show of its state. Nothing, unless the actor says otherwise.
    fn state(&self) -> Option<Value> {
        None
    }

    /// Takes another state, in the shape that [`state`](Self::state) gives.
    ///
    /// # Errors
    /// What is wrong with it, or that this actor takes none.
    fn replace_state(&mut self, _state: Value) -> Result<(), String> {
        Err("this actor's state cannot be replaced".to_owned())
    }

    /// The types of message that a viewer may make of JSON and put into the mailbox.
    fn injectables() -> Vec<Injectable<Self>> {
        Vec::new()
    }
}

/// An actor that takes messages of type `M`.
pub trait Handler<M: Message>: Actor {
    /// Handles one message. Answer through `reply`, now or later; dropping it
    /// unanswered fails the asker with [`AskError::Unanswered`].
    fn handle(&mut self, message: M, reply: Reply<M::Reply>, ctx: &mut Context<Self>);
}

/// How to start one actor.
#[derive(Clone)]
pub struct Spec {
    /// Its unique name, as the inspector shows it.
    pub name: String,
    /// Where it runs; actors of one lane share a thread.
    pub lane: Lane,
    /// How many messages its mailbox holds, control messages aside.
    pub capacity: NonZeroUsize,
    /// Who is told of its panics; without one it restarts itself by the default policy.
    pub supervisor: Option<Recipient<ActorPanicked>>,
}

impl Spec {
    /// A spec with the default capacity of [`MAILBOX_CAPACITY`].
    #[must_use]
    pub fn new(name: impl Into<String>, lane: Lane) -> Self {
        Self {
            name: name.into(),
            lane,
            capacity: MAILBOX_CAPACITY,
            supervisor: None,
        }
    }

    /// The same with another capacity.
    #[must_use]
    pub fn capacity(mut self, capacity: NonZeroUsize) -> Self {
        self.capacity = capacity;
        self
    }

    /// The same with somebody to tell of panics.
    #[must_use]
    pub fn supervisor(mut self, supervisor: Recipient<ActorPanicked>) -> Self {
        self.supervisor = Some(supervisor);
        self
    }
}

/// What a host offers to start more actors; cheap to clone.
#[derive(Clone)]
pub struct Host(Arc<dyn HostOps>);

impl Host {
    /// Starts an actor made by `factory`, which is called again for each restart.
    pub fn start<A: Actor>(
        &self,
        spec: Spec,
        factory: impl FnMut() -> A + Send + 'static,
    ) -> Addr<A> {
        self.reserve(spec).start(factory)
    }

    /// Gives an actor an address before it is started.
    #[must_use]
    pub fn reserve<A: Actor>(&self, spec: Spec) -> Reserved<A> {
        Reserved::new(self, spec, self.0.new_wake(), true)
    }

    /// The actors that run here, for the inspector.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        self.0.registry()
    }

    /// The clock that its actors read.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.0.clock()
    }
}

/// What the kit needs of a host.
trait HostOps: Send + Sync {
    fn new_wake(&self) -> wake::Wake;
    fn adopt(&self, seed: reserve::Seed);
    fn offload(&self, job: Box<dyn FnOnce() + Send>);
    fn random_seed(&self, name: &str) -> [u8; 32];
    fn registry(&self) -> &Registry;
    fn clock(&self) -> &Arc<dyn Clock>;
    fn host_clock(&self) -> clock::HostClock;
}

/// Messages that a mailbox holds unless its [`Spec`] says otherwise.
pub const MAILBOX_CAPACITY: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");
