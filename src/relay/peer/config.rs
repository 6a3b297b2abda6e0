//! How a peer behaves.

use std::time::Duration;

use crate::relay::{Address, ClusterId, PeerId};

/// What a peer is told when it is made.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// Its id; by default the SHA-256 of its public key, which binds the two.
    pub peer_id: Option<PeerId>,
    /// Ed25519 seed of the key that it signs its pongs with.
    pub identity_seed: [u8; 32],
    /// An indexed peer is reachable by everybody, keeps what it hears, and finds no NAT type.
    pub is_indexed: bool,
    /// The cluster of an ordinary peer.
    pub cluster: Option<ClusterId>,
    /// Whom it asks first.
    pub bootstraps: Vec<Bootstrap>,
    /// How often it gives a sign of life.
    pub keepalive: Duration,
    /// Our address and port as others see them, for an indexed peer.
    pub address: Option<Address>,
}

/// A peer that is known before anything was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// Where it is.
    pub address: Address,
    /// Who it is, if that is known.
    pub peer_id: Option<PeerId>,
    /// Whether it is an indexed peer; a remembered neighbour is not.
    pub is_indexed: bool,
}
