//! What a schedule asks for.

use serde::{Deserialize, Serialize};

use crate::relay::{PacketId, PeerId, Time};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a packet that is in the cache.
    Send {
        /// Which.
        id: PacketId,
        /// To whom.
        audience: Audience,
    },
    /// Compare caches.
    Pull {
        /// With whom; with a random neighbour if absent.
        peer: Option<PeerId>,
    },
    /// The time of a packet is up: forget it.
    Expire {
        /// Which.
        id: PacketId,
    },
    /// Drained: wake the schedule at this time.
    Wait(Time),
}

/// Who gets a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// One peer, that lacks it.
    One(PeerId),
    /// A few random neighbours, as for a new packet.
    Random,
}
