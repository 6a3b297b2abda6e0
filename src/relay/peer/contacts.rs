//! Whom a peer was told of by its configuration.

use std::time::Duration;

use super::{Bootstrap, Event, Peer};
use crate::relay::{Address, Now, PeerId, Time, nat::NatType};

/// A configured peer and what was heard of it.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub(super) address: Address,
    /// Who has to be there, if that is known.
    pub(super) expected: Option<PeerId>,
    pub(super) is_indexed: bool,
    pub(super) nat: NatType,
    pub(super) last_heard: Option<Time>,
    /// Whether the configuration names it; a neighbour of an earlier life is just tried.
    is_named: bool,
    /// Whether somebody else answers there than who has to be.
    pub(super) is_another: bool,
    /// When the owner is told that it is silent, if it still is.
    silent_at: Option<Time>,
}

/// The configured peers, each address once.
pub(super) fn contacts(bootstraps: &[Bootstrap]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::with_capacity(bootstraps.len().min(CONTACTS_MAX));
    for bootstrap in bootstraps.iter().take(CONTACTS_MAX) {
        if contacts
            .iter()
            .all(|known| known.address != bootstrap.address)
        {
            contacts.push(Contact::new(*bootstrap));
        }
    }
    contacts
}

/// The indexed one among them at an address.
pub(super) fn is_indexed(contacts: &[Contact], address: Address) -> bool {
    let mut contacts = contacts.iter();
    contacts.any(|contact| contact.address == address && contact.is_indexed)
}

impl Contact {
    /// Somebody of whom nothing was heard yet.
    pub(super) fn new(bootstrap: Bootstrap) -> Self {
        Self {
            address: bootstrap.address,
            expected: bootstrap.peer_id,
            is_indexed: bootstrap.is_indexed,
            nat: NatType::UNKNOWN,
            last_heard: None,
            is_named: true,
            is_another: false,
            silent_at: None,
        }
    }

    /// Begins to wait for an answer; only an indexed peer that is named
    /// owes one.
    pub(super) fn watch(&mut self, now: Time) {
        self.silent_at = (self.is_indexed && self.is_named).then(|| now + SILENCE_MAX);
    }

    /// When it has been silent for too long.
    pub(super) fn watch_due(&self) -> Time {
        self.silent_at.unwrap_or(Time::NEVER)
    }

    /// Whether it can tell us what NAT we are behind: an indexed peer at once, another one
    /// after it said that it is reachable enough.
    pub(super) fn reflects(&self) -> bool {
        let is_open = matches!(self.nat, NatType::UNRESTRICTED | NatType::ADDR_RESTRICTED);
        self.is_indexed || (is_open && self.last_heard.is_some())
    }
}

impl Peer {
    /// Adds neighbours of an earlier life to those that are asked first; to be called before
    /// the peer is opened.
    pub fn remember(&mut self, neighbours: &[Bootstrap]) {
        self.rest = None;
        for neighbour in neighbours {
            let mut contacts = self.contacts.iter();
            let is_known = contacts.any(|contact| contact.address == neighbour.address);
            if !is_known && self.contacts.len() < CONTACTS_MAX {
                self.contacts.push(Contact {
                    is_named: false,
                    ..Contact::new(*neighbour)
                });
            }
        }
    }

    /// Begins to wait for answers of all configured peers.
    pub(super) fn watch_contacts(&mut self, now: Now) {
        for contact in &mut self.contacts {
            contact.watch(now.time);
        }
        self.watch_due = now.time + SILENCE_MAX;
    }

    /// Tells the owner, once for each, which of them do not answer.
    pub(super) fn watch_timeout(&mut self, now: Now) {
        if now.time < self.watch_due {
            return;
        }
        let mut silent = Vec::new();
        for contact in &mut self.contacts {
            if contact.watch_due() > now.time {
                continue;
            }
            contact.silent_at = None;
            if contact.last_heard.is_none() || contact.is_another {
                silent.push((contact.address, contact.is_another));
            }
        }
        let dues = self.contacts.iter().map(Contact::watch_due);
        self.watch_due = dues.min().unwrap_or(Time::NEVER);
        for (address, is_another) in silent {
            self.event(Event::Unanswered {
                address,
                is_another,
            });
        }
    }
}

/// Configured peers that are used.
pub(super) const CONTACTS_MAX: usize = 64;
/// How long a configured peer may take to answer before the owner is told: some pings may get lost.
const SILENCE_MAX: Duration = Duration::from_secs(5);
