//! How a peer behaves.

use std::{str::FromStr, time::Duration};

use super::identity::Identity;
use crate::relay::{Address, ClusterId, PeerId, keys::LinkSigning};

/// What a peer is told when it is made.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// Its id; by default the SHA-256 of its public key, which binds the two.
    pub peer_id: Option<PeerId>,
    /// Ed25519 seed of the key that it signs its pongs with.
    pub identity_seed: [u8; 32],
    /// How it signs; anything but the default is for simulations, where nobody forges.
    pub signing: LinkSigning,
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

impl PeerConfig {
    /// The id of a peer with these settings.
    #[must_use]
    pub fn own_id(&self) -> PeerId {
        Identity::new(self).peer_id
    }
}

impl FromStr for Bootstrap {
    type Err = InvalidBootstrap;

    /// Reads `[PEERID@]ADDRESS:PORT`, an indexed peer.
    fn from_str(text: &str) -> Result<Self, InvalidBootstrap> {
        let invalid = || InvalidBootstrap {
            text: text.chars().take(120).collect(),
        };
        let (peer_id, place) = match text.split_once('@') {
            Some((peer, place)) => (Some(peer.parse().map_err(|_| invalid())?), place),
            None => (None, text),
        };
        let address: Address = place.parse().map_err(|_| invalid())?;
        if address.port() == 0 {
            return Err(invalid());
        }
        Ok(Self {
            address,
            peer_id,
            is_indexed: true,
        })
    }
}

/// A text names no peer to begin with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not of the form [PEERID@]ADDRESS:PORT, with an IPv4 address")]
pub struct InvalidBootstrap {
    /// The text, cut after 120 characters.
    pub text: String,
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
