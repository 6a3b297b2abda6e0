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
//! the two and the next message is code of ours, which `replay` runs again.
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
    path::Path,
};

use twox_hash::XxHash3_64;

/// What whoever has something recorded should know.
#[must_use]
pub fn notice(path: &Path) -> String {
    format!(
        "to '{}': what its actors send and receive, and the secret keys of its peers",
        path.display()
    )
}

/// What makes recordings: name and version of the executable.
pub const MADE_BY: &str = concat!("runtime ", env!("CARGO_PKG_VERSION"));

/// A hash of bytes, to compare what two runs sent.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// A hash of all that a value shows of itself, to compare the states of two runs.
#[must_use]
pub fn hash_of_shown(value: &impl fmt::Debug) -> u64 {
    let mut shown = Shown {
        hasher: XxHash3_64::new(),
        pending: String::with_capacity(2 * PENDING_BYTES),
    };
    // Fails only if the value does, and does so again in a replay.
    let _ = write!(shown, "{value:?}");
    shown.hasher.write(shown.pending.as_bytes());
    shown.hasher.finish()
}

/// Hashes text as it is written, many pieces at a time.
struct Shown {
    hasher: XxHash3_64,
    pending: String,
}

impl fmt::Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.pending.push_str(text);
        if self.pending.len() >= PENDING_BYTES {
            self.hasher.write(self.pending.as_bytes());
            self.pending.clear();
        }
        Ok(())
    }
}

/// Bytes that are hashed at once.
const PENDING_BYTES: usize = 4096;
