//! Chooses who gets a packet: at random, nobody twice, and everybody with the same chance.
//!
//! The reference shuffles with a comparison that lies, so that the first of twelve is chosen
//! twice as often as the ninth, and puts one friend in twice (weakness 12.10).
//!
//! A [`Crowd`] is made when somebody comes, goes or joins something, which is seldom; a choice
//! from it costs the same however many there are.

use rand::{Rng, seq::index};

use super::{Wire, table::Entry};
use crate::relay::{Address, ClusterId, SubclusterId};

/// Those who can be sent a packet, laid out to be chosen from.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    /// Secluded peers, the other ordinary ones, and after them the indexed ones.
    receivers: Vec<Receiver>,
    ordinary_count: usize,
    /// How many of the ordinary ones, which come first, are secluded.
    secluded_count: usize,
    /// Whether their owner is an indexed peer, whom everybody can reach.
    is_central: bool,
    /// Who was heard to be in which group, by place; sorted, nobody twice in one.
    friends: Vec<(Group, u16)>,
}

/// From which socket and where somebody is reached.
pub(super) type Receiver = (Wire, Address);

/// The first bytes of a cluster or a subcluster. Whoever makes two alike gains nothing:
/// anybody can say that it is in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Subcluster([u8; 8]),
    Cluster([u8; 8]),
}

impl Crowd {
    /// The crowd of these peers, as far as they are reached at their own address.
    pub(super) fn new<'a>(
        peers: impl Iterator<Item = &'a Entry> + Clone,
        is_central: bool,
    ) -> Self {
        let kind_of = |own: &Entry| match own {
            Entry {
                is_indexed: true, ..
            } => Kind::Indexed,
            _ if own.is_secluded() => Kind::Secluded,
            _ => Kind::Open,
        };
        let reached = |kind| {
            let of_kind = peers.clone().filter(move |own| kind_of(own) == kind);
            of_kind.filter_map(|own| Some((own.own_route()?, own)))
        };
        let mut crowd = Self {
            is_central,
            ..Self::default()
        };
        for kind in [Kind::Secluded, Kind::Open, Kind::Indexed] {
            for (route, entry) in reached(kind) {
                crowd.add(route, entry);
            }
            let count = crowd.receivers.len();
            match kind {
                Kind::Secluded => crowd.secluded_count = count,
                Kind::Open => crowd.ordinary_count = count,
                Kind::Indexed => {}
            }
        }
        crowd.friends.sort_unstable();
        crowd.friends.dedup();
        crowd
    }

    fn add(&mut self, route: Receiver, entry: &Entry) {
        let place = u16::try_from(self.receivers.len()).unwrap_or(u16::MAX);
        self.receivers.push(route);
        for (cluster, subcluster) in &entry.memberships {
            self.friends.push((Group::of_cluster(cluster), place));
            self.friends.push((Group::of_subcluster(subcluster), place));
        }
    }

    /// Chooses [`PUSH_COUNT`] ordinary peers and one indexed one, but for the one at `except`.
    /// Among them is one who shares the subcluster if there is one, or else the cluster.
    ///
    /// Secluded peers have few neighbours, who have many: without more than their share they
    /// would get half as many copies as the others. So [`SECLUDED_COUNT`] of them are among the
    /// ordinary ones; an indexed peer sends to [`SECLUDED_CENTRAL_COUNT`] besides.
    ///
    /// Neighbours of which nothing was heard for long may be gone: `silence` says how long, roughly.
    pub(super) fn choose(
        &self,
        random: &mut impl Rng,
        cluster: Option<&ClusterId>,
        subcluster: Option<&SubclusterId>,
        except: Option<Address>,
        silence: &impl Fn(Address) -> u8,
    ) -> Vec<Receiver> {
        let indexed = self.ordinary_count..self.receivers.len();
        let mut chosen = self.draw_ordinary(random, except, silence);
        let mut central = self.draw(random, indexed, 1, except, silence);
        let groups = [
            subcluster.map(Group::of_subcluster),
            cluster.map(Group::of_cluster),
        ];
        let friends = groups
            .into_iter()
            .flatten()
            .map(|group| self.friends_in(group, except))
            .find(|friends| !friends.is_empty());
        if let Some(friends) = friends
            && !chosen
                .iter()
                .chain(&central)
                .any(|one| friends.contains(one))
            && let Some(friend) = choose_one(random, &friends)
        {
            // A friend takes somebody's place, so that the number of copies stays the same.
            if friend < self.ordinary_count {
                if chosen.len() >= PUSH_COUNT {
                    chosen.pop();
                }
                chosen.push(friend);
            } else {
                central = vec![friend];
            }
        }
        chosen.extend(central);
        chosen
            .into_iter()
            .map(|place| self.receivers[place])
            .collect()
    }

    /// Draws ordinary peers, secluded ones first.
    fn draw_ordinary(
        &self,
        random: &mut impl Rng,
        except: Option<Address>,
        silence: &impl Fn(Address) -> u8,
    ) -> Vec<usize> {
        let (secluded_count, count) = if self.is_central {
            let count = SECLUDED_CENTRAL_COUNT.min(self.secluded_count);
            (SECLUDED_CENTRAL_COUNT, count + PUSH_COUNT)
        } else {
            (SECLUDED_COUNT, PUSH_COUNT)
        };
        let secluded = 0..self.secluded_count;
        let mut chosen = self.draw(random, secluded, secluded_count, except, silence);
        for place in self.draw(random, 0..self.ordinary_count, PUSH_COUNT, except, silence) {
            if chosen.len() < count && !chosen.contains(&place) {
                chosen.push(place);
            }
        }
        chosen
    }

    /// Draws `count` places out of these, those who are silent with smaller chances, but for the
    /// one at `except`.
    fn draw(
        &self,
        random: &mut impl Rng,
        places: std::ops::Range<usize>,
        count: usize,
        except: Option<Address>,
        silence: &impl Fn(Address) -> u8,
    ) -> Vec<usize> {
        // More, in random order, so that leaving one out favours nobody.
        let wanted = places.len().min(DRAWN_EACH * count + 1);
        let drawn = index::sample(random, places.len(), wanted);
        let drawn = drawn.into_iter().map(|place| places.start + place);
        let mut drawn: Vec<usize> = drawn.filter(|place| !self.is_at(*place, except)).collect();
        // The first one is whoever it is, so that nobody who was quiet is left alone.
        let from = usize::from(count > 1 && !drawn.is_empty());
        drawn[from..].sort_by_key(|place| silence(self.receivers[*place].1));
        drawn.truncate(count);
        drawn
    }

    fn friends_in(&self, group: Group, except: Option<Address>) -> Vec<usize> {
        let from = self.friends.partition_point(|(own, _)| *own < group);
        let friends = self.friends[from..].iter();
        let places = friends
            .take_while(|(own, _)| *own == group)
            .map(|(_, place)| usize::from(*place));
        places.filter(|place| !self.is_at(*place, except)).collect()
    }

    fn is_at(&self, place: usize, address: Option<Address>) -> bool {
        address.is_some_and(|address| self.receivers[place].1 == address)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Secluded,
    Open,
    Indexed,
}

impl Group {
    fn of_subcluster(subcluster: &SubclusterId) -> Self {
        Self::Subcluster(first_bytes(&subcluster.0))
    }

    fn of_cluster(cluster: &ClusterId) -> Self {
        Self::Cluster(first_bytes(cluster.0.as_slice()))
    }
}

fn first_bytes(bytes: &[u8]) -> [u8; 8] {
    let mut first = [0; 8];
    let length = bytes.len().min(first.len());
    first[..length].copy_from_slice(&bytes[..length]);
    first
}

/// Chooses one of these with equal chances.
pub(super) fn choose_one<T: Copy>(random: &mut impl Rng, items: &[T]) -> Option<T> {
    if items.is_empty() {
        return None;
    }
    items.get(random.random_range(0..items.len())).copied()
}

/// How many ordinary peers get a new packet.
pub(super) const PUSH_COUNT: usize = 4;
/// How many are drawn for each that is chosen.
const DRAWN_EACH: usize = 3;
/// How many of them are secluded, if so many are.
const SECLUDED_COUNT: usize = 2;
/// How many secluded peers get a new packet from an indexed one, which has the bandwidth.
const SECLUDED_CENTRAL_COUNT: usize = 8;

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::relay::{PeerId, Time, nat::NatType, packet::Field};

    fn address(who: usize) -> Address {
        Address::new([10, 0, 0, 1].into(), u16::try_from(who).unwrap() + 1)
    }

    /// Peers by number: ordinary ones, and indexed ones after them.
    fn entries(ordinary: usize, indexed: usize) -> Vec<Entry> {
        let make = |who| {
            let id = PeerId([u8::try_from(who).unwrap(); 32]);
            let mut entry = Entry::new(id, address(who), Time::ZERO);
            entry.is_indexed = who >= ordinary;
            entry.nat = NatType::UNRESTRICTED;
            entry
        };
        (0..ordinary + indexed).map(make).collect()
    }

    fn group(number: u8) -> (ClusterId, SubclusterId) {
        (
            ClusterId(Field::from([number; 32])),
            SubclusterId([number; 32]),
        )
    }

    /// The numbers of those who are chosen for a packet of group 1.
    fn choose(random: &mut StdRng, crowd: &Crowd, except: Option<usize>) -> Vec<usize> {
        let (cluster, subcluster) = group(1);
        let except = except.map(address);
        let chosen = crowd.choose(random, Some(&cluster), Some(&subcluster), except, &|_| 0);
        let who = |(_, address): Receiver| usize::from(address.port()) - 1;
        chosen.into_iter().map(who).collect()
    }

    #[test]
    fn nobody_is_chosen_twice_and_one_indexed_peer_always() {
        let mut random = StdRng::seed_from_u64(1);
        for ordinary in 0..12 {
            let crowd = Crowd::new(entries(ordinary, 3).iter(), false);
            for _ in 0..100 {
                let mut audience = choose(&mut random, &crowd, None);
                assert_eq!(audience.iter().filter(|who| **who >= ordinary).count(), 1);
                assert_eq!(audience.len(), ordinary.min(PUSH_COUNT) + 1);
                audience.sort_unstable();
                audience.dedup();
                assert_eq!(audience.len(), ordinary.min(PUSH_COUNT) + 1);
            }
        }
    }

    #[test]
    fn everybody_has_the_same_chance_but_for_who_sent_it() {
        // Chi-square with 11 degrees of freedom exceeds 31.3 once in a thousand times; the
        // draws of one choice exclude each other, which only makes it smaller.
        for seed in 0..20 {
            let mut random = StdRng::seed_from_u64(seed);
            let crowd = Crowd::new(entries(13, 0).iter(), false);
            let mut counts = [0_u32; 13];
            for _ in 0..3_000 {
                for who in choose(&mut random, &crowd, Some(12)) {
                    counts[who] += 1;
                }
            }
            assert_eq!(counts[12], 0);
            let expected = f64::from(3_000 * PUSH_COUNT as u32) / 12.0;
            let distance = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
            let chi_square: f64 = counts[..12].iter().map(distance).sum();
            assert!(chi_square < 31.3, "seed {seed}: {chi_square}, {counts:?}");
        }
    }

    #[test]
    fn half_of_the_ordinary_ones_are_hard_to_reach_and_of_an_indexed_peer_eight_more() {
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(40, 2);
        for (who, entry) in all.iter_mut().enumerate().take(20) {
            entry.nat = [NatType::ENDPOINT_RESTRICTED, NatType::UNKNOWN][who % 2];
        }
        for (is_central, few, count) in [(false, 2, PUSH_COUNT), (true, 8, 8 + PUSH_COUNT)] {
            let crowd = Crowd::new(all.iter(), is_central);
            for _ in 0..100 {
                let mut audience = choose(&mut random, &crowd, None);
                assert!(audience.len() <= count + 1);
                assert!(audience.iter().filter(|who| **who < 20).count() >= few);
                let drawn = audience.len();
                audience.sort_unstable();
                audience.dedup();
                assert_eq!(audience.len(), drawn);
            }
        }
    }

    #[test]
    fn one_that_shares_the_subcluster_is_always_among_them() {
        let mut random = StdRng::seed_from_u64(1);
        let mut chosen = [0; 40];
        let mut all = entries(40, 2);
        let ((cluster, subcluster), (_, other)) = (group(1), group(2));
        all[3].add_membership(cluster, other);
        all[7].add_membership(cluster, subcluster);
        all[11].add_membership(cluster, subcluster);
        let crowd = Crowd::new(all.iter(), false);
        for _ in 0..2_000 {
            let audience = choose(&mut random, &crowd, None);
            assert!(audience.contains(&7) || audience.contains(&11));
            assert_eq!(audience.len(), PUSH_COUNT + 1);
            for who in audience.into_iter().filter(|who| *who < 40) {
                chosen[who] += 1;
            }
        }
        assert!(chosen[7] > 900 && chosen[11] > 900, "{chosen:?}");
    }

    #[test]
    fn who_sent_it_is_no_friend_and_one_of_the_cluster_is_better_than_none() {
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(40, 2);
        let ((cluster, subcluster), (_, other)) = (group(1), group(2));
        all[3].add_membership(cluster, other);
        all[7].add_membership(cluster, subcluster);
        let crowd = Crowd::new(all.iter(), false);
        for _ in 0..100 {
            let audience = choose(&mut random, &crowd, Some(7));
            assert!(audience.contains(&3) && !audience.contains(&7));
        }
    }

    #[test]
    fn an_indexed_friend_takes_the_place_of_another_indexed_peer() {
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(40, 3);
        let (cluster, subcluster) = group(1);
        all[41].add_membership(cluster, subcluster);
        let crowd = Crowd::new(all.iter(), false);
        for _ in 0..100 {
            let audience = choose(&mut random, &crowd, None);
            assert!(audience.contains(&41) && audience.len() == PUSH_COUNT + 1);
        }
    }

    #[test]
    fn one_of_none_is_none() {
        let mut random = StdRng::seed_from_u64(1);
        assert_eq!(choose_one::<u8>(&mut random, &[]), None);
        assert_eq!(choose_one(&mut random, &[5]), Some(5));
    }
}
