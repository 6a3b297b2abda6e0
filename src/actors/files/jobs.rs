//! Jobs: operations that run off the actor's thread, a bounded number at once.

use std::{any, collections::VecDeque};

use super::Files;
use crate::{
    actors::kit::{AskError, Context, Handler, JobTicket, Reply},
    messages::{Message, files::FileError},
    relay::Time,
};

/// A message that is answered away from the actor's thread.
pub(super) trait Job: Message<Reply = Result<<Self as Job>::Done, FileError>> {
    /// What the asker gets.
    type Done: Send + 'static;
    /// What the work brings back to the actor.
    type Raw: Send + 'static;

    /// Takes what the work needs out of the actor.
    fn begin(
        self,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<Work<Self::Raw>, FileError>;

    /// Puts what the work brought into the actor.
    fn end(
        raw: Self::Raw,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<Self::Done, FileError>;
}

/// A job whose result concerns nobody but the asker.
pub(super) trait Task: Message<Reply = Result<<Self as Task>::Done, FileError>> {
    /// What the asker gets.
    type Done: Send + 'static;

    /// See [`Job::begin`].
    fn begin(
        self,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<Work<Self::Done>, FileError>;
}

impl<M: Task> Job for M {
    type Done = <M as Task>::Done;
    type Raw = <M as Task>::Done;

    fn begin(
        self,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<Work<Self::Raw>, FileError> {
        Task::begin(self, files, ctx)
    }

    fn end(
        raw: Self::Raw,
        _files: &mut Files,
        _ctx: &mut Context<Files>,
    ) -> Result<Self::Raw, FileError> {
        Ok(raw)
    }
}

/// What runs off the actor's thread.
pub(super) type Work<T> = Box<dyn FnOnce() -> Result<T, FileError> + Send>;

/// Boxes work, for the end of a `begin`.
pub(super) fn work<T>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<Work<T>, FileError> {
    Ok(Box::new(work))
}

impl<M: Job> Handler<M> for Files {
    fn handle(&mut self, message: M, reply: Reply<M::Reply>, ctx: &mut Context<Self>) {
        if self.jobs.waiting.len() >= WAITING_MAX {
            return reply.fail(AskError::Full);
        }
        match message.begin(self, ctx) {
            Ok(work) => {
                let expires_at = ctx.expires_at();
                let ticket = ctx.job_ticket(any::type_name::<M>);
                let start = move |ctx: &mut Context<Self>| start::<M>(ticket, work, reply, ctx);
                let start = Box::new(start);
                self.jobs.waiting.push_back(Waiting { expires_at, start });
                self.start_jobs(ctx);
            }
            Err(error) => reply.send(Err(error)),
        }
    }
}

/// What runs and what waits.
#[derive(Default)]
pub(super) struct JobQueue {
    running_count: usize,
    waiting: VecDeque<Waiting>,
}

impl JobQueue {
    pub(super) fn running_count(&self) -> usize {
        self.running_count
    }

    pub(super) fn waiting_count(&self) -> usize {
        self.waiting.len()
    }
}

/// A job that has not begun.
struct Waiting {
    /// Its asker gives up then; a page that was told of a failure must not find it done.
    expires_at: Time,
    start: Start,
}

type Start = Box<dyn FnOnce(&mut Context<Files>)>;

impl Files {
    fn start_jobs(&mut self, ctx: &mut Context<Self>) {
        while self.jobs.running_count < JOBS_MAX {
            let Some(job) = self.jobs.waiting.pop_front() else {
                break;
            };
            if ctx.now() < job.expires_at {
                self.jobs.running_count += 1;
                (job.start)(ctx);
            }
        }
    }
}

fn start<M: Job>(
    ticket: JobTicket,
    work: Work<M::Raw>,
    reply: Reply<M::Reply>,
    ctx: &mut Context<Files>,
) {
    ctx.offload_with(ticket, work, move |files, outcome, ctx| {
        files.jobs.running_count -= 1;
        match outcome {
            Ok(outcome) => reply.send(outcome.and_then(|raw| M::end(raw, files, ctx))),
            Err(_panicked) => reply.fail(AskError::Panicked),
        }
        files.start_jobs(ctx);
    });
}

/// Jobs that run at once; fewer than the threads of a lane, which other actors need too.
pub const JOBS_MAX: usize = 48;
/// Jobs that wait for one of these places; one more is refused as too many.
pub const WAITING_MAX: usize = 16_384;
