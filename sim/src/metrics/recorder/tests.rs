//! What a few facts, told one by one, leave in a record.

use super::super::{
    facts::{Delivery, Publication, Return},
    record::Partition,
};
use super::*;

const SECOND: u64 = 1_000_000;

/// Four nodes online in one group.
fn four() -> Recorder {
    let names = Names {
        kinds: vec!["data".into()],
        ..Names::default()
    };
    let mut recorder = Recorder::new(RecorderConfig::new(1, 5, names));
    for node in 0..4 {
        recorder.subscribes(node, 0);
        recorder.online(0, node, Return::Cold);
    }
    recorder
}

fn publish(recorder: &mut Recorder, now_us: u64, packet: u32) {
    recorder.published(
        now_us,
        Publication {
            packet,
            by: 0,
            group: 0,
            bytes: 100,
        },
    );
}

fn deliver(recorder: &mut Recorder, now_us: u64, packet: u32, node: u32) {
    recorder.delivered(
        now_us,
        Delivery {
            packet,
            node,
            from: 0,
            hops: 1,
        },
    );
}

fn finish(recorder: Recorder, now_us: u64) -> RunRecord {
    recorder.finish(now_us, RunEnd::default()).record
}

#[test]
fn times_are_those_of_the_subscribers_that_stayed() {
    let mut recorder = four();
    publish(&mut recorder, SECOND, 0);
    deliver(&mut recorder, SECOND + 300, 0, 1);
    recorder.offline(SECOND + 400, 2);
    deliver(&mut recorder, SECOND + 700, 0, 3);
    let record = finish(recorder, 20 * SECOND);
    let row = &record.packets[0];
    assert_eq!((row.subscriber_count, row.reached_count), (2, 2));
    assert_eq!(row.times_us, [Some(300), Some(700), Some(700), Some(700)]);
    assert_eq!(row.coverage(), Some(1.0));
}

#[test]
fn one_who_left_before_it_came_completes_the_rest() {
    let mut recorder = four();
    publish(&mut recorder, 0, 0);
    deliver(&mut recorder, 10, 0, 1);
    deliver(&mut recorder, 20, 0, 2);
    recorder.offline(30, 3);
    assert_eq!(recorder.progress().folded_count, 1);
    recorder.online(40, 3, Return::Cold);
    deliver(&mut recorder, 90, 0, 3);
    let record = finish(recorder, 20 * SECOND);
    assert_eq!(record.packets[0].times_us[3], Some(20));
    assert_eq!(record.churn.newcomer_delays_us.quantile(1.0), Some(50.0));
}

#[test]
fn a_subscriber_that_waits_in_vain_is_no_full_coverage() {
    let mut recorder = four();
    publish(&mut recorder, 0, 0);
    deliver(&mut recorder, 5, 0, 1);
    publish(&mut recorder, 15 * SECOND, 1);
    let record = finish(recorder, 20 * SECOND);
    assert_eq!(record.packets[0].times_us, [None; 4]);
    assert_eq!(record.packets[0].coverage(), Some(1.0 / 3.0));
    assert!(record.packets[1].is_unfinished, "too young to be judged");
    assert_eq!(record.curve.packet_count, 1);
}

#[test]
fn coverage_of_everyone_forgets_who_comes_back_cold() {
    let mut recorder = four();
    publish(&mut recorder, 0, 0);
    (1..4).for_each(|node| deliver(&mut recorder, 1, 0, node));
    recorder.offline(5 * SECOND + 1, 1);
    recorder.online(5 * SECOND + 2, 1, Return::Warm);
    recorder.offline(8 * SECOND + 1, 2);
    recorder.online(8 * SECOND + 2, 2, Return::Cold);
    let record = finish(recorder, 10 * SECOND);
    assert_eq!(record.everyone.min, Some(0.75));
    // Ten samples, the last two at three of four.
    assert!((record.everyone.mean().unwrap() - 0.95).abs() < 1e-12);
}

#[test]
fn copies_count_apart_at_those_who_were_not_there_all_the_time() {
    let mut recorder = four();
    publish(&mut recorder, SECOND, 0);
    recorder.copied(SECOND + 1, 0, 1, true);
    recorder.copied(SECOND + 2, 0, 1, false);
    recorder.offline(SECOND + 3, 1);
    recorder.online(SECOND + 4, 1, Return::Cold);
    recorder.copied(SECOND + 5, 0, 1, true);
    recorder.offline(SECOND + 6, 2);
    recorder.online(SECOND + 7, 2, Return::Warm);
    (0..3).for_each(|_| recorder.copied(SECOND + 8, 0, 2, false));
    let row = finish(recorder, 20 * SECOND).packets.remove(0);
    assert_eq!((row.copy_count, row.first_count), (2, 1));
    assert_eq!((row.newcomer_copy_count, row.newcomer_first_count), (4, 1));
}

#[test]
fn a_packet_is_lost_with_its_last_replica_unless_it_comes_back() {
    let mut recorder = four();
    (0..3).for_each(|packet| publish(&mut recorder, 0, packet));
    for packet in 0..3 {
        recorder.replica_added(1, packet);
        recorder.replica_removed(7, packet);
    }
    recorder.replica_added(9, 1);
    recorder.expired(12, 1);
    let record = finish(recorder, 20);
    let lives: Vec<_> = record
        .packets
        .iter()
        .map(|row| (row.lost_us, row.watched_us))
        .collect();
    assert_eq!(lives, [(Some(7), 7), (None, 12), (Some(7), 7)]);
}

#[test]
fn a_partition_is_healed_when_the_last_one_who_waited_has_it() {
    let mut recorder = four();
    recorder.partition_began(SECOND);
    publish(&mut recorder, 2 * SECOND, 0);
    deliver(&mut recorder, 2 * SECOND, 0, 1);
    recorder.partition_ended(60 * SECOND);
    deliver(&mut recorder, 61 * SECOND, 0, 2);
    deliver(&mut recorder, 62 * SECOND, 0, 3);
    let record = finish(recorder, 90 * SECOND);
    let expected = Partition {
        from_us: SECOND,
        until_us: Some(60 * SECOND),
        packet_count: 1,
        unhealed_count: 0,
        heal_us: 2 * SECOND,
    };
    assert_eq!(record.partitions, [expected]);
}

#[test]
fn every_fact_counts_in_the_digest_and_equal_runs_are_equal() {
    let run = |bytes| {
        let mut recorder = four();
        recorder.sent(3, 0, 1, bytes);
        finish(recorder, 2 * SECOND)
    };
    assert_eq!(run(100), run(100));
    assert_ne!(run(100).digest, run(101).digest);
    assert_eq!(run(100).traffic.bytes, [100]);
}

#[test]
fn a_record_is_the_same_after_it_was_written_and_read() {
    let mut recorder = four();
    publish(&mut recorder, 3, 0);
    deliver(&mut recorder, 1_000_003, 0, 1);
    recorder.cache(SECOND, 1, 999, 3);
    recorder.synced(SECOND, 1, 300, 5);
    let record = finish(recorder, 77 * SECOND / 3);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<RunRecord>(&text).unwrap(), record);
}
