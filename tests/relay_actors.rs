//! Peers as actors on real sockets of this machine: what crosses the actors of one peer, and
//! what crosses the wire between two.

#[allow(dead_code, unreachable_pub)]
#[path = "relay_actors/pair.rs"]
mod pair;

use bytes::Bytes;
use pair::Pair;
use socket_runtime::{
    actors::kit::{fresh_cause, with_cause},
    messages::{
        cause::CauseId,
        inspector::Level,
        relay::{DescribePeer, InjectPackets, JoinSubcluster, PublishMessage},
    },
    relay::{
        keys::SharedKey,
        peer::{Event, Publication},
    },
};

const KEY: SharedKey = SharedKey([5; 32]);

#[test]
fn peers_find_each_other_and_messages_arrive() {
    let pair = Pair::open();
    for side in [&pair.one, &pair.other] {
        side.ask(JoinSubcluster {
            cluster: None,
            shared_key: KEY,
        })
        .unwrap();
    }
    for length in [100, 3000] {
        let message = Bytes::from(vec![b'm'; length]);
        let publication = Publication::new(KEY, message.clone());
        let ids = pair.one.ask(PublishMessage { publication }).unwrap();
        let packet = pair.other.until(|event| match event {
            Event::Packet { packet, .. } => Some(packet),
            _ => None,
        });
        assert_eq!(packet.id(), ids.first().copied());
        assert_eq!(
            socket_runtime::relay::keys::open(&packet.message, &KEY.key_pair()),
            Ok(message.to_vec())
        );
    }
    pair.stop();
}

#[test]
fn what_a_packet_brings_about_goes_back_to_the_same_cause_on_both_peers() {
    let pair = Pair::open();
    pair.registry().set_level_of_all(Level::Recorder);
    for side in [&pair.one, &pair.other] {
        side.ask(JoinSubcluster {
            cluster: None,
            shared_key: KEY,
        })
        .unwrap();
    }
    let publication = Publication::new(KEY, Bytes::from_static(b"hello"));
    let told = fresh_cause();
    let publish = PublishMessage { publication };
    let ids = with_cause(told, || pair.one.ask(publish)).unwrap();
    let in_packet = CauseId::from_bytes(*ids[0].0.first_chunk().unwrap());
    pair.other
        .until(|event| matches!(event, Event::Packet { .. }).then_some(()));
    // An owner is told a moment before its line is written.
    let reported = pair.until_noted("owner:other", |entry| {
        entry.message == "PeerReported" && entry.cause == in_packet
    });
    assert_eq!(reported.sender.as_deref(), Some("relay:other"));
    let sent = pair.until_noted("relay:one", |entry| entry.link == Some(in_packet));
    assert_eq!(sent.cause, told, "it goes on as the packet");
    let arrived = pair.until_noted("relay:other", |entry| entry.link == Some(in_packet));
    let first = pair.until_noted("relay:other", |entry| {
        entry.message == "DatagramsArrived" && entry.cause == arrived.cause
    });
    assert_eq!(first.sender, None, "its chain begins with a datagram");
    let kept = pair.until_noted("packet_cache:other", |entry| entry.cause == arrived.cause);
    assert_eq!(kept.message, "KeepPackets");
    pair.stop();
}

#[test]
fn packets_that_are_sealed_already_pass_from_peer_to_peer() {
    let pair = Pair::open();
    let packets = pair::sealed_packets(KEY, 100);
    pair.other
        .ask(JoinSubcluster {
            cluster: None,
            shared_key: KEY,
        })
        .unwrap();
    let count = pair.one.ask(InjectPackets { packets }).unwrap();
    assert_eq!(count, 100);
    for _ in 0..100 {
        pair.other
            .until(|event| matches!(event, Event::Packet { .. }).then_some(()));
    }
    let report = pair.other.ask(DescribePeer);
    assert_eq!(report.counters.forged, 0);
    assert_eq!(report.neighbours.len(), 1);
    pair.stop();
}
