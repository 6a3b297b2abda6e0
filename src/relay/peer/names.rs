//! Configured peers that go by a name, which somebody else has to look up.
//!
//! A name is looked up until there is a link with whoever is behind it, less and less often,
//! and again when that link is gone: what a name stands for may change.

use std::time::Duration;

use super::{
    Bootstrap, ContactName, Event, Output, Peer,
    contacts::{CONTACTS_MAX, Contact},
};
use crate::relay::{Address, Now, PeerId, Time};

/// The names of configured peers; at most [`CONTACTS_MAX`].
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<Named>);

/// A name and what is known of it.
#[derive(Clone, Debug)]
struct Named {
    name: ContactName,
    address: Option<Address>,
    due: Time,
    /// How often it was looked up since it was of use last.
    tries: u32,
    /// Whether the owner was told that nobody knows it.
    is_told: bool,
}

impl Names {
    pub(super) fn due(&self) -> Time {
        let dues = self.0.iter().map(|named| named.due);
        dues.min().unwrap_or(Time::NEVER)
    }
}

impl Peer {
    /// Asks for configured peers by name, besides those of the configuration; for each name,
    /// [`Output::Resolve`] is said until it is of use.
    pub fn call_names(&mut self, now: Now, names: impl IntoIterator<Item = ContactName>) {
        self.rest = None;
        for name in names {
            if self.names.0.len() < CONTACTS_MAX {
                self.names.0.push(Named {
                    name,
                    address: None,
                    due: now.time,
                    tries: 0,
                    is_told: false,
                });
            }
        }
        self.names_timeout(now);
    }

    /// A host was looked up: where it is, or nothing if nobody knows.
    pub fn handle_resolved(&mut self, now: Now, host: &str, found: Option<Address>) {
        self.rest = None;
        for at in 0..self.names.0.len() {
            let named = &mut self.names.0[at];
            if named.name.host != host {
                continue;
            }
            let Some(found) = found else {
                self.tell_unresolved(now, at);
                continue;
            };
            let address = Address::new(*found.ip(), named.name.port);
            named.is_told = false;
            let before = named.address.replace(address);
            let peer_id = named.name.peer_id;
            if before != Some(address) {
                self.move_contact(now, before, address, peer_id);
            }
        }
    }

    pub(super) fn names_timeout(&mut self, now: Now) {
        if now.time < self.names.due() {
            return;
        }
        for at in 0..self.names.0.len() {
            let address = self.names.0[at].address;
            let is_linked = address.is_some_and(|address| self.is_linked(address));
            let named = &mut self.names.0[at];
            if named.due > now.time {
                continue;
            }
            if is_linked {
                (named.tries, named.due) = (0, now.time + AGAIN_MAX);
                continue;
            }
            named.due = now.time + pause(named.tries);
            named.tries += 1;
            let host = named.name.host.clone();
            self.outbox.push(Output::Resolve { host });
        }
    }

    /// Says that a name is of no use yet; once, until it was.
    fn tell_unresolved(&mut self, now: Now, at: usize) {
        let named = &mut self.names.0[at];
        if named.address.is_none() && !std::mem::replace(&mut named.is_told, true) {
            let (host, port) = (named.name.host.clone(), named.name.port);
            let retry = named.due.since(now.time);
            self.event(Event::Unresolved { host, port, retry });
        }
    }

    /// A name stands for another address than before.
    fn move_contact(
        &mut self,
        now: Now,
        before: Option<Address>,
        address: Address,
        peer_id: Option<PeerId>,
    ) {
        let is_shared = |named: &Named| named.address == before;
        if !self.names.0.iter().any(is_shared) {
            self.contacts
                .retain(|contact| Some(contact.address) != before);
        }
        let is_known = |contact: &Contact| contact.address == address;
        if self.contacts.len() >= CONTACTS_MAX || self.contacts.iter().any(is_known) {
            return;
        }
        let is_indexed = true;
        let mut contact = Contact::new(Bootstrap {
            address,
            peer_id,
            is_indexed,
        });
        contact.watch(now.time);
        self.watch_due = self.watch_due.min(contact.watch_due());
        self.contacts.push(contact);
        if self.is_ready() {
            self.call_contacts(now);
            self.improve_reflection(now);
        } else {
            self.reflection.hurry(now.time);
            self.reflection_timeout(now);
        }
    }
}

/// How long to wait after so many look-ups.
fn pause(tries: u32) -> Duration {
    (AGAIN_MIN * (1 << tries.min(16))).min(AGAIN_MAX)
}

/// When a name is looked up for the second time.
const AGAIN_MIN: Duration = Duration::from_secs(2);
/// The most that is waited.
const AGAIN_MAX: Duration = Duration::from_secs(300);
