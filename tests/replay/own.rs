//! An actor of a test's own that does all that a recording must keep: it asks, works off the
//! thread, sets timers and takes them back, draws at random, refuses, and crashes.

use std::{path::Path, time::Duration};

use rand::Rng as _;
use serde::{Deserialize, Serialize};
use socket_runtime::{
    actors::kit::{
        Actor, Addr, AskError, Context, Frame, Handler, Lane, LiveHost, Outlets, Readable,
        Recipient, Recordable, RecordedActor, Recording, RecordingFile, Reply, Spec, Summary,
        TimerId, hash_of_shown, player,
    },
    messages::{Message, record},
};

macro_rules! message {
    ($name:ident, $reply:ty) => {
        impl Message for $name {
            type Reply = $reply;

            fn encoded(&self) -> Option<Vec<u8>> {
                Some(record::encode(self))
            }

            fn encoded_reply(reply: &$reply) -> Option<Vec<u8>> {
                Some(record::encode(reply))
            }

            fn decoded_reply(bytes: &[u8]) -> Result<$reply, String> {
                record::decode(bytes)
            }
        }
    };
}

/// Does a bit of everything with a number.
#[derive(Serialize, Deserialize)]
struct Work(u64);
message!(Work, u64);

/// Doubles a number, after a while.
#[derive(Serialize, Deserialize)]
struct Double(u64);
message!(Double, u64);

/// A timer's.
#[derive(Serialize, Deserialize)]
struct Tick;
message!(Tick, ());

/// Panics with more to say than a frame of a recording can hold.
#[derive(Serialize, Deserialize)]
struct Scream;
message!(Scream, ());

struct Worker {
    doubler: Recipient<Double>,
    seen: Vec<u64>,
    timer: Option<TimerId>,
}

impl Actor for Worker {
    const KIND: &'static str = "worker";

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.seen.push(ctx.random().random());
        self.seen.push(ctx.now_with_date().unix_ms);
    }
}

impl Recordable for Worker {
    type Setup = ();

    fn setup(&self) -> Option<()> {
        Some(())
    }

    fn revive((): (), outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let doubler = outlets.recipient();
        Box::new(move || worker(doubler.clone()))
    }

    fn state_hash(&self) -> u64 {
        hash_of_shown(&self.seen)
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![
            Readable::of::<Work>(),
            Readable::of::<Tick>(),
            Readable::of::<Scream>(),
        ]
    }
}

fn worker(doubler: Recipient<Double>) -> Worker {
    Worker {
        doubler,
        seen: Vec::new(),
        timer: None,
    }
}

impl Handler<Work> for Worker {
    fn handle(&mut self, Work(number): Work, reply: Reply<u64>, ctx: &mut Context<Self>) {
        assert!(number % 50 != 49, "{number} is too much");
        self.seen.push(ctx.now().as_micros());
        if let Some(timer) = self.timer.take() {
            self.seen.push(ctx.cancel(timer).into());
        }
        let delay = Duration::from_micros(ctx.random().random_range(0..300));
        self.timer = ctx.after(delay, Tick).ok();
        let doubler = self.doubler.clone();
        // Sometimes there is no time for an answer.
        let patience = Duration::from_micros(if number % 7 == 0 { 1 } else { 10_000_000 });
        ctx.ask(
            &doubler,
            Double(number),
            patience,
            |worker, doubled, ctx| {
                worker.seen.push(doubled.unwrap_or(u64::MAX));
                worker.seen.push(ctx.now().as_micros());
            },
        );
        ctx.offload_recorded(
            move || {
                assert!(number % 11 != 0, "a job has no luck");
                rand::random::<u64>()
            },
            move |worker, drawn, _| {
                worker.seen.push(drawn.unwrap_or_default());
                reply.send(number);
            },
        );
    }
}

impl Handler<Tick> for Worker {
    fn handle(&mut self, _: Tick, _: Reply<()>, ctx: &mut Context<Self>) {
        self.seen.push(ctx.now().as_micros());
    }
}

impl Handler<Scream> for Worker {
    fn handle(&mut self, _: Scream, _: Reply<()>, _: &mut Context<Self>) {
        // Past the hook, which would print it.
        std::panic::resume_unwind(Box::new("a".repeat(FRAME_BYTES)));
    }
}

struct Doubler;

impl Actor for Doubler {
    const KIND: &'static str = "doubler";
}

impl Handler<Double> for Doubler {
    fn handle(&mut self, Double(number): Double, reply: Reply<u64>, _: &mut Context<Self>) {
        reply.send(2 * number);
    }
}

/// Records a worker on a live host while it does what `work` wants.
fn record(file: &Path, work: impl AsyncFnOnce(&Addr<Worker>)) -> Summary {
    let live = LiveHost::start().unwrap();
    let recording = Recording::create(file, "a test", 0).unwrap();
    live.host().registry().record(recording.clone());
    let doubler = live
        .host()
        .start(Spec::new("doubler", Lane::Files), || Doubler);
    let doubler = doubler.recipient();
    let spec = Spec::new("worker", Lane::Core);
    let addr = live.host().start(spec, move || worker(doubler.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work(&addr));
    addr.controls().stop();
    live.stop();
    recording.finish()
}

#[test]
fn asks_jobs_timers_and_crashes_of_a_live_actor_happen_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.rec");
    let mut failed = 0;
    let summary = record(&path, async |addr| {
        for number in 0..120 {
            failed += usize::from(addr.ask(Work(number), PATIENCE).await.is_err());
        }
    });
    assert_eq!((summary.lost, summary.too_long, failed), (0, 0, 2));
    let file = RecordingFile::open(&path).unwrap();
    let birth = file.actors().values().find(|birth| birth.kind == "worker");
    let mut player = player::<Worker>(birth.unwrap()).unwrap();
    let mut lives = 0;
    let mut is_ended = false;
    for step in file.steps() {
        let (frame, done) = file.read(step).unwrap();
        match frame {
            Frame::Birth(birth) if birth.kind == "worker" => {
                player.begin(&birth).unwrap();
                lives += 1;
            }
            Frame::Taken(taken) => {
                let played = player.play(&taken, done.as_ref());
                played.unwrap_or_else(|error| panic!("step {}: {error}", taken.number));
            }
            Frame::Ended(ended) => {
                assert_eq!(player.state_hash(), Some(ended.state));
                is_ended = true;
            }
            _ => {}
        }
    }
    assert_eq!((lives, is_ended), (3, true), "it crashed twice");
}

#[test]
fn what_came_of_a_message_is_counted_and_named_if_it_is_too_long_to_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.rec");
    let summary = record(&path, async |addr| {
        assert_eq!(addr.ask(Work(1), PATIENCE).await, Ok(1));
        let screamed = addr.ask(Scream, PATIENCE).await;
        assert_eq!(screamed, Err(AskError::Panicked));
        assert_eq!(addr.ask(Work(2), PATIENCE).await, Ok(2));
    });
    assert_eq!((summary.lost, summary.too_long), (0, 1));
    let said = summary.to_string();
    assert!(said.contains("1 frames were too long"), "{said}");
    let file = RecordingFile::open(&path).unwrap();
    assert_eq!(file.gap(), None, "nothing is missing but what is named");
    let mut reasons = Vec::new();
    for step in file.steps() {
        match file.read(step).unwrap() {
            (Frame::Unreplayable(last), _) => reasons.push(last.reason),
            (Frame::Taken(taken), None) => panic!("it looks as if it hung: {taken:?}"),
            _ => {}
        }
    }
    let [reason] = &reasons[..] else {
        panic!("{reasons:?}");
    };
    assert!(reason.contains("too long to be kept"), "{reason}");
}

const PATIENCE: Duration = Duration::from_secs(20);
/// The longest frame of a recording.
const FRAME_BYTES: usize = 1 << 26;
