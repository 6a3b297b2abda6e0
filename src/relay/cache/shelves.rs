//! The order in which units are given up, and who takes how much room.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Place;
use crate::relay::{PacketId, Time, peer::Interest};

/// All units by what they are worth, and by age. Made when the first unit comes: of a large
/// network's peers, many never keep anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelves(Option<Box<[Shelf; 4]>>);

/// The units of one worth.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    /// By number of arrival, the oldest first.
    pub(super) units: BTreeMap<u64, PacketId>,
    pub(super) bytes: usize,
    /// Who takes how much; of strangers' packets only.
    shares: BTreeMap<Origin, Share>,
    /// The shares that are too large, by size.
    excessive: BTreeSet<(usize, Origin)>,
    /// Until when summaries cover what, the first to end first; without what has ended.
    covered: BTreeSet<(Time, u64)>,
}

/// Where a stranger's packet comes from: both count, and each has its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// The /24 of whoever handed it over.
    Net([u8; 3]),
    /// Its subcluster.
    Subcluster(u64),
}

#[derive(Clone, Debug, Default)]
struct Share {
    bytes: usize,
    units: BTreeSet<u64>,
}

impl Shelves {
    pub(super) fn insert(&mut self, id: PacketId, place: &Place, share_bytes_max: usize) {
        let shelf = self.shelf_mut(place.interest);
        shelf.units.insert(place.sequence, id);
        shelf.covered.insert((place.covered_until, place.sequence));
        shelf.resize(place, 0, place.bytes, share_bytes_max);
    }

    pub(super) fn remove(&mut self, place: &Place, share_bytes_max: usize) {
        let shelf = self.shelf_mut(place.interest);
        shelf.units.remove(&place.sequence);
        shelf.covered.remove(&(place.covered_until, place.sequence));
        shelf.resize(place, place.bytes, 0, share_bytes_max);
    }

    /// A unit has grown or shrunk: `place` says what it was, `bytes` what it is.
    pub(super) fn resize(&mut self, place: &Place, bytes: usize, share_bytes_max: usize) {
        self.shelf_mut(place.interest)
            .resize(place, place.bytes, bytes, share_bytes_max);
    }

    /// The unit that is worth least and, if it is a stranger's, of the one who takes most.
    pub(super) fn least(&self) -> Option<(Interest, PacketId)> {
        let worth = INTERESTS.iter().zip(self.iter());
        let (interest, shelf) = worth
            .into_iter()
            .find(|(_, shelf)| !shelf.units.is_empty())?;
        let largest = shelf.excessive.last().and_then(|(_, origin)| {
            let sequence = shelf.shares.get(origin)?.units.first()?;
            shelf.units.get(sequence)
        });
        let oldest = || shelf.units.first_key_value().map(|(_, id)| id);
        Some((*interest, *largest.or_else(oldest)?))
    }

    /// Bytes of all units that are worth no more than `interest`.
    pub(super) fn bytes_up_to(&self, interest: Interest) -> usize {
        let shelves = INTERESTS.iter().zip(self.iter());
        let lower = shelves.filter(|(worth, _)| **worth <= interest);
        lower.map(|(_, shelf)| shelf.bytes).sum()
    }

    /// A unit that summaries cover no longer from now on; each is named once.
    pub(super) fn take_uncovered(&mut self, now: Time) -> Option<PacketId> {
        let mut shelves = self.0.iter_mut().flat_map(|shelves| shelves.iter_mut());
        shelves.find_map(|shelf| {
            let (_, sequence) = *shelf.covered.first().filter(|(until, _)| *until <= now)?;
            shelf.covered.pop_first();
            shelf.units.get(&sequence).copied()
        })
    }

    /// From the least worthy on; none if nothing ever came.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Shelf> {
        self.0.iter().flat_map(|shelves| shelves.iter())
    }

    pub(super) fn shelf_mut(&mut self, interest: Interest) -> &mut Shelf {
        &mut self.0.get_or_insert_default()[interest as usize]
    }
}

impl Shelf {
    fn resize(&mut self, place: &Place, before: usize, after: usize, share_bytes_max: usize) {
        self.bytes = self.bytes + after - before;
        if place.interest >= Interest::Subscribed {
            return;
        }
        let net = place.net.map(Origin::Net);
        for origin in net
            .into_iter()
            .chain([Origin::Subcluster(place.subcluster)])
        {
            let share = self.shares.entry(origin).or_default();
            self.excessive.remove(&(share.bytes, origin));
            share.bytes = share.bytes + after - before;
            if share.bytes > share_bytes_max {
                self.excessive.insert((share.bytes, origin));
            }
            if after > 0 {
                share.units.insert(place.sequence);
            } else {
                share.units.remove(&place.sequence);
            }
            if share.units.is_empty() {
                self.shares.remove(&origin);
            }
        }
    }
}

/// From the least worthy on; the order of [`Shelves`].
pub(super) const INTERESTS: [Interest; 4] = [
    Interest::Foreign,
    Interest::Cluster,
    Interest::Subscribed,
    Interest::Own,
];
