//! `diagnostics.*`: what a page sees of the app's actors, where they may be looked into.
//!
//! **Invariant:** every route makes a [`Look`], which changes nothing but how much is noted.

use serde_json::Value;

use super::Route;
use crate::{
    actors::router::{Args, Desk, errors},
    messages::{
        inspector::{Look, Request},
        router::{CallError, CallReply},
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("diagnostics.snapshot", |_, desk| {
        look(desk, Ok(Request::Snapshot { top: None }));
    }),
    Route::new("diagnostics.findings", |_, desk| {
        look(desk, Ok(Request::Findings {}));
    }),
    Route::new("diagnostics.actor", |args, desk| {
        let request = actor(&args).map(|actor| Request::Actor { actor, peek: false });
        look(desk, request);
    }),
    Route::new("diagnostics.lease", |args, desk| {
        let request = actor(&args).map(|actor| Request::Lease { actor: Some(actor) });
        look(desk, request);
    }),
];

fn actor(args: &Args) -> Result<String, CallError> {
    let name = args.string("actor")?;
    if name.len() > NAME_BYTES_MAX {
        return Err(args.invalid("actor", "is too long for the name of an actor"));
    }
    Ok(name)
}

fn look(desk: Desk<'_>, request: Result<Request, CallError>) {
    let Some(inspector) = desk.services.inspector.clone() else {
        let error = errors::not_inspectable(desk.command());
        return desk.answer(Err(error));
    };
    desk.ask(inspector, request.map(Look), |seen: Value| {
        CallReply::from(seen)
    });
}

/// The longest name that is looked for.
const NAME_BYTES_MAX: usize = 256;
