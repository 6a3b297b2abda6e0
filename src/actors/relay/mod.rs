//! The relay actor: runs one [`Peer`](crate::relay::peer::Peer), and decides nothing itself.
//!
//! Started by [`start_peer`] together with the three actors that it leans on, the packet
//! cache, the rebroadcast scheduler and the sockets, all on one lane; stopped by
//! [`PeerAddrs::stop`]. It does nothing until it is asked to open.
//!
//! After a crash the supervisor restarts it with the same identity; it takes its sockets up
//! again, joins what was joined and tells its owner that all connections are lost ([`Memory`]).
//! Commands that were under way fail, and neighbours are found again by pings.
//!
//! - [`json`] is how a peer looks from outside, [`Keyring`] opens what is sealed: both are for
//!   whoever owns the peer, since the relay itself opens nothing.
//! - What one message brings about leaves in one batch to each neighbouring actor (`batch`).

mod actor;
mod batch;
mod commands;
mod facts;
#[cfg(feature = "faults")]
mod faults;
pub mod json;
mod keyring;
pub(super) mod neighbours;
mod replay;
mod start;

pub use self::{
    actor::{Memory, PENDING_MAX, Relay, RelayOptions, RelayOutlets},
    keyring::Keyring,
    replay::RelaySetup,
    start::{CoreAddrs, PeerAddrs, PeerOptions, Seats, Sockets, start_core, start_peer},
};
