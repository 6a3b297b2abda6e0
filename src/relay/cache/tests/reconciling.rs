//! Caches that tell each other what they have: with ours, and with peers of the reference.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::{super::index::covered, *};
use crate::relay::{
    PeerId,
    cache::{SEND_MAX, UNSETTLED_BURST},
    summary::Summary,
};

/// When everything has been here for long enough to have come everywhere: seconds.
const QUIET: u64 = 60;

/// What two peers said to each other.
#[derive(Debug, Default)]
struct Talk {
    summary_count: usize,
    summary_bytes: usize,
    packet_count: usize,
    duplicate_count: usize,
    /// How often somebody had to begin anew.
    round_count: usize,
}

/// Something that answers summaries.
trait Side {
    fn begin(&mut self) -> Vec<Summary>;
    fn answer(&mut self, summary: &Summary) -> (Vec<Summary>, Vec<Packet>);
    /// False if it was there already.
    fn take(&mut self, packet: &Packet) -> bool;
    fn ids(&self) -> BTreeSet<PacketId>;
}

impl Side for Cache {
    fn begin(&mut self) -> Vec<Summary> {
        self.reconcile(at(QUIET), PeerId([0; 32]), None, 0)
            .0
            .summaries
    }

    fn answer(&mut self, summary: &Summary) -> (Vec<Summary>, Vec<Packet>) {
        let (reconciliation, wanted) = self.reconcile(at(QUIET), PeerId([0; 32]), Some(summary), 0);
        assert!(wanted.len() <= SEND_MAX);
        assert_eq!(wanted.len(), reconciliation.packet_count);
        let packets = wanted
            .into_iter()
            .filter_map(|id| self.packet_to_send(at(QUIET), id));
        (reconciliation.summaries, packets.collect())
    }

    fn take(&mut self, packet: &Packet) -> bool {
        keep(self, packet)[0].keeping == new()
    }

    fn ids(&self) -> BTreeSet<PacketId> {
        self.entries.keys().copied().collect()
    }
}

/// The rule of the reference: it also answers where nothing differs, and sends all it has.
#[derive(Default)]
struct Reference(BTreeMap<PacketId, Packet>);

impl Reference {
    fn summary(&self, prefix: &[u8]) -> Summary {
        Summary::compute(prefix, self.0.keys())
    }
}

impl Side for Reference {
    fn begin(&mut self) -> Vec<Summary> {
        vec![self.summary(&[])]
    }

    fn answer(&mut self, theirs: &Summary) -> (Vec<Summary>, Vec<Packet>) {
        let ours = self.summary(&theirs.prefix);
        let (mut summaries, mut packets) = (Vec::new(), Vec::new());
        if ours.hash == theirs.hash {
            return (summaries, packets);
        }
        for digit in 0..16_u8 {
            let place = usize::from(digit);
            let prefix = [&theirs.prefix[..], &[digit]].concat();
            let below = self.summary(&prefix);
            match (ours.buckets[place], theirs.buckets[place]) {
                (None, None) => {}
                (Some(_), None) => {
                    let sent = self.0.iter().filter(|(id, _)| below.covers(id));
                    packets.extend(sent.map(|(_, packet)| packet.clone()));
                }
                _ => summaries.push(below),
            }
        }
        (summaries, packets)
    }

    fn take(&mut self, packet: &Packet) -> bool {
        self.0.insert(id(packet), packet.clone()).is_none()
    }

    fn ids(&self) -> BTreeSet<PacketId> {
        self.0.keys().copied().collect()
    }
}

/// Lets `one` begin a round and both answer until nothing is left to say. Summaries go as the
/// bytes that they are on the wire, packets after them.
fn talk(one: &mut dyn Side, other: &mut dyn Side, talk: &mut Talk) {
    talk.round_count += 1;
    let mut underway: Vec<(bool, Vec<u8>)> = Vec::new();
    underway.extend(one.begin().iter().map(|summary| (true, summary.encode())));
    while let Some((is_to_other, bytes)) = underway.pop() {
        talk.summary_count += 1;
        talk.summary_bytes += bytes.len();
        assert!(talk.summary_count < 10_000, "they talk for ever");
        let (from, to): (&mut dyn Side, &mut dyn Side) = if is_to_other {
            (&mut *one, &mut *other)
        } else {
            (&mut *other, &mut *one)
        };
        let (summaries, packets) = to.answer(&Summary::decode(&bytes).unwrap());
        let answers = summaries
            .iter()
            .map(|answer| (!is_to_other, answer.encode()));
        underway.extend(answers);
        for packet in packets {
            talk.packet_count += 1;
            talk.duplicate_count += usize::from(!from.take(&packet));
        }
    }
}

/// Rounds until both have the same, at most `round_count_max`.
fn converge(one: &mut dyn Side, other: &mut dyn Side, round_count_max: usize) -> Talk {
    let mut said = Talk::default();
    while one.ids() != other.ids() {
        assert!(said.round_count < round_count_max, "no agreement: {said:?}");
        talk(one, other, &mut said);
    }
    said
}

fn fill(side: &mut dyn Side, random: &mut StdRng, count: usize) {
    for _ in 0..count {
        side.take(&single(random.random::<[u8; 8]>().to_vec(), 1));
    }
}

fn fill_both(one: &mut dyn Side, other: &mut dyn Side, random: &mut StdRng, count: usize) {
    for _ in 0..count {
        let packet = single(random.random::<[u8; 8]>().to_vec(), 1);
        one.take(&packet);
        other.take(&packet);
    }
}

fn roomy() -> Cache {
    cache_of(16_000_000)
}

#[test]
fn equal_caches_have_nothing_to_say() {
    let mut random = StdRng::seed_from_u64(1);
    let (mut one, mut other) = (roomy(), roomy());
    fill_both(&mut one, &mut other, &mut random, 200);
    assert_eq!(one.digest(at(0)), other.digest(at(0)));
    let mut said = Talk::default();
    talk(&mut one, &mut other, &mut said);
    assert_eq!(
        (said.summary_count, said.packet_count),
        (1, 0),
        "one question, no answer"
    );
}

#[test]
fn one_difference_among_thousands_takes_a_few_small_summaries() {
    let mut random = StdRng::seed_from_u64(2);
    let (mut one, mut other) = (roomy(), roomy());
    fill_both(&mut one, &mut other, &mut random, 1500);
    fill(&mut other, &mut random, 1);
    let said = converge(&mut one, &mut other, 1);
    assert_eq!((said.packet_count, said.duplicate_count), (1, 0));
    assert!(said.summary_count <= 5, "{said:?}");
    assert!(said.summary_bytes <= 4 * 360, "{said:?}");
}

#[test]
fn random_differences_are_made_up_for_without_duplicates() {
    for seed in 0..4 {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut one, mut other) = (roomy(), roomy());
        fill_both(&mut one, &mut other, &mut random, 300);
        fill(&mut one, &mut random, 40);
        fill(&mut other, &mut random, 40);
        let said = converge(&mut one, &mut other, 1);
        assert_eq!(said.packet_count, 80, "seed {seed}");
        assert_eq!(said.duplicate_count, 0, "seed {seed}: {said:?}");
        assert!(
            said.summary_count <= 1 + 16 + 80 * 3,
            "seed {seed}: {said:?}"
        );
    }
}

#[test]
fn a_newcomer_gets_everything_a_bounded_part_at_a_time() {
    let mut random = StdRng::seed_from_u64(3);
    let (mut one, mut other) = (roomy(), roomy());
    fill(&mut other, &mut random, 1000);
    let said = converge(&mut one, &mut other, 8);
    assert_eq!((said.packet_count, said.duplicate_count), (1000, 0));
    assert!(
        said.round_count >= 2,
        "no round sends more than its bound: {said:?}"
    );
}

#[test]
fn each_of_those_whom_a_newcomer_asks_sends_another_part_and_whole_buckets_of_it() {
    let mut random = StdRng::seed_from_u64(9);
    let mut cache = roomy();
    fill(&mut cache, &mut random, 1000);
    let empty = Summary::of_buckets(Vec::new(), [None; 16]);
    let sizes = (0..16_u8).map(|digit| covered(&cache.entries, &[digit]).count());
    let sizes: Vec<usize> = sizes.collect();
    for first_digit in 0..16 {
        let (_, wanted) = cache.reconcile(at(QUIET), PeerId([0; 32]), Some(&empty), first_digit);
        assert_eq!(wanted[0].0[0] >> 4, first_digit);
        let mut counts = [0; 16];
        wanted
            .iter()
            .for_each(|id| counts[usize::from(id.0[0] >> 4)] += 1);
        assert!((0..16).all(|digit| [0, sizes[digit]].contains(&counts[digit])));
    }
}

#[test]
fn five_caches_agree_after_a_few_rounds_with_random_partners() {
    let mut random = StdRng::seed_from_u64(4);
    let mut caches: Vec<Cache> = (0..5).map(|_| roomy()).collect();
    for cache in &mut caches {
        fill(cache, &mut random, 50);
    }
    let mut said = Talk::default();
    while (1..5).any(|n| caches[n].ids() != caches[0].ids()) {
        assert!(said.round_count < 40, "{said:?}");
        let one = random.random_range(0..4);
        let other = random.random_range(one + 1..5);
        let (head, tail) = caches.split_at_mut(other);
        talk(&mut head[one], &mut tail[0], &mut said);
    }
    assert_eq!(caches[0].ids().len(), 250);
    assert_eq!(said.duplicate_count, 0);
    assert_eq!(
        said.packet_count,
        4 * 250,
        "each packet goes to each cache once"
    );
}

#[test]
fn a_peer_of_the_reference_and_ours_agree_whoever_begins() {
    for seed in 0..4 {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut ours, mut theirs) = (roomy(), Reference::default());
        fill_both(&mut ours, &mut theirs, &mut random, 100);
        fill(&mut ours, &mut random, 20);
        fill(&mut theirs, &mut random, 20);
        let said = if seed % 2 == 0 {
            converge(&mut ours, &mut theirs, 1)
        } else {
            converge(&mut theirs, &mut ours, 1)
        };
        assert_eq!(said.packet_count - said.duplicate_count, 40, "seed {seed}");
    }
}

#[test]
fn our_summaries_are_those_of_the_reference() {
    let mut random = StdRng::seed_from_u64(5);
    let (mut ours, mut theirs) = (roomy(), Reference::default());
    fill_both(&mut ours, &mut theirs, &mut random, 1500);
    for prefix in [&[][..], &[0], &[15], &[3, 7], &[3, 7, 9]] {
        let summary = ours.index.summary(&ours.entries, prefix);
        assert_eq!(summary, theirs.summary(prefix));
    }
    // Hashes that are remembered follow every change.
    for _ in 0..20 {
        let removed = *ours.ids().iter().nth(random.random_range(0..1000)).unwrap();
        ours.remove(at(0), removed);
        theirs.0.remove(&removed);
        fill_both(&mut ours, &mut theirs, &mut random, 1);
        assert_eq!(ours.begin(), theirs.begin());
    }
}

#[test]
fn summaries_cover_six_hours() {
    let (mut cache, packet) = (roomy(), single("x", 1));
    keep(&mut cache, &packet);
    let root = |cache: &mut Cache, seconds| {
        let (reconciliation, _) = cache.reconcile(at(seconds), PeerId([0; 32]), None, 0);
        reconciliation.summaries[0].buckets.iter().flatten().count()
    };
    assert_eq!(root(&mut cache, 6 * 3600 - 1), 1);
    assert_eq!(root(&mut cache, 6 * 3600), 0);
    let digest = cache.digest(at(6 * 3600));
    assert_eq!((digest.packet_count, digest.hash), (1, [0; 20]));
    assert_eq!(cache.find(id(&packet)), [packet], "it is kept all the same");
}

#[test]
fn what_is_about_to_end_is_sent_to_nobody() {
    let mut cache = roomy();
    keep(&mut cache, &single("x", 1));
    let empty = Summary::of_buckets(Vec::new(), [None; 16]);
    let wanted = |cache: &mut Cache, seconds| {
        let (_, wanted) = cache.reconcile(at(seconds), PeerId([0; 32]), Some(&empty), 0);
        wanted.len()
    };
    assert_eq!(wanted(&mut cache, 6 * 3600 - 6), 1);
    assert_eq!(wanted(&mut cache, 6 * 3600 - 4), 0);
}

#[test]
fn a_false_summary_draws_a_bounded_answer() {
    let mut random = StdRng::seed_from_u64(6);
    let mut cache = roomy();
    fill(&mut cache, &mut random, 2000);
    let empty = Summary::of_buckets(Vec::new(), [None; 16]);
    let answer = cache.answer(&empty).1.len();
    assert!((SEND_MAX / 2..=SEND_MAX).contains(&answer), "{answer}");
    let false_buckets = std::array::from_fn(|n| Some([n as u8; 20]));
    for prefix in [vec![], vec![1; 63], vec![1; 64]] {
        let (summaries, packets) = cache.answer(&Summary::of_buckets(prefix, false_buckets));
        assert!(summaries.len() <= 16 && packets.is_empty());
    }
}

#[test]
fn of_what_has_just_come_little_is_said_until_news_rests() {
    let mut random = StdRng::seed_from_u64(7);
    let (mut one, mut other) = (roomy(), roomy());
    fill(&mut one, &mut random, 5_000);
    fill(&mut other, &mut random, 5_000);
    let peer = PeerId([0; 32]);
    let mut said = 0;
    let mut underway = one.reconcile(at(0), peer, None, 0).0.summaries;
    let mut is_to_other = true;
    while !underway.is_empty() {
        let side = if is_to_other { &mut other } else { &mut one };
        let answers = underway.iter().flat_map(|theirs| {
            let (answer, wanted) = side.reconcile(at(0), peer, Some(theirs), 0);
            said += wanted.len() + answer.summaries.len();
            answer.summaries
        });
        underway = answers.collect();
        is_to_other = !is_to_other;
    }
    assert!((100..=2 * UNSETTLED_BURST).contains(&said), "{said}");
    // A second later all of it is settled.
    let theirs = other.reconcile(at(1), peer, None, 0).0.summaries.remove(0);
    let (answer, _) = one.reconcile(at(1), peer, Some(&theirs), 0);
    assert_eq!(answer.summaries.len(), 16);
}

#[test]
fn one_packet_that_came_a_moment_ago_is_offered_at_once() {
    let mut random = StdRng::seed_from_u64(8);
    let (mut one, mut other) = (roomy(), roomy());
    fill_both(&mut one, &mut other, &mut random, 1_000);
    let missed = single(b"missed".to_vec(), 1);
    let mut before = at(QUIET);
    before.time = Time::from_micros(QUIET * 1_000_000 - 200_000);
    one.keep(before, arrival(&missed, Interest::Subscribed));
    let said = converge(&mut one, &mut other, 1);
    assert_eq!((said.packet_count, said.duplicate_count), (1, 0));
}

#[test]
fn one_packet_that_comes_this_moment_is_left_to_those_who_pass_it_on() {
    let (mut one, mut other) = (roomy(), roomy());
    let new = single(b"new".to_vec(), 1);
    one.keep(at(QUIET), arrival(&new, Interest::Subscribed));
    let mut said = Talk::default();
    talk(&mut other, &mut one, &mut said);
    assert_eq!(said.packet_count, 0);
}
