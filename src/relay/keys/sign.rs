//! Detached Ed25519 signatures: the reference's, which covers too little, and ours beside it.

use dryoc::classic::crypto_sign::{crypto_sign_detached, crypto_sign_verify_detached};
use sha2::{Digest, Sha256};

use super::KeyPair;
use crate::relay::{
    ClusterId, PacketId, SubclusterId,
    packet::{Field, Packet, Signature},
};

/// What our signature of a publish covers besides the message.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The cluster.
    pub cluster: &'a ClusterId,
    /// The subcluster.
    pub subcluster: &'a SubclusterId,
    /// SHA-256 of the event's name, or what the user likes.
    pub usr1: &'a Field,
    /// The message before it is sealed.
    pub plaintext: &'a [u8],
}

/// Signs a publish: the two halves of the signature are its `usr3` and `usr4`.
#[must_use]
pub fn sign_publish(keys: &KeyPair, claim: &Claim<'_>) -> [Field; 2] {
    let signature = keys.sign(&claim_hash(
        &claim.cluster.0,
        &claim.subcluster.field(),
        claim.usr1,
        claim.plaintext,
    ));
    let (usr3, usr4) = signature.split_at(32);
    [usr3, usr4].map(|half| Field::new(half).expect("half a signature has 32 bytes"))
}

/// Says whether a publish is signed by the key in its `usr2`, given what it opens to.
#[must_use]
pub fn verify_publish(packet: &Packet, plaintext: &[u8]) -> bool {
    let halves = [packet.usr3.as_slice(), packet.usr4.as_slice()].concat();
    let (Ok(key), Ok(signature)) = (packet.usr2.as_slice().try_into(), halves.try_into()) else {
        return false;
    };
    let hash = claim_hash(
        &packet.cluster_id,
        &packet.subcluster_id,
        &packet.usr1,
        plaintext,
    );
    verify(key, &hash, &signature)
}

/// Signs a ping for a link, or its pong, with the key that the peer's id is bound to.
#[must_use]
pub fn sign_link(keys: &KeyPair, packet_id: &PacketId) -> Signature {
    Signature::new(&keys.sign(&link_hash(packet_id))).expect("a signature has 64 bytes")
}

/// Says whether a ping for a link, or its pong, is signed by the holder of `key`.
#[must_use]
pub fn verify_link(key: &[u8; 32], packet_id: &PacketId, signature: &Signature) -> bool {
    let signature = signature.as_slice().try_into();
    signature.is_ok_and(|signature| verify(key, &link_hash(packet_id), signature))
}

/// Signs as the reference's high-level API does: without the first 64 bytes of the message.
#[must_use]
pub fn legacy_sign(keys: &KeyPair, message: &[u8]) -> [u8; 64] {
    keys.sign(message.get(LEGACY_SKIP_BYTES..).unwrap_or_default())
}

/// Says whether a message was signed as by [`legacy_sign`]; nothing is known of its first
/// 64 bytes then.
#[must_use]
pub fn legacy_verify(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let covered = message.get(LEGACY_SKIP_BYTES..).unwrap_or_default();
    signature
        .try_into()
        .is_ok_and(|signature| verify(key, covered, signature))
}

/// Says whether a message was signed by the holder of an Ed25519 key.
#[must_use]
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    crypto_sign_verify_detached(signature, message, key).is_ok()
}

/// Signs with a secret as libsodium keeps it.
pub(super) fn sign(secret: &[u8; 64], message: &[u8]) -> [u8; 64] {
    let mut signature = [0; 64];
    crypto_sign_detached(&mut signature, message, secret)
        .expect("a secret made from a seed always signs");
    signature
}

/// Bytes that the reference's signature leaves out.
const LEGACY_SKIP_BYTES: usize = 64;

/// What stands before everything that a signature of ours covers, so that none of one kind
/// can pass for another.
const PUBLISH_DOMAIN: &[u8] = b"runtime publish v1";
const LINK_DOMAIN: &[u8] = b"runtime link v1";

/// Fields of any length come with it, so that no two claims read the same.
fn claim_hash(cluster: &Field, subcluster: &Field, usr1: &Field, plaintext: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(PUBLISH_DOMAIN);
    update_with_length(&mut hash, cluster);
    hash.update(subcluster.as_slice());
    update_with_length(&mut hash, usr1);
    hash.update(Sha256::digest(plaintext));
    hash.finalize().into()
}

fn update_with_length(hash: &mut Sha256, field: &Field) {
    let bytes = field.as_slice();
    let length = u8::try_from(bytes.len()).expect("a field has at most 32 bytes");
    hash.update([length]);
    hash.update(bytes);
}

fn link_hash(packet_id: &PacketId) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(LINK_DOMAIN);
    hash.update(packet_id.0);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::packet::PacketType;

    fn keys() -> KeyPair {
        KeyPair::from_seed([7; 32])
    }

    /// A packet whose signature covers "hello".
    fn signed() -> Packet {
        let mut packet = Packet::new(PacketType::PUBLISH, "sealed");
        packet.cluster_id = Field::new(b"TEST").unwrap();
        packet.subcluster_id = Field::from([5; 32]);
        packet.usr2 = Field::from(*keys().public());
        let [usr3, usr4] = sign_publish(
            &keys(),
            &Claim {
                cluster: &ClusterId(packet.cluster_id),
                subcluster: &SubclusterId([5; 32]),
                usr1: &packet.usr1,
                plaintext: b"hello",
            },
        );
        (packet.usr3, packet.usr4) = (usr3, usr4);
        packet
    }

    #[test]
    fn a_signed_publish_verifies_and_every_part_of_it_counts() {
        assert!(verify_publish(&signed(), b"hello"));
        assert!(!verify_publish(&signed(), b"hullo"));
        let alterations: [fn(&mut Packet); 6] = [
            |packet| packet.cluster_id = Field::new(b"TES").unwrap(),
            |packet| packet.subcluster_id = Field::from([6; 32]),
            |packet| packet.usr1 = Field::EMPTY,
            |packet| packet.usr2 = Field::from(*KeyPair::from_seed([8; 32]).public()),
            |packet| packet.usr3 = Field::UNSET,
            |packet| packet.usr4 = packet.usr3,
        ];
        for alter in alterations {
            let mut packet = signed();
            alter(&mut packet);
            assert!(!verify_publish(&packet, b"hello"), "{packet:?}");
        }
    }

    #[test]
    fn the_reference_signature_covers_nothing_of_a_short_message() {
        let signature = legacy_sign(&keys(), b"one");
        assert!(legacy_verify(keys().public(), b"two", &signature));
        assert!(!legacy_verify(keys().public(), &[0; 65], &signature));
        assert!(!legacy_verify(keys().public(), b"one", &signature[..63]));
    }

    #[test]
    fn a_link_signature_is_bound_to_its_packet_and_key() {
        let (id, other) = (PacketId([1; 32]), PacketId([2; 32]));
        let signature = sign_link(&keys(), &id);
        assert!(verify_link(keys().public(), &id, &signature));
        assert!(!verify_link(keys().public(), &other, &signature));
        assert!(!verify_link(&[1; 32], &id, &signature));
        assert!(!verify_link(keys().public(), &id, &Signature::UNSET));
    }
}
