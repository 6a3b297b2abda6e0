//! What is expected of a scenario's figures, and whether it holds.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::{ConfigError, report::Summary};

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

/// An expectation and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// What was expected.
    #[serde(flatten)]
    pub expectation: Expectation,
    /// What the runs gave; none if they could not tell.
    pub value: Option<f64>,
    /// Whether that is within the bounds.
    pub holds: bool,
}

impl Expectation {
    /// Checks that there is such a figure, and a bound.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let refused = |key: &str, value: &str, allowed: &str| ConfigError {
            key: key.to_owned(),
            value: value.to_owned(),
            allowed: allowed.to_owned(),
        };
        let empty = serde_json::to_value(Summary::default()).unwrap_or_default();
        if lookup(&empty, &self.figure).is_none_or(|value| value.is_object() || value.is_array()) {
            let allowed = "a number in the summary, as coverage.t100_s.mean";
            return Err(refused("figure", &self.figure, allowed));
        }
        if self.at_least.is_none() && self.at_most.is_none() {
            let allowed = "needs at_least or at_most";
            return Err(refused("figure", &self.figure, allowed));
        }
        Ok(())
    }

    /// Sets it against a summary that was turned into a value.
    #[must_use]
    pub fn judge(&self, summary: &Value) -> Judgement {
        let value = lookup(summary, &self.figure).and_then(Value::as_f64);
        let holds = value.is_some_and(|value| self.excess(value) <= 0.0);
        Judgement {
            expectation: self.clone(),
            value,
            holds,
        }
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

impl std::fmt::Display for Judgement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is ", self.expectation.figure)?;
        match self.value {
            Some(value) => write!(f, "{}", rounded(value))?,
            None => write!(f, "unknown")?,
        }
        let bounds = [
            self.expectation
                .at_least
                .map(|least| format!("at least {least}")),
            self.expectation
                .at_most
                .map(|most| format!("at most {most}")),
        ];
        let bounds: Vec<String> = bounds.into_iter().flatten().collect();
        write!(f, ", expected {}", bounds.join(" and "))
    }
}

/// Four digits are enough to see why.
fn rounded(value: f64) -> f64 {
    let digits = 4 - value.abs().log10().ceil().clamp(-6.0, 4.0) as i32;
    let factor = 10_f64.powi(digits);
    (value * factor).round() / factor
}

fn lookup<'a>(summary: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(summary, |value, key| value.get(key))
}

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
        for wrong in ["coverage.t100", "coverage", "", "coverage.t100_s.mean.x"] {
            assert!(expectation(wrong, Some(1.0)).validate().is_err(), "{wrong}");
        }
        assert!(expectation("events", None).validate().is_err());
    }

    #[test]
    fn a_judgement_says_what_was_found_and_what_was_expected() {
        let summary = serde_json::json!({"coverage": {"t100_s": {"mean": 1.92345}}});
        let judged = expectation("coverage.t100_s.mean", Some(0.6)).judge(&summary);
        assert!(!judged.holds);
        assert_eq!(
            judged.to_string(),
            "coverage.t100_s.mean is 1.923, expected at most 0.6"
        );
        assert!(
            !expectation("coverage.t50_s", Some(1.0))
                .judge(&summary)
                .holds
        );
    }
}
