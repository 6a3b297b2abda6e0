//! What libraries on tokio have in common here: a runtime of one thread, and the patterns.

use std::{sync::mpsc, time::Duration};

use tokio::sync::oneshot;

use crate::measure::{BATCH, Done, Pattern};

/// The actors of one library.
pub(crate) trait Library {
    /// An actor that passes messages on.
    type Passer: Clone;
    /// An actor that counts them.
    type Counter;

    async fn passer() -> Self::Passer;
    /// Tells a passer to whom it passes on.
    fn join(passer: &Self::Passer, next: Self::Passer);
    /// Sends a message on its way, which has so many hops to go.
    fn hop(passer: &Self::Passer, left: u64, done: Done);
    async fn end_passer(passer: Self::Passer);

    async fn counter() -> Self::Counter;
    /// Tells a counter to count, and perhaps to say so.
    fn count(counter: &Self::Counter, done: Option<oneshot::Sender<u64>>);
    async fn end_counter(counter: Self::Counter);
}

/// Has `messages` go the way of `pattern`.
pub(crate) fn run<L: Library>(pattern: Pattern, messages: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    runtime.block_on(async {
        match pattern {
            Pattern::Counting => count::<L>(messages).await,
            _ => pass::<L>(pattern.members(), messages).await,
        }
    });
}

async fn pass<L: Library>(count: usize, messages: u64) {
    let mut passers = Vec::new();
    for _ in 0..count {
        passers.push(L::passer().await);
    }
    for (index, passer) in passers.iter().enumerate() {
        L::join(passer, passers[(index + 1) % count].clone());
    }
    let (done, finished) = mpsc::channel();
    L::hop(&passers[0], messages, done);
    while finished.try_recv() == Err(mpsc::TryRecvError::Empty) {
        // Seldom enough not to count.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for passer in passers {
        L::end_passer(passer).await;
    }
}

async fn count<L: Library>(messages: u64) {
    let counter = L::counter().await;
    for _ in 0..messages / BATCH {
        for _ in 1..BATCH {
            L::count(&counter, None);
        }
        let (done, finished) = oneshot::channel();
        L::count(&counter, Some(done));
        let _ = finished.await;
    }
    L::end_counter(counter).await;
}
