//! The inspector: takes pictures of every actor and serves them on a Unix socket.
//!
//! Started by the app on a lane of its own, so that it answers when every other lane is
//! stuck; restarted by the supervisor. It reads counters and takes no lock
//! that is on the way of a message. [`socket`] is the way in for `runtime inspect`: this user only, read only.

pub mod socket;

use super::kit::{Actor, Context, Handler, Registry, Reply};
use crate::messages::inspector::{AppReport, Snapshot, TakeSnapshot};

/// Looks into the actors of one app.
pub struct Inspector {
    registry: Registry,
    app: AppReport,
}

impl Inspector {
    /// An inspector of the actors in `registry`, which belong to `app`.
    #[must_use]
    pub fn new(registry: Registry, app: AppReport) -> Self {
        Self { registry, app }
    }
}

impl Actor for Inspector {
    const KIND: &'static str = "inspector";
}

impl Handler<TakeSnapshot> for Inspector {
    fn handle(&mut self, _: TakeSnapshot, reply: Reply<Snapshot>, ctx: &mut Context<Self>) {
        let now = ctx.now();
        let uptime_ms = now.as_micros() / 1000;
        let app = AppReport {
            uptime_ms,
            ..self.app.clone()
        };
        reply.send(Snapshot {
            app,
            actors: self.registry.reports(now),
        });
    }
}
