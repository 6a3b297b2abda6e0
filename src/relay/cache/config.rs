//! How much a cache keeps.

use serde::{Deserialize, Serialize};

/// How much a cache keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl CacheConfig {
    /// Bytes that one origin may take of the least worthy packets while others want room.
    pub(super) fn share_bytes_max(self) -> usize {
        self.bytes_max / SHARE_PARTS
    }

    /// Bytes of parts that wait for those in front of them.
    pub(super) fn waiting_bytes_max(self) -> usize {
        self.bytes_max / WAITING_PARTS
    }

    /// How many of the packets given up lately are remembered, in each of two generations.
    pub(super) fn dropped_count_max(self) -> usize {
        self.bytes_max / DROPPED_PARTS / DROPPED_BYTES
    }
}

/// The default budget: 16 MB.
pub const CACHE_BYTES_MAX: usize = 16_000_000;
/// An origin may take one in this many parts of the budget while others want room.
pub const SHARE_PARTS: usize = 8;
/// What each packet costs besides its bytes: its places in the maps, with the slack of
/// their nodes and what the allocator adds. A test measures it.
pub const PACKET_OVERHEAD_BYTES: usize = 352;
/// What a packet costs more if it names one before it.
pub(super) const LINK_BYTES: usize = 112;
/// Parts that wait take at most one in this many parts of the budget.
const WAITING_PARTS: usize = 8;
/// Each generation of what was given up takes one in this many parts of the budget.
const DROPPED_PARTS: usize = 64;
/// What it costs to remember one packet that was given up.
pub(super) const DROPPED_BYTES: usize = 24;
