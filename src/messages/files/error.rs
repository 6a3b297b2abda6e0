//! Why a file operation failed, in the words that Node's users know.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::messages::record::{self, Name};

/// Why a file operation failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system refused, or the actor in its place.
    #[error("{code}: {text}, {syscall}{paths}")]
    System {
        /// Name of the error number, such as `ENOENT`.
        #[serde(deserialize_with = "record::interned")]
        code: Name,
        /// What it means.
        #[serde(deserialize_with = "record::interned")]
        text: Name,
        /// The system call, as Node names it.
        #[serde(deserialize_with = "record::interned")]
        syscall: Name,
        /// The paths of the call, as the caller gave them.
        paths: PathPair,
    },
    /// The file does not fit into one answer.
    #[error("'{path}' is larger than {bytes_max} bytes; open it and read it in pieces")]
    TooLargeForCall {
        /// The path, as the caller gave it.
        path: String,
        /// How large a file may be.
        bytes_max: usize,
    },
    /// The folder has too many entries for one answer.
    #[error("'{path}' has more than {entries_max} entries; open it and read it in pages")]
    TooManyEntries {
        /// The path, as the caller gave it.
        path: String,
        /// How many entries an answer may have.
        entries_max: usize,
    },
    /// A folder was to be removed without `recursive`.
    #[error("Path is a directory: rm returned EISDIR (is a directory) {path}")]
    IsFolder {
        /// The path, as the caller gave it.
        path: String,
    },
}

/// The paths that a system call was given: none, one or two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathPair {
    /// The only or the first one.
    pub path: Option<String>,
    /// The second one.
    pub dest: Option<String>,
}

impl fmt::Display for PathPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, " '{path}'")?;
        }
        if let Some(dest) = &self.dest {
            write!(f, " -> '{dest}'")?;
        }
        Ok(())
    }
}
