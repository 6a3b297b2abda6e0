//! Datagrams that are lost, doubled or late.
//!
//! Loss comes in bursts, by a Gilbert–Elliott chain of two states for each direction of each
//! site's access: in the good state nothing is lost, in the bad one everything is. The chain
//! takes a step for each datagram.

use serde::{Deserialize, Serialize};

use crate::{
    access::{AccessClass, ByAccess},
    config::{ConfigError, in_range, is_share},
    streams::Stream,
};

/// What happens to datagrams on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LossConfig {
    /// How loss comes about.
    pub kind: LossKind,
    /// The share of datagrams that is lost, of the kind `iid`: once for each way.
    pub iid_share: f64,
    /// Loss of each kind of access, of the kind `bursts`: once where it leaves and once where it arrives.
    pub bursts: ByAccess<Burst>,
    /// The share of datagrams that arrives twice.
    pub duplication_share: f64,
    /// The second one is at most so many milliseconds later.
    pub duplication_delay_ms: f64,
    /// The share of datagrams that is held back, so that later ones overtake.
    pub reordering_share: f64,
    /// They are held back for at most so many milliseconds.
    pub reordering_delay_ms: f64,
}

/// How loss comes about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossKind {
    /// In bursts, by the class of access.
    #[default]
    Bursts,
    /// Each datagram for itself.
    Iid,
    /// Nothing is lost.
    None,
}

/// Loss in bursts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The share of datagrams that is lost.
    pub loss_share: f64,
    /// How many datagrams in a row are lost, on average; at least 1.
    pub burst_mean: f64,
}

impl LossConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        is_share("iid_share", self.iid_share)?;
        is_share("duplication_share", self.duplication_share)?;
        is_share("reordering_share", self.reordering_share)?;
        in_range(
            "duplication_delay_ms",
            self.duplication_delay_ms,
            0.0..=600_000.0,
        )?;
        in_range(
            "reordering_delay_ms",
            self.reordering_delay_ms,
            0.0..=600_000.0,
        )?;
        for (name, burst) in self.bursts.list() {
            let checked = burst.validate();
            checked.map_err(|error| error.within(name).within("bursts"))?;
        }
        Ok(())
    }
}

impl Burst {
    fn validate(&self) -> Result<(), ConfigError> {
        in_range("burst_mean", self.burst_mean, 1.0..=1e6)?;
        // Above this the good state would have to be left more often than always.
        let most = self.burst_mean / (1.0 + self.burst_mean);
        in_range("loss_share", self.loss_share, 0.0..=most)
    }
}

impl Default for LossConfig {
    fn default() -> Self {
        let burst = |loss_share, burst_mean| Burst {
            loss_share,
            burst_mean,
        };
        Self {
            kind: LossKind::Bursts,
            iid_share: 0.02,
            bursts: ByAccess {
                fixed: burst(0.001, 1.5),
                wifi: burst(0.01, 3.0),
                cellular: burst(0.02, 5.0),
                congested: burst(0.05, 8.0),
            },
            duplication_share: 0.0,
            duplication_delay_ms: 5.0,
            reordering_share: 0.0,
            reordering_delay_ms: 20.0,
        }
    }
}

/// Decides what happens to datagrams.
#[derive(Clone, Debug)]
pub(crate) struct Loss {
    kind: LossKind,
    iid_share: f64,
    chains: [Chain; AccessClass::COUNT],
    duplication_share: f64,
    duplication_us: u32,
    reordering_share: f64,
    reordering_us: u32,
}

/// The probabilities of leaving either state, out of 2^32.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    good_to_bad: u64,
    bad_to_good: u64,
}

/// The states of a site's two chains, one bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ChainStates(u8);

/// A direction of an access.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Up = 1,
    Down = 2,
}

impl Loss {
    pub(crate) fn new(config: &LossConfig) -> Self {
        let us = |ms: f64| (ms * 1_000.0) as u32;
        Self {
            kind: config.kind,
            iid_share: config.iid_share,
            chains: config.bursts.list().map(|(_, burst)| Chain::new(burst)),
            duplication_share: config.duplication_share,
            duplication_us: us(config.duplication_delay_ms),
            reordering_share: config.reordering_share,
            reordering_us: us(config.reordering_delay_ms),
        }
    }

    /// Whether the access of a site loses this datagram.
    #[inline]
    pub(crate) fn is_lost(
        &self,
        access: AccessClass,
        states: &mut ChainStates,
        way: Way,
        stream: &mut Stream,
    ) -> bool {
        match (self.kind, way) {
            (LossKind::Bursts, _) => self.chains[access as usize].step(states, way, stream),
            (LossKind::Iid, Way::Up) => stream.is_drawn(self.iid_share),
            _ => false,
        }
    }

    /// How much longer than others this datagram takes, in microseconds.
    pub(crate) fn held_back_us(&self, stream: &mut Stream) -> u64 {
        if !stream.is_drawn(self.reordering_share) {
            return 0;
        }
        1 + u64::from(stream.below(self.reordering_us + 1))
    }

    /// How much later a second copy arrives, in microseconds, if there is one.
    pub(crate) fn copy_us(&self, stream: &mut Stream) -> Option<u64> {
        let is_drawn = stream.is_drawn(self.duplication_share);
        is_drawn.then(|| 1 + u64::from(stream.below(self.duplication_us + 1)))
    }
}

impl Chain {
    fn new(burst: &Burst) -> Self {
        let of_all = |probability: f64| (probability * 4_294_967_296.0) as u64;
        let leaving = 1.0 / burst.burst_mean;
        let share = burst.loss_share;
        Self {
            good_to_bad: of_all(leaving * share / (1.0 - share)),
            bad_to_good: of_all(leaving),
        }
    }

    /// Takes a step; whether it ends in the bad state.
    fn step(self, states: &mut ChainStates, way: Way, stream: &mut Stream) -> bool {
        use rand::RngCore as _;

        let bit = way as u8;
        let was_bad = states.0 & bit != 0;
        let leaving = if was_bad {
            self.bad_to_good
        } else {
            self.good_to_bad
        };
        let is_leaving = u64::from(stream.next_u32()) < leaving;
        states.0 ^= if is_leaving { bit } else { 0 };
        was_bad != is_leaving
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::numbered;

    #[test]
    fn bursts_have_their_share_and_their_length() {
        let config = LossConfig::default();
        let loss = Loss::new(&config);
        for (access, (_, burst)) in AccessClass::ALL.into_iter().zip(config.bursts.list()) {
            let mut stream = numbered(1, "bursts", access as u64);
            let mut states = ChainStates::default();
            let (mut lost, mut bursts, mut was_lost) = (0.0, 0.0, false);
            for _ in 0..400_000 {
                let is_lost = loss.is_lost(access, &mut states, Way::Down, &mut stream);
                lost += f64::from(u8::from(is_lost));
                bursts += f64::from(u8::from(is_lost && !was_lost));
                was_lost = is_lost;
            }
            let (share, length) = (lost / 400_000.0, lost / bursts);
            assert!(
                (share / burst.loss_share - 1.0).abs() < 0.12,
                "{access:?}: {share}"
            );
            assert!(
                (length / burst.burst_mean - 1.0).abs() < 0.08,
                "{access:?}: {length}"
            );
        }
    }

    #[test]
    fn iid_loss_is_drawn_once_for_each_way() {
        let config = LossConfig {
            kind: LossKind::Iid,
            iid_share: 0.1,
            ..LossConfig::default()
        };
        let (loss, mut states) = (Loss::new(&config), ChainStates::default());
        let mut stream = numbered(1, "iid", 0);
        let mut count = |way| {
            let lost = (0..50_000)
                .filter(|_| loss.is_lost(AccessClass::Wifi, &mut states, way, &mut stream));
            lost.count()
        };
        assert!((4_800..5_200).contains(&count(Way::Up)));
        assert_eq!(count(Way::Down), 0);
    }

    #[test]
    fn a_loss_that_no_chain_can_have_is_refused() {
        let mut config = LossConfig::default();
        config.bursts.wifi.loss_share = 0.9;
        let error = config.validate().unwrap_err();
        assert_eq!(error.key, "bursts.wifi.loss_share");
    }
}
