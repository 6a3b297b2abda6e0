//! Messages about folders.

use serde::{Deserialize, Serialize};

use crate::messages::Message;

use super::{FileError, FileKind, HandleId, OpenedFile};

/// Makes a folder. Replies with the full path of the first one made if it was recursive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeFolder {
    /// Where.
    pub path: String,
    /// Whether to make missing parents too, and to accept that it exists.
    pub is_recursive: bool,
    /// Permission bits, less the umask.
    pub mode: u32,
}

impl Message for MakeFolder {
    type Reply = Result<Option<String>, FileError>;

    recorded!(reply);
}

/// Removes an empty folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveFolder {
    /// Which one.
    pub path: String,
}

impl Message for RemoveFolder {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Removes a file or link, or a folder with all it holds. Never follows a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovePath {
    /// Which one.
    pub path: String,
    /// Whether it may be a folder.
    pub is_recursive: bool,
    /// Whether it may be missing.
    pub is_forced: bool,
}

impl Message for RemovePath {
    type Reply = Result<(), FileError>;

    recorded!(reply);
}

/// Makes a new folder for its user only; replies with its path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeTempFolder {
    /// What its path begins with; six random characters follow.
    pub prefix: String,
}

impl Message for MakeTempFolder {
    type Reply = Result<String, FileError>;

    recorded!(reply);
}

/// Lists a folder, in the order of the names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFolder {
    /// Which one.
    pub path: String,
    /// Whether to list the folders in it too. Links are not followed.
    pub is_recursive: bool,
}

impl Message for ListFolder {
    type Reply = Result<Vec<ListedEntry>, FileError>;

    recorded!(reply);
}

/// Opens a folder to be read page by page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFolder {
    /// Who opens it.
    pub owner: u32,
    /// Which one.
    pub path: String,
}

impl Message for OpenFolder {
    type Reply = Result<OpenedFile, FileError>;

    recorded!(reply);
}

/// Reads the next entries of an opened folder; replies with none at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFolderPage {
    /// Who opened it.
    pub owner: u32,
    /// Which handle.
    pub id: HandleId,
    /// How many at most.
    pub entries_max: usize,
}

impl Message for ReadFolderPage {
    type Reply = Result<Vec<FolderEntry>, FileError>;

    recorded!(reply);
}

/// A name in a folder. A name that is not UTF-8 has replacement characters in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FolderEntry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
}

/// A name in a listed folder, and the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedEntry {
    /// The name.
    pub entry: FolderEntry,
    /// The path of the folder, beginning as the caller gave it.
    pub parent: String,
}
