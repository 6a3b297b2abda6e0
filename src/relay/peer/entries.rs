//! Entries in the order of their ids, found by id and by the address where each is reached.
//!
//! Two sorted lists rather than trees: a search reads a few lines of memory, and most peers know a
//! dozen others. An indexed peer, which knows thousands, moves some kilobytes when one comes.

use std::cell::Cell;

use super::table::Entry;
use crate::relay::{Address, PeerId};

/// The entries of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// In the order of their ids, the first bytes of which are at hand.
    by_id: Vec<(Head, Box<Entry>)>,
    /// Who is reached at each address itself, in the order of the addresses.
    by_place: Vec<(Place, PeerId)>,
    /// Where whoever was last looked for by an address is in `by_id`, unless that has changed:
    /// a datagram asks for its sender several times.
    last: Cell<usize>,
}

/// The first bytes of an id, which order ids as far as they differ.
type Head = u64;

/// An address as a number, which is quicker to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u64);

impl Entries {
    pub(super) fn get(&self, peer: &PeerId) -> Option<&Entry> {
        let index = self.index_of(peer).ok()?;
        Some(&self.by_id[index].1)
    }

    /// An entry to be changed in anything but its id, address and way.
    pub(super) fn get_mut(&mut self, peer: &PeerId) -> Option<&mut Entry> {
        let index = self.index_of(peer).ok()?;
        Some(&mut self.by_id[index].1)
    }

    /// Who is reached at an address itself.
    pub(super) fn at(&self, address: Address) -> Option<&Entry> {
        let index = self.index_at(address)?;
        Some(&self.by_id[index].1)
    }

    /// The same, to be changed as with [`get_mut`](Self::get_mut).
    pub(super) fn at_mut(&mut self, address: Address) -> Option<&mut Entry> {
        let index = self.index_at(address)?;
        Some(&mut self.by_id[index].1)
    }

    /// Puts an entry in, whose id and address nobody else has.
    pub(super) fn insert(&mut self, entry: Entry) {
        let Err(index) = self.index_of(&entry.peer_id) else {
            return;
        };
        let head = head_of(&entry.peer_id);
        if entry.is_direct() {
            let place = (Place::of(entry.address), entry.peer_id);
            let at = self.by_place.partition_point(|own| *own < place);
            self.by_place.insert(at, place);
        }
        self.by_id.insert(index, (head, Box::new(entry)));
    }

    pub(super) fn remove(&mut self, peer: &PeerId) -> Option<Entry> {
        let index = self.index_of(peer).ok()?;
        let (_, entry) = self.by_id.remove(index);
        if entry.is_direct() {
            let place = (Place::of(entry.address), entry.peer_id);
            if let Ok(at) = self.by_place.binary_search(&place) {
                self.by_place.remove(at);
            }
        }
        Some(*entry)
    }

    /// In the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> + Clone {
        self.by_id.iter().map(|(_, entry)| entry.as_ref())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.by_id.iter_mut().map(|(_, entry)| entry.as_mut())
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// How many are reached at their own address.
    #[cfg(test)]
    pub(super) fn place_count(&self) -> usize {
        self.by_place.len()
    }

    /// Where an id is, or where it belongs.
    fn index_of(&self, peer: &PeerId) -> Result<usize, usize> {
        let wanted = head_of(peer);
        self.by_id.binary_search_by(|(head, entry)| {
            let by_head = head.cmp(&wanted);
            by_head.then_with(|| entry.peer_id.cmp(peer))
        })
    }

    fn index_at(&self, address: Address) -> Option<usize> {
        let is_there = |entry: &Entry| entry.address == address && entry.is_direct();
        let last = self.last.get();
        if self.by_id.get(last).is_some_and(|(_, own)| is_there(own)) {
            return Some(last);
        }
        let place = Place::of(address);
        let at = self.by_place.partition_point(|(own, _)| *own < place);
        let (_, peer) = self.by_place.get(at).filter(|(own, _)| *own == place)?;
        // By the whole id: anybody may choose ids that begin alike.
        let found = self.index_of(peer).ok()?;
        self.last.set(found);
        Some(found)
    }
}

impl Place {
    fn of(address: Address) -> Self {
        Self(u64::from(address.ip().to_bits()) << 16 | u64::from(address.port()))
    }
}

fn head_of(peer: &PeerId) -> Head {
    let [a, b, c, d, e, f, g, h, ..] = peer.0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::Time;

    #[test]
    fn peers_whose_ids_begin_alike_are_told_apart() {
        let mut entries = Entries::default();
        let id = |last: u8| {
            let mut id = [7; 32];
            id[31] = last;
            PeerId(id)
        };
        let at = |last: u8| Address::new([9, 9, 9, last].into(), 5_000);
        for last in [3, 1, 4, 2] {
            entries.insert(Entry::new(id(last), at(last), Time::ZERO));
        }
        assert!(entries.remove(&id(3)).is_some());
        let found = (1..=4).map(|last| entries.at(at(last)).map(|entry| entry.peer_id));
        let expected = [Some(id(1)), Some(id(2)), None, Some(id(4))];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
