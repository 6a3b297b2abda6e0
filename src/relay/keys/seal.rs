//! Boxes that only the holders of a key pair can open.
//!
//! A *box* is anonymous: whoever knows the public key can make one. [`seal`] puts a signed
//! box into a box, which proves that its maker holds the key pair, not who of them it is.

use blake2::{Blake2b, Digest, digest::consts::U24};
use dryoc::classic::{
    crypto_box::{crypto_box_beforenm, crypto_box_easy_afternm, crypto_box_open_easy_afternm},
    crypto_core::crypto_scalarmult_base,
    crypto_sign_ed25519::crypto_sign_ed25519_pk_to_curve25519,
};
use rand::RngCore;

use super::{KeyPair, sign};

/// Seals a message for the members of a subcluster: [`SEAL_BYTES`] longer than it was.
#[must_use]
pub fn seal(message: &[u8], keys: &KeyPair, random: &mut impl RngCore) -> Vec<u8> {
    let inner = seal_message(message, keys, random);
    let mut signed = Vec::with_capacity(SIGNATURE_BYTES + inner.len());
    signed.extend_from_slice(&keys.sign(&inner));
    signed.extend_from_slice(&inner);
    seal_message(&signed, keys, random)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// If it was sealed for somebody else, is damaged, or its maker does not hold the key pair.
pub fn open(sealed: &[u8], keys: &KeyPair) -> Result<Vec<u8>, OpenError> {
    let signed = open_message(sealed, keys)?;
    let Some((signature, inner)) = signed.split_first_chunk::<SIGNATURE_BYTES>() else {
        return Err(OpenError::TooShort);
    };
    if inner.is_empty() {
        return Err(OpenError::TooShort);
    }
    if !sign::verify(keys.public(), inner, signature) {
        return Err(OpenError::NotVerified);
    }
    open_message(inner, keys)
}

/// Puts a message into a single box: 48 bytes longer than it was.
#[must_use]
pub fn seal_message(message: &[u8], keys: &KeyPair, random: &mut impl RngCore) -> Vec<u8> {
    put_in_box(message, keys.box_public(), random)
        .expect("a key made from a seed is of no low order")
}

/// The same for whoever holds the pair of this Ed25519 public key.
///
/// # Errors
/// If the key is none that a pair can have.
pub fn seal_message_for(
    message: &[u8],
    public: &[u8; 32],
    random: &mut impl RngCore,
) -> Result<Vec<u8>, BadKey> {
    let mut box_public = [0; 32];
    crypto_sign_ed25519_pk_to_curve25519(&mut box_public, public).map_err(|_| BadKey)?;
    put_in_box(message, &box_public, random).ok_or(BadKey)
}

fn put_in_box(message: &[u8], to: &[u8; 32], random: &mut impl RngCore) -> Option<Vec<u8>> {
    let (mut ephemeral_secret, mut ephemeral) = ([0; 32], [0; 32]);
    random.fill_bytes(&mut ephemeral_secret);
    crypto_scalarmult_base(&mut ephemeral, &ephemeral_secret);
    let shared = crypto_box_beforenm(to, &ephemeral_secret).ok()?;
    let mut sealed = vec![0; BOX_BYTES + message.len()];
    sealed[..32].copy_from_slice(&ephemeral);
    let nonce = nonce(&ephemeral, to);
    crypto_box_easy_afternm(&mut sealed[32..], message, &nonce, &shared)
        .expect("the place is as long as the box");
    Some(sealed)
}

/// Opens a single box.
///
/// # Errors
/// If it was made for somebody else or is damaged.
pub fn open_message(sealed: &[u8], keys: &KeyPair) -> Result<Vec<u8>, OpenError> {
    let Some((ephemeral, ciphertext)) = sealed.split_first_chunk::<32>() else {
        return Err(OpenError::TooShort);
    };
    let length = sealed.len().checked_sub(BOX_BYTES);
    let mut message = vec![0; length.ok_or(OpenError::TooShort)?];
    let shared =
        crypto_box_beforenm(ephemeral, &keys.box_secret).map_err(|_| OpenError::WrongKey)?;
    let nonce = nonce(ephemeral, keys.box_public());
    crypto_box_open_easy_afternm(&mut message, ciphertext, &nonce, &shared)
        .map_err(|_| OpenError::WrongKey)?;
    Ok(message)
}

/// Why a sealed message does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It is shorter than what sealing alone adds.
    #[error("too short to be sealed")]
    TooShort,
    /// It was sealed for somebody else, or is damaged.
    #[error("sealed for another key, or damaged")]
    WrongKey,
    /// Its maker did not hold the key pair.
    #[error("the signature within is not the subcluster's")]
    NotVerified,
}

/// A public key is not on the curve, or of low order: nobody holds its pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public key that anybody can hold the pair of")]
pub struct BadKey;

/// Bytes that [`seal`] adds: two boxes and a signature.
pub const SEAL_BYTES: usize = 2 * BOX_BYTES + SIGNATURE_BYTES;
/// Bytes that a box adds: an ephemeral key and an authenticator.
const BOX_BYTES: usize = 48;
const SIGNATURE_BYTES: usize = 64;

/// The nonce of an anonymous box: BLAKE2b over both public keys.
fn nonce(ephemeral: &[u8; 32], to: &[u8; 32]) -> [u8; 24] {
    let mut hash = Blake2b::<U24>::new();
    hash.update(ephemeral);
    hash.update(to);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use dryoc::classic::crypto_box::{crypto_box_seal, crypto_box_seal_open};
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn keys() -> KeyPair {
        KeyPair::from_seed([7; 32])
    }

    fn random() -> StdRng {
        StdRng::seed_from_u64(7)
    }

    #[test]
    fn what_is_sealed_opens_for_its_members_only() {
        for length in [0, 1, 864, 5000] {
            let message = vec![3; length];
            let sealed = seal(&message, &keys(), &mut random());
            assert_eq!(sealed.len(), length + SEAL_BYTES);
            assert_eq!(open(&sealed, &keys()), Ok(message));
            let others = KeyPair::from_seed([8; 32]);
            assert_eq!(open(&sealed, &others), Err(OpenError::WrongKey));
        }
    }

    #[test]
    fn the_same_randomness_seals_the_same_bytes() {
        let sealed = seal(b"abc", &keys(), &mut random());
        assert_eq!(sealed, seal(b"abc", &keys(), &mut random()));
        assert_ne!(sealed, seal(b"abc", &keys(), &mut StdRng::seed_from_u64(8)));
    }

    #[test]
    fn our_boxes_are_those_of_libsodium() {
        let sealed = seal_message(b"abc", &keys(), &mut random());
        let mut message = [0; 3];
        let keys = keys();
        crypto_box_seal_open(&mut message, &sealed, &keys.box_public, &keys.box_secret).unwrap();
        assert_eq!(&message, b"abc");
        let mut theirs = [0; 51];
        crypto_box_seal(&mut theirs, b"abc", &keys.box_public).unwrap();
        assert_eq!(open_message(&theirs, &keys), Ok(b"abc".to_vec()));
    }

    #[test]
    fn a_box_by_somebody_else_is_not_verified() {
        let inner = seal_message(b"abc", &keys(), &mut random());
        let signature = KeyPair::from_seed([8; 32]).sign(&inner);
        let signed = [&signature[..], &inner].concat();
        let sealed = seal_message(&signed, &keys(), &mut random());
        assert_eq!(open(&sealed, &keys()), Err(OpenError::NotVerified));
        let sealed = seal_message(&signature, &keys(), &mut random());
        assert_eq!(open(&sealed, &keys()), Err(OpenError::TooShort));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn garbage_does_not_open(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(open(&bytes, &keys()).is_err());
            prop_assert!(open_message(&bytes, &keys()).is_err());
        }

        #[test]
        fn a_damaged_box_does_not_open(at in 0..(SEAL_BYTES + 3), bit in 0..8u32) {
            let mut sealed = seal(b"abc", &keys(), &mut random());
            sealed[at] ^= 1u8 << bit;
            prop_assert!(open(&sealed, &keys()).is_err());
        }
    }
}
