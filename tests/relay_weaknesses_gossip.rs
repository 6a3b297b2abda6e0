//! Weaknesses of the reference in what carries messages (spec section 12), each shown to be
//! gone: datagrams that kill, amplification, what nobody authenticates, questions.

mod relay_model;
mod relay_node;
mod relay_town;

use relay_model::{Sent, cluster};
use relay_town::*;
use serde_json::json;
use socket_runtime::relay::{
    self,
    cache::{CacheConfig, NEWS_MAX},
    keys::{Claim, KeyPair, sign_publish, verify_publish},
    packet::{Field, HOPS_MAX, Packet, PacketType, message_id},
    peer::Event,
    summary::Summary,
};

// 12.2 One datagram kills a peer.

#[test]
fn w12_2_a_message_that_says_null_does_no_harm() {
    let mut town = Town::new(3, CacheConfig::default());
    for kind in [PacketType::PUBLISH, PacketType::STREAM, PacketType::QUERY] {
        for message in ["null", "0", "false", "\"\"", "[]", ""] {
            for index in [-1, 0, 1, 2, i32::MAX, i32::MIN] {
                let mut packet = Packet::new(kind, message);
                packet.index = index;
                packet.packet_id = message_id(message.as_bytes()).field();
                packet.subcluster_id = key().key_pair().subcluster().field();
                packet.usr3 = town.peer_id(FIRST).field();
                packet.usr4 = town.peer_id(FIRST + 1).field();
                let from = town.address(FIRST + 1);
                town.inject(from, FIRST, &packet);
                packet.usr4 = Field::new(b"2").unwrap();
                town.inject(STRANGER, FIRST, &packet);
            }
        }
    }
    town.assert_bounded(FIRST);
}

#[test]
fn w12_2_an_empty_sync_does_no_harm() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    for length in 0..400 {
        let packet = Packet::new(PacketType::SYNC, vec![length as u8; length]);
        town.inject(from, FIRST, &packet.with_derived_id());
    }
    town.assert_bounded(FIRST);
}

#[test]
fn w12_2_a_head_without_meta_does_no_harm() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    let mut parts = packets(PacketType::PUBLISH, 1_000, 1);
    let head = format!("{{\"size\":{},\"indexes\":2}}", 1_160);
    parts[0].message = head.clone().into();
    parts[0].packet_id = message_id(head.as_bytes()).field();
    for part in &parts {
        town.inject(from, FIRST, part);
    }
    town.assert_bounded(FIRST);
}

// 12.4 Amplification.

#[test]
fn w12_4_a_sync_from_a_forged_source_draws_no_more_bytes_than_it_has() {
    let mut town = Town::new(3, CacheConfig::default());
    for number in 0..200 {
        let from = town.address(FIRST + 1);
        town.inject(from, FIRST, &foreign(number));
    }
    town.run(500);
    town.sent();
    let empty = Summary::compute(&[], &[]);
    let mut earned = 0;
    for number in 0..20_u8 {
        let mut packet = Packet::new(PacketType::SYNC, empty.encode());
        packet.next_id = Field::from([number; 32]);
        let packet = packet.with_derived_id();
        earned += packet.encode().unwrap().len();
        town.inject(STRANGER, FIRST, &packet);
        town.run(100);
    }
    let sent = town.sent();
    let drawn: usize = sent
        .iter()
        .filter(|sent| sent.to.ip() == STRANGER.ip())
        .map(|sent| sent.payload.len())
        .sum();
    assert!(drawn <= earned, "{drawn} bytes for {earned}");
}

#[test]
fn w12_4_a_false_summary_draws_one_summary_a_bucket_and_little_news_however_often_it_is_sent() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    for number in 0..100 {
        town.inject(from, FIRST, &foreign(number));
    }
    town.run(500);
    let buckets = std::array::from_fn(|digit| Some([digit as u8; 20]));
    let lie = Summary::of_buckets(Vec::new(), buckets);
    let drawn = |town: &mut Town| {
        town.sent();
        for number in 0..50_u8 {
            let mut packet = Packet::new(PacketType::SYNC, lie.encode());
            packet.clock = number.into();
            packet.packet_id = Field::from([number; 32]);
            town.inject(from, FIRST, &packet);
        }
        town.run(20);
        let sent = town.sent().into_iter();
        let answers: Vec<_> = sent
            .filter(|sent| sent.node == FIRST && sent.to == from)
            .collect();
        [PacketType::SYNC, PacketType::PUBLISH].map(|kind| {
            let of_kind = answers.iter().filter(|sent| sent.payload[4] == kind.0);
            of_kind.count()
        })
    };
    let [summaries, news] = drawn(&mut town);
    assert!((1..=16).contains(&summaries), "{summaries} summaries");
    // What came just now goes along, if it is little.
    assert!(news <= NEWS_MAX, "{news} packets");
}

#[test]
fn w12_4_an_empty_looking_publish_is_sent_on_as_it_is() {
    let mut town = Town::new(6, CacheConfig::default());
    for text in ["0", "false", "\"\""] {
        let mut packet = Packet::new(PacketType::PUBLISH, text);
        packet.index = 0;
        packet.packet_id = message_id(text.as_bytes()).field();
        let length = packet.encode().unwrap().len();
        town.sent();
        town.inject(STRANGER, FIRST, &packet);
        let sent = town.sent();
        let publishes = sent
            .iter()
            .filter(|sent| sent.payload[4] == PacketType::PUBLISH.0);
        for sent in publishes {
            assert!(sent.payload.len() <= length);
        }
    }
}

#[test]
fn w12_4_a_question_from_a_forged_source_draws_no_answer() {
    let mut town = Town::new(3, CacheConfig::default());
    let parts = packets(PacketType::PUBLISH, 3_000, 1);
    let from = town.address(FIRST + 1);
    for part in &parts {
        town.inject(from, FIRST, part);
    }
    town.sent();
    let wanted = parts[0].id().unwrap().to_string();
    let mut packet = Packet::new(PacketType::QUERY, json!({"packetId": wanted}).to_string());
    packet.usr3 = Field::from([5; 32]);
    packet.usr4 = Field::new(b"1").unwrap();
    let packet = packet.with_derived_id();
    town.inject(STRANGER, FIRST, &packet);
    town.run(1_000);
    let sent = town.sent();
    let drawn = sent.iter().filter(|sent| sent.to == STRANGER);
    let drawn: usize = drawn.map(|sent| sent.payload.len()).sum();
    assert!(drawn <= packet.encode().unwrap().len(), "{drawn} bytes");
}

// 12.5 Nothing is authenticated.

#[test]
fn w12_5_forged_content_does_not_keep_the_true_packet_out() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    for packet in packets(PacketType::PUBLISH, 3_000, 1) {
        let mut forged = packet.clone();
        forged.message = vec![0; packet.message.len()].into();
        town.inject(STRANGER, FIRST, &forged);
        town.inject(from, FIRST, &packet);
    }
    town.run(1_000);
    assert_eq!(town.message_count(FIRST), 1);
    assert!(town.counters(FIRST).forged >= 2);
}

#[test]
fn w12_5_a_false_envelope_does_not_keep_the_true_one_out() {
    let mut town = Town::new(3, CacheConfig::default());
    let packet = packets(PacketType::PUBLISH, 100, 1).remove(0);
    let mut relabelled = packet.clone();
    relabelled.subcluster_id = Field::from([66; 32]);
    town.inject(STRANGER, FIRST, &relabelled);
    let from = town.address(FIRST + 1);
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 1);
}

#[test]
fn w12_5_a_predicted_id_poisons_no_gate() {
    let mut town = Town::new(3, CacheConfig::default());
    let packet = packets(PacketType::PUBLISH, 100, 1).remove(0);
    // The same id on packets of every type, before the true one comes.
    for kind in 0..10 {
        let mut poison = Packet::new(PacketType(kind), "something else");
        poison.packet_id = packet.packet_id;
        poison.usr3 = town.peer_id(FIRST).field();
        poison.usr4 = town.peer_id(FIRST + 1).field();
        town.inject(STRANGER, FIRST, &poison);
    }
    let from = town.address(FIRST + 1);
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 1);
}

#[test]
fn w12_5_a_signature_of_a_short_message_fits_no_other() {
    let (author, pair) = (KeyPair::from_text("author"), key().key_pair());
    let mut packet = packets(PacketType::PUBLISH, 10, 1).remove(0);
    let usr1 = Field::from([1; 32]);
    let signed = |message: &[u8]| {
        let claim = Claim {
            cluster: &cluster(),
            subcluster: &pair.subcluster(),
            usr1: &usr1,
            plaintext: message,
        };
        sign_publish(&author, &claim)
    };
    packet.usr1 = usr1;
    packet.usr2 = Field::from(*author.public());
    [packet.usr3, packet.usr4] = signed(b"yes");
    assert!(verify_publish(&packet, b"yes"));
    assert!(!verify_publish(&packet, b"no"));
    packet.usr1 = Field::from([2; 32]);
    assert!(!verify_publish(&packet, b"yes"), "another event");
}

#[test]
fn w12_5_a_stream_is_taken_from_its_source_or_a_relay_and_from_nobody_else() {
    let mut town = Town::new(3, CacheConfig::default());
    let mut packet = packets(PacketType::STREAM, 10, 1).remove(0);
    packet.usr3 = town.peer_id(FIRST).field();
    packet.usr4 = town.peer_id(FIRST + 1).field();
    town.inject(STRANGER, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 0);
    let from = town.address(FIRST + 1);
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 1);
    packet.usr4 = Field::from([66; 32]);
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 0);
}

#[test]
fn w12_5_a_packet_with_more_than_all_hops_is_refused() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    let mut packet = packets(PacketType::PUBLISH, 100, 1).remove(0);
    packet.hops = HOPS_MAX + 1;
    town.sent();
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 0);
    packet.hops = HOPS_MAX;
    town.inject(from, FIRST, &packet);
    assert_eq!(town.message_count(FIRST), 1);
    let is_publish = |sent: &Sent| sent.payload[4] == PacketType::PUBLISH.0;
    assert!(!town.sent().iter().any(is_publish), "it is not sent on");
    assert!(
        town.stores[FIRST]
            .borrow()
            .cache
            .packet(packet.id().unwrap())
            .is_none()
    );
}

// 12.6 Queries.

#[test]
fn w12_6_an_answer_passes_intermediates_and_reaches_the_asker() {
    for size in [10, 3_000] {
        let mut town = Town::new(12, CacheConfig::default());
        for node in FIRST..FIRST + 12 {
            town.events(node);
        }
        let id = town.network.with(FIRST, |peer, now| {
            peer.query(now, json!({"color": "?"}), None, None).unwrap()
        });
        town.run(1_000);
        let last = FIRST + 11;
        let heard = town.events(last);
        assert!(
            heard
                .iter()
                .any(|event| matches!(event, Event::Query { .. }))
        );
        town.network.with(last, |peer, now| {
            peer.answer(now, id, vec![b'r'; size].into()).unwrap();
        });
        town.run(1_000);
        assert_eq!(town.message_count(FIRST), 1, "{size} bytes");
        for node in FIRST + 1..last {
            assert_eq!(
                town.message_count(node),
                0,
                "node {node} took it for itself"
            );
        }
    }
}

#[test]
fn w12_6_an_event_whose_hash_begins_with_a_digit_is_found() {
    let mut town = Town::new(4, CacheConfig::default());
    let mut packet = packets(PacketType::PUBLISH, 10, 1).remove(0);
    packet.usr1 = Field::new(b"1234 is no time").unwrap();
    // Only one node has it, and nobody compares caches before the question.
    let now = town.network.now();
    let arrival = relay::peer::Arrival {
        packet: packet.clone(),
        from: None,
        interest: relay::peer::Interest::Subscribed,
        is_durable: false,
    };
    town.stores[FIRST + 1].borrow_mut().cache.keep(now, arrival);
    let wanted = packet.id();
    let first = Some(town.peer_id(FIRST + 1));
    town.events(FIRST);
    town.network.with(FIRST, |peer, now| {
        peer.query(now, json!({}), wanted, first).unwrap();
    });
    town.run(200);
    let events = town.events(FIRST);
    let answer = events.iter().find_map(|event| match event {
        Event::Answer { packet, .. } => Some(packet),
        _ => None,
    });
    assert_eq!(answer.unwrap().usr1, packet.usr1);
}

#[test]
fn w12_6_and_12_7_routes_are_bounded() {
    let mut town = Town::new(3, CacheConfig::default());
    let from = town.address(FIRST + 1);
    for number in 0..10_000_u32 {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let mut packet = Packet::new(PacketType::QUERY, "{}");
        packet.usr3 = Field::from(id);
        packet.usr4 = Field::new(b"1").unwrap();
        town.inject(from, FIRST, &packet.with_derived_id());
    }
    town.assert_bounded(FIRST);
}
