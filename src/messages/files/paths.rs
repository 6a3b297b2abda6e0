//! Messages about what a path names, without its content.

use serde::{Deserialize, Serialize};

use crate::messages::Message;

use super::FileError;

/// Describes what a path names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatPath {
    /// Which one.
    pub path: String,
    /// Whether a link stands for what it points to.
    pub follows: bool,
}

impl Message for StatPath {
    type Reply = Result<FileStat, FileError>;

    recorded!(reply);
}

/// What the system knows of a file. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileStat {
    /// Device it is on.
    pub dev: u64,
    /// Number on that device.
    pub ino: u64,
    /// Type and permission bits.
    pub mode: u32,
    /// Hard links to it.
    pub nlink: u64,
    /// User who owns it.
    pub uid: u32,
    /// Group that owns it.
    pub gid: u32,
    /// Device that it is.
    pub rdev: u64,
    /// Length in bytes.
    pub size: u64,
    /// Preferred bytes per read or write.
    pub blksize: u64,
    /// Space that it takes, in units of 512 bytes.
    pub blocks: u64,
    /// Last read.
    pub atime_ms: f64,
    /// Last change of the content.
    pub mtime_ms: f64,
    /// Last change of anything.
    pub ctime_ms: f64,
    /// Its making; the last change of anything where the file system does not know.
    pub birthtime_ms: f64,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A Unix socket.
    Socket,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
    /// Something else.
    Unknown,
}

/// Checks what the process may do with a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAccess {
    /// Which one.
    pub path: String,
    /// Bits of `R_OK`, `W_OK` and `X_OK`; zero asks whether it exists.
    pub mode: u32,
}

impl Message for CheckAccess {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Changes permission bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeMode {
    /// Of what.
    pub path: String,
    /// The new bits.
    pub mode: u32,
}

impl Message for ChangeMode {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Changes user and group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOwner {
    /// Of what.
    pub path: String,
    /// The new user, if it is to change.
    pub uid: Option<u32>,
    /// The new group, if it is to change.
    pub gid: Option<u32>,
    /// Whether a link stands for what it points to.
    pub follows: bool,
}

impl Message for ChangeOwner {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Changes the times of last read and last change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetTimes {
    /// Of what.
    pub path: String,
    /// The new times.
    pub times: FileTimes,
}

impl Message for SetTimes {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Times to set, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileTimes {
    /// Last read.
    pub atime_ms: f64,
    /// Last change of the content.
    pub mtime_ms: f64,
}

/// Moves a file or folder, over whatever file is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenamePath {
    /// From here.
    pub src: String,
    /// To here.
    pub dest: String,
}

impl Message for RenamePath {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Gives a file a second name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFile {
    /// Its name.
    pub src: String,
    /// Its other name.
    pub dest: String,
}

impl Message for LinkFile {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Makes a symbolic link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeSymlink {
    /// What the link says; kept to the letter.
    pub target: String,
    /// Where the link is made.
    pub path: String,
}

impl Message for MakeSymlink {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Reads what a symbolic link says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLink {
    /// Which link.
    pub path: String,
}

impl Message for ReadLink {
    type Reply = Result<String, FileError>;

    recorded!(reply);
}

/// Follows every link and dot of a path to the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvePath {
    /// Which path.
    pub path: String,
}

impl Message for ResolvePath {
    type Reply = Result<String, FileError>;

    recorded!(reply);
}

/// Removes a file or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlinkFile {
    /// Which one.
    pub path: String,
}

impl Message for UnlinkFile {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}
