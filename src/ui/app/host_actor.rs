//! The host as the actors see it: an actor that hands orders to the main thread.
//!
//! Started by the app. It holds [`ORDERS_MAX`] orders at most that the main thread has not
//! answered; the rest waits in its mailbox, where the inspector shows how long.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    actors::kit::{Actor, AskError, Context, Handler, Reply},
    messages::host::{HostAnswer, HostOrder, WindowError},
    ui::HostProxy,
};

/// Hands orders to the event loop of the main thread.
pub(super) struct HostActor {
    proxy: HostProxy,
    pending: Arc<AtomicUsize>,
}

impl HostActor {
    pub(super) fn new(proxy: HostProxy) -> Self {
        Self {
            proxy,
            pending: Arc::default(),
        }
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
        if self.pending.fetch_add(1, Ordering::Relaxed) >= ORDERS_MAX {
            self.pending.fetch_sub(1, Ordering::Relaxed);
            return reply.fail(AskError::Full);
        }
        let pending = self.pending.clone();
        self.proxy.order(
            order,
            Box::new(move |outcome| {
                pending.fetch_sub(1, Ordering::Relaxed);
                reply.send(outcome);
            }),
        );
    }
}

/// Orders that the main thread may have before it.
const ORDERS_MAX: usize = 1024;
