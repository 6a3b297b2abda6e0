//! What a message costs in the kit, beside bare actix, measured in one run.
//!
//! `cargo bench --bench kit`. Each figure is the time of one message: told to an actor on
//! the same thread in batches of a thousand, or asked and answered one after the other.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use socket_runtime::{
    actors::kit::{self, Context, Handler, Lane, LiveHost, Reply, Spec},
    messages::{Class, Message},
};
use tokio::sync::oneshot;

const BATCH: u64 = 1_000;

/// Counts down; answers when it is at the end.
struct Counter;
struct Count(Option<oneshot::Sender<()>>);

impl Message for Count {
    type Reply = u64;
    const CLASS: Class = Class::Request;
}

impl kit::Actor for Counter {
    const KIND: &'static str = "counter";
}

impl Handler<Count> for Counter {
    fn handle(&mut self, count: Count, reply: Reply<u64>, _ctx: &mut Context<Self>) {
        if let Some(done) = count.0 {
            let _ = done.send(());
        }
        reply.send(1);
    }
}

/// The same on bare actix.
struct Bare;

impl actix::Message for Count {
    type Result = u64;
}

impl actix::Actor for Bare {
    type Context = actix::Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(2 * BATCH as usize);
    }
}

impl actix::Handler<Count> for Bare {
    type Result = u64;

    fn handle(&mut self, count: Count, _ctx: &mut Self::Context) -> u64 {
        if let Some(done) = count.0 {
            let _ = done.send(());
        }
        1
    }
}

/// Runs `work` on the lane's own thread and waits for how long it took.
fn on_lane<F>(live: &LiveHost, work: impl FnOnce() -> F + Send + 'static) -> Duration
where
    F: Future<Output = Duration> + 'static,
{
    let (send, receive) = std::sync::mpsc::channel();
    live.spawn(Lane::Core, async move {
        // What it awaits stays on the lane's thread.
        actix_rt::spawn(async move { send.send(work().await) });
    });
    receive.recv().expect("the lane runs")
}

fn batches(live: &LiveHost, rounds: u64, addr: kit::Addr<Counter>) -> Duration {
    on_lane(live, move || async move {
        let began = std::time::Instant::now();
        for _ in 0..rounds {
            let (done, finished) = oneshot::channel();
            for _ in 1..BATCH {
                addr.tell(Count(None)).expect("there is room for a batch");
            }
            addr.tell(Count(Some(done)))
                .expect("there is room for a batch");
            let _ = finished.await;
        }
        began.elapsed()
    })
}

fn bare_batches(live: &LiveHost, rounds: u64) -> Duration {
    on_lane(live, move || async move {
        let addr = actix::Actor::start(Bare);
        let began = std::time::Instant::now();
        for _ in 0..rounds {
            let (done, finished) = oneshot::channel();
            for _ in 1..BATCH {
                addr.do_send(Count(None));
            }
            addr.do_send(Count(Some(done)));
            let _ = finished.await;
        }
        began.elapsed()
    })
}

fn asks(live: &LiveHost, rounds: u64, addr: kit::Addr<Counter>) -> Duration {
    on_lane(live, move || async move {
        let began = std::time::Instant::now();
        for _ in 0..rounds {
            let _ = addr.ask(Count(None), Duration::from_secs(60)).await;
        }
        began.elapsed()
    })
}

fn bare_asks(live: &LiveHost, rounds: u64) -> Duration {
    on_lane(live, move || async move {
        let addr = actix::Actor::start(Bare);
        let began = std::time::Instant::now();
        for _ in 0..rounds {
            let _ = addr
                .send(Count(None))
                .timeout(Duration::from_secs(60))
                .await;
        }
        began.elapsed()
    })
}

fn kit_against_actix(criterion: &mut Criterion) {
    let live = LiveHost::start().expect("threads can be started");
    let spec = Spec::new("counter", Lane::Core).capacity(kit::MAILBOX_CAPACITY);
    let addr = live.host().start(spec, || Counter);

    let mut group = criterion.benchmark_group("tell");
    group.throughput(Throughput::Elements(BATCH));
    group.bench_function("kit", |b| {
        b.iter_custom(|n| batches(&live, n, addr.clone()))
    });
    group.bench_function("bare actix", |b| b.iter_custom(|n| bare_batches(&live, n)));
    group.finish();

    let mut group = criterion.benchmark_group("ask with a deadline");
    group.throughput(Throughput::Elements(1));
    group.bench_function("kit", |b| b.iter_custom(|n| asks(&live, n, addr.clone())));
    group.bench_function("bare actix", |b| b.iter_custom(|n| bare_asks(&live, n)));
    group.finish();
    live.stop();
}

criterion_group!(benches, kit_against_actix);
criterion_main!(benches);
