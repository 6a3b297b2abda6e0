//! One packet: its fields, and their bytes on the wire (spec section 2).
//!
//! [`Packet`] owns everything. [`PacketView`] borrows from a datagram, costs no allocation,
//! and is what a receiver looks at first.
//!
//! An *unset* field is one zero byte, not an empty one; both arrive, and both are kept apart.

mod decode;
mod encode;
mod field;
mod identity;
mod message;

pub use decode::{DecodeError, PacketView};
pub use encode::{EncodeError, equal_but_way, set_hops};
pub use field::{Field, FieldTooLong, Signature};
pub use identity::{IdCheck, fragment_id, message_id, verify_id};
pub use message::{
    Head, Intro, InvalidToken, Join, MessageError, Ping, Pong, SummaryHash, Token, join_key,
    message_json,
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What a packet is for; any number decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PacketType(pub u8);

impl PacketType {
    /// Asks for a sign of life, and for one's own address.
    pub const PING: Self = Self(1);
    /// Answers a ping.
    pub const PONG: Self = Self(2);
    /// Tells one peer of another.
    pub const INTRO: Self = Self(3);
    /// Tells the network that a peer takes part in a subcluster.
    pub const JOIN: Self = Self(4);
    /// Carries a message for a subcluster, cached by everybody.
    pub const PUBLISH: Self = Self(5);
    /// Carries a message for one peer.
    pub const STREAM: Self = Self(6);
    /// Carries a summary of a cache.
    pub const SYNC: Self = Self(7);
    /// Asks the network a question, or answers one.
    pub const QUERY: Self = Self(8);
    /// Says that its sender is about to leave; of our own, and unknown to the reference, which
    /// ignores it.
    pub const GOODBYE: Self = Self(71);
}

/// A packet that owns its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// What it is for.
    pub kind: PacketType,
    /// Version of the wire; a peer speaks [`VERSION`] only.
    pub version: u16,
    /// Logical clock of its sender.
    pub clock: u32,
    /// How often it was sent on.
    pub hops: u32,
    /// Place among the packets of one message: 0 is the head, -1 stands alone.
    pub index: i32,
    /// How long it may be kept, in milliseconds; 0 means [`TTL_MS`].
    pub ttl_ms: u32,
    /// The cluster.
    pub cluster_id: Field,
    /// The subcluster.
    pub subcluster_id: Field,
    /// The packet before this one.
    pub previous_id: Field,
    /// Its own id; unset until it is derived.
    pub packet_id: Field,
    /// The packet after this one.
    pub next_id: Field,
    /// For the user; the high-level API puts SHA-256 of the event's name here.
    pub usr1: Field,
    /// For the user; the high-level API puts the publisher's public key here.
    pub usr2: Field,
    /// For the user; where a stream goes to, the id of a query.
    pub usr3: Field,
    /// For the user; where a stream comes from, whether a query is an answer.
    pub usr4: Field,
    /// At most [`MESSAGE_BYTES_MAX`] bytes.
    pub message: Bytes,
    /// At most 64 bytes: a detached Ed25519 signature.
    pub signature: Signature,
}

impl Packet {
    /// A packet with every field unset and the defaults of the wire.
    #[must_use]
    pub fn new(kind: PacketType, message: impl Into<Bytes>) -> Self {
        Self {
            kind,
            version: VERSION,
            clock: 1,
            hops: 0,
            index: -1,
            ttl_ms: TTL_MS,
            cluster_id: Field::UNSET,
            subcluster_id: Field::UNSET,
            previous_id: Field::UNSET,
            packet_id: Field::UNSET,
            next_id: Field::UNSET,
            usr1: Field::UNSET,
            usr2: Field::UNSET,
            usr3: Field::UNSET,
            usr4: Field::UNSET,
            message: message.into(),
            signature: Signature::UNSET,
        }
    }
}

/// First four bytes of every packet.
pub const MAGIC: [u8; 4] = [0x03, 0x05, 0x0b, 0x11];
/// The one version of the wire that is spoken.
pub const VERSION: u16 = 6;
/// Bytes of message that fit one packet.
pub const MESSAGE_BYTES_MAX: usize = 1024;
/// Bytes of the longest packet: 23 fixed, eleven length prefixes, nine fields of 32,
/// message and signature.
pub const PACKET_BYTES_MAX: usize = 1421;
/// How long a packet is kept unless it says less: six hours, in milliseconds.
pub const TTL_MS: u32 = 21_600_000;
/// How often a packet may be sent on: its postage.
pub const HOPS_MAX: u32 = 16;
