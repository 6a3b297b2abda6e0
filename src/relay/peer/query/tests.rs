//! Questions and answers among neighbours.

use proptest::prelude::*;
use serde_json::json;

use super::{super::neighbourhood::*, *};

/// A question that a neighbour sends on.
fn question(id: u8, text: &Value) -> Packet {
    let mut packet = Packet::new(PacketType::QUERY, text.to_string());
    (packet.usr3, packet.usr4) = (Field::from([id; 32]), digit_field(QUESTION));
    packet.usr1 = Field::new(b"1700000000000").unwrap();
    packet.with_derived_id()
}

fn answer(id: u8, size: usize) -> Vec<Packet> {
    let mut packet = Packet::new(PacketType::QUERY, vec![b'y'; size]);
    (packet.usr3, packet.usr4) = (Field::from([id; 32]), digit_field(ANSWER));
    split::split(&packet, None, 1).unwrap()
}

#[test]
fn a_question_is_told_once_and_goes_on_but_not_back() {
    let mut town = Neighbourhood::new(6);
    let question = question(1, &json!({"color": "?"}));
    town.receive(1, &question);
    town.receive(2, &question);
    assert!(matches!(&town.events()[..], [Event::Query { from, .. }] if *from == address(1)));
    let receivers = town.receivers();
    assert_eq!(receivers.len(), 4);
    assert!(!receivers.contains(&address(1)));
}

#[test]
fn an_answer_goes_back_where_the_question_came_from_and_nowhere_else() {
    let mut town = Neighbourhood::new(6);
    town.receive(1, &question(1, &json!({})));
    town.receivers();
    town.events();
    for packet in answer(1, 3_000) {
        town.receive(3, &packet);
    }
    assert_eq!(town.receivers(), [address(1); 4]);
    for packet in answer(2, 10) {
        town.receive(3, &packet);
    }
    assert!(town.receivers().is_empty(), "nobody asked that");
    assert!(
        town.events().is_empty(),
        "a relay takes no answer for itself"
    );
}

#[test]
fn an_answer_of_several_packets_reaches_the_asker_whole() {
    let mut town = Neighbourhood::new(6);
    let id = town
        .peer
        .query(town.now, json!({"a": 1}), None, None)
        .unwrap();
    town.drain();
    assert_eq!(town.receivers().len(), 4);
    for mut packet in answer(0, 3_000) {
        packet.usr3 = id.field();
        town.receive(2, &packet);
    }
    let events = town.events();
    let [Event::Answer { packet, id: of, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((packet.message.len(), *of), (3_000, id.field()));
}

#[test]
fn the_first_peer_is_asked_alone_and_the_network_only_if_it_is_silent() {
    for is_answered in [true, false] {
        let mut town = Neighbourhood::new(6);
        let wanted = PacketId([5; 32]);
        let first = Some(peer_id(4));
        let id = town
            .peer
            .query(town.now, Value::Null, Some(wanted), first)
            .unwrap();
        town.drain();
        assert_eq!(wanted_packet(&town.sent[0].1), Some(wanted));
        assert_eq!(town.receivers(), [address(4)]);
        if is_answered {
            let mut packet = answer(0, 10).remove(0);
            packet.usr3 = id.field();
            town.receive(4, &packet);
        }
        town.advance(499);
        assert!(town.receivers().is_empty());
        town.advance(1);
        assert_eq!(town.receivers().len(), if is_answered { 0 } else { 4 });
    }
}

#[test]
fn what_is_in_the_cache_is_the_answer_and_what_is_not_is_asked_further() {
    for is_there in [true, false] {
        let mut town = Neighbourhood::new(6);
        let text = json!({"packetId": PacketId([5; 32]).to_string()});
        town.receive(1, &question(1, &text));
        let find = town.outputs.iter().find_map(|output| match output {
            Output::Find(lookup) => Some(*lookup),
            _ => None,
        });
        let lookup = find.unwrap();
        assert_eq!(lookup.id, PacketId([5; 32]));
        let mut packet = Packet::new(PacketType::PUBLISH, "kept");
        packet.packet_id = crate::relay::packet::message_id(b"kept").field();
        let packets = if is_there { vec![packet] } else { Vec::new() };
        town.peer.handle_found(town.now, Found { lookup, packets });
        town.drain();
        if is_there {
            let (to, sent) = &town.sent[0];
            assert_eq!((*to, sent.kind), (address(1), PacketType::QUERY));
            assert_eq!(sent.usr4.as_slice(), b"2");
        }
        assert_eq!(town.receivers().len(), if is_there { 1 } else { 4 });
    }
}

#[test]
fn a_stranger_gets_no_answer_and_its_question_goes_nowhere() {
    let mut town = Neighbourhood::new(6);
    let datagram = question(1, &json!({})).encode().unwrap();
    town.receive_bytes(address(99), datagram);
    assert!(town.events().is_empty() && town.receivers().is_empty());
}

#[test]
fn the_owner_answers_on_the_way_back_for_as_long_as_that_is_known() {
    let mut town = Neighbourhood::new(6);
    town.receive(1, &question(1, &json!({})));
    town.receivers();
    let id = PacketId([1; 32]);
    let ids = town.peer.answer(town.now, id, "red".into()).unwrap();
    town.drain();
    assert_eq!((ids.len(), town.receivers()), (1, vec![address(1)]));
    town.advance(60_000);
    let outcome = town.peer.answer(town.now, id, "late".into());
    assert_eq!(outcome, Err(CommandError::NotFound { id }));
}

#[test]
fn any_number_of_questions_stays_within_the_bound() {
    let mut town = Neighbourhood::new(2);
    for number in 0..2_000_u32 {
        let mut packet = question(1, &json!({"packetId": PacketId([5; 32]).to_string()}));
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        packet.usr3 = Field::from(id);
        town.receive(1, &packet);
        town.advance(10);
    }
    for table in town.peer.gossip.queries.tables() {
        assert!(table.count <= table.count_max, "{table:?}");
    }
}

/// What JavaScript's `parseInt(text, 10)` makes of a field, as far as it matters here.
fn reads_as_number(field: &Field) -> bool {
    let text = String::from_utf8_lossy(field.as_slice()).into_owned();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_digit())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_field_of_a_kept_packet_reads_as_an_old_time_and_none_is_lost(
        first in prop_oneof![any::<u8>(), Just(b'7'), Just(b' ')],
        rest in prop::collection::vec(any::<u8>(), 0..31),
    ) {
        let mut packet = Packet::new(PacketType::PUBLISH, "kept");
        packet.usr1 = Field::new(&[&[first], &rest[..]].concat()).unwrap();
        let answer = as_answer(packet.clone(), Field::from([1; 32]));
        prop_assert!(!reads_as_number(&answer.usr1));
        prop_assert_eq!(answer.usr4.as_slice()[0], b'2');
        prop_assert_eq!(without_query(answer), packet);
    }
}
