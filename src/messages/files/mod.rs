//! Messages to the files actor: one struct an operation, named as Node names its result.
//!
//! A relative path counts from the app's resources folder. An `owner` is the index of
//! the window that asks; handles and watches belong to it and to nobody else.

mod error;
#[cfg(feature = "faults")]
mod faults;
mod folders;
mod handles;
mod paths;
mod watch;
mod whole;

pub use error::{FileError, PathPair};
#[cfg(feature = "faults")]
pub use faults::{BlockNow, PanicNow};
pub use folders::{
    FolderEntry, ListFolder, ListedEntry, MakeFolder, MakeTempFolder, OpenFolder, ReadFolderPage,
    RemoveFolder, RemovePath,
};
pub use handles::{
    ChangeHandleMode, CloseHandle, CloseHandles, CloseHandlesOf, HandleId, HandleKind, ListHandles,
    OpenFile, OpenHandle, OpenedFile, ReadHandle, SetHandleTimes, StatHandle, SyncHandle,
    TruncateHandle, WriteHandle,
};
pub use paths::{
    ChangeMode, ChangeOwner, CheckAccess, FileKind, FileStat, FileTimes, LinkFile, MakeSymlink,
    ReadLink, RenamePath, ResolvePath, SetTimes, StatPath, UnlinkFile,
};
pub use watch::{ChangeKind, ChangesDue, ChangesSeen, FileChanged, StopWatch, WatchPath};
pub use whole::{CopyFile, READ_FILE_BYTES_MAX, ReadFile, TruncateFile, WriteFile};
