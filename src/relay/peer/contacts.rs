//! Whom a peer was told of by its configuration.

use super::Bootstrap;
use crate::relay::{Address, PeerId, Time, nat::NatType};

/// A configured peer and what was heard of it.
#[derive(Clone, Debug)]
pub(super) struct Contact {
    pub(super) address: Address,
    /// Who has to be there, if that is known.
    pub(super) expected: Option<PeerId>,
    pub(super) is_indexed: bool,
    pub(super) nat: NatType,
    pub(super) last_heard: Option<Time>,
}

/// The configured peers, each address once.
pub(super) fn contacts(bootstraps: &[Bootstrap]) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    for bootstrap in bootstraps.iter().take(CONTACTS_MAX) {
        if contacts
            .iter()
            .all(|known| known.address != bootstrap.address)
        {
            contacts.push(Contact {
                address: bootstrap.address,
                expected: bootstrap.peer_id,
                is_indexed: bootstrap.is_indexed,
                nat: NatType::UNKNOWN,
                last_heard: None,
            });
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
    /// Whether it can tell us what NAT we are behind: an indexed peer at once, another one
    /// after it said that it is reachable enough.
    pub(super) fn reflects(&self) -> bool {
        let is_open = matches!(self.nat, NatType::UNRESTRICTED | NatType::ADDR_RESTRICTED);
        self.is_indexed || (is_open && self.last_heard.is_some())
    }
}

/// Configured peers that are used.
pub(super) const CONTACTS_MAX: usize = 64;
