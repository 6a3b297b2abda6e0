//! What one peer tells another of its cache: a hash of everything and sixteen of the parts
//! (spec section 10).

/// A summary of the packets whose ids begin with `prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Hex digits, each 0 to 15.
    pub prefix: Vec<u8>,
    /// SHA-1 over the hex hashes of the buckets.
    pub hash: [u8; 20],
    /// SHA-1 over the sorted hex ids of each bucket that is not empty.
    pub buckets: [Option<[u8; 20]>; 16],
}
