//! What a handler reads and does beside its message: written down while it is recorded, and
//! given back to it while it is replayed.
//!
//! A thread handles one message at a time, so the tape of the message in hand is the thread's.

use std::{cell::RefCell, collections::VecDeque};

use serde::{Deserialize, Serialize};

use super::hash;
use crate::{
    actors::kit::{AskError, Refusal},
    messages::Message,
    relay::Time,
};

/// One thing that a handler learned beside its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// The time, in microseconds of the host's clock.
    Time(u64),
    /// The date, in milliseconds since 1970.
    Date(u64),
    /// A random seed.
    Seed([u8; 32]),
    /// A number that others count.
    Count(u64),
    /// Whether a timer could be taken back.
    Cancelled(bool),
}

/// One thing that a handler did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It sent a message.
    Sent {
        /// Its type.
        message: String,
        /// A hash of it; nothing if messages of its type are not kept.
        hash: Option<u64>,
        /// Why it was not taken, if it was not.
        refusal: Option<Refusal>,
    },
    /// It answered a message, or failed it.
    Answered {
        /// The number of the message.
        number: u64,
        /// A hash of the answer; nothing if such answers are not kept.
        hash: Option<u64>,
    },
}

/// What was written down of one handler.
#[derive(Default)]
pub(in crate::actors::kit) struct Tape {
    pub(in crate::actors::kit) readings: VecDeque<Reading>,
    pub(in crate::actors::kit) effects: VecDeque<Effect>,
}

enum Running {
    Off,
    Recording(Tape),
    Replaying(Replaying),
}

/// A tape that is played back.
struct Replaying {
    tape: Tape,
    /// Whether the handler came to its end when it was recorded.
    is_whole: bool,
    /// The last time that it read.
    time: Time,
    /// What differed first.
    difference: Option<String>,
}

/// Writes down what this thread's handler does from here on.
pub(in crate::actors::kit) fn record() {
    RUNNING.set(Running::Recording(Tape::default()));
}

/// Ends that, and gives what was written down.
pub(in crate::actors::kit) fn end_record() -> Tape {
    match RUNNING.replace(Running::Off) {
        Running::Recording(tape) => tape,
        _ => Tape::default(),
    }
}

/// Gives back to this thread's handler what it read before, from `time` on. Of a handler that
/// had not come to its end when it was recorded (`is_whole`) nothing is known: its clock ticks.
pub(in crate::actors::kit) fn replay(tape: Tape, time: Time, is_whole: bool) {
    RUNNING.set(Running::Replaying(Replaying {
        tape,
        is_whole,
        time,
        difference: None,
    }));
}

/// Ends that, and says what differed, if anything did.
pub(in crate::actors::kit) fn end_replay() -> Option<String> {
    let Running::Replaying(replaying) = RUNNING.replace(Running::Off) else {
        return None;
    };
    replaying.difference.or_else(|| {
        let tape = replaying.tape;
        match (tape.effects.front(), tape.readings.front()) {
            (Some(effect), _) => Some(format!("it did not do this: {}", effect.say())),
            (None, Some(reading)) => Some(format!("it did not read {reading:?}")),
            (None, None) => None,
        }
    })
}

/// Runs something on this thread that is not the handler's doing.
pub(in crate::actors::kit) fn aside<T>(run: impl FnOnce() -> T) -> T {
    let running = RUNNING.replace(Running::Off);
    let result = run();
    RUNNING.set(running);
    result
}

pub(in crate::actors::kit) fn time(actual: impl FnOnce() -> Time) -> Time {
    let read = reading(
        || Reading::Time(actual().as_micros()),
        |replaying| {
            match replaying.tape.readings.pop_front() {
                Some(Reading::Time(time)) => replaying.time = Time::from_micros(time),
                None if !replaying.is_whole => {
                    let tick = replaying.time.as_micros().saturating_add(1);
                    replaying.time = Time::from_micros(tick);
                }
                other => replaying.differs("the time", other),
            }
            Reading::Time(replaying.time.as_micros())
        },
    );
    match read {
        Reading::Time(time) => Time::from_micros(time),
        _ => Time::ZERO,
    }
}

pub(in crate::actors::kit) fn date(actual: impl FnOnce() -> u64) -> u64 {
    let read = reading(
        || Reading::Date(actual()),
        |replaying| match replaying.tape.readings.pop_front() {
            Some(date @ Reading::Date(_)) => date,
            None if !replaying.is_whole => Reading::Date(0),
            other => {
                replaying.differs("the date", other);
                Reading::Date(0)
            }
        },
    );
    if let Reading::Date(date) = read {
        date
    } else {
        0
    }
}

pub(in crate::actors::kit) fn seed(actual: impl FnOnce() -> [u8; 32]) -> [u8; 32] {
    let read = reading(
        || Reading::Seed(actual()),
        |replaying| match replaying.tape.readings.pop_front() {
            Some(seed @ Reading::Seed(_)) => seed,
            None if !replaying.is_whole => Reading::Seed([0; 32]),
            other => {
                replaying.differs("a seed", other);
                Reading::Seed([0; 32])
            }
        },
    );
    if let Reading::Seed(seed) = read {
        seed
    } else {
        [0; 32]
    }
}

pub(in crate::actors::kit) fn count(actual: impl FnOnce() -> u64) -> u64 {
    let read = reading(
        || Reading::Count(actual()),
        |replaying| match replaying.tape.readings.pop_front() {
            Some(count @ Reading::Count(_)) => count,
            None if !replaying.is_whole => Reading::Count(0),
            other => {
                replaying.differs("a count", other);
                Reading::Count(0)
            }
        },
    );
    if let Reading::Count(count) = read {
        count
    } else {
        0
    }
}

/// Whether a timer is taken back. `actual` takes it back; in a replay it is run only if the
/// timer could be taken back before, since one that could not is in the mailbox then.
pub(in crate::actors::kit) fn cancelled(actual: impl FnOnce() -> bool) -> bool {
    let expected = RUNNING.with_borrow_mut(|running| match running {
        Running::Replaying(replaying) => match replaying.tape.readings.pop_front() {
            Some(Reading::Cancelled(expected)) => Some(expected),
            None if !replaying.is_whole => None,
            other => {
                replaying.differs("whether a timer is set", other);
                None
            }
        },
        _ => None,
    });
    if expected == Some(false) {
        return false;
    }
    let is_cancelled = actual();
    RUNNING.with_borrow_mut(|running| {
        if let Running::Recording(tape) = running {
            tape.readings.push_back(Reading::Cancelled(is_cancelled));
        }
    });
    is_cancelled
}

/// What becomes of a message that is sent to a recorded or replayed host.
pub(in crate::actors::kit) enum Sending {
    /// It is sent, and nobody writes it down.
    Plain,
    /// It is sent, and then [`sent`] is told.
    Recorded(Option<u64>),
    /// It goes nowhere, and this came of it before.
    Replayed(Option<Refusal>),
}

/// A handler, or somebody outside of all, sends a message.
pub(in crate::actors::kit) fn sending<M: Message>(message: &M, label: &'static str) -> Sending {
    let is_off = RUNNING.with_borrow(|running| matches!(running, Running::Off));
    if is_off {
        return Sending::Plain;
    }
    let hash = message.encoded().map(|bytes| hash(&bytes));
    RUNNING.with_borrow_mut(|running| match running {
        Running::Off => Sending::Plain,
        Running::Recording(_) => Sending::Recorded(hash),
        Running::Replaying(replaying) => {
            let message = crate::actors::kit::labels::short(label);
            Sending::Replayed(replaying.send(message, hash))
        }
    })
}

/// What came of a message that was sent.
pub(in crate::actors::kit) fn sent(
    label: &'static str,
    hash: Option<u64>,
    refusal: Option<Refusal>,
) {
    let message = crate::actors::kit::labels::short(label);
    RUNNING.with_borrow_mut(|running| {
        if let Running::Recording(tape) = running {
            tape.effects.push_back(Effect::Sent {
                message,
                hash,
                refusal,
            });
        }
    });
}

/// The message with this number was answered.
pub(in crate::actors::kit) fn answered<M: Message>(
    number: u64,
    outcome: &Result<M::Reply, AskError>,
) {
    let is_off = RUNNING.with_borrow(|running| matches!(running, Running::Off));
    if is_off {
        return;
    }
    let hash = match outcome {
        Ok(reply) => M::encoded_reply(reply).map(|bytes| hash(&bytes)),
        Err(error) => Some(hash(error.to_string().as_bytes())),
    };
    let effect = Effect::Answered { number, hash };
    RUNNING.with_borrow_mut(|running| match running {
        Running::Off => {}
        Running::Recording(tape) => tape.effects.push_back(effect),
        Running::Replaying(replaying) => replaying.expect(&effect),
    });
}

impl Replaying {
    fn send(&mut self, message: String, hash: Option<u64>) -> Option<Refusal> {
        let refusal = match self.tape.effects.front() {
            Some(Effect::Sent { refusal, .. }) => *refusal,
            _ => None,
        };
        self.expect(&Effect::Sent {
            message,
            hash,
            refusal,
        });
        refusal
    }

    fn expect(&mut self, effect: &Effect) {
        if !self.is_whole {
            return;
        }
        let expected = self.tape.effects.pop_front();
        if expected.as_ref() == Some(effect) {
            return;
        }
        let before = expected.map_or("nothing".to_owned(), |expected| expected.say());
        let now = effect.say();
        let difference = || format!("{now}; in the recording: {before}");
        self.difference.get_or_insert_with(difference);
    }

    fn differs(&mut self, what: &str, recorded: Option<Reading>) {
        let recorded = recorded.map_or("nothing".to_owned(), |reading| format!("{reading:?}"));
        let difference = || format!("it read {what}; in the recording it read: {recorded}");
        self.difference.get_or_insert_with(difference);
    }
}

impl Effect {
    /// The effect in words.
    fn say(&self) -> String {
        let hash = |hash: &Option<u64>| hash.map_or(String::new(), |hash| format!(" {hash:016x}"));
        match self {
            Self::Sent {
                message,
                hash: value,
                refusal,
            } => {
                let refusal = refusal.map_or(String::new(), |refusal| format!(", but {refusal}"));
                format!("it sent {message}{}{refusal}", hash(value))
            }
            Self::Answered {
                number,
                hash: value,
            } => format!("it answered message {number} with{}", hash(value)),
        }
    }
}

/// Reads `actual` and writes that down, or what `replayed` takes from the tape.
fn reading(
    actual: impl FnOnce() -> Reading,
    replayed: impl FnOnce(&mut Replaying) -> Reading,
) -> Reading {
    RUNNING.with_borrow_mut(|running| match running {
        Running::Off => actual(),
        Running::Recording(tape) => {
            let reading = actual();
            tape.readings.push_back(reading.clone());
            reading
        }
        Running::Replaying(replaying) => replayed(replaying),
    })
}

thread_local! {
    static RUNNING: RefCell<Running> = const { RefCell::new(Running::Off) };
}
