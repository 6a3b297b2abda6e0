//! `fault.*`: faults that tests plant. Only in builds with the feature `faults`.

use super::Route;
use crate::{
    actors::router::{Args, Desk},
    messages::{
        files::{BlockNow, PanicNow},
        router::{CallError, CallReply},
    },
};

pub(super) const ROUTES: &[Route] = &[
    Route::new("fault.panic", panic_now),
    Route::new("fault.block", block_now),
];

fn panic_now(args: Args, desk: Desk<'_>) {
    let relay = args.string("actor").is_ok_and(|actor| actor == "relay");
    let (message, actor) = match relay {
        true => (Ok(PanicNow), desk.services.network.recipient()),
        false => (
            check_actor(&args).map(|()| PanicNow),
            desk.services.files.recipient(),
        ),
    };
    desk.ask(actor, message, |()| CallReply::default());
}

fn block_now(args: Args, desk: Desk<'_>) {
    let message = check_actor(&args).and_then(|()| {
        let ms = args.integer("ms", 0..=BLOCK_MS_MAX)?;
        Ok(BlockNow {
            ms: ms.unsigned_abs(),
        })
    });
    let files = desk.services.files.recipient();
    desk.ask(files, message, |()| CallReply::default());
}

/// But for the relays, only the files actor has faults to plant.
fn check_actor(args: &Args) -> Result<(), CallError> {
    match args.string("actor")?.as_str() {
        "files" => Ok(()),
        _ => Err(args.invalid("actor", "must be 'files'")),
    }
}

/// The longest block.
const BLOCK_MS_MAX: i64 = 60_000;
