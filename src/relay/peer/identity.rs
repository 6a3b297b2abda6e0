//! Who we are: an id, and a key that vouches for it.

use sha2::{Digest, Sha256};

use super::PeerConfig;
use crate::relay::{PeerId, keys::KeyPair};

/// A peer's id and key.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) peer_id: PeerId,
    pub(super) key: KeyPair,
}

impl Identity {
    pub(super) fn new(config: &PeerConfig) -> Self {
        let key = KeyPair::from_seed(config.identity_seed);
        let peer_id = config
            .peer_id
            .unwrap_or_else(|| PeerId(Sha256::digest(key.public()).into()));
        Self { peer_id, key }
    }
}
