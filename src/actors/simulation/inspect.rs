//! Shows the actors of a simulation to whoever looks in, as those of an app are shown.
//!
//! Started by the command line on a live host, beside the threads that simulate; stopped with
//! it. It reads the counters of the run that it was told of last, on that run's virtual clock,
//! and changes nothing there.

use std::sync::Arc;

use super::Simulation;
use crate::{
    actors::kit::{Actor, Clock, Context, Handler, Registry, Reply},
    messages::{
        Message,
        inspector::{AppReport, Snapshot, TakeSnapshot},
    },
};

/// Looks into the run that is watched.
pub struct SimulationInspector {
    app: AppReport,
    run: Option<LookAt>,
}

/// Has the inspector look at another run.
#[derive(Clone)]
pub struct LookAt {
    registry: Registry,
    clock: Arc<dyn Clock>,
}

impl SimulationInspector {
    /// An inspector that has nothing to look at yet.
    #[must_use]
    pub fn new(app: AppReport) -> Self {
        Self { app, run: None }
    }
}

impl LookAt {
    /// Has it look at this run.
    #[must_use]
    pub fn run(simulation: &Simulation) -> Self {
        let host = simulation.host();
        Self {
            registry: host.registry().clone(),
            clock: host.clock().clone(),
        }
    }
}

impl Message for LookAt {
    type Reply = ();
}

impl Actor for SimulationInspector {
    const KIND: &'static str = "inspector";
}

impl Handler<LookAt> for SimulationInspector {
    fn handle(&mut self, look: LookAt, _: Reply<()>, _: &mut Context<Self>) {
        self.run = Some(look);
    }
}

impl Handler<TakeSnapshot> for SimulationInspector {
    fn handle(&mut self, _: TakeSnapshot, reply: Reply<Snapshot>, _: &mut Context<Self>) {
        let mut snapshot = Snapshot {
            app: self.app.clone(),
            actors: Vec::new(),
        };
        if let Some(run) = &self.run {
            let now = run.clock.now();
            snapshot.app.uptime_ms = now.as_micros() / 1000;
            snapshot.actors = run.registry.reports(now);
        }
        reply.send(snapshot);
    }
}
