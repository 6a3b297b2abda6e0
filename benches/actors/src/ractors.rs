//! The same on ractor.

use ractor::{Actor, ActorProcessingErr, ActorRef, concurrency::JoinHandle};
use tokio::sync::oneshot;

use crate::{measure::Done, one_thread::Library};

pub(crate) struct Ractor;

struct Passer;
pub(crate) enum Pass {
    Join(ActorRef<Pass>),
    Hop(u64, Done),
}

impl Actor for Passer {
    type Msg = Pass;
    type State = Option<ActorRef<Pass>>;
    type Arguments = ();

    async fn pre_start(
        &self,
        _: ActorRef<Pass>,
        (): (),
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(None)
    }

    async fn handle(
        &self,
        _: ActorRef<Pass>,
        message: Pass,
        next: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        match (message, next) {
            (Pass::Join(join), next) => *next = Some(join),
            (Pass::Hop(0, done), _) => drop(done.send(())),
            (Pass::Hop(left, done), Some(next)) => next.cast(Pass::Hop(left - 1, done))?,
            (Pass::Hop(..), None) => {}
        }
        Ok(())
    }
}

struct Counter;
pub(crate) struct Count(Option<oneshot::Sender<u64>>);

impl Actor for Counter {
    type Msg = Count;
    type State = u64;
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Count>, (): ()) -> Result<u64, ActorProcessingErr> {
        Ok(0)
    }

    async fn handle(
        &self,
        _: ActorRef<Count>,
        message: Count,
        state: &mut u64,
    ) -> Result<(), ActorProcessingErr> {
        *state += 1;
        if let Some(done) = message.0 {
            let _ = done.send(*state);
        }
        Ok(())
    }
}

impl Library for Ractor {
    type Passer = ActorRef<Pass>;
    type Counter = (ActorRef<Count>, JoinHandle<()>);

    async fn passer() -> Self::Passer {
        Actor::spawn(None, Passer, ()).await.expect("it starts").0
    }

    fn join(passer: &Self::Passer, next: Self::Passer) {
        let _ = passer.cast(Pass::Join(next));
    }

    fn hop(passer: &Self::Passer, left: u64, done: Done) {
        let _ = passer.cast(Pass::Hop(left, done));
    }

    async fn end_passer(passer: Self::Passer) {
        passer.stop(None);
    }

    async fn counter() -> Self::Counter {
        Actor::spawn(None, Counter, ()).await.expect("it starts")
    }

    fn count(counter: &Self::Counter, done: Option<oneshot::Sender<u64>>) {
        let _ = counter.0.cast(Count(done));
    }

    async fn end_counter((counter, task): Self::Counter) {
        counter.stop(None);
        let _ = task.await;
    }
}
