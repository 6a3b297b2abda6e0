//! What stands for the signatures of links where nobody can forge any: in a simulation.
//!
//! A simulated network of many peers spends most of its time on Ed25519. A hash with a secret
//! of the run is as long, binds the same packet to the same key, and takes a thousandth of the
//! time; whoever knows the secret can sign for everybody. A peer with real sockets never uses it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use siphasher::sip128::SipHasher13;

use super::KeyPair;
use crate::relay::{PacketId, packet::Signature};

/// How a peer signs its links, and believes others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum LinkSigning {
    /// With the key that its id is bound to.
    #[default]
    Ed25519,
    /// With a hash, in a simulation.
    StandIn(StandIn),
}

/// The secret of one run.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct StandIn(u64, u64);

/// What one peer signs with.
#[derive(Clone, Debug)]
pub enum LinkKey {
    /// A key pair.
    Pair(Box<KeyPair>),
    /// What stands for a public key.
    StandIn {
        /// As long as a public key, and known to nobody but as one.
        public: [u8; 32],
        /// The secret of the run.
        secret: StandIn,
    },
}

impl LinkSigning {
    /// What a peer with this seed signs with.
    #[must_use]
    pub fn key(&self, seed: [u8; 32]) -> LinkKey {
        match self {
            Self::Ed25519 => LinkKey::Pair(Box::new(KeyPair::from_seed(seed))),
            Self::StandIn(secret) => LinkKey::StandIn {
                public: Sha256::digest(seed).into(),
                secret: *secret,
            },
        }
    }
}

impl LinkKey {
    /// The public key.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        match self {
            Self::Pair(pair) => pair.public(),
            Self::StandIn { public, .. } => public,
        }
    }

    /// Signs a ping for a link, or its pong.
    #[must_use]
    pub fn sign(&self, packet_id: &PacketId) -> Signature {
        match self {
            Self::Pair(pair) => super::sign_link(pair, packet_id),
            Self::StandIn { public, secret } => secret.sign(public, packet_id),
        }
    }

    /// Says whether another peer signed it, with the same kind of key.
    #[must_use]
    pub fn verify_other(
        &self,
        other: &[u8; 32],
        packet_id: &PacketId,
        signature: &Signature,
    ) -> bool {
        match self {
            Self::Pair(_) => super::verify_link(other, packet_id, signature),
            Self::StandIn { secret, .. } => secret.sign(other, packet_id) == *signature,
        }
    }
}

impl StandIn {
    /// The secret of the run with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed, !seed)
    }

    fn sign(&self, public: &[u8; 32], packet_id: &PacketId) -> Signature {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(public);
        bytes[32..].copy_from_slice(&packet_id.0);
        let hash = SipHasher13::new_with_keys(self.0, self.1).hash(&bytes);
        let hash = hash.as_bytes();
        Signature::new(&[hash; 4].concat()).expect("four times sixteen bytes are 64")
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandIn(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_signature_is_bound_to_run_packet_and_key() {
        let key = |run: u64, seed: u8| LinkSigning::StandIn(StandIn::new(run)).key([seed; 32]);
        let (own, other) = (key(1, 1), key(1, 2));
        let (id, another) = (PacketId([1; 32]), PacketId([2; 32]));
        let signature = own.sign(&id);
        assert!(other.verify_other(own.public(), &id, &signature));
        assert!(!other.verify_other(own.public(), &another, &signature));
        assert!(!other.verify_other(other.public(), &id, &signature));
        assert!(!key(2, 2).verify_other(own.public(), &id, &signature));
    }

    #[test]
    fn a_real_peer_does_not_believe_what_stands_for_a_signature() {
        let simulated = LinkSigning::StandIn(StandIn::new(1)).key([1; 32]);
        let real = LinkSigning::Ed25519.key([2; 32]);
        let id = PacketId([1; 32]);
        assert!(!real.verify_other(simulated.public(), &id, &simulated.sign(&id)));
        assert!(!simulated.verify_other(real.public(), &id, &real.sign(&id)));
    }
}
