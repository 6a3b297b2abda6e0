//! *sent = handled + lost + queued*, whatever happens.
//!
//! `KIT_LAW_MESSAGES=10000000 cargo test --release --test kit_probe sent` is the long run.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use socket_runtime::{
    actors::kit::{Actor, Addr, Context, Handler, Host, Lane, LiveHost, Reply, Spec},
    messages::{Class, Message, supervisor::ActorPanicked},
};

use crate::support::{assert_closed, live, report, size, until};

/// Handles most, panics on some, and stops on a few.
struct Target {
    handled: Arc<AtomicU64>,
}

macro_rules! messages {
    ($($name:ident $class:ident)*) => { $(
        struct $name(Fate);
        impl Message for $name {
            type Reply = ();
            const CLASS: Class = Class::$class;
        }
        impl Handler<$name> for Target {
            fn handle(&mut self, message: $name, reply: Reply<()>, ctx: &mut Context<Self>) {
                self.meet(message.0, reply, ctx);
            }
        }
    )* };
}
messages!(Wanted Request Fickle DropNewest Trail DropOldest Newest Coalesce Firm Control);

/// What a message does to its handler.
#[derive(Clone, Copy)]
enum Fate {
    Pass,
    Panic,
    Stop,
}

impl Target {
    fn meet(&self, fate: Fate, reply: Reply<()>, ctx: &mut Context<Self>) {
        match fate {
            Fate::Pass => {}
            Fate::Panic => std::panic::panic_any(()),
            Fate::Stop => ctx.stop(),
        }
        self.handled.fetch_add(1, Ordering::Relaxed);
        reply.send(());
    }
}
impl Actor for Target {
    const KIND: &'static str = "target";
}

/// Restarts whoever panics, at once and always.
struct Nurse(Arc<Mutex<Vec<Addr<Target>>>>);
impl Actor for Nurse {
    const KIND: &'static str = "nurse";
}
impl Handler<ActorPanicked> for Nurse {
    fn handle(&mut self, panicked: ActorPanicked, _: Reply<()>, _: &mut Context<Self>) {
        let targets = self.0.lock().unwrap();
        let fallen = targets.iter().map(Addr::controls);
        let mut fallen = fallen.filter(|controls| controls.name() == panicked.actor);
        fallen.next().unwrap().restart();
    }
}

struct World {
    targets: Vec<Addr<Target>>,
    handled: Arc<AtomicU64>,
}

fn world(host: &Host) -> World {
    let handled = Arc::new(AtomicU64::new(0));
    let known = Arc::new(Mutex::new(Vec::new()));
    let shared = known.clone();
    let spec = Spec::new("nurse", Lane::Core).capacity(NonZeroUsize::new(1 << 20).unwrap());
    let nurse = host.start(spec, move || Nurse(shared.clone()));
    let start = |index| {
        let lane = if index % 2 == 0 {
            Lane::Network
        } else {
            Lane::Files
        };
        let spec = Spec::new(format!("target-{index}"), lane)
            .capacity(NonZeroUsize::new(64).unwrap())
            .supervisor(nurse.recipient());
        let handled = handled.clone();
        host.start(spec, move || Target {
            handled: handled.clone(),
        })
    };
    let targets: Vec<_> = (0..TARGETS).map(start).collect();
    known.lock().unwrap().clone_from(&targets);
    World { targets, handled }
}

/// Sends `count` messages of every class to all targets; some asks nobody waits for.
fn send_all(targets: &[Addr<Target>], count: u64, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..count {
        let target = &targets[random.random_range(0..targets.len())];
        let fate = match random.random_range(0..20_000) {
            0..20 => Fate::Panic,
            20 if count > 1_000_000 => Fate::Pass,
            20 => Fate::Stop,
            _ => Fate::Pass,
        };
        let _ = match random.random_range(0..8) {
            0 => target.tell(Fickle(fate)).is_ok(),
            1 => target.tell(Trail(fate)).is_ok(),
            2 => target.tell(Newest(fate)).is_ok(),
            3 => target.tell(Firm(fate)).is_ok(),
            4 => {
                // An ask that nobody awaits, and that runs out at once.
                drop(target.ask(Wanted(fate), Duration::from_micros(1)));
                true
            }
            _ => target.tell(Wanted(fate)).is_ok(),
        };
    }
}

fn run(live: &LiveHost, messages: u64) -> World {
    let world = world(live.host());
    let threads: Vec<_> = (0..SENDERS)
        .map(|seed| {
            let targets = world.targets.clone();
            thread::spawn(move || send_all(&targets, messages / SENDERS, seed))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // Some of those that still run are stopped with what they have queued.
    for target in world.targets.iter().step_by(3) {
        target.controls().stop();
    }
    world
}

#[test]
fn all_that_was_sent_is_handled_lost_or_queued() {
    let messages = size("KIT_LAW_MESSAGES", 100_000);
    silence_planted_panics();
    live(async |live| {
        let world = run(live, messages);
        let host = live.host();
        let names: Vec<_> = (0..TARGETS)
            .map(|index| format!("target-{index}"))
            .collect();
        let at_rest = |name: &String| {
            let report = report(host, name);
            let is_done = report.depth == 0 || report.state == "stopped";
            is_done
                && report.current.is_none()
                && report.sent == report.handled + report.lost + report.depth
        };
        until(|| names.iter().all(at_rest)).await;
        let mut late = 0;
        for target in world.targets.iter().step_by(3) {
            until(|| report(host, target.controls().name()).state == "stopped").await;
            assert!(target.tell(Wanted(Fate::Pass)).is_err());
            late += 1;
        }
        let reports: Vec<_> = names.iter().map(|name| report(host, name)).collect();
        reports.iter().for_each(assert_closed);
        let sum = |of: fn(&socket_runtime::messages::inspector::ActorReport) -> u64| {
            reports.iter().map(of).sum::<u64>()
        };
        let sent = messages / SENDERS * SENDERS + late;
        assert_eq!(sum(|report| report.sent), sent);
        assert_eq!(
            sum(|report| report.handled),
            world.handled.load(Ordering::Relaxed)
        );
        for reason in ["full", "displaced", "expired", "panicked", "stopped"] {
            let lost = reports
                .iter()
                .filter_map(|report| report.losses.get(reason));
            assert!(lost.sum::<u64>() > 0, "nothing was {reason}: {reports:?}");
        }
    });
}

/// Thousands of planted panics would bury the output of other tests.
fn silence_planted_panics() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.payload().is::<()>() {
            hook(info);
        }
    }));
}

const TARGETS: usize = 12;
const SENDERS: u64 = 4;
