//! What is in the file of a recording, frame by frame.
//!
//! The file begins with [`MAGIC`]. Each frame is its length (4 bytes, little endian), a hash of
//! what follows and of the frame's number in the file (8 bytes), and a [`Frame`] in CBOR; so a
//! frame that is changed, missing, repeated or out of place is found. The first is a [`Header`].

use std::{io, path::PathBuf};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::tape::{Effect, Reading};
use crate::messages::{
    cause::CauseId,
    record::{decode, encode},
};

/// One frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Frame {
    /// What the file is; the first frame, and only that.
    Header(Header),
    /// An actor begins a life.
    Birth(Birth),
    /// A message is about to be handled.
    Taken(Taken),
    /// A message was handled.
    Done(Done),
    /// An actor has ended.
    Ended(Ended),
    /// An actor cannot be followed any further.
    Unreplayable(Unreplayable),
    /// The recording was ended in good order; the last frame.
    Closed(Closed),
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the frames.
    pub version: u32,
    /// Name and version of the executable that wrote it.
    pub made_by: String,
    /// When it began, in milliseconds since 1970.
    pub began_unix_ms: u64,
}

/// An actor begins a life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Birth {
    /// Its place in the order of everything that is recorded.
    pub number: u64,
    /// The actor's number on its host.
    pub actor: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// How often it was restarted.
    pub life: u64,
    /// When, in microseconds of the host's clock.
    pub at_us: u64,
    /// What its start goes back to.
    pub cause: CauseId,
    /// What it was made of, in CBOR; nothing if it cannot be run again.
    pub setup: Option<Bytes>,
    /// What it read when it started.
    pub readings: Vec<Reading>,
    /// What it did when it started.
    pub effects: Vec<Effect>,
    /// How its start ended.
    pub outcome: Outcome,
}

/// A message is about to be handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Its place in the order of everything that is recorded.
    pub number: u64,
    /// Whose it is.
    pub actor: u32,
    /// Its type.
    pub message: String,
    /// When its turn came, in microseconds of the host's clock.
    pub at_us: u64,
    /// When its asker gives up; the greatest number if nobody waits.
    pub expires_us: u64,
    /// What it goes back to.
    pub cause: CauseId,
    /// The number of the actor that sent it; 0 for somebody outside.
    pub sender: u32,
    /// The message.
    pub input: Input,
}

/// What an actor takes out of its mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// A message.
    Message {
        /// In CBOR; nothing if messages of its type are not kept.
        payload: Option<Bytes>,
        /// Whether somebody waits for the answer.
        is_awaited: bool,
    },
    /// One of its timers went off.
    Timer {
        /// The number of the timer.
        timer: u64,
        /// The message that it sends, if it is one that is kept.
        payload: Option<Bytes>,
    },
    /// A question of its own was answered, or a job of its own is done.
    Answer {
        /// The number of the question or job.
        question: u64,
        /// What came of it, in CBOR; nothing if that is not kept.
        outcome: Option<Bytes>,
    },
}

/// A message was handled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The message's.
    pub number: u64,
    /// What the handler read, in order.
    pub readings: Vec<Reading>,
    /// What it did, in order.
    pub effects: Vec<Effect>,
    /// How it ended.
    pub outcome: Outcome,
    /// A hash of the actor's state afterwards, now and then.
    pub state: Option<u64>,
}

/// How the handling of a message ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// As it should.
    Handled,
    /// It was meant for an earlier life.
    Stale,
    /// With a panic that said this.
    Panicked(String),
}

/// An actor has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its place in the order of everything that is recorded.
    pub number: u64,
    /// Which.
    pub actor: u32,
    /// When, in microseconds of the host's clock.
    #[serde(default)]
    pub at_us: u64,
    /// A hash of its state.
    pub state: u64,
}

/// An actor cannot be followed any further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreplayable {
    /// Its place in the order of everything that is recorded; that of the message on which the
    /// actor cannot be followed, if it was that.
    pub number: u64,
    /// Which.
    pub actor: u32,
    /// Why.
    pub reason: String,
}

/// The recording was ended in good order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Frames that found no room.
    pub lost: u64,
}

/// Why a file cannot be read as a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The system refuses.
    #[error("cannot read the recording '{}': {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is something else.
    #[error("'{}' is no recording: it does not begin like one", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another version wrote it.
    #[error(
        "the recording has version {found}; this is for version {VERSION} ({made_by} wrote it)"
    )]
    Version {
        /// Its version.
        found: u32,
        /// What wrote it.
        made_by: String,
    },
    /// It ends within a frame.
    #[error("the recording is cut off within frame {frame}, which begins at byte {offset}")]
    CutOff {
        /// The frame, counted from 0.
        frame: u64,
        /// Where it begins.
        offset: u64,
    },
    /// A frame is not as it was written.
    #[error("frame {frame} of the recording, at byte {offset}, is damaged: {reason}")]
    Damaged {
        /// The frame, counted from 0.
        frame: u64,
        /// Where it begins.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
}

/// The bytes of a frame; nothing if it is longer than [`FRAME_BYTES_MAX`].
pub(super) fn to_bytes(frame: &Frame) -> Option<Vec<u8>> {
    let body = encode(frame);
    (!body.is_empty() && body.len() <= FRAME_BYTES_MAX).then_some(body)
}

/// What stands before the body of the frame with this number in the file.
pub(super) fn head_of(number: u64, body: &[u8]) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    let length = u32::try_from(body.len()).expect("a frame's length was checked");
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..].copy_from_slice(&XxHash3_64::oneshot_with_seed(number, body).to_le_bytes());
    head
}

/// How long a body is, as its head says.
pub(super) fn length_of(head: &[u8; HEAD_BYTES]) -> usize {
    let [a, b, c, d, ..] = *head;
    u32::from_le_bytes([a, b, c, d]) as usize
}

/// The frame with this number in the file, or what is wrong with it.
pub(super) fn from_bytes(
    number: u64,
    head: &[u8; HEAD_BYTES],
    body: &[u8],
) -> Result<Frame, String> {
    if head_of(number, body) != *head {
        return Err("its checksum is another".to_owned());
    }
    decode(body).map_err(|error| format!("it is no frame: {error}"))
}

/// The first bytes of every recording.
pub(super) const MAGIC: [u8; 8] = *b"\x89SRec\r\n\n";
/// The version of what follows.
pub(super) const VERSION: u32 = 1;
/// Length and hash.
pub(super) const HEAD_BYTES: usize = 12;
/// The longest frame; a message that needs a longer one is not kept.
pub(super) const FRAME_BYTES_MAX: usize = 1 << 26;
