//! The actor kit from outside: bounds, deadlines, panics, restarts and time, on both hosts.

#[path = "kit_support/mod.rs"]
mod kit_support;

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use kit_support::{Explode, Note, SECOND, Scribe, assert_closed, block, report, scribe};
use socket_runtime::{
    actors::kit::{
        Actor, AskError, Context, Handler, Host, Lane, LiveHost, Recipient, Refusal, Reply, Spec,
        VirtualHost,
    },
    messages::{Class, Message, inspector::ActorReport},
    relay::Time,
};

struct Latest(u32);
struct Trace(u32);
struct ReadNotes;
struct Never;
struct Tick(u32);

impl Message for Latest {
    type Reply = ();
    const CLASS: Class = Class::Coalesce;
}
impl Message for Trace {
    type Reply = ();
    const CLASS: Class = Class::DropOldest;
}
impl Message for ReadNotes {
    type Reply = Vec<u32>;
    const CLASS: Class = Class::Control;
}
impl Message for Never {
    type Reply = ();
}
impl Message for Tick {
    type Reply = ();
}

impl Handler<Latest> for Scribe {
    fn handle(&mut self, message: Latest, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        self.note(message.0);
    }
}
impl Handler<Trace> for Scribe {
    fn handle(&mut self, message: Trace, _reply: Reply<()>, _ctx: &mut Context<Self>) {
        self.note(message.0);
    }
}
impl Handler<ReadNotes> for Scribe {
    fn handle(&mut self, _: ReadNotes, reply: Reply<Vec<u32>>, _ctx: &mut Context<Self>) {
        reply.send(self.notes.lock().unwrap().clone());
    }
}
impl Handler<Never> for Scribe {
    fn handle(&mut self, _: Never, reply: Reply<()>, ctx: &mut Context<Self>) {
        // Kept for an hour: nobody gets an answer before.
        let _ = ctx.after(3600 * SECOND, Note(0));
        std::mem::forget(reply);
    }
}
impl Handler<Tick> for Scribe {
    fn handle(&mut self, message: Tick, _reply: Reply<()>, ctx: &mut Context<Self>) {
        self.note(message.0);
        ctx.after(SECOND, Tick(message.0 + 1)).unwrap();
    }
}

/// Runs `test` with a live host and checks at its end that no message is unaccounted for.
fn live(test: impl AsyncFnOnce(&LiveHost)) {
    kit_support::live(async |live| {
        test(live).await;
        come_to_rest(live.host()).await;
    });
}

/// Waits until every message of a host is accounted for: an answer leaves a handler a
/// moment before the message counts as handled.
async fn come_to_rest(host: &Host) {
    let is_closed = |report: &ActorReport| {
        report.sent == report.handled + report.lost + report.depth && report.current.is_none()
    };
    let rest = async {
        while !host
            .registry()
            .reports(host.clock().now())
            .iter()
            .all(is_closed)
        {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(5 * SECOND, rest).await;
    assert!(
        waited.is_ok(),
        "unaccounted: {:?}",
        host.registry().reports(host.clock().now())
    );
}

#[test]
fn an_ask_is_answered() {
    live(async |live| {
        let (addr, _) = scribe(live.host(), "s", 16);
        assert_eq!(addr.ask(Note(7), 5 * SECOND).await, Ok(7));
    });
}

#[test]
fn a_full_mailbox_gives_a_request_back_and_keeps_the_rest() {
    live(async |live| {
        let (addr, _) = scribe(live.host(), "s", 2);
        let release = block(live.host(), &addr, "s").await;
        addr.tell(Note(1)).unwrap();
        addr.tell(Note(2)).unwrap();
        let refused = addr.tell(Note(3)).unwrap_err();
        assert_eq!((refused.message.0, refused.refusal), (3, Refusal::Full));
        assert_eq!(addr.ask(Note(4), 5 * SECOND).await, Err(AskError::Full));
        drop(release);
        while addr.ask(ReadNotes, 5 * SECOND).await.unwrap() != [1, 2] {}
    });
}

#[test]
fn a_coalescing_message_replaces_the_queued_one_and_drop_oldest_keeps_the_newest() {
    live(async |live| {
        let (addr, _) = scribe(live.host(), "s", 3);
        let release = block(live.host(), &addr, "s").await;
        for number in 1..=5 {
            addr.tell(Latest(number)).unwrap();
        }
        for number in 11..=14 {
            addr.tell(Trace(number)).unwrap();
        }
        drop(release);
        while addr.ask(ReadNotes, 5 * SECOND).await.unwrap() != [5, 13, 14] {}
        let losses = report(live.host(), "s").losses;
        assert_eq!(losses.get("displaced"), Some(&6));
    });
}

#[test]
fn a_control_message_overtakes_a_full_mailbox() {
    live(async |live| {
        let (addr, _) = scribe(live.host(), "s", 1);
        let release = block(live.host(), &addr, "s").await;
        addr.tell(Note(1)).unwrap();
        let asked = addr.ask(ReadNotes, 5 * SECOND);
        drop(release);
        assert_eq!(
            asked.await,
            Ok(vec![]),
            "it came before the note that was queued first"
        );
    });
}

#[test]
fn an_ask_ends_at_its_deadline_and_an_expired_message_is_not_handled() {
    live(async |live| {
        let (addr, notes) = scribe(live.host(), "s", 16);
        let after = Duration::from_millis(20);
        assert_eq!(
            addr.ask(Never, after).await,
            Err(AskError::Deadline { after })
        );
        let release = block(live.host(), &addr, "s").await;
        assert_eq!(
            addr.ask(Note(1), after).await,
            Err(AskError::Deadline { after })
        );
        drop(release);
        assert_eq!(addr.ask(Note(2), 5 * SECOND).await, Ok(2));
        assert_eq!(*notes.lock().unwrap(), [2]);
    });
}

#[test]
fn a_panic_fails_the_call_in_flight_and_the_queue_survives_the_restart() {
    live(async |live| {
        let (addr, notes) = scribe(live.host(), "s", 1024);
        let release = block(live.host(), &addr, "s").await;
        let exploding = addr.ask(Explode, 5 * SECOND);
        for number in 1..=1000 {
            addr.tell(Note(number)).unwrap();
        }
        drop(release);
        assert_eq!(exploding.await, Err(AskError::Panicked));
        assert_eq!(addr.ask(Note(1001), 5 * SECOND).await, Ok(1001));
        assert_eq!(*notes.lock().unwrap(), (1..=1001).collect::<Vec<_>>());
        let report = report(live.host(), "s");
        assert_eq!((report.restarts, report.state.as_str()), (1, "running"));
        assert_eq!(report.last_panic.as_deref(), Some("Explode: planted"));
    });
}

#[test]
fn an_actor_that_keeps_crashing_is_stopped_and_every_later_ask_is_told_so() {
    live(async |live| {
        let (addr, _) = scribe(live.host(), "s", 64);
        for _ in 0..6 {
            assert_eq!(addr.ask(Explode, 5 * SECOND).await, Err(AskError::Panicked));
        }
        while addr.ask(Note(1), 5 * SECOND).await != Err(AskError::Stopped) {}
        assert_eq!(report(live.host(), "s").state, "stopped");
    });
}

/// Sends itself a message for as long as it lives, and counts.
struct Busy {
    turns: u64,
}
struct Spin;
struct CountAtTimer;
impl Message for Spin {
    type Reply = ();
}
impl Message for CountAtTimer {
    type Reply = u64;
}
impl Actor for Busy {
    const KIND: &'static str = "busy";
}
impl Handler<Spin> for Busy {
    fn handle(&mut self, _: Spin, _reply: Reply<()>, ctx: &mut Context<Self>) {
        self.turns += 1;
        ctx.addr().tell(Spin).unwrap();
    }
}
impl Handler<CountAtTimer> for Busy {
    fn handle(&mut self, _: CountAtTimer, reply: Reply<u64>, _ctx: &mut Context<Self>) {
        reply.send(self.turns);
    }
}

#[test]
fn an_actor_that_never_runs_dry_lets_its_neighbours_have_their_turn() {
    live(async |live| {
        let busy = live
            .host()
            .start(Spec::new("busy", Lane::Core), || Busy { turns: 0 });
        busy.tell(Spin).unwrap();
        let (neighbour, _) = scribe(live.host(), "s", 16);
        for number in 0..100 {
            assert_eq!(neighbour.ask(Note(number), 5 * SECOND).await, Ok(number));
        }
        assert!(busy.ask(CountAtTimer, 5 * SECOND).await.unwrap() > 0);
        busy.controls().stop();
        while report(live.host(), "busy").state != "stopped" {
            tokio::task::yield_now().await;
        }
    });
}

/// When each answer came, and what it was.
type Answers = Arc<Mutex<Vec<(u64, Result<u32, AskError>)>>>;

/// Asks a scribe for each tick of its timer and notes the answers.
struct Clerk {
    scribe: Recipient<Note>,
    answers: Answers,
    asked: u32,
}
struct AskAround;
impl Message for AskAround {
    type Reply = ();
}
impl Actor for Clerk {
    const KIND: &'static str = "clerk";
    fn started(&mut self, ctx: &mut Context<Self>) {
        ctx.after(Duration::from_millis(10), AskAround).unwrap();
    }
}
impl Handler<AskAround> for Clerk {
    fn handle(&mut self, _: AskAround, _reply: Reply<()>, ctx: &mut Context<Self>) {
        self.asked += 1;
        let jitter = rand::Rng::random_range(ctx.random(), 1..50);
        let scribe = self.scribe.clone();
        ctx.ask(&scribe, Note(self.asked), SECOND, |clerk, outcome, ctx| {
            clerk
                .answers
                .lock()
                .unwrap()
                .push((ctx.now().as_micros(), outcome));
        });
        if self.asked < 100 {
            ctx.after(Duration::from_millis(jitter), AskAround).unwrap();
        }
    }
}

fn run_clerk(seed: u64) -> Vec<(u64, Result<u32, AskError>)> {
    let mut host = VirtualHost::new(seed);
    let (addr, _) = scribe(host.host(), "s", 16);
    let answers = Arc::new(Mutex::new(Vec::new()));
    let shared = answers.clone();
    host.host()
        .start(Spec::new("clerk", Lane::Core), move || Clerk {
            scribe: addr.recipient(),
            answers: shared.clone(),
            asked: 0,
        });
    host.run_until(Time::ZERO + 60 * SECOND);
    for report in host.host().registry().reports(host.host().clock().now()) {
        assert_closed(&report);
    }
    answers.lock().unwrap().clone()
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let run = run_clerk(1);
    assert_eq!(run.len(), 100);
    assert!(run.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(run, run_clerk(1));
    assert_ne!(run, run_clerk(2));
}

#[test]
fn virtual_time_jumps_from_timer_to_timer() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    addr.tell(Tick(0)).unwrap();
    host.run_until(Time::ZERO + 24 * 3600 * SECOND);
    assert_eq!(notes.lock().unwrap().len(), 86_401);
}

#[test]
fn a_panic_in_virtual_time_is_survived_in_the_same_way() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    addr.tell(Note(1)).unwrap();
    addr.tell(Explode).unwrap();
    addr.tell(Note(2)).unwrap();
    host.run_until(Time::ZERO + SECOND);
    assert_eq!(*notes.lock().unwrap(), [1, 2]);
    let report = report(host.host(), "s");
    assert_eq!((report.restarts, report.lost), (1, 1));
    assert_closed(&report);
}

#[test]
fn a_job_that_panics_leaves_its_actor_alone() {
    struct Boss(mpsc::Sender<Result<u32, String>>);
    struct Work(bool);
    impl Message for Work {
        type Reply = ();
    }
    impl Actor for Boss {
        const KIND: &'static str = "boss";
    }
    impl Handler<Work> for Boss {
        fn handle(&mut self, message: Work, _reply: Reply<()>, ctx: &mut Context<Self>) {
            let job = move || if message.0 { panic!("bad job") } else { 42 };
            ctx.offload(job, |boss, outcome, _| {
                boss.0
                    .send(outcome.map_err(|panicked| panicked.text))
                    .unwrap();
            });
        }
    }
    live(async |live| {
        let (send, received) = mpsc::channel();
        let boss = live
            .host()
            .start(Spec::new("boss", Lane::Core), move || Boss(send.clone()));
        boss.tell(Work(true)).unwrap();
        assert_eq!(
            received.recv_timeout(5 * SECOND).unwrap(),
            Err("bad job".to_owned())
        );
        boss.tell(Work(false)).unwrap();
        assert_eq!(received.recv_timeout(5 * SECOND).unwrap(), Ok(42));
        assert_eq!(report(live.host(), "boss").restarts, 0);
    });
}
