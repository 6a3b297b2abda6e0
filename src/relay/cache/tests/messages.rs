//! Messages of several packets: put together from any order, and forgeries kept out.

use proptest::prelude::*;

use super::*;

#[test]
fn a_message_is_whole_when_its_last_part_comes() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    for packet in &packets[..3] {
        assert_eq!(keep(&mut cache, packet)[0].keeping, new());
    }
    let whole = packets.clone();
    assert_eq!(
        keep(&mut cache, &packets[3])[0].keeping,
        Keeping::New { whole }
    );
    assert_eq!(cache.find(id(&packets[0])), packets);
    assert_eq!(cache.find(id(&packets[2])), packets[2..3]);
    assert_eq!(cache.links(id(&packets[2])).unwrap().packets, packets[2..3]);
}

#[test]
fn nobody_is_given_the_whole_of_what_we_did_not_subscribe_to() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    for packet in &packets {
        let keeping = keep_one(&mut cache, at(0), arrival(packet, Interest::Cluster));
        assert_eq!(keeping, new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn parts_in_any_order_make_one_message(order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let (mut cache, packets) = (cache_of(100_000), message(7000, 7));
        let (mut fresh, mut wholes) = (Vec::new(), Vec::new());
        for index in order {
            for kept in keep(&mut cache, &packets[index]) {
                match kept.keeping {
                    Keeping::New { whole } => {
                        fresh.push(kept.packet.index);
                        wholes.extend((!whole.is_empty()).then_some(whole));
                    }
                    keeping => prop_assert_eq!(keeping, Keeping::Waiting),
                }
            }
            // What waits is not shown to anybody.
            prop_assert_eq!(cache.digest(at(0)).packet_count, fresh.len());
        }
        fresh.sort_unstable();
        prop_assert_eq!(fresh, (0..8).collect::<Vec<i32>>());
        prop_assert_eq!(wholes, vec![packets]);
        prop_assert_eq!(cache.waiting.bytes(), 0);
    }
}

#[test]
fn a_forged_part_does_not_take_the_place_of_the_true_one() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    let mut forged = packets[2].clone();
    forged.message = Bytes::from_static(b"something else");
    keep(&mut cache, &packets[0]);
    assert_eq!(keep(&mut cache, &forged)[0].keeping, Keeping::Waiting);
    for _ in 0..2 {
        assert_eq!(keep(&mut cache, &packets[2])[0].keeping, Keeping::Waiting);
    }
    let kept = keep(&mut cache, &packets[1]);
    let keepings: Vec<&Keeping> = kept.iter().map(|kept| &kept.keeping).collect();
    assert_eq!(keepings, [&new(), &Keeping::Forged, &new()]);
    assert_eq!(keep(&mut cache, &forged)[0].keeping, Keeping::Duplicate);
    forged.packet_id = Field::from([3; 32]);
    assert_eq!(keep(&mut cache, &forged)[0].keeping, Keeping::Forged);
}

#[test]
fn a_part_that_waits_twice_makes_its_message_whole_once() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    let mut other_way = packets[3].clone();
    (other_way.hops, other_way.ttl_ms) = (5, 5);
    let mut other_clock = packets[3].clone();
    other_clock.clock = 5;
    for part in [&packets[3], &other_way, &other_clock] {
        assert_eq!(keep(&mut cache, part)[0].keeping, Keeping::Waiting);
    }
    keep(&mut cache, &packets[0]);
    keep(&mut cache, &packets[1]);
    let kept = keep(&mut cache, &packets[2]);
    let keepings: Vec<&Keeping> = kept.iter().map(|kept| &kept.keeping).collect();
    let whole = Keeping::New {
        whole: packets.clone(),
    };
    assert_eq!(keepings, [&new(), &whole, &Keeping::Duplicate]);
}

#[test]
fn of_two_parts_that_fit_the_one_that_is_named_wins() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    let mut rival = packets[1].clone();
    rival.message = Bytes::from_static(b"something else");
    rival.packet_id = fragment_id(id(&packets[0]), &rival.message).field();
    assert_eq!(keep(&mut cache, &rival)[0].keeping, new());
    keep(&mut cache, &packets[0]);
    assert_eq!(keep(&mut cache, &packets[1])[0].keeping, new());
    assert_eq!(keep(&mut cache, &rival)[0].keeping, Keeping::Forged);
    assert_eq!(cache.find(id(&packets[0])), packets[..2]);
}

#[test]
fn parts_beyond_what_the_head_promises_are_forged() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    for packet in &packets {
        keep(&mut cache, packet);
    }
    let mut extra = packets[3].clone();
    extra.index = 4;
    extra.packet_id = fragment_id(id(&packets[3]), &extra.message).field();
    assert_eq!(keep(&mut cache, &extra)[0].keeping, Keeping::Forged);
    let mut absurd = extra.clone();
    absurd.index = i32::from(u16::MAX);
    assert_eq!(keep(&mut cache, &absurd)[0].keeping, Keeping::Forged);
    absurd.index = i32::MAX;
    assert_eq!(keep(&mut cache, &absurd)[0].keeping, Keeping::Forged);
    extra.previous_id = Field::UNSET;
    assert_eq!(keep(&mut cache, &extra)[0].keeping, Keeping::Forged);
}

#[test]
fn a_head_in_disguise_does_not_keep_the_message_out() {
    let (mut cache, packets) = (cache_of(100_000), message(2000, 7));
    let mut disguised = packets[0].clone();
    disguised.index = -1;
    keep(&mut cache, &packets[1]);
    keep(&mut cache, &disguised);
    assert_eq!(keep(&mut cache, &packets[1])[0].keeping, Keeping::Waiting);
    let kept = keep(&mut cache, &packets[0]);
    assert_eq!(kept.len(), 2, "the head, and the part that waited");
    let kept = keep(&mut cache, &packets[2]);
    assert_eq!(kept[0].keeping, Keeping::New { whole: packets });
}

#[test]
fn a_message_is_given_up_as_a_whole() {
    let (mut cache, packets) = (cache_of(100_000), message(3000, 7));
    for packet in &packets {
        keep(&mut cache, packet);
    }
    cache.remove(at(1), id(&packets[2]));
    let digest = cache.digest(at(1));
    assert_eq!((digest.packet_count, digest.hash), (0, [0; 20]));
    for packet in &packets {
        assert_eq!(keep(&mut cache, packet)[0].keeping, Keeping::Duplicate);
    }
}
