//! What is wrong with how the reference answers and believes strangers, and does not happen here:
//! amplification (12.4) and forged identities (12.5); the numbers are those of section 12 of the
//! protocol's description.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use relay_model::{Nat, bench::*, ordinary, with_indexed};
use socket_runtime::relay::{
    Address,
    keys::KeyPair,
    nat::NatType,
    packet::{Intro, Packet, PacketType, Ping, Pong, Token},
    peer::{Transmit, Wire},
};

#[test]
fn w12_4_pings_from_a_forged_address_cost_it_little_more_than_they_bring() {
    let mut bench = Bench::indexed();
    let victim = Ipv4Addr::new(7, 7, 7, 7);
    let (mut out, mut paid) = (0, 0);
    for number in 0..200_u8 {
        let mut ping = Ping::new(id(number));
        ping.is_reflection = true;
        ping.reflection_id = Some(Token::from_random([number; 6]));
        ping.probe_external_port = Some(9_999);
        let bytes = Packet::new(PacketType::PING, ping.encode())
            .encode()
            .unwrap();
        paid += bytes.len();
        out += bytes_to(
            &bench.take_bytes(Wire::Main, Address::new(victim, 53), bytes),
            victim,
        );
        out += bytes_to(&bench.pass(Duration::from_millis(10)), victim);
    }
    // Two seconds: the first allowance, and a renewal each 150 ms.
    assert!(out <= paid + 1_024 + 14 * 512, "{out} bytes for {paid}");
    let mut out = 0;
    for number in 0..40_u8 {
        let sent = bench.take(Wire::Main, Address::new(victim, 54), &link_ping(id(number)));
        out += bytes_to(&sent, victim);
        out += bytes_to(&bench.pass(Duration::from_millis(100)), victim);
    }
    let paid = 40 * link_ping(id(1)).encode().unwrap().len();
    assert!(out <= paid + 1_024, "{out} bytes for {paid}");
}

#[test]
fn w12_4_a_v6_reflection_gets_its_two_pongs() {
    let mut bench = Bench::indexed();
    let mut ping = Ping::new(id(5));
    ping.is_reflection = true;
    ping.reflection_id = Some(Token::from_random([5; 6]));
    ping.probe_external_port = Some(6_001);
    let packet = Packet::new(PacketType::PING, ping.encode());
    let sent = bench.take(Wire::Main, at(5), &packet);
    let found: Vec<(Wire, Address)> = sent.iter().map(|sent| (sent.wire, sent.to)).collect();
    let probe = Address::new(*at(5).ip(), 6_001);
    assert_eq!(found, [(Wire::Main, at(5)), (Wire::Probe, probe)]);
    let again = bench.take(Wire::Main, at(5), &packet);
    assert!(
        again.iter().all(|sent| sent.wire == Wire::Main),
        "the second answer goes once"
    );
    ping.reflection_id = None;
    let sent = bench.take(
        Wire::Main,
        at(5),
        &Packet::new(PacketType::PING, ping.encode()),
    );
    assert!(
        sent.iter().all(|sent| sent.wire == Wire::Main),
        "without an id there is none"
    );
}

#[test]
fn w12_4_a_join_sends_nothing_to_an_address_that_it_only_claims() {
    let mut bench = Bench::indexed();
    for number in 10..16 {
        bench.meet(id(number), at(number));
    }
    let victim = Ipv4Addr::new(7, 7, 7, 7);
    for (from, joiner) in [(at(10), id(90)), (at(60), id(91)), (at(10), id(10))] {
        let packet = join(joiner, Address::new(victim, 80), 1);
        let mut sent = bench.take(Wire::Main, from, &packet);
        sent.extend(bench.pass(Duration::from_secs(5)));
        assert_eq!(bytes_to(&sent, victim), 0);
        let told = sent
            .iter()
            .filter(|sent| sent.payload[4] == PacketType::INTRO.0);
        let told = told.filter(|sent| {
            let packet = Packet::decode(&sent.payload).unwrap();
            Intro::parse(&packet.message).unwrap().address == victim
        });
        assert_eq!(told.count(), 0, "others are not sent there either");
    }
}

#[test]
fn w12_4_an_introduction_by_a_stranger_moves_nothing() {
    let mut bench = Bench::indexed();
    let victim = Ipv4Addr::new(7, 7, 7, 7);
    for nat in [31, 15, 7, 5] {
        let packet = intro(id(90), Address::new(victim, 80), NatType(nat), id(66));
        let mut sent = bench.take(Wire::Main, at(66), &packet);
        sent.extend(bench.pass(Duration::from_secs(15)));
        assert_eq!(sent.len(), 0, "natType {nat}");
    }
}

#[test]
fn w12_4_introductions_by_a_neighbour_pierce_one_address_once_and_few_at_all() {
    let (mut network, bootstraps) = with_indexed(1, 3);
    let node = network.add(
        ordinary(9, &bootstraps),
        Ipv4Addr::new(9, 9, 9, 9),
        Nat::Port,
    );
    network.open(node);
    network.run_for(Duration::from_secs(5));
    let own = network.nodes[node].ready().unwrap().0.unwrap();
    network.trace = Some(Vec::new());
    for number in 0..100 {
        let victim = Address::new(Ipv4Addr::new(7, 7, 7, number / 10), 80);
        let by = network.peer(0).peer_id();
        let packet = intro(id(100 + number), victim, NatType::ENDPOINT_RESTRICTED, by);
        network.inject(bootstraps[0].address, own, packet.encode().unwrap());
    }
    network.run_for(Duration::from_secs(20));
    let trace = network.trace.take().unwrap();
    let openings = trace.iter().filter(|sent| sent.payload.len() == 1).count();
    assert!(openings > 0, "a neighbour is believed");
    assert!(openings <= 4 * 1_024, "{openings} datagrams");
}

#[test]
fn w12_5_another_address_with_a_peer_s_id_does_not_take_its_place() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    bench.pass(Duration::from_secs(5));
    // The thief proves its own address, but the peer still answers at its own.
    let sent = bench.take(Wire::Main, at(66), &link_ping(id(10)));
    let token = ping_to(&sent, at(66)).expect("the new address is asked");
    assert_eq!(bench.entry(&id(10)), Some(at(10)));
    bench.echo(id(10), at(66), token, None);
    assert_eq!(bench.entry(&id(10)), Some(at(10)), "nothing moves at once");
    bench.pass(Duration::from_millis(100));
    let sent = bench.pass(Duration::from_secs(1));
    let token = ping_to(&sent, at(10)).expect("the old address is asked");
    bench.echo(id(10), at(10), token, None);
    bench.pass(Duration::from_secs(20));
    assert_eq!(bench.entry(&id(10)), Some(at(10)));
}

#[test]
fn w12_5_a_peer_without_a_key_moves_once_it_is_silent_where_it_was() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    bench.pass(Duration::from_secs(5));
    let sent = bench.take(Wire::Main, at(20), &link_ping(id(10)));
    let token = ping_to(&sent, at(20)).unwrap();
    bench.echo(id(10), at(20), token, None);
    let sent = bench.pass(Duration::from_secs(4));
    assert!(ping_to(&sent, at(10)).is_some(), "the old address is asked");
    assert_eq!(bench.entry(&id(10)), Some(at(20)));
}

#[test]
fn w12_5_a_key_holds_an_id_and_moves_it_at_once() {
    let mut bench = Bench::indexed();
    let (key, thief) = (KeyPair::from_text("owner"), KeyPair::from_text("thief"));
    let owner = key.peer_id();
    let greet = |bench: &mut Bench, from: Address, key: &KeyPair| {
        let sent = bench.take(Wire::Main, from, &signed(link_ping(owner), key));
        let pong = sent
            .iter()
            .find(|sent| sent.to == from && sent.payload[4] == 2);
        let pong = pong.map(|sent| Packet::decode(&sent.payload).unwrap());
        let token = pong.and_then(|pong| pong.usr3.as_slice().try_into().ok());
        if let Some(token) = token {
            bench.echo(owner, from, Token::from_random(token), Some(key));
        }
    };
    greet(&mut bench, at(10), &key);
    assert_eq!(bench.entry(&owner), Some(at(10)));
    bench.pass(Duration::from_secs(5));
    greet(&mut bench, at(66), &thief);
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.entry(&owner), Some(at(10)), "another key");
    greet(&mut bench, at(20), &key);
    assert_eq!(bench.entry(&owner), Some(at(20)), "its own key");
    // Nor does anybody without a key take it over.
    bench.pass(Duration::from_secs(5));
    let sent = bench.take(Wire::Main, at(66), &link_ping(owner));
    if let Some(token) = ping_to(&sent, at(66)) {
        bench.echo(owner, at(66), token, None);
    }
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.entry(&owner), Some(at(20)), "no key");
}

#[test]
fn w12_5_a_signature_of_something_else_proves_nothing() {
    let mut bench = Bench::indexed();
    let key = KeyPair::from_text("owner");
    let sent = bench.take(Wire::Main, at(10), &signed(link_ping(key.peer_id()), &key));
    let pong = Packet::decode(&sent[0].payload).unwrap();
    let token = Token::from_random(pong.usr3.as_slice().try_into().unwrap());
    let mut answer = Pong::new(bench.peer.peer_id(), key.peer_id());
    answer.ping_id = Some(token);
    let mut packet = signed(Packet::new(PacketType::PONG, answer.encode()), &key);
    let elsewhere = signed(Packet::new(PacketType::PONG, "{}"), &key);
    packet.signature = elsewhere.signature;
    bench.take(Wire::Main, at(10), &packet);
    assert_eq!(bench.entry(&key.peer_id()), None);
    assert_eq!(bench.peer.report(bench.now).counters.forged, 1);
}

#[test]
fn w12_5_a_pong_that_nobody_asked_for_makes_no_neighbour() {
    let mut bench = Bench::indexed();
    bench.echo(id(66), at(66), Token::from_random([1; 6]), None);
    let mut pong = Pong::new(bench.peer.peer_id(), id(66));
    pong.is_connection = true;
    pong.nat_type = Some(NatType::UNRESTRICTED);
    bench.take(
        Wire::Main,
        at(66),
        &Packet::new(PacketType::PONG, pong.encode()),
    );
    assert_eq!(bench.entry(&id(66)), None);
    // Nor does the right answer from the wrong address.
    let sent = bench.take(Wire::Main, at(10), &link_ping(id(10)));
    let token = ping_to(&sent, at(10)).unwrap();
    bench.echo(id(10), at(66), token, None);
    assert_eq!(bench.entry(&id(10)), None);
}

#[test]
fn w12_5_a_join_forged_before_the_true_one_does_not_swallow_it() {
    let mut bench = Bench::indexed();
    for number in 10..14 {
        bench.meet(id(number), at(number));
    }
    bench.meet(id(30), at(30));
    let told = |sent: &[Transmit]| {
        let mut sent = sent.iter();
        sent.any(|sent| sent.to == at(30) && sent.payload[4] == PacketType::INTRO.0)
    };
    let forged = join(id(30), at(30), 1);
    let sent = bench.take(Wire::Main, at(66), &forged);
    assert!(!told(&sent), "a stranger makes nobody meet");
    let sent = bench.take(Wire::Main, at(30), &forged);
    assert!(told(&sent), "the peer itself does, with the same packet id");
}
