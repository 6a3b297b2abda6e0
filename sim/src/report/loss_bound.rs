//! An estimate of what loss alone keeps from subscribers.
//!
//! A datagram is lost where it leaves, each time at another sender, or where it arrives, in bursts.
//! So each subscriber now and then loses the first few that are sent to it, and among many there
//! is often one. How often is worked out as if everybody were sent equally many datagrams, one right behind
//! the other. Other traffic between them lets a burst pass sooner, so that it is less in a lively network.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccessShares, Burst, ByAccess, LossConfig, LossKind, NetworkConfig};

/// How often loss keeps a message from somebody, by how many datagrams are sent to each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossBound {
    /// Datagrams of a message that were sent to each subscriber on average, those included that
    /// were lost on the way.
    pub datagrams_sent: Option<f64>,
    /// Share of messages of which some subscriber loses that many in a row, if they come one right
    /// behind the other: it has to be sent another one.
    pub missed_share: Option<f64>,
    /// So many would have to be sent to each for that to be so of 1 % of messages.
    pub datagrams_for_p99: Option<u32>,
}

impl LossBound {
    /// The estimate for the network of a scenario, if it has one, for so many subscribers, each of
    /// which got so many copies of a message on average.
    pub(super) fn of(scenario: &Value, subscribers: Option<f64>, copies: Option<f64>) -> Self {
        let network = scenario.get("network").cloned().unwrap_or_default();
        let network = serde_json::from_value::<NetworkConfig>(network).ok();
        let Some((network, subscribers)) = network.zip(subscribers) else {
            return Self::default();
        };
        let NetworkConfig { access, loss, .. } = &network;
        let sent = copies.map(|copies| sent(access, loss, copies));
        Self {
            datagrams_sent: sent,
            missed_share: sent.map(|sent| missed_on_average(access, loss, subscribers, sent)),
            datagrams_for_p99: (1..=DATAGRAMS_MAX)
                .zip(missed(access, loss, subscribers))
                .find_map(|(datagrams, share)| (share <= ALLOWED_AT_P99).then_some(datagrams)),
        }
    }
}

/// How many datagrams have to be sent so that so many copies arrive.
fn sent(access: &AccessShares, loss: &LossConfig, copies: f64) -> f64 {
    let once = share_lost(access, loss);
    let arrives = match loss.kind {
        LossKind::Bursts => (1.0 - once).powi(2),
        LossKind::Iid | LossKind::None => 1.0 - once,
    };
    copies / (arrives * (1.0 + loss.duplication_share)).max(f64::MIN_POSITIVE)
}

/// The share of messages that miss somebody if so many datagrams are sent on average: between
/// those of the whole numbers next to it.
fn missed_on_average(
    access: &AccessShares,
    loss: &LossConfig,
    subscribers: f64,
    datagrams: f64,
) -> f64 {
    let fewer = datagrams.clamp(1.0, f64::from(DATAGRAMS_MAX)).floor();
    let mut shares = missed(access, loss, subscribers).skip(fewer as usize - 1);
    let (low, high) = (shares.next().unwrap_or(0.0), shares.next().unwrap_or(0.0));
    low + (high - low) * (datagrams - fewer).clamp(0.0, 1.0)
}

/// The share of messages of which at least one subscriber loses the first datagram sent to it, the
/// first two, and so on.
fn missed(access: &AccessShares, loss: &LossConfig, subscribers: f64) -> impl Iterator<Item = f64> {
    let mut rows = rows(access, loss);
    std::iter::from_fn(move || {
        let lost: f64 = rows
            .iter_mut()
            .map(|(share, row)| *share * row.lose())
            .sum();
        Some(1.0 - (1.0 - lost.min(1.0)).powf(subscribers))
    })
}

/// A subscriber of each kind of access, with the share of those.
fn rows(access: &AccessShares, loss: &LossConfig) -> Vec<(f64, Row)> {
    let at_sender = share_lost(access, loss);
    let none = Burst {
        loss_share: 0.0,
        burst_mean: 1.0,
    };
    let bursts = match loss.kind {
        LossKind::Bursts => loss.bursts,
        LossKind::Iid | LossKind::None => ByAccess {
            fixed: none,
            wifi: none,
            cellular: none,
            congested: none,
        },
    };
    let of_class = access.list().into_iter().zip(bursts.list());
    let of_class = of_class.map(|(share, (_, burst))| (share, Row::new(*burst, at_sender)));
    of_class.collect()
}

/// The share of datagrams that is lost where they leave.
fn share_lost(access: &AccessShares, loss: &LossConfig) -> f64 {
    let shares = access.list().into_iter().zip(loss.bursts.list());
    let by_access = shares.map(|(share, (_, burst))| share * burst.loss_share);
    match loss.kind {
        LossKind::Bursts => by_access.sum(),
        LossKind::Iid => loss.iid_share,
        LossKind::None => 0.0,
    }
}

/// Probabilities that a subscriber has lost all datagrams so far, and that its access is in either
/// state of the chain that makes bursts.
struct Row {
    burst: Burst,
    at_sender: f64,
    lost_good: f64,
    lost_bad: f64,
    is_begun: bool,
}

impl Row {
    fn new(burst: Burst, at_sender: f64) -> Self {
        Self {
            burst,
            at_sender,
            lost_good: 0.0,
            lost_bad: 0.0,
            is_begun: false,
        }
    }

    /// One datagram more; the probability that this one is lost too.
    fn lose(&mut self) -> f64 {
        let Burst {
            loss_share,
            burst_mean,
        } = self.burst;
        let leaving_bad = 1.0 / burst_mean;
        let leaving_good = leaving_bad * loss_share / (1.0 - loss_share);
        let (good, bad) = match std::mem::replace(&mut self.is_begun, true) {
            false => (1.0 - loss_share, loss_share),
            true => (
                self.lost_good * (1.0 - leaving_good) + self.lost_bad * leaving_bad,
                self.lost_good * leaving_good + self.lost_bad * (1.0 - leaving_bad),
            ),
        };
        // Where nothing is lost on arrival, it may have been before.
        (self.lost_good, self.lost_bad) = (good * self.at_sender, bad);
        self.lost_good + self.lost_bad
    }
}

/// A 99th percentile leaves out one message of a hundred.
const ALLOWED_AT_P99: f64 = 0.01;
/// More than these are not tried.
const DATAGRAMS_MAX: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AccessClass,
        loss::{ChainStates, Loss, Way},
        streams::numbered,
    };

    fn bound(network: &NetworkConfig, copies: f64) -> LossBound {
        let scenario = serde_json::json!({"network": network});
        LossBound::of(&scenario, Some(61.0), Some(copies))
    }

    #[test]
    fn the_bound_of_the_default_network_is_the_one_worked_by_hand() {
        let sent =
            |datagrams: f64| bound(&NetworkConfig::default(), datagrams * 0.9892_f64.powi(2));
        let five = sent(5.0);
        assert!((five.datagrams_sent.unwrap() - 5.0).abs() < 1e-9);
        assert!(
            (five.missed_share.unwrap() - 0.202_8).abs() < 1e-4,
            "{five:?}"
        );
        assert!((sent(20.0).missed_share.unwrap() - 0.014_8).abs() < 1e-4);
        assert_eq!(five.datagrams_for_p99, Some(23));
    }

    #[test]
    fn the_bound_is_what_chains_of_loss_do() {
        let (config, access) = (LossConfig::default(), AccessShares::default());
        let (loss, mut stream) = (Loss::new(&config), numbered(1, "bound", 0));
        let at_sender = share_lost(&access, &config);
        let mut lost_all = [0.0; 4];
        for class in AccessClass::ALL {
            let mut states = ChainStates::default();
            for _ in 0..100_000 {
                let mut lost = || {
                    let is_down = loss.is_lost(class, &mut states, Way::Down, &mut stream);
                    stream.is_drawn(at_sender) || is_down
                };
                let all = (0..6).fold(true, |all, _| lost() && all);
                lost_all[class as usize] += f64::from(u8::from(all)) / 100_000.0;
            }
        }
        for (class, (_, mut row)) in AccessClass::ALL.into_iter().zip(rows(&access, &config)) {
            let computed = (0..6).fold(0.0, |_, _| row.lose());
            let simulated = lost_all[class as usize];
            assert!(
                (computed - simulated).abs() < 0.002,
                "{class:?}: {computed}, {simulated}"
            );
        }
    }

    #[test]
    fn loss_without_bursts_and_no_loss_have_their_bounds_too() {
        let mut network = NetworkConfig::default();
        network.loss.kind = LossKind::Iid;
        network.loss.iid_share = 0.1;
        let iid = bound(&network, 1.8);
        // 1 − (1 − 0.1^2)^61 for two datagrams, of which 1.8 arrive.
        assert!(
            (iid.missed_share.unwrap() - 0.458_3).abs() < 1e-4,
            "{iid:?}"
        );
        assert_eq!(iid.datagrams_for_p99, Some(4));
        network.loss.kind = LossKind::None;
        let none = bound(&network, 5.0);
        assert_eq!(
            (none.missed_share, none.datagrams_for_p99),
            (Some(0.0), Some(1))
        );
    }

    #[test]
    fn who_has_no_network_has_no_bound() {
        let bound = LossBound::of(&serde_json::json!({"peers": 3}), Some(3.0), Some(1.0));
        assert_eq!(bound, LossBound::default());
    }
}
