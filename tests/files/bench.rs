//! A files actor with a folder of its own, and somebody who listens to its changes.

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, mpsc},
    time::Duration,
};

use socket_runtime::{
    actors::{
        files::{Files, FilesOptions, flags},
        kit::{Actor, Addr, AskError, Context, Handler, Lane, LiveHost, Reply, Spec},
    },
    messages::{
        Message,
        files::{FileChanged, FileError, HandleId, OpenFile, OpenedFile},
    },
};
use tempfile::TempDir;

pub(crate) struct Bench {
    pub(crate) files: Addr<Files>,
    pub(crate) runtime: tokio::runtime::Runtime,
    folder: TempDir,
    changes: Mutex<mpsc::Receiver<FileChanged>>,
    host: Option<LiveHost>,
}

/// The window that asks unless a test says otherwise.
pub(crate) const WINDOW: u32 = 0;
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_handles_max(64)
    }

    pub(crate) fn with_handles_max(handles_max: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = LiveHost::start().unwrap();
        let (sender, changes) = mpsc::channel();
        let listener = host
            .host()
            .start(Spec::new("listener", Lane::Core), move || {
                Listener(sender.clone())
            });
        let options = FilesOptions {
            resources: folder.path().to_owned(),
            handles_max,
            changes: listener.recipient(),
        };
        let files = host.host().start(Spec::new("files", Lane::Files), move || {
            Files::new(options.clone())
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let changes = Mutex::new(changes);
        Self {
            files,
            runtime,
            folder,
            changes,
            host: Some(host),
        }
    }

    #[track_caller]
    pub(crate) fn ask<M: Message>(&self, message: M) -> M::Reply
    where
        Files: Handler<M>,
    {
        self.try_ask(message, DEADLINE).unwrap()
    }

    pub(crate) fn try_ask<M: Message>(
        &self,
        message: M,
        deadline: Duration,
    ) -> Result<M::Reply, AskError>
    where
        Files: Handler<M>,
    {
        // The ask arms its deadline on a tokio runtime, so it is made on one.
        self.runtime
            .block_on(async { self.files.ask(message, deadline).await })
    }

    /// Asks for what must fail, with this message.
    #[track_caller]
    pub(crate) fn refuse<M, T: Debug>(&self, message: M, error: &str)
    where
        M: Message<Reply = Result<T, FileError>>,
        Files: Handler<M>,
    {
        assert_eq!(self.ask(message).unwrap_err().to_string(), error);
    }

    #[track_caller]
    pub(crate) fn open(&self, path: &str, flags: &str) -> HandleId {
        self.opened(WINDOW, path, flags).id
    }

    #[track_caller]
    pub(crate) fn opened(&self, owner: u32, path: &str, flags: &str) -> OpenedFile {
        self.ask(open(owner, path, flags)).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[track_caller]
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    #[track_caller]
    pub(crate) fn content(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Makes a pipe that nobody writes to.
    #[track_caller]
    pub(crate) fn put_pipe(&self, name: &str) {
        let (path, mode) = (self.path(name), rustix::fs::Mode::RWXU);
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    }

    /// The next change that somebody is told of.
    #[track_caller]
    pub(crate) fn next_change(&self) -> FileChanged {
        self.changes.lock().unwrap().recv_timeout(DEADLINE).unwrap()
    }

    /// Stops the actor, and gives the changes that were told until then.
    pub(crate) fn stop(mut self) -> Vec<FileChanged> {
        self.host.take().unwrap().stop();
        self.changes.lock().unwrap().try_iter().collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(host) = self.host.take() {
            host.stop();
        }
    }
}

pub(crate) fn open(owner: u32, path: &str, flags: &str) -> OpenFile {
    let flags = flags::from_name(flags).unwrap();
    OpenFile {
        owner,
        path: path.to_owned(),
        flags,
        mode: 0o666,
    }
}

/// How many files this process has open in a folder.
pub(crate) fn open_count(folder: &Path) -> usize {
    let open = fs::read_dir("/proc/self/fd").unwrap();
    let targets = open.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    targets.filter(|target| target.starts_with(folder)).count()
}

struct Listener(mpsc::Sender<FileChanged>);

impl Actor for Listener {
    const KIND: &'static str = "listener";
}

impl Handler<FileChanged> for Listener {
    fn handle(&mut self, changed: FileChanged, _: Reply<()>, _: &mut Context<Self>) {
        // The test may have ended.
        let _ = self.0.send(changed);
    }
}
