//! What is expected of a scenario's figures, and whether it holds.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::{
    ConfigError,
    report::{Claim, Summary, Theory},
};

use crate::config::nearest_name;

/// That a figure of the summary lies within bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its path in the summary, as `coverage.t100_s.mean`.
    pub figure: String,
    /// The least that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Expectation {
    /// Checks that there is such a figure, and a bound.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let refused = |key: &str, value: &str, allowed: &str| ConfigError {
            key: key.to_owned(),
            value: value.to_owned(),
            allowed: allowed.to_owned(),
        };
        let names = names_of_numbers();
        if !names.contains(&self.figure) {
            let nearest = nearest_name(&self.figure, names.iter().map(String::as_str));
            let meant = nearest.unwrap_or("coverage.t100_s.mean");
            let allowed = format!("a number in the summary, as {meant}");
            return Err(refused("figure", &self.figure, &allowed));
        }
        if self.at_least.is_none() && self.at_most.is_none() {
            let allowed = "needs at_least or at_most";
            return Err(refused("figure", &self.figure, allowed));
        }
        Ok(())
    }

    /// Sets it against a summary that was turned into a value.
    #[must_use]
    pub fn judge(&self, summary: &Value) -> Claim {
        let value = lookup(summary, &self.figure).and_then(Value::as_f64);
        let excess = value.map(|value| self.excess(value));
        Claim {
            figure: self.figure.clone(),
            at_least: self.at_least,
            at_most: self.at_most,
            value,
            holds: excess.is_some_and(|excess| excess <= 0.0),
            margin: excess.map(|excess| -excess),
            theory: self.theory(summary),
        }
    }

    /// What no protocol could better, in the network of this summary.
    fn theory(&self, summary: &Value) -> Option<Theory> {
        let mut known = THEORY.iter();
        let (_, path, source) = known.find(|(prefix, ..)| self.figure.starts_with(prefix))?;
        let value = lookup(summary, path)?.as_f64()?;
        Some(Theory { value, source })
    }

    /// By how much a value misses the bounds; not above 0 if it keeps them.
    #[must_use]
    pub fn excess(&self, value: f64) -> f64 {
        let below = self
            .at_least
            .map_or(f64::NEG_INFINITY, |least| least - value);
        let above = self.at_most.map_or(f64::NEG_INFINITY, |most| value - most);
        below.max(above)
    }
}

/// The paths of all numbers in a summary.
fn names_of_numbers() -> Vec<String> {
    let empty = serde_json::to_value(Summary::default()).unwrap_or_default();
    let mut names = Vec::new();
    note_numbers(&empty, "", &mut names);
    names
}

fn note_numbers(value: &Value, path: &str, names: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = match path {
            "" => key.clone(),
            table => format!("{table}.{key}"),
        };
        // A figure that a run does not have is null, and so is the scenario of no run.
        if value.is_number() || (value.is_null() && path != "scenario") {
            names.push(path);
        } else {
            note_numbers(value, &path, names);
        }
    }
}

fn lookup<'a>(summary: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(summary, |value, key| value.get(key))
}

/// For figures that begin like this: the figure that theory gives, and its source.
const THEORY: [(&str, &str, &str); 3] = [
    (
        "coverage.t50_s",
        "coverage.floor_p50_s",
        "one hop to the middle subscriber",
    ),
    (
        "coverage.t",
        "coverage.floor_max_s",
        "one hop to the farthest subscriber",
    ),
    ("newcomers.coverage_mean", "newcomers.bound", "e^(−μd)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn expectation(figure: &str, at_most: Option<f64>) -> Expectation {
        Expectation {
            figure: figure.to_owned(),
            at_least: None,
            at_most,
        }
    }

    #[test]
    fn a_figure_that_does_not_exist_is_refused() {
        assert!(
            expectation("coverage.t100_s.mean", Some(1.0))
                .validate()
                .is_ok()
        );
        for wrong in [
            "coverage.t100",
            "coverage",
            "",
            "coverage.t100_s.mean.x",
            "digest",
            "partial",
            "scenario",
            "runs",
        ] {
            assert!(expectation(wrong, Some(1.0)).validate().is_err(), "{wrong}");
        }
        assert!(expectation("events", None).validate().is_err());
        let error = expectation("copies_per_pear", Some(1.0)).validate();
        let error = error.unwrap_err().to_string();
        assert!(
            error.ends_with("in the summary, as copies_per_peer"),
            "{error}"
        );
    }

    #[test]
    fn a_claim_has_its_margin_and_what_theory_says() {
        let summary = serde_json::json!({
            "coverage": {"t100_s": {"mean": 1.5}, "floor_max_s": 0.25}
        });
        let claim = expectation("coverage.t100_s.mean", Some(0.5)).judge(&summary);
        assert!(!claim.holds);
        assert_eq!(claim.margin, Some(-1.0));
        assert_eq!(claim.theory.unwrap().value, 0.25);
        let unknown = expectation("coverage.t50_s", Some(1.0)).judge(&summary);
        assert!(!unknown.holds && unknown.value.is_none() && unknown.theory.is_none());
    }
}
