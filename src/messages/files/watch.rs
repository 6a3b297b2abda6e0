//! Messages about watching paths for changes.

use serde::{Deserialize, Serialize};

use crate::messages::{Class, Message};

use super::{FileError, HandleId};

/// Begins to watch a file or folder; [`FileChanged`] tells of what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchPath {
    /// Who watches.
    pub owner: u32,
    /// What.
    pub path: String,
    /// Whether to watch the folders in it too.
    pub is_recursive: bool,
}

impl Message for WatchPath {
    type Reply = Result<HandleId, FileError>;

    recorded!(reply);
}

/// Ends a watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopWatch {
    /// Who watches.
    pub owner: u32,
    /// Which watch.
    pub id: HandleId,
}

impl Message for StopWatch {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Something changed under a watched path. Equal changes within a moment come as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChanged {
    /// Whose watch it is.
    pub owner: u32,
    /// Which watch.
    pub watch: HandleId,
    /// What kind of change.
    pub kind: ChangeKind,
    /// The full path of what changed.
    pub path: String,
    /// The same as seen from the watched folder; empty if there was too much to tell, and
    /// the watcher should look for itself.
    pub filename: String,
}

impl Message for FileChanged {
    type Reply = ();
    const CLASS: Class = Class::DropOldest;

    recorded!(reply);
}

/// Kinds of change, as Node tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ChangeKind {
    /// A name came, went or moved.
    Rename,
    /// Content or attributes changed.
    Change,
}

/// A watch has something to tell (of the actor's own threads to itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesSeen {
    /// Which watch.
    pub watch: HandleId,
}

impl Message for ChangesSeen {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// What a watch has gathered is to be told now (a timer of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesDue {
    /// Which watch.
    pub watch: HandleId,
}

impl Message for ChangesDue {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}
