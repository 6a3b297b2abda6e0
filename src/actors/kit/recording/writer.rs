//! The thread that writes a recording to its file.
//!
//! Actors hand it frames through a bounded queue. What finds no room is counted; frames are
//! numbered, so a reader sees where one is missing.

use std::{
    fmt,
    fs::{File, OpenOptions, Permissions},
    io::{self, BufWriter, Write},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
    thread,
};

use super::frame::{Closed, Frame, Header, MAGIC, VERSION, head_of, to_bytes};

/// A recording that is being made; cheap to clone.
#[derive(Clone)]
pub struct Recording(Arc<Inner>);

struct Inner {
    path: PathBuf,
    queue: SyncSender<Order>,
    /// The next number to give out.
    next: AtomicU64,
    /// Bytes that wait for the disk.
    waiting: Arc<AtomicU64>,
    lost: AtomicU64,
    too_long: AtomicU64,
    thread: Mutex<Option<thread::JoinHandle<Written>>>,
}

enum Order {
    Write(Vec<u8>),
    Close,
}

/// What the thread did.
#[derive(Default)]
struct Written {
    frames: u64,
    bytes: u64,
    error: Option<String>,
}

/// What became of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Where it is.
    pub path: PathBuf,
    /// Frames in the file.
    pub frames: u64,
    /// Bytes in the file.
    pub bytes: u64,
    /// Frames that found no room on their way to the disk.
    pub lost: u64,
    /// Frames that were too long to be kept.
    pub too_long: u64,
    /// Why the file ends early, if it does.
    pub error: Option<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frames, bytes, path) = (self.frames, self.bytes, self.path.display());
        write!(f, "{frames} frames, {bytes} bytes, in '{path}'")?;
        if self.lost > 0 {
            let lost = self.lost;
            write!(f, "; {lost} frames found no room, and a replay stops there")?;
        }
        if self.too_long > 0 {
            let count = self.too_long;
            let what = "were too long to be kept, and their actors are replayed as far as that";
            write!(f, "; {count} frames {what}")?;
        }
        match &self.error {
            Some(error) => write!(f, "; the file ends early: {error}"),
            None => Ok(()),
        }
    }
}

impl Recording {
    /// Begins a recording in a file that only its owner can read; what was in it is gone.
    /// `made_by` names the executable, `began_unix_ms` is the date.
    ///
    /// # Errors
    /// If the file cannot be had.
    pub fn create(path: &Path, made_by: &str, began_unix_ms: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.set_len(0)?;
        let header = Frame::Header(Header {
            version: VERSION,
            made_by: made_by.to_owned(),
            began_unix_ms,
        });
        let header = to_bytes(&header).unwrap_or_default();
        let mut sink = Sink::begin(file, &header)?;
        let (queue, orders) = sync_channel(FRAMES_WAITING_MAX);
        let waiting = Arc::new(AtomicU64::new(0));
        let left = waiting.clone();
        let thread = thread::Builder::new()
            .name("recording".into())
            .spawn(move || sink.serve(&orders, &left))?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            queue,
            next: AtomicU64::new(0),
            waiting,
            lost: AtomicU64::new(0),
            too_long: AtomicU64::new(0),
            thread: Mutex::new(Some(thread)),
        })))
    }

    /// The next number in the order of everything that is recorded.
    pub(in crate::actors::kit) fn number(&self) -> u64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Has a frame written; false if it is too long. That one, and one that finds no room, is
    /// counted.
    pub(in crate::actors::kit) fn write(&self, frame: &Frame) -> bool {
        let Some(bytes) = to_bytes(frame) else {
            self.0.too_long.fetch_add(1, Ordering::Relaxed);
            return false;
        };
        let length = bytes.len() as u64;
        let waiting = self.0.waiting.fetch_add(length, Ordering::Relaxed);
        let has_room = waiting + length <= BYTES_WAITING_MAX;
        if !has_room || self.0.queue.try_send(Order::Write(bytes)).is_err() {
            self.0.waiting.fetch_sub(length, Ordering::Relaxed);
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
        true
    }

    /// Ends the recording, once all that waits is on disk.
    ///
    /// # Panics
    /// Never: a thread that has died is a summary with an error.
    #[must_use]
    pub fn finish(&self) -> Summary {
        let lost = self.0.lost.load(Ordering::Relaxed);
        if let Some(bytes) = to_bytes(&Frame::Closed(Closed { lost })) {
            // The thread takes orders until it is told to close.
            let _ = self.0.queue.send(Order::Write(bytes));
        }
        let _ = self.0.queue.send(Order::Close);
        let mut thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let written = thread.take().map(thread::JoinHandle::join);
        let died = || Written {
            error: Some("the thread that wrote it has died".to_owned()),
            ..Written::default()
        };
        let written = written.and_then(Result::ok).unwrap_or_else(died);
        Summary {
            path: self.0.path.clone(),
            frames: written.frames,
            bytes: written.bytes,
            lost,
            too_long: self.0.too_long.load(Ordering::Relaxed),
            error: written.error,
        }
    }
}

/// The file, and how far it is written.
struct Sink {
    file: BufWriter<File>,
    written: Written,
}

impl Sink {
    fn begin(file: File, header: &[u8]) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
        file.write_all(&MAGIC)?;
        let mut sink = Self {
            file,
            written: Written {
                bytes: MAGIC.len() as u64,
                ..Written::default()
            },
        };
        sink.put(header)?;
        sink.file.flush()?;
        Ok(sink)
    }

    fn serve(&mut self, orders: &Receiver<Order>, waiting: &AtomicU64) -> Written {
        loop {
            let order = match orders.try_recv() {
                Err(TryRecvError::Empty) => {
                    // Whoever is killed leaves all but the last moment.
                    let flushed = self.file.flush();
                    self.note(flushed);
                    orders.recv().ok()
                }
                order => order.ok(),
            };
            let Some(Order::Write(body)) = order else {
                break;
            };
            waiting.fetch_sub(body.len() as u64, Ordering::Relaxed);
            if self.written.error.is_none() {
                let put = self.put(&body);
                self.note(put);
            }
        }
        let flushed = self.file.flush();
        self.note(flushed);
        std::mem::take(&mut self.written)
    }

    fn put(&mut self, body: &[u8]) -> io::Result<()> {
        let head = head_of(self.written.frames, body);
        self.file.write_all(&head)?;
        self.file.write_all(body)?;
        self.written.frames += 1;
        self.written.bytes += (head.len() + body.len()) as u64;
        Ok(())
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.written.error.get_or_insert(error.to_string());
        }
    }
}

/// Frames that may wait for the disk.
const FRAMES_WAITING_MAX: usize = 1 << 16;
/// Bytes that may wait for the disk.
const BYTES_WAITING_MAX: u64 = 1 << 27;
/// Bytes that are written at once.
const BUFFER_BYTES: usize = 1 << 16;
