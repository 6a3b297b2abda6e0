//! What a cache does, seen from outside.

mod keeping;
mod messages;
mod reconciling;
mod room;

use bytes::Bytes;

use super::{Cache, CacheConfig};
use crate::relay::{
    Address, Now, PacketId, Time,
    packet::{Field, Head, Packet, PacketType, fragment_id, message_id},
    peer::{Arrival, Interest, Keeping, Kept},
};

fn cache_of(bytes_max: usize) -> Cache {
    Cache::new(CacheConfig { bytes_max })
}

fn at(seconds: u64) -> Now {
    Now {
        time: Time::from_micros(seconds * 1_000_000),
        unix_ms: seconds * 1000,
    }
}

/// The address of a host in a /24 of its own.
fn host(net: u8) -> Address {
    Address::new([10, 0, net, 1].into(), 9777)
}

fn subcluster(number: u8) -> Field {
    Field::from([number; 32])
}

/// A publish that stands alone.
fn single(text: impl Into<Bytes>, group: u8) -> Packet {
    let mut packet = Packet::new(PacketType::PUBLISH, text.into());
    packet.packet_id = message_id(&packet.message).field();
    packet.cluster_id = Field::new(b"TEST").unwrap();
    packet.subcluster_id = subcluster(group);
    packet
}

/// A head and its parts, as a publisher makes them.
fn message(size: usize, group: u8) -> Vec<Packet> {
    let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    let count = bytes.chunks(1024).count();
    let head = Head {
        meta: serde_json::Map::new(),
        ts: 1,
        size: size as u64,
        indexes: count as u64,
    };
    let mut packets = vec![single(head.encode(), group)];
    packets[0].index = 0;
    let head_id = packets[0].id().unwrap();
    let mut before = head_id;
    for (index, chunk) in (1..).zip(bytes.chunks(1024)) {
        let mut part = single(chunk.to_vec(), group);
        before = fragment_id(before, chunk);
        part.packet_id = before.field();
        part.previous_id = head_id.field();
        part.index = index;
        packets.last_mut().unwrap().next_id = part.packet_id;
        packets.push(part);
    }
    packets
}

fn arrival(packet: &Packet, interest: Interest) -> Arrival {
    let from = (interest != Interest::Own).then(|| host(1));
    arrival_from(packet, interest, from)
}

fn arrival_from(packet: &Packet, interest: Interest, from: Option<Address>) -> Arrival {
    Arrival {
        packet: packet.clone(),
        from,
        interest,
        is_durable: false,
    }
}

fn keep(cache: &mut Cache, packet: &Packet) -> Vec<Kept> {
    cache.keep(at(0), arrival(packet, Interest::Subscribed))
}

/// Keeps a packet and says the one thing that came of it.
#[track_caller]
fn keep_one(cache: &mut Cache, now: Now, arrival: Arrival) -> Keeping {
    let mut kept = cache.keep(now, arrival);
    assert_eq!(kept.len(), 1);
    kept.remove(0).keeping
}

fn id(packet: &Packet) -> PacketId {
    packet.id().unwrap()
}

fn new() -> Keeping {
    Keeping::New { whole: Vec::new() }
}

fn no_room() -> Keeping {
    Keeping::NoRoom { whole: Vec::new() }
}
