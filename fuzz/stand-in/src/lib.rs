//! Stands in for dryoc while fuzzing: the same functions, as far as the relay calls them, by
//! hashes instead of curves. They took a third of the time, and they are not what is tested.
//!
//! What is signed verifies with its key only, and a box opens with its key only; yet anybody
//! can sign for anybody, which is more than an attacker can.

/// The functions, where dryoc has them.
pub mod classic {
    /// Signatures.
    pub mod crypto_sign {
        use crate::{Failed, hash};

        /// A public and a secret key.
        #[must_use]
        pub fn crypto_sign_seed_keypair(seed: &[u8; 32]) -> ([u8; 32], [u8; 64]) {
            let public = hash(&[b"public", seed]);
            let mut secret = [0; 64];
            secret[..32].copy_from_slice(seed);
            secret[32..].copy_from_slice(&public);
            (public, secret)
        }

        /// Signs.
        ///
        /// # Errors
        /// Never.
        pub fn crypto_sign_detached(
            signature: &mut [u8; 64],
            message: &[u8],
            secret: &[u8; 64],
        ) -> Result<(), Failed> {
            signature[..32].copy_from_slice(&hash(&[b"signature", &secret[32..], message]));
            Ok(())
        }

        /// Verifies.
        ///
        /// # Errors
        /// If the key did not sign it.
        pub fn crypto_sign_verify_detached(
            signature: &[u8; 64],
            message: &[u8],
            public: &[u8; 32],
        ) -> Result<(), Failed> {
            let expected = hash(&[b"signature", public, message]);
            if signature[..32] == expected {
                Ok(())
            } else {
                Err(Failed)
            }
        }
    }

    /// Keys for signatures as keys for boxes.
    pub mod crypto_sign_ed25519 {
        use crate::{Failed, flip};

        /// Of a public key.
        ///
        /// # Errors
        /// Never.
        pub fn crypto_sign_ed25519_pk_to_curve25519(
            boxes: &mut [u8; 32],
            public: &[u8; 32],
        ) -> Result<(), Failed> {
            *boxes = *public;
            Ok(())
        }

        /// Of a secret key.
        pub fn crypto_sign_ed25519_sk_to_curve25519(boxes: &mut [u8; 32], secret: &[u8; 64]) {
            boxes.copy_from_slice(&secret[32..]);
            flip(boxes);
        }
    }

    /// Keys for boxes.
    pub mod crypto_core {
        use crate::flip;

        /// The public key of a secret one.
        pub fn crypto_scalarmult_base(public: &mut [u8; 32], secret: &[u8; 32]) {
            *public = *secret;
            flip(public);
        }
    }

    /// Boxes.
    pub mod crypto_box {
        use crate::{Failed, flip, hash};

        /// The key that two share.
        ///
        /// # Errors
        /// Never.
        pub fn crypto_box_beforenm(
            theirs: &[u8; 32],
            secret: &[u8; 32],
        ) -> Result<[u8; 32], Failed> {
            let mut ours = *secret;
            flip(&mut ours);
            Ok(hash(&[ours.min(*theirs).as_slice(), &ours.max(*theirs)]))
        }

        /// Puts a message into a box.
        ///
        /// # Errors
        /// If the place is of another length.
        pub fn crypto_box_easy_afternm(
            boxed: &mut [u8],
            message: &[u8],
            nonce: &[u8; 24],
            key: &[u8; 32],
        ) -> Result<(), Failed> {
            let (tag, body) = boxed.split_at_mut_checked(16).ok_or(Failed)?;
            if body.len() != message.len() {
                return Err(Failed);
            }
            tag.copy_from_slice(&hash(&[key, nonce, message])[..16]);
            body.copy_from_slice(message);
            Ok(())
        }

        /// Takes a message out of a box.
        ///
        /// # Errors
        /// If the key is another.
        pub fn crypto_box_open_easy_afternm(
            message: &mut [u8],
            boxed: &[u8],
            nonce: &[u8; 24],
            key: &[u8; 32],
        ) -> Result<(), Failed> {
            let (tag, body) = boxed.split_at_checked(16).ok_or(Failed)?;
            if body.len() != message.len() || hash(&[key, nonce, body])[..16] != *tag {
                return Err(Failed);
            }
            message.copy_from_slice(body);
            Ok(())
        }
    }
}

/// A signature, a key or a box is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    use sha2::{Digest, Sha256};

    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Makes a public key of a secret one, and back.
fn flip(key: &mut [u8; 32]) {
    for byte in key {
        *byte ^= 0xa5;
    }
}
