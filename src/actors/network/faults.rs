//! A fault that tests plant in the relays of an app. Only in builds with `faults`.

use super::Network;
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::files::{FileError, PanicNow},
};

impl Handler<PanicNow> for Network {
    fn handle(&mut self, _: PanicNow, reply: Reply<Result<(), FileError>>, _: &mut Context<Self>) {
        for relay in self.options.holdings.lock().relays() {
            // A relay that has stopped has nothing to lose.
            let _ = relay.tell(PanicNow);
        }
        reply.send(Ok(()));
    }
}
