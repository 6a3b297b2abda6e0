//! Restarts crashed actors, later each time, and gives up on those that keep crashing.
//!
//! Started first by the app and never stopped; if it panics itself, the kit restarts it
//! and it brings up whichever of its children were down. It is told of every panic
//! ([`ActorPanicked`]), prints it, and orders the restart when the back-off is over. When
//! it gives up on an actor, that actor's callers get errors; if the app cannot go on
//! without it, the app ends with [`EXIT_CODE_GAVE_UP`].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::kit::{Actor, Context, Controls, Decision, Handler, Recipient, Reply, RestartPolicy};
use crate::messages::{
    host::HostOrder,
    supervisor::{ActorPanicked, RestartDue},
    terminal::{Print, Stream},
};

/// The supervisor of one app.
pub struct Supervisor {
    children: Children,
    policies: BTreeMap<String, RestartPolicy>,
    outlets: Outlets,
}

/// The supervised actors; shared with the app, which adds to them.
#[derive(Clone, Default)]
pub struct Children(Arc<Mutex<BTreeMap<String, Child>>>);

struct Child {
    controls: Controls,
    is_essential: bool,
}

/// Whom the supervisor tells; filled in once those actors run.
#[derive(Clone, Default)]
pub struct Outlets(Arc<Mutex<Connected>>);

#[derive(Default)]
struct Connected {
    terminal: Option<Recipient<Print>>,
    host: Option<Recipient<HostOrder>>,
    lost: Option<Lost>,
}

/// Is called with the name of an essential actor that is given up.
type Lost = Arc<dyn Fn(&str) + Send + Sync>;

impl Supervisor {
    /// A supervisor over `children`.
    #[must_use]
    pub fn new(children: Children, outlets: Outlets) -> Self {
        Self {
            children,
            policies: BTreeMap::new(),
            outlets,
        }
    }

    fn give_up(&self, actor: &str) {
        self.print(format!(
            "runtime: actor '{actor}' keeps crashing; it stays down\n"
        ));
        let is_essential = self.children.lock().get(actor).is_some_and(|child| {
            child.controls.stop();
            child.is_essential
        });
        if !is_essential {
            return;
        }
        let (host, lost) = {
            let outlets = self.outlets.lock();
            (outlets.host.clone(), outlets.lost.clone())
        };
        if let Some(host) = host {
            // Refused only when the host has stopped, and the app with it.
            let _ = host.tell(HostOrder::Exit(EXIT_CODE_GAVE_UP.into()));
        }
        if let Some(lost) = lost {
            lost(actor);
        }
    }

    fn print(&self, text: String) {
        if let Some(terminal) = self.outlets.lock().terminal.clone() {
            // A terminal that takes no more text must not stop restarts; it counts the loss.
            let _ = terminal.tell(Print {
                stream: Stream::Err,
                text,
            });
        }
    }
}

impl Actor for Supervisor {
    const KIND: &'static str = "supervisor";

    /// Its own restart forgot the back-offs that were running, so whoever is down comes
    /// up now; the others stay as they are.
    fn started(&mut self, _ctx: &mut Context<Self>) {
        for child in self.children.lock().values() {
            child.controls.restart();
        }
    }

    /// Whom it restarts, whether the app can go on without them, and who crashed before.
    fn state(&self) -> Option<Value> {
        let children = self.children.lock();
        let essential = children
            .iter()
            .map(|(name, child)| (name, child.is_essential));
        Some(json!({
            "essential": essential.collect::<BTreeMap<_, _>>(),
            "crashed": self.policies.keys().collect::<Vec<_>>(),
        }))
    }
}

impl Handler<ActorPanicked> for Supervisor {
    fn handle(&mut self, message: ActorPanicked, _reply: Reply<()>, ctx: &mut Context<Self>) {
        let ActorPanicked {
            actor,
            message,
            text,
        } = message;
        let policy = self.policies.entry(actor.clone()).or_default();
        let Decision::RestartAfter(delay) = policy.decide(ctx.now()) else {
            return self.give_up(&actor);
        };
        let millis = delay.as_millis();
        self.print(format!(
            "runtime: actor '{actor}' crashed on {message}: {text}; restarting in {millis} ms\n"
        ));
        if ctx
            .after(
                delay,
                RestartDue {
                    actor: actor.clone(),
                },
            )
            .is_err()
        {
            self.give_up(&actor);
        }
    }
}

impl Handler<RestartDue> for Supervisor {
    fn handle(&mut self, due: RestartDue, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        if let Some(child) = self.children.lock().get(&due.actor) {
            child.controls.restart();
        }
    }
}

impl Children {
    /// Adds an actor; the app cannot go on without an essential one.
    pub fn add(&self, controls: Controls, is_essential: bool) {
        self.lock().insert(
            controls.name().to_owned(),
            Child {
                controls,
                is_essential,
            },
        );
    }

    /// Forgets an actor that has been stopped for good.
    pub fn remove(&self, name: &str) {
        self.lock().remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Child>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outlets {
    /// Says where reports and the order to exit go: straight to the host, since the
    /// windows actor may be the one that is given up.
    pub fn connect(&self, terminal: Recipient<Print>, host: Recipient<HostOrder>) {
        *self.lock() = Connected {
            terminal: Some(terminal),
            host: Some(host),
            lost: None,
        };
    }

    /// Says where reports go where there is no host, and who ends the process then: `lost` is
    /// called, on the supervisor's thread, with the name of an essential actor that is given up.
    pub fn connect_terminal(
        &self,
        terminal: Recipient<Print>,
        lost: impl Fn(&str) + Send + Sync + 'static,
    ) {
        *self.lock() = Connected {
            terminal: Some(terminal),
            host: None,
            lost: Some(Arc::new(lost)),
        };
    }

    fn lock(&self) -> MutexGuard<'_, Connected> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Exit code of an app that lost an actor it cannot do without (`EX_SOFTWARE`, sysexits.h).
pub const EXIT_CODE_GAVE_UP: u8 = 70;
