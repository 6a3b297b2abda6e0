//! Jobs that read folders: all at once, or page by page.

use std::{
    collections::VecDeque,
    ffi::{CStr, OsStr},
    fs::File,
    os::{fd::AsFd, unix::ffi::OsStrExt as _},
    path::{Path, PathBuf},
    sync::PoisonError,
};

use rustix::{
    fs::{AtFlags, Dir, FileType, OFlags},
    io::Errno,
};

use super::{
    Files,
    errors::Call,
    flags,
    handles::Ticket,
    jobs::{Job, Task, Work, work},
    place::Place,
};
use crate::{
    actors::kit::Context,
    messages::files::{
        FileError, FileKind, FolderEntry, ListFolder, ListedEntry, OpenFolder, OpenedFile,
        ReadFolderPage,
    },
};

impl Task for ListFolder {
    type Done = Vec<ListedEntry>;

    fn begin(
        self,
        files: &mut Files,
        _: &mut Context<Files>,
    ) -> Result<Work<Vec<ListedEntry>>, FileError> {
        let place = files.place(self.path);
        work(move || list(place, self.is_recursive))
    }
}

/// Lists a folder, then the folders in it, level by level.
fn list(place: Place, is_recursive: bool) -> Result<Vec<ListedEntry>, FileError> {
    let mut listed = Vec::new();
    let mut folders = VecDeque::from([(place.full.clone(), place.shown.clone())]);
    while let Some((full, parent)) = folders.pop_front() {
        let room = ENTRIES_MAX - listed.len();
        let entries = match read_folder(&full, room) {
            Ok(Some(entries)) => entries,
            Ok(None) => return Err(too_many(place.shown)),
            // A folder below may go while its parent is read.
            Err(Errno::NOENT) if full != place.full => continue,
            Err(error) => return Err(Call::on("scandir", &parent).fail(error)),
        };
        for (entry, raw_name) in entries {
            if is_recursive && entry.kind == FileKind::Folder {
                let below = Path::new(&parent).join(&entry.name);
                folders.push_back((full.join(raw_name), below.to_string_lossy().into_owned()));
            }
            listed.push(ListedEntry {
                entry,
                parent: parent.clone(),
            });
        }
    }
    Ok(listed)
}

fn too_many(path: String) -> FileError {
    FileError::TooManyEntries {
        path,
        entries_max: ENTRIES_MAX,
    }
}

/// The entries of one folder by name; nothing if they are too many.
fn read_folder(path: &Path, room: usize) -> Result<Option<Vec<(FolderEntry, PathBuf)>>, Errno> {
    let (file, mut folder) = open_folder(path)?;
    let mut entries = Vec::new();
    while let Some(entry) = next_entry(&file, &mut folder)? {
        if entries.len() == room {
            return Ok(None);
        }
        entries.push(entry);
    }
    entries.sort();
    Ok(Some(entries))
}

fn open_folder(path: &Path) -> Result<(File, Dir), Errno> {
    let file = flags::open(path, (OFlags::RDONLY | OFlags::DIRECTORY).bits(), 0)?;
    let folder = Dir::read_from(&file)?;
    Ok((file, folder))
}

/// The next entry, and its name to the letter.
fn next_entry(file: impl AsFd, folder: &mut Dir) -> Result<Option<(FolderEntry, PathBuf)>, Errno> {
    while let Some(entry) = folder.read() {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = kind_of(&file, name, entry.file_type());
        let raw_name = Path::new(OsStr::from_bytes(name.to_bytes())).to_owned();
        let name = name.to_string_lossy().into_owned();
        return Ok(Some((FolderEntry { name, kind }, raw_name)));
    }
    Ok(None)
}

fn kind_of(folder: impl AsFd, name: &CStr, told: FileType) -> FileKind {
    let found = match told {
        // Some file systems do not say it in the folder.
        FileType::Unknown => rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
            .map_or(told, |stat| FileType::from_raw_mode(stat.st_mode)),
        _ => told,
    };
    match found {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Symlink,
        FileType::Fifo => FileKind::Fifo,
        FileType::Socket => FileKind::Socket,
        FileType::CharacterDevice => FileKind::CharDevice,
        FileType::BlockDevice => FileKind::BlockDevice,
        FileType::Unknown => FileKind::Unknown,
    }
}

impl Job for OpenFolder {
    type Done = OpenedFile;
    type Raw = (Ticket, String, File, Dir);

    fn begin(
        self,
        files: &mut Files,
        _: &mut Context<Files>,
    ) -> Result<Work<Self::Raw>, FileError> {
        let ticket = files
            .handles
            .reserve(self.owner, Call::on("opendir", &self.path))?;
        let place = files.place(self.path);
        work(move || {
            let (file, folder) = place.run("opendir", open_folder)?;
            Ok((ticket, place.shown, file, folder))
        })
    }

    fn end(
        (ticket, path, file, folder): Self::Raw,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<OpenedFile, FileError> {
        let gone = Call::on("opendir", &path);
        let admitted = files
            .handles
            .admit(ticket, (path, file, Some(folder)), ctx.random());
        admitted.ok_or_else(|| gone.fail(Errno::CANCELED))
    }
}

impl Task for ReadFolderPage {
    type Done = Vec<FolderEntry>;

    fn begin(
        self,
        files: &mut Files,
        _: &mut Context<Files>,
    ) -> Result<Work<Vec<FolderEntry>>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "readdir")?;
        work(move || {
            let fail = |error: Errno| Call::of("readdir").fail(error);
            let folder = opened.folder.as_ref().ok_or_else(|| fail(Errno::NOTDIR))?;
            let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
            let mut page = Vec::new();
            while page.len() < self.entries_max {
                match next_entry(&opened.file, &mut folder).map_err(fail)? {
                    Some((entry, _)) => page.push(entry),
                    None => break,
                }
            }
            Ok(page)
        })
    }
}

/// Entries that one list may have.
const ENTRIES_MAX: usize = 1 << 18;
