//! Addresses as the simulated network gives them out, and who may have which.
//!
//! Public addresses are numbered from 11.0.0.0 on, so that the number of an address's owner is
//! one subtraction away; homes use 192.168.0.0/16 inside, and carriers 100.64.0.0/10.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An IPv4 address and port.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Address {
    /// The IPv4 address as a number; its first byte is the most significant.
    pub ip: u32,
    /// The UDP port.
    pub port: u16,
}

impl Address {
    /// An address and port.
    #[must_use]
    pub const fn new(ip: u32, port: u16) -> Self {
        Self { ip, port }
    }

    /// Whether this lies in a home's own network.
    #[must_use]
    pub const fn is_home(self) -> bool {
        self.ip >> 16 == HOME_BASE >> 16
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.ip.to_be_bytes();
        write!(formatter, "{a}.{b}.{c}.{d}:{}", self.port)
    }
}

/// The most nodes that a network may have: each could need a public address of its own.
pub const NODE_COUNT_MAX: u32 = 1 << 28;

/// 11.0.0.0: from here on to 43.0.0.0 no address is reserved for private use.
const PUBLIC_BASE: u32 = 11 << 24;
/// 192.168.0.0 (RFC 1918, section 3).
const HOME_BASE: u32 = 0xc0a8_0000;
/// 100.64.0.0, shared by the customers of a carrier (RFC 6598, section 7).
const CARRIER_BASE: u32 = 0x6440_0000;

/// The public address of an owner.
pub(crate) const fn public_ip(owner: u32) -> u32 {
    PUBLIC_BASE + owner
}

/// Whose public address this is, among so many owners.
pub(crate) fn public_owner(ip: u32, owner_count: u32) -> Option<u32> {
    let owner = ip.checked_sub(PUBLIC_BASE)?;
    (owner < owner_count).then_some(owner)
}

/// The address of a home's member, whose number is below 250.
pub(crate) const fn home_ip(site: u32, member: u32) -> u32 {
    HOME_BASE | (site % 256) << 8 | (member + 2)
}

/// Which member of its home has this address.
pub(crate) fn home_member(ip: u32, site: u32) -> Option<u32> {
    (ip & 0xffff_ff00 == home_ip(site, 0) & 0xffff_ff00).then_some(())?;
    (ip & 0xff).checked_sub(2)
}

/// The address of a carrier's customer.
pub(crate) const fn carrier_ip(customer: u32) -> u32 {
    CARRIER_BASE | customer
}

/// Which customer of its carrier has this address.
pub(crate) const fn carrier_customer(ip: u32) -> u32 {
    ip & !CARRIER_BASE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_give_back_whose_they_are() {
        assert_eq!(public_owner(public_ip(77), 100), Some(77));
        assert_eq!(public_owner(public_ip(100), 100), None);
        assert_eq!(public_owner(home_ip(3, 0), 100), None);
        assert_eq!(home_member(home_ip(259, 5), 259), Some(5));
        assert_eq!(home_member(home_ip(259, 5), 260), None);
        assert_eq!(carrier_customer(carrier_ip(4_000)), 4_000);
    }

    #[test]
    fn addresses_read_as_people_write_them() {
        let address = Address::new(home_ip(1, 3), 9_777);
        assert_eq!(address.to_string(), "192.168.1.5:9777");
        assert!(address.is_home());
    }
}
