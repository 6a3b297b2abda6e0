//! What a peer counts and how full its tables are.

use serde::Serialize;

/// Datagrams by type; index 0 counts those of unknown types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeerCounters {
    /// Sent, by type.
    pub sent: [u64; 9],
    /// Received, by type.
    pub received: [u64; 9],
    /// Not packets at all, or of another version.
    pub malformed: u64,
    /// Beyond a rate limit.
    pub limited: u64,
    /// With an id that is not theirs.
    pub forged: u64,
    /// Heard before.
    pub duplicate: u64,
}

/// One bounded table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// What it holds.
    pub name: &'static str,
    /// Its entries.
    pub count: usize,
    /// Its limit.
    pub count_max: usize,
}
