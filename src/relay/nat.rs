//! What kind of NAT a peer is behind, and how two peers come together (spec section 7).

use serde::{Deserialize, Serialize};

/// The NAT type as a number on the wire: a set of bits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NatType(pub u8);

impl NatType {
    /// Nothing is known yet.
    pub const UNKNOWN: Self = Self(0);
    /// The mapping depends on the destination: a hard NAT.
    pub const ENDPOINT_RESTRICTED: Self =
        Self(MAPPING_ENDPOINT_DEPENDENT | FIREWALL_ALLOW_KNOWN_IP_AND_PORT);
    /// Lets in only what comes from an address and port that was sent to.
    pub const PORT_RESTRICTED: Self =
        Self(MAPPING_ENDPOINT_INDEPENDENT | FIREWALL_ALLOW_KNOWN_IP_AND_PORT);
    /// Lets in only what comes from an address that was sent to.
    pub const ADDR_RESTRICTED: Self = Self(MAPPING_ENDPOINT_INDEPENDENT | FIREWALL_ALLOW_KNOWN_IP);
    /// Lets everybody in.
    pub const UNRESTRICTED: Self = Self(MAPPING_ENDPOINT_INDEPENDENT | FIREWALL_ALLOW_ANY);

    /// Whether it says if the mapping depends on the destination.
    #[must_use]
    pub const fn is_mapping_known(self) -> bool {
        self.0 & MAPPING_ENDPOINT_DEPENDENT != 0
    }

    /// Whether it says what the firewall lets in.
    #[must_use]
    pub const fn is_firewall_known(self) -> bool {
        self.0 & FIREWALL_ALLOW_KNOWN_IP_AND_PORT != 0
    }

    /// Whether it says both; not each such number has a name.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.is_mapping_known() && self.is_firewall_known()
    }

    /// Whether every peer sees the same port of ours.
    #[must_use]
    pub const fn is_mapping_steady(self) -> bool {
        self.0 & MAPPING_ENDPOINT_INDEPENDENT == MAPPING_ENDPOINT_INDEPENDENT
    }

    /// The name that the protocol gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UNRESTRICTED => "UNRESTRICTED",
            Self::ADDR_RESTRICTED => "ADDR_RESTRICTED",
            Self::PORT_RESTRICTED => "PORT_RESTRICTED",
            Self::ENDPOINT_RESTRICTED => "ENDPOINT_RESTRICTED",
            _ => "UNKNOWN",
        }
    }
}

/// What a peer does to reach another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Strategy {
    /// Waits: the other one comes.
    Defer = 0,
    /// Sends to it; both may have to.
    Direct = 1,
    /// Opens many of its own NAT's ports, so that the other one hits one of them.
    TraversalOpen = 2,
    /// Sends from many sockets to the one port of the other.
    TraversalConnect = 3,
    /// Goes by way of a third peer.
    Proxy = 4,
}

impl Strategy {
    /// The name that the protocol gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defer => "STRATEGY_DEFER",
            Self::Direct => "STRATEGY_DIRECT_CONNECT",
            Self::TraversalOpen => "STRATEGY_TRAVERSAL_OPEN",
            Self::TraversalConnect => "STRATEGY_TRAVERSAL_CONNECT",
            Self::Proxy => "STRATEGY_PROXY",
        }
    }
}

/// Says what a peer behind `own` does to reach one behind `other`.
#[must_use]
pub const fn connection_strategy(own: NatType, other: NatType) -> Strategy {
    match (own, other) {
        (_, NatType::UNRESTRICTED) => Strategy::Direct,
        (
            NatType::UNRESTRICTED,
            NatType::ADDR_RESTRICTED | NatType::PORT_RESTRICTED | NatType::ENDPOINT_RESTRICTED,
        ) => Strategy::Defer,
        (NatType::PORT_RESTRICTED, NatType::ENDPOINT_RESTRICTED) => Strategy::TraversalOpen,
        (NatType::ENDPOINT_RESTRICTED, NatType::PORT_RESTRICTED) => Strategy::TraversalConnect,
        (
            NatType::ADDR_RESTRICTED,
            NatType::ADDR_RESTRICTED | NatType::PORT_RESTRICTED | NatType::ENDPOINT_RESTRICTED,
        )
        | (NatType::PORT_RESTRICTED | NatType::ENDPOINT_RESTRICTED, NatType::ADDR_RESTRICTED)
        | (NatType::PORT_RESTRICTED, NatType::PORT_RESTRICTED) => Strategy::Direct,
        _ => Strategy::Proxy,
    }
}

/// Every peer sees the same address and port of ours.
pub const MAPPING_ENDPOINT_INDEPENDENT: u8 = 0b0_0011;
/// Every peer sees another port of ours; alone, the bit that says that the mapping is known.
pub const MAPPING_ENDPOINT_DEPENDENT: u8 = 0b0_0001;
/// The firewall lets everybody in.
pub const FIREWALL_ALLOW_ANY: u8 = 0b1_1100;
/// The firewall lets in every port of an address that was sent to.
pub const FIREWALL_ALLOW_KNOWN_IP: u8 = 0b0_1100;
/// The firewall lets in an address and port that was sent to; alone, the bit that says that
/// the firewall is known.
pub const FIREWALL_ALLOW_KNOWN_IP_AND_PORT: u8 = 0b0_0100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_peers_never_both_wait() {
        let named = [31, 15, 7, 5].map(NatType);
        for own in named {
            for other in named {
                let pair = (
                    connection_strategy(own, other),
                    connection_strategy(other, own),
                );
                assert_ne!(
                    pair,
                    (Strategy::Defer, Strategy::Defer),
                    "{own:?} {other:?}"
                );
                assert!(own.is_valid());
            }
        }
    }

    #[test]
    fn a_number_without_a_name_goes_by_proxy() {
        for number in (0..=u8::MAX).filter(|number| ![31, 15, 7, 5].contains(number)) {
            let strange = NatType(number);
            let port = NatType::PORT_RESTRICTED;
            assert_eq!(connection_strategy(strange, port), Strategy::Proxy);
            assert_eq!(connection_strategy(port, strange), Strategy::Proxy);
            assert_eq!(
                connection_strategy(strange, NatType::UNRESTRICTED),
                Strategy::Direct
            );
        }
    }
}
