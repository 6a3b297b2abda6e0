//! What a peer tells its owner.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::relay::{
    Address, ClusterId, PeerId, SubclusterId,
    nat::NatType,
    packet::{Field, Packet},
};

/// Something happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Event {
    /// Our address and NAT type are known, or have changed.
    Ready {
        /// Our address as others see it; absent for an indexed peer that was not told.
        address: Option<Address>,
        /// What we are behind.
        nat: NatType,
    },
    /// Finding the NAT type goes on; steps as the reference numbers them (section 1.1).
    Connecting {
        /// -1, 0.5, 1, 1.5, 2, 2.5 or 3.
        step: f32,
        /// In words.
        status: &'static str,
    },
    /// A peer can be reached.
    Connected(Neighbour),
    /// A peer is gone.
    Disconnected(Neighbour),
    /// A peer takes part in a subcluster of ours.
    Joined {
        /// Who.
        peer: Neighbour,
        /// In which cluster.
        cluster: ClusterId,
        /// In which subcluster.
        subcluster: SubclusterId,
    },
    /// A whole message for a subcluster that we take part in; still sealed.
    Packet {
        /// The packet, or the message put together: index -1 and, as its id, that of the head.
        packet: Packet,
        /// The user's part of the head.
        meta: Option<serde_json::Value>,
        /// Who handed it over; absent for our own.
        from: Option<Address>,
    },
    /// A whole message for us alone; still sealed.
    Stream {
        /// The packet, or the message put together.
        packet: Packet,
        /// The user's part of the head.
        meta: Option<serde_json::Value>,
        /// Who sent it.
        from: PeerId,
        /// Where it came from: the peer or its proxy.
        address: Address,
    },
    /// Somebody asks.
    Query {
        /// The question.
        packet: Packet,
        /// Its id.
        id: Field,
        /// Where it came from.
        from: Address,
    },
    /// The answer to a question of ours; whole, and still sealed if it was.
    Answer {
        /// The answer.
        packet: Packet,
        /// The user's part of the head.
        meta: Option<serde_json::Value>,
        /// Id of the question.
        id: Field,
        /// Where it came from.
        from: Address,
    },
    /// Two caches were compared.
    Synced {
        /// With whom.
        peer: PeerId,
        /// How many packets they will get from us.
        packet_count: usize,
    },
    /// A configured indexed peer has not answered for a while; said once for each.
    Unanswered {
        /// Where it should be.
        address: Address,
        /// Whether somebody answers, but not who has to.
        is_another: bool,
    },
    /// Nobody knows where a configured peer is; said once until it is found.
    Unresolved {
        /// What it is called.
        host: String,
        /// Its port.
        port: u16,
        /// When it is looked up again.
        retry: Duration,
    },
    /// Somebody sends more than they may; said once a minute and address.
    Limited {
        /// Who.
        address: Address,
    },
}

/// A peer as its neighbour sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Who.
    pub peer_id: PeerId,
    /// Where.
    pub address: Address,
    /// What it is behind.
    pub nat: NatType,
    /// Whether it is an indexed peer.
    pub is_indexed: bool,
    /// How it is reached.
    pub via: LinkVia,
    /// The key that its id is bound to.
    pub key: Option<[u8; 32]>,
}

/// How a neighbour is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkVia {
    /// From our main socket.
    Direct,
    /// From a socket that pierced a NAT.
    Punched(u16),
    /// Through another peer.
    Proxy(PeerId),
}
