//! More of the scribe for looking into it, and how the tests wait for it.

use std::time::Duration;

use socket_runtime::{
    actors::kit::{Context, Controls, Handler, Host, Registry, Reply},
    messages::{Class, Message, inspector::ViewerId},
};

pub(crate) use crate::kit_support::{
    Explode, Note, SECOND, Scribe, assert_closed, block, live, report, scribe, until,
};

pub(crate) const VIEWER: ViewerId = ViewerId(7);

pub(crate) struct Urgent(pub(crate) u32);
pub(crate) struct Secret;
/// Sends itself a note after a delay.
pub(crate) struct NoteLater(pub(crate) u32, pub(crate) Duration);

impl Message for Urgent {
    type Reply = ();
    const CLASS: Class = Class::Control;
}
impl Message for Secret {
    type Reply = ();
}
impl Message for NoteLater {
    type Reply = ();
}

impl Handler<Urgent> for Scribe {
    fn handle(&mut self, message: Urgent, _: Reply<()>, _: &mut Context<Self>) {
        self.note(message.0);
    }
}
impl Handler<Secret> for Scribe {
    fn handle(&mut self, _: Secret, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<NoteLater> for Scribe {
    fn handle(&mut self, message: NoteLater, _: Reply<()>, ctx: &mut Context<Self>) {
        ctx.after(message.1, Note(message.0)).unwrap();
    }
}

pub(crate) fn controls(host: &Host, name: &str) -> Controls {
    registry(host).controls(name).unwrap()
}

pub(crate) fn registry(host: &Host) -> &Registry {
    host.registry()
}

pub(crate) async fn until_state(host: &Host, name: &str, state: &str) {
    until(|| report(host, name).state == state).await;
}

/// A number from the environment, for runs longer than the default one.
pub(crate) fn size(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}
