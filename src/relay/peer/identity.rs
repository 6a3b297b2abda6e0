//! Who we are: an id, a key that vouches for it, and whose word we take for who others are.
//!
//! The reference binds a peer's id to nothing. Peers of our kind add what it carries along and
//! never looks at, in pings and pongs that ask for a link or confirm one:
//! - `usr2`: the sender's Ed25519 public key, 32 bytes;
//! - `sig`: its signature of the packet's id, which covers the message and so the `pingId`
//!   that it answers ([`crate::relay::keys::sign_link`]);
//! - `usr3` of a pong: six random bytes, a ping of the answerer's own that saves a datagram.
//!   Who asked echoes them as the `pingId` of a pong.
//!
//! An id that is the SHA-256 of the key belongs to that key. Any other id belongs to the first
//! key that answered for it, as long as the peer stays in the table. An id without a key, such
//! as a reference peer's, belongs to its address until that falls silent.

use super::PeerConfig;
use crate::relay::{
    PeerId,
    keys::{LinkKey, peer_id_of},
    packet::{Field, Packet, PacketView, Signature},
};

/// A peer's id and key.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) peer_id: PeerId,
    key: LinkKey,
}

impl Identity {
    pub(super) fn new(config: &PeerConfig) -> Self {
        let key = config.signing.key(config.identity_seed);
        let peer_id = config.peer_id.unwrap_or_else(|| peer_id_of(key.public()));
        Self { peer_id, key }
    }

    pub(super) fn public_key(&self) -> &[u8; 32] {
        self.key.public()
    }

    /// Signs a packet that asks for a link or confirms one.
    pub(super) fn sign(&self, packet: &mut Packet) {
        let id = packet.derive_id();
        packet.packet_id = id.field();
        packet.usr2 = Field::from(*self.key.public());
        packet.signature = self.key.sign(&id);
    }

    /// The key that vouches for a packet.
    ///
    /// # Errors
    /// If the packet names one that did not sign it.
    pub(super) fn vouching_key(&self, packet: &PacketView<'_>) -> Result<Option<[u8; 32]>, Forged> {
        let Some(key) = named_key(packet) else {
            return Ok(None);
        };
        let (id, signature) = (packet.derive_id(), Signature::new(packet.signature));
        match signature {
            Ok(signature) if self.key.verify_other(&key, &id, &signature) => Ok(Some(key)),
            _ => Err(Forged),
        }
    }
}

/// The key that a packet names, verified or not.
pub(super) fn named_key(packet: &PacketView<'_>) -> Option<[u8; 32]> {
    let has_signature = packet.signature.len() == SIGNATURE_BYTES;
    let key = packet.usr2.try_into().ok();
    key.filter(|_| has_signature)
}

/// Whose a peer's id is, after somebody answered for it.
pub(super) fn bind(
    peer: &PeerId,
    known: Option<[u8; 32]>,
    offered: Option<[u8; 32]>,
) -> Result<Binding, Forged> {
    match (offered, known) {
        (Some(key), _) if peer_id_of(&key) == *peer => Ok(Binding::Key(key)),
        (Some(key), Some(known)) if key == known => Ok(Binding::Key(key)),
        (Some(key), None) => Ok(Binding::FirstKey(key)),
        (None, None) => Ok(Binding::Address),
        (_, Some(_)) => Err(Forged),
    }
}

/// What an id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// To this key, beyond doubt.
    Key([u8; 32]),
    /// To this key, which is the first that was seen.
    FirstKey([u8; 32]),
    /// To nothing but the address.
    Address,
}

impl Binding {
    pub(super) fn key(self) -> Option<[u8; 32]> {
        match self {
            Self::Key(key) | Self::FirstKey(key) => Some(key),
            Self::Address => None,
        }
    }
}

/// Somebody says to be who they are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forged;

const SIGNATURE_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::keys::KeyPair;

    fn key(name: &str) -> [u8; 32] {
        *KeyPair::from_text(name).public()
    }

    #[test]
    fn an_id_belongs_to_the_key_that_it_is_the_hash_of() {
        let (own, other) = (key("own"), key("other"));
        let peer = peer_id_of(&own);
        assert_eq!(bind(&peer, None, Some(own)), Ok(Binding::Key(own)));
        assert_eq!(bind(&peer, Some(other), Some(own)), Ok(Binding::Key(own)));
        assert_eq!(bind(&peer, Some(own), Some(other)), Err(Forged));
        assert_eq!(bind(&peer, Some(own), None), Err(Forged));
    }

    #[test]
    fn any_other_id_belongs_to_whoever_came_first() {
        let (first, second) = (key("first"), key("second"));
        let peer = PeerId([9; 32]);
        assert_eq!(bind(&peer, None, None), Ok(Binding::Address));
        assert_eq!(bind(&peer, None, Some(first)), Ok(Binding::FirstKey(first)));
        assert_eq!(
            bind(&peer, Some(first), Some(first)),
            Ok(Binding::Key(first))
        );
        assert_eq!(bind(&peer, Some(first), Some(second)), Err(Forged));
    }

    #[test]
    fn a_signature_covers_the_message() {
        let config = PeerConfig {
            signing: Default::default(),
            peer_id: None,
            identity_seed: [1; 32],
            is_indexed: false,
            cluster: None,
            bootstraps: Vec::new(),
            keepalive: std::time::Duration::from_secs(30),
            address: None,
        };
        let identity = Identity::new(&config);
        let mut packet = Packet::new(crate::relay::packet::PacketType::PONG, "one");
        assert_eq!(identity.vouching_key(&PacketView::from(&packet)), Ok(None));
        identity.sign(&mut packet);
        assert_eq!(
            identity.vouching_key(&PacketView::from(&packet)),
            Ok(Some(*identity.public_key()))
        );
        packet.message = "two".into();
        assert_eq!(
            identity.vouching_key(&PacketView::from(&packet)),
            Err(Forged)
        );
    }
}
