//! Ids of packets, made and verified (spec section 3).
//!
//! The reference makes ids in three ways and verifies none of them. Here no packet is kept
//! under an id that it can be seen not to have.

use sha2::{Digest, Sha256};

use super::{Packet, PacketType, PacketView};
use crate::relay::PacketId;

impl Packet {
    /// The id of a packet that nobody named: SHA-256 over the packet before, message and packet after.
    #[must_use]
    pub fn derive_id(&self) -> PacketId {
        derive_id(
            self.previous_id.as_slice(),
            &self.message,
            self.next_id.as_slice(),
        )
    }

    /// The packet with its derived id, unless it has an id.
    #[must_use]
    pub fn with_derived_id(mut self) -> Self {
        if !self.packet_id.is_set() {
            self.packet_id = self.derive_id().field();
        }
        self
    }

    /// The id that the packet says it has, if that is one.
    #[must_use]
    pub fn id(&self) -> Option<PacketId> {
        PacketId::from_field(&self.packet_id)
    }
}

impl PacketView<'_> {
    /// The same as [`Packet::derive_id`].
    #[must_use]
    pub fn derive_id(&self) -> PacketId {
        derive_id(self.previous_id, self.message, self.next_id)
    }
}

fn derive_id(previous_id: &[u8], message: &[u8], next_id: &[u8]) -> PacketId {
    let mut hash = Sha256::new();
    hash.update(previous_id);
    hash.update(message);
    hash.update(next_id);
    PacketId(hash.finalize().into())
}

/// What can be said of a packet's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdCheck {
    /// It is the hash of what the packet carries.
    Valid,
    /// It hashes the id of the fragment before, too, which has to be known first.
    NeedsChain,
    /// It is not.
    Forged,
}

/// Says whether a packet's id is the hash of what it carries.
///
/// `before` is the verified id of the fragment before this one; only fragments from the
/// second on need it.
#[must_use]
pub fn verify_id(packet: &Packet, before: Option<PacketId>) -> IdCheck {
    let Some(id) = packet.id() else {
        return IdCheck::Forged;
    };
    let is_valid = match packet.index {
        ..0 => verify_single(packet, id),
        0 => id == message_id(&packet.message),
        1 => verify_link(packet, id, PacketId::from_field(&packet.previous_id)),
        2.. if before.is_none() => return IdCheck::NeedsChain,
        2.. => verify_link(packet, id, before),
    };
    if is_valid {
        IdCheck::Valid
    } else {
        IdCheck::Forged
    }
}

/// The id of a message that fits one packet, and of the head of a longer one.
#[must_use]
pub fn message_id(message: &[u8]) -> PacketId {
    PacketId(Sha256::digest(message).into())
}

/// The id of a fragment that follows the packet `before`; for the first that is the head.
#[must_use]
pub fn fragment_id(before: PacketId, message: &[u8]) -> PacketId {
    let mut hash = Sha256::new();
    hash.update(Sha256::digest(before.0));
    hash.update(Sha256::digest(message));
    PacketId(hash.finalize().into())
}

/// The three ways in which a packet on its own gets its id.
fn verify_single(packet: &Packet, id: PacketId) -> bool {
    id == message_id(&packet.message)
        || id == packet.derive_id()
        || (packet.kind == PacketType::JOIN && verify_relayed_join(packet, id))
}

/// The first relay of a join may append a rendezvous to its message and keeps its id.
fn verify_relayed_join(packet: &Packet, id: PacketId) -> bool {
    let appended = packet
        .message
        .windows(RENDEZVOUS.len())
        .position(|part| part == RENDEZVOUS);
    appended.is_some_and(|length| {
        let mut hash = Sha256::new();
        hash.update(packet.previous_id.as_slice());
        hash.update(&packet.message[..length]);
        hash.update(b"}");
        hash.update(packet.next_id.as_slice());
        id == PacketId(hash.finalize().into())
    })
}

/// A fragment names its head in `previous_id`; the first one follows it.
fn verify_link(packet: &Packet, id: PacketId, before: Option<PacketId>) -> bool {
    let is_fragment = packet.previous_id.as_slice().len() == ID_BYTES;
    is_fragment && before.is_some_and(|before| id == fragment_id(before, &packet.message))
}

/// How what a relay appends to a join begins.
const RENDEZVOUS: &[u8] = br#","rendezvousAddress":"#;
/// Bytes of an id.
const ID_BYTES: usize = size_of::<PacketId>();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::packet::Field;

    #[track_caller]
    fn check(packet: &Packet, before: Option<PacketId>, expected: IdCheck) {
        assert_eq!(verify_id(packet, before), expected);
        let mut altered = packet.clone();
        altered.message = [&packet.message[..], b"!"].concat().into();
        if expected == IdCheck::Valid {
            assert_eq!(verify_id(&altered, before), IdCheck::Forged);
        }
    }

    fn publish(id: PacketId, index: i32, previous: Field) -> Packet {
        let mut packet = Packet::new(PacketType::PUBLISH, "part");
        packet.packet_id = id.field();
        packet.index = index;
        packet.previous_id = previous;
        packet
    }

    #[test]
    fn a_single_packet_has_either_of_two_ids() {
        let named = publish(message_id(b"part"), -1, Field::from([9; 32]));
        check(&named, None, IdCheck::Valid);
        let derived = Packet::new(PacketType::PUBLISH, "part").with_derived_id();
        assert_ne!(named.packet_id, derived.packet_id);
        check(&derived, None, IdCheck::Valid);
        check(
            &publish(PacketId([1; 32]), -1, Field::UNSET),
            None,
            IdCheck::Forged,
        );
    }

    #[test]
    fn an_unset_id_is_no_id() {
        let packet = Packet::new(PacketType::PUBLISH, "part");
        assert_eq!(packet.id(), None);
        check(&packet, None, IdCheck::Forged);
    }

    #[test]
    fn a_fragment_is_verified_by_the_one_before() {
        let head = message_id(b"head");
        let first = publish(fragment_id(head, b"part"), 1, head.field());
        check(&first, None, IdCheck::Valid);
        let first_id = first.id().unwrap();
        let second = publish(fragment_id(first_id, b"part"), 2, head.field());
        check(&second, None, IdCheck::NeedsChain);
        check(&second, Some(first_id), IdCheck::Valid);
        check(&second, Some(head), IdCheck::Forged);
    }

    #[test]
    fn a_join_keeps_its_id_when_a_relay_appends_a_rendezvous() {
        let mut join = Packet::new(PacketType::JOIN, r#"{"port":1}"#).with_derived_id();
        join.message = r#"{"port":1,"rendezvousAddress":"127.0.0.1"}"#.into();
        assert_eq!(verify_id(&join, None), IdCheck::Valid);
        join.message = r#"{"port":2,"rendezvousAddress":"127.0.0.1"}"#.into();
        assert_eq!(verify_id(&join, None), IdCheck::Forged);
    }
}
