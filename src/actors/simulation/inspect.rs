//! Shows the actors of a simulation to whoever looks in, as those of an app are shown.
//!
//! Started by the command line on a live host, beside the threads that simulate; stopped with
//! it. It looks into the run that it was told of last, on that run's virtual clock, and
//! changes nothing there unless a viewer may and says so: such a run is no longer the same
//! each time.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::Simulation;
use crate::{
    actors::{
        inspector::Lens,
        kit::{Actor, Clock, Context, Handler, Registry, Reply},
    },
    messages::{
        Message,
        inspector::{
            AppReport, Finding, InspectError, Intervene, Look, ReadFindings, Request, Snapshot,
            TakeSnapshot,
        },
    },
};

/// Looks into the run that is watched.
pub struct SimulationInspector {
    app: AppReport,
    run: Option<Lens>,
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

    /// Looks for what is wrong. A run may be many times as fast as real time, so this is done
    /// whenever somebody looks.
    fn observe(&mut self) {
        if let Some(lens) = &mut self.run {
            lens.observe();
        }
    }

    fn snapshot(&mut self, top: Option<usize>) -> Snapshot {
        self.observe();
        match &self.run {
            Some(lens) => lens.snapshot(top),
            None => Snapshot {
                app: self.app.clone(),
                ..Snapshot::default()
            },
        }
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

/// Has the inspector let go of what nobody looks at any more.
#[derive(Clone, Copy)]
struct Lapse;

impl Message for Lapse {
    type Reply = ();
}

impl Actor for SimulationInspector {
    const KIND: &'static str = "inspector";

    fn started(&mut self, ctx: &mut Context<Self>) {
        lapse_later(ctx);
    }
}

fn lapse_later(ctx: &mut Context<SimulationInspector>) {
    ctx.after(LAPSE_EVERY, Lapse)
        .expect("this actor has one timer at most");
}

impl Handler<Lapse> for SimulationInspector {
    fn handle(&mut self, _: Lapse, _: Reply<()>, ctx: &mut Context<Self>) {
        if let Some(lens) = &self.run {
            lens.lapse();
        }
        lapse_later(ctx);
    }
}

impl Handler<LookAt> for SimulationInspector {
    fn handle(&mut self, look: LookAt, _: Reply<()>, ctx: &mut Context<Self>) {
        let lens = Lens::new(self.app.clone(), look.registry, look.clock);
        self.run = Some(lens.for_viewers(ctx.host().clock().clone()));
    }
}

impl Handler<TakeSnapshot> for SimulationInspector {
    fn handle(&mut self, _: TakeSnapshot, reply: Reply<Snapshot>, _: &mut Context<Self>) {
        reply.send(self.snapshot(None));
    }
}

impl Handler<ReadFindings> for SimulationInspector {
    fn handle(&mut self, _: ReadFindings, reply: Reply<Vec<Finding>>, _: &mut Context<Self>) {
        reply.send(self.snapshot(Some(0)).findings);
    }
}

impl Handler<Look> for SimulationInspector {
    fn handle(
        &mut self,
        look: Look,
        reply: Reply<Result<Value, InspectError>>,
        _: &mut Context<Self>,
    ) {
        match (&self.run, &look.0) {
            (_, Request::Snapshot { top }) => {
                reply.send(Ok(serde_json::json!(self.snapshot(*top))));
            }
            (Some(lens), _) => lens.look(look.0, reply),
            (None, _) => reply.send(Err(InspectError::NothingRuns)),
        }
    }
}

impl Handler<Intervene> for SimulationInspector {
    fn handle(
        &mut self,
        order: Intervene,
        reply: Reply<Result<Value, InspectError>>,
        _: &mut Context<Self>,
    ) {
        match &self.run {
            Some(lens) => lens.intervene(order, reply),
            None => reply.send(Err(InspectError::NothingRuns)),
        }
    }
}

/// How often leases are looked at.
const LAPSE_EVERY: Duration = Duration::from_secs(1);
