//! What a stranger, a forger of addresses or a bad neighbour may try on our table, our links and
//! others through us.

mod relay_model;

use std::{net::Ipv4Addr, time::Duration};

use relay_model::{Nat, bench::*, bootstrap, indexed, ordinary, with_indexed};
use socket_runtime::relay::{
    Address, PeerId,
    keys::KeyPair,
    nat::NatType,
    packet::{Packet, PacketType, Ping, Pong, Token},
    peer::{LinkVia, Wire},
};

/// The token of ours in a pong to an address.
fn token_to(sent: &[socket_runtime::relay::peer::Transmit], to: Address) -> Option<Token> {
    let mut sent = sent.iter().filter(|sent| sent.to == to);
    sent.find_map(|sent| {
        let packet = Packet::decode(&sent.payload).ok()?;
        (packet.kind == PacketType::PONG).then_some(())?;
        Some(Token::from_random(packet.usr3.as_slice().try_into().ok()?))
    })
}

fn life_ping(peer: PeerId) -> Packet {
    let mut ping = Ping::new(peer);
    ping.nat_type = Some(NatType::UNRESTRICTED);
    Packet::new(PacketType::PING, ping.encode())
}

fn count_of(bench: &Bench, table: &str) -> usize {
    let tables = bench.peer.report(bench.now).tables;
    let mut tables = tables.into_iter();
    tables.find(|own| own.name == table).unwrap().count
}

#[test]
fn nobody_moves_a_peer_by_passing_on_what_it_signs() {
    let mut bench = Bench::indexed();
    let owner = KeyPair::from_text("owner");
    let id = owner.peer_id();
    let sent = bench.take(Wire::Main, at(10), &signed(link_ping(id), &owner));
    bench.echo(id, at(10), token_to(&sent, at(10)).unwrap(), Some(&owner));
    assert_eq!(bench.entry(&id), Some(at(10)));
    bench.pass(Duration::from_secs(5));
    // A thief says to be the owner, and has the owner sign our token: it pings it in our name.
    let sent = bench.take(Wire::Main, at(66), &signed(link_ping(id), &owner));
    let token = token_to(&sent, at(66)).expect("the new address is asked");
    let mut pong = Pong::new(bench.peer.peer_id(), id);
    pong.is_connection = true;
    pong.ping_id = Some(token);
    (pong.address, pong.port) = (Some(*at(66).ip()), Some(at(66).port()));
    let packet = signed(Packet::new(PacketType::PONG, pong.encode()), &owner);
    bench.take(Wire::Main, at(66), &packet);
    assert_eq!(
        bench.entry(&id),
        Some(at(10)),
        "the owner saw the thief, not us"
    );
    let sent = bench.pass(Duration::from_millis(100));
    let token = ping_to(&sent, at(10));
    let token = token.or_else(|| ping_to(&bench.pass(Duration::from_secs(1)), at(10)));
    bench.echo(id, at(10), token.expect("the owner is asked"), None);
    bench.pass(Duration::from_secs(20));
    assert_eq!(bench.entry(&id), Some(at(10)));
}

#[test]
fn a_flood_of_forged_pings_pushes_out_no_question_of_ours() {
    let mut bench = Bench::indexed();
    for number in 10..20 {
        bench.meet(id(number), at(number));
    }
    bench.pass(Duration::from_secs(20));
    let before = count_of(&bench, "challenges");
    let key = KeyPair::from_text("anybody");
    for number in 0..1_500_u16 {
        let [high, low] = number.to_be_bytes();
        let from = Address::new(Ipv4Addr::new(44, high, low, 9), 5_000);
        bench.take(Wire::Main, from, &signed(link_ping(key.peer_id()), &key));
        bench.take(Wire::Main, from, &link_ping(id(low)));
    }
    assert_eq!(count_of(&bench, "challenges"), before);
}

#[test]
fn forged_datagrams_do_not_keep_a_dead_neighbour() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    // The peer is gone; somebody goes on in its name, and never sees our pings.
    for _ in 0..60 {
        bench.pass(Duration::from_secs(10));
        bench.take(Wire::Main, at(10), &life_ping(id(10)));
    }
    assert_eq!(bench.entry(&id(10)), None);
}

#[test]
fn a_busy_neighbour_that_answers_now_and_then_stays() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    for round in 0..90 {
        let sent = bench.pass(Duration::from_secs(10));
        bench.take(Wire::Main, at(10), &life_ping(id(10)));
        if let Some(token) = ping_to(&sent, at(10)).filter(|_| round % 5 == 0) {
            bench.echo(id(10), at(10), token, None);
        }
    }
    assert_eq!(bench.entry(&id(10)), Some(at(10)));
}

#[test]
fn an_introduction_does_not_send_us_where_only_we_can_go() {
    let mut bench = Bench::indexed();
    bench.meet(id(10), at(10));
    bench.pass(Duration::from_secs(1));
    let near = [
        "127.0.0.1:53",
        "10.0.0.1:53",
        "192.168.1.1:53",
        "169.254.1.1:53",
        "100.64.0.1:53",
        "224.0.0.251:5353",
        "255.255.255.255:53",
        "0.0.0.0:53",
        "8.8.8.8:0",
    ];
    for (number, place) in (100..).zip(near) {
        let packet = intro(id(number), place.parse().unwrap(), NatType(31), id(10));
        bench.take(Wire::Main, at(10), &packet);
        let sent = bench.pass(Duration::from_secs(3));
        assert!(sent.iter().all(|sent| sent.to == at(10)), "{place}");
    }
    // Somebody near may tell of others near.
    let neighbour: Address = "192.168.1.9:5000".parse().unwrap();
    bench.meet(id(11), neighbour);
    let other = "192.168.1.8:5000".parse().unwrap();
    let packet = intro(id(120), other, NatType(31), id(11));
    let mut sent = bench.take(Wire::Main, neighbour, &packet);
    sent.extend(bench.pass(Duration::from_secs(1)));
    assert!(ping_to(&sent, other).is_some());
}

#[test]
fn one_neighbour_cannot_make_us_ping_many_or_believe_in_many() {
    for nat in [31, 13] {
        let mut bench = Bench::indexed();
        bench.meet(id(10), at(10));
        let mut sent = Vec::new();
        for number in 0..600_u16 {
            let [high, low] = number.to_be_bytes();
            let mut peer = [9; 32];
            peer[..2].copy_from_slice(&[high, low]);
            let victim = Address::new(Ipv4Addr::new(7, 7, 7, 7), 1_000 + number);
            let packet = intro(PeerId(peer), victim, NatType(nat), id(10));
            sent.extend(bench.take(Wire::Main, at(10), &packet));
            sent.extend(bench.pass(Duration::from_millis(10)));
        }
        sent.extend(bench.pass(Duration::from_secs(4)));
        let pings = sent.iter().filter(|sent| sent.to.ip().octets()[0] == 7);
        let pings = pings.count();
        println!("natType {nat}: {pings} pings");
        assert!(pings <= 3 * 16 * 6, "natType {nat}: {pings} pings");
        let neighbours = bench.peer.report(bench.now).neighbours;
        let carried = neighbours
            .iter()
            .filter(|own| matches!(own.via, LinkVia::Proxy(_)))
            .count();
        assert!(carried <= 32, "natType {nat}: {carried} through one");
    }
}

#[test]
fn a_configured_peer_that_was_never_heard_gets_no_more_than_came_in_its_name() {
    let mut bench = Bench::new(indexed(1, at(1), &[bootstrap(at(5))]));
    bench.pass(Duration::from_secs(5));
    let (mut bytes_in, mut bytes_out) = (0, 0);
    for number in 0..200_u8 {
        let mut ping = Ping::new(id(5));
        ping.is_reflection = true;
        ping.reflection_id = Some(Token::from_random([number; 6]));
        ping.probe_external_port = Some(53);
        let packet = Packet::new(PacketType::PING, ping.encode());
        bytes_in += packet.encode().unwrap().len();
        let sent = bench.take(Wire::Main, at(5), &packet);
        bytes_out += bytes_to(&sent, *at(5).ip());
    }
    assert!(
        bytes_out <= bytes_in + 1_024 + 512,
        "{bytes_out} for {bytes_in}"
    );
}

#[test]
fn a_host_that_could_not_be_pierced_is_let_alone_for_a_while() {
    let (mut network, bootstraps) = with_indexed(1, 3);
    let ip = Ipv4Addr::new(9, 9, 9, 9);
    let node = network.add(ordinary(9, &bootstraps), ip, Nat::Port);
    network.open(node);
    network.run_for(Duration::from_secs(5));
    let own = network.nodes[node].ready().unwrap().0.unwrap();
    network.trace = Some(Vec::new());
    let by = network.peer(0).peer_id();
    for number in 0..20 {
        let victim = Address::new(Ipv4Addr::new(7, 7, 7, 7), 80 + u16::from(number));
        let packet = intro(id(100 + number), victim, NatType::ENDPOINT_RESTRICTED, by);
        network.inject(bootstraps[0].address, own, packet.encode().unwrap());
        network.run_for(Duration::from_secs(1));
    }
    let trace = network.trace.take().unwrap();
    let openings = trace.iter().filter(|sent| sent.payload.len() == 1).count();
    assert_eq!(openings, 1_024, "one piercing in 20 s");
}
