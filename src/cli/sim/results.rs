//! What came of the runs: the figures, what was expected of them, and how they differ from a
//! baseline.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde_json::{Value, json};
use sim::{
    metrics::{Curve, CurvePoint},
    report::{
        Charset, Claim, Comparison, RunSet, Summary, claims_text, compare, comparison_text,
        text as summary_text,
    },
};

use super::args::ResultArgs;
use crate::{
    actors::simulation::Expectation,
    cli::{CliError, Console, error::Explain as _},
};

/// What came of the runs.
pub(super) struct Results {
    pub(super) set: RunSet,
    pub(super) summary: Summary,
    pub(super) comparison: Option<Comparison>,
    pub(super) claims: Vec<Claim>,
}

impl Results {
    /// Works out all figures, and compares them with those of a baseline. Runs that were cut are
    /// neither judged nor compared: what they lack would count as missed. Nor is a set that
    /// lacks seeds which were to run.
    pub(super) fn of(set: RunSet, is_whole: bool, baseline: Option<&Summary>) -> Self {
        let mut summary = Summary::of(&set);
        summary.partial |= !is_whole;
        let value = serde_json::to_value(&summary).unwrap_or_default();
        let expected = match summary.partial {
            true => Vec::new(),
            false => expectations(&set),
        };
        let claims = expected.iter().map(|one| one.judge(&value)).collect();
        let baseline = baseline.filter(|_| !summary.partial);
        Self {
            comparison: baseline.map(|old| compare(&summary, old)),
            claims,
            summary,
            set,
        }
    }

    /// The summary as `--json` prints it.
    pub(super) fn json(&self) -> Value {
        let mut value = serde_json::to_value(&self.summary).unwrap_or_default();
        value["expectations"] = json!(self.claims);
        value
    }

    /// The summary as a terminal shows it.
    pub(super) fn text(&self, charset: Charset) -> String {
        let curve = whole_curve(&self.set);
        let mut text = summary_text(&self.summary, &curve, charset);
        if let Some(comparison) = &self.comparison {
            text.push('\n');
            text.push_str(&comparison_text(comparison, charset));
        }
        text.push_str(&claims_text(&self.claims, charset));
        text
    }

    /// Prints what was asked for.
    pub(super) fn print(&self, console: &mut Console<'_>, args: &ResultArgs) -> io::Result<()> {
        if args.json {
            return writeln!(console.out(), "{:#}", self.json());
        }
        let charset = charset(console);
        console.out().write_all(self.text(charset).as_bytes())
    }

    /// Says which expectations do not hold, and how to see it happen again; an error if that
    /// was asked for.
    pub(super) fn check(
        &self,
        console: &mut Console<'_>,
        args: &ResultArgs,
        replay: impl Fn(u64) -> String,
    ) -> Result<(), CliError> {
        if args.check && self.summary.partial {
            return Err(CliError::failure(
                "nothing was checked: a run was cut before its end",
            ));
        }
        let expected = expectations(&self.set);
        let judged = expected.iter().zip(&self.claims);
        let missed: Vec<_> = judged.filter(|(_, claim)| !claim.holds).collect();
        let mut by_seed: BTreeMap<Option<u64>, Vec<&str>> = BTreeMap::new();
        for (expectation, claim) in &missed {
            let figures = by_seed.entry(self.worst_seed(expectation)).or_default();
            figures.push(&claim.figure);
        }
        for (seed, figures) in by_seed {
            let again = seed.map(|seed| format!("; again: {}", replay(seed)));
            let (figures, again) = (figures.join(", "), again.unwrap_or_default());
            console.warn(&format!("not as claimed: {figures}{again}"))?;
        }
        let is_worse = self.comparison.as_ref().is_some_and(Comparison::is_worse);
        match (args.check, missed.len()) {
            (true, count @ 1..) => Err(CliError::failure(format!(
                "{count} of {} expectations do not hold",
                self.claims.len()
            ))),
            (true, 0) if is_worse => Err(CliError::failure("some figures are worse than before")),
            _ => Ok(()),
        }
    }

    /// The seed that misses an expectation most, or the only one.
    fn worst_seed(&self, expectation: &Expectation) -> Option<u64> {
        let mut worst: Option<(f64, u64)> = None;
        for run in self.set.runs() {
            let mut alone = RunSet::new("", Value::Null, "");
            // A set without runs has no seed that could be there already.
            let _ = alone.add(run.clone());
            let value = serde_json::to_value(Summary::of(&alone)).unwrap_or_default();
            let value = expectation.judge(&value).value;
            let excess = value.map_or(f64::INFINITY, |value| expectation.excess(value));
            if worst.is_none_or(|(most, _)| excess > most) {
                worst = Some((excess, run.seed));
            }
        }
        worst.map(|(_, seed)| seed)
    }
}

/// Reads the summary to compare with, if one was named.
///
/// # Errors
/// If it cannot be read, or is none.
pub(super) fn read_baseline(args: &ResultArgs) -> Result<Option<Summary>, CliError> {
    args.baseline.as_deref().map(read_summary).transpose()
}

/// Reads a summary that was written before.
fn read_summary(path: &Path) -> Result<Summary, CliError> {
    let text = fs::read(path).explain(|| format!("read '{}'", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| {
        CliError::failure(format!("'{}' is no summary: {error}", path.display()))
            .hint("`runtime sim --out DIR` writes one into DIR/summary.json")
    })
}

/// What the scenario of the runs expects.
fn expectations(set: &RunSet) -> Vec<Expectation> {
    let expected = set.scenario.get("expect").cloned().unwrap_or_default();
    serde_json::from_value(expected).unwrap_or_default()
}

/// Coverage over time, of all runs together.
fn whole_curve(set: &RunSet) -> Vec<CurvePoint> {
    let mut curve = Curve::default();
    set.runs().iter().for_each(|run| curve.merge(&run.curve));
    curve.points()
}

/// What the terminal of this user can show.
pub(super) fn charset(console: &Console<'_>) -> Charset {
    let is_unicode = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_none_or(|value| value.to_ascii_lowercase().contains("utf"));
    if is_unicode || !console.is_terminal() {
        Charset::Unicode
    } else {
        Charset::Ascii
    }
}
