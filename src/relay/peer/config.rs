//! How a peer behaves.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::relay::{Address, ClusterId, PeerId, keys::LinkSigning};

/// What a peer is told when it is made.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

/// A peer to begin with as somebody has written it down, with an address or a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactName {
    /// Who has to be there, if that matters.
    pub peer_id: Option<PeerId>,
    /// An IPv4 address, or a name to look up.
    pub host: String,
    /// Its port; never 0.
    pub port: u16,
}

impl ContactName {
    /// The indexed peer at this address; nothing if it is a name.
    #[must_use]
    pub fn bootstrap(&self) -> Option<Bootstrap> {
        let address: Address = format!("{}:{}", self.host, self.port).parse().ok()?;
        Some(Bootstrap {
            address,
            peer_id: self.peer_id,
            is_indexed: true,
        })
    }

    /// Splits a list into the peers whose address it says and those that have to be looked up.
    #[must_use]
    pub fn sort(all: &[Self]) -> (Vec<Bootstrap>, Vec<Self>) {
        let known = all.iter().filter_map(Self::bootstrap).collect();
        let names = all.iter().filter(|name| name.bootstrap().is_none());
        (known, names.cloned().collect())
    }
}

impl FromStr for ContactName {
    type Err = InvalidContact;

    /// Reads `[PEERID@]HOST:PORT`.
    fn from_str(text: &str) -> Result<Self, InvalidContact> {
        let (peer_id, place) = match text.split_once('@') {
            Some((id, place)) => (Some(id.parse().map_err(|_| InvalidContact::Id)?), place),
            None => (None, text),
        };
        let (host, port) = place.rsplit_once(':').ok_or(InvalidContact::NoPort)?;
        let is_host = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if host.is_empty() || host.len() > HOST_BYTES_MAX || !host.chars().all(is_host) {
            return Err(InvalidContact::Host);
        }
        let port = port.parse().ok().filter(|port| *port != 0);
        let name = Self {
            peer_id,
            host: host.to_owned(),
            port: port.ok_or(InvalidContact::Port)?,
        };
        let is_number = host.chars().all(|c| c.is_ascii_digit() || c == '.');
        if is_number && name.bootstrap().is_none() {
            return Err(InvalidContact::Address);
        }
        Ok(name)
    }
}

/// What is wrong with a peer to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidContact {
    /// What stands before the `@` is no id.
    #[error("a peer's id has 64 hex digits")]
    Id,
    /// There is no colon.
    #[error("it needs a port, as in 127.0.0.1:9777")]
    NoPort,
    /// What stands before the colon is neither address nor name.
    #[error("it is [PEERID@]ADDRESS:PORT, with an IPv4 address or a name")]
    Host,
    /// Numbers and dots that make no address.
    #[error("its numbers make no IPv4 address, as 192.0.2.1 is one")]
    Address,
    /// What stands behind the colon is no port.
    #[error("its port is no number from 1 to 65535")]
    Port,
}

/// A peer that is known before anything was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Where it is.
    pub address: Address,
    /// Who it is, if that is known.
    pub peer_id: Option<PeerId>,
    /// Whether it is an indexed peer; a remembered neighbour is not.
    pub is_indexed: bool,
}

/// The longest name of a host (RFC 1035, section 2.3.4).
const HOST_BYTES_MAX: usize = 253;
