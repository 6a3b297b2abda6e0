//! Nodes that come and go.
//!
//! A [`Churn`] belongs to one node and says, as an iterator, how long it is online and offline. It
//! begins in equilibrium: as if the run were a look at a network that has been there for long.

mod config;
mod trace;

use crate::{
    config::pick,
    distribution::{exponential, weibull, weibull_mean, weibull_residual},
    streams::{self, Stream},
};

pub use config::{ChurnConfig, ChurnKind, ChurnStart};
pub use trace::{Trace, TraceError};

/// A time that a node is online or offline throughout.
///
/// Two that are online in a row are two nodes: the first is replaced by the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Whether it is online.
    pub is_online: bool,
    /// Whether it begins with an empty cache, as if it had never been there.
    pub is_cold: bool,
    /// How long, in microseconds; [`Spell::FOR_EVER`] if nothing follows.
    pub length_us: u64,
}

impl Spell {
    /// Longer than any run.
    pub const FOR_EVER: u64 = u64::MAX;
}

/// When one node comes and goes.
#[derive(Clone, Debug)]
pub struct Churn {
    stream: Stream,
    lives: Lives,
    /// The share of returns with an empty cache.
    cold_share: f64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was said yet.
    Start(ChurnStart),
    Online,
    Offline,
    /// Nothing follows.
    End,
}

/// What lengths are drawn from, in seconds.
#[derive(Clone, Copy, Debug)]
enum Lives {
    /// Always online.
    Always,
    /// Online and offline.
    Alternating {
        online: Life,
        first: Life,
        offline: Life,
    },
    /// Always online, but for ever another one.
    Replaced { mean_s: f64 },
}

/// A Weibull distribution; with a shape of 1 it is exponential.
#[derive(Clone, Copy, Debug)]
struct Life {
    shape: f32,
    scale_s: f64,
}

impl Churn {
    /// The churn of one node. [`ChurnKind::Trace`] has a source of its own, [`Trace::spells`].
    ///
    /// The configuration must be [valid](ChurnConfig::validate).
    #[must_use]
    pub fn new(config: &ChurnConfig, seed: u64, node: u64) -> Self {
        let mut stream = streams::numbered(seed, "churn", node);
        let lives = Lives::draw(config, &mut stream);
        Self {
            stream,
            lives,
            cold_share: config.cold_share,
            phase: Phase::Start(config.start),
        }
    }

    fn start(&mut self, start: ChurnStart) -> Spell {
        match (self.lives, start) {
            (Lives::Alternating { first, .. }, ChurnStart::Born) => {
                self.phase = Phase::Online;
                spell(true, true, first.draw(&mut self.stream))
            }
            (
                Lives::Alternating {
                    online, offline, ..
                },
                ChurnStart::Equilibrium,
            ) => {
                let online_share = online.mean_s() / (online.mean_s() + offline.mean_s());
                let is_online = pick(&[online_share, 1.0 - online_share], self.stream.unit()) == 0;
                let life = if is_online { online } else { offline };
                self.phase = if is_online {
                    Phase::Online
                } else {
                    Phase::Offline
                };
                spell(is_online, false, life.draw_residual(&mut self.stream))
            }
            (Lives::Always, _) => {
                self.phase = Phase::End;
                Spell {
                    is_online: true,
                    is_cold: false,
                    length_us: Spell::FOR_EVER,
                }
            }
            (Lives::Replaced { mean_s }, _) => {
                self.phase = Phase::Online;
                spell(true, false, exponential(&mut self.stream, mean_s))
            }
        }
    }

    fn come_online(&mut self) -> Spell {
        self.phase = Phase::Online;
        match self.lives {
            Lives::Alternating { online, .. } => {
                let is_cold = self.stream.is_drawn(self.cold_share);
                spell(true, is_cold, online.draw(&mut self.stream))
            }
            Lives::Replaced { mean_s } => spell(true, true, exponential(&mut self.stream, mean_s)),
            Lives::Always => spell(true, false, 0.0),
        }
    }

    fn go_offline(&mut self) -> Spell {
        match self.lives {
            Lives::Alternating { offline, .. } => {
                self.phase = Phase::Offline;
                spell(false, false, offline.draw(&mut self.stream))
            }
            _ => self.come_online(),
        }
    }
}

impl Iterator for Churn {
    type Item = Spell;

    fn next(&mut self) -> Option<Spell> {
        match self.phase {
            Phase::Start(start) => Some(self.start(start)),
            Phase::Online => Some(self.go_offline()),
            Phase::Offline => Some(self.come_online()),
            Phase::End => None,
        }
    }
}

impl Lives {
    fn draw(config: &ChurnConfig, stream: &mut Stream) -> Self {
        let minutes = |shape: f64, scale_min: f64| Life {
            shape: shape as f32,
            scale_s: scale_min * 60.0,
        };
        match config.kind {
            ChurnKind::None | ChurnKind::Trace => Self::Always,
            ChurnKind::Weibull => Self::Alternating {
                online: minutes(config.session_shape, config.session_scale_min),
                first: minutes(config.first_session_shape, config.first_session_scale_min),
                offline: minutes(config.offline_shape, config.offline_scale_min),
            },
            ChurnKind::Exponential => {
                let online = Life::exponential(config.session_mean_s);
                Self::Alternating {
                    online,
                    first: online,
                    offline: Life::exponential(config.offline_mean_s),
                }
            }
            ChurnKind::Phone => {
                let share = phone_share(stream.unit());
                let online = Life::exponential(config.phone_session_mean_s);
                let offline_mean_s = config.phone_session_mean_s * (1.0 - share) / share;
                Self::Alternating {
                    online,
                    first: online,
                    offline: Life::exponential(offline_mean_s),
                }
            }
            ChurnKind::Stress if config.percent_per_minute == 0.0 => Self::Always,
            ChurnKind::Stress => Self::Replaced {
                mean_s: 60.0 * 100.0 / config.percent_per_minute,
            },
        }
    }
}

impl Life {
    fn exponential(mean_s: f64) -> Self {
        Self {
            shape: 1.0,
            scale_s: mean_s,
        }
    }

    fn draw(self, stream: &mut Stream) -> f64 {
        weibull(stream, f64::from(self.shape), self.scale_s)
    }

    fn draw_residual(self, stream: &mut Stream) -> f64 {
        weibull_residual(stream, f64::from(self.shape), self.scale_s)
    }

    fn mean_s(self) -> f64 {
        weibull_mean(f64::from(self.shape), self.scale_s)
    }
}

/// Which share of the day a phone is online, of its rank among phones from 0 to 1.
///
/// Straight lines through the measured median, quartile and decile; the highest follows from the mean.
fn phone_share(rank: f64) -> f64 {
    const QUANTILES: [(f64, f64); 5] = [
        (0.0, 0.005),
        (0.5, 0.07),
        (0.75, 0.20),
        (0.90, 0.32),
        (1.0, 0.45),
    ];
    for two in QUANTILES.windows(2) {
        let [(low, from), (high, to)] = [two[0], two[1]];
        if rank <= high {
            return from + (to - from) * (rank - low) / (high - low);
        }
    }
    QUANTILES[QUANTILES.len() - 1].1
}

/// At least a microsecond, so that nobody comes and goes in one moment.
fn spell(is_online: bool, is_cold: bool, length_s: f64) -> Spell {
    Spell {
        is_online,
        is_cold,
        length_us: ((length_s * 1e6) as u64).clamp(1, Spell::FOR_EVER - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of time that nodes are online within a span, and the lengths of whole sessions.
    fn online(config: &ChurnConfig, nodes: u64, from_s: u64, to_s: u64) -> f64 {
        let (from_us, to_us) = (from_s * 1_000_000, to_s * 1_000_000);
        let mut online_us = 0;
        for node in 0..nodes {
            let mut now_us: u64 = 0;
            for spell in Churn::new(config, 1, node) {
                let end_us = now_us.saturating_add(spell.length_us);
                if spell.is_online {
                    let within = end_us.min(to_us).saturating_sub(now_us.max(from_us));
                    online_us += if now_us < to_us { within } else { 0 };
                }
                now_us = end_us;
                if now_us >= to_us {
                    break;
                }
            }
        }
        online_us as f64 / (nodes * (to_us - from_us)) as f64
    }

    #[track_caller]
    fn check_stationary(config: &ChurnConfig, hours: u64, expected: f64) {
        let step = hours * 3_600 / 3;
        let shares = [0, 1, 2].map(|third| online(config, 4_000, third * step, (third + 1) * step));
        for share in shares {
            assert!(
                (share / expected - 1.0).abs() < 0.07,
                "{shares:?} is not {expected}"
            );
        }
    }

    fn of(kind: ChurnKind) -> ChurnConfig {
        ChurnConfig {
            kind,
            ..ChurnConfig::default()
        }
    }

    #[test]
    fn a_run_begins_in_equilibrium() {
        let on = weibull_mean(0.615, 169.5);
        check_stationary(
            &of(ChurnKind::Weibull),
            6,
            on / (on + weibull_mean(0.476, 413.7)),
        );
        let exponential = ChurnConfig {
            session_mean_s: 600.0,
            offline_mean_s: 1_800.0,
            ..of(ChurnKind::Exponential)
        };
        check_stationary(&exponential, 1, 0.25);
    }

    #[test]
    fn phones_are_online_as_much_as_was_measured() {
        check_stationary(&of(ChurnKind::Phone), 24, 0.13);
        let shares = [0.5, 0.75, 0.9].map(phone_share);
        assert_eq!(shares, [0.07, 0.20, 0.32]);
    }

    #[test]
    fn stress_replaces_its_share_and_keeps_the_number() {
        let config = ChurnConfig {
            percent_per_minute: 50.0,
            ..of(ChurnKind::Stress)
        };
        let mut replaced = 0;
        for node in 0..2_000 {
            let mut now_us = 0;
            for spell in Churn::new(&config, 1, node) {
                assert!(spell.is_online && spell.is_cold == (now_us > 0));
                now_us += spell.length_us;
                if now_us > 10 * 60_000_000 {
                    break;
                }
                replaced += 1;
            }
        }
        let percent = f64::from(replaced) / 2_000.0 / 10.0 * 100.0;
        assert!((percent - 50.0).abs() < 1.5, "{percent}");
    }

    #[test]
    fn some_return_with_empty_caches() {
        let config = ChurnConfig {
            cold_share: 0.3,
            ..of(ChurnKind::Exponential)
        };
        let returns = Churn::new(&config, 1, 1)
            .skip(2)
            .filter(|spell| spell.is_online);
        let cold = returns.take(10_000).filter(|spell| spell.is_cold).count();
        assert!((2_850..3_150).contains(&cold), "{cold}");
    }

    #[test]
    fn without_churn_everybody_stays() {
        let spells: Vec<_> = Churn::new(&ChurnConfig::default(), 1, 1).collect();
        assert_eq!(spells.len(), 1);
        assert!(spells[0].is_online && spells[0].length_us == Spell::FOR_EVER);
        assert!(size_of::<Churn>() <= 112, "{}", size_of::<Churn>());
    }
}
