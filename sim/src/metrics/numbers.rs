//! Statistics of plain numbers: quantiles, means, intervals, inequality.
//!
//! Every function says which of the usual definitions it follows, since they differ in the
//! second digit for small samples. Nothing here draws at random or calls the platform's
//! mathematics library but for the square root, which IEEE 754 rounds exactly.

use serde::{Deserialize, Serialize};

/// What is told of many values: the middle, the tail, and how sure the mean is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Arithmetic mean of the values that exist.
    pub mean: Option<f64>,
    /// Median by nearest rank; none if it falls among the values that do not exist.
    pub p50: Option<f64>,
    /// 99th percentile by nearest rank; none if it falls among those that do not exist.
    pub p99: Option<f64>,
    /// 95 % confidence interval of the mean, low and high; none below two samples.
    pub ci95: Option<[f64; 2]>,
    /// Share of the values that exist, from 0 to 1.
    pub reached: f64,
}

impl Spread {
    /// The spread of values from several runs, with `missing_count` more that do not exist.
    ///
    /// Mean and quantiles are of all values together. The interval is of the mean over runs,
    /// each run one sample, since values of one run depend on each other; a single run has
    /// only its values for samples, and its interval is too narrow where they do.
    #[must_use]
    pub fn of_runs(runs: &[Vec<f64>], missing_count: usize) -> Self {
        let mut values = runs.concat();
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len() + missing_count;
        let at = |q| nearest_rank(count, q).and_then(|rank| values.get(rank).copied());
        let means: Vec<f64> = runs.iter().filter_map(|run| mean(run)).collect();
        Self {
            mean: mean(&values),
            p50: at(0.5),
            p99: at(0.99),
            ci95: if runs.len() > 1 {
                ci95(&means)
            } else {
                ci95(&values)
            },
            reached: if count == 0 {
                0.0
            } else {
                values.len() as f64 / count as f64
            },
        }
    }
}

/// The arithmetic mean, none of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample's standard deviation (divisor n − 1), none below two values.
#[must_use]
pub fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}

/// The 95 % confidence interval of the mean by Student's t, none below two values.
#[must_use]
pub fn ci95(values: &[f64]) -> Option<[f64; 2]> {
    let (mean, deviation) = (mean(values)?, deviation(values)?);
    let count = values.len();
    let half = student_t_975(count - 1) * deviation / (count as f64).sqrt();
    Some([mean - half, mean + half])
}

/// The quantile `q` of values in ascending order, by nearest rank: the smallest value that
/// at least the share `q` of all values does not exceed (Hyndman and Fan's type 1).
#[must_use]
pub fn quantile<T: Copy>(sorted: &[T], q: f64) -> Option<T> {
    sorted.get(nearest_rank(sorted.len(), q)?).copied()
}

/// The index that [`quantile`] picks among `count` values in ascending order.
#[must_use]
pub fn nearest_rank(count: usize, q: f64) -> Option<usize> {
    let last = count.checked_sub(1)?;
    // 0.99 of 100 is 99.00000000000001 in floating point: a hair more is not one more.
    let rank = (q * count as f64 - 1e-9).ceil().max(1.0) as usize;
    Some((rank - 1).min(last))
}

/// The Gini coefficient: 0 if all have the same, near 1 if one has all; none of nothing.
#[must_use]
pub fn gini(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (count, sum) = (sorted.len() as f64, sorted.iter().sum::<f64>());
    if sorted.is_empty() || sum <= 0.0 {
        return (!sorted.is_empty()).then_some(0.0);
    }
    let ranked: f64 = (1..)
        .zip(&sorted)
        .map(|(rank, value)| f64::from(rank) * value)
        .sum();
    Some((2.0 * ranked) / (count * sum) - (count + 1.0) / count)
}

/// The 97.5 % quantile of Student's t with `freedom` degrees of freedom: two-sided 95 %.
#[must_use]
pub fn student_t_975(freedom: usize) -> f64 {
    if let Some(value) = freedom
        .checked_sub(1)
        .and_then(|index| STUDENT_T_975.get(index))
    {
        return *value;
    }
    if freedom == 0 {
        return f64::INFINITY;
    }
    // Cornish–Fisher expansion about the normal quantile; right to 1e-5 from here on.
    let (z, n) = (Z_975, freedom as f64);
    let (z3, z5) = (z.powi(3), z.powi(5));
    z + (z3 + z) / (4.0 * n) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n)
}

/// The largest probability that `count` trials without a single event leave at 95 %: 3/n.
#[must_use]
pub fn rule_of_three(count: u64) -> f64 {
    (3.0 / count.max(1) as f64).min(1.0)
}

/// The 97.5 % quantile of the normal distribution.
const Z_975: f64 = 1.959_964;

/// Student's t at 97.5 % for 1 to 30 degrees of freedom, as printed in any table.
const STUDENT_T_975: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(actual: f64, expected: f64) {
        assert!(
            (actual - expected).abs() < 1e-3,
            "{actual} is not {expected}"
        );
    }

    #[test]
    fn quantiles_are_of_nearest_rank() {
        let values = [15, 20, 35, 40, 50];
        let picked: Vec<_> = [0.05, 0.3, 0.4, 0.5, 1.0]
            .iter()
            .filter_map(|&q| quantile(&values, q))
            .collect();
        assert_eq!(picked, [15, 20, 20, 35, 50]);
        let hundred: Vec<u32> = (1..=100).collect();
        assert_eq!(quantile(&hundred, 0.99), Some(99));
        assert_eq!(quantile::<u32>(&[], 0.5), None);
    }

    #[test]
    fn an_interval_is_the_one_worked_by_hand() {
        // Mean 6, deviation 2, n = 5: 6 ± 2.776 · 2 / √5.
        let values = [4.0, 4.0, 6.0, 8.0, 8.0];
        let [low, high] = ci95(&values).unwrap();
        close(low, 6.0 - 2.483);
        close(high, 6.0 + 2.483);
        assert_eq!(ci95(&[1.0]), None);
    }

    #[test]
    fn what_was_never_reached_counts_as_later_than_all() {
        let spread = Spread::of_runs(&[vec![1.0, 2.0], vec![3.0]], 3);
        assert_eq!(
            (spread.mean, spread.p50, spread.p99),
            (Some(2.0), Some(3.0), None)
        );
        close(spread.reached, 0.5);
        // Means 1.5 and 3: 2.25 ± 12.706 · 1.0607 / √2.
        close(spread.ci95.unwrap()[0], 2.25 - 9.5295);
        assert_eq!(Spread::of_runs(&[], 0), Spread::default());
    }

    #[test]
    fn students_t_goes_on_smoothly_past_the_table() {
        close(student_t_975(30), 2.042);
        close(student_t_975(31), 2.0395);
        close(student_t_975(100), 1.984);
        close(student_t_975(1_000_000), 1.96);
    }

    #[test]
    fn gini_is_zero_among_equals_and_near_one_for_a_monopoly() {
        close(gini(&[3.0, 3.0, 3.0]).unwrap(), 0.0);
        close(gini(&[1.0, 2.0, 3.0, 4.0]).unwrap(), 0.25);
        close(gini(&[0.0, 0.0, 0.0, 10.0]).unwrap(), 0.75);
        assert_eq!(gini(&[]), None);
    }

    #[test]
    fn no_loss_in_ten_thousand_leaves_three_in_ten_thousand() {
        close(rule_of_three(10_000), 0.0003);
        close(rule_of_three(0), 1.0);
    }
}
