//! Lets every packet through once.
//!
//! What is remembered is a hash with a secret of the peer, so nobody can work out which
//! packet would be taken for another. A packet whose id was not verified is remembered with
//! its type and its sender: a forged one then shuts out nothing but itself (weakness 12.5).

use std::hash::{BuildHasher, Hash};

use super::recent::{Recent, Secret};
use crate::relay::{
    Address,
    packet::{Field, Packet, PacketType},
};

/// What has been let through lately.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    secret: Secret,
    seen: Recent<u64, ()>,
}

impl Gate {
    /// A gate that has let nothing through.
    #[must_use]
    pub(super) fn new(secret: Secret) -> Self {
        Self {
            secret,
            seen: Recent::new(secret, GATE_COUNT_MAX),
        }
    }

    /// Whether this key is new; it is remembered from now on.
    pub(super) fn is_new(&mut self, key: impl Hash) -> bool {
        let hash = self.secret.hash_one(key);
        self.seen.insert(hash, ()).is_none()
    }

    /// Whether a packet is new, its id being a hash of what it carries.
    pub(super) fn is_new_id(&mut self, kind: PacketType, id: &Field) -> bool {
        self.is_new((Realm::Verified, kind, id.as_slice()))
    }

    /// Whether a packet from this sender is new, its id being anybody's guess.
    pub(super) fn is_new_claim(&mut self, kind: PacketType, id: &Field, from: Address) -> bool {
        self.is_new((Realm::Claimed, kind, id.as_slice(), from))
    }

    /// What stands for a packet with just these fields; how often and how long it was on its
    /// way does not count, nor do the two fields that old peers drop.
    pub(super) fn envelope(&self, packet: &Packet) -> Envelope {
        let links = [&packet.previous_id, &packet.packet_id, &packet.next_id];
        let groups = [&packet.cluster_id, &packet.subcluster_id];
        let user = [&packet.usr1, &packet.usr2];
        let fields = (
            links.map(Field::as_slice),
            groups.map(Field::as_slice),
            user.map(Field::as_slice),
        );
        let rest = (packet.index, packet.clock, packet.signature.as_slice());
        let key = (Realm::Envelope, packet.kind, fields, rest);
        Envelope(self.secret.hash_one(key))
    }

    /// Whether a packet in this envelope is new; it is remembered from now on.
    pub(super) fn is_new_envelope(&mut self, envelope: Envelope) -> bool {
        self.seen.insert(envelope.0, ()).is_none()
    }

    /// Whether a packet in this envelope has been let through; it is not remembered.
    pub(super) fn has_envelope(&self, envelope: Envelope) -> bool {
        self.seen.contains(&envelope.0)
    }

    /// How many keys are remembered.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.seen.len()
    }
}

/// Stands for the fields of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope(u64);

/// Keeps keys of different kinds apart.
#[derive(Hash)]
enum Realm {
    Verified,
    Claimed,
    Envelope,
}

/// How many keys are remembered at most.
pub(super) const GATE_COUNT_MAX: usize = 16_384;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn gate() -> Gate {
        Gate::new(Secret::new(&mut StdRng::seed_from_u64(1)))
    }

    #[test]
    fn every_key_passes_once() {
        let mut gate = gate();
        let id = Field::from([1; 32]);
        assert!(gate.is_new_id(PacketType::PUBLISH, &id));
        assert!(!gate.is_new_id(PacketType::PUBLISH, &id));
        assert!(gate.is_new_id(PacketType::STREAM, &id));
    }

    #[test]
    fn a_claimed_id_shuts_out_neither_the_verified_one_nor_another_senders() {
        let mut gate = gate();
        let id = Field::from([1; 32]);
        let one = Address::new([127, 0, 0, 1].into(), 1);
        let other = Address::new([127, 0, 0, 1].into(), 2);
        assert!(gate.is_new_claim(PacketType::JOIN, &id, one));
        assert!(!gate.is_new_claim(PacketType::JOIN, &id, one));
        assert!(gate.is_new_claim(PacketType::JOIN, &id, other));
        assert!(gate.is_new_id(PacketType::JOIN, &id));
    }

    #[test]
    fn a_packet_with_other_hops_is_the_same_and_with_another_subcluster_is_not() {
        let mut gate = gate();
        let mut packet = Packet::new(PacketType::PUBLISH, &b"hello"[..]);
        let mut is_new = |packet: &Packet| gate.is_new_envelope(gate.envelope(packet));
        assert!(is_new(&packet));
        packet.hops = 3;
        packet.usr4 = Field::from([4; 32]);
        assert!(!is_new(&packet));
        packet.subcluster_id = Field::from([9; 32]);
        assert!(is_new(&packet));
    }

    #[test]
    fn it_forgets_rather_than_grows() {
        let mut gate = gate();
        for key in 0..3 * GATE_COUNT_MAX {
            assert!(gate.is_new(key));
        }
        assert!(gate.len() <= GATE_COUNT_MAX);
    }
}
