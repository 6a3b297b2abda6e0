//! Messages about opened files.

use serde::{Deserialize, Serialize};

use crate::messages::{
    Class, Message,
    record::{self, Name},
};

use super::{FileError, FileStat, FileTimes};

/// Names an opened file, folder or watch. Nobody can guess one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HandleId(pub u128);

/// Opens a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    /// Who opens it, and may use it.
    pub owner: u32,
    /// Which one.
    pub path: String,
    /// The system's `O_` flags.
    pub flags: u32,
    /// Permission bits of a new file, less the umask.
    pub mode: u32,
}

impl Message for OpenFile {
    type Reply = Result<OpenedFile, FileError>;

    recorded!(reply);
}

/// A file or folder that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedFile {
    /// By which it can be used.
    pub id: HandleId,
    /// The system's number of it, good for telling it from others only.
    pub fd: i32,
}

/// Closes a file or folder. What was begun with it still ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// The system call to blame if it is not open.
    #[serde(deserialize_with = "record::interned")]
    pub syscall: Name,
}

impl Message for CloseHandle {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Reads once; replies with no bytes at the end of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// How many bytes at most.
    pub size: usize,
    /// From where; without one, from the handle's position, which moves.
    pub offset: Option<u64>,
}

impl Message for ReadHandle {
    type Reply = Result<Vec<u8>, FileError>;

    recorded!(reply);
}

/// Writes once; replies with the bytes written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// Where to; without one, to the handle's position, which moves.
    pub offset: Option<u64>,
    /// What.
    #[serde(with = "record::byte_string")]
    pub bytes: Vec<u8>,
}

impl Message for WriteHandle {
    type Reply = Result<usize, FileError>;

    recorded!(reply);
}

/// Describes an opened file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
}

impl Message for StatHandle {
    type Reply = Result<FileStat, FileError>;

    recorded!(reply);
}

/// Cuts an opened file off, or fills it up with zeros.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruncateHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// Its new length in bytes.
    pub length: u64,
}

impl Message for TruncateHandle {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Waits until an opened file is safe on its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncHandle {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// Whether its times may lag behind.
    pub is_data_only: bool,
}

impl Message for SyncHandle {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Changes the permission bits of an opened file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeHandleMode {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// The new bits.
    pub mode: u32,
}

impl Message for ChangeHandleMode {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Changes the times of an opened file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetHandleTimes {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// The new times.
    pub times: FileTimes,
}

impl Message for SetHandleTimes {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Lists what a window has open, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHandles {
    /// Which window.
    pub owner: u32,
}

impl Message for ListHandles {
    type Reply = Result<Vec<OpenHandle>, FileError>;

    recorded!(reply);
}

/// Closes what a window has open; replies with how many that were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseHandles {
    /// Which window.
    pub owner: u32,
}

impl Message for CloseHandles {
    type Reply = Result<usize, FileError>;

    recorded!(reply);
}

/// Closes what a page has left open, and ends its watches: the page is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseHandlesOf {
    /// The page's window.
    pub owner: u32,
}

impl Message for CloseHandlesOf {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// One open handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHandle {
    /// Its id.
    pub id: HandleId,
    /// The system's number of it.
    pub fd: i32,
    /// The path by which it was opened.
    pub path: String,
    /// How it was opened.
    pub kind: HandleKind,
}

/// How a handle was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandleKind {
    /// By [`OpenFile`].
    File,
    /// By [`super::OpenFolder`].
    Folder,
}
