//! A bad network and bad luck: loss, repeats, disorder, a peer killed in the middle of a
//! message, an address that changes. What the protocol promises still comes true.

mod relay_support;

use std::{net::UdpSocket, time::Duration};

use relay_support::{
    Between, Clock, MAIN_PORT, PROBE_PORT, Peer, Setup, Weather, eventually, long_text, pause,
};
use serde_json::json;

/// A peer whose datagrams all go through a network that can be made bad.
fn beyond(between: &Between, number: u8, name: &str) -> Setup {
    let setup = Setup::new(name).keepalive(KEEPALIVE_SECONDS);
    setup.at(&between.home(number)).ports(MAIN_PORT, PROBE_PORT)
}

/// A network with three indexed peers, numbered from 1, and room for others.
fn network(seed: u64, member_count: u8, weather: Weather) -> (Between, Vec<Peer>) {
    let between = Between::start(seed, INDEXED_COUNT + member_count, weather);
    let mut indexed = Vec::new();
    for number in 1..=INDEXED_COUNT {
        let setup = beyond(&between, number, &format!("indexed {number}")).indexed();
        let next = knows(setup, &between, &indexed).ours();
        indexed.push(next);
    }
    (between, indexed)
}

fn knows(setup: Setup, between: &Between, indexed: &[Peer]) -> Setup {
    let numbered = (1..).zip(indexed);
    numbered.fold(setup, |setup, (number, peer)| {
        setup.knows_at(peer, &between.face(number), MAIN_PORT)
    })
}

/// A member of the room, by number from 1.
fn member(between: &Between, indexed: &[Peer], number: u8) -> Setup {
    let setup = beyond(between, INDEXED_COUNT + number, &format!("member {number}"));
    knows(setup, between, indexed).joins(ROOM)
}

#[track_caller]
fn check_discovery(seeds: std::ops::Range<u64>) {
    let runs: Vec<_> = seeds
        .map(|seed| {
            let (between, indexed) = network(seed, 1, Weather::foul());
            let peer = member(&between, &indexed, 1).ours();
            (seed, between, indexed, peer)
        })
        .collect();
    for (seed, between, _, peer) in &runs {
        let ready = peer.ready();
        let (address, port) = (between.face(INDEXED_COUNT + 1), MAIN_PORT);
        assert_eq!(ready["address"], address, "seed {seed}: {}", peer.story());
        assert_eq!(ready["port"], port, "seed {seed}: {}", peer.story());
        assert_eq!(
            ready["nat"],
            "UNRESTRICTED",
            "seed {seed}: {}",
            peer.story()
        );
    }
}

#[test]
fn discovery_ends_and_is_right_on_a_bad_line_for_seeds_1_to_10() {
    check_discovery(1..6);
    check_discovery(6..11);
}

#[test]
fn discovery_ends_and_is_right_on_a_bad_line_for_seeds_11_to_20() {
    check_discovery(11..16);
    check_discovery(16..21);
}

#[test]
fn everybody_hears_everything_on_a_bad_line() {
    let seed = 7;
    let (between, indexed) = network(seed, 5, Weather::foul());
    let members: Vec<Peer> = (1..=5)
        .map(|number| member(&between, &indexed, number).ours())
        .collect();
    members.iter().for_each(|peer| drop(peer.ready()));
    let mut texts = Vec::new();
    for number in 0..30 {
        let from = &members[number % members.len()];
        let length = if number % 3 == 0 { 3000 } else { 100 };
        let text = long_text(&format!("{number}. by {}", from.name()), length);
        from.publish(ROOM, &text);
        texts.push((from.id(), text));
    }
    for peer in &members {
        for (from, text) in &texts {
            if *from != peer.id() {
                peer.hears("packet", text);
            }
        }
        let mut heard: Vec<String> = peer.events("packet").iter().map(brief).collect();
        heard.sort();
        let all = heard.len();
        assert_eq!(all, 24, "seed {seed}: each once, and no own: {heard:#?}");
    }
    members
        .iter()
        .chain(&indexed)
        .for_each(Peer::check_is_sound);
    let (passed, lost) = between.counts();
    println!("{passed} datagrams passed, {lost} were lost");
}

/// What matters of a packet's event, and the text's beginning.
fn brief(packet: &serde_json::Value) -> String {
    let text = packet["text"].as_str().unwrap_or_default();
    let text: String = text.chars().take(20).collect();
    format!("{text} {} from {}", packet["id"], packet["address"])
}

#[test]
fn a_message_whose_publisher_is_killed_in_its_middle_is_whole_once_it_is_back() {
    let (between, indexed) = network(1, 3, Weather::fair());
    let folder = tempfile::tempdir().unwrap();
    let author = member(&between, &indexed, 1).state(folder.path().join("state"));
    let number = INDEXED_COUNT + 1;
    let first_life = author.ours();
    let readers = [2, 3].map(|number| member(&between, &indexed, number).ours());
    for reader in &readers {
        reader.event("join", |join| join["peer"] == first_life.id());
    }
    // The first twenty parts get out, and its line is cut for all others.
    between.set_gate(move |from, _, bytes| from != number || part_number(bytes) < 20);
    let text = long_text("a long story", 50_000);
    let ids = first_life.publish(ROOM, &text);
    eventually("some of it has come", || {
        (readers[0].packet_count() > 0).then_some(())
    });
    let id = first_life.id().to_owned();
    first_life.kill();
    assert!(readers[0].packet_count() < ids.len());
    // The others go on meanwhile.
    readers[0].publish(ROOM, "where is the rest?");
    readers[1].hears("packet", "where is the rest?");
    between.set_gate(|_, _, _| true);
    let second_life = author.ours();
    assert_eq!(second_life.id(), id, "the state file keeps its identity");
    for reader in &readers {
        let packet = reader.hears("packet", &text);
        assert_eq!(packet["id"], *ids[0]);
        reader.check_is_sound();
    }
    second_life.hears("packet", "where is the rest?");
}

/// Which part of a message a datagram carries; 0 if it is none.
fn part_number(datagram: &[u8]) -> i32 {
    let index = datagram.get(15..19).and_then(|bytes| bytes.try_into().ok());
    let is_publish = datagram.get(4) == Some(&PUBLISH);
    index.filter(|_| is_publish).map_or(0, i32::from_be_bytes)
}

#[test]
fn a_link_survives_a_change_of_address() {
    let (between, indexed) = network(1, 2, Weather::fair());
    let [staying, moving] = [1, 2].map(|number| member(&between, &indexed, number).ours());
    let number = INDEXED_COUNT + 2;
    staying.event("join", |join| join["peer"] == moving.id());
    moving.event("join", |join| join["peer"] == staying.id());
    staying.publish(ROOM, "before");
    moving.hears("packet", "before");
    let mark = moving.mark();
    between.move_away(number);
    let face = between.face(number);
    moving.event_since(mark, "ready", |ready| ready["address"] == *face);
    eventually("it is known by its new address", || {
        let info = staying.info();
        let known = info["neighbours"].as_array().unwrap();
        let is_there =
            |one: &serde_json::Value| one["peer"] == moving.id() && one["address"] == *face;
        known.iter().any(is_there).then_some(())
    });
    for (from, to) in [(&staying, &moving), (&moving, &staying)] {
        let text = format!("{} streams after", from.name());
        from.stream(to, ROOM, &text);
        to.hears("stream", &text);
        let text = format!("{} publishes after", from.name());
        from.publish(ROOM, &text);
        to.hears("packet", &text);
    }
}

#[test]
fn a_network_that_was_cut_in_two_is_one_again_and_has_missed_nothing() {
    let (between, indexed) = network(1, 4, Weather::fair());
    let members: Vec<Peer> = (1..=4)
        .map(|number| member(&between, &indexed, number).ours())
        .collect();
    for peer in &members {
        peer.distinct("join", "peer", 2);
    }
    let is_north = |peer: u8| peer.is_multiple_of(2);
    between.set_gate(move |from, to, _| is_north(from) == is_north(to));
    for peer in &members {
        peer.publish(ROOM, &format!("{} in its half", peer.name()));
    }
    for (from, to) in [(0, 2), (2, 0), (1, 3), (3, 1)] {
        let text = format!("{} in its half", members[from].name());
        members[to].hears("packet", &text);
        assert_eq!(members[to].events("packet").len(), 1, "the halves are cut");
    }
    between.set_gate(|_, _, _| true);
    for peer in &members {
        for other in members.iter().filter(|other| other.id() != peer.id()) {
            peer.hears("packet", &format!("{} in its half", other.name()));
        }
    }
    let info = members[0].info();
    assert_eq!(info["cache"]["packets"], json!(4), "{info}");
}

#[test]
fn a_wall_clock_that_jumps_breaks_no_link_and_loses_no_packet() {
    let (between, indexed) = network(1, 2, Weather::fair());
    let clock = Clock::right();
    let odd = member(&between, &indexed, 1).clock(&clock).ours();
    let steady = member(&between, &indexed, 2).ours();
    odd.event("join", |join| join["peer"] == steady.id());
    steady.event("join", |join| join["peer"] == odd.id());
    let mark = odd.mark();
    let mut ids = Vec::new();
    for days in [0, 1, -400, 400] {
        clock.set(days * 86_400);
        for (from, to) in [(&odd, &steady), (&steady, &odd)] {
            let text = format!("{} {days} days ahead", from.name());
            ids.extend(from.publish(ROOM, &text));
            to.hears("packet", &text);
        }
        // Long enough for heartbeats to be missed and packets to expire, if any would.
        pause(Duration::from_secs(2 * KEEPALIVE_SECONDS));
        let kept = odd.kept();
        assert!(ids.iter().all(|id| kept.contains(id)), "{}", odd.story());
    }
    let later = odd.events_since(mark, "disconnection");
    assert!(later.is_empty(), "{later:?}");
}

#[test]
fn a_live_peer_survives_what_would_kill_the_reference() {
    let peer = Setup::new("target").indexed().ours();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = (peer.address(), peer.port());
    for datagram in hostile() {
        socket.send_to(&datagram, to).unwrap();
    }
    // Somebody else is answered as if nothing had been.
    let friend = UdpSocket::bind("127.0.9.9:0").unwrap();
    friend
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let mut buffer = [0; 2048];
    eventually("a ping is answered", || {
        friend.send_to(&ping(), to).unwrap();
        friend.recv(&mut buffer).ok()
    });
    assert_eq!(buffer[4], PONG);
    peer.check_is_sound();
    let received = peer.info()["counters"]["received"].clone();
    assert!(received["ping"].as_u64() >= Some(1), "{received}");
}

/// The datagrams of section 12.2 of the protocol's description, and some noise.
fn hostile() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for kind in 0..=9 {
        for text in [
            "null",
            "[]",
            "0",
            "\"\"",
            "{}",
            "{\"isConnection\":true}",
            "{",
            "",
        ] {
            all.push(datagram(kind, -1, text.as_bytes()));
            all.push(datagram(kind, 0, text.as_bytes()));
        }
        let huge = br#"{"size":4294967296,"indexes":4294967295}"#;
        all.push(datagram(kind, 0, huge));
    }
    let whole = datagram(1, -1, b"{}");
    all.extend((0..whole.len()).map(|length| whole[..length].to_vec()));
    all.push(vec![0xff; 1500]);
    all
}

fn ping() -> Vec<u8> {
    let message = json!({ "requesterPeerId": "11".repeat(32) });
    datagram(1, -1, message.to_string().as_bytes())
}

/// A packet as the protocol lays it out, with nothing set but what is given.
fn datagram(kind: u8, index: i32, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x03, 0x05, 0x0b, 0x11, kind, 0, 6];
    let numbers = [1_i32, 0, index, 21_600_000];
    bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    let unset: &[u8] = &[0];
    let fields = [unset; 9].into_iter().chain([message, unset]);
    for field in fields {
        bytes.extend(u16::try_from(field.len()).unwrap().to_be_bytes());
        bytes.extend(field);
    }
    bytes
}

/// What the members share a key by.
const ROOM: &str = "room";
const INDEXED_COUNT: u8 = 3;
const KEEPALIVE_SECONDS: u64 = 2;
/// The packet type that carries what is published.
const PUBLISH: u8 = 5;
const PONG: u8 = 2;
