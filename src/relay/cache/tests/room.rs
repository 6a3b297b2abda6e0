//! The budget: who gives way to whom, and that nobody gets past it.

use proptest::prelude::*;

use super::*;
use crate::relay::cache::{CacheChange, PACKET_OVERHEAD_BYTES, SHARE_PARTS};

/// A packet of a kilobyte with a number.
fn numbered(number: u32, group: u8) -> Packet {
    single(format!("{number:01000}"), group)
}

fn cost(packet: &Packet) -> usize {
    packet.encoded_length() + PACKET_OVERHEAD_BYTES
}

fn dropped(cache: &mut Cache) -> Vec<PacketId> {
    let changes = cache.take_changes().into_iter();
    changes
        .filter_map(|change| match change {
            CacheChange::Dropped { id } => Some(id),
            CacheChange::Kept { .. } => None,
        })
        .collect()
}

#[test]
fn what_is_worth_least_goes_first_and_of_that_the_oldest() {
    let mut cache = cache_of(6 * cost(&numbered(0, 1)) + 600);
    let worths = [
        Interest::Own,
        Interest::Cluster,
        Interest::Foreign,
        Interest::Subscribed,
        Interest::Foreign,
        Interest::Cluster,
    ];
    let packets: Vec<Packet> = (0..6).map(|n| numbered(n, 1)).collect();
    for (n, worth) in worths.into_iter().enumerate() {
        let from = Some(host(n as u8));
        cache.keep(at(n as u64), arrival_from(&packets[n], worth, from));
    }
    assert_eq!(dropped(&mut cache), []);
    for (n, expected) in [2, 4, 1, 5, 3, 0].into_iter().enumerate() {
        let newcomer = numbered(100 + n as u32, 2);
        cache.keep(at(10), arrival(&newcomer, Interest::Own));
        assert_eq!(dropped(&mut cache), [id(&packets[expected])], "{n}");
    }
}

#[test]
fn nothing_gives_way_to_what_is_worth_less() {
    let mut cache = cache_of(2 * cost(&numbered(0, 1)) + 100);
    for n in 0..2 {
        cache.keep(at(0), arrival(&numbered(n, 1), Interest::Subscribed));
    }
    cache.take_changes();
    let keeping = keep_one(
        &mut cache,
        at(1),
        arrival(&numbered(9, 1), Interest::Cluster),
    );
    assert_eq!(keeping, no_room());
    assert_eq!(cache.take_changes(), []);
}

#[test]
fn a_message_without_room_is_still_told_when_it_is_whole() {
    let packets = message(2000, 7);
    let mut cache = cache_of(cost(&packets[0]) + cost(&packets[1]) + 100);
    keep(&mut cache, &packets[0]);
    keep(&mut cache, &packets[1]);
    let keeping = keep(&mut cache, &packets[2]).remove(0).keeping;
    assert_eq!(keeping, Keeping::NoRoom { whole: packets });
}

#[test]
fn a_flood_from_one_network_evicts_itself() {
    check_flood(
        |n| (numbered(n, (n % 200) as u8), Some(host(66))),
        |n| (numbered(n, (n % 200) as u8), Some(host((n % 50) as u8))),
    );
}

#[test]
fn a_flood_of_one_subcluster_evicts_itself() {
    check_flood(
        |n| (numbered(n, 66), Some(host((n % 200) as u8))),
        |n| (numbered(n, (n % 50) as u8), Some(host((n % 200) as u8))),
    );
}

/// Fills half a cache with what honest peers say, then floods it.
#[track_caller]
fn check_flood(
    flood: impl Fn(u32) -> (Packet, Option<Address>),
    honest: impl Fn(u32) -> (Packet, Option<Address>),
) {
    let count_max = 400;
    let mut cache = cache_of(count_max * cost(&numbered(0, 1)));
    let keep = |cache: &mut Cache, (packet, from): (Packet, Option<Address>)| {
        let arrival = arrival_from(&packet, Interest::Foreign, from);
        keep_one(cache, at(1), arrival)
    };
    let told: Vec<_> = (0..150).map(honest).collect();
    for packet in told.iter().cloned() {
        assert_eq!(keep(&mut cache, packet), new());
    }
    for n in 1000..2200 {
        assert_eq!(keep(&mut cache, flood(n)), new());
    }
    let is_kept = |packet: &Packet| cache.packet(id(packet)).is_some();
    assert!(told.iter().all(|(packet, _)| is_kept(packet)));
    let flooded = (1000..2200).filter(|n| is_kept(&flood(*n).0)).count();
    assert!(
        flooded >= count_max / SHARE_PARTS,
        "the room is used: {flooded}"
    );
    assert!(is_kept(&flood(2199).0), "the newest are kept");
}

#[test]
fn an_evicted_packet_that_comes_again_is_not_new() {
    let mut cache = cache_of(100 * cost(&numbered(0, 1)));
    let mut fresh_count = 0;
    for _ in 0..5 {
        for n in 0..130 {
            let keeping = keep_one(
                &mut cache,
                at(1),
                arrival(&numbered(n, 1), Interest::Foreign),
            );
            fresh_count += usize::from(keeping == new());
        }
    }
    assert_eq!(fresh_count, 130);
}

#[test]
fn parts_that_wait_stay_within_their_room() {
    let mut cache = cache_of(200_000);
    for n in 0..1000_u32 {
        let mut part = numbered(n, 1);
        part.index = 2 + i32::try_from(n % 900).unwrap();
        part.previous_id = Field::from([(n % 7) as u8; 32]);
        let arrival = arrival_from(&part, Interest::Foreign, Some(host((n % 3) as u8)));
        keep_one(&mut cache, at(1), arrival);
        assert!(cache.waiting.bytes() <= 200_000 / 8);
    }
    assert!(cache.waiting.bytes() > 200_000 / 10, "the room is used");
}

#[test]
fn what_waits_for_too_long_is_forgotten() {
    let mut cache = cache_of(200_000);
    let packets = message(3000, 7);
    keep(&mut cache, &packets[3]);
    assert!(cache.waiting.bytes() > 0);
    cache.keep(at(7 * 3600), arrival(&numbered(1, 1), Interest::Foreign));
    assert_eq!(cache.waiting.bytes(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever comes, the budget holds, and what is reported is what is there.
    #[test]
    fn the_budget_always_holds(
        steps in prop::collection::vec((0..40_u32, 0..4_usize, 0..6_u8, 0..12_usize), 1..300),
        bytes_max in 3_000..40_000_usize,
    ) {
        let mut cache = cache_of(bytes_max);
        let mut reported = std::collections::BTreeSet::new();
        let long: Vec<Vec<Packet>> = (0..4).map(|n| message(4000 + n * 700, n as u8)).collect();
        for (n, worth, net, what) in steps {
            let worth = super::super::shelves::INTERESTS[worth];
            let packet = match what {
                0..6 => numbered(n, net),
                6..11 => long[n as usize % 4][what - 6].clone(),
                _ => {
                    cache.remove(at(1), id(&numbered(n, net)));
                    continue;
                }
            };
            cache.keep(at(1), arrival_from(&packet, worth, Some(host(net))));
            for change in cache.take_changes() {
                match change {
                    CacheChange::Kept { id, .. } => reported.insert(id),
                    CacheChange::Dropped { id } => reported.remove(&id),
                };
            }
            prop_assert!(cache.bytes_used() <= bytes_max);
            prop_assert_eq!(cache.entries.len(), reported.len());
            let costs: usize = cache.entries.values().map(super::super::entry::Entry::cost).sum();
            prop_assert_eq!(costs, cache.bytes);
            let shelves = cache.shelves.iter();
            prop_assert_eq!(shelves.map(|shelf| shelf.bytes).sum::<usize>(), costs);
        }
    }
}
