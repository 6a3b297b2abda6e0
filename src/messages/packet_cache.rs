//! Messages to the packet cache of one relay peer.

use serde::Deserialize;

use super::{Class, Message};
use crate::relay::{
    PacketId, PeerId, SubclusterId,
    cache::CacheDigest,
    packet::{Field, Packet},
    peer::{Arrival, Interest, Lookup},
    rebroadcast::Audience,
    summary::Summary,
};

/// Keeps packets; the relay is told of each what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepPackets {
    /// The packets.
    pub arrivals: Vec<Arrival>,
}

impl Message for KeepPackets {
    type Reply = ();
}

/// Looks packets up for queries; the relay is told what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindPacket {
    /// What is asked for.
    pub lookup: Lookup,
}

impl Message for FindPacket {
    type Reply = ();
}

/// Compares the cache with a peer's; the relay is told what to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconcileCache {
    /// With whom.
    pub peer: PeerId,
    /// What the peer sent; our root summary is wanted if absent.
    pub summary: Option<Summary>,
}

impl Message for ReconcileCache {
    type Reply = ();
}

/// Hands packets to the relay to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAgain {
    /// The packets and who gets them.
    pub packets: Vec<(PacketId, Audience)>,
}

impl Message for SendAgain {
    type Reply = ();
}

/// Forgets a packet whose time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpirePacket {
    /// Which.
    pub id: PacketId,
}

impl Message for ExpirePacket {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Says what the packets of a subcluster are to us from now on, as after a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassifySubcluster {
    /// Which.
    pub subcluster: SubclusterId,
    /// What its packets are, except for those that we made.
    pub interest: Interest,
}

impl Message for ClassifySubcluster {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Repeats to the rebroadcast scheduler what is kept; a scheduler that starts sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct RepeatChanges;

impl Message for RepeatChanges {
    type Reply = ();
    const CLASS: Class = Class::Coalesce;
}

/// Reads a packet and what is next to it in causal order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadPacket {
    /// Which.
    pub id: PacketId,
}

impl Message for ReadPacket {
    type Reply = Option<PacketInOrder>;
}

/// A packet and its links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketInOrder {
    /// The packet and, if it is a head, its fragments in order.
    pub packets: Vec<Packet>,
    /// The packet before it, present or not.
    pub previous: Option<PacketId>,
    /// The packets that follow it: those present that name it, and the one it names itself.
    pub next: Vec<PacketId>,
}

/// Lists what is kept of a subcluster, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPackets {
    /// Of which; of all if absent.
    pub subcluster: Option<SubclusterId>,
    /// Those of one event alone, by the hash of its name.
    pub name: Option<Field>,
    /// At most so many, the newest.
    pub count_max: usize,
}

impl Message for ListPackets {
    type Reply = Vec<Packet>;
}

/// Reads how full the cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescribeCache;

impl Message for DescribeCache {
    type Reply = CacheDigest;
}

/// It is time to write to disk what waits for it (a timer of the cache's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteDue;

impl Message for WriteDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}
