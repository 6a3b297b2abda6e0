//! How long packets live: the Kaplan–Meier estimate.
//!
//! A packet whose loss nobody saw, because the run ended or the packet was allowed to expire,
//! is *censored*: it counts as alive up to then and is left out afterwards. Leaving it out
//! from the start, or counting it as alive for ever, would both be wrong.

use serde::{Deserialize, Serialize};

/// One step of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Age in seconds at which packets were lost.
    pub age_s: f64,
    /// Share that outlives this age.
    pub alive: f64,
    /// Lower end of the pointwise 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

/// How long one packet was watched and whether it was then lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life {
    /// From publication to loss or to the end of watching, in microseconds.
    pub age_us: u64,
    /// Whether it ended in a loss.
    pub is_lost: bool,
}

/// The Kaplan–Meier curve, with Greenwood's variance: a step at each age of a loss.
#[must_use]
pub fn kaplan_meier(lives: &[Life]) -> Vec<Step> {
    let mut sorted = lives.to_vec();
    sorted.sort_unstable();
    let (mut alive, mut greenwood) = (1.0, 0.0);
    let mut steps = Vec::new();
    let mut start = 0;
    while let Some(&Life { age_us, .. }) = sorted.get(start) {
        let end = start + sorted[start..].partition_point(|life| life.age_us == age_us);
        let at_risk = (sorted.len() - start) as f64;
        let lost = sorted[start..end]
            .iter()
            .filter(|life| life.is_lost)
            .count() as f64;
        start = end;
        if lost == 0.0 {
            continue;
        }
        alive *= 1.0 - lost / at_risk;
        greenwood += if at_risk > lost {
            lost / (at_risk * (at_risk - lost))
        } else {
            0.0
        };
        let half = 1.959_964 * alive * f64::sqrt(greenwood);
        let (low, high) = ((alive - half).max(0.0), (alive + half).min(1.0));
        steps.push(Step {
            age_s: age_us as f64 / 1e6,
            alive,
            low,
            high,
        });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(age_s: u64, is_lost: bool) -> Life {
        Life {
            age_us: age_s * 1_000_000,
            is_lost,
        }
    }

    #[test]
    fn the_curve_is_the_one_worked_by_hand() {
        // Six at risk: a loss at 1 (5/6), one censored at 2, losses at 3 (of 4) and 5 (of 2).
        let lives = [
            (5, true),
            (1, true),
            (2, false),
            (3, true),
            (4, false),
            (6, false),
        ];
        let steps = kaplan_meier(&lives.map(|(age, lost)| life(age, lost)));
        let alive: Vec<f64> = steps.iter().map(|step| step.alive).collect();
        let expected = [5.0 / 6.0, 5.0 / 6.0 * 0.75, 5.0 / 6.0 * 0.75 * 0.5];
        assert_eq!(alive.len(), 3);
        for (actual, expected) in alive.iter().zip(expected) {
            assert!((actual - expected).abs() < 1e-12);
        }
        // Greenwood after the first loss: s² · 1 / (6 · 5).
        let half = 1.959_964 * (5.0 / 6.0) * (1.0f64 / 30.0).sqrt();
        assert!((steps[0].low - (5.0 / 6.0 - half)).abs() < 1e-9);
    }

    #[test]
    fn a_loss_at_the_age_of_a_censoring_still_counts_it_as_at_risk() {
        let steps = kaplan_meier(&[life(1, false), life(1, true)]);
        assert_eq!(steps.len(), 1);
        assert!((steps[0].alive - 0.5).abs() < 1e-12);
    }

    #[test]
    fn without_a_loss_there_is_no_step() {
        assert_eq!(kaplan_meier(&[life(9, false), life(3, false)]), []);
        assert_eq!(kaplan_meier(&[]), []);
    }
}
