//! What waits to be written to disk, and who waits for that.

use std::collections::BTreeMap;

use super::store::{Batch, State, StoredPacket};
use crate::{
    messages::packet_cache::WriteDue,
    relay::{
        PacketId,
        cache::{Cache, CacheChange},
        peer::{Keeping, Kept},
    },
};

/// Gathers changes of the cache until the disk has time for them.
pub(super) struct Saving {
    state: Option<State>,
    /// The latest of each packet: to be saved, or (`None`) to be removed.
    unsaved: BTreeMap<PacketId, Option<StoredPacket>>,
    /// What is said once it is on disk.
    promised: Vec<Kept>,
    is_writing: bool,
    is_timer_set: bool,
}

/// What the disk is given at one time, and what is said when it has it.
pub(super) struct Write {
    pub(super) state: State,
    pub(super) batch: Batch,
    pub(super) promised: Vec<Kept>,
}

impl Saving {
    pub(super) fn new(state: Option<State>) -> Self {
        Self {
            state,
            unsaved: BTreeMap::new(),
            promised: Vec::new(),
            is_writing: false,
            is_timer_set: false,
        }
    }

    pub(super) fn state(&self) -> Option<State> {
        self.state.clone()
    }

    /// Notes what has to be written of a change.
    pub(super) fn note(&mut self, unix_ms: u64, cache: &Cache, change: &CacheChange) {
        if self.state.is_none() {
            return;
        }
        match *change {
            CacheChange::Dropped { id } => {
                self.unsaved.insert(id, None);
            }
            CacheChange::Kept {
                id,
                interest,
                is_new: true,
                ..
            } => {
                // A disk that cannot follow misses what others sent; they have it still.
                let is_known = self.unsaved.contains_key(&id);
                if self.unsaved.len() < UNSAVED_MAX || is_known {
                    let stored = cache.encoded(id).map(|bytes| StoredPacket {
                        id,
                        bytes,
                        received_unix_ms: unix_ms,
                        interest,
                    });
                    self.unsaved.insert(id, stored);
                }
            }
            CacheChange::Kept { is_new: false, .. } => {}
        }
    }

    /// Has a packet removed from disk that is not in the cache.
    pub(super) fn forget(&mut self, id: PacketId) {
        self.unsaved.insert(id, None);
    }

    /// Holds back what may be said only once everything noted so far is on disk; without a
    /// state file it is given back.
    pub(super) fn promise(&mut self, kept: Vec<Kept>) -> Vec<Kept> {
        if self.state.is_none() {
            return kept;
        }
        self.promised.extend(kept);
        Vec::new()
    }

    /// What can be written now: at once if somebody waits for it, or if `is_due`.
    pub(super) fn begin(&mut self, is_due: bool) -> Option<Write> {
        let is_wanted = !self.promised.is_empty() || (is_due && !self.unsaved.is_empty());
        if self.is_writing || !is_wanted {
            return None;
        }
        self.is_writing = true;
        Some(Write {
            state: self.state.clone()?,
            batch: std::mem::take(&mut self.unsaved).into_iter().collect(),
            promised: std::mem::take(&mut self.promised),
        })
    }

    /// The disk has the batch, or (with a reason) has not; then it is tried again later.
    pub(super) fn end(
        &mut self,
        batch: Batch,
        mut promised: Vec<Kept>,
        failure: Option<String>,
    ) -> Vec<Kept> {
        self.is_writing = false;
        if let Some(reason) = failure {
            for (id, packet) in batch {
                self.unsaved.entry(id).or_insert(packet);
            }
            for kept in &mut promised {
                kept.keeping = Keeping::NotSaved {
                    reason: reason.clone(),
                };
            }
        }
        promised
    }

    /// Whether a timer has to be set for what is written without haste.
    pub(super) fn wants_timer(&mut self) -> Option<WriteDue> {
        let is_wanted = !self.is_timer_set && !self.is_writing && !self.unsaved.is_empty();
        self.is_timer_set |= is_wanted;
        is_wanted.then_some(WriteDue)
    }

    pub(super) fn timer_fired(&mut self) {
        self.is_timer_set = false;
    }

    /// Writes what is left, before the end.
    pub(super) fn finish(&mut self) {
        if let Some(Write { state, batch, .. }) = self.begin(true) {
            // Nobody is left to be told; what others sent they have still.
            let _ = state.write(&batch);
        }
    }
}

/// Packets that wait for the disk at most.
const UNSAVED_MAX: usize = 65_536;
