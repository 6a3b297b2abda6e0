//! An actor to look into, and how the tests wait for it.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use socket_runtime::{
    actors::kit::{
        Actor, Addr, Context, Controls, Handler, Host, Injectable, Lane, LiveHost, Registry, Reply,
        Spec,
    },
    messages::{
        Class, Message,
        inspector::{ActorReport, ViewerId},
    },
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const VIEWER: ViewerId = ViewerId(7);

/// Notes what it is told, in order.
#[derive(Default)]
pub(crate) struct Scribe {
    pub(crate) notes: Notes,
}

/// What a scribe was told; outlives it.
pub(crate) type Notes = Arc<Mutex<Vec<u32>>>;

#[derive(Deserialize)]
pub(crate) struct Note(pub(crate) u32);
pub(crate) struct Urgent(pub(crate) u32);
pub(crate) struct Secret;
pub(crate) struct Explode;
pub(crate) struct Hold(pub(crate) mpsc::Receiver<()>);
/// Sends itself a note after a delay.
pub(crate) struct NoteLater(pub(crate) u32, pub(crate) Duration);

impl Message for Note {
    type Reply = u32;
    fn reveal(&self) -> Option<Value> {
        Some(json!({ "number": self.0 }))
    }
}
impl Message for Urgent {
    type Reply = ();
    const CLASS: Class = Class::Control;
}
impl Message for Secret {
    type Reply = ();
}
impl Message for Explode {
    type Reply = ();
    fn reveal(&self) -> Option<Value> {
        Some(json!("boom"))
    }
}
impl Message for Hold {
    type Reply = ();
}
impl Message for NoteLater {
    type Reply = ();
}

impl Scribe {
    fn note(&self, number: u32) {
        self.notes.lock().unwrap().push(number);
    }
}

impl Actor for Scribe {
    const KIND: &'static str = "scribe";

    fn state(&self) -> Option<Value> {
        Some(json!(*self.notes.lock().unwrap()))
    }

    fn replace_state(&mut self, state: Value) -> Result<(), String> {
        let notes = serde_json::from_value(state).map_err(|error| error.to_string())?;
        *self.notes.lock().unwrap() = notes;
        Ok(())
    }

    fn injectables() -> Vec<Injectable<Self>> {
        vec![Injectable::of::<Note>()]
    }
}
impl Handler<Note> for Scribe {
    fn handle(&mut self, message: Note, reply: Reply<u32>, _: &mut Context<Self>) {
        self.note(message.0);
        reply.send(message.0);
    }
}
impl Handler<Urgent> for Scribe {
    fn handle(&mut self, message: Urgent, _: Reply<()>, _: &mut Context<Self>) {
        self.note(message.0);
    }
}
impl Handler<Secret> for Scribe {
    fn handle(&mut self, _: Secret, _: Reply<()>, _: &mut Context<Self>) {}
}
impl Handler<Explode> for Scribe {
    fn handle(&mut self, _: Explode, _: Reply<()>, _: &mut Context<Self>) {
        panic!("planted");
    }
}
impl Handler<Hold> for Scribe {
    fn handle(&mut self, message: Hold, reply: Reply<()>, _: &mut Context<Self>) {
        let _ = message.0.recv();
        reply.send(());
    }
}
impl Handler<NoteLater> for Scribe {
    fn handle(&mut self, message: NoteLater, _: Reply<()>, ctx: &mut Context<Self>) {
        ctx.after(message.1, Note(message.0)).unwrap();
    }
}

pub(crate) fn scribe(host: &Host, name: &str, capacity: usize) -> (Addr<Scribe>, Notes) {
    let notes = Notes::default();
    let shared = notes.clone();
    let spec = Spec::new(name, Lane::Core).capacity(NonZeroUsize::new(capacity).unwrap());
    let made = move || Scribe {
        notes: shared.clone(),
    };
    (host.start(spec, made), notes)
}

/// Runs `test` with a live host.
pub(crate) fn live(test: impl AsyncFnOnce(&LiveHost)) {
    let host = LiveHost::start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test(&host));
    host.stop();
}

pub(crate) fn report(host: &Host, name: &str) -> ActorReport {
    let now = host.clock().now();
    host.registry().report(name, now).unwrap()
}

pub(crate) fn controls(host: &Host, name: &str) -> Controls {
    registry(host).controls(name).unwrap()
}

pub(crate) fn registry(host: &Host) -> &Registry {
    host.registry()
}

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let so = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(20 * SECOND, so).await.unwrap();
}

pub(crate) async fn until_state(host: &Host, name: &str, state: &str) {
    until(|| report(host, name).state == state).await;
}

/// Blocks the actor until the returned sender is dropped, and waits until it is blocked.
pub(crate) async fn block(host: &Host, addr: &Addr<Scribe>, name: &str) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel();
    addr.tell(Hold(held)).unwrap();
    until(|| report(host, name).current.as_deref() == Some("Hold")).await;
    release
}

#[track_caller]
pub(crate) fn assert_closed(report: &ActorReport) {
    let accounted = report.handled + report.lost + report.depth;
    let lost: u64 = report.losses.values().sum();
    assert_eq!(
        report.sent, accounted,
        "sent = handled + lost + queued: {report:?}"
    );
    assert_eq!(
        report.lost, lost,
        "lost is the sum of the reasons: {report:?}"
    );
}

/// A number from the environment, for runs longer than the default one.
pub(crate) fn size(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}
