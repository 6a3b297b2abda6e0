//! An actor to look into, and how the tests of the kit wait for it.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use socket_runtime::{
    actors::kit::{Actor, Addr, Context, Handler, Host, Injectable, Lane, LiveHost, Reply, Spec},
    messages::{Message, inspector::ActorReport},
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Notes what it is told, in order.
#[derive(Default)]
pub(crate) struct Scribe {
    pub(crate) notes: Notes,
}

/// What a scribe was told; outlives it.
pub(crate) type Notes = Arc<Mutex<Vec<u32>>>;

#[derive(Deserialize)]
pub(crate) struct Note(pub(crate) u32);
pub(crate) struct Explode;
pub(crate) struct Hold(pub(crate) mpsc::Receiver<()>);

impl Message for Note {
    type Reply = u32;
    fn reveal(&self) -> Option<Value> {
        Some(json!({ "number": self.0 }))
    }
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

impl Scribe {
    pub(crate) fn note(&self, number: u32) {
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

/// Waits until something is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let so = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(20 * SECOND, so).await.unwrap();
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
