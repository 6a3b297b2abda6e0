//! Keys, sealing and signatures, compatible with libsodium (spec section 4).
//!
//! What is random is an argument, so that a seeded run seals the same bytes twice. Nothing
//! secret shows in `Debug`.

mod seal;
mod sign;
mod stand_in;

pub use seal::{
    BadKey, OpenError, SEAL_BYTES, open, open_message, seal, seal_message, seal_message_for,
};
pub use sign::{
    Claim, legacy_sign, legacy_verify, sign_link, sign_publish, verify, verify_link, verify_publish,
};
pub use stand_in::{LinkKey, LinkSigning, StandIn};

use std::fmt;

use blake2::{Blake2b, Digest, digest::consts::U32};
use dryoc::classic::{
    crypto_sign::crypto_sign_seed_keypair,
    crypto_sign_ed25519::{
        crypto_sign_ed25519_pk_to_curve25519, crypto_sign_ed25519_sk_to_curve25519,
    },
};
use rand::RngCore;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

use super::{PeerId, SubclusterId};

/// The secret that the members of a subcluster share.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedKey(pub [u8; 32]);

impl SharedKey {
    /// The key that everybody derives who knows the seed.
    #[must_use]
    pub fn from_seed(seed: &[u8]) -> Self {
        Self(blake2b(seed))
    }

    /// A key that nobody else knows.
    #[must_use]
    pub fn random(random: &mut impl RngCore) -> Self {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The subcluster of those who hold it; cheaper than the whole pair.
    #[must_use]
    pub fn subcluster(&self) -> SubclusterId {
        let (public, _) = crypto_sign_seed_keypair(&self.0);
        SubclusterId(public)
    }

    /// The key pair that every member of the subcluster holds.
    #[must_use]
    pub fn key_pair(&self) -> KeyPair {
        KeyPair::from_seed(self.0)
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(secret)")
    }
}

/// An Ed25519 key pair, with the X25519 pair that boxes are sealed for.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// Seed, then public key, as libsodium keeps it.
    secret: [u8; 64],
    public: [u8; 32],
    box_secret: [u8; 32],
    box_public: [u8; 32],
}

impl KeyPair {
    /// The pair with this Ed25519 seed.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let (public, secret) = crypto_sign_seed_keypair(&seed);
        let (mut box_public, mut box_secret) = ([0; 32], [0; 32]);
        crypto_sign_ed25519_pk_to_curve25519(&mut box_public, &public)
            .expect("a key made from a seed is in the main subgroup");
        crypto_sign_ed25519_sk_to_curve25519(&mut box_secret, &secret);
        Self {
            secret,
            public,
            box_secret,
            box_public,
        }
    }

    /// The pair that everybody derives who knows the text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self::from_seed(blake2b(text.as_bytes()))
    }

    /// The Ed25519 public key.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The private key as libsodium writes it: the seed, then the public key.
    #[must_use]
    pub fn secret(&self) -> &[u8; 64] {
        &self.secret
    }

    /// The X25519 form of the public key, which boxes are sealed for.
    #[must_use]
    pub fn box_public(&self) -> &[u8; 32] {
        &self.box_public
    }

    /// The subcluster of those who hold this pair.
    #[must_use]
    pub fn subcluster(&self) -> SubclusterId {
        SubclusterId(self.public)
    }

    /// The peer id that is bound to this pair.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        peer_id_of(&self.public)
    }

    /// Signs a message: 64 bytes of Ed25519.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        sign::sign(&self.secret, message)
    }
}

impl Serialize for KeyPair {
    /// As its seed, which is all that there is to know.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seed = self
            .secret
            .first_chunk::<32>()
            .expect("a secret has 64 bytes");
        seed.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeyPair {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(from).map(Self::from_seed)
    }
}

/// Remembers the pair of the shared key that was used last: to derive it costs more than to
/// seal a message, and most messages go where the one before went.
#[derive(Clone, Default)]
pub struct LastPair(Option<Box<(SharedKey, KeyPair)>>);

impl LastPair {
    /// The pair of a shared key.
    pub fn of(&mut self, shared_key: SharedKey) -> &KeyPair {
        let last = self.0.take().filter(|last| last.0 == shared_key);
        let last = last.unwrap_or_else(|| Box::new((shared_key, shared_key.key_pair())));
        &self.0.insert(last).1
    }
}

impl fmt::Debug for LastPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastPair(secret)")
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({}, secret)", hex::encode(self.public))
    }
}

/// The peer id that is bound to a public key: its SHA-256.
#[must_use]
pub fn peer_id_of(public: &[u8; 32]) -> PeerId {
    create_id(public)
}

/// The peer id that a seed gives: its SHA-256.
#[must_use]
pub fn create_id(seed: &[u8]) -> PeerId {
    PeerId(Sha256::digest(seed).into())
}

fn blake2b(bytes: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_with_a_seed_has_the_same_subcluster() {
        let ours = SharedKey::from_seed(b"seed").key_pair();
        assert_eq!(ours, KeyPair::from_text("seed"));
        assert_ne!(ours, KeyPair::from_text("other"));
        assert_eq!(ours.subcluster().0, *ours.public());
        assert_eq!(
            SharedKey::from_seed(b"seed").subcluster(),
            ours.subcluster()
        );
    }

    #[test]
    fn the_last_pair_is_always_that_of_the_key_asked_for() {
        let mut last = LastPair::default();
        for byte in [1, 1, 2, 1] {
            let key = SharedKey([byte; 32]);
            assert_eq!(*last.of(key), key.key_pair());
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let pair = KeyPair::from_seed([7; 32]);
        let text = format!("{pair:?} {:?}", SharedKey([7; 32]));
        assert!(!text.contains("0707"), "{text}");
    }
}
