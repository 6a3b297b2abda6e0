//! Bytes to packets, messages, summaries and whole messages: nothing may panic, and
//! what is taken must come back as it was.

use bytes::Bytes;

use crate::relay::{
    PacketId,
    packet::{
        Head, Intro, Join, PACKET_BYTES_MAX, Packet, PacketType, PacketView, Ping, Pong,
        fragment_id, message_id, message_json, verify_id,
    },
    split::{self, MESSAGE_BYTES_MAX},
    summary::Summary,
};

/// Feeds bytes to every decoder.
pub fn run(data: &[u8]) {
    if let Some(packet) = datagram(data) {
        message(&packet);
        summary(&packet.message);
    } else {
        control(data);
        summary(data);
        whole(data);
    }
}

/// What is a packet is the same packet however it is taken apart, and fits a datagram.
fn datagram(data: &[u8]) -> Option<Packet> {
    let bytes = Bytes::copy_from_slice(data);
    let Ok(view) = PacketView::decode(data) else {
        assert!(Packet::decode(&bytes).is_err());
        return None;
    };
    let packet = Packet::decode(&bytes).expect("what a view takes, a packet takes");
    assert_eq!(Packet::from(&view), packet);
    let encoded = packet.encode().expect("what was decoded is not too long");
    assert!(encoded.len() <= PACKET_BYTES_MAX);
    assert_eq!(encoded.len(), packet.encoded_length());
    assert_eq!(Packet::decode(&encoded).as_ref(), Ok(&packet));
    Some(packet)
}

fn message(packet: &Packet) {
    let _ = message_json(packet);
    let _ = verify_id(packet, None);
    let _ = verify_id(packet, Some(PacketId([0; 32])));
    control(&packet.message);
}

/// What is a control message says the same after it was said again.
fn control(message: &[u8]) {
    if let Ok(ping) = Ping::parse(message) {
        assert_eq!(Ping::parse(&ping.encode()), Ok(ping));
    }
    if let Ok(pong) = Pong::parse(message) {
        assert_eq!(Pong::parse(&pong.encode()), Ok(pong));
    }
    if let Ok(intro) = Intro::parse(message) {
        assert_eq!(Intro::parse(&intro.encode()), Ok(intro));
    }
    if let Ok(join) = Join::parse(message) {
        assert_eq!(Join::parse(&join.encode()), Ok(join));
    }
    if let Ok(head) = Head::parse(message) {
        assert_eq!(Head::parse(&head.encode()), Ok(head));
    }
}

/// There is one way to write a summary.
fn summary(message: &[u8]) {
    if let Ok(summary) = Summary::decode(message) {
        assert_eq!(summary.encode(), message);
    }
}

/// Packets that are put together make what their head says, forged ids or true ones.
fn whole(data: &[u8]) {
    let mut parts = packets(data);
    compose(&parts);
    name_truly(&mut parts);
    compose(&parts);
}

/// Packets one after the other, each after its length in two bytes.
fn packets(mut data: &[u8]) -> Vec<Packet> {
    let mut packets = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (packet, rest) = rest.split_at(length);
        packets.extend(Packet::decode(&Bytes::copy_from_slice(packet)));
        data = rest;
    }
    packets
}

/// Gives every part the id that it would have, so that what is behind the hashes is reached.
fn name_truly(parts: &mut [Packet]) {
    parts.sort_by_key(|part| part.index);
    let mut head = None;
    let mut before = PacketId([0; 32]);
    for part in parts {
        before = match head {
            Some(_) if part.index > 0 => fragment_id(before, &part.message),
            _ => message_id(&part.message),
        };
        part.packet_id = before.field();
        part.kind = PacketType::PUBLISH;
        match head {
            Some(head) if part.index > 0 => part.previous_id = PacketId::field(&head),
            _ => head = Some(before),
        }
    }
}

fn compose(parts: &[Packet]) {
    let Ok(composed) = split::compose(parts) else {
        return;
    };
    let size = composed.packet.message.len();
    assert!(size <= MESSAGE_BYTES_MAX);
    let carried: usize = parts
        .iter()
        .filter(|part| part.index != 0)
        .map(|part| part.message.len())
        .sum();
    assert_eq!(size, carried);
    let again = split::split(&composed.packet, composed.meta.as_ref(), 0);
    if let Ok(again) = again {
        let again = split::compose(&again).expect("what was split is whole");
        assert_eq!(again.packet.message, composed.packet.message);
    }
}
