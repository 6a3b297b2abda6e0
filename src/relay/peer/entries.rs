//! Entries in the order of their ids, found by id and by the address where each is reached.
//!
//! They lie side by side, and two sorted lists of numbers say where: a search reads a line or two of
//! memory, and most peers know a dozen others. An indexed peer, which knows thousands, moves
//! some kilobytes when one comes.

use std::cell::Cell;

use super::table::{Entry, INDEXED_PEERS_MAX};
use crate::relay::{Address, PeerId};

/// Peers by id and by address.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// In no order that means anything.
    all: Vec<Entry>,
    /// Where each entry is, in the order of their ids.
    by_id: Vec<(Head, u32)>,
    /// Where those are that are reached at their address itself, in the order of the addresses.
    by_place: Vec<Place>,
    /// Where whoever was last looked for by an address is, unless that has changed: a datagram
    /// asks for its sender several times.
    last: Cell<usize>,
}

/// The first bytes of an id, which order ids as far as they differ.
type Head = u32;

/// An address, and in the last bits where in a list its entry is: one number, which is quick to
/// compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u64);

impl Entries {
    pub(super) fn get(&self, peer: &PeerId) -> Option<&Entry> {
        let index = self.index_of(peer).ok()?;
        Some(self.entry(index))
    }

    /// An entry to be changed in anything but its id, address and way.
    pub(super) fn get_mut(&mut self, peer: &PeerId) -> Option<&mut Entry> {
        let index = self.index_of(peer).ok()?;
        let (_, number) = self.by_id[index];
        Some(&mut self.all[number as usize])
    }

    /// Who is reached at an address itself.
    pub(super) fn at(&self, address: Address) -> Option<&Entry> {
        Some(&self.all[self.number_at(address)?])
    }

    /// The same, to be changed as with [`get_mut`](Self::get_mut).
    pub(super) fn at_mut(&mut self, address: Address) -> Option<&mut Entry> {
        let number = self.number_at(address)?;
        Some(&mut self.all[number])
    }

    /// Puts an entry in, whose id and address nobody else has.
    pub(super) fn insert(&mut self, entry: Entry) {
        let Err(index) = self.index_of(&entry.peer_id) else {
            return;
        };
        let number = self.all.len();
        if entry.is_direct() {
            let place = Place::new(entry.address, number);
            let at = self.by_place.partition_point(|own| *own < place);
            self.by_place.insert(at, place);
        }
        self.by_id
            .insert(index, (head_of(&entry.peer_id), number as u32));
        if number == self.all.capacity() {
            // Entries are large, and most lists of them stay small.
            self.all.reserve_exact((number / 4).max(1));
        }
        self.all.push(entry);
    }

    pub(super) fn remove(&mut self, peer: &PeerId) -> Option<Entry> {
        let index = self.index_of(peer).ok()?;
        let number = self.by_id[index].1 as usize;
        if let Some(at) = self.place_of(number) {
            self.by_place.remove(at);
        }
        self.renumber(self.all.len() - 1, number);
        self.by_id.remove(index);
        Some(self.all.swap_remove(number))
    }

    /// In the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> + Clone {
        let numbers = self.by_id.iter();
        numbers.map(|(_, number)| &self.all[*number as usize])
    }

    /// In no order that means anything.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.all.iter_mut()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// How many are reached at their own address.
    #[cfg(test)]
    pub(super) fn place_count(&self) -> usize {
        self.by_place.len()
    }

    fn entry(&self, index: usize) -> &Entry {
        &self.all[self.by_id[index].1 as usize]
    }

    /// Where an id is, or where it belongs.
    fn index_of(&self, peer: &PeerId) -> Result<usize, usize> {
        let wanted = head_of(peer);
        // By the whole id where heads are the same: anybody may choose ids that begin alike.
        self.by_id.binary_search_by(|(head, number)| {
            let by_head = head.cmp(&wanted);
            by_head.then_with(|| self.all[*number as usize].peer_id.cmp(peer))
        })
    }

    fn number_at(&self, address: Address) -> Option<usize> {
        let is_there = |entry: &Entry| entry.address == address && entry.is_direct();
        let last = self.last.get();
        if self.all.get(last).is_some_and(is_there) {
            return Some(last);
        }
        let first = Place::new(address, 0);
        let at = self.by_place.partition_point(|own| *own < first);
        let found = self.by_place.get(at)?;
        let number = found.number();
        if *found != Place::new(address, number) {
            return None;
        }
        self.last.set(number);
        Some(number)
    }

    /// Where in the list of addresses an entry is.
    fn place_of(&self, number: usize) -> Option<usize> {
        let place = Place::new(self.all[number].address, number);
        self.by_place.binary_search(&place).ok()
    }

    /// An entry is about to be elsewhere.
    fn renumber(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        if let Some(at) = self.place_of(from) {
            // No other entry has its address, so the order stays.
            self.by_place[at] = Place::new(self.all[from].address, to);
        }
        if let Ok(index) = self.index_of(&self.all[from].peer_id) {
            self.by_id[index].1 = to as u32;
        }
    }
}

impl Place {
    fn new(address: Address, number: usize) -> Self {
        let ip = u64::from(address.ip().to_bits());
        Self(ip << 32 | u64::from(address.port()) << NUMBER_BITS | number as u64)
    }

    fn number(self) -> usize {
        (self.0 & ((1 << NUMBER_BITS) - 1)) as usize
    }
}

fn head_of(peer: &PeerId) -> Head {
    let [a, b, c, d, ..] = peer.0;
    u32::from_be_bytes([a, b, c, d])
}

/// Bits of a place that say where an entry is.
const NUMBER_BITS: u32 = 16;
const _: () = assert!(INDEXED_PEERS_MAX < 1 << NUMBER_BITS);

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
