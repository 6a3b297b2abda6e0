//! The answer side of a message, and the ways an ask can fail.

use std::{fmt, thread, time::Duration};

use serde::{Deserialize, Serialize};

/// Answers one message; a told message has a reply that nobody awaits.
///
/// It can be kept, moved into a job or a continuation, and used from any thread.
pub struct Reply<R>(Option<Sink<R>>);

type Sink<R> = Box<dyn FnOnce(Result<R, AskError>) + Send>;

impl<R> Reply<R> {
    /// A reply that nobody awaits.
    #[must_use]
    pub fn unawaited() -> Self {
        Self(None)
    }

    /// A reply that ends in `sink`, exactly once.
    #[must_use]
    pub fn new(sink: impl FnOnce(Result<R, AskError>) + Send + 'static) -> Self {
        Self(Some(Box::new(sink)))
    }

    /// Answers.
    pub fn send(self, value: R) {
        self.finish(Ok(value));
    }

    /// Fails the asker.
    pub fn fail(self, error: AskError) {
        self.finish(Err(error));
    }

    /// Answers or fails.
    pub fn finish(mut self, outcome: Result<R, AskError>) {
        if let Some(sink) = self.0.take() {
            sink(outcome);
        }
    }

    /// Whether anybody awaits it.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.0.is_some()
    }
}

impl<R> Drop for Reply<R> {
    fn drop(&mut self) {
        if let Some(sink) = self.0.take() {
            let is_panic = thread::panicking();
            sink(Err(if is_panic {
                AskError::Panicked
            } else {
                AskError::Unanswered
            }));
        }
    }
}

impl<R> fmt::Debug for Reply<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.is_awaited()).finish()
    }
}

/// Why an ask brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The receiver's mailbox was full, or a newer message took the place.
    #[error("the receiver is too busy")]
    Full,
    /// The receiver has stopped.
    #[error("the receiver has stopped")]
    Stopped,
    /// No answer came in time.
    #[error("no answer within {} ms", after.as_millis())]
    Deadline {
        /// How long was waited.
        after: Duration,
    },
    /// The receiver panicked while it handled the message.
    #[error("the receiver crashed while it handled this message")]
    Panicked,
    /// The receiver dropped the message's reply, as it does when it restarts.
    #[error("the receiver gave no answer")]
    Unanswered,
}
