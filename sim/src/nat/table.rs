//! What a box remembers: who sent to whom, and through which port.
//!
//! An *inner* is an address behind the box that has sent; a *session* is an inner together with as
//! much of the destination as the box's filter looks at. Most tables are small and are searched
//! from end to end, which touches less memory than any index; large ones get an [`Index`].
//! What has expired counts for nothing from that moment on, but is removed only when a new
//! session is made.
//! Invariant: every inner in use has a session, and its last use is that of its newest session.

use super::{NatClass, PortsExhausted, Traits, index::Index, ports::Ports};
use crate::address::Address;

/// The table of one box.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    sessions: Vec<Session>,
    /// The only inner of most boxes: number 0.
    first: Inner,
    many: Option<Box<Many>>,
    /// No session was used before this.
    oldest_us: u64,
    ports: Ports,
}

/// What only some tables need.
#[derive(Clone, Debug, Default)]
struct Many {
    /// From number 1 on.
    inners: Vec<Inner>,
    /// Numbers that are free again.
    free: Vec<u16>,
    index: Option<Index>,
}

/// Two words: that is all there is of most of a large network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    /// The destination's IP address, its port, and the number of the inner.
    pub(super) key: u64,
    /// Microseconds, and the public port if the NAT is a hard one.
    used: u64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inner {
    pub(super) address: Address,
    /// Unless the NAT is a hard one.
    pub(super) port: u16,
    /// None if it is free.
    session_count: u16,
    used_us: u64,
}

/// Up to here tables are searched from end to end.
const SCANNED_MAX: usize = 64;
const PORT_BITS: u32 = 16;

impl Table {
    /// Lets a datagram out; the port that the rest of the world sees it come from.
    ///
    /// `salt` tells the ports that one box draws from another's.
    #[inline]
    pub(super) fn outbound(
        &mut self,
        now_us: u64,
        traits: &Traits,
        inner: Address,
        remote: Address,
        salt: u64,
    ) -> Result<u16, PortsExhausted> {
        let remote = seen_by_filter(traits.class, remote);
        if let Some(number) = self.find_inner(inner)
            && let Some(place) = self.find_session(key(remote, number))
            && self.sessions[place].is_alive(now_us, traits)
        {
            self.touch(place, now_us);
            return Ok(self.public_port(traits, place));
        }
        self.open(now_us, traits, inner, remote, salt)
    }

    /// Lets a datagram in, or not; whom it is for.
    #[inline]
    pub(super) fn inbound(
        &mut self,
        now_us: u64,
        traits: &Traits,
        port: u16,
        remote: Address,
    ) -> Option<Address> {
        let remote = seen_by_filter(traits.class, remote);
        let place = if traits.is_hard() {
            let place = self.find_session_port(port)?;
            (self.sessions[place].key >> PORT_BITS == key(remote, 0) >> PORT_BITS).then_some(place)
        } else {
            let number = self.find_inner_port(port)?;
            self.find_session(key(remote, number))
        }?;
        if !self.sessions[place].is_alive(now_us, traits) {
            return None;
        }
        if traits.is_refreshed_inbound {
            self.touch(place, now_us);
        }
        Some(self.inner(self.sessions[place].inner()).address)
    }

    /// Whom a port is mapped to.
    pub(super) fn mapped(&self, now_us: u64, traits: &Traits, port: u16) -> Option<Address> {
        let number = if traits.is_hard() {
            let session = self.sessions[self.find_session_port(port)?];
            session.is_alive(now_us, traits).then(|| session.inner())?
        } else {
            self.find_inner_port(port)?
        };
        let inner = self.inner(number);
        let is_alive = now_us <= inner.used_us + traits.timeout_us();
        is_alive.then_some(inner.address)
    }

    /// Makes a session, and what it needs.
    fn open(
        &mut self,
        now_us: u64,
        traits: &Traits,
        address: Address,
        remote: Address,
        salt: u64,
    ) -> Result<u16, PortsExhausted> {
        self.forget_expired(now_us, traits);
        if self.sessions.len() >= usize::from(traits.entry_count_max) {
            self.forget_oldest(traits);
        }
        let known = self.find_inner(address);
        // A hard NAT takes a port for each session, any other for each inner.
        let port = if traits.is_hard() || known.is_none() {
            self.choose_port(traits, address, salt)?
        } else {
            0
        };
        let number = known.unwrap_or_else(|| self.add_inner(address, port));
        self.add_session(now_us, traits, number, remote, port);
        Ok(self.public_port(traits, self.sessions.len() - 1))
    }

    fn forget_expired(&mut self, now_us: u64, traits: &Traits) {
        if now_us <= self.oldest_us.saturating_add(traits.timeout_us()) {
            return;
        }
        self.oldest_us = u64::MAX;
        let mut place = 0;
        while place < self.sessions.len() {
            let session = self.sessions[place];
            if session.is_alive(now_us, traits) {
                self.oldest_us = self.oldest_us.min(session.used_us());
                place += 1;
            } else {
                self.forget(place, traits);
            }
        }
    }

    fn forget_oldest(&mut self, traits: &Traits) {
        let places = 0..self.sessions.len();
        if let Some(place) = places.min_by_key(|place| self.sessions[*place].used_us()) {
            self.forget(place, traits);
        }
    }

    fn forget(&mut self, place: usize, traits: &Traits) {
        let last = self.sessions.len() - 1;
        if let Some(index) = self.index_mut() {
            index.1.remove_session(&index.0[place], place, traits);
            if place != last {
                index.1.move_session(&index.0[last], last, place, traits);
            }
        }
        let number = self.sessions.swap_remove(place).inner();
        let inner = self.inner_mut(number);
        inner.session_count -= 1;
        if inner.session_count == 0 {
            self.forget_inner(number);
        }
    }

    fn forget_inner(&mut self, number: u16) {
        let inner = *self.inner(number);
        if let Some(many) = &mut self.many {
            if let Some(index) = &mut many.index {
                index.remove_inner(&inner, number);
            }
            if number > 0 {
                many.free.push(number);
            }
        }
    }

    fn add_inner(&mut self, address: Address, port: u16) -> u16 {
        let number = self.free_number();
        let inner = Inner {
            address,
            port,
            session_count: 0,
            used_us: 0,
        };
        *self.inner_mut(number) = inner;
        let many = self.many.as_mut();
        if let Some(index) = many.and_then(|many| many.index.as_mut()) {
            index.add_inner(&inner, number);
        }
        number
    }

    fn free_number(&mut self) -> u16 {
        if self.first.session_count == 0 {
            return 0;
        }
        let many = self.many.get_or_insert_default();
        many.free.pop().unwrap_or_else(|| {
            many.inners.push(Inner::default());
            many.inners.len() as u16
        })
    }

    fn add_session(
        &mut self,
        now_us: u64,
        traits: &Traits,
        number: u16,
        remote: Address,
        port: u16,
    ) {
        let session = Session {
            key: key(remote, number),
            used: now_us << PORT_BITS | u64::from(port),
        };
        self.sessions.push(session);
        self.oldest_us = if self.sessions.len() == 1 {
            now_us
        } else {
            self.oldest_us.min(now_us)
        };
        let inner = self.inner_mut(number);
        inner.session_count += 1;
        inner.used_us = now_us;
        let place = self.sessions.len() - 1;
        if let Some((_, index)) = self.index_mut() {
            index.add_session(&session, place, traits);
        } else if place >= SCANNED_MAX {
            self.make_index(traits);
        }
    }

    fn make_index(&mut self, traits: &Traits) {
        let mut index = Index::default();
        for (place, session) in self.sessions.iter().enumerate() {
            index.add_session(session, place, traits);
        }
        let many = self.many.get_or_insert_default();
        let inners = std::iter::once(&self.first).chain(&many.inners);
        for (number, inner) in inners.enumerate() {
            if inner.session_count > 0 {
                index.add_inner(inner, number as u16);
            }
        }
        many.index = Some(index);
    }

    fn choose_port(
        &mut self,
        traits: &Traits,
        inner: Address,
        salt: u64,
    ) -> Result<u16, PortsExhausted> {
        let mut ports = std::mem::take(&mut self.ports);
        let is_taken = |port| {
            if traits.is_hard() {
                self.find_session_port(port).is_some()
            } else {
                self.find_inner_port(port).is_some()
            }
        };
        let chosen = ports.choose(traits.allocation, inner, salt, is_taken);
        self.ports = ports;
        chosen
    }

    fn public_port(&self, traits: &Traits, place: usize) -> u16 {
        let session = &self.sessions[place];
        if traits.is_hard() {
            session.port()
        } else {
            self.inner(session.inner()).port
        }
    }

    fn touch(&mut self, place: usize, now_us: u64) {
        let session = &mut self.sessions[place];
        session.used = now_us << PORT_BITS | u64::from(session.port());
        let number = session.inner();
        self.inner_mut(number).used_us = now_us;
    }

    #[inline]
    fn find_session(&self, key: u64) -> Option<usize> {
        if let Some(index) = self.index() {
            return index.find_session(&self.sessions, key);
        }
        self.sessions.iter().position(|session| session.key == key)
    }

    #[inline]
    fn find_session_port(&self, port: u16) -> Option<usize> {
        if let Some(index) = self.index() {
            return index.find_session_port(&self.sessions, port);
        }
        let mut sessions = self.sessions.iter();
        sessions.position(|session| session.port() == port)
    }

    #[inline]
    fn find_inner(&self, address: Address) -> Option<u16> {
        if self.first.is_used_as(|inner| inner.address == address) {
            return Some(0);
        }
        let many = self.many.as_ref()?;
        if let Some(index) = &many.index {
            return index.find_inner(address, |number| self.inner(number));
        }
        many.scan(|inner| inner.address == address)
    }

    #[inline]
    fn find_inner_port(&self, port: u16) -> Option<u16> {
        if self.first.is_used_as(|inner| inner.port == port) {
            return Some(0);
        }
        let many = self.many.as_ref()?;
        if let Some(index) = &many.index {
            return index.find_inner_port(port, |number| self.inner(number));
        }
        many.scan(|inner| inner.port == port)
    }

    fn index(&self) -> Option<&Index> {
        self.many.as_ref()?.index.as_ref()
    }

    /// The index, with the sessions it stands for.
    fn index_mut(&mut self) -> Option<(&[Session], &mut Index)> {
        let index = self.many.as_mut()?.index.as_mut()?;
        Some((&self.sessions, index))
    }

    fn inner(&self, number: u16) -> &Inner {
        match &self.many {
            Some(many) if number > 0 => &many.inners[usize::from(number) - 1],
            _ => &self.first,
        }
    }

    fn inner_mut(&mut self, number: u16) -> &mut Inner {
        match &mut self.many {
            Some(many) if number > 0 => &mut many.inners[usize::from(number) - 1],
            _ => &mut self.first,
        }
    }
}

impl Many {
    fn scan(&self, is_it: impl Fn(&Inner) -> bool) -> Option<u16> {
        let mut inners = self.inners.iter();
        let place = inners.position(|inner| inner.is_used_as(&is_it))?;
        Some(place as u16 + 1)
    }
}

impl Session {
    pub(super) fn port(self) -> u16 {
        self.used as u16
    }

    fn used_us(self) -> u64 {
        self.used >> PORT_BITS
    }

    fn inner(self) -> u16 {
        self.key as u16
    }

    fn is_alive(self, now_us: u64, traits: &Traits) -> bool {
        now_us <= self.used_us() + traits.timeout_us()
    }
}

impl Inner {
    fn is_used_as(&self, is_it: impl Fn(&Self) -> bool) -> bool {
        self.session_count > 0 && is_it(self)
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

fn key(remote: Address, inner: u16) -> u64 {
    u64::from(remote.ip) << 32 | u64::from(remote.port) << PORT_BITS | u64::from(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_box_remembers_is_small() {
        assert_eq!(size_of::<Session>(), 16);
        assert!(size_of::<Table>() <= 80, "{}", size_of::<Table>());
    }
}
