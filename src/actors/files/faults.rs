//! Faults that tests plant on the actor's own thread. Only in builds with `faults`.

use std::{thread, time::Duration};

use super::Files;
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::files::{BlockNow, FileError, PanicNow},
};

impl Handler<PanicNow> for Files {
    fn handle(&mut self, _: PanicNow, _reply: Reply<Result<(), FileError>>, _: &mut Context<Self>) {
        panic!("a fault was planted");
    }
}

impl Handler<BlockNow> for Files {
    #[expect(
        clippy::disallowed_methods,
        reason = "blocking the thread is the point"
    )]
    fn handle(
        &mut self,
        message: BlockNow,
        reply: Reply<Result<(), FileError>>,
        _: &mut Context<Self>,
    ) {
        thread::sleep(Duration::from_millis(message.ms));
        reply.send(Ok(()));
    }
}
