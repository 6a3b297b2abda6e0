//! NAT boxes: they map, filter and forget.
//!
//! [`NatBox`] is what every site with a NAT has; its table takes no memory before the first
//! datagram goes out. Who uses it hands in the time, which never runs back.

mod config;
mod index;
mod ports;
mod table;

use crate::{address::Address, streams::Stream};

pub use config::{ClassShares, NatConfig, NatMix};
pub use ports::PortAllocation;

use table::Table;

/// What kind of NAT a node is behind.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NatClass {
    /// None: the node has a public address.
    Public,
    /// Mapping and filtering do not depend on the destination.
    Unrestricted,
    /// Lets in who was sent to, from whatever port.
    AddrRestricted,
    /// Lets in who was sent to, from that port.
    PortRestricted,
    /// A hard NAT: each destination gets a mapping of its own.
    EndpointRestricted,
    /// Lets no UDP out.
    UdpBlocked,
}

impl NatClass {
    /// How many classes there are.
    pub const COUNT: usize = 6;

    /// All classes, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Public,
        Self::Unrestricted,
        Self::AddrRestricted,
        Self::PortRestricted,
        Self::EndpointRestricted,
        Self::UdpBlocked,
    ];

    /// The name that scenarios and reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        [
            "PUBLIC",
            "UNRESTRICTED",
            "ADDR_RESTRICTED",
            "PORT_RESTRICTED",
            "ENDPOINT_RESTRICTED",
            "UDP_BLOCKED",
        ][self as usize]
    }

    /// Whether there is a box that maps.
    pub(crate) const fn is_mapping(self) -> bool {
        !matches!(self, Self::Public | Self::UdpBlocked)
    }
}

/// No port is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PortsExhausted;

/// What a box does; fixed for the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) class: NatClass,
    pub(crate) allocation: PortAllocation,
    pub(crate) has_hairpin: bool,
    pub(crate) is_refreshed_inbound: bool,
    pub(crate) entry_count_max: u16,
    pub(crate) timeout_s: u32,
}

impl Traits {
    fn is_hard(&self) -> bool {
        self.class == NatClass::EndpointRestricted
    }

    fn timeout_us(&self) -> u64 {
        u64::from(self.timeout_s) * 1_000_000
    }
}

/// One box.
#[derive(Clone, Debug)]
pub(crate) struct NatBox {
    pub(crate) traits: Traits,
    table: Table,
}

impl NatBox {
    pub(crate) fn new(traits: Traits) -> Self {
        Self {
            traits,
            table: Table::default(),
        }
    }

    /// Draws the traits of a box of this class.
    pub(crate) fn draw(config: &NatConfig, class: NatClass, stream: &mut Stream) -> Self {
        let timeouts = &config.mapping_timeout_s;
        let allocations = &config.port_allocation;
        let least = f64::from(config.table_entries_min).ln();
        let most = f64::from(config.table_entries_max).ln();
        let entries = (least + (most - least) * stream.unit()).exp().round();
        Self::new(Traits {
            class,
            timeout_s: timeouts[stream.below(timeouts.len() as u32) as usize],
            allocation: allocations[stream.below(allocations.len() as u32) as usize],
            has_hairpin: stream.is_drawn(config.hairpin_share),
            is_refreshed_inbound: config.is_refreshed_inbound,
            entry_count_max: entries as u16,
        })
    }

    /// Lets a datagram out; the port that the rest of the world sees it come from.
    ///
    /// `salt` tells the ports that one box draws from another's.
    #[inline]
    pub(crate) fn outbound(
        &mut self,
        now_us: u64,
        inner: Address,
        remote: Address,
        salt: u64,
    ) -> Result<u16, PortsExhausted> {
        self.table
            .outbound(now_us, &self.traits, inner, remote, salt)
    }

    /// Lets a datagram in, or not; whom it is for.
    #[inline]
    pub(crate) fn inbound(&mut self, now_us: u64, port: u16, remote: Address) -> Option<Address> {
        self.table.inbound(now_us, &self.traits, port, remote)
    }

    /// Whom a port is mapped to, whether or not anything is let in.
    pub(crate) fn mapped(&self, now_us: u64, port: u16) -> Option<Address> {
        self.table.mapped(now_us, &self.traits, port)
    }
}
