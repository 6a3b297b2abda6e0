//! Chooses who gets a packet: at random, nobody twice, and everybody with the same chance.
//!
//! The reference shuffles with a comparison that lies, so that the first of twelve is chosen
//! twice as often as the ninth, and puts one friend in twice (weakness 12.10).

use rand::{Rng, seq::SliceRandom as _};

/// Somebody who could get a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate<T> {
    /// Who it is.
    pub(super) who: T,
    /// Whether it is an indexed peer.
    pub(super) is_indexed: bool,
    /// What it has in common with the packet.
    pub(super) affinity: Affinity,
}

/// What a peer has in common with a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Affinity {
    /// Nothing that is known.
    #[default]
    None,
    /// The cluster.
    Cluster,
    /// The subcluster.
    Subcluster,
}

/// Chooses [`PUSH_COUNT`] ordinary peers and one indexed one, among them at least one of the
/// greatest affinity that there is.
pub(super) fn choose_audience<T: Copy + PartialEq>(
    random: &mut impl Rng,
    candidates: &mut [Candidate<T>],
) -> Vec<T> {
    let friendship = candidates.iter().map(|one| one.affinity).max();
    let (ordinary, indexed) = partition(candidates);
    let (chosen, rest) = ordinary.partial_shuffle(random, PUSH_COUNT);
    let (central, _) = indexed.partial_shuffle(random, 1);
    let is_friend = |one: &&Candidate<T>| Some(one.affinity) == friendship;
    let mut audience: Vec<T> = chosen.iter().map(|one| one.who).collect();
    let is_friendly = chosen
        .iter()
        .chain(central.iter())
        .any(|one| is_friend(&one));
    if !is_friendly && friendship > Some(Affinity::None) {
        let friends: Vec<T> = rest.iter().filter(is_friend).map(|one| one.who).collect();
        // A friend takes the last place, so that the number of copies stays the same.
        if let Some(friend) = choose_one(random, &friends) {
            audience.truncate(PUSH_COUNT - 1);
            audience.push(friend);
        }
    }
    audience.extend(central.iter().map(|one| one.who));
    audience
}

/// Chooses one of these with equal chances.
pub(super) fn choose_one<T: Copy>(random: &mut impl Rng, items: &[T]) -> Option<T> {
    if items.is_empty() {
        return None;
    }
    items.get(random.random_range(0..items.len())).copied()
}

/// Puts ordinary peers in front of indexed ones.
fn partition<T: Copy>(
    candidates: &mut [Candidate<T>],
) -> (&mut [Candidate<T>], &mut [Candidate<T>]) {
    let mut count = 0;
    for place in 0..candidates.len() {
        if !candidates[place].is_indexed {
            candidates.swap(place, count);
            count += 1;
        }
    }
    candidates.split_at_mut(count)
}

/// How many ordinary peers get a new packet.
pub(super) const PUSH_COUNT: usize = 4;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn candidates(ordinary: usize, indexed: usize) -> Vec<Candidate<usize>> {
        let make = |who| Candidate {
            who,
            is_indexed: who >= ordinary,
            affinity: Affinity::None,
        };
        (0..ordinary + indexed).map(make).collect()
    }

    #[test]
    fn nobody_is_chosen_twice_and_one_indexed_peer_always() {
        let mut random = StdRng::seed_from_u64(1);
        for ordinary in 0..12 {
            for _ in 0..100 {
                let mut audience = choose_audience(&mut random, &mut candidates(ordinary, 3));
                assert_eq!(audience.iter().filter(|who| **who >= ordinary).count(), 1);
                assert_eq!(audience.len(), ordinary.min(PUSH_COUNT) + 1);
                audience.sort_unstable();
                audience.dedup();
                assert_eq!(audience.len(), ordinary.min(PUSH_COUNT) + 1);
            }
        }
    }

    #[test]
    fn everybody_has_the_same_chance() {
        // Chi-square with 11 degrees of freedom exceeds 31.3 once in a thousand times; the
        // draws of one choice exclude each other, which only makes it smaller.
        for seed in 0..20 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut counts = [0_u32; 12];
            for _ in 0..3_000 {
                for who in choose_audience(&mut random, &mut candidates(12, 0)) {
                    counts[who] += 1;
                }
            }
            let expected = f64::from(3_000 * PUSH_COUNT as u32) / 12.0;
            let distance = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
            let chi_square: f64 = counts.iter().map(distance).sum();
            assert!(chi_square < 31.3, "seed {seed}: {chi_square}, {counts:?}");
        }
    }

    #[test]
    fn one_that_shares_the_subcluster_is_always_among_them() {
        let mut random = StdRng::seed_from_u64(1);
        let mut chosen = [0; 40];
        for _ in 0..2_000 {
            let mut all = candidates(40, 2);
            all[3].affinity = Affinity::Cluster;
            all[7].affinity = Affinity::Subcluster;
            all[11].affinity = Affinity::Subcluster;
            let audience = choose_audience(&mut random, &mut all);
            assert!(audience.contains(&7) || audience.contains(&11));
            assert_eq!(audience.len(), PUSH_COUNT + 1);
            for who in audience.into_iter().filter(|who| *who < 40) {
                chosen[who] += 1;
            }
        }
        assert!(chosen[7] > 900 && chosen[11] > 900, "{chosen:?}");
    }

    #[test]
    fn one_of_none_is_none() {
        let mut random = StdRng::seed_from_u64(1);
        assert_eq!(choose_one::<u8>(&mut random, &[]), None);
        assert_eq!(choose_one(&mut random, &[5]), Some(5));
    }
}
