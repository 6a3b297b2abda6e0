//! Many peers in one process: the actors of real ones, on virtual time and a simulated network.
//!
//! [`Swarm`] starts for each peer its relay, packet cache and rebroadcast scheduler as
//! [`start_core`](super::relay::start_core) does for a real one, and a `SimUdp` where a real
//! one has its sockets. What a peer sends crosses `sim::Network`, which delays, loses, blocks
//! and translates it as NATs do, and reaches the other's relay as a [`DatagramsArrived`]
//! (crate::messages::relay::DatagramsArrived) like any other.

mod air;
mod swarm;
mod udp;
pub use swarm::Swarm;
