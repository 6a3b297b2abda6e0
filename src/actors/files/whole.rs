//! Jobs on files as a whole: reading, writing, copying, cutting off.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
};

use rustix::{
    fs::OFlags,
    io::{Errno, retry_on_intr},
};

use super::{
    Files,
    errors::Call,
    flags,
    jobs::{Task, Work, work},
    place::Place,
};
use crate::{
    actors::kit::Context,
    messages::files::{
        CopyFile, FileError, READ_FILE_BYTES_MAX, ReadFile, TruncateFile, WriteFile,
    },
};

impl Task for ReadFile {
    type Done = Vec<u8>;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<Vec<u8>>, FileError> {
        let place = files.place(self.path);
        work(move || {
            let file = place.run("open", |path| flags::open(path, self.flags, 0o666))?;
            let read = read_all(&file).map_err(|error| Call::of("read").fail(error))?;
            read.ok_or(FileError::TooLargeForCall {
                path: place.shown,
                bytes_max: READ_FILE_BYTES_MAX,
            })
        })
    }
}

/// Reads to the end; nothing if that is too far. The size that a file claims says only
/// how much memory to begin with: files of the kernel's say that they are empty.
fn read_all(file: &File) -> io::Result<Option<Vec<u8>>> {
    let claimed = file.metadata()?;
    let length = usize::try_from(claimed.len()).unwrap_or(usize::MAX);
    if claimed.is_file() && length > READ_FILE_BYTES_MAX {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(length.min(READ_FILE_BYTES_MAX) + 1);
    file.take(READ_FILE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() <= READ_FILE_BYTES_MAX).then_some(bytes))
}

impl Task for WriteFile {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || {
            let mut file = place.run("open", |path| flags::open(path, self.flags, self.mode))?;
            file.write_all(&self.bytes)
                .map_err(|error| Call::of("write").fail(error))
        })
    }
}

impl Task for TruncateFile {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let place = files.place(self.path);
        work(move || {
            let flags = OFlags::WRONLY.bits();
            let file = place.run("open", |path| flags::open(path, flags, 0))?;
            let cut = retry_on_intr(|| rustix::fs::ftruncate(&file, self.length));
            cut.map_err(|error| Call::of("ftruncate").fail(error))
        })
    }
}

impl Task for CopyFile {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let (src, dest) = (files.place(self.src), files.place(self.dest));
        work(move || {
            let copied = copy(&src, &dest, self.flags);
            copied.map_err(|error| Call::between("copyfile", &src.shown, &dest.shown).fail(error))
        })
    }
}

fn copy(src: &Place, dest: &Place, copy_flags: u32) -> io::Result<()> {
    let from = flags::open(&src.full, OFlags::RDONLY.bits(), 0)?;
    let source = from.metadata()?;
    if source.is_dir() {
        return Err(Errno::ISDIR.into());
    }
    let (to, is_new) = open_copy(dest, source.mode(), copy_flags & COPYFILE_EXCL != 0)?;
    let target = to.metadata()?;
    if (source.dev(), source.ino()) == (target.dev(), target.ino()) {
        return Ok(());
    }
    let copied = copy_content(&from, &to, copy_flags).and_then(|()| {
        if target.is_file() {
            to.set_permissions(source.permissions())
        } else {
            Ok(())
        }
    });
    if copied.is_err() && is_new {
        // Half a copy is worse than none; the first error is the one that counts.
        let _ = fs::remove_file(&dest.full);
    }
    copied
}

/// Opens what is copied to, and says whether it was made.
fn open_copy(dest: &Place, mode: u32, is_exclusive: bool) -> Result<(File, bool), Errno> {
    let open_flags = OFlags::WRONLY | OFlags::CREATE;
    match flags::open(&dest.full, (open_flags | OFlags::EXCL).bits(), mode) {
        Ok(file) => Ok((file, true)),
        Err(Errno::EXIST) if !is_exclusive => {
            Ok((flags::open(&dest.full, open_flags.bits(), mode)?, false))
        }
        Err(error) => Err(error),
    }
}

fn copy_content(mut from: &File, mut to: &File, copy_flags: u32) -> io::Result<()> {
    if to.metadata()?.is_file() {
        to.set_len(0)?;
    }
    if copy_flags & (COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE) != 0 {
        match clone_blocks(from, to) {
            Ok(()) => return Ok(()),
            Err(error) if copy_flags & COPYFILE_FICLONE_FORCE != 0 => return Err(error.into()),
            Err(_) => {}
        }
    }
    // The standard library lets the kernel copy, which shares blocks where it can.
    io::copy(&mut from, &mut to).map(drop)
}

#[cfg(target_os = "linux")]
fn clone_blocks(from: &File, to: &File) -> Result<(), Errno> {
    rustix::fs::ioctl_ficlone(to, from)
}

#[cfg(not(target_os = "linux"))]
fn clone_blocks(_from: &File, _to: &File) -> Result<(), Errno> {
    Err(Errno::NOTSUP)
}

/// Fail if the copy exists.
pub const COPYFILE_EXCL: u32 = 1;
/// Share blocks if the file system can.
pub const COPYFILE_FICLONE: u32 = 2;
/// Fail if the file system cannot share blocks.
pub const COPYFILE_FICLONE_FORCE: u32 = 4;
