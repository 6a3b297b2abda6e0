//! What a schedule does, seen from outside, on a clock that jumps from wake to wake.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::*;
use crate::relay::{
    Address, Now, PacketId, PeerId, Time,
    cache::{CacheChange, SEND_MAX},
    peer::Interest,
};

const KEEPALIVE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3600);

/// A schedule, the time, and everything that it has asked for.
struct Run {
    schedule: Schedule,
    now: Now,
    sends: Vec<(Time, PacketId, Audience)>,
    pulls: Vec<(Time, Option<PeerId>)>,
    expired: Vec<(Time, PacketId)>,
}

impl Run {
    fn new() -> Self {
        Self {
            schedule: Schedule::new(KEEPALIVE, [1; 32]),
            now: Now::default(),
            sends: Vec::new(),
            pulls: Vec::new(),
            expired: Vec::new(),
        }
    }

    /// Does what is asked, and says when to wake.
    fn drain(&mut self) -> Time {
        loop {
            let time = self.now.time;
            match self.schedule.poll_output(self.now) {
                Output::Send { id, audience } => self.sends.push((time, id, audience)),
                Output::Pull { peer } => self.pulls.push((time, peer)),
                Output::Expire { id } => self.expired.push((time, id)),
                Output::Wait(due) => return due,
            }
        }
    }

    fn run_for(&mut self, duration: Duration) {
        let end = self.now.time + duration;
        let mut due = self.drain();
        let mut wakes = 0;
        while due <= end {
            wakes += 1;
            assert!(wakes < 100_000, "it wakes for ever");
            self.now.time = due.max(self.now.time);
            self.schedule.handle_timeout(self.now);
            due = self.drain();
        }
        self.now.time = end;
    }

    fn keep(&mut self, id: PacketId, interest: Interest, hops: u32, life: Duration) {
        let from = (interest != Interest::Own).then(|| Address::new([10, 0, 0, 1].into(), 1));
        let change = CacheChange::Kept {
            id,
            expires_at: self.now.time + life,
            interest,
            hops,
            from,
            is_new: true,
        };
        self.schedule.handle_change(self.now, &change);
    }

    /// A run with so many packets of others.
    fn keeping(count: u32) -> (Self, Vec<PacketId>) {
        let (mut run, ids) = (Self::new(), (0..count).map(packet).collect::<Vec<_>>());
        for id in &ids {
            run.keep(*id, Interest::Foreign, 1, HOUR);
        }
        (run, ids)
    }

    /// What was sent to a peer because it lacked it.
    fn sent_to(&self, number: u8) -> BTreeSet<PacketId> {
        let to = Audience::One(peer(number));
        let sends = self.sends.iter();
        let sends = sends.filter(|(.., audience)| *audience == to);
        sends.map(|(_, id, _)| *id).collect()
    }

    fn want(&mut self, peer: PeerId, ids: &[PacketId]) {
        self.schedule.handle_wanted(self.now, peer, ids);
    }
}

fn packet(number: u32) -> PacketId {
    let mut id = [0; 32];
    id[..4].copy_from_slice(&number.to_be_bytes());
    PacketId(id)
}

fn peer(number: u8) -> PeerId {
    PeerId([number; 32])
}

#[test]
fn whoever_asks_while_many_packets_wait_to_be_sent_gets_a_few_and_may_ask_again_at_once() {
    let (mut run, ids) = Run::keeping(300);
    for number in 1..=3 {
        run.want(peer(number), &ids);
        run.drain();
    }
    run.run_for(Duration::from_secs(1));
    let counts = [1, 2, 3].map(|number| run.sent_to(number).len());
    let few = BUSY_SEND_MAX;
    assert_eq!(
        counts,
        [SEND_MAX, few, few],
        "128 are sent at once, 128 wait"
    );
    run.want(peer(2), &ids[few..]);
    run.run_for(Duration::from_secs(1));
    assert_eq!(
        run.sent_to(2).len(),
        SEND_MAX + few,
        "the rest, since it asks again"
    );
}

#[test]
fn an_idle_schedule_sleeps_for_ever() {
    let mut run = Run::new();
    assert_eq!(run.drain(), Time::NEVER);
    run.schedule.handle_timeout(run.now);
    run.schedule.handle_difference(run.now);
    assert_eq!(run.drain(), Time::NEVER);
}

#[test]
fn caches_are_compared_often_while_there_is_news_and_then_seldom() {
    let mut run = Run::new();
    run.schedule.handle_contact(run.now, peer(1));
    run.run_for(10 * HOUR / 60);
    assert_eq!(
        run.pulls[0],
        (Time::ZERO, Some(peer(1))),
        "at once with whom was met"
    );
    let quiet = run.pulls.iter().rev().take(5);
    assert!(quiet.clone().all(|(_, peer)| peer.is_none()));
    let quiet: Vec<Time> = quiet.map(|(at, _)| *at).collect();
    let gaps = quiet.windows(2).map(|pair| pair[0].since(pair[1]));
    for gap in gaps {
        assert!(
            gap > KEEPALIVE * 3 / 4 && gap < KEEPALIVE * 5 / 4,
            "{gap:?}"
        );
    }
    let (count, began_at) = (run.pulls.len(), run.now.time);
    run.keep(packet(1), Interest::Subscribed, 1, HOUR);
    run.run_for(NEWS_TIME);
    let count = run.pulls.len() - count;
    assert!((80..=150).contains(&count), "{count} in ten seconds");
    let first = run.pulls[run.pulls.len() - count].0;
    assert!(first.since(began_at) <= PULL_INTERVAL * 2, "and soon");
    let count = run.pulls.len();
    run.run_for(NEWS_TIME * 12);
    assert!(run.pulls.len() - count < 20, "then it calms down");
}

#[test]
fn caches_that_differ_for_ever_are_not_compared_in_haste_for_ever() {
    let mut run = Run::new();
    run.schedule.handle_contact(run.now, peer(1));
    for _ in 0..600 {
        run.schedule.handle_difference(run.now);
        run.run_for(Duration::from_secs(1));
    }
    assert!(run.pulls.len() < 60, "{} in ten minutes", run.pulls.len());
}

#[test]
fn everybody_who_is_met_is_asked_but_not_again_and_again() {
    let mut run = Run::new();
    for _ in 0..10 {
        for number in 1..4 {
            run.schedule.handle_contact(run.now, peer(number));
        }
        run.run_for(Duration::from_secs(1));
    }
    let asked: Vec<PeerId> = run.pulls.iter().filter_map(|(_, peer)| *peer).collect();
    assert_eq!(asked, [peer(1), peer(2), peer(3)]);
    for number in 0..200 {
        run.schedule.handle_contact(run.now, peer(number));
    }
    run.drain();
    let asked = run.pulls.iter().filter(|(_, peer)| peer.is_some()).count();
    assert!(asked <= 3 + 64, "a crowd does not make a flood");
}

#[test]
fn what_a_peer_lacks_is_sent_once_and_again_only_after_a_while() {
    let mut run = Run::new();
    run.keep(packet(1), Interest::Foreign, 1, HOUR);
    for _ in 0..5 {
        run.want(peer(1), &[packet(1), packet(2)]);
        run.drain();
    }
    let expected = (Time::ZERO, packet(1), Audience::One(peer(1)));
    assert_eq!(run.sends, [expected], "once, and nothing that is not kept");
    run.want(peer(2), &[packet(1)]);
    run.run_for(Duration::from_secs(1));
    run.want(peer(1), &[packet(1)]);
    run.drain();
    assert_eq!(
        run.sends.len(),
        3,
        "somebody else at once, the same after a pause"
    );
}

#[test]
fn nobody_is_crowded_out_by_those_who_ask_more_often() {
    let (mut run, ids) = Run::keeping(600);
    // Three ask a hundred times a second, four others five times: each for what it has not got.
    let mut tick = 0;
    while (1..=7).any(|number| run.sent_to(number).len() < ids.len()) {
        let askers = 1..=(if tick % 20 == 0 { 7 } else { 3 });
        for number in askers.rev() {
            let held = run.sent_to(number);
            let lacking: Vec<PacketId> = ids
                .iter()
                .filter(|id| !held.contains(*id))
                .copied()
                .collect();
            run.want(peer(number), &lacking);
        }
        run.run_for(Duration::from_millis(10));
        tick += 1;
        assert!(tick < 400, "4,200 packets take 1.05 s at this pace");
    }
}

#[test]
fn no_storm_gets_past_the_pace() {
    let mut run = Run::new();
    let ids: Vec<PacketId> = (0..3000).map(packet).collect();
    for id in &ids {
        run.keep(*id, Interest::Foreign, 1, Duration::from_secs(20));
    }
    for number in 0..50 {
        run.want(peer(number), &ids);
        run.run_for(Duration::from_millis(20));
    }
    let in_first_second = run.sends.len();
    assert!(in_first_second >= SEND_RATE as usize, "{in_first_second}");
    for _ in 0..60 {
        for number in 0..50 {
            run.want(peer(number), &ids);
            run.run_for(Duration::from_millis(20));
        }
    }
    let mut each_second = BTreeMap::<u64, u32>::new();
    for (at, ..) in &run.sends {
        *each_second.entry(at.as_micros() / 1_000_000).or_default() += 1;
    }
    let most = each_second.values().max().unwrap();
    assert!(*most <= SEND_RATE + SEND_BURST, "{most} in one second");
}

#[test]
fn a_packet_is_sent_once_more_before_its_end_and_then_forgotten() {
    let mut run = Run::new();
    run.keep(packet(1), Interest::Foreign, 3, HOUR);
    run.keep(packet(2), Interest::Foreign, 16, HOUR);
    run.run_for(2 * HOUR);
    let [(at, id, Audience::Random)] = run.sends[..] else {
        panic!("{:?}", run.sends);
    };
    assert_eq!(id, packet(1), "without postage there is no last send");
    let lead = (Time::ZERO + HOUR).since(at);
    assert!(
        lead >= LAST_SEND_LEAD / 2 && lead <= LAST_SEND_LEAD * 3 / 2,
        "{lead:?}"
    );
    let end = Time::ZERO + HOUR;
    assert_eq!(run.expired, [(end, packet(1)), (end, packet(2))]);
    assert_eq!(run.schedule.poll_output(run.now), Output::Wait(Time::NEVER));
}

#[test]
fn a_packet_that_was_dropped_is_not_thought_of_again() {
    let mut run = Run::new();
    run.keep(packet(1), Interest::Own, 0, HOUR);
    let gone = CacheChange::Dropped { id: packet(1) };
    run.schedule.handle_change(run.now, &gone);
    run.run_for(2 * HOUR);
    assert_eq!((run.sends.len(), run.expired.len()), (0, 0));
}

#[test]
fn a_packet_of_ours_is_sent_again_until_somebody_holds_it() {
    let mut run = Run::new();
    run.keep(packet(1), Interest::Own, 0, 6 * HOUR);
    run.keep(packet(2), Interest::Own, 0, 6 * HOUR);
    run.keep(packet(3), Interest::Own, 0, 6 * HOUR);
    run.schedule.handle_held(run.now, packet(2));
    run.want(peer(1), &[packet(3)]);
    run.run_for(HOUR);
    let again = run
        .sends
        .iter()
        .filter(|(.., audience)| *audience == Audience::Random);
    let again: Vec<(u64, PacketId)> = again
        .map(|(at, id, _)| (at.as_micros() / 100_000, *id))
        .collect();
    let own = packet(1);
    assert_eq!(
        again,
        [(2, own), (7, own), (17, own)],
        "later each time, then no more"
    );
}

#[test]
fn the_same_seed_gives_the_same_schedule() {
    let run = || {
        let mut run = Run::new();
        run.schedule.handle_contact(run.now, peer(1));
        for number in 0..50 {
            run.keep(packet(number), Interest::Own, 0, HOUR);
            run.run_for(Duration::from_secs(3));
        }
        run.run_for(HOUR);
        (run.sends, run.pulls, run.expired)
    };
    assert_eq!(run(), run());
}
