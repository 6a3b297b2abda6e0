//! A histogram whose bins grow with the value: any `u64` in at most 1.6 % of itself.
//!
//! It is what stands in for a list where the list would not fit: eviction ages, connection
//! times, loads of a million nodes. Two histograms add up to that of both.

use serde::{Deserialize, Serialize};

/// Counts of values in bins of constant relative width.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bin number of `counts[0]`.
    first: u16,
    counts: Vec<u64>,
    total: u64,
    sum: u64,
}

impl Histogram {
    /// Counts `value` once.
    pub fn add(&mut self, value: u64) {
        self.add_many(bin(value), 1);
        self.total += 1;
        self.sum = self.sum.saturating_add(value);
    }

    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        for (number, &count) in (other.first..).zip(&other.counts) {
            self.add_many(number, count);
        }
        self.total += other.total;
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// How many values were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The exact mean, none of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.total > 0).then(|| self.sum as f64 / self.total as f64)
    }

    /// The quantile `q` by nearest rank, as the middle of the bin it falls into.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let rank = (q * self.total as f64 - 1e-9).ceil().max(1.0) as u64;
        let mut below = 0;
        (self.first..)
            .zip(&self.counts)
            .find_map(|(number, &count)| {
                below += count;
                (below >= rank && self.total > 0).then(|| middle(number))
            })
    }

    /// The share of values whose bin lies at or below that of `value`.
    #[must_use]
    pub fn share_up_to(&self, value: u64) -> f64 {
        let last = bin(value);
        let counted: u64 = (self.first..)
            .zip(&self.counts)
            .filter(|(number, _)| *number <= last)
            .map(|(_, &count)| count)
            .sum();
        counted as f64 / self.total.max(1) as f64
    }

    /// The bins that hold something: lower edge, upper edge, count.
    pub fn bins(&self) -> impl Iterator<Item = (f64, f64, u64)> + '_ {
        (self.first..)
            .zip(&self.counts)
            .filter(|(_, count)| **count > 0)
            .map(|(number, &count)| (edge(number), edge(number + 1), count))
    }

    fn add_many(&mut self, number: u16, count: u64) {
        if self.counts.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let missing = usize::from(self.first - number);
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = number;
        }
        let index = usize::from(number - self.first);
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += count;
    }
}

/// The number of the bin that `value` falls into: exact below 64, then 32 bins an octave.
fn bin(value: u64) -> u16 {
    let Some(shift) = value
        .checked_ilog2()
        .and_then(|log| log.checked_sub(MANTISSA_BITS))
    else {
        return value as u16;
    };
    let mantissa = (value >> shift) as u16;
    shift as u16 * BINS_PER_OCTAVE + mantissa
}

/// The smallest value of a bin.
fn edge(number: u16) -> f64 {
    if number < 2 * BINS_PER_OCTAVE {
        return f64::from(number);
    }
    let shift = number / BINS_PER_OCTAVE - 1;
    f64::from(number - shift * BINS_PER_OCTAVE) * 2f64.powi(i32::from(shift))
}

fn middle(number: u16) -> f64 {
    let width = edge(number + 1) - edge(number);
    edge(number) + if width > 1.0 { width / 2.0 } else { 0.0 }
}

const MANTISSA_BITS: u32 = 5;
const BINS_PER_OCTAVE: u16 = 1 << MANTISSA_BITS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_within_its_bin() {
        let values = (0..300).chain([1000, 4095, 4096, 1 << 40, (1 << 53) - 1]);
        for value in values {
            let number = bin(value);
            let (low, high) = (edge(number), edge(number + 1));
            assert!(
                low <= value as f64 && (value as f64) < high,
                "{value}: {low}..{high}"
            );
            assert!(high - low <= 1.0 || (high - low) / low <= 1.0 / 32.0);
        }
    }

    #[test]
    fn quantiles_are_right_to_the_width_of_a_bin() {
        let mut histogram = Histogram::default();
        (1..=10_000).rev().for_each(|value| histogram.add(value));
        for (q, expected) in [(0.5, 5000.0), (0.99, 9900.0), (0.001, 10.0)] {
            let actual = histogram.quantile(q).unwrap();
            assert!(
                (actual - expected).abs() / expected < 0.016,
                "{q}: {actual}"
            );
        }
        assert!((histogram.mean().unwrap() - 5000.5).abs() < 1e-9);
        assert!((histogram.share_up_to(5000) - 0.5).abs() < 0.02);
        assert_eq!(Histogram::default().quantile(0.5), None);
    }

    #[test]
    fn two_histograms_add_up_to_that_of_both() {
        let (mut one, mut other, mut both) = (
            Histogram::default(),
            Histogram::default(),
            Histogram::default(),
        );
        for value in [7, 90, 90, 1 << 20] {
            one.add(value);
            both.add(value);
        }
        for value in [3, 4096, 1 << 33] {
            other.add(value);
            both.add(value);
        }
        one.merge(&other);
        assert_eq!(one, both);
    }
}
