//! An actor that never runs dry leaves its neighbours their time.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};
use socket_runtime::{
    actors::kit::{Actor, Context, Handler, Lane, Reply, Spec},
    messages::Message,
};

use crate::support::{live, report, scribe, until, until_state};

/// Sends itself a message for as long as it lives.
struct Busy;
struct Spin;
impl Message for Spin {
    type Reply = ();
}
impl Actor for Busy {
    const KIND: &'static str = "busy";
}
impl Handler<Spin> for Busy {
    fn handle(&mut self, _: Spin, _: Reply<()>, ctx: &mut Context<Self>) {
        ctx.addr().tell(Spin).unwrap();
    }
}

/// Notes how long its timer takes, again and again.
struct Ticker {
    began: Duration,
    taken: Arc<Mutex<Vec<Duration>>>,
}
struct Tick;
impl Message for Tick {
    type Reply = ();
}
impl Actor for Ticker {
    const KIND: &'static str = "ticker";
    fn started(&mut self, ctx: &mut Context<Self>) {
        self.arm(ctx);
    }
}
impl Handler<Tick> for Ticker {
    fn handle(&mut self, _: Tick, _: Reply<()>, ctx: &mut Context<Self>) {
        self.taken.lock().unwrap().push(core_time() - self.began);
        self.arm(ctx);
    }
}
impl Ticker {
    fn arm(&mut self, ctx: &mut Context<Self>) {
        self.began = core_time();
        ctx.after(PERIOD, Tick).unwrap();
    }
}

/// The time that this thread has had on a core. Both actors share the thread, and one never
/// rests: this is how long the other waits for it, however busy the machine is besides.
fn core_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

#[test]
fn a_timer_of_a_millisecond_goes_off_in_time_beside_an_actor_that_never_rests() {
    live(async |live| {
        let host = live.host();
        let busy = host.start(Spec::new("busy", Lane::Core), || Busy);
        busy.tell(Spin).unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let shared = taken.clone();
        host.start(Spec::new("ticker", Lane::Core), move || Ticker {
            began: Duration::ZERO,
            taken: shared.clone(),
        });
        until(|| taken.lock().unwrap().len() >= 100).await;
        let late = taken
            .lock()
            .unwrap()
            .iter()
            .max()
            .unwrap()
            .saturating_sub(PERIOD);
        println!("late by {late:?} at most");
        assert!(late <= Duration::from_millis(5), "late by {late:?}");
        assert!(report(host, "busy").handled > 100);
        busy.controls().stop();
        until_state(host, "busy", "stopped").await;
    });
}

/// Works for a while, says how much time its thread has had, and begins anew.
struct Worker(Arc<AtomicU64>);
impl Actor for Worker {
    const KIND: &'static str = "worker";
}
impl Handler<Spin> for Worker {
    fn handle(&mut self, _: Spin, _: Reply<()>, ctx: &mut Context<Self>) {
        let began = core_time();
        while core_time() - began < WORK {
            std::hint::spin_loop();
        }
        self.0.store(micros(core_time()), Ordering::Relaxed);
        ctx.addr().tell(Spin).unwrap();
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap()
}

#[test]
fn an_order_is_obeyed_in_time_beside_actors_that_never_rest() {
    live(async |live| {
        let host = live.host();
        let thread_time = Arc::new(AtomicU64::new(0));
        for index in 0..WORKERS {
            let shared = thread_time.clone();
            let spec = Spec::new(format!("worker-{index}"), Lane::Core);
            let worker = host.start(spec, move || Worker(shared.clone()));
            worker.tell(Spin).unwrap();
        }
        let (addr, _) = scribe(host, "s", 16);
        let mut taken = Vec::new();
        for _ in 0..200 {
            let began = thread_time.load(Ordering::Relaxed);
            let (obeyed, when) = tokio::sync::oneshot::channel();
            // Is answered on the thread of all of them.
            addr.controls().state(Reply::new(move |_| {
                let _ = obeyed.send(micros(core_time()));
            }));
            taken.push(when.await.unwrap().saturating_sub(began));
        }
        taken.sort_unstable();
        println!(
            "{} µs, 99 % {} µs, all {} µs",
            taken[99], taken[197], taken[199]
        );
        // Whoever orders may lose its core between its two words, and then these went on.
        assert!(taken[189] <= 10_000, "{taken:?}");
    });
}

/// Actors that never rest, each with turns of a millisecond.
const WORKERS: usize = 4;
/// What one of their messages takes.
const WORK: Duration = Duration::from_micros(100);
const PERIOD: Duration = Duration::from_millis(1);
