//! Messages about files as a whole.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::messages::{Message, record};

use super::FileError;

/// Reads a file of at most [`READ_FILE_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFile {
    /// Which one.
    pub path: String,
    /// The system's `O_` flags.
    pub flags: u32,
}

impl Message for ReadFile {
    type Reply = Result<Vec<u8>, FileError>;

    fn reveal(&self) -> Option<Value> {
        Some(json!({ "path": self.path }))
    }

    recorded!(reply);
}

/// Writes a file in one go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteFile {
    /// Which one.
    pub path: String,
    /// The system's `O_` flags.
    pub flags: u32,
    /// Permission bits of a new file, less the umask.
    pub mode: u32,
    /// What to write.
    #[serde(with = "record::byte_string")]
    pub bytes: Vec<u8>,
}

impl Message for WriteFile {
    type Reply = Result<(), FileError>;

    fn reveal(&self) -> Option<Value> {
        Some(json!({ "path": self.path, "length": self.bytes.len() }))
    }

    recorded!(reply);
}

/// Copies a file with its permission bits, sharing its blocks where the file system can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyFile {
    /// From here.
    pub src: String,
    /// To here.
    pub dest: String,
    /// `COPYFILE_` flags, as Node numbers them.
    pub flags: u32,
}

impl Message for CopyFile {
    type Reply = Result<(), FileError>;

    fn reveal(&self) -> Option<Value> {
        Some(json!({ "src": self.src, "dest": self.dest }))
    }

    recorded!(reply);
}

/// Cuts a file off, or fills it up with zeros.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruncateFile {
    /// Which one.
    pub path: String,
    /// Its new length in bytes.
    pub length: u64,
}

impl Message for TruncateFile {
    type Reply = Result<(), FileError>;

    fn reveal(&self) -> Option<Value> {
        Some(json!({ "path": self.path, "length": self.length }))
    }

    recorded!(reply);
}

/// Length of the largest file that one [`ReadFile`] gives back.
pub const READ_FILE_BYTES_MAX: usize = 1 << 20;
