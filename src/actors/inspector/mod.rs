//! The inspector: looks into every actor, says what is wrong, and serves viewers.
//!
//! Started by the app on a lane of its own, so that it answers when every other lane is
//! stuck; restarted by the supervisor.
//! - `lens` reads and changes actors; a simulation's inspector uses it, too.
//! - `findings` compares pictures of all actors and says what is wrong.
//! - `session` decides what a viewer may; it is pure.
//! - `connection` speaks the protocol over any stream of bytes.
//! - [`socket`] is the way in for `runtime inspect`: a Unix socket of this user's, with a
//!   `token` beside it. Another system's way in, such as a named pipe, would stand beside it
//!   and hand its streams to `connection`.

mod connection;
pub mod findings;
mod lens;
mod session;
pub mod socket;
mod token;

use std::time::Duration;

use serde_json::Value;

pub use self::{
    lens::Lens,
    session::{Access, Door, Session, Wanted},
    token::Token,
};

use super::kit::{Actor, Context, Handler, Registry, Reply};
use crate::messages::{
    Class, Message,
    inspector::{
        AppReport, Finding, InspectError, Intervene, Look, ReadFindings, Snapshot, TakeSnapshot,
    },
};

/// Looks into the actors of one app.
pub struct Inspector {
    registry: Registry,
    app: AppReport,
    /// Made when the actor starts, since it needs the host's clock.
    lens: Option<Lens>,
}

impl Inspector {
    /// An inspector of the actors in `registry`, which belong to `app`.
    #[must_use]
    pub fn new(registry: Registry, app: AppReport) -> Self {
        Self {
            registry,
            app,
            lens: None,
        }
    }
}

/// Has the inspector look for what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Observe;

impl Message for Observe {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

impl Actor for Inspector {
    const KIND: &'static str = "inspector";

    fn started(&mut self, ctx: &mut Context<Self>) {
        let clock = ctx.host().clock().clone();
        self.lens = Some(Lens::new(self.app.clone(), self.registry.clone(), clock));
        observe_later(ctx);
    }
}

fn observe_later(ctx: &mut Context<Inspector>) {
    ctx.after(OBSERVE_EVERY, Observe)
        .expect("this actor has one timer at most");
}

impl Handler<Observe> for Inspector {
    fn handle(&mut self, _: Observe, _: Reply<()>, ctx: &mut Context<Self>) {
        if let Some(lens) = &mut self.lens {
            lens.lapse();
            lens.observe();
        }
        observe_later(ctx);
    }
}

impl Handler<TakeSnapshot> for Inspector {
    fn handle(&mut self, _: TakeSnapshot, reply: Reply<Snapshot>, _: &mut Context<Self>) {
        if let Some(lens) = &self.lens {
            reply.send(lens.snapshot(None));
        }
    }
}

impl Handler<ReadFindings> for Inspector {
    fn handle(&mut self, _: ReadFindings, reply: Reply<Vec<Finding>>, _: &mut Context<Self>) {
        if let Some(lens) = &self.lens {
            reply.send(lens.findings().to_vec());
        }
    }
}

impl Handler<Look> for Inspector {
    fn handle(
        &mut self,
        look: Look,
        reply: Reply<Result<Value, InspectError>>,
        _: &mut Context<Self>,
    ) {
        if let Some(lens) = &self.lens {
            lens.look(look.0, reply);
        }
    }
}

impl Handler<Intervene> for Inspector {
    fn handle(
        &mut self,
        order: Intervene,
        reply: Reply<Result<Value, InspectError>>,
        _: &mut Context<Self>,
    ) {
        if let Some(lens) = &self.lens {
            lens.intervene(order, reply);
        }
    }
}

/// How often the inspector looks for what is wrong.
const OBSERVE_EVERY: Duration = Duration::from_secs(1);
