//! Carries the user's wishes to the app and its news to the model.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::model::{Model, Panel, StateView};
use crate::{
    cli::{
        CliError,
        inspect::{
            breakpoint,
            client::{Client, Trouble},
        },
    },
    messages::inspector::{Action, ActorDetail, Request, Snapshot},
};

/// The session with the app; opened anew when it breaks.
pub(super) struct Link {
    socket: PathBuf,
    client: Option<Client>,
    has_control: bool,
    /// How many actors are wanted at most.
    top: Option<usize>,
    /// Refreshes since the lease was renewed.
    unleased_count: u32,
}

impl Link {
    pub(super) fn open(socket: &Path, top: Option<usize>) -> Result<Self, CliError> {
        let client = Client::open(socket, "tui", true)?;
        Ok(Self {
            socket: socket.to_owned(),
            has_control: client.has_control,
            top,
            client: Some(client),
            unleased_count: u32::MAX,
        })
    }

    /// Whether anything may be changed.
    pub(super) fn has_control(&self) -> bool {
        self.has_control
    }

    /// Brings the model up to date.
    pub(super) fn refresh(&mut self, model: &mut Model) {
        if self.try_refresh(model).is_err() {
            model.is_silent = true;
            self.client = None;
        }
    }

    /// Has something done to the selected actor, and tells the model how it went.
    pub(super) fn order(&mut self, model: &mut Model, action: Action) {
        let Some(actor) = model.selected.clone() else {
            return;
        };
        let said = words(&actor, &action);
        let outcome = self
            .client()
            .and_then(|client| client.order(&actor, action.clone()));
        match outcome {
            Ok(()) => {
                let breaks = model.breaks.entry(actor).or_default();
                match action {
                    Action::Break(on) => breaks.push(on),
                    Action::ClearBreaks => breaks.clear(),
                    _ => {}
                }
                model.tell(said, false);
            }
            Err(trouble) => model.tell(trouble.to_string(), true),
        }
    }

    fn client(&mut self) -> Result<&mut Client, Trouble> {
        if self.client.is_none() {
            self.client = Some(Client::open(&self.socket, "tui", true)?);
        }
        Ok(self.client.as_mut().expect("it was opened above"))
    }

    fn try_refresh(&mut self, model: &mut Model) -> Result<(), Trouble> {
        self.renew_lease()?;
        let top = self.top;
        let client = self.client()?;
        let snapshot: Snapshot = client.ask(&Request::Snapshot { top })?;
        model.show(snapshot);
        if let Some(name) = model.selected.clone() {
            let is_held = model
                .actor()
                .is_some_and(|actor| actor.state == "paused" || actor.state.starts_with("broke"));
            let request = Request::Actor {
                actor: name.clone(),
                // What a held actor's messages reveal can be read at leisure.
                peek: is_held,
            };
            model.detail = soften(client.ask::<ActorDetail>(&request))?.ok();
            if model.panel == Panel::State {
                let told = read_state(client, model, &name)?;
                model.state = Some(told);
            }
        }
        if model.panel == Panel::DeadLetters {
            let mut answer: Value = client.ask(&Request::DeadLetters {})?;
            let letters = serde_json::from_value(answer["dead_letters"].take());
            model.dead_letters = letters.unwrap_or_default();
        }
        Ok(())
    }

    /// Keeps everything noted that there is to note.
    fn renew_lease(&mut self) -> Result<(), Trouble> {
        self.unleased_count = self.unleased_count.saturating_add(1);
        if self.unleased_count < LEASE_EVERY {
            return Ok(());
        }
        self.unleased_count = 0;
        let lease = self.client()?.ask::<Value>(&Request::Lease { actor: None });
        soften(lease).map(|_| ())
    }
}

/// Reads the state of an actor that can tell it: one between two messages.
fn read_state(client: &mut Client, model: &Model, name: &str) -> Result<StateView, Trouble> {
    if let Some(actor) = model.actor().filter(|actor| actor.current_ms > BUSY_MS) {
        let message = actor.current.as_deref().unwrap_or("a message");
        let text = format!("it is busy with {message} and tells its state after that");
        return Ok(StateView::None(text));
    }
    let request = Request::State {
        actor: name.to_owned(),
    };
    let now = match soften(client.ask::<Value>(&request))? {
        Ok(mut answer) => answer["state"].take(),
        Err(text) => return Ok(StateView::None(text)),
    };
    let before = match &model.state {
        Some(StateView::Told { before, .. }) => before.clone(),
        _ => now.clone(),
    };
    Ok(StateView::Told { now, before })
}

/// Tells what the app refused from its silence.
fn soften<T>(outcome: Result<T, Trouble>) -> Result<Result<T, String>, Trouble> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Trouble::Refused(text)) => Ok(Err(text)),
        Err(trouble) => Err(trouble),
    }
}

fn words(actor: &str, action: &Action) -> String {
    match action {
        Action::Pause => format!("{actor} is held before its next message"),
        Action::Resume => format!("{actor} goes on"),
        Action::Step(1) => format!("{actor} handles one message"),
        Action::Step(count) => format!("{actor} handles {count} messages"),
        Action::Break(on) => format!("{actor} breaks on {}", breakpoint::words(on)),
        Action::ClearBreaks => format!("{actor} has no breakpoints any more"),
        Action::Inject { message, .. } => format!("{actor} was sent {message}"),
        Action::Replace(_) => format!("{actor} has another state"),
        Action::Restart => format!("{actor} is made anew"),
        Action::Kill => format!("{actor} is told to stop"),
    }
}

/// A refresh takes a second, a lease lasts sixty; also if a refresh takes two.
const LEASE_EVERY: u32 = 20;
/// Who handles one message for longer than this is not asked for its state.
const BUSY_MS: f64 = 300.0;
