//! Chooses who gets a packet: at random, nobody twice, and everybody with the same chance.
//!
//! The reference shuffles with a comparison that lies, so that the first of twelve is chosen
//! twice as often as the ninth, and puts one friend in twice (weakness 12.10).
//!
//! A [`Crowd`] is made when somebody comes, goes or joins something, which is seldom; a choice
//! from it costs the same however many there are.

use rand::{Rng, seq::index};

use super::{
    Wire,
    reach::{BLIND_COUNT, Reach},
    table::Entry,
};
use crate::relay::{Address, ClusterId, SubclusterId};

/// Those who can be sent a packet, laid out to be chosen from.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    /// Secluded peers, the other ordinary ones, and after them the indexed ones.
    receivers: Vec<Receiver>,
    ordinary_count: usize,
    /// How many of the ordinary ones, which come first, are secluded.
    secluded_count: usize,
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
    pub(super) fn new<'a>(peers: impl Iterator<Item = &'a Entry> + Clone) -> Self {
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
        let mut crowd = Self::default();
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
        for (cluster, subcluster) in entry.memberships.iter() {
            self.friends.push((Group::of_cluster(cluster), place));
            self.friends.push((Group::of_subcluster(subcluster), place));
        }
    }

    /// Chooses so many ordinary peers and indexed ones, but for the one at `except`. Among them is
    /// one who shares the subcluster if there is one, or else the cluster.
    ///
    /// The first [`BLIND_COUNT`] are drawn with equal chances: of all else, a peer may say or do what
    /// brings it more than its share. Secluded peers have few neighbours, who have many: without
    /// more than their share they would get half as many copies as the others. And neighbours of which
    /// nothing was heard for long may be gone: `silence` says how long, roughly.
    pub(super) fn choose(
        &self,
        random: &mut impl Rng,
        reach: Reach,
        cluster: Option<&ClusterId>,
        subcluster: Option<&SubclusterId>,
        except: Option<Address>,
        silence: &impl Fn(Address) -> u8,
    ) -> Vec<Receiver> {
        let indexed = self.ordinary_count..self.receivers.len();
        let mut chosen = self.draw_ordinary(random, reach, except, silence);
        let mut central = self.draw(random, indexed, reach.indexed, except, silence);
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
            // A friend takes somebody's place, so that the number of copies stays the same, but
            // not that of one who was drawn with equal chances.
            let is_central = friend >= self.ordinary_count && !central.is_empty();
            let (places, is_full) = if is_central {
                (&mut central, true)
            } else {
                let is_full = chosen.len() >= reach.ordinary.max(BLIND_COUNT + 1);
                (&mut chosen, is_full)
            };
            if is_full {
                places.pop();
            }
            places.push(friend);
        }
        chosen.extend(central);
        chosen
            .into_iter()
            .map(|place| self.receivers[place])
            .collect()
    }

    /// Draws ordinary peers: some with equal chances, then secluded ones, then those that are not silent.
    fn draw_ordinary(
        &self,
        random: &mut impl Rng,
        reach: Reach,
        except: Option<Address>,
        silence: &impl Fn(Address) -> u8,
    ) -> Vec<usize> {
        let count = reach.ordinary + reach.more_secluded.min(self.secluded_count);
        let wanted = self.ordinary_count.min(DRAWN_EACH * count + 1);
        let drawn = index::sample(random, self.ordinary_count, wanted).into_iter();
        let mut drawn: Vec<usize> = drawn.filter(|place| !self.is_at(*place, except)).collect();
        let blind = BLIND_COUNT.min(reach.ordinary).min(drawn.len());
        let mut chosen: Vec<usize> = drawn.drain(..blind).collect();
        drawn.sort_by_key(|place| silence(self.receivers[*place].1));
        let is_secluded = |place: &&usize| **place < self.secluded_count;
        let few = chosen.iter().filter(is_secluded).count();
        let secluded_count = (reach.secluded + reach.more_secluded).saturating_sub(few);
        let secluded = 0..self.secluded_count;
        let secluded = self.draw(random, secluded, secluded_count, except, silence);
        for place in secluded.into_iter().chain(drawn) {
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

/// How many are drawn for each that is chosen.
const DRAWN_EACH: usize = 3;

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

    /// What a packet of the usual age gets.
    fn reach() -> Reach {
        Reach {
            ordinary: PUSH_COUNT,
            secluded: 2,
            more_secluded: 0,
            indexed: 1,
        }
    }

    const PUSH_COUNT: usize = 4;

    /// The numbers of those who are chosen for a packet of group 1.
    fn choose(random: &mut StdRng, crowd: &Crowd, except: Option<usize>) -> Vec<usize> {
        let (cluster, subcluster) = group(1);
        let except = except.map(address);
        let groups = (Some(&cluster), Some(&subcluster));
        let chosen = crowd.choose(random, reach(), groups.0, groups.1, except, &|_| 0);
        let who = |(_, address): Receiver| usize::from(address.port()) - 1;
        chosen.into_iter().map(who).collect()
    }

    #[test]
    fn nobody_is_chosen_twice_and_one_indexed_peer_always() {
        let mut random = StdRng::seed_from_u64(1);
        for ordinary in 0..12 {
            let crowd = Crowd::new(entries(ordinary, 3).iter());
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
            let crowd = Crowd::new(entries(13, 0).iter());
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
    fn so_many_are_hard_to_reach_as_are_wanted() {
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(40, 2);
        for (who, entry) in all.iter_mut().enumerate().take(20) {
            entry.nat = [NatType::ENDPOINT_RESTRICTED, NatType::UNKNOWN][who % 2];
        }
        let crowd = Crowd::new(all.iter());
        for (secluded, more_secluded) in [(2, 0), (1, 8)] {
            for _ in 0..100 {
                let reach = Reach {
                    secluded,
                    more_secluded,
                    ..reach()
                };
                let chosen = crowd.choose(&mut random, reach, None, None, None, &|_| 0);
                assert_eq!(chosen.len(), PUSH_COUNT + more_secluded + 1);
                let is_secluded = |(_, at): &&Receiver| usize::from(at.port()) <= 20;
                // Places that were drawn without a look may be drawn again.
                let wanted = secluded + more_secluded - BLIND_COUNT.min(more_secluded);
                assert!(chosen.iter().filter(is_secluded).count() >= wanted);
                let mut ports: Vec<u16> = chosen.iter().map(|(_, at)| at.port()).collect();
                ports.sort_unstable();
                ports.dedup();
                assert_eq!(ports.len(), chosen.len());
            }
        }
    }

    #[test]
    fn whoever_claims_a_hard_nat_and_chatters_leaves_two_draws_to_chance() {
        // The first forty say whatever is preferred, and were heard just now; the last ten are honest and quiet.
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(50, 0);
        for entry in all.iter_mut().take(40) {
            entry.nat = NatType::ENDPOINT_RESTRICTED;
        }
        let crowd = Crowd::new(all.iter());
        let silence = |at: Address| u8::from(at.port() > 40);
        for ordinary in [2, 4, 8] {
            let reach = Reach {
                ordinary,
                secluded: ordinary / 2,
                more_secluded: 0,
                indexed: 0,
            };
            let drawn = (0..4_000)
                .flat_map(|_| crowd.choose(&mut random, reach, None, None, None, &silence));
            let honest = drawn.filter(|(_, at)| at.port() > 40).count();
            // Two draws of one in five each: 1,600, with a standard deviation of 36.
            assert!(honest > 1_450, "{ordinary}: {honest}");
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
        let crowd = Crowd::new(all.iter());
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
        let crowd = Crowd::new(all.iter());
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
        let crowd = Crowd::new(all.iter());
        for _ in 0..100 {
            let audience = choose(&mut random, &crowd, None);
            assert!(audience.contains(&41) && audience.len() == PUSH_COUNT + 1);
        }
    }

    #[test]
    fn an_indexed_friend_takes_one_place_whatever_places_there_are() {
        let mut random = StdRng::seed_from_u64(1);
        let mut all = entries(40, 6);
        let (cluster, subcluster) = group(1);
        all[43].add_membership(cluster, subcluster);
        let crowd = Crowd::new(all.iter());
        for indexed in [0, 1, 3] {
            let reach = Reach { indexed, ..reach() };
            for _ in 0..100 {
                let group = Some(&subcluster);
                let chosen = crowd.choose(&mut random, reach, None, group, None, &|_| 0);
                let is_friend = |(_, at): &Receiver| *at == address(43);
                assert_eq!(chosen.iter().filter(|one| is_friend(one)).count(), 1);
                assert_eq!(chosen.len(), PUSH_COUNT + indexed);
            }
        }
    }

    #[test]
    fn one_of_none_is_none() {
        let mut random = StdRng::seed_from_u64(1);
        assert_eq!(choose_one::<u8>(&mut random, &[]), None);
        assert_eq!(choose_one(&mut random, &[5]), Some(5));
    }
}
