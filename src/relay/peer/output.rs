//! What a peer asks of its surroundings, and what they answer.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{CommandError, Event};
use crate::relay::{
    Address, ClusterId, PacketId, PeerId, SubclusterId, Time,
    keys::SharedKey,
    packet::{Field, Packet, Signature},
    summary::Summary,
};

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Put a datagram on the wire.
    Transmit(Transmit),
    /// Hold this many sockets for hole punching besides the two that are always there; what
    /// they receive comes back as [`Wire::Punch`]. Zero closes them all but the kept ones.
    /// Their numbers are the lowest that are not among the kept.
    HoldPunchSockets {
        /// How many.
        count: u16,
        /// Those among them that carry a link now and must stay.
        kept: Vec<u16>,
    },
    /// Look a host up; the answer is [`Peer::handle_resolved`](super::Peer::handle_resolved).
    Resolve {
        /// Its name.
        host: String,
    },
    /// Ask the cache to keep a packet; it answers with [`Kept`].
    Keep(Arrival),
    /// Ask the cache for a packet that a query names; it answers with [`Found`].
    Find(Lookup),
    /// Ask the cache to compare itself with a peer's; it answers with [`Reconciliation`].
    Reconcile {
        /// Whose it is.
        peer: PeerId,
        /// What the peer sent; the root of our own is wanted if absent.
        summary: Option<Summary>,
    },
    /// Tell the rebroadcast scheduler that a peer was met, for the first time or again.
    Contact(PeerId),
    /// Tell the rebroadcast scheduler that a neighbour's cache differs from ours.
    Difference,
    /// Tell the rebroadcast scheduler that a neighbour holds a packet of our own.
    Held(PacketId),
    /// Tell the cache what the packets of a subcluster are to us from now on.
    Classify {
        /// Which.
        subcluster: SubclusterId,
        /// What its packets are, except for those that we made.
        interest: Interest,
    },
    /// A command is done.
    Done {
        /// Which one.
        ticket: Ticket,
        /// Ids of the packets that it made, head first.
        ids: Vec<PacketId>,
    },
    /// A command could not be done after all.
    Failed {
        /// Which one.
        ticket: Ticket,
        /// Why.
        error: CommandError,
    },
    /// Tell the owner what happened.
    Event(Event),
    /// Drained: wake the peer at this time.
    Wait(Time),
}

/// A datagram on its way out. The payload is shared by everybody who gets the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmit {
    /// From which socket.
    pub wire: Wire,
    /// Where to.
    pub to: Address,
    /// What.
    pub payload: Bytes,
}

/// One of a peer's sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Wire {
    /// Where everything goes through.
    Main,
    /// From a second port, which tells NAT types apart.
    Probe,
    /// One of those held for hole punching, by number.
    Punch(u16),
}

/// A packet that came or was made, on its way to the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The packet; its `packet_id` is the one to keep it by.
    pub packet: Packet,
    /// Who handed it over; absent for our own.
    pub from: Option<Address>,
    /// What it is to us.
    pub interest: Interest,
    /// Whether it must survive a crash before [`Kept`] is said.
    pub is_durable: bool,
}

/// What a packet is to a peer; the cache gives up the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Interest {
    /// Of a cluster that we have no part in.
    Foreign,
    /// Of our cluster, of a subcluster that we have no part in.
    Cluster,
    /// Of a subcluster that we take part in.
    Subscribed,
    /// We made it.
    Own,
}

/// What the cache did with an [`Arrival`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The packet as it is now kept.
    pub packet: Packet,
    /// Who handed it over.
    pub from: Option<Address>,
    /// What it was to us.
    pub interest: Interest,
    /// What came of it.
    pub keeping: Keeping,
}

/// What came of keeping a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keeping {
    /// It is new. If it was the last missing part of a message, here are all parts, head first.
    New {
        /// The parts, or none.
        whole: Vec<Packet>,
    },
    /// It was there already, or was given up lately and is not taken again so soon.
    Duplicate,
    /// A part of a message that cannot be checked before the part in front of it is there. It is
    /// in no summary and must not be sent on; once it is checked it comes as [`Keeping::New`].
    Waiting,
    /// A part of a message that does not fit the parts in front of it.
    Forged,
    /// It is kept, but was to survive a crash and could not be written to disk.
    NotSaved {
        /// What went wrong.
        reason: String,
    },
    /// There is no room for it: its origin has used up its share, or everything kept is
    /// worth more. It is still delivered and sent on once.
    NoRoom {
        /// The parts of the message that it completes, or none.
        whole: Vec<Packet>,
    },
}

/// A packet that a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The packet.
    pub id: PacketId,
    /// Given back with the answer.
    pub ticket: Ticket,
}

/// What the cache knows of a [`Lookup`]: the packet and, if it is a head, its fragments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The question.
    pub lookup: Lookup,
    /// Nothing, one packet, or a head and its fragments in order.
    pub packets: Vec<Packet>,
}

/// What a peer's cache and ours have to tell each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// With whom.
    pub peer: PeerId,
    /// Summaries to send; packets go by way of the rebroadcast scheduler.
    pub summaries: Vec<Summary>,
    /// How many packets the other lacks and will get.
    pub packet_count: usize,
    /// Whether the other has said that it holds the same.
    pub is_equal: bool,
}

/// Names a command until it is [`Output::Done`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// A message for a subcluster, or for one peer of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Publication {
    /// Its cluster; the peer's own if absent.
    pub cluster: Option<ClusterId>,
    /// Who can read it.
    pub shared_key: SharedKey,
    /// Any length up to [`crate::relay::split::MESSAGE_BYTES_MAX`].
    pub message: Bytes,
    /// SHA-256 of the event's name, or what the user likes.
    pub usr1: Field,
    /// The publisher's public key, or what the user likes.
    pub usr2: Field,
    /// For a publish, with `usr4`: 64 bytes of signature over all of it, see [`crate::relay::keys`].
    pub usr3: Field,
    /// See `usr3`.
    pub usr4: Field,
    /// The signature of the high-level API.
    pub signature: Signature,
    /// How long it may be kept, in milliseconds; 0 means the default.
    pub ttl_ms: u32,
    /// The packet that it follows, with its clock.
    pub previous: Option<(PacketId, u32)>,
    /// The packet that will follow.
    pub next: Option<PacketId>,
    /// For the head of a message of several packets: what the user likes.
    pub meta: Option<serde_json::Value>,
}

impl Publication {
    /// A message of the peer's own cluster that says nothing but what it holds.
    #[must_use]
    pub fn new(shared_key: SharedKey, message: impl Into<Bytes>) -> Self {
        Self {
            cluster: None,
            shared_key,
            message: message.into(),
            usr1: Field::UNSET,
            usr2: Field::UNSET,
            usr3: Field::UNSET,
            usr4: Field::UNSET,
            signature: Signature::UNSET,
            ttl_ms: 0,
            previous: None,
            next: None,
            meta: None,
        }
    }
}
