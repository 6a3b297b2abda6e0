//! Messages to the network actor, which owns the relay peers of an app for all its windows.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Class, Message, packet_cache::ListPackets, relay::RelayError, udp::UdpError};
use crate::relay::{
    Address, ClusterId, PacketId, PeerId, SubclusterId,
    keys::{KeyPair, SharedKey},
    packet::{Field, Packet, Signature},
    peer::Bootstrap,
};

/// Opens a peer, or attaches a window to one that is open already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachPeer {
    /// Index of the window.
    pub window: u32,
    /// What peer it is to be.
    pub wish: PeerWish,
}

impl Message for AttachPeer {
    type Reply = Result<PeerAttached, NetworkError>;

    recorded!(reply);
}

/// A peer as a page wants it; what is absent is as `socket.ini` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerWish {
    /// Who it is; the peer that the app's pages share if absent.
    pub peer_id: Option<PeerId>,
    /// Seed of its key.
    pub seed: Option<[u8; 32]>,
    /// Its cluster.
    pub cluster: Option<ClusterId>,
    /// Whether it is an indexed peer.
    pub is_indexed: bool,
    /// Where its main socket is bound.
    pub main: Option<Address>,
    /// Port of its probe socket.
    pub probe_port: Option<u16>,
    /// Its address as others see it, for an indexed peer.
    pub public: Option<Address>,
    /// Whom it asks first.
    pub bootstraps: Option<Vec<Bootstrap>>,
    /// How often it gives a sign of life, in milliseconds.
    pub keepalive_ms: Option<u64>,
    /// Bytes of packets that it keeps.
    pub cache_bytes: Option<usize>,
    /// Whether it keeps identity and packets on disk.
    pub has_state: Option<bool>,
}

/// A window's hold on a peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerAttached {
    /// By which the window speaks to the peer.
    pub attachment: AttachmentId,
    /// Whether the peer was opened for it.
    pub is_new: bool,
    /// What the peer is and knows, as JSON.
    pub report: Value,
}

/// Names a window's hold on a peer; nobody can guess it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttachmentId(pub u128);

/// Asks something of a peer; replies with JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskPeer {
    /// Index of the window that asks.
    pub window: u32,
    /// Its hold on the peer.
    pub attachment: AttachmentId,
    /// What it asks.
    pub order: PeerOrder,
}

impl Message for AskPeer {
    type Reply = Result<Value, NetworkError>;

    recorded!(reply);
}

/// What can be asked of a peer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PeerOrder {
    /// Let go of it; it goes on.
    Detach,
    /// End it for every window.
    ShutDown,
    /// Describe it.
    Describe,
    /// Take part in a subcluster.
    Join {
        /// Its cluster; the peer's own if absent.
        cluster: Option<ClusterId>,
        /// Its key.
        shared_key: SharedKey,
    },
    /// Take part no longer.
    Leave(SubclusterId),
    /// Publish a message, or send it to one peer.
    Send(Box<Dispatch>),
    /// Ask the network.
    Query {
        /// The question.
        question: Value,
        /// The packet that is asked for, if it is one.
        wanted: Option<PacketId>,
        /// Whom to ask first.
        first: Option<PeerId>,
    },
    /// Answer a question.
    Answer {
        /// Id of the question.
        query: PacketId,
        /// The answer.
        message: Bytes,
    },
    /// Compare caches.
    Sync(PeerId),
    /// Find address and NAT type anew.
    Reflect,
    /// List what is kept.
    List(ListPackets),
    /// Read a packet and what is next to it.
    Walk(PacketId),
    /// Put sealed packets on the network.
    Inject(Vec<Packet>),
}

/// A message on its way to a subcluster or to one peer of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispatch {
    /// To which peer alone; to the subcluster if absent.
    pub to: Option<PeerId>,
    /// Its cluster; the peer's own if absent.
    pub cluster: Option<ClusterId>,
    /// Who can read it.
    pub shared_key: SharedKey,
    /// The message.
    pub message: Bytes,
    /// The user's fields.
    pub usr: [Field; 4],
    /// The signature of the high-level API.
    pub signature: Signature,
    /// Who publishes it: fills in `usr2` and `signature` and, where there is room, a signature
    /// that covers all of it.
    pub signing: Option<KeyPair>,
    /// How long it may be kept, in milliseconds; 0 means the default.
    pub ttl_ms: u32,
    /// The packet that it follows.
    pub previous: Option<PacketId>,
    /// The clock of that packet; looked up if absent.
    pub previous_clock: Option<u32>,
    /// The packet that will follow.
    pub next: Option<PacketId>,
    /// For the head of a message of several packets.
    pub meta: Option<Value>,
}

/// Lets go of everything that a window's page had, since the page has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachPeersOf {
    /// Index of the window.
    pub window: u32,
}

impl Message for DetachPeersOf {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// Connections of a peer have settled since they changed (a timer of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighboursDue {
    /// Which peer.
    pub peer: PeerId,
}

impl Message for NeighboursDue {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// Has all peers take leave of their neighbours, since the app ends; replies when they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveNetwork;

impl Message for LeaveNetwork {
    type Reply = ();
    const CLASS: Class = Class::Control;

    recorded!(reply);
}

/// Reads what `[peer]` of `socket.ini` says, as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribePeerDefaults;

impl Message for DescribePeerDefaults {
    type Reply = Result<Value, NetworkError>;

    recorded!(reply);
}

/// Why a window cannot do something with a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The window has no such hold on a peer.
    #[error("this window has no such peer; it may have been closed")]
    NoPeer,
    /// There are too many peers.
    #[error("the app has {count_max} peers already")]
    TooManyPeers {
        /// The limit.
        count_max: usize,
    },
    /// A window holds too many.
    #[error("window {window} has {count_max} peers open already")]
    TooManyAttachments {
        /// The window.
        window: u32,
        /// The limit.
        count_max: usize,
    },
    /// There is no socket.
    #[error(transparent)]
    Udp(#[from] UdpError),
    /// What is kept on disk cannot be used.
    #[error("{reason}")]
    State {
        /// What is wrong.
        reason: String,
    },
    /// The peer refused.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// An actor of the peer gave no answer.
    #[error("the peer gave no answer: {reason}")]
    Unanswered {
        /// Why not.
        reason: String,
    },
}
