//! NAT boxes: they map, filter and forget.
//!
//! [`NatBox`] is what every site with a NAT has; its [`Table`](table::Table) is made when the
//! first datagram goes out. Who uses it hands in the time, which never runs back.

mod config;
mod ports;
mod table;

use crate::{
    address::Address,
    streams::{self, Stream},
};

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
    /// Distinguishes what its ports are drawn from.
    pub(crate) number: u32,
}

/// One box.
#[derive(Clone, Debug)]
pub(crate) struct NatBox {
    pub(crate) traits: Traits,
    table: Option<Box<Table>>,
}

impl NatBox {
    pub(crate) fn new(traits: Traits) -> Self {
        Self {
            traits,
            table: None,
        }
    }

    /// Draws the traits of a box of this class.
    pub(crate) fn draw(
        config: &NatConfig,
        class: NatClass,
        number: u32,
        stream: &mut Stream,
    ) -> Self {
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
            number,
        })
    }

    /// Lets a datagram out; the port that the rest of the world sees it come from.
    pub(crate) fn outbound(
        &mut self,
        now_us: u64,
        inner: Address,
        remote: Address,
        seed: u64,
    ) -> Result<u16, PortsExhausted> {
        let traits = &self.traits;
        let table = self.table.get_or_insert_with(|| {
            let stream = streams::numbered(seed, "ports", u64::from(traits.number));
            Box::new(Table::new(stream))
        });
        table.outbound(now_us, traits, inner, remote)
    }

    /// Lets a datagram in, or not; whom it is for.
    pub(crate) fn inbound(&mut self, now_us: u64, port: u16, remote: Address) -> Option<Address> {
        let table = self.table.as_mut()?;
        table.inbound(now_us, &self.traits, port, remote)
    }

    /// Whom a port is mapped to, whether or not anything is let in.
    pub(crate) fn mapped(&self, port: u16) -> Option<Address> {
        self.table.as_ref()?.mapped(&self.traits, port)
    }
}
