//! The files actor: does to files what pages ask for, and translates nothing but errors.
//!
//! Started by the app, restarted by the supervisor, which closes every handle and ends
//! every watch: their ids are then unknown (`EBADF`). It sends [`FileChanged`] to whoever
//! it was given, and nothing else.
//!
//! No operation runs on the actor's thread. Each is a job (`jobs`): at most
//! [`JOBS_MAX`] run at once and the rest waits in order, so an operation that hangs (a
//! pipe that nobody writes to, a dead network disk) takes one of these places and stops
//! nobody else.
//!
//! **Invariant:** a handle or watch answers only to the window that opened it.

mod errors;
#[cfg(feature = "faults")]
mod faults;
pub mod flags;
mod folders;
mod handles;
mod jobs;
mod links;
mod opened;
mod paths;
mod place;
mod tree;
mod watch;
mod whole;

pub use jobs::{JOBS_MAX, WAITING_MAX};
pub use watch::{PENDING_MAX, SETTLING_TIME, WATCHES_MAX};
pub use whole::{COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE};

use std::path::PathBuf;

use serde_json::{Value, json};

use super::kit::{Actor, Context, Handler, Recipient, Reply};
use crate::messages::files::{CloseHandlesOf, FileChanged};

/// The actor's state: what is open, and what waits.
pub struct Files {
    resources: PathBuf,
    jobs: jobs::JobQueue,
    handles: handles::Handles,
    watches: watch::Watches,
}

/// What the files actor needs to know.
#[derive(Clone)]
pub struct FilesOptions {
    /// The folder from which relative paths count.
    pub resources: PathBuf,
    /// How many handles may be open at once.
    pub handles_max: usize,
    /// Who is told of changes under watched paths.
    pub changes: Recipient<FileChanged>,
}

impl Files {
    /// An actor with nothing open.
    #[must_use]
    pub fn new(options: FilesOptions) -> Self {
        Self {
            resources: options.resources,
            jobs: jobs::JobQueue::default(),
            handles: handles::Handles::new(options.handles_max),
            watches: watch::Watches::new(options.changes),
        }
    }
}

impl Actor for Files {
    const KIND: &'static str = "files";

    /// How much is open and at work; paths are the pages' own.
    fn state(&self) -> Option<Value> {
        Some(json!({
            "handles": self.handles.count(),
            "watches": self.watches.count(),
            "jobs_running": self.jobs.running_count(),
            "jobs_waiting": self.jobs.waiting_count(),
        }))
    }
}

impl Handler<CloseHandlesOf> for Files {
    fn handle(&mut self, message: CloseHandlesOf, reply: Reply<()>, ctx: &mut Context<Self>) {
        let left = (
            self.handles.close_page(message.owner),
            self.watches.end_of(message.owner),
        );
        // Closing can wait for a disk.
        ctx.offload(move || drop(left), |_, _, _| {});
        reply.send(());
    }
}

/// How many handles may be open at once unless the app says otherwise.
pub const HANDLES_MAX: usize = 4096;
