//! The table of open handles: who may use which, and how many there may be.

use std::{
    collections::BTreeMap,
    fs::File,
    mem,
    os::fd::AsRawFd as _,
    sync::{Arc, Mutex},
};

use rand::{Rng as _, rngs::StdRng};
use rustix::{fs::Dir, io::Errno};

use super::errors::Call;
use crate::messages::files::{FileError, HandleId, HandleKind, OpenHandle, OpenedFile};

/// What is open.
pub(super) struct Handles {
    open: BTreeMap<HandleId, Arc<Opened>>,
    seats: Seats,
    pages: Pages,
    next_sequence: u64,
}

/// One open file or folder. Whoever works with it holds it open, even if it is closed
/// meanwhile.
pub(super) struct Opened {
    ticket: Ticket,
    path: String,
    sequence: u64,
    pub(super) file: File,
    /// How far a folder has been read.
    pub(super) folder: Option<Mutex<Dir>>,
}

impl Handles {
    pub(super) fn new(handles_max: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            seats: Seats::new(handles_max),
            pages: Pages::default(),
            next_sequence: 0,
        }
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    /// Takes a seat for a file that is about to be opened.
    pub(super) fn reserve(&self, owner: u32, call: Call) -> Result<Ticket, FileError> {
        let seat = self.seats.take().ok_or_else(|| call.fail(Errno::MFILE))?;
        Ok(Ticket {
            owner,
            page: self.pages.current(owner),
            _seat: seat,
        })
    }

    /// Enters an opened file into the table; nothing if its page has gone meanwhile.
    pub(super) fn admit(
        &mut self,
        ticket: Ticket,
        (path, file, folder): (String, File, Option<Dir>),
        random: &mut StdRng,
    ) -> Option<OpenedFile> {
        if ticket.page != self.pages.current(ticket.owner) {
            return None;
        }
        let opened = OpenedFile {
            id: HandleId(random.random()),
            fd: file.as_raw_fd(),
        };
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let folder = folder.map(Mutex::new);
        let entry = Opened {
            ticket,
            path,
            sequence,
            file,
            folder,
        };
        self.open.insert(opened.id, Arc::new(entry));
        Some(opened)
    }

    /// The handle, if it is open and this window's.
    pub(super) fn find(
        &self,
        owner: u32,
        id: HandleId,
        syscall: &'static str,
    ) -> Result<Arc<Opened>, FileError> {
        let opened = self
            .open
            .get(&id)
            .filter(|opened| opened.ticket.owner == owner);
        opened
            .cloned()
            .ok_or_else(|| Call::of(syscall).fail(Errno::BADF))
    }

    pub(super) fn close(
        &mut self,
        owner: u32,
        id: HandleId,
        syscall: &'static str,
    ) -> Result<Arc<Opened>, FileError> {
        let opened = self.find(owner, id, syscall)?;
        self.open.remove(&id);
        Ok(opened)
    }

    /// Takes all of a window's handles out.
    pub(super) fn close_all(&mut self, owner: u32) -> Vec<Arc<Opened>> {
        take_where(&mut self.open, |opened| opened.ticket.owner == owner)
    }

    /// The same, and what is still being opened for the page will not be entered.
    pub(super) fn close_page(&mut self, owner: u32) -> Vec<Arc<Opened>> {
        self.pages.turn(owner);
        self.close_all(owner)
    }

    pub(super) fn list(&self, owner: u32) -> Vec<OpenHandle> {
        let own = self
            .open
            .iter()
            .filter(|(_, opened)| opened.ticket.owner == owner);
        let mut own: Vec<_> = own.collect();
        own.sort_by_key(|(_, opened)| opened.sequence);
        own.into_iter()
            .map(|(id, opened)| OpenHandle {
                id: *id,
                fd: opened.file.as_raw_fd(),
                path: opened.path.clone(),
                kind: opened
                    .folder
                    .as_ref()
                    .map_or(HandleKind::File, |_| HandleKind::Folder),
            })
            .collect()
    }
}

/// Takes out of a table what `is_wanted`.
pub(super) fn take_where<T>(
    table: &mut BTreeMap<HandleId, T>,
    is_wanted: impl Fn(&T) -> bool,
) -> Vec<T> {
    let (wanted, rest) = mem::take(table)
        .into_iter()
        .partition(|(_, entry)| is_wanted(entry));
    *table = rest;
    let wanted: BTreeMap<_, _> = wanted;
    wanted.into_values().collect()
}

/// The right to have one more file open, for one page of one window.
pub(super) struct Ticket {
    owner: u32,
    page: u64,
    _seat: Seat,
}

/// Counts the pages that each window has had, so that late results find their page gone.
#[derive(Default)]
pub(super) struct Pages(BTreeMap<u32, u64>);

impl Pages {
    pub(super) fn current(&self, owner: u32) -> u64 {
        self.0.get(&owner).copied().unwrap_or(0)
    }

    pub(super) fn turn(&mut self, owner: u32) {
        *self.0.entry(owner).or_default() += 1;
    }
}

/// A bounded number of seats; dropping a [`Seat`] frees it, on whatever thread.
pub(super) struct Seats {
    taken: Arc<()>,
    count_max: usize,
}

/// One seat.
pub(super) struct Seat(#[expect(dead_code, reason = "it counts by being held")] Arc<()>);

impl Seats {
    pub(super) fn new(count_max: usize) -> Self {
        Self {
            taken: Arc::new(()),
            count_max,
        }
    }

    pub(super) fn take(&self) -> Option<Seat> {
        // One reference is our own.
        let is_free = Arc::strong_count(&self.taken) <= self.count_max;
        is_free.then(|| Seat(self.taken.clone()))
    }
}
