//! What a cache says of itself.

use serde::{Deserialize, Serialize};

use crate::relay::{Address, PacketId, Time, packet::Packet, peer::Interest};

/// How full a cache is, and a hash of what is in it: cheap to keep up to date, and equal for
/// equal sets of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheDigest {
    /// A hash of the set of ids that summaries cover; not the one of a summary.
    pub hash: [u8; 20],
    /// How many packets there are.
    pub packet_count: usize,
    /// How many bytes they take.
    pub bytes: usize,
}

/// What changed in a cache; the rebroadcast scheduler follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CacheChange {
    /// A packet is new, or lives longer than was said.
    Kept {
        /// Which.
        id: PacketId,
        /// When its time is up.
        expires_at: Time,
        /// What it is to us.
        interest: Interest,
        /// How often it had been sent on.
        hops: u32,
        /// Who handed it over; absent for our own, and where that is no longer known.
        from: Option<Address>,
        /// Whether it has just come; not if it comes from a file or is told anew.
        is_new: bool,
    },
    /// A packet is gone.
    Dropped {
        /// Which.
        id: PacketId,
    },
}

/// A packet and what is next to it in causal order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The packet and, if it is a head, its parts in order.
    pub packets: Vec<Packet>,
    /// The packet before it, present or not.
    pub previous: Option<PacketId>,
    /// The packets that follow it: those present that name it, and the one it names itself.
    pub next: Vec<PacketId>,
}
