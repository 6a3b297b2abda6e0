//! The same on kameo, on a runtime of one thread.

use std::sync::mpsc;

use kameo::{
    actor::{ActorRef, Spawn},
    error::Infallible,
    mailbox,
    message::{Context, Message},
};

use crate::{BATCH, Done, Pattern, members};

struct Passer {
    next: Option<ActorRef<Passer>>,
}

impl kameo::Actor for Passer {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(args: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(args)
    }
}

struct Join(ActorRef<Passer>);
struct Hop(u64, Done);

impl Message<Join> for Passer {
    type Reply = ();

    async fn handle(&mut self, join: Join, _: &mut Context<Self, ()>) {
        self.next = Some(join.0);
    }
}

impl Message<Hop> for Passer {
    type Reply = ();

    async fn handle(&mut self, hop: Hop, _: &mut Context<Self, ()>) {
        let Hop(left, done) = hop;
        if left == 0 {
            let _ = done.send(());
        } else if let Some(next) = &self.next {
            let _ = next.tell(Hop(left - 1, done)).try_send();
        }
    }
}

struct Counter(u64);

impl kameo::Actor for Counter {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(args: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(args)
    }
}

struct Count(Option<tokio::sync::oneshot::Sender<u64>>);

impl Message<Count> for Counter {
    type Reply = ();

    async fn handle(&mut self, count: Count, _: &mut Context<Self, ()>) {
        self.0 += 1;
        if let Some(done) = count.0 {
            let _ = done.send(self.0);
        }
    }
}

/// Has `messages` go the way of `pattern`.
pub(crate) fn run(pattern: Pattern, messages: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    runtime.block_on(async {
        match pattern {
            Pattern::Counting => count(messages).await,
            _ => pass(members(pattern), messages).await,
        }
    });
}

async fn pass(count: usize, messages: u64) {
    let passers: Vec<_> = (0..count)
        .map(|_| Passer::spawn_with_mailbox(Passer { next: None }, mailbox::unbounded()))
        .collect();
    for (index, passer) in passers.iter().enumerate() {
        let next = passers[(index + 1) % count].clone();
        let _ = passer.tell(Join(next)).try_send();
    }
    let (done, finished) = mpsc::channel();
    let _ = passers[0].tell(Hop(messages, done)).try_send();
    while finished.try_recv() == Err(mpsc::TryRecvError::Empty) {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    for passer in passers {
        passer.kill();
    }
}

async fn count(messages: u64) {
    let counter = Counter::spawn_with_mailbox(Counter(0), mailbox::unbounded());
    for _ in 0..messages / BATCH {
        for _ in 1..BATCH {
            let _ = counter.tell(Count(None)).try_send();
        }
        let (done, finished) = tokio::sync::oneshot::channel();
        let _ = counter.tell(Count(Some(done))).try_send();
        let _ = finished.await;
    }
    counter.kill();
}
