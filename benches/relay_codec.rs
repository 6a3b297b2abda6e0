//! What the wire of the relay costs: packets, their ids, boxes, and the JSON of pings.
//!
//! `cargo bench --bench relay_codec`. Each figure is one packet of a full message (1024
//! bytes) with the fields that a publish has. What is counted is the thread's time on a
//! core, so that a busy machine does not change the figures much.

mod core_time;

use std::hint::black_box;

use bytes::Bytes;
use core_time::CoreTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{SeedableRng, rngs::StdRng};
use socket_runtime::relay::{
    PeerId,
    keys::{self, KeyPair, SEAL_BYTES},
    nat::NatType,
    packet::{
        Field, MESSAGE_BYTES_MAX, Packet, PacketType, PacketView, Ping, Signature, SummaryHash,
        Token, message_id, set_hops, verify_id,
    },
    split,
    summary::Summary,
};

fn publish() -> Packet {
    let mut packet = Packet::new(PacketType::PUBLISH, vec![7; MESSAGE_BYTES_MAX]);
    packet.cluster_id = Field::from([1; 32]);
    packet.subcluster_id = Field::from([2; 32]);
    packet.usr1 = Field::from([3; 32]);
    packet.usr2 = Field::from([4; 32]);
    packet.signature = Signature::new(&[5; 64]).expect("64 bytes");
    packet.packet_id = message_id(&packet.message).field();
    packet
}

fn ping() -> Ping {
    let mut ping = Ping::new(PeerId([1; 32]));
    ping.ping_id = Some(Token::from_random([1, 2, 3, 4, 5, 6]));
    ping.nat_type = Some(NatType::UNRESTRICTED);
    ping.cache_summary_hash = Some(SummaryHash([6; 20]));
    ping.cache_size = Some(6000);
    ping.uptime = Some(30_000);
    ping.timestamp = Some(1_700_000_000_000);
    ping.is_connection = true;
    ping
}

fn codec(criterion: &mut Criterion<CoreTime>) {
    let packet = publish();
    let encoded = packet.encode().expect("it fits");
    let mut group = criterion.benchmark_group("codec");
    group.throughput(Throughput::Elements(1));
    group.bench_function("encode", |b| b.iter(|| black_box(&packet).encode()));
    let mut buffer = Vec::with_capacity(encoded.len());
    group.bench_function("encode_into", |b| {
        b.iter(|| {
            buffer.clear();
            black_box(&packet).encode_into(&mut buffer)
        });
    });
    group.bench_function("decode_view", |b| {
        b.iter(|| PacketView::decode(black_box(&encoded)).map(|view| view.message.len()));
    });
    group.bench_function("decode_owned", |b| {
        b.iter(|| Packet::decode(black_box(&encoded)));
    });
    let mut patched = encoded.to_vec();
    group.bench_function("set_hops", |b| {
        b.iter(|| set_hops(black_box(&mut patched), 3))
    });
    group.bench_function("derive_id", |b| b.iter(|| black_box(&packet).derive_id()));
    group.bench_function("verify_id", |b| {
        b.iter(|| verify_id(black_box(&packet), None))
    });
    group.finish();
}

fn messages(criterion: &mut Criterion<CoreTime>) {
    let ping = ping();
    let encoded = ping.encode();
    let mut group = criterion.benchmark_group("messages");
    group.throughput(Throughput::Elements(1));
    group.bench_function("ping_encode", |b| b.iter(|| black_box(&ping).encode()));
    group.bench_function("ping_parse", |b| {
        b.iter(|| Ping::parse(black_box(&encoded)))
    });
    group.bench_function("ping_packet_round_trip", |b| {
        b.iter(|| {
            let packet = Packet::new(PacketType::PING, black_box(&ping).encode());
            let bytes: Bytes = packet.with_derived_id().encode().expect("it fits");
            Packet::decode(&bytes).map(|packet| Ping::parse(&packet.message))
        });
    });
    group.finish();
}

fn boxes(criterion: &mut Criterion<CoreTime>) {
    let pair = KeyPair::from_seed([7; 32]);
    let mut random = StdRng::seed_from_u64(7);
    let plaintext = vec![9; MESSAGE_BYTES_MAX - SEAL_BYTES];
    let sealed = keys::seal(&plaintext, &pair, &mut random);
    let mut group = criterion.benchmark_group("keys");
    group.throughput(Throughput::Elements(1));
    group.bench_function("seal", |b| {
        b.iter(|| keys::seal(black_box(&plaintext), &pair, &mut random));
    });
    group.bench_function("open", |b| b.iter(|| keys::open(black_box(&sealed), &pair)));
    group.bench_function("key_pair", |b| {
        b.iter(|| KeyPair::from_seed(black_box([7; 32])))
    });
    group.bench_function("sign", |b| b.iter(|| pair.sign(black_box(&[7; 32]))));
    let signature = pair.sign(&[7; 32]);
    group.bench_function("verify", |b| {
        b.iter(|| keys::verify(pair.public(), black_box(&[7; 32]), &signature));
    });
    group.finish();
}

fn wholes(criterion: &mut Criterion<CoreTime>) {
    let mut whole = publish();
    whole.message = vec![7; 1 << 20].into();
    let parts = split::split(&whole, None, 0).expect("it is not too long");
    let ids: Vec<_> = parts.iter().filter_map(Packet::id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    let mut group = criterion.benchmark_group("wholes");
    group.throughput(Throughput::Bytes(whole.message.len() as u64));
    group.bench_function("split_1_mib", |b| {
        b.iter(|| split::split(black_box(&whole), None, 0));
    });
    group.bench_function("compose_1_mib", |b| {
        b.iter(|| split::compose(black_box(&parts)))
    });
    group.throughput(Throughput::Elements(sorted.len() as u64));
    group.bench_function("summary_of_1025", |b| {
        b.iter(|| Summary::compute(&[], black_box(&sorted)));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CoreTime);
    targets = codec, messages, boxes, wholes
}
criterion_main!(benches);
