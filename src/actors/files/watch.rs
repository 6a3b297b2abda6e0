//! Watches: what the system tells of changes, gathered for a moment and passed on.
//!
//! Each watch has a watcher of its own, since one for all would confuse watches that
//! overlap. Its thread puts changes into the watch's [`Pending`] and tells the actor once;
//! the actor waits [`SETTLING_TIME`] and passes on what has come by then.
//! Invariant: a watch never holds more than [`PENDING_MAX`] changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind,
};
use rand::Rng as _;
use rustix::io::Errno;

use super::{
    Files,
    errors::Call,
    handles::{Pages, Seat, Seats, take_where},
    jobs::{Job, Task, Work, work},
};
use crate::{
    actors::kit::{Context, Handler, Recipient, Reply},
    messages::files::{
        ChangeKind, ChangesDue, ChangesSeen, FileChanged, FileError, HandleId, StopWatch, WatchPath,
    },
};

/// What is watched.
pub(super) struct Watches {
    active: BTreeMap<HandleId, Watch>,
    seats: Seats,
    pages: Pages,
    changes: Recipient<FileChanged>,
}

/// One watch; dropping it ends it.
pub(super) struct Watch {
    id: HandleId,
    owner: u32,
    page: u64,
    root: PathBuf,
    pending: Arc<Mutex<Pending>>,
    _watcher: Option<RecommendedWatcher>,
    _seat: Seat,
}

/// What a watch has not told yet, in the order in which it happened.
#[derive(Default)]
struct Pending {
    order: Vec<(ChangeKind, PathBuf)>,
    known: BTreeSet<(ChangeKind, PathBuf)>,
    /// Something was left out.
    is_incomplete: bool,
    /// The actor knows that there is something.
    is_announced: bool,
}

impl Watches {
    pub(super) fn new(changes: Recipient<FileChanged>) -> Self {
        Self {
            active: BTreeMap::new(),
            seats: Seats::new(WATCHES_MAX),
            pages: Pages::default(),
            changes,
        }
    }

    /// Takes all watches of a window's page out.
    pub(super) fn count(&self) -> usize {
        self.active.len()
    }

    pub(super) fn end_of(&mut self, owner: u32) -> Vec<Watch> {
        self.pages.turn(owner);
        take_where(&mut self.active, |watch| watch.owner == owner)
    }

    /// Passes on what a watch has gathered.
    fn tell(&self, watch: &Watch) {
        let pending = mem::take(&mut *lock(&watch.pending));
        let changes = pending.order.into_iter().map(|(kind, path)| {
            let filename = watch.name(&path);
            (kind, path, filename)
        });
        let rest = pending
            .is_incomplete
            .then(|| (ChangeKind::Change, watch.root.clone(), String::new()));
        for (kind, path, filename) in changes.chain(rest) {
            let path = path.to_string_lossy().into_owned();
            let (owner, id) = (watch.owner, watch.id);
            // The receiver's mailbox counts what it loses; a receiver that has stopped
            // has no use for changes.
            let _ = self.changes.tell(FileChanged {
                owner,
                watch: id,
                kind,
                path,
                filename,
            });
        }
    }
}

impl Job for WatchPath {
    type Done = HandleId;
    type Raw = Watch;

    fn begin(self, files: &mut Files, ctx: &mut Context<Files>) -> Result<Work<Watch>, FileError> {
        let watches = &files.watches;
        let seat = watches.seats.take();
        let seat = seat.ok_or_else(|| Call::on("watch", &self.path).fail(Errno::MFILE))?;
        let page = watches.pages.current(self.owner);
        let place = files.place(self.path);
        let id = HandleId(ctx.random().random());
        let seen = ctx.addr().recipient::<ChangesSeen>();
        work(move || {
            place.run("watch", |path| path.metadata())?;
            let pending = Arc::new(Mutex::new(Pending::default()));
            let watcher = watch(&place.full, self.is_recursive, pending.clone(), move || {
                // Refused only when the actor has stopped.
                let _ = seen.tell(ChangesSeen { watch: id });
            });
            let watcher = watcher.map_err(|error| place.call("watch").fail(system_error(error)))?;
            let (owner, root, _watcher) = (self.owner, place.full, Some(watcher));
            Ok(Watch {
                id,
                owner,
                page,
                root,
                pending,
                _watcher,
                _seat: seat,
            })
        })
    }

    fn end(
        watch: Watch,
        files: &mut Files,
        ctx: &mut Context<Files>,
    ) -> Result<HandleId, FileError> {
        let id = watch.id;
        if watch.page != files.watches.pages.current(watch.owner) {
            return Err(Call::of("watch").fail(Errno::CANCELED));
        }
        let is_announced = lock(&watch.pending).is_announced;
        files.watches.active.insert(id, watch);
        if is_announced {
            // It was announced before the watch was known.
            files.settle(id, ctx);
        }
        Ok(id)
    }
}

impl Task for StopWatch {
    type Done = ();

    fn begin(self, files: &mut Files, _: &mut Context<Files>) -> Result<Work<()>, FileError> {
        let active = &mut files.watches.active;
        let is_own = active
            .get(&self.id)
            .is_some_and(|watch| watch.owner == self.owner);
        let watch = is_own.then(|| active.remove(&self.id)).flatten();
        let watch = watch.ok_or_else(|| Call::of("watch").fail(Errno::BADF))?;
        work(move || {
            drop(watch);
            Ok(())
        })
    }
}

impl Handler<ChangesSeen> for Files {
    fn handle(&mut self, message: ChangesSeen, _: Reply<()>, ctx: &mut Context<Self>) {
        self.settle(message.watch, ctx);
    }
}

impl Handler<ChangesDue> for Files {
    fn handle(&mut self, message: ChangesDue, _: Reply<()>, _: &mut Context<Self>) {
        if let Some(watch) = self.watches.active.get(&message.watch) {
            self.watches.tell(watch);
        }
    }
}

impl Files {
    /// Waits a moment for more of the same.
    fn settle(&mut self, id: HandleId, ctx: &mut Context<Self>) {
        let Some(watch) = self.watches.active.get(&id) else {
            return;
        };
        if ctx.after(SETTLING_TIME, ChangesDue { watch: id }).is_err() {
            self.watches.tell(watch);
        }
    }
}

impl Watch {
    /// A path as seen from the watched folder; the name alone if the path itself is watched.
    fn name(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let name = if below.as_os_str().is_empty() {
            path.file_name().unwrap_or_default()
        } else {
            below.as_os_str()
        };
        name.to_string_lossy().into_owned()
    }
}

impl Pending {
    /// Notes an event; true if the actor is to be told.
    fn note(&mut self, event: notify::Result<Event>) -> bool {
        match event {
            Ok(event) if event.need_rescan() => self.is_incomplete = true,
            Ok(event) => match kind_of(event.kind) {
                Some(kind) => event
                    .paths
                    .into_iter()
                    .for_each(|path| self.add((kind, path))),
                None => return false,
            },
            // It cannot say what it missed.
            Err(_) => self.is_incomplete = true,
        }
        !mem::replace(&mut self.is_announced, true)
    }

    fn add(&mut self, change: (ChangeKind, PathBuf)) {
        if self.known.contains(&change) {
            return;
        }
        if self.order.len() >= PENDING_MAX {
            self.is_incomplete = true;
            return;
        }
        self.known.insert(change.clone());
        self.order.push(change);
    }
}

fn kind_of(kind: EventKind) -> Option<ChangeKind> {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
            Some(ChangeKind::Rename)
        }
        EventKind::Modify(_) | EventKind::Any => Some(ChangeKind::Change),
        EventKind::Access(_) | EventKind::Other => None,
    }
}

fn watch(
    path: &Path,
    is_recursive: bool,
    pending: Arc<Mutex<Pending>>,
    announce: impl Fn() + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event| {
        let is_news = lock(&pending).note(event);
        if is_news {
            announce();
        }
    })?;
    let mode = if is_recursive {
        RecursiveMode::Recursive
    } else {
        RecursiveMode::NonRecursive
    };
    watcher.watch(path, mode)?;
    Ok(watcher)
}

fn system_error(error: notify::Error) -> std::io::Error {
    match error.kind {
        notify::ErrorKind::Io(error) => error,
        notify::ErrorKind::PathNotFound | notify::ErrorKind::WatchNotFound => Errno::NOENT.into(),
        notify::ErrorKind::MaxFilesWatch => Errno::NOSPC.into(),
        notify::ErrorKind::Generic(_) | notify::ErrorKind::InvalidConfig(_) => Errno::IO.into(),
    }
}

fn lock(pending: &Mutex<Pending>) -> MutexGuard<'_, Pending> {
    pending.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches that may be active at once.
pub const WATCHES_MAX: usize = 256;
/// Changes that a watch gathers before it only says that there were more.
pub const PENDING_MAX: usize = 1024;
/// How long a watch gathers changes, so that equal ones come as one.
pub const SETTLING_TIME: Duration = Duration::from_millis(20);
