//! What is expected of a scenario's figures, and whether it holds.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::{
    ConfigError,
    report::{Claim, Coverage, LossBound, Summary, Theory},
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
        let names = names_of_numbers();
        if !names.contains(&self.figure) {
            let nearest = nearest_name(&self.figure, names.iter().map(String::as_str));
            let meant = nearest.unwrap_or("coverage.t100_s.mean");
            let allowed = format!("a number in the summary, as {meant}");
            return Err(ConfigError::new("figure", &self.figure, allowed));
        }
        if self.at_least.is_none() && self.at_most.is_none() {
            let allowed = "needs at_least or at_most";
            return Err(ConfigError::new("figure", &self.figure, allowed));
        }
        for (key, limit) in [("at_least", self.at_least), ("at_most", self.at_most)] {
            if let Some(limit) = limit.filter(|limit| !limit.is_finite()) {
                return Err(ConfigError::new(key, limit, "a number"));
            }
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
            theory: self.theory(summary, value),
        }
    }

    /// What no protocol could better, in the network of this summary.
    fn theory(&self, summary: &Value, value: Option<f64>) -> Option<Theory> {
        let of_time = TIMES.iter().find_map(|(prefix, source)| {
            let rest = self.figure.strip_prefix(prefix)?;
            let path = format!("{}{rest}", prefix.replace("coverage.", "coverage.floor."));
            Some((path, *source))
        });
        let of_share = SHARES.iter().find(|(figure, ..)| self.figure == *figure);
        let of_share = of_share.map(|(_, path, source)| ((*path).to_owned(), *source));
        let is_time = of_time.is_some();
        let (path, source) = of_time.or(of_share)?;
        let best = lookup(summary, &path)?.as_f64()?;
        // Times are bounded from below, shares from above.
        let sign = if is_time { 1.0 } else { -1.0 };
        let claimed = if is_time { self.at_most } else { self.at_least };
        Some(Theory {
            value: best,
            source,
            distance: value.map(|value| sign * (value - best)),
            is_exceeded: claimed.is_some_and(|claimed| sign * (claimed - best) < 0.0),
            note: (self.figure == LOSS_SHOWS_IN)
                .then(|| loss_note(summary))
                .flatten(),
        })
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

/// What loss does to a message that all are to have.
fn loss_note(summary: &Value) -> Option<String> {
    let coverage: Coverage = serde_json::from_value(summary.get("coverage")?.clone()).ok()?;
    let subscribers = coverage.subscribers_mean?;
    let LossBound {
        datagrams_sent,
        missed_share,
        datagrams_for_p99,
    } = coverage.loss;
    let (sent, missed) = (datagrams_sent?, missed_share? * 100.0);
    let needed = match datagrams_for_p99 {
        Some(needed) => format!("{needed} datagrams to each"),
        None => "no number of datagrams".to_owned(),
    };
    Some(format!(
        "if copies came one right behind the other, loss would keep {sent:.1} datagrams from some of \
         {subscribers:.0} subscribers for {missed:.1} % of messages; {needed} would make it 1 %"
    ))
}

/// For times that begin like this: how the floor comes about that stands in the summary under
/// `coverage.floor`.
const TIMES: [(&str, &str); 4] = [
    ("coverage.t50_s.", "one hop to half of the subscribers"),
    ("coverage.t90_s.", "one hop to 90 % of the subscribers"),
    ("coverage.t99_s.", "one hop to 99 % of the subscribers"),
    ("coverage.t100_s.", "one hop to the farthest subscriber"),
];
/// For shares: the most that theory allows, and its source.
const SHARES: [(&str, &str, &str); 1] = [("newcomers.coverage_mean", "newcomers.bound", "e^(−μd)")];
/// The figure that loss stands against whatever is done in time.
const LOSS_SHOWS_IN: &str = "coverage.t100_s.p99";

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
        let error = expectation("events", Some(f64::NAN)).validate();
        assert_eq!(error.unwrap_err().key, "at_most");
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
            "coverage": {"t100_s": {"mean": 1.5}, "floor": {"t100_s": {"mean": 0.25}}},
            "newcomers": {"coverage_mean": 0.97, "bound": 0.995},
        });
        let claim = expectation("coverage.t100_s.mean", Some(0.5)).judge(&summary);
        assert!(!claim.holds);
        assert_eq!(claim.margin, Some(-1.0));
        let theory = claim.theory.unwrap();
        assert_eq!((theory.value, theory.distance), (0.25, Some(1.25)));
        assert!(!theory.is_exceeded && theory.note.is_none());
        let bold = expectation("coverage.t100_s.mean", Some(0.2)).judge(&summary);
        assert!(bold.theory.unwrap().is_exceeded);
        let unknown = expectation("coverage.t50_s.mean", Some(1.0)).judge(&summary);
        assert!(!unknown.holds && unknown.value.is_none() && unknown.theory.is_none());
        let share = Expectation {
            at_least: Some(0.98),
            ..expectation("newcomers.coverage_mean", None)
        };
        let theory = share.judge(&summary).theory.unwrap();
        assert!((theory.distance.unwrap() - 0.025).abs() < 1e-9 && !theory.is_exceeded);
    }

    #[test]
    fn a_claim_of_nearly_all_messages_says_what_loss_alone_does() {
        let mut summary = Summary::default();
        summary.coverage.t100_s.p99 = Some(1.5);
        summary.coverage.floor.t100_s.p99 = Some(0.4);
        summary.coverage.subscribers_mean = Some(61.0);
        summary.coverage.loss = LossBound {
            datagrams_sent: Some(5.2),
            missed_share: Some(0.195),
            datagrams_for_p99: Some(23),
        };
        let summary = serde_json::to_value(summary).unwrap();
        let claim = expectation("coverage.t100_s.p99", Some(1.0)).judge(&summary);
        let note = claim.theory.unwrap().note.unwrap();
        assert_eq!(
            note,
            "if copies came one right behind the other, loss would keep 5.2 datagrams from some of 61 \
             subscribers for 19.5 % of messages; 23 datagrams to each would make it 1 %"
        );
    }
}
