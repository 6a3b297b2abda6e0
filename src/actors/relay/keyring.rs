//! The keys of the subclusters that somebody takes part in, and opening by them.

use std::collections::BTreeMap;

use super::json::{Opened, Verified};
use crate::relay::{
    SubclusterId,
    keys::{self, KeyPair, SharedKey},
    packet::Packet,
    peer::Event,
};

/// Keys by the subcluster that each gives.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    keys: BTreeMap<SubclusterId, KeyPair>,
}

impl Keyring {
    /// Adds a key; gives the subcluster that it opens.
    pub fn add(&mut self, shared_key: &SharedKey) -> SubclusterId {
        let pair = shared_key.key_pair();
        let subcluster = pair.subcluster();
        self.keys.insert(subcluster, pair);
        subcluster
    }

    /// Forgets the key of a subcluster.
    pub fn remove(&mut self, subcluster: &SubclusterId) {
        self.keys.remove(subcluster);
    }

    /// Whether there is a key for a subcluster.
    #[must_use]
    pub fn has(&self, subcluster: &SubclusterId) -> bool {
        self.keys.contains_key(subcluster)
    }

    /// What a message says, if there is a key for it and it was not damaged. It takes a tenth
    /// of a millisecond and more, so it is no work for the lane of a relay.
    #[must_use]
    pub fn open(&self, packet: &Packet) -> Option<Opened> {
        let subcluster = SubclusterId::from_field(&packet.subcluster_id)?;
        let bytes = keys::open(&packet.message, self.keys.get(&subcluster)?).ok()?;
        let verified = verify(packet, &bytes);
        Some(Opened { bytes, verified })
    }

    /// The same for the message of an event; nothing for an event without one.
    #[must_use]
    pub fn open_event(&self, event: &Event) -> Option<Opened> {
        match event {
            Event::Packet { packet, .. }
            | Event::Stream { packet, .. }
            | Event::Answer { packet, .. } => self.open(packet),
            _ => None,
        }
    }
}

/// How far the message is proved to be from the publisher whom the packet names.
fn verify(packet: &Packet, message: &[u8]) -> Verified {
    if keys::verify_publish(packet, message) {
        return Verified::Full;
    }
    let key: Option<&[u8; 32]> = packet.usr2.as_slice().try_into().ok();
    let signature = packet.signature.as_slice();
    match key.filter(|key| keys::legacy_verify(key, message, signature)) {
        Some(_) => Verified::Legacy,
        None => Verified::No,
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;
    use crate::relay::{
        ClusterId,
        packet::{Field, PacketType, Signature},
    };

    const KEY: SharedKey = SharedKey([4; 32]);
    const TEXT: &[u8] =
        b"a text that is longer than the sixty-four bytes which version 6 leaves out";

    /// A publish as this version makes it, or as version 6 does.
    fn published(is_ours: bool) -> Packet {
        let mut random = StdRng::seed_from_u64(1);
        let publisher = KeyPair::from_text("publisher");
        let sealed = keys::seal(TEXT, &KEY.key_pair(), &mut random);
        let mut packet = Packet::new(PacketType::PUBLISH, sealed);
        packet.subcluster_id = KEY.key_pair().subcluster().field();
        packet.usr2 = Field::from(*publisher.public());
        packet.signature = Signature::new(&keys::legacy_sign(&publisher, TEXT)).unwrap();
        if is_ours {
            let claim = keys::Claim {
                cluster: &ClusterId(packet.cluster_id),
                subcluster: &KEY.key_pair().subcluster(),
                usr1: &packet.usr1,
                plaintext: TEXT,
            };
            [packet.usr3, packet.usr4] = keys::sign_publish(&publisher, &claim);
        }
        packet
    }

    #[track_caller]
    fn check(packet: &Packet, expected: Option<Verified>) {
        let mut keyring = Keyring::default();
        assert_eq!(keyring.open(packet), None);
        keyring.add(&KEY);
        let opened = keyring.open(packet);
        assert_eq!(opened.as_ref().map(|opened| opened.verified), expected);
        assert!(opened.is_none_or(|opened| opened.bytes == TEXT));
    }

    #[test]
    fn what_a_signature_proves_is_told_apart() {
        check(&published(true), Some(Verified::Full));
        check(&published(false), Some(Verified::Legacy));
        let mut forged = published(true);
        forged.usr2 = Field::from([9; 32]);
        check(&forged, Some(Verified::No));
    }

    #[test]
    fn a_damaged_message_is_not_opened() {
        let mut damaged = published(true);
        damaged.message = damaged.message.slice(1..);
        check(&damaged, None);
    }
}
