//! What an actor can do besides answering: ask, wait, work off the thread, stop.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Actor, Addr, AskError, Clock as _, Handler, Host, JobTicket, Recipient, Reply, TimerId,
    TooManyTimers, crash,
    labels::{answer_label, job_label},
    letter::{Continuation, Label, Letter, Told},
    mailbox::Parcel,
    probe::{ActorNumber, AskSlot, Asked, Origin},
    recording::{Encode, Input, Keep, Log, Recording, tape},
    timers::{Timer, Timers},
};
use crate::{
    messages::{Class, Message, cause::CauseId},
    relay::{Now, Time},
};

/// The actor's side of its host; handed to every handler.
pub struct Context<A: Actor> {
    addr: Addr<A>,
    host: Host,
    /// Made when it is first drawn from: many actors never do.
    random: Option<Box<StdRng>>,
    pub(super) timers: Timers<A>,
    life: u64,
    pub(super) is_stopping: bool,
    /// When the asker of the message in hand gives up.
    pub(super) expires_at: Time,
    /// What the message in hand goes back to, and who sends what comes of it: this actor.
    origin: Origin,
    /// Where it is recorded, or replayed.
    pub(super) log: Option<Box<Log>>,
}

impl<A: Actor> Context<A> {
    pub(super) fn new(addr: Addr<A>, host: Host) -> Self {
        let origin = Origin {
            cause: CauseId::NONE,
            sender: addr.0.stats.number,
        };
        Self {
            addr,
            host,
            origin,
            random: None,
            timers: Timers::new(),
            life: 0,
            is_stopping: false,
            expires_at: Time::NEVER,
            log: None,
        }
    }

    /// Sends `message` to this actor itself once `delay` has passed.
    ///
    /// # Errors
    /// If the actor has too many timers.
    pub fn after<M: Message>(
        &mut self,
        delay: Duration,
        message: M,
    ) -> Result<TimerId, TooManyTimers>
    where
        A: Handler<M>,
    {
        let due = self.now() + delay;
        let letter: Box<dyn Letter<A>> = if self.origin.cause.is_none() {
            Box::new(Told {
                message,
                origin: (),
            })
        } else {
            Box::new(Told {
                message,
                origin: self.origin,
            })
        };
        let class = M::CLASS;
        self.timers.arm(due, Timer { class, letter })
    }

    /// Takes a timer back; false if it has fired.
    pub fn cancel(&mut self, timer: TimerId) -> bool {
        if self.log.is_some() {
            return tape::cancelled(|| self.timers.cancel(timer));
        }
        self.timers.cancel(timer)
    }

    /// Asks another actor. `then` runs in this actor, through its mailbox, with the answer
    /// or with the reason why none came, at the latest when `deadline` has passed.
    pub fn ask<M: Message>(
        &mut self,
        to: &Recipient<M>,
        message: M,
        deadline: Duration,
        then: impl FnOnce(&mut A, Result<M::Reply, AskError>, &mut Self) + Send + 'static,
    ) {
        let then = Arc::new(Mutex::new(Some(then)));
        let label = answer_label::<M>();
        let now = self.now();
        let (to_number, until) = (to.number(), now + deadline);
        let slot = self.begin_ask(to_number, std::any::type_name::<M>, now, until);
        let on_deadline = self.continuation(label, {
            let then = then.clone();
            move |actor, ctx| {
                ctx.end_ask(slot);
                if let Some(then) = take(&then) {
                    then(actor, Err(AskError::Deadline { after: deadline }), ctx);
                }
            }
        });
        let timer = Timer {
            class: Class::Control,
            letter: Box::new(on_deadline),
        };
        let keep = Keep::answers::<M>();
        let question = self.begin_question(keep.encoder());
        let reply = match self.timers.arm(until, timer) {
            // The timer owns `then`: a restart clears the timers, and whoever waits for what
            // `then` holds learns of it at once, however long the answer takes.
            Ok(timer) => {
                let then = Arc::downgrade(&then);
                self.resume_with(label, question, move |actor, outcome, ctx| {
                    let then = then.upgrade();
                    ctx.cancel(timer);
                    if let Some(then) = then.as_deref().and_then(take) {
                        ctx.end_ask(slot);
                        then(actor, outcome, ctx);
                    }
                })
            }
            Err(TooManyTimers) => {
                self.end_ask(slot);
                let refused = self.resume_with(label, question, move |actor, outcome, ctx| {
                    if let Some(then) = take(&then) {
                        then(actor, outcome, ctx);
                    }
                });
                return self.hold(question, refused, &keep).fail(AskError::Full);
            }
        };
        let reply = self.hold(question, reply, &keep);
        to.post(message, reply, deadline);
    }

    /// Runs `job` off this thread, then `then` in this actor with what it returned.
    /// A panic of the job does not hurt the actor.
    pub fn offload<T: Send + 'static>(
        &mut self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut A, Result<T, JobPanicked>, &mut Self) + Send + 'static,
    ) {
        let ticket = self.job_ticket_of_message();
        self.offload_with(ticket, job, then);
    }

    /// The same for a job whose outcome a recording can keep, so that a replay need not run it:
    /// what an actor must use that is to be run again.
    pub fn offload_recorded<T: Serialize + DeserializeOwned + Send + 'static>(
        &mut self,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut A, Result<T, JobPanicked>, &mut Self) + Send + 'static,
    ) {
        let ticket = self.job_ticket_of_message();
        self.offload_kept(ticket, job, then, &Keep::results());
    }

    /// The same for a job that was asked for earlier, and got its ticket then.
    pub fn offload_with<T: Send + 'static>(
        &mut self,
        ticket: JobTicket,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut A, Result<T, JobPanicked>, &mut Self) + Send + 'static,
    ) {
        self.offload_kept(ticket, job, then, &Keep::nothing());
    }

    fn offload_kept<T: Send + 'static>(
        &mut self,
        ticket: JobTicket,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut A, Result<T, JobPanicked>, &mut Self) + Send + 'static,
        keep: &Keep<Result<T, JobPanicked>>,
    ) {
        let question = self.begin_question(keep.encoder());
        let reply = self.resume_with(job_label::<A>(), question, move |actor, outcome, ctx| {
            then(
                actor,
                outcome.unwrap_or(Err(JobPanicked {
                    text: String::new(),
                })),
                ctx,
            );
        });
        let reply = self.hold(question, reply, keep);
        if self.log.as_ref().is_some_and(|log| log.is_replay()) {
            return;
        }
        let work = Box::new(move || {
            let job = || panic::catch_unwind(AssertUnwindSafe(job));
            let outcome = crash::guarded(job);
            drop(ticket);
            reply.send(outcome.map_err(|panic| JobPanicked {
                text: panic_text(&*panic),
            }));
        });
        let host = self.host.0.clone();
        match self.log {
            // A host on virtual time runs it here and now; it is not the handler's doing.
            Some(_) => tape::aside(|| host.offload(work)),
            None => host.offload(work),
        }
    }

    fn job_ticket_of_message(&self) -> JobTicket {
        let label = self.addr.0.stats.current();
        self.job_ticket(label.unwrap_or(job_label::<A>()))
    }

    /// A ticket for work that `label` names, shown by the inspector until it is dropped.
    pub fn job_ticket(&self, label: fn() -> &'static str) -> JobTicket {
        self.addr.0.stats.begin_job(label, self.now())
    }

    /// Stops this actor after the message in hand; what is queued is lost and counted.
    pub fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// The actor's random source: seeded by the system when live, by the seed when simulated.
    pub fn random(&mut self) -> &mut StdRng {
        let (host, addr) = (&self.host, &self.addr);
        self.random.get_or_insert_with(|| {
            let seed = tape::seed(|| host.0.random_seed(addr.0.stats.name()));
            Box::new(StdRng::from_seed(seed))
        })
    }

    /// A seed for a machine that draws by itself, another one in each life: an actor that
    /// needs nothing else has no source of its own.
    #[must_use]
    pub fn random_seed(&self) -> [u8; 32] {
        let mut seed = tape::seed(|| self.host.0.random_seed(self.addr.0.stats.name()));
        for (byte, life) in seed.iter_mut().zip(self.life.to_le_bytes()) {
            *byte ^= life;
        }
        StdRng::from_seed(seed).random()
    }

    /// The time now.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Time {
        let clock = &self.addr.0.clock;
        match self.log {
            None => clock.now(),
            Some(_) => tape::time(|| clock.now()),
        }
    }

    /// The time now and the wall clock, as the relay's machines take them.
    #[must_use]
    pub fn now_with_date(&self) -> Now {
        Now {
            time: self.now(),
            unix_ms: match self.log {
                None => self.addr.0.clock.unix_ms(),
                Some(_) => tape::date(|| self.addr.0.clock.unix_ms()),
            },
        }
    }

    /// When whoever asked for the message in hand gives up on an answer; work that has
    /// not begun by then is better left undone. Never, for a message that was told.
    #[must_use]
    pub fn expires_at(&self) -> Time {
        self.expires_at
    }

    /// This actor's own address.
    #[must_use]
    pub fn addr(&self) -> &Addr<A> {
        &self.addr
    }

    /// This actor's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.addr.0.stats.name()
    }

    /// How many messages to this actor were lost so far, for any reason: news that it
    /// cannot pass on, but can own up to.
    #[must_use]
    pub fn lost_count(&self) -> u64 {
        tape::count(|| self.addr.0.stats.lost_count())
    }

    /// What the message in hand goes back to; a new one for each message that came from
    /// outside of every actor.
    #[must_use]
    pub fn cause(&self) -> CauseId {
        self.origin.cause
    }

    /// Notes that what goes back to the cause of the message in hand is known elsewhere by
    /// another: that of a packet on the wire, say.
    pub fn link(&self, other: CauseId) {
        let stats = &self.addr.0.stats;
        if stats.mode().is_recorded() {
            stats
                .probe()
                .recorder()
                .link(self.origin, other, self.addr.0.clock.now());
        }
    }

    /// The host, to start more actors.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Its number on its host.
    pub(super) fn number(&self) -> ActorNumber {
        self.addr.0.stats.number
    }

    /// Where what it does is written down.
    pub(super) fn recording(&self) -> Option<Recording> {
        self.addr.0.stats.hub.recording().cloned()
    }

    /// The number of the next question or job, and how its answer is written down, where that
    /// is done.
    fn begin_question<R>(&mut self, encode: Encode<R>) -> Option<(u64, Encode<R>)> {
        let log = self.log.as_mut()?;
        Some((log.begin_question(), encode))
    }

    /// In a replay, keeps the reply until the recording has the answer.
    fn hold<R: Send + 'static>(
        &mut self,
        question: Option<(u64, Encode<R>)>,
        reply: Reply<R>,
        keep: &Keep<R>,
    ) -> Reply<R> {
        match (&mut self.log, question) {
            (Some(log), Some((number, _))) => log.hold(number, reply, keep),
            _ => reply,
        }
    }

    pub(super) fn life(&self) -> u64 {
        self.life
    }

    /// Forgets what the last life had begun.
    pub(super) fn begin_life(&mut self) {
        self.life += 1;
        self.timers.clear();
        if let Some(asks) = self
            .addr
            .0
            .stats
            .probed()
            .and_then(|probe| probe.asks.get())
        {
            asks.clear();
        }
    }

    /// Makes `cause` that of what is sent from here on.
    #[inline]
    pub(super) fn enter(&mut self, cause: CauseId) {
        self.origin.cause = cause;
        self.origin.enter();
    }

    /// Notes a question, so that it shows until it is answered.
    fn begin_ask(&self, to: u32, label: Label, since: Time, until: Time) -> Option<AskSlot> {
        let stats = &self.addr.0.stats;
        let mode = stats.mode();
        let asked = Asked {
            to,
            label,
            cause: self.origin.cause,
            since,
            until,
        };
        (mode.is_traced() && mode.is_timed())
            .then(|| stats.probe().asks().begin(&asked))
            .flatten()
    }

    fn end_ask(&self, slot: Option<AskSlot>) {
        if let Some(slot) = slot {
            self.addr.0.stats.probe().asks().end(slot);
        }
    }

    /// A reply that comes back into this actor through its mailbox.
    fn resume_with<R: Send + 'static>(
        &self,
        label: Label,
        question: Option<(u64, Encode<R>)>,
        then: impl FnOnce(&mut A, Result<R, AskError>, &mut Self) + Send + 'static,
    ) -> Reply<R> {
        let (addr, life, cause) = (self.addr.clone(), self.life, self.origin.cause);
        Reply::new(move |outcome| {
            let input = question.map(|(question, encode)| {
                let outcome = encode(&outcome).map(Bytes::from);
                Box::new(Input::Answer { question, outcome })
            });
            let run = Box::new(move |actor: &mut A, ctx: &mut Self| then(actor, outcome, ctx));
            // Whoever answers sends it; it goes back to what the question went back to.
            let sender = Origin::current().sender;
            let origin = Origin { cause, sender };
            let content = Continuation {
                label,
                life,
                origin,
                input,
                run,
            };
            // Refused only when this actor has stopped; then nobody is left to go on.
            let _ = addr.0.push(
                addr.0.stats.mode(),
                Parcel {
                    class: Class::Control,
                    label,
                    origin,
                    content,
                    into: |letter| -> Box<dyn Letter<A>> { Box::new(letter) },
                },
            );
        })
    }

    fn continuation(
        &self,
        label: Label,
        run: impl FnOnce(&mut A, &mut Self) + Send + 'static,
    ) -> Continuation<A> {
        Continuation {
            label,
            life: self.life,
            origin: self.origin,
            input: None,
            run: Box::new(run),
        }
    }
}

/// A job panicked; the actor that started it did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the job panicked: {text}")]
pub struct JobPanicked {
    /// What the panic said.
    pub text: String,
}

/// What a panic said, as far as it can be told.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}
