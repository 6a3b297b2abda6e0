//! Keeps packets within a budget of bytes, and knows what differs from another cache.

use super::{Address, PacketId, Time, peer::Interest};

/// How much a cache keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheConfig {
    /// Bytes of packets as they go over the wire, with what it costs to remember them.
    pub bytes_max: usize,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            bytes_max: CACHE_BYTES_MAX,
        }
    }
}

/// How full a cache is, and a hash of what is in it: cheap to keep up to date, and equal for
/// equal sets of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheDigest {
    /// A hash of the set of ids; not the one of a summary.
    pub hash: [u8; 20],
    /// How many packets there are.
    pub packet_count: usize,
    /// How many bytes they take.
    pub bytes: usize,
}

/// What changed in a cache; the rebroadcast scheduler follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheChange {
    /// A packet is new.
    Kept {
        /// Which.
        id: PacketId,
        /// When its time is up.
        expires_at: Time,
        /// What it is to us.
        interest: Interest,
        /// How often it had been sent on.
        hops: u32,
        /// Who handed it over; absent for our own.
        from: Option<Address>,
    },
    /// A packet is gone.
    Dropped {
        /// Which.
        id: PacketId,
    },
}

/// The default budget: 16 MB.
pub const CACHE_BYTES_MAX: usize = 16_000_000;
