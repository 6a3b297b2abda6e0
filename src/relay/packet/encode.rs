//! Packets to bytes (spec section 2).

use bytes::Bytes;

use super::{MAGIC, MESSAGE_BYTES_MAX, Packet, PacketView, decode::UNSET};

impl Packet {
    /// The packet as it goes over the wire, as it is: an unset id stays unset, see
    /// [`Packet::with_derived_id`].
    ///
    /// # Errors
    /// If the message is longer than [`MESSAGE_BYTES_MAX`].
    pub fn encode(&self) -> Result<Bytes, EncodeError> {
        PacketView::from(self).encode()
    }

    /// The same with the derived id in place of an unset one.
    ///
    /// # Errors
    /// If the message is longer than [`MESSAGE_BYTES_MAX`].
    pub fn encode_named(&self) -> Result<Bytes, EncodeError> {
        PacketView::from(self).encode_named()
    }

    /// Appends the packet as it goes over the wire.
    ///
    /// # Errors
    /// If the message is longer than [`MESSAGE_BYTES_MAX`]; nothing is appended then.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        PacketView::from(self).encode_into(bytes)
    }

    /// How many bytes the packet takes on the wire.
    #[must_use]
    pub fn encoded_length(&self) -> usize {
        PacketView::from(self).encoded_length()
    }
}

impl PacketView<'_> {
    /// The same as [`Packet::encode_named`].
    ///
    /// # Errors
    /// If the message is longer than [`MESSAGE_BYTES_MAX`].
    pub(in crate::relay) fn encode_named(&self) -> Result<Bytes, EncodeError> {
        if self.packet_id != UNSET {
            return self.encode();
        }
        let id = self.derive_id();
        let packet_id = &id.0;
        PacketView { packet_id, ..*self }.encode()
    }

    fn encode(&self) -> Result<Bytes, EncodeError> {
        let mut bytes = Vec::with_capacity(self.encoded_length());
        self.encode_into(&mut bytes)?;
        Ok(bytes.into())
    }

    fn encode_into(&self, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        if self.message.len() > MESSAGE_BYTES_MAX {
            return Err(EncodeError {
                length: self.message.len(),
            });
        }
        bytes.reserve(self.encoded_length());
        bytes.extend_from_slice(&self.header());
        for field in self.fields() {
            append(bytes, field);
        }
        Ok(())
    }

    fn encoded_length(&self) -> usize {
        let fields: usize = self.fields().iter().map(|field| 2 + field.len()).sum();
        HEADER_BYTES + fields
    }

    fn header(&self) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        header[..4].copy_from_slice(&MAGIC);
        header[4] = self.kind.0;
        header[5..7].copy_from_slice(&self.version.to_be_bytes());
        header[7..11].copy_from_slice(&self.clock.to_be_bytes());
        header[HOPS_AT..HOPS_AT + 4].copy_from_slice(&self.hops.to_be_bytes());
        header[15..19].copy_from_slice(&self.index.to_be_bytes());
        header[TTL_AT..].copy_from_slice(&self.ttl_ms.to_be_bytes());
        header
    }

    /// Everything of variable length.
    fn fields(&self) -> [&[u8]; 11] {
        [
            self.cluster_id,
            self.subcluster_id,
            self.previous_id,
            self.packet_id,
            self.next_id,
            self.usr1,
            self.usr2,
            self.usr3,
            self.usr4,
            self.message,
            self.signature,
        ]
    }
}

/// Writes another count of hops into the bytes of a packet, which are fit to be sent on then.
///
/// # Panics
/// If the bytes are shorter than the fixed part of a packet.
pub fn set_hops(encoded: &mut [u8], hops: u32) {
    assert!(
        encoded.len() >= HEADER_BYTES,
        "{} bytes are no packet",
        encoded.len()
    );
    encoded[HOPS_AT..HOPS_AT + 4].copy_from_slice(&hops.to_be_bytes());
}

/// Whether two encoded packets are the same, whatever way each has gone: hops and time to live
/// say nothing of what a packet is.
#[must_use]
pub fn equal_but_way(one: &[u8], other: &[u8]) -> bool {
    let is_long = one.len() >= HEADER_BYTES && one.len() == other.len();
    is_long && without_way(one) == without_way(other)
}

/// What stands before the hops, between them and the time to live, and after that.
fn without_way(encoded: &[u8]) -> [&[u8]; 3] {
    [
        &encoded[..HOPS_AT],
        &encoded[HOPS_AT + 4..TTL_AT],
        &encoded[HEADER_BYTES..],
    ]
}

/// A message does not fit one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {length} bytes exceeds the {MESSAGE_BYTES_MAX} of one packet")]
pub struct EncodeError {
    /// Length of the message.
    pub length: usize,
}

/// Bytes of the fixed part of a packet.
const HEADER_BYTES: usize = 23;
/// Where the count of hops is in it.
const HOPS_AT: usize = 11;
/// Where the time to live is, the last of it.
const TTL_AT: usize = 19;

fn append(bytes: &mut Vec<u8>, field: &[u8]) {
    let length = u16::try_from(field.len()).expect("every field is bounded by its type or above");
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::relay::packet::{
        DecodeError, Field, PACKET_BYTES_MAX, PacketType, PacketView, Signature,
    };

    fn any_field() -> impl Strategy<Value = Field> {
        proptest::collection::vec(any::<u8>(), 0..=32).prop_map(|bytes| Field::new(&bytes).unwrap())
    }

    fn any_packet() -> impl Strategy<Value = Packet> {
        let numbers = any::<(u8, u16, u32, u32, i32, u32)>();
        let fields = proptest::collection::vec(any_field(), 9);
        let message = proptest::collection::vec(any::<u8>(), 0..=MESSAGE_BYTES_MAX);
        let signature = proptest::collection::vec(any::<u8>(), 0..=64);
        (numbers, fields, message, signature).prop_map(|(numbers, fields, message, signature)| {
            let (kind, version, clock, hops, index, ttl_ms) = numbers;
            Packet {
                kind: PacketType(kind),
                version,
                clock,
                hops,
                index,
                ttl_ms,
                cluster_id: fields[0],
                subcluster_id: fields[1],
                previous_id: fields[2],
                packet_id: fields[3],
                next_id: fields[4],
                usr1: fields[5],
                usr2: fields[6],
                usr3: fields[7],
                usr4: fields[8],
                message: message.into(),
                signature: Signature::new(&signature).unwrap(),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_packet_comes_back_as_it_was(packet in any_packet()) {
            let bytes = packet.encode().unwrap();
            prop_assert_eq!(bytes.len(), packet.encoded_length());
            prop_assert!(bytes.len() <= PACKET_BYTES_MAX);
            prop_assert_eq!(Packet::decode(&bytes).unwrap(), packet.clone());
            let view = PacketView::decode(&bytes).unwrap();
            prop_assert_eq!(Packet::from(&view), packet.clone());
            let named = packet.clone().with_derived_id();
            prop_assert_eq!(packet.encode_named().unwrap(), named.encode().unwrap());
        }

        #[test]
        fn a_packet_cut_short_before_its_signature_is_refused(packet in any_packet(), at in 0.0..1.0) {
            let bytes = packet.encode().unwrap();
            let length = bytes.len() - packet.signature.as_slice().len();
            let cut = (length as f64 * at) as usize;
            let refused = matches!(
                PacketView::decode(&bytes[..cut]),
                Err(DecodeError::CutShort { offset, .. }) if offset <= cut
            );
            prop_assert!(refused);
        }

        #[test]
        fn hops_are_patched_without_encoding_again(packet in any_packet(), hops in any::<u32>()) {
            let mut bytes = packet.encode().unwrap().to_vec();
            set_hops(&mut bytes, hops);
            prop_assert_eq!(bytes, Packet { hops, ..packet }.encode().unwrap());
        }

        #[test]
        fn a_packet_is_the_same_whatever_way_it_has_gone(packet in any_packet(), hops in any::<u32>(), ttl_ms in any::<u32>()) {
            let bytes = packet.encode().unwrap();
            let travelled = Packet { hops, ttl_ms, ..packet.clone() }.encode().unwrap();
            prop_assert!(equal_but_way(&bytes, &travelled));
            let other = Packet { index: packet.index ^ 1, ..packet }.encode().unwrap();
            prop_assert!(!equal_but_way(&bytes, &other));
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..1500)) {
            let _ = PacketView::decode(&bytes);
            let magic_length = MAGIC.len().min(bytes.len());
            bytes[..magic_length].copy_from_slice(&MAGIC[..magic_length]);
            let _ = Packet::decode(&bytes.into());
        }
    }

    #[test]
    fn a_message_beyond_one_packet_is_refused_and_nothing_written() {
        let packet = Packet::new(PacketType::PUBLISH, vec![0; MESSAGE_BYTES_MAX + 1]);
        let mut bytes = vec![7];
        assert_eq!(
            packet.encode_into(&mut bytes),
            Err(EncodeError { length: 1025 })
        );
        assert_eq!(bytes, [7]);
    }

    #[test]
    fn a_message_is_a_slice_of_its_datagram() {
        let bytes = Packet::new(PacketType::PUBLISH, "abc").encode().unwrap();
        let packet = Packet::decode(&bytes).unwrap();
        assert!(bytes.as_ptr_range().contains(&packet.message.as_ptr()));
    }
}
