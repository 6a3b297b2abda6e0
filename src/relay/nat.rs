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
    pub const ENDPOINT_RESTRICTED: Self = Self(5);
    /// Lets in only what comes from an address and port that was sent to.
    pub const PORT_RESTRICTED: Self = Self(7);
    /// Lets in only what comes from an address that was sent to.
    pub const ADDR_RESTRICTED: Self = Self(15);
    /// Lets everybody in.
    pub const UNRESTRICTED: Self = Self(31);
}
