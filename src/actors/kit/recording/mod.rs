//! A recording: what actors took in, so that they can be run again to the same state.
//!
//! An actor that sees the world only through its messages, its clock and its seeds does the same
//! again when it gets the same again. It says so by [`Actor::recorded`](super::Actor::recorded),
//! and while its host is [recorded](super::Registry::record), its cell writes down
//! - each of its lives, with what it was made of ([`Birth`]),
//! - each message before it is handled ([`Taken`]): payload, time, cause; answers, finished jobs
//!   and timers are messages, too,
//! - and what came of it ([`Done`]): every reading of the clock and every seed that the handler
//!   drew, in order, a hash of everything that it sent, and now and then a hash of its state.
//!
//! The message in hand when a process hangs or dies is therefore in the file. What comes between
//! the two and the next message is code of ours, which [`super::replay`] runs again.
//!
//! `tape` is where a handler's readings go, or come from. `frame` is the file's format, `writer`
//! the thread that owns the file, `reader` finds what is in one. An actor whose host is not
//! recorded pays for none of it: whether it is, is one bit of the byte that it reads anyway.
//!
//! **Invariant:** a full queue to the disk delays no actor; what has no room there is counted,
//! and a replay stops before it.

mod frame;
mod log;
mod reader;
pub(super) mod tape;
mod writer;

pub use frame::{
    Birth, Closed, Done, Ended, Frame, Header, Input, Outcome, RecordingError, Taken, Unreplayable,
};
pub use reader::{RecordingFile, Step};
pub use tape::{Effect, Reading};
pub use writer::{Recording, Summary};

pub use log::RecordedActor;

pub(super) use log::{Encode, Keep, Log, deliver, end, give_up, make, outcome_of};

use std::{
    fmt::{self, Write as _},
    hash::Hasher as _,
};

use twox_hash::XxHash3_64;

/// A hash of bytes, to compare what two runs sent.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// A hash of all that a value shows of itself, to compare the states of two runs.
#[must_use]
pub fn hash_of_shown(value: &impl fmt::Debug) -> u64 {
    let mut shown = Shown(XxHash3_64::new());
    // Fails only if the value does, and does so again in a replay.
    let _ = write!(shown, "{value:?}");
    shown.0.finish()
}

/// Hashes text as it is written.
struct Shown(XxHash3_64);

impl fmt::Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
