//! What an inspector sees of one host, and does there: the same for an app, a peer and a
//! simulated run.
//!
//! Reading takes no lock that an actor takes, but for a peek into one mailbox. The state of
//! an actor is told by the actor itself, between two messages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::findings::Watch;
use crate::{
    actors::kit::{AskError, Clock, Controls, Registry, Reply},
    messages::inspector::{
        Action, ActorDetail, AppReport, Finding, InspectError, Intervene, QueueReport, Request,
        Snapshot, Trace,
    },
    relay::Time,
};

/// Looks into the actors of one host.
pub struct Lens {
    app: AppReport,
    registry: Registry,
    clock: Arc<dyn Clock>,
    /// By which leases run out: viewers live in real time, whatever the actors do.
    viewers_clock: Arc<dyn Clock>,
    watch: Watch,
    /// What was wrong when the watch last looked.
    findings: Vec<Finding>,
}

/// What a viewer is answered.
pub(crate) type Answer = Result<Value, InspectError>;

impl Lens {
    /// A lens on the actors in `registry`, which belong to `app` and live by `clock`.
    #[must_use]
    pub fn new(app: AppReport, registry: Registry, clock: Arc<dyn Clock>) -> Self {
        Self {
            app,
            registry,
            viewers_clock: clock.clone(),
            clock,
            watch: Watch::default(),
            findings: Vec::new(),
        }
    }

    /// The same for viewers that live by another clock.
    #[must_use]
    pub fn for_viewers(mut self, clock: Arc<dyn Clock>) -> Self {
        self.viewers_clock = clock;
        self
    }

    /// Lets go of what no viewer looks at any more.
    pub fn lapse(&self) {
        self.registry.lapse(self.viewers_clock.now());
    }

    /// Looks for what is wrong.
    pub fn observe(&mut self) {
        let now = self.clock.now();
        let (actors, _) = self.registry.busiest(OBSERVED_MAX, now);
        self.findings = self.watch.observe(now, &actors);
    }

    /// Every actor, or if there are very many the `top` busiest, and what was wrong at the
    /// last look.
    #[must_use]
    pub fn snapshot(&self, top: Option<usize>) -> Snapshot {
        let now = self.clock.now();
        let count_max = top.unwrap_or(SHOWN).min(SHOWN_MAX);
        let (actors, left_out) = self.registry.busiest(count_max, now);
        Snapshot {
            app: self.app(now),
            actors,
            left_out,
            findings: self.findings.clone(),
        }
    }

    /// What was wrong at the last look.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Answers one request.
    pub fn look(&self, request: Request, reply: Reply<Answer>) {
        let answer = match request {
            Request::Snapshot { top } => Ok(json!(self.snapshot(top))),
            Request::Actor { actor, peek } => self.detail(&actor, peek).map(|it| json!(it)),
            Request::State { actor } => return self.state(&actor, reply),
            Request::Lease { actor } => {
                let now = self.viewers_clock.now();
                self.registry.lease(actor.as_deref(), now);
                Ok(json!({ "ok": true }))
            }
            Request::DeadLetters {} => Ok(json!({ "dead_letters": self.registry.dead_letters() })),
            Request::Findings {} => Ok(json!({ "findings": self.findings })),
            Request::Trace { since_us } => Ok(json!(self.trace(since_us))),
        };
        reply.send(answer);
    }

    /// Does what a viewer wants who may.
    pub fn intervene(&self, order: Intervene, reply: Reply<Answer>) {
        let Intervene { viewer, control } = order;
        let actor = control.actor;
        let controls = match self.controls(&actor) {
            Ok(controls) => controls,
            Err(error) => return reply.send(Err(error)),
        };
        let refused = |reason: String| InspectError::Refused { actor, reason };
        let is_taken = match control.action {
            Action::Pause => controls.pause(viewer),
            Action::Resume => controls.resume(viewer),
            Action::Step(count) => controls.step(count.max(1), viewer),
            Action::Break(on) => controls.break_on(on, viewer),
            Action::ClearBreaks => controls.clear_breaks(viewer),
            Action::Restart => controls.renew(viewer),
            Action::Kill => controls.kill(viewer),
            Action::Inject { message, payload } => {
                let injected = controls.inject(&message, payload, viewer);
                let injected = injected.map_err(|error| refused(format!("says: {error}")));
                return reply.send(injected.map(|()| json!({ "ok": true })));
            }
            Action::Replace(state) => {
                let told = Reply::new(|outcome: Result<Result<(), String>, AskError>| {
                    reply.send(match outcome {
                        Ok(Ok(())) => Ok(json!({ "ok": true })),
                        Ok(Err(reason)) => Err(refused(format!("says: {reason}"))),
                        Err(error) => Err(refused(format!("does not answer: {error}"))),
                    });
                });
                return controls.replace_state(state, viewer, told);
            }
        };
        reply.send(match is_taken {
            true => Ok(json!({ "ok": true })),
            false => Err(refused("has stopped, or has too many orders".to_owned())),
        });
    }

    fn app(&self, now: Time) -> AppReport {
        AppReport {
            uptime_ms: now.as_micros() / 1000,
            ..self.app.clone()
        }
    }

    fn controls(&self, actor: &str) -> Result<Controls, InspectError> {
        let controls = self.registry.controls(actor);
        controls.ok_or_else(|| InspectError::NoActor {
            actor: actor.to_owned(),
        })
    }

    fn detail(&self, name: &str, peek: bool) -> Result<ActorDetail, InspectError> {
        let now = self.clock.now();
        let controls = self.controls(name)?;
        let queue = match peek {
            true => Some(self.named(controls.peek(QUEUED_SHOWN_MAX, now), now)),
            false => self.registry.queue(name, now).map(|mut queue| {
                queue.messages.truncate(QUEUED_SHOWN_MAX);
                queue
            }),
        };
        Ok(ActorDetail {
            actor: self.registry.report(name, now).unwrap_or_default(),
            queue,
            recorder: self.registry.recorder(name).unwrap_or_default(),
            latencies: self.registry.latencies(name).unwrap_or_default(),
            asks: self.registry.asks(name, now).unwrap_or_default(),
            injectables: controls.injectables(),
        })
    }

    /// The same with names in the place of senders' numbers, which are all that a peek reads.
    fn named(&self, mut queue: QueueReport, now: Time) -> QueueReport {
        let actors = self.registry.reports(now);
        let name = |sender: &str| {
            let number = sender.strip_prefix('#')?.parse::<u32>().ok()?;
            let found = actors.iter().find(|actor| actor.number == number);
            found.map(|actor| actor.name.clone())
        };
        for queued in &mut queue.messages {
            queued.sender = queued
                .sender
                .take()
                .map(|sender| name(&sender).unwrap_or(sender));
        }
        queue
    }

    fn state(&self, actor: &str, reply: Reply<Answer>) {
        let controls = match self.controls(actor) {
            Ok(controls) => controls,
            Err(error) => return reply.send(Err(error)),
        };
        let actor = actor.to_owned();
        controls.state(Reply::new(|outcome: Result<_, AskError>| {
            let refused = |reason: &str| InspectError::Refused {
                actor,
                reason: reason.to_owned(),
            };
            reply.send(match outcome {
                Ok(Some(state)) => Ok(json!({ "state": state })),
                Ok(None) => Err(refused("shows no state")),
                Err(error) => Err(refused(&format!("does not answer: {error}"))),
            });
        }));
    }

    fn trace(&self, since_us: u64) -> Trace {
        let now = self.clock.now();
        let since = Time::from_micros(since_us);
        Trace {
            app: self.app(now),
            now_us: now.as_micros(),
            actors: self.registry.recorders(since, TRACED_ACTORS_MAX),
        }
    }
}

/// Actors of one snapshot unless the viewer says otherwise.
const SHOWN: usize = 10_000;
/// Actors of one snapshot at most: some 30 MB of JSON.
const SHOWN_MAX: usize = 50_000;
/// Actors among which is looked for what is wrong.
const OBSERVED_MAX: usize = 100_000;
/// Queued messages of one actor that are shown.
const QUEUED_SHOWN_MAX: usize = 1024;
/// Actors whose recorders are read for one trace.
const TRACED_ACTORS_MAX: usize = 512;
