//! The same on bare actix, on an arbiter of the kit's host.

use std::sync::mpsc;

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message};
use socket_runtime::actors::kit::{Lane, LiveHost};

use crate::measure::{BATCH, Done, Pattern};

struct Passer {
    next: Option<Addr<Passer>>,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Join(Addr<Passer>);

#[derive(Message)]
#[rtype(result = "()")]
struct Hop(u64, Done);

#[derive(Message)]
#[rtype(result = "()")]
struct Count(Option<tokio::sync::oneshot::Sender<u64>>);

impl Actor for Passer {
    type Context = Context<Self>;
}

impl Handler<Join> for Passer {
    type Result = ();

    fn handle(&mut self, join: Join, _: &mut Context<Self>) {
        self.next = Some(join.0);
    }
}

impl Handler<Hop> for Passer {
    type Result = ();

    fn handle(&mut self, hop: Hop, ctx: &mut Context<Self>) {
        let Hop(left, done) = hop;
        if left == 0 {
            // A circle of addresses would keep all of them alive.
            self.next = None;
            let _ = done.send(());
            let _ = ctx.address();
        } else if let Some(next) = &self.next {
            next.do_send(Hop(left - 1, done));
        }
    }
}

struct Counter(u64);

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Handler<Count> for Counter {
    type Result = ();

    fn handle(&mut self, count: Count, _: &mut Context<Self>) {
        self.0 += 1;
        if let Some(done) = count.0 {
            let _ = done.send(self.0);
        }
    }
}

/// Has `messages` go the way of `pattern`.
pub(crate) fn run(live: &LiveHost, pattern: Pattern, messages: u64) {
    let (done, finished) = mpsc::channel();
    live.spawn(Lane::Core, async move {
        match pattern {
            Pattern::Counting => drop(actix_rt::spawn(count(messages, done))),
            _ => pass(pattern.members(), messages, done),
        }
    });
    let _ = finished.recv();
}

fn pass(count: usize, messages: u64, done: Done) {
    let addrs: Vec<_> = (0..count).map(|_| Passer { next: None }.start()).collect();
    for (index, addr) in addrs.iter().enumerate() {
        addr.do_send(Join(addrs[(index + 1) % count].clone()));
    }
    addrs[0].do_send(Hop(messages, done));
}

async fn count(messages: u64, done: Done) {
    let addr = Counter(0).start();
    for _ in 0..messages / BATCH {
        for _ in 1..BATCH {
            addr.do_send(Count(None));
        }
        let (done, finished) = tokio::sync::oneshot::channel();
        addr.do_send(Count(Some(done)));
        let _ = finished.await;
    }
    let _ = done.send(());
}
