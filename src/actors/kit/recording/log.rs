//! How a cell has its actor recorded: what is written around each start and each message.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
    thread,
};

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Birth, Done, Ended, Frame, Outcome, Recording, Taken, Unreplayable,
    tape::{self, Tape},
};
use crate::{
    actors::kit::{
        Actor, AskError, Context, JobPanicked, Reply,
        context::panic_text,
        labels::short,
        letter::Letter,
        probe::{self, ActorNumber},
    },
    messages::{Message, record},
};

/// An actor that can be recorded, whatever its type; every
/// [`Recordable`](crate::actors::kit::Recordable) one is.
pub trait RecordedActor {
    /// What it is made of, in CBOR; nothing if this one cannot be run again.
    fn setup_bytes(&self) -> Option<Vec<u8>>;

    /// A hash of its state.
    fn state_hash(&self) -> u64;
}

/// What a recorded or replayed actor has in its context.
pub(in crate::actors::kit) struct Log {
    /// Nothing in a replay.
    recording: Option<Recording>,
    /// Questions and jobs that it has begun.
    questions_count: u64,
    /// In a replay: how those go on that wait for an answer.
    held: BTreeMap<u64, Held>,
    handled_count: u64,
}

/// Takes an answer as it was recorded, and has its asker go on.
type Held = Box<dyn FnOnce(&[u8]) -> Result<(), String>>;

/// How answers of one type are kept.
pub(in crate::actors::kit) struct Keep<R> {
    encode: Encode<R>,
    decode: fn(&[u8]) -> Result<Answer<R>, String>,
}

/// What a question comes to.
type Answer<R> = Result<R, AskError>;

/// Writes an answer down, if it can be.
pub(in crate::actors::kit) type Encode<R> = fn(&Answer<R>) -> Option<Vec<u8>>;

impl Log {
    pub(in crate::actors::kit) fn new(recording: Option<Recording>) -> Self {
        Self {
            recording,
            questions_count: 0,
            held: BTreeMap::new(),
            handled_count: 0,
        }
    }

    /// The number of the next question or job.
    pub(in crate::actors::kit) fn begin_question(&mut self) -> u64 {
        self.questions_count += 1;
        self.questions_count
    }

    pub(in crate::actors::kit) fn is_replay(&self) -> bool {
        self.recording.is_none()
    }

    /// In a replay nobody answers: the answer comes from the recording.
    pub(in crate::actors::kit) fn hold<R: Send + 'static>(
        &mut self,
        question: u64,
        reply: Reply<R>,
        keep: &Keep<R>,
    ) -> Reply<R> {
        if !self.is_replay() {
            return reply;
        }
        let decode = keep.decode;
        let held = move |bytes: &[u8]| decode(bytes).map(|outcome| reply.finish(outcome));
        self.held.insert(question, Box::new(held));
        Reply::unawaited()
    }

    /// Has whoever asked a question go on with its answer.
    pub(in crate::actors::kit) fn answer(
        &mut self,
        question: u64,
        outcome: &[u8],
    ) -> Result<(), String> {
        let held = self.held.remove(&question);
        held.ok_or_else(|| format!("it has asked no question {question}"))?(outcome)
    }
}

impl<R> Keep<R> {
    /// Answers that are not kept: an actor that gets one cannot be followed further.
    pub(in crate::actors::kit) fn nothing() -> Self {
        Self {
            encode: |_| None,
            decode: |_| Err("its outcome is not in the recording".to_owned()),
        }
    }

    pub(in crate::actors::kit) fn encoder(&self) -> Encode<R> {
        self.encode
    }
}

impl<R: Send + 'static> Keep<R> {
    /// Answers to messages of type `M`.
    pub(in crate::actors::kit) fn answers<M: Message<Reply = R>>() -> Self {
        Self {
            encode: |outcome| {
                let outcome = match outcome {
                    Ok(reply) => Ok(Bytes::from(M::encoded_reply(reply)?)),
                    Err(error) => Err(error.clone()),
                };
                Some(record::encode(&outcome))
            },
            decode: |bytes| {
                let outcome: Result<Bytes, AskError> = record::decode(bytes)?;
                Ok(match outcome {
                    Ok(reply) => Ok(M::decoded_reply(&reply)?),
                    Err(error) => Err(error),
                })
            },
        }
    }
}

impl<T: Serialize + DeserializeOwned> Keep<Result<T, JobPanicked>> {
    /// What jobs return.
    pub(in crate::actors::kit) fn results() -> Self {
        Self {
            encode: |outcome| Some(record::encode(outcome)),
            decode: record::decode,
        }
    }
}

/// Makes an actor and starts it, and writes down what it was made of.
#[cold]
pub(in crate::actors::kit) fn make<A: Actor>(
    factory: &mut dyn FnMut() -> A,
    ctx: &mut Context<A>,
) -> thread::Result<A> {
    let recording = ctx.recording();
    let mut birth = Birth {
        number: recording.as_ref().map_or(0, Recording::number),
        actor: ctx.number(),
        name: ctx.name().to_owned(),
        kind: A::KIND.to_owned(),
        life: ctx.life(),
        at_us: ctx.now().as_micros(),
        cause: ctx.cause(),
        setup: None,
        readings: Vec::new(),
        effects: Vec::new(),
        outcome: Outcome::Handled,
    };
    let setup = &mut birth.setup;
    tape::record();
    let made = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut actor = factory();
        *setup = actor
            .recorded()
            .and_then(RecordedActor::setup_bytes)
            .map(Bytes::from);
        match setup {
            Some(_) if ctx.log.is_none() => ctx.log = Some(Box::new(Log::new(recording.clone()))),
            Some(_) => {}
            None => ctx.log = None,
        }
        actor.started(ctx);
        actor
    }));
    let Tape { readings, effects } = tape::end_record();
    (birth.readings, birth.effects) = (readings.into(), effects.into());
    birth.outcome = outcome_of(made.as_ref().map(|_| true));
    let (actor, number) = (birth.actor, birth.number);
    write(recording.as_ref(), actor, number, &Frame::Birth(birth));
    made
}

/// Has an actor handle a message, and writes down both the message and what came of it.
#[cold]
pub(in crate::actors::kit) fn deliver<A: Actor>(
    mut letter: Box<dyn Letter<A>>,
    actor: &mut A,
    ctx: &mut Context<A>,
    taken: &probe::Taken,
) -> thread::Result<bool> {
    let recording = ctx.log.as_ref().and_then(|log| log.recording.clone());
    let Some(recording) = recording else {
        return panic::catch_unwind(AssertUnwindSafe(|| letter.deliver(actor, ctx)));
    };
    // A message that cannot be written down without a panic counts as one that panicked.
    let input = panic::catch_unwind(AssertUnwindSafe(|| letter.input()))?;
    let number = recording.number();
    let by = ctx.number();
    let message = Taken {
        number,
        actor: by,
        message: short((taken.label)()),
        at_us: taken.began.as_micros(),
        expires_us: ctx.expires_at().as_micros(),
        cause: taken.origin.cause,
        sender: taken.origin.sender,
        input,
    };
    write(Some(&recording), by, number, &Frame::Taken(message));
    letter.tape_reply(number);
    tape::record();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| letter.deliver(actor, ctx)));
    let Tape { readings, effects } = tape::end_record();
    let state = ctx.log.as_mut().and_then(|log| {
        log.handled_count += 1;
        let is_due = outcome.is_ok() && log.handled_count.is_multiple_of(STATE_PERIOD);
        let recorded = is_due.then(|| actor.recorded()).flatten();
        recorded.map(RecordedActor::state_hash)
    });
    let done = Done {
        number,
        readings: readings.into(),
        effects: effects.into(),
        outcome: outcome_of(outcome.as_ref().copied()),
        state,
    };
    write(Some(&recording), by, number, &Frame::Done(done));
    outcome
}

/// Writes down the last state of an actor, of which nothing more is recorded.
#[cold]
pub(in crate::actors::kit) fn end<A: Actor>(actor: &A, ctx: &mut Context<A>) {
    let log = ctx.log.take();
    let recording = log.and_then(|log| log.recording);
    if let Some((recording, recorded)) = recording.zip(actor.recorded()) {
        let ended = Ended {
            number: recording.number(),
            actor: ctx.number(),
            at_us: ctx.now().as_micros(),
            state: recorded.state_hash(),
        };
        recording.write(&Frame::Ended(ended));
    }
}

/// Records an actor no longer: what it is now comes from elsewhere.
#[cold]
pub(in crate::actors::kit) fn give_up<A: Actor>(ctx: &mut Context<A>, reason: &str) {
    let recording = ctx.log.take().and_then(|log| log.recording);
    if let Some(recording) = recording {
        let last = Unreplayable {
            number: recording.number(),
            actor: ctx.number(),
            reason: reason.to_owned(),
        };
        recording.write(&Frame::Unreplayable(last));
    }
}

/// How a panic, or its absence, is written down.
pub(in crate::actors::kit) fn outcome_of(
    outcome: Result<bool, &Box<dyn std::any::Any + Send>>,
) -> Outcome {
    match outcome {
        Ok(true) => Outcome::Handled,
        Ok(false) => Outcome::Stale,
        Err(panic) => Outcome::Panicked(panic_text(&**panic)),
    }
}

/// Has a frame written; of one that is too long, that its actor cannot be followed from there.
fn write(recording: Option<&Recording>, actor: ActorNumber, number: u64, frame: &Frame) {
    if let Some(recording) = recording
        && !recording.write(frame)
    {
        recording.write(&Frame::Unreplayable(Unreplayable {
            number,
            actor,
            reason: TOO_LONG.to_owned(),
        }));
    }
}

/// Why an actor is not followed of which a frame was left out.
const TOO_LONG: &str = "a message, what came of it, or what the actor was made of is too long to \
                        be kept";
/// Messages of one actor after which a hash of its state is written down.
const STATE_PERIOD: u64 = 1_000;
