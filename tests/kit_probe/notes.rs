//! Causes: what comes of a message goes back to what it goes back to.

use std::sync::{Arc, Mutex};

use socket_runtime::{
    actors::kit::{
        Actor, Context, Handler, Lane, LiveHost, Recipient, Reply, Spec, fresh_cause, with_cause,
    },
    messages::{
        Message,
        cause::CauseId,
        inspector::{EntryKind, Level},
    },
};

use crate::support::{Note, SECOND, live, registry, scribe, until};

/// Does something of each kind for each thing that it is told, and notes the causes.
struct Chain {
    next: Recipient<Note>,
    causes: Arc<Mutex<Vec<CauseId>>>,
}
struct Begin;
struct Later;
impl Message for Begin {
    type Reply = ();
}
impl Message for Later {
    type Reply = ();
}

impl Chain {
    fn note(&self, ctx: &Context<Self>) {
        self.causes.lock().unwrap().push(ctx.cause());
    }
}
impl Actor for Chain {
    const KIND: &'static str = "chain";
}
impl Handler<Begin> for Chain {
    fn handle(&mut self, _: Begin, _: Reply<()>, ctx: &mut Context<Self>) {
        self.note(ctx);
        ctx.link(CauseId::from_bytes(*b"a packet's bytes"));
        ctx.after(SECOND / 1000, Later).unwrap();
        ctx.offload(|| (), |chain, _, ctx| chain.note(ctx));
        let next = self.next.clone();
        ctx.ask(&next, Note(1), 5 * SECOND, |chain, _, ctx| chain.note(ctx));
    }
}
impl Handler<Later> for Chain {
    fn handle(&mut self, _: Later, _: Reply<()>, ctx: &mut Context<Self>) {
        self.note(ctx);
        let _ = self.next.tell(Note(2));
    }
}

/// Tells a chain to begin; gives the causes of its four steps and of the notes.
async fn run_chain(live: &LiveHost, begin: impl FnOnce(&Recipient<Begin>)) -> Vec<CauseId> {
    let host = live.host();
    registry(host).set_level_of_all(Level::Recorder);
    let (scribe, notes) = scribe(host, "s", 16);
    let causes = Arc::new(Mutex::new(Vec::new()));
    let shared = causes.clone();
    let chain = host.start(Spec::new("chain", Lane::Core), move || Chain {
        next: scribe.recipient(),
        causes: shared.clone(),
    });
    begin(&chain.recipient());
    until(|| causes.lock().unwrap().len() == 4 && notes.lock().unwrap().len() == 2).await;
    let is_noted = || {
        registry(host)
            .recorder("s")
            .is_some_and(|entries| entries.len() == 2)
    };
    until(is_noted).await;
    let mut all = causes.lock().unwrap().clone();
    let entries = registry(host).recorder("s").unwrap();
    assert!(
        entries
            .iter()
            .all(|entry| entry.sender.as_deref() == Some("chain"))
    );
    all.extend(entries.iter().map(|entry| entry.cause));
    let links = registry(host).recorder("chain").unwrap();
    let link = links
        .iter()
        .find(|entry| entry.kind == EntryKind::Link)
        .unwrap();
    assert_eq!(link.link, Some(CauseId::from_bytes(*b"a packet's bytes")));
    all.push(link.cause);
    all
}

#[test]
fn timers_jobs_questions_and_answers_inherit_the_cause() {
    live(async |live| {
        let causes = run_chain(live, |chain| chain.tell(Begin).unwrap()).await;
        assert!(!causes[0].is_none());
        assert_eq!(causes, [causes[0]; 7]);
    });
}

#[test]
fn a_cause_from_outside_is_taken_over() {
    live(async |live| {
        let cause = fresh_cause();
        let begin = |chain: &Recipient<Begin>| with_cause(cause, || chain.tell(Begin).unwrap());
        assert_eq!(run_chain(live, begin).await, [cause; 7]);
    });
}

#[test]
fn each_event_from_outside_has_a_cause_of_its_own() {
    let mut causes: Vec<_> = (0..1000).map(|_| fresh_cause()).collect();
    causes.sort();
    causes.dedup();
    assert_eq!(causes.len(), 1000);
}
