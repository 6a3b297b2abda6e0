//! Keys, sealing and signatures, compatible with libsodium (spec section 4).

/// The secret that the members of a subcluster share.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SharedKey(pub [u8; 32]);

impl std::fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedKey(secret)")
    }
}
