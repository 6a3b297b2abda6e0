//! What a box remembers: who sent to whom, and through which port.
//!
//! An *inner* is an address behind the box that has sent; a *session* is an inner together with as
//! much of the destination as the box's filter looks at. Sessions are listed in the order of
//! their last use; since all expire after the same time, the oldest is both the next
//! to expire and the one to give up for room.
//! Invariant: after each call no session is expired, and every inner has a session.

use hashbrown::HashTable;

use super::{NatClass, PortsExhausted, Traits, ports::Ports};
use crate::{
    address::Address,
    streams::{self, Stream},
};

/// The table of one box.
#[derive(Clone, Debug)]
pub(super) struct Table {
    ports: Ports,
    sessions: Vec<Session>,
    inners: Vec<Inner>,
    /// Places in `sessions` by inner and remote.
    by_remote: HashTable<u16>,
    /// Places in `inners` by address.
    by_inner: HashTable<u16>,
    /// By public port: places in `sessions` for a hard NAT, in `inners` for any other.
    by_port: HashTable<u16>,
    /// Places that were given up, by the field that chains them.
    free_session: u16,
    free_inner: u16,
    oldest: u16,
    newest: u16,
    /// Of sessions.
    len: u16,
}

#[derive(Clone, Debug)]
struct Session {
    used_us: u64,
    remote: Address,
    inner: u16,
    /// Of a hard NAT.
    port: u16,
    older: u16,
    newer: u16,
}

#[derive(Clone, Debug)]
struct Inner {
    address: Address,
    /// Of any other NAT.
    port: u16,
    session_count: u16,
    next_free: u16,
}

/// No place.
const NONE: u16 = u16::MAX;

impl Table {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            ports: Ports::new(stream),
            sessions: Vec::new(),
            inners: Vec::new(),
            by_remote: HashTable::new(),
            by_inner: HashTable::new(),
            by_port: HashTable::new(),
            free_session: NONE,
            free_inner: NONE,
            oldest: NONE,
            newest: NONE,
            len: 0,
        }
    }

    /// Lets a datagram out; the port that the rest of the world sees it come from.
    pub(super) fn outbound(
        &mut self,
        now_us: u64,
        traits: &Traits,
        inner: Address,
        remote: Address,
    ) -> Result<u16, PortsExhausted> {
        self.forget_expired(now_us, traits);
        let remote = seen_by_filter(traits.class, remote);
        let found = self.find_inner(inner);
        if let Some(session) = found.and_then(|place| self.find_session(place, remote)) {
            self.touch(session, now_us);
            return Ok(self.public_port(traits, session));
        }
        if self.len >= traits.entry_count_max {
            self.forget(self.oldest, traits);
        }
        // To forget one may have taken the inner along.
        let place = match self.find_inner(inner) {
            Some(place) => place,
            None => self.add_inner(inner, traits)?,
        };
        let session = self.add_session(now_us, place, remote, traits)?;
        Ok(self.public_port(traits, session))
    }

    /// Lets a datagram in, or not; whom it is for.
    pub(super) fn inbound(
        &mut self,
        now_us: u64,
        traits: &Traits,
        port: u16,
        remote: Address,
    ) -> Option<Address> {
        self.forget_expired(now_us, traits);
        let remote = seen_by_filter(traits.class, remote);
        let place = self.find_port(traits, port)?;
        let session = if is_hard(traits) {
            (self.sessions[usize::from(place)].remote == remote).then_some(place)?
        } else {
            self.find_session(place, remote)?
        };
        if traits.is_refreshed_inbound {
            self.touch(session, now_us);
        }
        let inner = self.sessions[usize::from(session)].inner;
        Some(self.inners[usize::from(inner)].address)
    }

    /// Whom a port is mapped to.
    pub(super) fn mapped(&self, traits: &Traits, port: u16) -> Option<Address> {
        let mut place = self.find_port(traits, port)?;
        if is_hard(traits) {
            place = self.sessions[usize::from(place)].inner;
        }
        Some(self.inners[usize::from(place)].address)
    }

    fn forget_expired(&mut self, now_us: u64, traits: &Traits) {
        let timeout_us = u64::from(traits.timeout_s) * 1_000_000;
        while self.oldest != NONE {
            let used_us = self.sessions[usize::from(self.oldest)].used_us;
            if now_us <= used_us + timeout_us {
                return;
            }
            self.forget(self.oldest, traits);
        }
    }

    fn forget(&mut self, place: u16, traits: &Traits) {
        self.unlist(place);
        self.len -= 1;
        let session = &self.sessions[usize::from(place)];
        let (inner, port) = (session.inner, session.port);
        remove(
            &mut self.by_remote,
            hash_remote(inner, session.remote),
            place,
        );
        if is_hard(traits) {
            remove(&mut self.by_port, hash_port(port), place);
        }
        self.sessions[usize::from(place)].newer = self.free_session;
        self.free_session = place;
        let inner_ref = &mut self.inners[usize::from(inner)];
        inner_ref.session_count -= 1;
        if inner_ref.session_count == 0 {
            self.forget_inner(inner, traits);
        }
    }

    fn forget_inner(&mut self, place: u16, traits: &Traits) {
        let inner = &mut self.inners[usize::from(place)];
        inner.next_free = self.free_inner;
        self.free_inner = place;
        remove(&mut self.by_inner, hash_address(inner.address), place);
        if !is_hard(traits) {
            remove(&mut self.by_port, hash_port(inner.port), place);
        }
    }

    fn add_inner(&mut self, address: Address, traits: &Traits) -> Result<u16, PortsExhausted> {
        let port = if is_hard(traits) {
            0
        } else {
            self.choose_port(address, traits)?
        };
        let inner = Inner {
            address,
            port,
            session_count: 0,
            next_free: NONE,
        };
        let place = if self.free_inner == NONE {
            self.inners.push(inner);
            (self.inners.len() - 1) as u16
        } else {
            let place = self.free_inner;
            self.free_inner = self.inners[usize::from(place)].next_free;
            self.inners[usize::from(place)] = inner;
            place
        };
        let inners = &self.inners;
        self.by_inner
            .insert_unique(hash_address(address), place, |place| {
                hash_address(inners[usize::from(*place)].address)
            });
        if !is_hard(traits) {
            self.by_port.insert_unique(hash_port(port), place, |place| {
                hash_port(inners[usize::from(*place)].port)
            });
        }
        Ok(place)
    }

    fn add_session(
        &mut self,
        now_us: u64,
        inner: u16,
        remote: Address,
        traits: &Traits,
    ) -> Result<u16, PortsExhausted> {
        let mut port = 0;
        if is_hard(traits) {
            let address = self.inners[usize::from(inner)].address;
            let chosen = self.choose_port(address, traits);
            if chosen.is_err() && self.inners[usize::from(inner)].session_count == 0 {
                self.forget_inner(inner, traits);
            }
            port = chosen?;
        }
        let place = self.new_place();
        self.sessions[usize::from(place)] = Session {
            used_us: now_us,
            remote,
            inner,
            port,
            older: NONE,
            newer: NONE,
        };
        self.list(place);
        self.len += 1;
        self.inners[usize::from(inner)].session_count += 1;
        let sessions = &self.sessions;
        self.by_remote
            .insert_unique(hash_remote(inner, remote), place, |place| {
                let session = &sessions[usize::from(*place)];
                hash_remote(session.inner, session.remote)
            });
        if is_hard(traits) {
            self.by_port.insert_unique(hash_port(port), place, |place| {
                hash_port(sessions[usize::from(*place)].port)
            });
        }
        Ok(place)
    }

    /// A place for a session; what is in it is to be written over.
    fn new_place(&mut self) -> u16 {
        if self.free_session != NONE {
            let place = self.free_session;
            self.free_session = self.sessions[usize::from(place)].newer;
            return place;
        }
        self.sessions.push(Session {
            used_us: 0,
            remote: Address::default(),
            inner: NONE,
            port: 0,
            older: NONE,
            newer: NONE,
        });
        (self.sessions.len() - 1) as u16
    }

    fn choose_port(&mut self, inner: Address, traits: &Traits) -> Result<u16, PortsExhausted> {
        let (sessions, inners, by_port) = (&self.sessions, &self.inners, &self.by_port);
        let is_taken = |port| {
            let found = by_port.find(hash_port(port), |place| {
                port == port_at(sessions, inners, traits, *place)
            });
            found.is_some()
        };
        self.ports
            .choose(traits.allocation, (inner.ip, inner.port), is_taken)
    }

    fn public_port(&self, traits: &Traits, session: u16) -> u16 {
        let session = &self.sessions[usize::from(session)];
        if is_hard(traits) {
            session.port
        } else {
            self.inners[usize::from(session.inner)].port
        }
    }

    fn find_inner(&self, address: Address) -> Option<u16> {
        let is_it = |place: &u16| self.inners[usize::from(*place)].address == address;
        self.by_inner.find(hash_address(address), is_it).copied()
    }

    fn find_session(&self, inner: u16, remote: Address) -> Option<u16> {
        let is_it = |place: &u16| {
            let session = &self.sessions[usize::from(*place)];
            session.inner == inner && session.remote == remote
        };
        self.by_remote
            .find(hash_remote(inner, remote), is_it)
            .copied()
    }

    fn find_port(&self, traits: &Traits, port: u16) -> Option<u16> {
        let is_it = |place: &u16| port == port_at(&self.sessions, &self.inners, traits, *place);
        self.by_port.find(hash_port(port), is_it).copied()
    }

    fn touch(&mut self, place: u16, now_us: u64) {
        self.sessions[usize::from(place)].used_us = now_us;
        if self.newest != place {
            self.unlist(place);
            self.list(place);
        }
    }

    /// Puts a session at the end of the list.
    fn list(&mut self, place: u16) {
        let newest = std::mem::replace(&mut self.newest, place);
        let session = &mut self.sessions[usize::from(place)];
        (session.older, session.newer) = (newest, NONE);
        if newest == NONE {
            self.oldest = place;
        } else {
            self.sessions[usize::from(newest)].newer = place;
        }
    }

    fn unlist(&mut self, place: u16) {
        let session = &self.sessions[usize::from(place)];
        let (older, newer) = (session.older, session.newer);
        if older == NONE {
            self.oldest = newer;
        } else {
            self.sessions[usize::from(older)].newer = newer;
        }
        if newer == NONE {
            self.newest = older;
        } else {
            self.sessions[usize::from(newer)].older = older;
        }
    }
}

/// As much of a destination as the filter of a class looks at.
fn seen_by_filter(class: NatClass, remote: Address) -> Address {
    match class {
        NatClass::Unrestricted => Address::default(),
        NatClass::AddrRestricted => Address::new(remote.ip, 0),
        _ => remote,
    }
}

fn is_hard(traits: &Traits) -> bool {
    traits.class == NatClass::EndpointRestricted
}

fn port_at(sessions: &[Session], inners: &[Inner], traits: &Traits, place: u16) -> u16 {
    if is_hard(traits) {
        sessions[usize::from(place)].port
    } else {
        inners[usize::from(place)].port
    }
}

fn remove(places: &mut HashTable<u16>, hash: u64, place: u16) {
    if let Ok(entry) = places.find_entry(hash, |other| *other == place) {
        entry.remove();
    }
}

fn hash_address(address: Address) -> u64 {
    hash_remote(0, address)
}

fn hash_remote(inner: u16, remote: Address) -> u64 {
    let word = u64::from(remote.ip) << 32 | u64::from(remote.port) << 16 | u64::from(inner);
    streams::mix(word)
}

fn hash_port(port: u16) -> u64 {
    streams::mix(u64::from(port))
}
