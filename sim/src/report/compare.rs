//! Comparing two summaries, seed by seed.
//!
//! A seed gives both sides the same network, churn and publications, so the difference within
//! a seed varies far less than the figures themselves. The interval is of the mean difference
//! over the seeds that both sides ran.

use serde::Serialize;

use super::{
    figures::{FIGURES, Figure},
    summary::Summary,
};
use crate::metrics::numbers;

/// How a summary differs from an older one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Seeds that both ran.
    pub seeds: Vec<u64>,
    /// Whether every one of these seeds gave the same digest.
    pub is_identical: bool,
    /// Each figure that both have.
    pub deltas: Vec<Delta>,
}

/// How one figure differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Delta {
    /// Its name.
    pub name: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Mean over the shared seeds, before.
    pub old: f64,
    /// Mean over the shared seeds, now.
    pub new: f64,
    /// Mean difference, now less before.
    pub difference: f64,
    /// Its 95 % interval; none with a single seed.
    pub ci95: Option<[f64; 2]>,
    /// What to make of it.
    pub verdict: Verdict,
}

/// What to make of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval lies on the good side of zero.
    Better,
    /// The interval lies on the bad side of zero.
    Worse,
    /// The interval has zero in it, or nothing differs.
    Same,
    /// It differs, but one seed says nothing about chance.
    Unclear,
}

impl Comparison {
    /// Whether some figure got worse.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.deltas
            .iter()
            .any(|delta| delta.verdict == Verdict::Worse)
    }
}

/// Compares two summaries over the seeds that both ran.
#[must_use]
pub fn compare(new: &Summary, old: &Summary) -> Comparison {
    let pairs: Vec<_> = new
        .runs
        .iter()
        .filter_map(|run| Some((run, old.runs.iter().find(|other| other.seed == run.seed)?)))
        .collect();
    let deltas = FIGURES.iter().filter_map(|figure| {
        let values = pairs.iter().filter_map(|(new, old)| {
            Some((
                *new.figures.get(figure.name)?,
                *old.figures.get(figure.name)?,
            ))
        });
        delta(figure, &values.collect::<Vec<_>>())
    });
    Comparison {
        seeds: pairs.iter().map(|(run, _)| run.seed).collect(),
        is_identical: !pairs.is_empty() && pairs.iter().all(|(new, old)| new.digest == old.digest),
        deltas: deltas.collect(),
    }
}

/// The difference of one figure, from pairs of new and old.
fn delta(figure: &Figure, pairs: &[(f64, f64)]) -> Option<Delta> {
    let (new, old): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let differences: Vec<f64> = pairs.iter().map(|(new, old)| new - old).collect();
    let difference = numbers::mean(&differences)?;
    let ci95 = numbers::ci95(&differences);
    Some(Delta {
        name: figure.name,
        label: figure.label,
        unit: figure.unit,
        old: numbers::mean(&old)?,
        new: numbers::mean(&new)?,
        difference,
        ci95,
        verdict: verdict(figure, &differences, ci95),
    })
}

fn verdict(figure: &Figure, differences: &[f64], ci95: Option<[f64; 2]>) -> Verdict {
    if differences.iter().all(|difference| *difference == 0.0) {
        return Verdict::Same;
    }
    match ci95 {
        None => Verdict::Unclear,
        Some([low, high]) if low <= 0.0 && high >= 0.0 => Verdict::Same,
        Some([_, high]) if (high < 0.0) == figure.is_less_better => Verdict::Better,
        Some(_) => Verdict::Worse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::SeedFigures;

    fn summary(values: &[(u64, f64, f64)]) -> Summary {
        let run = |&(seed, t100_s, final_min): &(u64, f64, f64)| SeedFigures {
            seed,
            digest: format!("{seed}-{t100_s}-{final_min}"),
            figures: [
                ("t100_s".to_owned(), t100_s),
                ("final_min".to_owned(), final_min),
            ]
            .into(),
        };
        Summary {
            runs: values.iter().map(run).collect(),
            ..Summary::default()
        }
    }

    fn verdicts(new: &[(u64, f64, f64)], old: &[(u64, f64, f64)]) -> Vec<Verdict> {
        compare(&summary(new), &summary(old))
            .deltas
            .iter()
            .map(|delta| delta.verdict)
            .collect()
    }

    #[test]
    fn a_small_steady_difference_shows_among_large_differences_between_seeds() {
        let old = [(1, 0.30, 1.0), (2, 0.90, 0.9), (3, 0.60, 0.8)];
        let new = [(1, 0.31, 1.0), (2, 0.91, 0.95), (3, 0.611, 0.7)];
        assert_eq!(verdicts(&new, &old), [Verdict::Worse, Verdict::Same]);
        assert_eq!(verdicts(&old, &new), [Verdict::Better, Verdict::Same]);
    }

    #[test]
    fn one_seed_says_nothing_unless_nothing_differs() {
        assert_eq!(
            verdicts(&[(1, 0.3, 1.0)], &[(1, 0.4, 1.0)]),
            [Verdict::Unclear, Verdict::Same]
        );
    }

    #[test]
    fn only_seeds_that_both_ran_count() {
        let (new, old) = (
            summary(&[(1, 0.5, 1.0), (2, 0.5, 1.0)]),
            summary(&[(2, 0.5, 1.0)]),
        );
        let comparison = compare(&new, &old);
        assert_eq!(comparison.seeds, [2]);
        assert!(comparison.is_identical && !comparison.is_worse());
        assert!(!compare(&new, &summary(&[(9, 1.0, 1.0)])).is_identical);
    }
}
