//! How many neighbours get a packet.
//!
//! A packet spreads in generations. At first nobody has it, and each copy reaches somebody new; at
//! last nearly everybody has, and hardly one does. How many generations there are depends on how
//! large the network is, which nobody knows. But each peer sees after how many hops packets come to
//! it: what comes sooner than that is sent on to more neighbours, what comes later to fewer.
//!
//! Hops are what others say. Whoever lies about them, or about its NAT, cannot make a peer send to fewer than
//! [`BLIND_COUNT`] that are drawn with equal chances; who gets nothing finds out by comparing caches.

/// How many neighbours of each kind get a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Those that are not indexed.
    pub(super) ordinary: usize,
    /// How many of them are secluded, if so many are.
    pub(super) secluded: usize,
    /// Secluded ones besides.
    pub(super) more_secluded: usize,
    /// Indexed ones.
    pub(super) indexed: usize,
}

/// After how many hops packets come to a peer, on average, in 1/256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TypicalHops(u32);

/// Where a packet comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From us.
    Own,
    /// From a neighbour, over so many hops.
    Passed(u32),
    /// From a neighbour that was met just now: most likely out of its cache, and old.
    Caught,
}

impl TypicalHops {
    /// A packet came that was new. However far off its hops are, they count as one more or less
    /// than usual: to move this on and on, half of those who are counted have to lie.
    pub(super) fn note(&mut self, hops: u32) {
        let hops = hops.clamp(1, HOPS_COUNTED_MAX) * 256;
        let hops = hops.clamp(self.0.saturating_sub(256), self.0 + 256);
        self.0 = (self.0 * 15 + hops + 8) / 16;
    }
}

impl Origin {
    /// From a neighbour; no packet takes less than a hop, whatever it says.
    pub(super) fn passed(hops: u32) -> Self {
        Self::Passed(hops.max(1))
    }
}

impl Default for TypicalHops {
    fn default() -> Self {
        Self(FIRST_TYPICAL)
    }
}

impl Reach {
    /// How far a question goes at each step: what is not asked is not made up for.
    pub(super) fn of_question(is_central: bool) -> Self {
        let central = if is_central { QUESTION_CENTRAL } else { 0 };
        Self::new(QUESTION_COUNT, central, 1)
    }

    /// How far a message goes; `is_central` says whether the sender is an indexed peer.
    pub(super) fn of_message(origin: Origin, typical: TypicalHops, is_central: bool) -> Self {
        let hops = match origin {
            Origin::Own => return Self::new(OWN_COUNT, 0, OWN_INDEXED),
            Origin::Caught => return Self::new(PUSH_COUNT_MIN, 0, 0),
            Origin::Passed(hops) => hops.min(HOPS_COUNTED_MAX),
        };
        // In sixteenths of a hop.
        let late = ((hops * 256).cast_signed() - typical.0.cast_signed()).div_euclid(16);
        let ordinary = (TYPICAL_COUNT_16 - late * MORE_FOR_EACH_HOP + 8).div_euclid(16);
        let ordinary = clamp(ordinary, PUSH_COUNT_MIN, PUSH_COUNT_MAX);
        let central = (TYPICAL_CENTRAL * 16 - late * 8 + 8).div_euclid(16);
        let central = if is_central {
            clamp(central, 0, CENTRAL_MAX)
        } else {
            0
        };
        Self::new(ordinary, central, usize::from(late < -8))
    }

    /// Two fifths are secluded, and so many besides.
    fn new(ordinary: usize, more_secluded: usize, indexed: usize) -> Self {
        Self {
            ordinary,
            secluded: (ordinary * 2 + 2) / 5,
            more_secluded,
            indexed,
        }
    }
}

fn clamp(count: i32, least: usize, most: usize) -> usize {
    usize::try_from(count).unwrap_or(0).clamp(least, most)
}

/// How many ordinary neighbours get what is published here, and how many indexed ones.
pub(super) const OWN_COUNT: usize = 10;
const OWN_INDEXED: usize = 3;
/// How many get what comes after the typical number of hops, in sixteenths; and how many more
/// for each hop less.
const TYPICAL_COUNT_16: i32 = 37;
const MORE_FOR_EACH_HOP: i32 = 3;
/// How many get a message that is passed on, at least and at most.
pub(super) const PUSH_COUNT_MIN: usize = 2;
pub(super) const PUSH_COUNT_MAX: usize = 12;
/// How many secluded ones get it from an indexed peer besides: so many after the typical number
/// of hops, eight more for each less.
const TYPICAL_CENTRAL: i32 = 12;
const CENTRAL_MAX: usize = 24;
/// How many get a question, and how many secluded ones from an indexed peer besides.
const QUESTION_COUNT: usize = 4;
const QUESTION_CENTRAL: usize = 8;
/// How many are drawn without a look at what they say and do.
pub(super) const BLIND_COUNT: usize = 2;
/// Two hops and a half, before any packet has come.
const FIRST_TYPICAL: u32 = 640;
/// More hops than any message needs.
const HOPS_COUNTED_MAX: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn typical(hops: u32) -> TypicalHops {
        let mut typical = TypicalHops::default();
        (0..100).for_each(|_| typical.note(hops));
        typical
    }

    fn ordinary(hops: u32, typical: TypicalHops) -> usize {
        Reach::of_message(Origin::Passed(hops), typical, false).ordinary
    }

    #[test]
    fn what_comes_sooner_than_usual_goes_to_more_and_what_comes_later_to_fewer() {
        for usual in [2, 3, 5] {
            let counts: Vec<usize> = (1..10).map(|hops| ordinary(hops, typical(usual))).collect();
            assert!(counts.is_sorted_by(|a, b| a >= b), "{usual}: {counts:?}");
            assert!(
                (2..=3).contains(&counts[usual as usize - 1]),
                "{usual}: {counts:?}"
            );
            assert_eq!(counts[8], PUSH_COUNT_MIN);
        }
        assert!(ordinary(2, typical(4)) > ordinary(2, typical(2)));
    }

    #[test]
    fn half_of_those_who_are_counted_move_the_usual_number_by_one_at_most() {
        for lie in [0, 16, u32::MAX] {
            let mut typical = typical(3);
            for _ in 0..1_000 {
                typical.note(lie);
                typical.note(3);
            }
            assert!(
                (2 * 256..=4 * 256 + 16).contains(&typical.0),
                "{lie}: {typical:?}"
            );
        }
        assert!(typical(0).0 >= 256, "nothing comes in less than a hop");
    }

    #[test]
    fn no_lie_about_hops_goes_beyond_the_bounds() {
        for lie in [0, 1, 16, u32::MAX] {
            for hops in [0, 1, 16, u32::MAX] {
                for is_central in [false, true] {
                    let origin = Origin::Passed(hops);
                    let reach = Reach::of_message(origin, typical(lie), is_central);
                    assert!((PUSH_COUNT_MIN..=PUSH_COUNT_MAX).contains(&reach.ordinary));
                    assert!(reach.secluded <= reach.ordinary && reach.indexed <= 1);
                    assert!(reach.more_secluded <= CENTRAL_MAX);
                }
            }
        }
    }

    #[test]
    fn our_own_goes_to_the_most_and_what_is_old_to_the_fewest() {
        let of = |origin| Reach::of_message(origin, TypicalHops::default(), false);
        assert_eq!((of(Origin::Own).ordinary, of(Origin::Own).indexed), (10, 3));
        assert_eq!(
            (of(Origin::Caught).ordinary, of(Origin::Caught).indexed),
            (2, 0)
        );
    }
}
