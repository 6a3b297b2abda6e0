//! The kit's side of the comparison.

use std::sync::mpsc;

use socket_runtime::{
    actors::kit::{Actor, Addr, Context, Handler, Lane, LiveHost, Reply, Spec},
    messages::{Message, inspector::Level},
};

use crate::measure::{BATCH, Done, Pattern, core_time, measure};

/// Passes a message on until it has gone far enough.
struct Passer {
    next: Addr<Passer>,
}
struct Hop(u64, Done);

impl Message for Hop {
    type Reply = ();
}

impl Actor for Passer {
    const KIND: &'static str = "passer";
}

impl Handler<Hop> for Passer {
    fn handle(&mut self, hop: Hop, _: Reply<()>, _: &mut Context<Self>) {
        let Hop(left, done) = hop;
        if left == 0 {
            let _ = done.send(());
        } else {
            self.next.tell(Hop(left - 1, done)).expect("it has room");
        }
    }
}

/// Counts what it is told.
struct Counter(u64);
struct Count(Option<tokio::sync::oneshot::Sender<u64>>);

impl Message for Count {
    type Reply = ();
}

impl Actor for Counter {
    const KIND: &'static str = "counter";
}

impl Handler<Count> for Counter {
    fn handle(&mut self, count: Count, _: Reply<()>, _: &mut Context<Self>) {
        self.0 += 1;
        if let Some(done) = count.0 {
            let _ = done.send(self.0);
        }
    }
}

/// The first argument of a run of one pattern at one level in a process of its own.
pub(crate) const ALONE: &str = "alone";

/// Runs `alone PATTERN MESSAGES` with nothing noted, and prints nanoseconds a message.
pub(crate) fn run_alone(arguments: &[String]) {
    let [_, pattern, messages] = arguments else {
        return eprintln!("say: {ALONE} PATTERN MESSAGES");
    };
    let mut patterns = Pattern::ON_ONE_THREAD.into_iter();
    let pattern = patterns.find(|known| known.name() == pattern);
    let pattern = pattern.expect("it is one of three");
    let messages = messages.parse().expect("it is a number");
    let live = LiveHost::start().expect("threads can be started");
    // The first messages warm caches and allocators up.
    run(&live, Level::Off, pattern, messages / 5);
    let figure = measure(messages, |messages| {
        run(&live, Level::Off, pattern, messages)
    });
    println!("{figure}");
    live.stop();
}

/// Has `messages` go the way of `pattern`.
pub(crate) fn run(live: &LiveHost, level: Level, pattern: Pattern, messages: u64) {
    live.host().registry().set_level_of_all(level);
    match pattern {
        Pattern::Counting => count(live, messages),
        Pattern::Across => count_across(live, messages),
        _ => pass(live, pattern.members(), messages),
    }
}

fn pass(live: &LiveHost, count: usize, messages: u64) {
    let name = |index| Spec::new(format!("passer-{index}"), Lane::Core);
    let reserved: Vec<_> = (0..count)
        .map(|index| live.host().reserve(name(index)))
        .collect();
    let addrs: Vec<_> = reserved
        .iter()
        .map(|reserved| reserved.addr().clone())
        .collect();
    for (index, reserved) in reserved.into_iter().enumerate() {
        let next = addrs[(index + 1) % count].clone();
        reserved.start(move || Passer { next: next.clone() });
    }
    let (done, finished) = mpsc::channel();
    addrs[0].tell(Hop(messages, done)).expect("it has room");
    let _ = finished.recv();
    for addr in &addrs {
        addr.controls().stop();
    }
}

fn count(live: &LiveHost, messages: u64) {
    let counter = live
        .host()
        .start(Spec::new("counter", Lane::Core), || Counter(0));
    let (done, finished) = mpsc::channel();
    let addr = counter.clone();
    live.spawn(Lane::Core, async move {
        for _ in 0..messages / BATCH {
            for _ in 1..BATCH {
                addr.tell(Count(None)).expect("it has room for a batch");
            }
            let (done, finished) = tokio::sync::oneshot::channel();
            addr.tell(Count(Some(done)))
                .expect("it has room for a batch");
            let _ = finished.await;
        }
        let _ = done.send(());
    });
    let _ = finished.recv();
    counter.controls().stop();
}

/// The same, but this thread sends.
fn count_across(live: &LiveHost, messages: u64) {
    let counter = live
        .host()
        .start(Spec::new("counter", Lane::Core), || Counter(0));
    for _ in 0..messages / BATCH {
        for _ in 1..BATCH {
            counter.tell(Count(None)).expect("it has room for a batch");
        }
        let (done, finished) = tokio::sync::oneshot::channel();
        counter
            .tell(Count(Some(done)))
            .expect("it has room for a batch");
        let _ = finished.blocking_recv();
    }
    counter.controls().stop();
}

/// How many microseconds of core time each of some snapshots of two hundred actors takes.
pub(crate) fn snapshots(live: &LiveHost) -> Vec<f64> {
    live.host().registry().set_level_of_all(Level::Recorder);
    let start = |index| {
        let spec = Spec::new(format!("counter-{index}"), Lane::Core);
        live.host().start(spec, || Counter(0))
    };
    let counters: Vec<_> = (0..200).map(start).collect();
    for counter in &counters {
        counter.tell(Count(None)).expect("it has room");
    }
    let take = |_| {
        let began = core_time();
        let reports = live.host().registry().reports(live.host().clock().now());
        let taken = core_time() - began;
        assert!(reports.len() >= 200);
        taken.as_nanos() as f64 / 1e3
    };
    let taken = (0..100).map(take).collect();
    for counter in &counters {
        counter.controls().stop();
    }
    taken
}
