//! What a scenario may say about churn.

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, SECONDS_MAX, in_range, is_share};

/// How nodes come and go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChurnConfig {
    /// What the lengths of sessions are drawn from.
    pub kind: ChurnKind,
    /// Where nodes stand when the run begins.
    pub start: ChurnStart,
    /// The share of returns with an empty cache; of the kind `stress` all are.
    pub cold_share: f64,
    /// Mean time online in seconds, of the kind `exponential`.
    pub session_mean_s: f64,
    /// Mean time offline in seconds, of the kind `exponential`.
    pub offline_mean_s: f64,
    /// Shape of the time online, of the kind `weibull` (fitted to crawls of KAD, Steiner et al.).
    pub session_shape: f64,
    /// Scale of the time online in minutes (fitted, as above).
    pub session_scale_min: f64,
    /// Shape of the first time online of a node that was born (fitted, as above).
    pub first_session_shape: f64,
    /// Scale of the first time online in minutes (fitted, as above).
    pub first_session_scale_min: f64,
    /// Shape of the time offline (fitted, as above).
    pub offline_shape: f64,
    /// Scale of the time offline in minutes (fitted, as above).
    pub offline_scale_min: f64,
    /// Mean time online in seconds of a phone (assumption); how much of the day it is online was measured.
    pub phone_session_mean_s: f64,
    /// How many of a hundred nodes are replaced in a minute, of the kind `stress`.
    pub percent_per_minute: f64,
    /// The file of the kind `trace`: lines of `node,from_s,to_s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_file: Option<String>,
}

/// What the lengths of sessions are drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChurnKind {
    /// Everybody stays.
    #[default]
    None,
    /// Weibull distributions, as in file-sharing networks.
    Weibull,
    /// Exponential distributions.
    Exponential,
    /// Short sessions; each phone has a share of the day of its own.
    Phone,
    /// Everybody is replaced now and then by somebody new, and the number stays the same.
    Stress,
    /// What a file says.
    Trace,
}

/// Where nodes stand when the run begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChurnStart {
    /// As in a network that has been there for long: some are offline, others about to leave.
    #[default]
    Equilibrium,
    /// All have just come for the first time, with empty caches.
    Born,
}

impl ChurnConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// Names the first key whose value is not allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        is_share("cold_share", self.cold_share)?;
        for (key, mean_s) in [
            ("session_mean_s", self.session_mean_s),
            ("offline_mean_s", self.offline_mean_s),
            ("phone_session_mean_s", self.phone_session_mean_s),
        ] {
            in_range(key, mean_s, 0.001..=SECONDS_MAX)?;
        }
        for (key, shape) in [
            ("session_shape", self.session_shape),
            ("first_session_shape", self.first_session_shape),
            ("offline_shape", self.offline_shape),
        ] {
            in_range(key, shape, 0.2..=20.0)?;
        }
        for (key, scale_min) in [
            ("session_scale_min", self.session_scale_min),
            ("first_session_scale_min", self.first_session_scale_min),
            ("offline_scale_min", self.offline_scale_min),
        ] {
            in_range(key, scale_min, 0.001..=1e7)?;
        }
        in_range(
            "percent_per_minute",
            self.percent_per_minute,
            0.0..=100_000.0,
        )?;
        if (self.kind == ChurnKind::Trace) != self.trace_file.is_some() {
            let value = self.trace_file.as_deref().unwrap_or("nothing");
            let allowed = "a file if and only if kind = \"trace\"";
            return Err(ConfigError::new("trace_file", value, allowed));
        }
        Ok(())
    }
}

impl Default for ChurnConfig {
    fn default() -> Self {
        Self {
            kind: ChurnKind::None,
            start: ChurnStart::Equilibrium,
            cold_share: 0.0,
            session_mean_s: 3_600.0,
            offline_mean_s: 3_600.0,
            session_shape: 0.615,
            session_scale_min: 169.5,
            first_session_shape: 0.545,
            first_session_scale_min: 357.7,
            offline_shape: 0.476,
            offline_scale_min: 413.7,
            phone_session_mean_s: 300.0,
            percent_per_minute: 1.0,
            trace_file: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(toml: &str, expected: &str) {
        crate::mistakes::check(toml, ChurnConfig::validate, expected);
    }

    #[test]
    fn mistakes_are_named() {
        check("kind = 'stress'\npercent_per_minute = 1000", "");
        check(
            "kind = 'stress'\npercent_per_minute = -1",
            "percent_per_minute = -1",
        );
        check("kind = 'trace'", "trace_file = nothing is not allowed");
        check("trace_file = 'x.csv'", "trace_file = x.csv is not allowed");
        check("kind = 'trace'\ntrace_file = 'x.csv'", "");
        check("cold_share = nan", "cold_share = NaN");
        check("kind = 'kad'", "unknown variant `kad`");
    }
}
