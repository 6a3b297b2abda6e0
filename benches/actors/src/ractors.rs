//! The same on ractor, on a runtime of one thread.

use std::sync::mpsc;

use ractor::{Actor, ActorProcessingErr, ActorRef};

use crate::{BATCH, Done, Pattern, members};

struct Passer;

enum Pass {
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
struct Count(Option<tokio::sync::oneshot::Sender<u64>>);

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
    let mut passers = Vec::new();
    for _ in 0..count {
        let (passer, task) = Actor::spawn(None, Passer, ()).await.expect("it starts");
        passers.push((passer, task));
    }
    for index in 0..count {
        let next = passers[(index + 1) % count].0.clone();
        let _ = passers[index].0.cast(Pass::Join(next));
    }
    let (done, finished) = mpsc::channel();
    let _ = passers[0].0.cast(Pass::Hop(messages, done));
    while finished.try_recv() == Err(mpsc::TryRecvError::Empty) {
        yield_for_a_while().await;
    }
    for (passer, task) in passers {
        passer.stop(None);
        let _ = task.await;
    }
}

/// Looks again seldom enough not to count.
async fn yield_for_a_while() {
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
}

async fn count(messages: u64) {
    let (counter, task) = Actor::spawn(None, Counter, ()).await.expect("it starts");
    for _ in 0..messages / BATCH {
        for _ in 1..BATCH {
            let _ = counter.cast(Count(None));
        }
        let (done, finished) = tokio::sync::oneshot::channel();
        let _ = counter.cast(Count(Some(done)));
        let _ = finished.await;
    }
    counter.stop(None);
    let _ = task.await;
}
