//! The host as the actors see it: an actor that is driven by the event loop.
//!
//! Its mailbox is drained on the main thread, through a [`Port`], so the inspector shows
//! when the main thread is stuck: what it has to do piles up here.

use std::{cell::RefCell, rc::Rc};

use crate::{
    actors::kit::{Actor, Addr, Context, Handler, Host, NextTurn, Port, Reply, Spec},
    messages::host::{HostAnswer, HostOrder, WindowError},
    ui::{HostProxy, Orders},
};

/// Hands orders to the event loop, on its own thread.
pub(super) struct HostActor {
    taken: Rc<RefCell<Orders>>,
}

/// The event loop's end.
pub(super) struct HostDesk {
    port: RefCell<Port>,
    taken: Rc<RefCell<Orders>>,
}

/// Starts the actor; its desk stays on this thread.
pub(super) fn open(host: &Host, spec: Spec, proxy: HostProxy) -> (Addr<HostActor>, HostDesk) {
    let taken = Rc::new(RefCell::new(Orders::default()));
    let for_actor = taken.clone();
    let (addr, port) = Port::open(
        host,
        spec,
        move || proxy.wake(),
        move || HostActor {
            taken: for_actor.clone(),
        },
    );
    (
        addr,
        HostDesk {
            port: RefCell::new(port),
            taken,
        },
    )
}

impl HostDesk {
    /// Runs one turn of the actor and gives what it was told to do.
    pub(super) fn take(&self) -> Orders {
        // It sets no timers, and its restarts come by the hook.
        let is_more = self.port.borrow_mut().turn() == NextTurn::Now;
        let orders = std::mem::take(&mut self.taken.borrow_mut().orders);
        Orders { orders, is_more }
    }
}

impl Actor for HostActor {
    const KIND: &'static str = "host";
}

impl Handler<HostOrder> for HostActor {
    fn handle(
        &mut self,
        order: HostOrder,
        reply: Reply<Result<HostAnswer, WindowError>>,
        _ctx: &mut Context<Self>,
    ) {
        let answer = Box::new(move |outcome| reply.send(outcome));
        self.taken.borrow_mut().orders.push((order, answer));
    }
}
