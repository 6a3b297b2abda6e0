//! Finds what is in a large table.

use hashbrown::HashTable;

use super::{
    Traits,
    table::{Inner, Session},
};
use crate::{address::Address, streams};

/// Places of sessions and numbers of inners, by what they are looked up by.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    sessions_by_key: HashTable<Slot>,
    /// Of a hard NAT.
    sessions_by_port: HashTable<Slot>,
    inners_by_address: HashTable<Slot>,
    inners_by_port: HashTable<Slot>,
}

/// A place, and enough of what it was found by to move it without a look at the table.
#[derive(Clone, Copy, Debug)]
struct Slot {
    place: u16,
    hash: u32,
}

impl Index {
    pub(super) fn add_session(&mut self, session: &Session, place: usize, traits: &Traits) {
        insert(&mut self.sessions_by_key, session.key, place as u16);
        if traits.is_hard() {
            let word = port_word(session.port());
            insert(&mut self.sessions_by_port, word, place as u16);
        }
    }

    pub(super) fn remove_session(&mut self, session: &Session, place: usize, traits: &Traits) {
        remove(&mut self.sessions_by_key, session.key, place as u16);
        if traits.is_hard() {
            remove(
                &mut self.sessions_by_port,
                port_word(session.port()),
                place as u16,
            );
        }
    }

    /// Notes that a session is in another place.
    pub(super) fn move_session(
        &mut self,
        session: &Session,
        from: usize,
        to: usize,
        traits: &Traits,
    ) {
        self.remove_session(session, from, traits);
        self.add_session(session, to, traits);
    }

    pub(super) fn add_inner(&mut self, inner: &Inner, number: u16) {
        insert(
            &mut self.inners_by_address,
            address_word(inner.address),
            number,
        );
        insert(&mut self.inners_by_port, port_word(inner.port), number);
    }

    pub(super) fn remove_inner(&mut self, inner: &Inner, number: u16) {
        remove(
            &mut self.inners_by_address,
            address_word(inner.address),
            number,
        );
        remove(&mut self.inners_by_port, port_word(inner.port), number);
    }

    pub(super) fn find_session(&self, sessions: &[Session], key: u64) -> Option<usize> {
        let found = find(&self.sessions_by_key, key, |place| {
            sessions[usize::from(place)].key == key
        });
        found.map(usize::from)
    }

    pub(super) fn find_session_port(&self, sessions: &[Session], port: u16) -> Option<usize> {
        let found = find(&self.sessions_by_port, port_word(port), |place| {
            sessions[usize::from(place)].port() == port
        });
        found.map(usize::from)
    }

    pub(super) fn find_inner<'a>(
        &self,
        address: Address,
        inner: impl Fn(u16) -> &'a Inner,
    ) -> Option<u16> {
        find(&self.inners_by_address, address_word(address), |number| {
            inner(number).address == address
        })
    }

    pub(super) fn find_inner_port<'a>(
        &self,
        port: u16,
        inner: impl Fn(u16) -> &'a Inner,
    ) -> Option<u16> {
        find(&self.inners_by_port, port_word(port), |number| {
            inner(number).port == port
        })
    }
}

fn insert(slots: &mut HashTable<Slot>, word: u64, place: u16) {
    let hash = hash(word);
    slots.insert_unique(spread(hash), Slot { place, hash }, |slot| spread(slot.hash));
}

fn remove(slots: &mut HashTable<Slot>, word: u64, place: u16) {
    if let Ok(entry) = slots.find_entry(spread(hash(word)), |slot| slot.place == place) {
        entry.remove();
    }
}

fn find(slots: &HashTable<Slot>, word: u64, is_it: impl Fn(u16) -> bool) -> Option<u16> {
    let hash = hash(word);
    let found = slots.find(spread(hash), |slot| slot.hash == hash && is_it(slot.place));
    found.map(|slot| slot.place)
}

fn hash(word: u64) -> u32 {
    (streams::mix(word) >> 32) as u32
}

/// The table takes its buckets from the low bits of a hash, and its tags from the highest.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

fn port_word(port: u16) -> u64 {
    u64::from(port)
}

fn address_word(address: Address) -> u64 {
    u64::from(address.ip) << 16 | u64::from(address.port)
}
