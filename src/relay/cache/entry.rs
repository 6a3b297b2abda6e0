//! One kept packet, and where it is filed.

use std::{fmt, time::Duration};

use bytes::Bytes;

use super::config::{LINK_BYTES, PACKET_OVERHEAD_BYTES};
use crate::relay::{
    Address, PacketId, Time,
    packet::{Packet, PacketView, TTL_MS},
    peer::Interest,
};

/// A packet as it is kept: its bytes on the wire, and no more than it takes to find them.
#[derive(Clone)]
pub(super) struct Entry {
    /// The encoded packet; a buffer of its own, never a part of a receive buffer.
    pub(super) bytes: Bytes,
    /// Whether summaries cover it.
    pub(super) is_covered: bool,
    pub(super) filing: Filing,
}

/// Where a packet belongs.
#[derive(Clone, Debug)]
pub(super) enum Filing {
    /// It is a unit by itself.
    Alone(Place),
    /// It is the head or a part of the message with this id.
    Part(PacketId),
}

/// What is remembered of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its number in the order of arrival.
    pub(super) sequence: u64,
    pub(super) interest: Interest,
    /// The /24 of whoever handed it over.
    pub(super) net: Option<[u8; 3]>,
    /// The first bytes of its subcluster.
    pub(super) subcluster: u64,
    /// What all its packets cost.
    pub(super) bytes: usize,
    /// For how long summaries cover it from when it came: what was left of its life in the network.
    pub(super) coverage_ms: u32,
    /// Until when they do.
    pub(super) covered_until: Time,
    pub(super) expires_at: Time,
}

impl Place {
    pub(super) fn coverage(&self) -> Duration {
        Duration::from_millis(self.coverage_ms.into())
    }

    /// What is left of its life in the network.
    pub(super) fn left(&self, now: Time) -> Duration {
        self.covered_until.since(now)
    }

    /// How long ago it came, or as long as it was to live if that is over.
    pub(super) fn age(&self, now: Time) -> Duration {
        self.coverage().saturating_sub(self.left(now))
    }
}

impl fmt::Debug for Entry {
    /// Without the bytes: an id that is shown commits to them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("length", &self.bytes.len())
            .field("is_covered", &self.is_covered)
            .field("filing", &self.filing)
            .finish()
    }
}

impl Entry {
    pub(super) fn view(&self) -> PacketView<'_> {
        PacketView::decode(&self.bytes).expect("only what was encoded here is kept")
    }

    pub(super) fn packet(&self) -> Packet {
        Packet::decode(&self.bytes).expect("only what was encoded here is kept")
    }

    /// The packet that it names as the one before it; parts name their head and do not count.
    pub(super) fn previous(&self) -> Option<PacketId> {
        let view = self.view();
        let id = view.previous_id.try_into().ok().map(PacketId);
        id.filter(|_| view.index < 1)
    }

    /// The packet that it names as the one after it.
    pub(super) fn next(&self) -> Option<PacketId> {
        self.view().next_id.try_into().ok().map(PacketId)
    }

    /// What it takes of the budget.
    pub(super) fn cost(&self) -> usize {
        cost(self.bytes.len(), self.previous().is_some())
    }
}

/// What a packet takes of the budget.
pub(super) fn cost(length: usize, is_linked: bool) -> usize {
    length + PACKET_OVERHEAD_BYTES + if is_linked { LINK_BYTES } else { 0 }
}

/// For how long summaries cover a packet that comes with this time to live (spec section 6).
pub(super) fn coverage_ms(ttl_ms: u32) -> u32 {
    if ttl_ms == 0 {
        TTL_MS
    } else {
        ttl_ms.min(TTL_MS)
    }
}

/// For how long a packet is kept here that summaries cover for so long.
pub(super) fn life(coverage: Duration, interest: Interest) -> Duration {
    match interest {
        Interest::Subscribed | Interest::Own if coverage == LIFE_MAX => LIFE_SUBSCRIBED_MAX,
        _ => coverage,
    }
}

/// The /24 that an address belongs to.
pub(super) fn net(address: Address) -> [u8; 3] {
    let [a, b, c, _] = address.ip().octets();
    [a, b, c]
}

/// The first bytes of a subcluster, which tell one from another for the sake of fairness.
pub(super) fn subcluster_key(field: &[u8]) -> u64 {
    let mut key = [0; 8];
    let length = field.len().min(key.len());
    key[..length].copy_from_slice(&field[..length]);
    u64::from_be_bytes(key)
}

/// How long a packet lives in the network at most, and how long summaries cover it: 6 h.
pub const LIFE_MAX: Duration = Duration::from_secs(6 * 3600);
/// How long a packet is kept that we made or subscribed to: 12 h. What asks for less lives as long as
/// it asks for, and so does what comes late, which cannot be told from that.
pub const LIFE_SUBSCRIBED_MAX: Duration = Duration::from_secs(12 * 3600);
