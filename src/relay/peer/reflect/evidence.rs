//! What was seen while a NAT type is being found, and what follows from it.

use super::run::Role;
use crate::relay::{Address, nat::NatType};

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Who told the probe socket's external port, and which it is; asked in vain if absent.
    pub(super) first: Option<Address>,
    pub(super) probe_port: Option<u16>,
    /// Who saw the main socket where.
    pub(super) main: Vec<(Address, Address)>,
    pub(super) is_known_ip: bool,
    pub(super) is_any: bool,
    pub(super) known_ip_misses: u32,
    pub(super) any_misses: u32,
    pub(super) is_lossy: bool,
    pub(super) second: Option<Address>,
    pub(super) is_solo: bool,
}

/// What was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) address: Address,
    pub(super) nat: NatType,
    pub(super) is_provisional: bool,
}

impl Evidence {
    /// The NAT type, as soon as no further question could change it.
    ///
    /// A mapping that depends on the destination makes a hard NAT whatever its firewall lets in:
    /// the reference's numbers for a softer one have no name, and nobody links with them.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        if !self.is_firewall_settled() {
            return None;
        }
        let (_, address) = *self.main.first()?;
        let other = self.main.get(1);
        let is_dependent = match other {
            Some((_, seen)) => seen.port() != address.port(),
            None if self.is_solo => false,
            None => return None,
        };
        let nat = match (is_dependent, self.is_known_ip, self.is_any) {
            (true, ..) => NatType::ENDPOINT_RESTRICTED,
            (false, _, true) => NatType::UNRESTRICTED,
            (false, true, false) => NatType::ADDR_RESTRICTED,
            (false, false, false) => NatType::PORT_RESTRICTED,
        };
        Some(Verdict {
            address: other.map_or(address, |(_, last)| *last),
            nat,
            is_provisional: other.is_none(),
        })
    }

    /// Whether a peer has told where it sees us.
    pub(super) fn has_seen(&self, peer: Address) -> bool {
        self.main.iter().any(|(responder, _)| *responder == peer)
    }

    /// Whether asking a peer again could show something new.
    pub(super) fn wants(&self, role: Role, peer: Address) -> bool {
        !self.has_seen(peer)
            || match role {
                Role::First => !self.is_known_ip && self.known_ip_misses < self.misses_max(),
                _ => !self.is_any && self.any_misses < self.misses_max(),
            }
    }

    /// Whether the firewall is known as well as it can be.
    fn is_firewall_settled(&self) -> bool {
        let is_out = |misses| misses >= self.misses_max();
        self.is_any
            || self.probe_port.is_none()
            || ((self.is_solo || is_out(self.any_misses))
                && (self.is_known_ip || is_out(self.known_ip_misses)))
    }

    fn misses_max(&self) -> u32 {
        if self.is_lossy {
            MISSES_LOSSY_MAX
        } else {
            MISSES_MAX
        }
    }
}

/// Answers to the main socket alone before the probe socket is taken to be closed.
const MISSES_MAX: u32 = 2;
/// The same where datagrams were seen to be lost.
const MISSES_LOSSY_MAX: u32 = 5;
