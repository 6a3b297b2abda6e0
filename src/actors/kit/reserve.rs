//! An actor before it runs: with an address and a mailbox, and no cell yet.

use std::sync::Arc;

use super::{
    Actor, Addr, Context, Host, Recipient, Spec,
    cell::{Cell, Drive},
    live::Lane,
    mailbox::Mailbox,
    stats::{Identity, Stats},
    wake::Wake,
};
use crate::messages::supervisor::ActorPanicked;

/// A cell that is still to be built, on the thread where it will live.
pub(super) struct Seed {
    pub(super) lane: Lane,
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
    supervisor: Option<Recipient<ActorPanicked>>,
}

impl<A: Actor> Reserved<A> {
    pub(super) fn new(host: &Host, spec: Spec, wake: Wake, is_on_lane: bool) -> Self {
        let Spec {
            name,
            lane,
            capacity,
            supervisor,
        } = spec;
        let identity = Identity {
            name,
            kind: A::KIND,
            lane: is_on_lane.then_some(lane),
            supervisor: supervisor.as_ref().map_or(0, Recipient::number),
        };
        let stats = Stats::new(identity, host.registry().hub().clone());
        let clock = host.0.host_clock();
        let mailbox = Arc::new(Mailbox::new(capacity, stats, wake, clock));
        host.registry().add(&mailbox);
        Self {
            host: host.clone(),
            addr: Addr(mailbox),
            lane,
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
        let build = Box::new(move || self.into_cell(factory));
        host.0.adopt(Seed { lane, build });
        addr
    }

    /// The cell, on the thread where it will live.
    pub(super) fn into_cell(self, factory: impl FnMut() -> A + 'static) -> Box<dyn Drive> {
        let mailbox = self.addr.0.clone();
        let ctx = Context::new(self.addr, self.host);
        Box::new(Cell::new(Box::new(factory), ctx, mailbox, self.supervisor))
    }
}
