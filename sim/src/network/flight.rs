//! Datagrams on their way, and what becomes of them.

use super::{Dropped, NodeId};
use crate::address::Address;

/// A datagram on its way; the driver keeps its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// When it arrives, in microseconds.
    pub at_us: u64,
    from_ip: u32,
    to_ip: u32,
    pub(super) source: u32,
    from_port: u16,
    to_port: u16,
    pub(super) bytes: u16,
    pub(super) state: FlightState,
}

/// What is still before a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlightState {
    /// The access of the receiver's site.
    Underway,
    /// The box of the receiver's site.
    Carried,
    /// It never leaves its site.
    Local,
}

impl Flight {
    pub(super) fn new(
        at_us: u64,
        source: NodeId,
        from: Address,
        to: Address,
        bytes: u16,
        state: FlightState,
    ) -> Self {
        Self {
            at_us,
            from_ip: from.ip,
            to_ip: to.ip,
            source: source.0,
            from_port: from.port,
            to_port: to.port,
            bytes,
            state,
        }
    }

    /// The node that sent it.
    #[must_use]
    pub const fn source(&self) -> NodeId {
        NodeId(self.source)
    }

    /// Where it comes from, as the world sees it.
    #[must_use]
    pub const fn from(&self) -> Address {
        Address::new(self.from_ip, self.from_port)
    }

    /// Where it was sent to.
    #[must_use]
    pub const fn to(&self) -> Address {
        Address::new(self.to_ip, self.to_port)
    }

    /// Its length.
    #[must_use]
    pub const fn byte_count(&self) -> u16 {
        self.bytes
    }
}

/// A datagram that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who gets it.
    pub node: NodeId,
    /// At which of its ports.
    pub local_port: u16,
    /// From whom, as it sees it.
    pub from: Address,
}

/// What becomes of a flight that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// Somebody gets it.
    Delivered(Arrival),
    /// The last link is in use: it is due again at [`Flight::at_us`].
    Later(Flight),
    /// Nobody gets it.
    Dropped(Dropped),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flight_is_small() {
        assert_eq!(size_of::<Flight>(), 32);
    }
}
