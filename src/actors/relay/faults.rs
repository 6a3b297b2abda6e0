//! A fault that tests plant in the relay itself. Only in builds with `faults`.

use super::Relay;
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::files::{FileError, PanicNow},
};

impl Handler<PanicNow> for Relay {
    fn handle(&mut self, _: PanicNow, _reply: Reply<Result<(), FileError>>, _: &mut Context<Self>) {
        panic!("a fault was planted");
    }
}
