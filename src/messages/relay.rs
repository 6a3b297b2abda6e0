//! Messages to the relay actor, which is one peer of the network.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

/// Why the relay did not do what it was asked to.
pub use crate::relay::peer::CommandError as RelayError;

use super::{
    Class, Message,
    udp::{BindSockets, SocketsBound, UdpError},
};
use crate::relay::{
    Address, ClusterId, PacketId, PeerId, SubclusterId,
    cache::CacheDigest,
    keys::SharedKey,
    nat::NatType,
    packet::Packet,
    peer::{
        Event, Found, Kept, Neighbour, PeerCounters, Publication, Reconciliation, TableReport, Wire,
    },
    rebroadcast::Audience,
};

/// Datagrams came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatagramsArrived {
    /// On which socket.
    pub wire: Wire,
    /// Where each came from, and its bytes.
    pub datagrams: Vec<(Address, Bytes)>,
}

impl Message for DatagramsArrived {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

/// The cache has dealt with packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketsKept {
    /// What came of each.
    pub kept: Vec<Kept>,
}

impl Message for PacketsKept {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// The cache has looked a packet up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketFound {
    /// What there is.
    pub found: Found,
}

impl Message for PacketFound {
    type Reply = ();
}

/// The cache has compared itself with a peer's.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheReconciled {
    /// What is to be said.
    pub reconciliation: Reconciliation,
}

impl Message for CacheReconciled {
    type Reply = ();
}

/// Packets from the cache that are to go out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketsDue {
    /// The packets and who gets them.
    pub packets: Vec<(Packet, Audience)>,
}

impl Message for PacketsDue {
    type Reply = ();
}

/// It is time to compare caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PullDue {
    /// With whom; with a random neighbour if absent.
    pub peer: Option<PeerId>,
}

impl Message for PullDue {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

/// How full the cache is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheDigested {
    /// The cache.
    pub digest: CacheDigest,
}

impl Message for CacheDigested {
    type Reply = ();
    const CLASS: Class = Class::Coalesce;
}

/// Binds the sockets and begins; replies with where they are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenPeer {
    /// What to bind.
    pub bind: BindSockets,
}

impl Message for OpenPeer {
    type Reply = Result<SocketsBound, UdpError>;
}

/// It is time for the peer to do what it put off (a timer of the relay's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct RelayDue;

impl Message for RelayDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Takes part in a subcluster; replies with its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinSubcluster {
    /// Its cluster; the peer's own if absent.
    pub cluster: Option<ClusterId>,
    /// Its shared key.
    pub shared_key: SharedKey,
}

impl Message for JoinSubcluster {
    type Reply = Result<SubclusterId, RelayError>;
}

/// Takes part no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaveSubcluster {
    /// In which.
    pub subcluster: SubclusterId,
}

impl Message for LeaveSubcluster {
    type Reply = Result<(), RelayError>;
}

/// Publishes a message; replies with the ids of its packets, head first, once they are kept
/// (on disk, where there is a state file).
#[derive(Clone, Debug)]
pub struct PublishMessage {
    /// The message.
    pub publication: Publication,
}

impl Message for PublishMessage {
    type Reply = Result<Vec<PacketId>, RelayError>;
}

/// Puts packets on the network that somebody has sealed already, as a bridge does; replies
/// with how many were new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectPackets {
    /// Whole packets with their ids.
    pub packets: Vec<Packet>,
}

impl Message for InjectPackets {
    type Reply = Result<usize, RelayError>;
}

/// Sends a message to one peer; replies with the ids of its packets once they are on the wire.
#[derive(Clone, Debug)]
pub struct StreamMessage {
    /// To whom.
    pub to: PeerId,
    /// The message.
    pub publication: Publication,
}

impl Message for StreamMessage {
    type Reply = Result<Vec<PacketId>, RelayError>;
}

/// Asks the network; replies with the id of the question. Answers come as events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskQuery {
    /// The question, as JSON.
    pub question: Value,
    /// The packet that is asked for, if it is one.
    pub wanted: Option<PacketId>,
    /// Whom to ask first, before the network.
    pub first: Option<PeerId>,
}

impl Message for AskQuery {
    type Reply = Result<PacketId, RelayError>;
}

/// Answers a question that came as an event; replies with the ids of the answer's packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerQuery {
    /// Id of the question.
    pub query: PacketId,
    /// The answer.
    pub message: Bytes,
}

impl Message for AnswerQuery {
    type Reply = Result<Vec<PacketId>, RelayError>;
}

/// Compares caches with one peer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncWithPeer {
    /// With whom.
    pub peer: PeerId,
}

impl Message for SyncWithPeer {
    type Reply = Result<(), RelayError>;
}

/// Takes leave of the neighbours; answered once that is on its way to the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosePeer;

impl Message for ClosePeer {
    type Reply = ();
}

/// Finds address and NAT type anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct ReflectAgain;

impl Message for ReflectAgain {
    type Reply = ();
}

/// Describes the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescribePeer;

impl Message for DescribePeer {
    type Reply = PeerReport;
}

/// What a peer is and knows.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerReport {
    /// Who it is.
    pub peer_id: PeerId,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Whether it is an indexed peer.
    pub is_indexed: bool,
    /// Where its sockets are bound, once they are.
    pub local: Option<SocketsBound>,
    /// Its address as others see it.
    pub address: Option<Address>,
    /// What it is behind.
    pub nat: NatType,
    /// Whom it knows.
    pub neighbours: Vec<Neighbour>,
    /// What it takes part in.
    pub subclusters: Vec<(ClusterId, SubclusterId)>,
    /// Its cache.
    pub cache: CacheDigest,
    /// What went over the wire.
    pub counters: PeerCounters,
    /// How full its tables are.
    pub tables: Vec<TableReport>,
}

/// Something happened at a peer; to whoever owns it.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerReported {
    /// At which peer of ours.
    pub peer: PeerId,
    /// What.
    pub event: Event,
}

impl Message for PeerReported {
    type Reply = ();
    const CLASS: Class = Class::DropOldest;
}
