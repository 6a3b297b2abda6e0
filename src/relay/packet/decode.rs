//! Bytes to packets: what is accepted is exactly what the reference accepts (spec section 2).
//!
//! Refused: another magic, a length beyond its field's limit, a number or length prefix that
//! runs past the end. Accepted: a signature that is cut short, bytes after it, and any type,
//! version and number; what these mean is for the peer to judge.

use bytes::Bytes;

use super::{Field, MAGIC, MESSAGE_BYTES_MAX, Packet, PacketType, Signature, TTL_MS, VERSION};

/// A packet that borrows from a datagram: what a receiver looks at before it owns anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketView<'a> {
    /// What it is for.
    pub kind: PacketType,
    /// Version of the wire.
    pub version: u16,
    /// Logical clock of its sender.
    pub clock: u32,
    /// How often it was sent on.
    pub hops: u32,
    /// Place among the packets of one message.
    pub index: i32,
    /// How long it may be kept, in milliseconds.
    pub ttl_ms: u32,
    /// The cluster; like the other ids, at most 32 bytes.
    pub cluster_id: &'a [u8],
    /// The subcluster.
    pub subcluster_id: &'a [u8],
    /// The packet before this one.
    pub previous_id: &'a [u8],
    /// Its own id.
    pub packet_id: &'a [u8],
    /// The packet after this one.
    pub next_id: &'a [u8],
    /// For the user.
    pub usr1: &'a [u8],
    /// For the user.
    pub usr2: &'a [u8],
    /// For the user.
    pub usr3: &'a [u8],
    /// For the user.
    pub usr4: &'a [u8],
    /// At most [`MESSAGE_BYTES_MAX`] bytes.
    pub message: &'a [u8],
    /// At most 64 bytes.
    pub signature: &'a [u8],
}

impl<'a> PacketView<'a> {
    /// A packet with every field unset and the defaults of the wire, as [`Packet::new`] makes it.
    #[must_use]
    pub(in crate::relay) fn new(kind: PacketType, message: &'a [u8]) -> Self {
        Self {
            kind,
            version: VERSION,
            clock: 1,
            hops: 0,
            index: -1,
            ttl_ms: TTL_MS,
            cluster_id: UNSET,
            subcluster_id: UNSET,
            previous_id: UNSET,
            packet_id: UNSET,
            next_id: UNSET,
            usr1: UNSET,
            usr2: UNSET,
            usr3: UNSET,
            usr4: UNSET,
            message,
            signature: UNSET,
        }
    }

    /// Takes a datagram apart without copying any of it.
    ///
    /// # Errors
    /// If the bytes are no packet.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader {
            bytes: datagram,
            offset: 0,
        };
        if reader.number("magic")? != MAGIC {
            return Err(DecodeError::NotAPacket);
        }
        Ok(Self {
            kind: PacketType(reader.number::<1>("type")?[0]),
            version: u16::from_be_bytes(reader.number("version")?),
            clock: u32::from_be_bytes(reader.number("clock")?),
            hops: u32::from_be_bytes(reader.number("hops")?),
            index: i32::from_be_bytes(reader.number("index")?),
            ttl_ms: u32::from_be_bytes(reader.number("ttl")?),
            cluster_id: reader.field("clusterId", 32)?,
            subcluster_id: reader.field("subclusterId", 32)?,
            previous_id: reader.field("previousId", 32)?,
            packet_id: reader.field("packetId", 32)?,
            next_id: reader.field("nextId", 32)?,
            usr1: reader.field("usr1", 32)?,
            usr2: reader.field("usr2", 32)?,
            usr3: reader.field("usr3", 32)?,
            usr4: reader.field("usr4", 32)?,
            message: reader.field("message", MESSAGE_BYTES_MAX)?,
            signature: reader.field("sig", 64)?,
        })
    }

    /// The same packet, whose message stays a part of the datagram that was taken apart.
    ///
    /// # Panics
    /// If it was taken apart from another one.
    #[must_use]
    pub(in crate::relay) fn sharing(&self, datagram: &Bytes) -> Packet {
        self.owned(datagram.slice_ref(self.message))
    }

    /// The same packet with a `message` of its own.
    fn owned(&self, message: Bytes) -> Packet {
        Packet {
            kind: self.kind,
            version: self.version,
            clock: self.clock,
            hops: self.hops,
            index: self.index,
            ttl_ms: self.ttl_ms,
            cluster_id: bounded(self.cluster_id),
            subcluster_id: bounded(self.subcluster_id),
            previous_id: bounded(self.previous_id),
            packet_id: bounded(self.packet_id),
            next_id: bounded(self.next_id),
            usr1: bounded(self.usr1),
            usr2: bounded(self.usr2),
            usr3: bounded(self.usr3),
            usr4: bounded(self.usr4),
            message,
            signature: Signature::new(self.signature).expect("the decoder bounds signatures"),
        }
    }
}

impl Packet {
    /// Takes a datagram apart; the message stays a part of it and is not copied.
    ///
    /// # Errors
    /// If the bytes are no packet.
    pub fn decode(datagram: &Bytes) -> Result<Self, DecodeError> {
        PacketView::decode(datagram).map(|view| view.sharing(datagram))
    }
}

impl<'a> From<&'a Packet> for PacketView<'a> {
    fn from(packet: &'a Packet) -> Self {
        Self {
            kind: packet.kind,
            version: packet.version,
            clock: packet.clock,
            hops: packet.hops,
            index: packet.index,
            ttl_ms: packet.ttl_ms,
            cluster_id: packet.cluster_id.as_slice(),
            subcluster_id: packet.subcluster_id.as_slice(),
            previous_id: packet.previous_id.as_slice(),
            packet_id: packet.packet_id.as_slice(),
            next_id: packet.next_id.as_slice(),
            usr1: packet.usr1.as_slice(),
            usr2: packet.usr2.as_slice(),
            usr3: packet.usr3.as_slice(),
            usr4: packet.usr4.as_slice(),
            message: &packet.message,
            signature: packet.signature.as_slice(),
        }
    }
}

impl From<&PacketView<'_>> for Packet {
    /// Copies everything, which lets go of the datagram.
    fn from(view: &PacketView<'_>) -> Self {
        view.owned(Bytes::copy_from_slice(view.message))
    }
}

/// What a field has where nothing was given, see [`Field::UNSET`].
pub(super) const UNSET: &[u8] = &[0];

/// Why bytes are no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The first four bytes are not [`MAGIC`].
    #[error("no packet: another magic")]
    NotAPacket,
    /// The bytes end within a number or a length prefix.
    #[error("cut short in {field} at byte {offset}")]
    CutShort {
        /// Which field.
        field: &'static str,
        /// Where it begins.
        offset: usize,
    },
    /// A field says that it is longer than it may be.
    #[error("{field} at byte {offset} has {length} bytes of at most {length_max}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Where its length prefix begins.
        offset: usize,
        /// What the prefix says.
        length: usize,
        /// What it may say.
        length_max: usize,
    },
}

/// Where a decoder has got to.
struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn number<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let Some(number) = self.bytes[self.offset..].first_chunk() else {
            return Err(DecodeError::CutShort {
                field,
                offset: self.offset,
            });
        };
        self.offset += N;
        Ok(*number)
    }

    /// A field that is cut short gives what there is; unless it is the last one, the next
    /// length prefix is missing then.
    fn field(&mut self, field: &'static str, length_max: usize) -> Result<&'a [u8], DecodeError> {
        let offset = self.offset;
        let length = usize::from(u16::from_be_bytes(self.number(field)?));
        if length > length_max {
            return Err(DecodeError::TooLong {
                field,
                offset,
                length,
                length_max,
            });
        }
        let rest = &self.bytes[self.offset..];
        let value = &rest[..length.min(rest.len())];
        self.offset += value.len();
        Ok(value)
    }
}

/// Most fields are full or unset; copying those needs no loop.
fn bounded(bytes: &[u8]) -> Field {
    if let Ok(full) = <[u8; 32]>::try_from(bytes) {
        return full.into();
    }
    if bytes == Field::UNSET.as_slice() {
        return Field::UNSET;
    }
    Field::new(bytes).expect("the decoder bounds fields")
}
