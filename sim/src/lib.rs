//! A deterministic discrete-event simulator.
//!
//! Generic over what it simulates; it knows nothing of who uses it. It holds what a virtual clock
//! needs, an [`EventQueue`] with a total order and random [`streams`] that depend on nothing but
//! the seed and the entity that draws, and a [`Network`] with places, loss, links, NAT boxes, and
//! nodes that come and go. What a run records is in [`metrics`], what people see of it in [`report`].

// Tests may unwrap, so this is no lint of the workspace.
#![warn(clippy::unwrap_used)]

mod access;
mod address;
mod churn;
mod config;
mod distribution;
mod event_queue;
mod latency;
mod link;
mod loss;
pub mod metrics;
#[cfg(test)]
mod mistakes;
mod nat;
mod network;
mod partition;
pub mod report;
pub mod streams;

pub use access::{AccessClass, AccessShares, ByAccess};
pub use address::{Address, NODE_COUNT_MAX};
pub use churn::{Churn, ChurnConfig, ChurnKind, ChurnStart, Spell, Trace, TraceError};
pub use config::{ConfigError, in_range};
pub use event_queue::{Event, EventQueue};
pub use latency::{LatencyConfig, LatencyKind, Region, RegionShares};
pub use link::{LinkConfig, LinkRates};
pub use loss::{Burst, LossConfig, LossKind};
pub use nat::{ClassShares, NatClass, NatConfig, NatMix, PortAllocation};
pub use network::{
    Arrival, Arrived, Counts, DATAGRAM_BYTES_MAX, Dropped, Flight, Network, NetworkConfig, NodeId,
};
pub use partition::{OutageConfig, PartitionConfig};
