//! The same on kameo.

use kameo::{
    actor::{ActorRef, Spawn},
    error::Infallible,
    mailbox,
    message::{Context, Message},
};
use tokio::sync::oneshot;

use crate::{measure::Done, one_thread::Library};

pub(crate) struct Kameo;

pub(crate) struct Passer {
    next: Option<ActorRef<Passer>>,
}
pub(crate) struct Counter(u64);

struct Join(ActorRef<Passer>);
struct Hop(u64, Done);
struct Count(Option<oneshot::Sender<u64>>);

impl kameo::Actor for Passer {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(args: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(args)
    }
}

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
            Kameo::hop(next, left - 1, done);
        }
    }
}

impl kameo::Actor for Counter {
    type Args = Self;
    type Error = Infallible;

    async fn on_start(args: Self, _: ActorRef<Self>) -> Result<Self, Infallible> {
        Ok(args)
    }
}

impl Message<Count> for Counter {
    type Reply = ();

    async fn handle(&mut self, count: Count, _: &mut Context<Self, ()>) {
        self.0 += 1;
        if let Some(done) = count.0 {
            let _ = done.send(self.0);
        }
    }
}

impl Library for Kameo {
    type Passer = ActorRef<Passer>;
    type Counter = ActorRef<Counter>;

    async fn passer() -> Self::Passer {
        Passer::spawn_with_mailbox(Passer { next: None }, mailbox::unbounded())
    }

    fn join(passer: &Self::Passer, next: Self::Passer) {
        let _ = passer.tell(Join(next)).try_send();
    }

    fn hop(passer: &Self::Passer, left: u64, done: Done) {
        let _ = passer.tell(Hop(left, done)).try_send();
    }

    async fn end_passer(passer: Self::Passer) {
        passer.kill();
    }

    async fn counter() -> Self::Counter {
        Counter::spawn_with_mailbox(Counter(0), mailbox::unbounded())
    }

    fn count(counter: &Self::Counter, done: Option<oneshot::Sender<u64>>) {
        let _ = counter.tell(Count(done)).try_send();
    }

    async fn end_counter(counter: Self::Counter) {
        counter.kill();
    }
}
