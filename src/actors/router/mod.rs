//! The IPC router: checks each call of a page and passes it to the actor that can do it.
//!
//! Started by the app with the addresses of the services; restarted by the supervisor
//! (it keeps no state that a page would miss). It sends one message a call and answers
//! with what comes back; when the service dies, the page gets a typed error.
//!
//! [`routes::TABLE`] is the complete list of what JavaScript may call.
//! **Invariant:** a call that is not in the table, not granted by `socket.ini`, or
//! malformed reaches no other actor.

mod args;
mod errors;
pub mod routes;

pub use args::Args;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    files::Files,
    kit::{Actor, Addr, AskError, Context, Handler, Recipient, Reply},
    network::Network,
    process::Process,
    system::System,
    windows::Windows,
};
use crate::messages::{
    Message,
    host::WindowOptions,
    inspector::Look,
    router::{CallError, CallReply, RouteCall},
    terminal::Print,
};

/// The router's state: whom to ask, and what the app may do.
pub struct Router {
    services: Services,
    app: Arc<AppFacts>,
}

/// The actors that do what pages ask for.
#[derive(Clone)]
pub struct Services {
    /// Files and folders.
    pub files: Addr<Files>,
    /// The back-end process.
    pub process: Addr<Process>,
    /// The app's peers on the network.
    pub network: Addr<Network>,
    /// Who looks into actors; absent where no page may.
    pub inspector: Option<Recipient<Look>>,
    /// Facts about the machine.
    pub system: Addr<System>,
    /// What is printed.
    pub terminal: Recipient<Print>,
    /// Windows and their events.
    pub windows: Addr<Windows>,
}

/// What the router knows of the app, from `socket.ini` and the build.
#[derive(Clone, Debug, Default)]
pub struct AppFacts {
    /// Names of refused permissions, without the `allow_`.
    pub refused: BTreeSet<String>,
    /// The flattened configuration.
    pub config: BTreeMap<String, String>,
    /// How further windows look unless the page says otherwise.
    pub window: WindowOptions,
    /// The folder of the app's files.
    pub resources: String,
    /// Version of the runtime.
    pub version: &'static str,
    /// Name of the processor, as Socket Runtime has it: `x86_64`, `arm64`.
    pub arch: &'static str,
    /// Name of the system, as Node has it: `linux`, `darwin`, `win32`.
    pub platform: &'static str,
    /// Name of the system, as Socket Runtime has it: `linux`, `mac`, `win32`.
    pub os: &'static str,
}

/// The answer to a page.
pub(super) type CallResult = Result<CallReply, CallError>;

impl Router {
    /// A router to these services, for this app.
    #[must_use]
    pub fn new(services: Services, app: Arc<AppFacts>) -> Self {
        Self { services, app }
    }

    fn check(&self, route: &routes::Route, call: &RouteCall) -> Result<(), CallError> {
        match route.permission {
            Some(name) if self.app.refused.contains(name) => {
                Err(errors::not_granted(&call.command, name))
            }
            _ => Ok(()),
        }
    }
}

impl Actor for Router {
    const KIND: &'static str = "router";

    /// What the app may not do, and how many calls there are that a page can make.
    fn state(&self) -> Option<Value> {
        let route_count: usize = routes::TABLE.iter().map(|routes| routes.len()).sum();
        Some(json!({ "refused": self.app.refused, "routes": route_count }))
    }
}

impl Handler<RouteCall> for Router {
    fn handle(&mut self, call: RouteCall, reply: Reply<CallResult>, ctx: &mut Context<Self>) {
        let Some(route) = routes::find(&call.command) else {
            return reply.send(Err(errors::unknown_command(&call.command)));
        };
        if let Err(error) = self.check(route, &call) {
            return reply.send(Err(error));
        }
        let command = route.command;
        let outcome = Args::new(call).and_then(|args| {
            let deadline = args.deadline(route.deadline)?;
            Ok((args, deadline))
        });
        match outcome {
            Ok((args, deadline)) => {
                let (services, app) = (&self.services, &*self.app);
                let desk = Desk {
                    services,
                    app,
                    command,
                    deadline,
                    reply,
                    ctx,
                };
                (route.run)(args, desk);
            }
            Err(error) => reply.send(Err(error)),
        }
    }
}

/// Where a route does its one thing: ask a service and hand the outcome to the page.
pub struct Desk<'a> {
    /// The services to choose from.
    pub services: &'a Services,
    app: &'a AppFacts,
    command: &'static str,
    deadline: Duration,
    reply: Reply<CallResult>,
    ctx: &'a mut Context<Router>,
}

impl<'a> Desk<'a> {
    /// What is known of the app.
    #[must_use]
    pub fn app(&self) -> &'a AppFacts {
        self.app
    }

    /// The command, as the table spells it.
    #[must_use]
    pub fn command(&self) -> &'static str {
        self.command
    }

    /// Prints, and answers the page that it was taken on.
    pub fn print(self, prints: Result<Vec<Print>, CallError>) {
        let outcome = prints.and_then(|prints| {
            let mut told = prints
                .into_iter()
                .map(|print| self.services.terminal.tell(print));
            match told.find_map(Result::err) {
                None => Ok(CallReply::default()),
                Some(_) => Err(errors::unanswered(self.command, &AskError::Full)),
            }
        });
        self.reply.send(outcome);
    }

    /// Asks for `message`, and answers the page with what `translate` makes of the reply.
    ///
    /// A message that could not be made answers the page with its error.
    pub fn ask<M, T, E>(
        self,
        to: Recipient<M>,
        message: Result<M, CallError>,
        translate: impl FnOnce(T) -> CallReply + Send + 'static,
    ) where
        M: Message<Reply = Result<T, E>>,
        E: Into<CallError>,
    {
        let Self {
            command,
            deadline,
            reply,
            ctx,
            ..
        } = self;
        match message {
            Err(error) => reply.send(Err(error)),
            Ok(message) => ctx.ask(&to, message, deadline, move |_, outcome, _| {
                reply.send(match outcome {
                    Ok(Ok(value)) => Ok(translate(value)),
                    Ok(Err(error)) => Err(error.into()),
                    Err(error) => Err(errors::unanswered(command, &error)),
                });
            }),
        }
    }

    /// Answers the page with what `job` makes off this thread: for what needs no service but
    /// takes too long for the lane.
    pub fn compute(self, job: impl FnOnce() -> CallResult + Send + 'static) {
        let Self {
            command,
            reply,
            ctx,
            ..
        } = self;
        ctx.offload(job, move |_, outcome, _| {
            let panicked = |_| Err(errors::unanswered(command, &AskError::Panicked));
            reply.send(outcome.unwrap_or_else(panicked));
        });
    }

    /// A random source for one call.
    pub fn random(&mut self) -> StdRng {
        StdRng::from_seed(self.ctx.random().random())
    }

    /// Answers the page at once.
    pub fn answer(self, outcome: CallResult) {
        self.reply.send(outcome);
    }
}

/// What became of a call that found no router to answer it.
#[must_use]
pub fn unrouted(command: &str, error: &AskError) -> CallError {
    errors::unanswered(command, error)
}

/// How long a page waits for an answer unless the route or the page says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(32);
/// The longest that a page may wait.
pub const DEADLINE_MAX: Duration = Duration::from_secs(600);
