//! Messages to the rebroadcast scheduler of one relay peer.

use serde::Deserialize;

use super::{Class, Message};
use crate::relay::{PacketId, PeerId, cache::CacheChange};

/// The cache has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheChanged {
    /// How, in order.
    pub changes: Vec<CacheChange>,
}

impl Message for CacheChanged {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// A peer lacks packets that we have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketsWanted {
    /// Who.
    pub peer: PeerId,
    /// Which.
    pub ids: Vec<PacketId>,
}

impl Message for PacketsWanted {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

/// A peer was met for the first time, or again after it was gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerContacted {
    /// Who.
    pub peer: PeerId,
}

impl Message for PeerContacted {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

/// A neighbour holds a packet of ours: it handed it back, or named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketHeld {
    /// Which.
    pub id: PacketId,
}

impl Message for PacketHeld {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

/// A peer's summary differed from ours: caches are out of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DifferenceSeen;

impl Message for DifferenceSeen {
    type Reply = ();
    const CLASS: Class = Class::Coalesce;
}

/// Something of the schedule is due (a timer of the scheduler's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct ScheduleDue;

impl Message for ScheduleDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}
