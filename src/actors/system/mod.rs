//! The system actor: facts about the machine and its user, and opening URLs outside.
//!
//! Started by the app, restarted by the supervisor; it keeps nothing and sends nothing.
//! Each question is read off its thread, at most [`QUESTIONS_MAX`] at once: the user's
//! folder may be on a network disk. What is read is understood by pure functions in
//! `parse`.

mod machine;
mod network;
mod parse;
mod user;

use std::path::PathBuf;

use super::kit::{Actor, AskError, Context, Handler, Reply};
use crate::messages::{
    Message,
    system::{ClockTime, ReadClock, SystemError},
};

/// The actor's state: what it must know of the app, and how busy it is.
pub struct System {
    options: SystemOptions,
    running_count: usize,
}

/// What the system actor needs to know.
#[derive(Clone, Debug, Default)]
pub struct SystemOptions {
    /// The folder of the app's files.
    pub resources: PathBuf,
    /// Names the app's own folders among the user's.
    pub bundle_identifier: String,
}

impl System {
    /// An actor that answers for this app.
    #[must_use]
    pub fn new(options: SystemOptions) -> Self {
        Self {
            options,
            running_count: 0,
        }
    }
}

impl Actor for System {
    const KIND: &'static str = "system";
}

/// A message that is answered away from the actor's thread.
trait Question: Message<Reply = Result<<Self as Question>::Answer, SystemError>> {
    /// What the asker gets.
    type Answer: Send + 'static;

    /// Finds the answer.
    fn answer(self, options: &SystemOptions) -> Result<Self::Answer, SystemError>;
}

impl<M: Question> Handler<M> for System {
    fn handle(&mut self, question: M, reply: Reply<M::Reply>, ctx: &mut Context<Self>) {
        if self.running_count >= QUESTIONS_MAX {
            return reply.fail(AskError::Full);
        }
        self.running_count += 1;
        let options = self.options.clone();
        let job = move || question.answer(&options);
        ctx.offload(job, |system, outcome, _| {
            system.running_count -= 1;
            match outcome {
                Ok(answer) => reply.send(answer),
                Err(_panicked) => reply.fail(AskError::Panicked),
            }
        });
    }
}

impl Handler<ReadClock> for System {
    fn handle(
        &mut self,
        _: ReadClock,
        reply: Reply<<ReadClock as Message>::Reply>,
        ctx: &mut Context<Self>,
    ) {
        let nanoseconds = u128::from(ctx.now().as_micros()) * 1000;
        let ns = nanoseconds.to_string();
        reply.send(Ok(ClockTime { ns }));
    }
}

/// Questions that are answered at once; one more is refused as too many.
pub const QUESTIONS_MAX: usize = 1024;
