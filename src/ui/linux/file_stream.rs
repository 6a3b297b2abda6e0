//! A part of a file as the body of an answer.
//!
//! The engine reads 8 KiB at a time. From a plain file each read would go to another thread
//! and back, so small parts are read at once, and large ones come through a pipe, which the
//! engine reads directly: twice as fast for 100 MB.

use std::{
    fs::File,
    io,
    os::{fd::OwnedFd, unix::fs::FileExt as _},
    thread,
};

use gtk::{gio, glib::object::Cast as _};
use rustix::{
    io::Errno,
    pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice},
};

use super::{process, response::Body};

/// Makes a body of the bytes from `start` up to, not including, `end`.
pub(super) async fn body(file: File, start: u64, end: u64) -> io::Result<Body> {
    let length = end.saturating_sub(start);
    if length > AT_ONCE_BYTES_MAX {
        return Ok(Body::Stream(pipe(file, start, end)?, length));
    }
    let bytes = gio::spawn_blocking(move || read(&file, start, length)).await;
    bytes
        .unwrap_or_else(|_| Err(io::Error::other("the read panicked")))
        .map(Body::Bytes)
}

fn read(file: &File, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, start)?;
    Ok(bytes)
}

/// Starts a thread that moves the bytes into a pipe; it ends early if the reader goes away.
fn pipe(file: File, start: u64, end: u64) -> io::Result<gio::InputStream> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    // A smaller pipe is slower, and no more than that.
    let _ = fcntl_setpipe_size(&writer, PIPE_BYTES);
    thread::Builder::new()
        .name("file-stream".to_owned())
        .spawn(move || pump(&file, &writer, start, end))?;
    Ok(process::input_stream(reader).upcast())
}

fn pump(file: &File, writer: &OwnedFd, mut start: u64, end: u64) {
    while start < end {
        let room = usize::try_from(end - start)
            .unwrap_or(usize::MAX)
            .min(PIPE_BYTES);
        match splice(
            file,
            Some(&mut start),
            writer,
            None,
            room,
            SpliceFlags::empty(),
        ) {
            Ok(1..) | Err(Errno::INTR) => {}
            // The file became shorter, or the reader is gone: the engine notices either.
            Ok(0) | Err(_) => return,
        }
    }
}

/// The largest part that is read into memory.
const AT_ONCE_BYTES_MAX: u64 = 1 << 20;
/// How much of a file waits in its pipe.
const PIPE_BYTES: usize = 1 << 20;
