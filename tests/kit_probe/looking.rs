//! What is seen of an actor is true, while it is stuck above all.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use serde_json::Value;
use socket_runtime::{
    actors::kit::{
        Actor, Context, Handler, JobTicket, LEASE, Lane, Recipient, Reply, Spec, VirtualHost,
    },
    messages::{Message, inspector::Level},
    relay::Time,
};

use crate::support::{
    Explode, Note, SECOND, Scribe, Secret, Urgent, VIEWER, assert_closed, block, controls, live,
    registry, report, scribe, size, until,
};

#[test]
fn the_age_of_the_oldest_message_is_right_under_a_blocked_handler() {
    let blocked = Duration::from_millis(size("KIT_BLOCKED_MS", 100));
    live(async |live| {
        let host = live.host();
        let (addr, _) = scribe(host, "s", 16);
        let release = block(host, &addr, "s").await;
        let before = host.clock().now();
        addr.tell(Note(1)).unwrap();
        let after = host.clock().now();
        // Nobody ever sends: this waits without any help of the actors.
        let (_keep, never) = mpsc::channel::<()>();
        let _ = never.recv_timeout(blocked);
        addr.tell(Note(2)).unwrap();
        let now = host.clock().now();
        let report = registry(host).report("s", now).unwrap();
        let millis = |since: Time| now.since(since).as_secs_f64() * 1e3;
        let range = millis(after) - 1.0..=millis(before) + 1.0;
        assert!(
            range.contains(&report.oldest_ms),
            "{report:?} beside {range:?}"
        );
        assert!(report.current_ms >= report.oldest_ms, "{report:?}");
        assert_eq!(report.depth, 2);
        drop(release);
    });
}

#[test]
fn the_queue_of_a_stuck_actor_is_listed_as_soon_as_somebody_looks() {
    live(async |live| {
        let host = live.host();
        let (addr, notes) = scribe(host, "s", 1024);
        let release = block(host, &addr, "s").await;
        for number in 0..300 {
            addr.tell(Note(number)).unwrap();
        }
        let now = host.clock().now();
        assert_eq!(registry(host).queue("s", now), None, "nobody looks");
        registry(host).lease(Some("s"), now);
        addr.tell(Urgent(1)).unwrap();
        let queue = registry(host).queue("s", host.clock().now()).unwrap();
        assert_eq!((queue.depth, queue.messages.len()), (301, 257));
        assert_eq!(queue.messages[0].message, "Urgent");
        assert!(queue.messages[0].is_control);
        assert!(
            queue.messages[1..]
                .iter()
                .all(|message| message.message == "Note")
        );
        drop(release);
        until(|| notes.lock().unwrap().len() == 301).await;
        let queue = registry(host).queue("s", host.clock().now()).unwrap();
        assert_eq!(queue.messages, []);
        let latencies = registry(host).latencies("s").unwrap();
        let notes = latencies.iter().find(|latency| latency.message == "Note");
        assert_eq!(notes.map(|notes| notes.count), Some(300));
    });
}

#[test]
fn the_mirror_follows_a_queue_longer_than_it_is() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 1024);
    let registry = registry(host.host()).clone();
    registry.lease(Some("s"), Time::ZERO);
    let controls = registry.controls("s").unwrap();
    controls.pause(VIEWER);
    for number in 0..600 {
        if number % 2 == 0 {
            addr.tell(Note(number)).unwrap();
        } else {
            addr.tell(Secret).unwrap();
        }
    }
    for step in 0..60 {
        controls.step(10, VIEWER);
        host.run_until(Time::from_micros(step + 1));
        let queue = registry.queue("s", Time::from_micros(step + 1)).unwrap();
        assert_eq!(queue.depth, 590 - 10 * step);
        assert_eq!(queue.messages.len() as u64, queue.depth.min(256));
        let types = queue
            .messages
            .iter()
            .map(|message| message.message.as_str());
        let wanted = ["Note", "Secret"].into_iter().cycle();
        assert!(types.zip(wanted).all(|(found, wanted)| found == wanted));
    }
    assert_eq!(notes.lock().unwrap().len(), 300);
}

#[test]
fn the_recorder_tells_who_sent_what_and_what_became_of_it() {
    let mut host = VirtualHost::new(0);
    let (addr, _) = scribe(host.host(), "s", 16);
    registry(host.host()).set_level_of_all(Level::Recorder);
    addr.tell(Note(1)).unwrap();
    addr.tell(Explode).unwrap();
    host.run_until(Time::ZERO + SECOND);
    let entries = registry(host.host()).recorder("s").unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| format!("{} {:?}", entry.message, entry.kind))
        .collect();
    assert_eq!(told, ["Note Handled", "Explode Panicked"]);
    let quarantined = report(host.host(), "s").quarantined.unwrap();
    assert_eq!(quarantined.message, "Explode");
    assert_eq!(quarantined.payload, Some(serde_json::json!("boom")));
}

#[test]
fn of_many_actors_those_in_trouble_come_first_and_then_the_busy_ones() {
    let mut host = VirtualHost::new(0);
    let names: Vec<_> = (0..200).map(|index| format!("s{index:03}")).collect();
    let scribes = names.iter().map(|name| scribe(host.host(), name, 16));
    let scribes: Vec<_> = scribes.map(|(addr, _)| addr).collect();
    (0..3).for_each(|number| scribes[50].tell(Note(number)).unwrap());
    let endless = Promise::default();
    scribes[180].tell(endless.clone()).unwrap();
    host.run_until(Time::ZERO + SECOND);
    scribes[120].controls().stop();
    controls(host.host(), "s007").pause(VIEWER);
    host.run_until(Time::ZERO + 2 * SECOND);
    scribes[150].tell(Secret).unwrap();
    let (busiest, left_out) = registry(host.host()).busiest(5, Time::ZERO + 2 * SECOND);
    let names: Vec<_> = busiest.iter().map(|report| report.name.as_str()).collect();
    assert_eq!(names, ["s007", "s050", "s120", "s150", "s180"]);
    assert_eq!((left_out, busiest[4].jobs), (195, 1));
    drop(endless);
}

/// Has a job begin that ends when this is dropped.
#[derive(Clone, Default)]
struct Promise(Arc<Mutex<Option<JobTicket>>>);
impl Message for Promise {
    type Reply = ();
}
impl Handler<Promise> for Scribe {
    fn handle(&mut self, promise: Promise, _: Reply<()>, ctx: &mut Context<Self>) {
        *promise.0.lock().unwrap() = Some(ctx.job_ticket(|| "endless"));
    }
}

/// Cannot say what it is.
struct Unspeakable;
impl Message for Unspeakable {
    type Reply = ();
    fn reveal(&self) -> Option<Value> {
        panic!("planted");
    }
}
impl Handler<Unspeakable> for Scribe {
    fn handle(&mut self, _: Unspeakable, _: Reply<()>, _: &mut Context<Self>) {
        self.note(1);
    }
}

#[test]
fn a_message_that_panics_over_what_it_reveals_is_handled_all_the_same() {
    let mut host = VirtualHost::new(0);
    let (addr, notes) = scribe(host.host(), "s", 16);
    registry(host.host()).set_level("s", Level::Full);
    let controls = controls(host.host(), "s");
    controls.pause(VIEWER);
    addr.tell(Unspeakable).unwrap();
    host.run_until(Time::ZERO + SECOND);
    let peeked = controls.peek(1, Time::ZERO + SECOND);
    assert_eq!(peeked.messages[0].payload, None);
    controls.resume(VIEWER);
    host.run_until(Time::ZERO + 2 * SECOND);
    assert_eq!(*notes.lock().unwrap(), [1]);
    let report = report(host.host(), "s");
    assert_eq!((report.handled, report.restarts), (1, 0));
    assert_closed(&report);
}

#[test]
fn the_recorders_of_all_actors_are_read_at_once_from_a_time_on() {
    let mut host = VirtualHost::new(0);
    let (first, _) = scribe(host.host(), "a", 16);
    let (second, _) = scribe(host.host(), "b", 16);
    let (_idle, _) = scribe(host.host(), "c", 16);
    registry(host.host()).set_level_of_all(Level::Recorder);
    first.tell(Note(1)).unwrap();
    host.run_until(Time::ZERO + SECOND);
    first.tell(Note(2)).unwrap();
    second.tell(Secret).unwrap();
    host.run_until(Time::ZERO + 2 * SECOND);
    let noted = |since| {
        let traces = registry(host.host()).recorders(since, 16);
        let counts = traces
            .iter()
            .map(|trace| (trace.name.clone(), trace.entries.len()));
        counts.collect::<Vec<_>>()
    };
    assert_eq!(
        noted(Time::ZERO),
        [("a".to_owned(), 2), ("b".to_owned(), 1)]
    );
    assert_eq!(
        noted(Time::ZERO + SECOND),
        [("a".to_owned(), 1), ("b".to_owned(), 1)]
    );
}

#[test]
fn the_last_256_messages_are_kept() {
    let mut host = VirtualHost::new(0);
    let (addr, _) = scribe(host.host(), "s", 1024);
    registry(host.host()).set_level("s", Level::Recorder);
    (0..1000).for_each(|number| addr.tell(Note(number)).unwrap());
    host.run_until(Time::ZERO + SECOND);
    let entries = registry(host.host()).recorder("s").unwrap();
    let sequences: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, (744..1000).collect::<Vec<_>>());
}

#[test]
fn lost_messages_are_listed_with_the_reason() {
    live(async |live| {
        let host = live.host();
        let (addr, _) = scribe(host, "s", 1);
        let release = block(host, &addr, "s").await;
        addr.tell(Note(1)).unwrap();
        assert!(addr.tell(Note(2)).is_err());
        addr.controls().stop();
        drop(release);
        until(|| report(host, "s").state == "stopped").await;
        assert!(addr.tell(Secret).is_err());
        let dead = registry(host).dead_letters();
        let dead: Vec<_> = dead
            .iter()
            .map(|dead| format!("{} {}", dead.message, dead.reason))
            .collect();
        assert_eq!(dead, ["Note full", "Note stopped", "Secret stopped"]);
        assert_eq!(
            registry(host).dead_letters().len(),
            3,
            "looking takes none away"
        );
    });
}

#[test]
fn a_level_falls_when_nobody_has_looked_for_a_minute() {
    let host = VirtualHost::new(0);
    let (_addr, _) = scribe(host.host(), "s", 16);
    let registry = registry(host.host());
    let level = || registry.report("s", Time::ZERO).unwrap().level;
    registry.lease(None, Time::ZERO);
    assert_eq!(level(), Level::Full);
    let (_late, _) = scribe(host.host(), "late", 16);
    assert_eq!(
        registry.report("late", Time::ZERO).unwrap().level,
        Level::Full
    );
    registry.lapse(Time::ZERO + (LEASE - SECOND));
    assert_eq!(level(), Level::Full);
    registry.lapse(Time::ZERO + LEASE);
    assert_eq!(level(), Level::Counts);
}

/// Asks another and answers when it was answered.
struct Asker {
    other: Arc<Mutex<Option<Recipient<Question>>>>,
}
struct Question;
impl Message for Question {
    type Reply = ();
}
impl Actor for Asker {
    const KIND: &'static str = "asker";
}
impl Handler<Question> for Asker {
    fn handle(&mut self, _: Question, reply: Reply<()>, ctx: &mut Context<Self>) {
        let other = self.other.lock().unwrap().clone().unwrap();
        ctx.ask(&other, Question, 3600 * SECOND, |_, _, _| reply.send(()));
    }
}

#[test]
fn whoever_waits_for_whom_is_seen_and_over_when_it_is_answered() {
    live(async |live| {
        let host = live.host();
        let other = Arc::new(Mutex::new(None));
        let shared = other.clone();
        let spec = Spec::new("asker", Lane::Core);
        let asker = host.start(spec, move || Asker {
            other: shared.clone(),
        });
        let held = Arc::new(Mutex::new(Vec::new()));
        let keep = held.clone();
        let spec = Spec::new("keeper", Lane::Core);
        let keeper = host.start(spec, move || Keeper(keep.clone()));
        *other.lock().unwrap() = Some(keeper.recipient());
        asker.tell(Question).unwrap();
        until(|| held.lock().unwrap().len() == 1).await;
        let asks = registry(host).asks("asker", host.clock().now()).unwrap();
        assert_eq!(asks.len(), 1);
        assert_eq!(
            (asks[0].to.as_str(), asks[0].message.as_str()),
            ("keeper", "Question")
        );
        assert_eq!(report(host, "asker").asks.len(), 1);
        held.lock().unwrap().pop().unwrap().send(());
        until(|| report(host, "asker").asks.is_empty()).await;
    });
}

/// Keeps questions unanswered.
struct Keeper(Arc<Mutex<Vec<Reply<()>>>>);
impl Actor for Keeper {
    const KIND: &'static str = "keeper";
}
impl Handler<Question> for Keeper {
    fn handle(&mut self, _: Question, reply: Reply<()>, _: &mut Context<Self>) {
        self.0.lock().unwrap().push(reply);
    }
}
