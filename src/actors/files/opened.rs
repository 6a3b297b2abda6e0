//! Jobs on opened files, and the opening and closing of them.

use std::fs::File;

use rustix::{
    buffer::spare_capacity,
    fs::{FileType, Mode, RawMode},
    io::{Errno, retry_on_intr},
};

use super::{
    Files,
    errors::Call,
    flags::{self, MODE_MASK},
    handles::{Opened, Ticket},
    jobs::{Job, Task, Work, work},
    paths,
};
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::{
        Message,
        files::{
            ChangeHandleMode, CloseHandle, CloseHandles, FileError, FileStat, ListHandles,
            OpenFile, OpenedFile, ReadHandle, SetHandleTimes, StatHandle, SyncHandle,
            TruncateHandle, WriteHandle,
        },
    },
};

impl Job for OpenFile {
    type Done = OpenedFile;
    type Raw = (Ticket, String, File);

    fn begin(
        self,
        files: &mut Files,
        _: &mut Context<Files>,
    ) -> Result<Work<Self::Raw>, FileError> {
        let ticket = files
            .handles
            .reserve(self.owner, Call::on("open", &self.path))?;
        let place = files.place(self.path);
        work(move || {
            let file = place.run("open", |path| flags::open(path, self.flags, self.mode))?;
            Ok((ticket, place.shown, file))
        })
    }

    fn end(
        (ticket, path, file): Self::Raw,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<OpenedFile, FileError> {
        let gone = Call::on("open", &path);
        let admitted = files
            .handles
            .admit(ticket, (path, file, None), ctx.random());
        admitted.ok_or_else(|| gone.fail(Errno::CANCELED))
    }
}

impl Task for CloseHandle {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let opened = files.handles.close(self.owner, self.id, self.syscall)?;
        work(move || {
            drop(opened);
            Ok(())
        })
    }
}

impl Task for CloseHandles {
    type Done = usize;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<usize>, FileError> {
        let opened = files.handles.close_all(self.owner);
        work(move || Ok(opened.len()))
    }
}

impl Handler<ListHandles> for Files {
    fn handle(
        &mut self,
        message: ListHandles,
        reply: Reply<<ListHandles as Message>::Reply>,
        _: &mut Context<Self>,
    ) {
        reply.send(Ok(self.handles.list(message.owner)));
    }
}

impl Task for ReadHandle {
    type Done = Vec<u8>;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<Vec<u8>>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "read")?;
        work(move || {
            let read = read(&opened.file, self.size, self.offset);
            read.map_err(|error| Call::of("read").fail(error))
        })
    }
}

/// Reads once. The position is the system's own, which moves it in one step with the
/// read, so that reads at once get different bytes.
fn read(file: &File, size: usize, offset: Option<u64>) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::with_capacity(size.min(likely_bytes(file, offset)?));
    if size == 0 {
        return Ok(bytes);
    }
    retry_on_intr(|| match offset {
        Some(offset) => rustix::io::pread(file, spare_capacity(&mut bytes), offset),
        None => rustix::io::read(file, spare_capacity(&mut bytes)),
    })?;
    Ok(bytes)
}

/// How many bytes there may be to read, so that no memory is taken for what is not there.
fn likely_bytes(file: &File, offset: Option<u64>) -> Result<usize, Errno> {
    let stat = rustix::fs::fstat(file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Ok(UNSIZED_READ_BYTES);
    }
    let offset = match offset {
        Some(offset) => offset,
        None => rustix::fs::tell(file)?,
    };
    let length = u64::try_from(stat.st_size).unwrap_or(0);
    let rest = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX);
    // Files of the kernel's say that they are empty.
    Ok(rest.max(UNSIZED_READ_BYTES))
}

impl Task for WriteHandle {
    type Done = usize;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<usize>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "write")?;
        on_file("write", opened, move |file| {
            retry_on_intr(|| match self.offset {
                Some(offset) => rustix::io::pwrite(file, &self.bytes, offset),
                None => rustix::io::write(file, &self.bytes),
            })
        })
    }
}

impl Task for StatHandle {
    type Done = FileStat;

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<FileStat>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "fstat")?;
        on_file("fstat", opened, |file| {
            file.metadata().map(|metadata| paths::stat(&metadata))
        })
    }
}

impl Task for TruncateHandle {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "ftruncate")?;
        on_file("ftruncate", opened, move |file| {
            retry_on_intr(|| rustix::fs::ftruncate(file, self.length))
        })
    }
}

impl Task for SyncHandle {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let syscall = if self.is_data_only {
            "fdatasync"
        } else {
            "fsync"
        };
        let opened = files.handles.find(self.owner, self.id, syscall)?;
        on_file(syscall, opened, move |file| {
            if self.is_data_only {
                file.sync_data()
            } else {
                file.sync_all()
            }
        })
    }
}

impl Task for ChangeHandleMode {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "fchmod")?;
        on_file("fchmod", opened, move |file| {
            rustix::fs::fchmod(
                file,
                Mode::from_raw_mode((self.mode & MODE_MASK) as RawMode),
            )
        })
    }
}

impl Task for SetHandleTimes {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let opened = files.handles.find(self.owner, self.id, "futime")?;
        on_file("futime", opened, move |file| {
            rustix::fs::futimens(file, &paths::timestamps(self.times)?)
        })
    }
}

/// Work on an opened file that can fail in one way.
fn on_file<T, E: Into<std::io::Error>>(
    syscall: &'static str,
    opened: std::sync::Arc<Opened>,
    action: impl FnOnce(&File) -> Result<T, E> + Send + 'static,
) -> Result<Work<T>, FileError> {
    work(move || action(&opened.file).map_err(|error| Call::of(syscall).fail(error)))
}

/// Bytes read at once from what does not say how many it has: what a pipe holds.
const UNSIZED_READ_BYTES: usize = 64 << 10;
