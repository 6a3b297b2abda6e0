//! What the cache lists, message by message.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::relay::{
    packet::{Field, Packet},
    split::{Composed, compose},
};

/// A message, or a part of one that cannot be put together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    pub(super) packet: Packet,
    /// The user's part of the head.
    pub(super) meta: Option<Value>,
    pub(super) is_whole: bool,
}

impl Listed {
    /// Puts messages together, in the order of their first packets.
    pub(super) fn of(packets: Vec<Packet>) -> Vec<Self> {
        let mut places: BTreeMap<Field, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<Packet>> = Vec::new();
        for packet in packets {
            let message = if packet.index > 0 {
                packet.previous_id
            } else {
                packet.packet_id
            };
            let place = *places.entry(message).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.push(packet),
                None => groups.push(vec![packet]),
            }
        }
        groups.into_iter().flat_map(Self::of_message).collect()
    }

    fn of_message(parts: Vec<Packet>) -> Vec<Self> {
        match compose(&parts) {
            Ok(Composed { packet, meta }) => vec![Self {
                packet,
                meta,
                is_whole: true,
            }],
            Err(_) => parts.into_iter().map(Self::part).collect(),
        }
    }

    fn part(packet: Packet) -> Self {
        Self {
            packet,
            meta: None,
            is_whole: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{packet::PacketType, split::split};

    fn packets(length: usize) -> Vec<Packet> {
        let whole = Packet::new(PacketType::PUBLISH, vec![7; length]);
        split(&whole, None, 0).unwrap()
    }

    #[test]
    fn messages_are_whole_where_all_their_parts_are_there() {
        let (single, mut three, torn) = (packets(5), packets(2500), packets(3500));
        // Fragments may be listed before their head.
        three.rotate_left(1);
        let all = [single.clone(), three, torn[2..].to_vec()].concat();
        let listed = Listed::of(all);
        let found: Vec<_> = listed
            .iter()
            .map(|listed| (listed.packet.message.len(), listed.is_whole))
            .collect();
        assert_eq!(
            found,
            [
                (5, true),
                (2500, true),
                (1024, false),
                (1024, false),
                (428, false)
            ]
        );
        assert_eq!(listed[0].packet, single[0]);
    }
}
