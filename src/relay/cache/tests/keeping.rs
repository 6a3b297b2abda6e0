//! Single packets: kept, found, listed, forgotten.

use std::time::Duration;

use super::*;
use crate::relay::{SubclusterId, cache::CacheChange};

#[test]
fn a_packet_is_kept_once_and_found_again_as_it_came() {
    let (mut cache, packet) = (cache_of(100_000), single("hello", 7));
    assert_eq!(keep(&mut cache, &packet)[0].keeping, new());
    assert_eq!(keep(&mut cache, &packet)[0].keeping, Keeping::Duplicate);
    assert_eq!(cache.find(id(&packet)), std::slice::from_ref(&packet));
    assert_eq!(cache.encoded(id(&packet)), packet.encode().ok());
    assert_eq!(cache.digest(at(0)).packet_count, 1);
}

#[test]
fn only_publishes_are_kept() {
    let mut packet = single("hello", 7);
    packet.kind = PacketType::STREAM;
    let mut cache = cache_of(100_000);
    assert_eq!(keep(&mut cache, &packet)[0].keeping, no_room());
    assert_eq!(cache.digest(at(0)).packet_count, 0);
}

#[test]
fn changes_say_when_the_time_of_a_packet_is_up() {
    #[track_caller]
    fn check(ttl_ms: u32, interest: Interest, hours: f64) {
        let mut packet = single("x", 1);
        packet.ttl_ms = ttl_ms;
        let mut cache = cache_of(100_000);
        cache.keep(at(10), arrival(&packet, interest));
        let changes = cache.take_changes();
        let [CacheChange::Kept { expires_at, .. }] = changes[..] else {
            panic!("{changes:?}");
        };
        let life = expires_at.since(at(10).time);
        assert_eq!(life, Duration::from_secs_f64(hours * 3600.0));
        assert_eq!(cache.take_changes(), []);
    }
    let (six_hours, hour) = (21_600_000, 3_600_000);
    check(six_hours, Interest::Foreign, 6.0);
    check(0, Interest::Cluster, 6.0);
    check(u32::MAX, Interest::Cluster, 6.0);
    check(six_hours, Interest::Subscribed, 12.0);
    check(0, Interest::Own, 12.0);
    check(hour, Interest::Subscribed, 1.0);
    check(hour, Interest::Foreign, 1.0);
}

#[test]
fn a_packet_from_a_file_goes_on_ageing() {
    let mut cache = cache_of(100_000);
    let packet = single("x", 1);
    let age = Duration::from_secs(5 * 3600);
    cache.restore(at(0), arrival(&packet, Interest::Foreign), age);
    let changes = cache.take_changes();
    assert!(
        matches!(changes[..], [CacheChange::Kept { expires_at, .. }] if expires_at == at(3600).time),
        "{changes:?}"
    );
}

#[test]
fn a_packet_ends_everywhere_at_once_however_late_it_came() {
    const HOUR: u64 = 3600;
    let packet = single("x", 1);
    let mut caches = vec![cache_of(100_000)];
    keep(&mut caches[0], &packet);
    for hours in [2, 5] {
        let now = at(hours * HOUR);
        let passed_on = caches[caches.len() - 1].packet_to_send(now, id(&packet));
        let mut next = cache_of(100_000);
        next.keep(now, arrival(&passed_on.unwrap(), Interest::Cluster));
        caches.push(next);
    }
    for cache in &mut caches {
        assert_ne!(cache.digest(at(6 * HOUR - 1)).hash, [0; 20]);
        assert_eq!(cache.digest(at(6 * HOUR)).hash, [0; 20]);
        assert_eq!(cache.packet_to_send(at(6 * HOUR), id(&packet)), None);
    }
}

#[test]
fn a_packet_from_a_file_goes_on_with_what_is_left_of_its_life() {
    let (mut cache, packet) = (cache_of(100_000), single("x", 1));
    let age = Duration::from_secs(5 * 3600);
    cache.restore(at(0), arrival(&packet, Interest::Cluster), age);
    let sent = cache.packet_to_send(at(1), id(&packet)).unwrap();
    assert_eq!(sent.ttl_ms, 3_599_000);
}

#[test]
fn whoever_asks_for_a_packet_at_its_end_has_a_minute_to_read_it() {
    let mut cache = cache_of(100_000);
    for packet in message(3000, 7) {
        keep(&mut cache, &packet);
    }
    let head = id(&message(3000, 7)[0]);
    for (hours, minutes) in [(5, 60), (11, 1)] {
        let found = cache.find_to_send(at(hours * 3600), head);
        let lives: Vec<u32> = found.iter().map(|packet| packet.ttl_ms).collect();
        assert_eq!(lives, [minutes * 60_000; 4]);
        let sent = cache.packet_to_send(at(hours * 3600), head);
        assert_eq!(sent.is_some(), hours < 6, "nobody is sent it unasked");
    }
}

#[test]
fn a_packet_that_asks_for_a_short_life_gets_no_longer_one_by_being_passed_on() {
    let (mut cache, mut packet) = (cache_of(100_000), single("x", 1));
    packet.ttl_ms = 4_000;
    keep(&mut cache, &packet);
    let left = |seconds| {
        let sent = cache.packet_to_send(at(seconds), id(&packet));
        sent.map(|packet| packet.ttl_ms)
    };
    assert_eq!(
        [left(0), left(3), left(4)],
        [Some(4_000), Some(1_000), None]
    );
}

#[test]
fn a_part_that_comes_after_the_end_of_its_message_is_in_no_summary() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    packets[..3]
        .iter()
        .for_each(|packet| drop(keep(&mut cache, packet)));
    let late = at(7 * 3600);
    assert_eq!(cache.digest(late).hash, [0; 20]);
    let kept = cache.keep(late, arrival(&packets[3], Interest::Subscribed));
    assert!(matches!(kept[0].keeping, Keeping::New { .. }));
    assert_eq!(cache.digest(late).hash, [0; 20]);
}

#[test]
fn what_has_just_come_goes_on_as_it_came() {
    for ttl_ms in [0, 10_000, u32::MAX] {
        let mut cache = cache_of(100_000);
        let mut packet = single("x", 1);
        packet.ttl_ms = ttl_ms;
        keep(&mut cache, &packet);
        let sent = cache.packet_to_send(at(1), id(&packet));
        assert_eq!(sent, Some(packet));
    }
}

#[test]
fn a_packet_that_was_given_up_is_not_taken_again_until_it_is_worth_more() {
    let (mut cache, packet) = (cache_of(1_000_000), single("hello", 7));
    cache.keep(at(0), arrival(&packet, Interest::Foreign));
    cache.remove(at(1), id(&packet));
    assert_eq!(cache.find(id(&packet)), []);
    let again = |cache: &mut Cache, now, interest| keep_one(cache, now, arrival(&packet, interest));
    assert_eq!(
        again(&mut cache, at(2), Interest::Foreign),
        Keeping::Duplicate
    );
    assert_eq!(again(&mut cache, at(3), Interest::Subscribed), new());
    cache.remove(at(4), id(&packet));
    let later = at(4 + 12 * 3600);
    assert_eq!(again(&mut cache, later, Interest::Foreign), new());
}

#[test]
fn a_forged_subcluster_does_not_keep_the_true_packet_out() {
    let mut cache = cache_of(100_000);
    let (forged, packet) = (single("hello", 9), single("hello", 7));
    assert_eq!(id(&forged), id(&packet));
    cache.keep(at(0), arrival(&forged, Interest::Foreign));
    assert_eq!(keep(&mut cache, &packet)[0].keeping, new());
    assert_eq!(cache.find(id(&packet)), [packet]);
    let late = keep_one(&mut cache, at(0), arrival(&forged, Interest::Foreign));
    assert_eq!(late, Keeping::Duplicate);
}

#[test]
fn what_is_kept_is_listed_oldest_first() {
    let mut cache = cache_of(1_000_000);
    let packets: Vec<Packet> = (0..20).map(|n| single(format!("{n}"), n % 2)).collect();
    for (n, packet) in packets.iter().enumerate() {
        let interest = [Interest::Foreign, Interest::Subscribed, Interest::Own][n % 3];
        cache.keep(at(n as u64), arrival(packet, interest));
    }
    assert_eq!(cache.list(None, 100), packets);
    assert_eq!(cache.list(None, 3), packets[17..]);
    let odd = Some(SubclusterId([1; 32]));
    let listed = cache.list(odd, 2);
    assert_eq!(listed, [packets[17].clone(), packets[19].clone()]);
}

#[test]
fn links_lead_from_packet_to_packet() {
    let mut cache = cache_of(1_000_000);
    let first = single("first", 1);
    let mut second = single("second", 1);
    second.previous_id = first.packet_id;
    second.next_id = Field::from([9; 32]);
    let mut fork = single("fork", 1);
    fork.previous_id = first.packet_id;
    for packet in [&second, &fork, &first] {
        keep(&mut cache, packet);
    }
    let mut following = vec![id(&second), id(&fork)];
    following.sort();
    let links = cache.links(id(&first)).unwrap();
    assert_eq!((links.previous, links.next), (None, following));
    let links = cache.links(id(&second)).unwrap();
    assert_eq!(links.previous, Some(id(&first)));
    assert_eq!(links.next, [PacketId([9; 32])]);
    cache.remove(at(0), id(&second));
    assert_eq!(cache.links(id(&first)).unwrap().next, [id(&fork)]);
    assert_eq!(cache.links(id(&second)), None);
}

#[test]
fn a_subcluster_that_we_join_is_worth_more_and_lives_longer() {
    let mut cache = cache_of(100_000);
    let (ours, other) = (single("ours", 7), single("other", 8));
    for packet in [&ours, &other] {
        cache.keep(at(0), arrival(packet, Interest::Foreign));
    }
    cache.take_changes();
    cache.reclassify(at(3600), SubclusterId([7; 32]), Interest::Subscribed);
    let changes = cache.take_changes();
    let [
        CacheChange::Kept {
            id: kept,
            expires_at,
            interest,
            ..
        },
    ] = changes[..]
    else {
        panic!("{changes:?}");
    };
    assert_eq!((kept, interest), (id(&ours), Interest::Subscribed));
    assert_eq!(expires_at, at(12 * 3600).time);
    cache.repeat_changes();
    assert_eq!(cache.take_changes().len(), 2);
}
