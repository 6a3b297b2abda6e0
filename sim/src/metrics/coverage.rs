//! How coverage grows with the age of a packet: two curves, both means over packets.
//!
//! [`Curve`] is that of the *stable* subscribers, who were online at publication and stayed
//! until they held the packet; it is fine in the first second, where it is decided.
//! [`Everyone`] is that of all subscribers online at a later moment, newcomers included; it
//! goes on for a day.

use serde::{Deserialize, Serialize};

/// Coverage of stable subscribers at fixed ages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Packets that it is the mean of.
    pub packet_count: u64,
    /// Sum of shares at each age of [`Curve::ages_us`].
    sums: Vec<f64>,
    /// Sum of their squares.
    squares: Vec<f64>,
    /// Smallest share.
    lows: Vec<f64>,
}

/// Coverage at one age.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Age of the packets in seconds.
    pub age_s: f64,
    /// Mean share of subscribers that hold them.
    pub mean: f64,
    /// Standard deviation among packets.
    pub deviation: f64,
    /// Share of the slowest packet.
    pub low: f64,
}

/// Coverage of all subscribers online at the moment of sampling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Everyone {
    /// Smallest share that was sampled after settling.
    pub min: Option<f64>,
    /// Sum of shares after settling, each weighted by the seconds up to the next sample.
    weighted_sum: f64,
    /// Sum of the weights.
    weight_s: f64,
    /// By age: sum of shares, smallest share, number of samples.
    bins: Vec<(f64, f64, u64)>,
}

impl Default for Curve {
    fn default() -> Self {
        let count = Self::ages_us().count();
        let (sums, squares, lows) = (vec![0.0; count], vec![0.0; count], vec![1.0; count]);
        Self {
            packet_count: 0,
            sums,
            squares,
            lows,
        }
    }
}

impl Curve {
    /// The ages: each 10 ms to 1 s, each 100 ms to 10 s, each second to a minute, each minute
    /// to an hour.
    pub fn ages_us() -> impl Iterator<Item = u64> {
        let fine = (0..100).map(|step| step * 10_000);
        let middle = (10..100).map(|step| step * 100_000);
        let coarse = (10..60).map(|step| step * 1_000_000);
        let slow = (1..=60).map(|step| step * 60_000_000);
        fine.chain(middle).chain(coarse).chain(slow)
    }

    /// Adds a packet that `subscriber_count` stable subscribers wanted and got at these ages,
    /// in ascending order.
    pub(crate) fn add(&mut self, times_us: &[u32], subscriber_count: usize) {
        let mut held_count = 0;
        for (slot, age_us) in Self::ages_us().enumerate() {
            held_count += times_us[held_count..]
                .iter()
                .take_while(|time_us| u64::from(**time_us) <= age_us)
                .count();
            let share = held_count as f64 / subscriber_count as f64;
            self.sums[slot] += share;
            self.squares[slot] += share * share;
            self.lows[slot] = self.lows[slot].min(share);
        }
        self.packet_count += 1;
    }

    /// Adds all packets of another curve.
    pub fn merge(&mut self, other: &Self) {
        for slot in 0..self.sums.len() {
            self.sums[slot] += other.sums[slot];
            self.squares[slot] += other.squares[slot];
            self.lows[slot] = self.lows[slot].min(other.lows[slot]);
        }
        self.packet_count += other.packet_count;
    }

    /// The curve point by point; empty without packets.
    #[must_use]
    pub fn points(&self) -> Vec<CurvePoint> {
        let count = self.packet_count as f64;
        if self.packet_count == 0 {
            return Vec::new();
        }
        let point = |(slot, age_us): (usize, u64)| {
            let mean = self.sums[slot] / count;
            let variance = f64::max(self.squares[slot] / count - mean * mean, 0.0);
            let sample = if count > 1.0 {
                count / (count - 1.0)
            } else {
                0.0
            };
            CurvePoint {
                age_s: age_us as f64 / 1e6,
                mean,
                deviation: (variance * sample).sqrt(),
                low: self.lows[slot],
            }
        };
        Self::ages_us().enumerate().map(point).collect()
    }
}

impl Everyone {
    /// Adds one sample of a packet of this age; the next one comes `step_us` later.
    pub(super) fn add(&mut self, age_us: u64, step_us: u64, share: f64, is_settled: bool) {
        let bin = age_bin(age_us);
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, (0.0, 1.0, 0));
        }
        let (sum, low, count) = &mut self.bins[bin];
        *sum += share;
        *low = low.min(share);
        *count += 1;
        if is_settled {
            let weight_s = step_us as f64 / 1e6;
            self.weighted_sum += share * weight_s;
            self.weight_s += weight_s;
            self.min = Some(self.min.map_or(share, |min| min.min(share)));
        }
    }

    /// Adds all samples of another run.
    pub fn merge(&mut self, other: &Self) {
        self.bins
            .resize(self.bins.len().max(other.bins.len()), (0.0, 1.0, 0));
        for (bin, (sum, low, count)) in self.bins.iter_mut().zip(&other.bins) {
            *bin = (bin.0 + sum, bin.1.min(*low), bin.2 + count);
        }
        self.weighted_sum += other.weighted_sum;
        self.weight_s += other.weight_s;
        self.min = self.min.into_iter().chain(other.min).reduce(f64::min);
    }

    /// Mean share over time and packets after settling.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.weight_s > 0.0).then(|| self.weighted_sum / self.weight_s)
    }

    /// Age in seconds, mean share, smallest share, samples.
    #[must_use]
    pub fn points(&self) -> Vec<(f64, f64, f64, u64)> {
        let sampled = self.bins.iter().enumerate().filter(|(_, bin)| bin.2 > 0);
        sampled
            .map(|(bin, (sum, low, count))| (bin_age_s(bin), sum / *count as f64, *low, *count))
            .collect()
    }
}

/// How long after a sample at this age the next one is due: each second for a minute, each
/// ten for ten minutes, then each minute. A day of a packet takes 1,500 samples, not 86,400.
pub(super) fn sample_step_us(age_us: u64) -> u64 {
    match age_us / 1_000_000 {
        0..60 => 1_000_000,
        60..600 => 10_000_000,
        _ => 60_000_000,
    }
}

fn age_bin(age_us: u64) -> usize {
    let age_s = age_us / 1_000_000;
    let bin = match age_s {
        0..60 => age_s,
        60..600 => 60 + (age_s - 60) / 10,
        _ => 114 + (age_s - 600) / 60,
    };
    (bin as usize).min(BIN_COUNT_MAX - 1)
}

/// The middle of a bin of ages.
fn bin_age_s(bin: usize) -> f64 {
    match bin {
        0..60 => bin as f64 + 0.5,
        60..114 => (bin - 60) as f64 * 10.0 + 65.0,
        _ => (bin - 114) as f64 * 60.0 + 630.0,
    }
}

/// Enough for a week.
const BIN_COUNT_MAX: usize = 10_240;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_the_mean_of_its_packets() {
        let mut curve = Curve::default();
        curve.add(&[100_000, 200_000], 2);
        curve.add(&[100_000], 2);
        let at = |age_s: f64| {
            curve
                .points()
                .into_iter()
                .find(|point| (point.age_s - age_s).abs() < 1e-9)
                .unwrap()
        };
        assert!((at(0.09).mean - 0.0).abs() < 1e-12);
        assert!((at(0.1).mean - 0.5).abs() < 1e-12);
        assert!((at(0.2).mean - 0.75).abs() < 1e-12);
        assert!((at(0.2).low - 0.5).abs() < 1e-12);
        assert!((at(0.2).deviation - 0.125f64.sqrt()).abs() < 1e-9);
        assert_eq!(Curve::default().points(), []);
    }

    #[test]
    fn ages_rise_and_samples_thin_out() {
        let ages: Vec<u64> = Curve::ages_us().collect();
        assert!(ages.is_sorted_by(|a, b| a < b));
        assert_eq!(ages.last(), Some(&3_600_000_000));
        let mut everyone = Everyone::default();
        everyone.add(500_000, 1_000_000, 0.25, false);
        everyone.add(5_000_000, 1_000_000, 1.0, true);
        everyone.add(700_000_000, 60_000_000, 0.9, true);
        assert_eq!(everyone.min, Some(0.9));
        assert!((everyone.mean().unwrap() - (1.0 + 54.0) / 61.0).abs() < 1e-12);
        assert_eq!(everyone.points().len(), 3);
    }
}
