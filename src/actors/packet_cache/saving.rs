//! What waits to be written to disk, and who waits for that.

use std::{collections::BTreeMap, fmt};

use super::store::{Batch, Row, State, StoredPacket};
use crate::{
    messages::packet_cache::WriteDue,
    relay::{
        PacketId,
        cache::{Cache, CacheChange},
        peer::{Interest, Keeping, Kept},
    },
};

/// Gathers changes of the cache until the disk has time for them.
pub(super) struct Saving {
    state: Option<State>,
    /// Why the state file is left alone, if it could not be read.
    unreadable: Option<String>,
    /// What is to become of each packet on disk.
    unsaved: BTreeMap<PacketId, Row>,
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

impl fmt::Debug for Saving {
    /// What waits, and who; not where it goes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saving")
            .field("is_saving", &self.state.is_some())
            .field("unreadable", &self.unreadable)
            .field("unsaved", &self.unsaved)
            .field("promised", &self.promised)
            .field("is_writing", &self.is_writing)
            .field("is_timer_set", &self.is_timer_set)
            .finish()
    }
}

impl Saving {
    pub(super) fn new(state: Option<State>) -> Self {
        Self {
            state,
            unreadable: None,
            unsaved: BTreeMap::new(),
            promised: Vec::new(),
            is_writing: false,
            is_timer_set: false,
        }
    }

    pub(super) fn state(&self) -> Option<State> {
        self.state.clone()
    }

    /// Leaves the state file as it is, since it cannot be read: what is written over what is
    /// not known may be lost. Who wants something saved is told why it is not.
    pub(super) fn leave_alone(&mut self, reason: String) {
        self.state = None;
        self.unreadable = Some(reason);
    }

    /// Notes what has to be written of a change; somebody may wait for that (`is_durable`).
    pub(super) fn note(
        &mut self,
        unix_ms: u64,
        cache: &Cache,
        change: &CacheChange,
        is_durable: bool,
    ) {
        if self.state.is_none() {
            return;
        }
        match *change {
            CacheChange::Dropped { id } => {
                let given_up = cache.given_up(id).map(|interest| (interest, unix_ms));
                self.unsaved.insert(id, Row::Remove { given_up });
            }
            CacheChange::Kept {
                id,
                interest,
                is_new: true,
                ..
            } => {
                if (is_durable || self.has_room(id))
                    && let Some(bytes) = cache.encoded(id)
                {
                    let received_unix_ms = unix_ms;
                    let packet = StoredPacket {
                        id,
                        bytes,
                        received_unix_ms,
                        interest,
                    };
                    self.unsaved.insert(id, Row::Save(packet));
                }
            }
            CacheChange::Kept { id, interest, .. } => self.reclassify(id, interest),
        }
    }

    fn reclassify(&mut self, id: PacketId, interest: Interest) {
        let has_room = self.has_room(id);
        match self.unsaved.get_mut(&id) {
            Some(Row::Save(packet)) => packet.interest = interest,
            _ if has_room => drop(self.unsaved.insert(id, Row::Reclassify(interest))),
            _ => {}
        }
    }

    /// A disk that cannot follow misses what others sent; they have it still.
    fn has_room(&self, id: PacketId) -> bool {
        self.unsaved.len() < UNSAVED_MAX || self.unsaved.contains_key(&id)
    }

    /// Has a packet removed from disk that is not in the cache.
    pub(super) fn forget(&mut self, id: PacketId) {
        self.unsaved.insert(id, Row::Remove { given_up: None });
    }

    /// Holds back what may be said only once everything noted so far is on disk; without a
    /// state file it is given back.
    pub(super) fn promise(&mut self, kept: Vec<Kept>) -> Vec<Kept> {
        if let Some(reason) = &self.unreadable {
            return not_saved(kept, reason);
        }
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
        promised: Vec<Kept>,
        failure: Option<String>,
    ) -> Vec<Kept> {
        self.is_writing = false;
        let Some(reason) = failure else {
            return promised;
        };
        for (id, row) in batch {
            match (self.unsaved.get_mut(&id), row) {
                // What was noted since belongs to a packet that is not there yet.
                (Some(Row::Reclassify(interest)), Row::Save(packet)) => {
                    let interest = *interest;
                    let packet = StoredPacket { interest, ..packet };
                    self.unsaved.insert(id, Row::Save(packet));
                }
                (Some(_), _) => {}
                (None, row) => {
                    self.unsaved.insert(id, row);
                }
            }
        }
        not_saved(promised, &reason)
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

/// Says of each that it was not written.
fn not_saved(kept: Vec<Kept>, reason: &str) -> Vec<Kept> {
    let keeping = || Keeping::NotSaved {
        reason: reason.to_owned(),
    };
    kept.into_iter()
        .map(|kept| match kept.keeping {
            // It is not to be had at all, which says more.
            Keeping::NoRoom { .. } | Keeping::Forged => kept,
            _ => Kept {
                keeping: keeping(),
                ..kept
            },
        })
        .collect()
}

/// Packets that wait for the disk at most, not counting those that somebody waits for.
const UNSAVED_MAX: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{
        Now,
        cache::CacheConfig,
        packet::{Packet, PacketType},
        peer::Arrival,
    };

    fn publish() -> Packet {
        Packet::new(PacketType::PUBLISH, "hello").with_derived_id()
    }

    /// What is written of a packet that comes while the disk is far behind.
    fn written(is_durable: bool) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path().join("state")).unwrap();
        let mut saving = Saving::new(Some(state));
        for number in 0..UNSAVED_MAX as u64 {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_be_bytes());
            saving.forget(PacketId(id));
        }
        let mut cache = Cache::new(CacheConfig::default());
        let kept = cache.keep(
            Now::default(),
            Arrival {
                packet: publish(),
                from: None,
                interest: Interest::Own,
                is_durable,
            },
        );
        for change in cache.take_changes() {
            saving.note(1, &cache, &change, is_durable);
        }
        saving.promise(kept);
        let write = saving.begin(true).unwrap();
        let is_saved = |(_, row): &(PacketId, Row)| matches!(row, Row::Save(_));
        write.batch.iter().any(is_saved)
    }

    #[test]
    fn what_somebody_waits_for_is_written_however_much_waits() {
        assert!(written(true) && !written(false));
    }

    #[test]
    fn over_a_file_that_cannot_be_read_nothing_is_written_and_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path().join("state")).unwrap();
        let mut saving = Saving::new(Some(state));
        saving.leave_alone("the disk is broken".to_owned());
        let said = saving.promise(vec![Kept {
            packet: publish(),
            from: None,
            interest: Interest::Own,
            keeping: Keeping::New { whole: Vec::new() },
        }]);
        let reason = "the disk is broken".to_owned();
        assert_eq!(said[0].keeping, Keeping::NotSaved { reason });
        assert!(saving.begin(true).is_none());
    }
}
