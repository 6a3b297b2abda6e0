//! What is wrong with a configuration, and the checks that say so.
//!
//! Each part of a configuration checks itself by `validate`; whoever read the file knows where
//! the key stands in it and adds the position.

use std::{fmt::Display, ops::RangeInclusive};

/// A value that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value} is not allowed: {allowed}")]
pub struct ConfigError {
    /// The key with the names of the tables around it, as in `latency.one_way_ms`.
    pub key: String,
    /// The value that was given, or that is the default.
    pub value: String,
    /// What is allowed.
    pub allowed: String,
}

impl ConfigError {
    /// Says that the value of a key is not allowed, and what is.
    pub fn new(key: &str, value: impl Display, allowed: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            value: short(value.to_string()),
            allowed: allowed.into(),
        }
    }

    /// The same error in a table of this name.
    #[must_use]
    pub fn within(mut self, table: &str) -> Self {
        self.key = format!("{table}.{}", self.key);
        self
    }
}

/// Writes a number of very many digits by its power of ten.
fn short(value: String) -> String {
    match value.parse::<f64>() {
        Ok(number) if value.len() > DIGITS_MAX => format!("{number:e}"),
        _ => value,
    }
}

/// Checks that a number is in a range; one that is not a number is not.
///
/// # Errors
/// Names the key and the range.
pub fn in_range<T: PartialOrd + Display>(
    key: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    let allowed = format!("from {} to {}", range.start(), range.end());
    Err(ConfigError::new(key, value, allowed))
}

/// Checks a share.
pub(crate) fn is_share(key: &str, value: f64) -> Result<(), ConfigError> {
    in_range(key, value, 0.0..=1.0)
}

/// Checks named shares: each is one, and together they make one.
pub(crate) fn sum_to_one(shares: &[(&str, f64)]) -> Result<(), ConfigError> {
    for (key, share) in shares {
        is_share(key, *share)?;
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if (sum - 1.0).abs() < 1e-6 {
        return Ok(());
    }
    let keys: Vec<_> = shares.iter().map(|(key, _)| *key).collect();
    Err(ConfigError::new(
        &keys.join(" + "),
        sum,
        "the shares must sum to 1",
    ))
}

/// Checks that something begins before it ends.
pub(crate) fn begins_before_end(from_s: f64, to_s: f64) -> Result<(), ConfigError> {
    in_range("from_s", from_s, 0.0..=SECONDS_MAX)?;
    in_range("to_s", to_s, 0.0..=SECONDS_MAX)?;
    if from_s < to_s {
        return Ok(());
    }
    Err(ConfigError::new(
        "to_s",
        to_s,
        format!("later than from_s = {from_s}"),
    ))
}

/// Numbers that are written out have no more digits.
const DIGITS_MAX: usize = 24;
/// The longest time that a configuration may name: a hundred years.
pub(crate) const SECONDS_MAX: f64 = 3.2e9;

/// Which of these shares a number from [0, 1) falls on.
pub(crate) fn pick(shares: &[f64], unit: f64) -> usize {
    let mut below = 0.0;
    for (index, share) in shares.iter().enumerate() {
        below += share;
        if unit < below {
            return index;
        }
    }
    // Sums of floats may stay a little below one.
    shares.iter().rposition(|share| *share > 0.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_key_value_and_what_is_allowed() {
        let error = in_range("one_way_ms", -1.0, 0.0..=10.0).unwrap_err();
        assert_eq!(
            error.within("latency").to_string(),
            "latency.one_way_ms = -1 is not allowed: from 0 to 10"
        );
        assert!(is_share("share", f64::NAN).is_err());
        let error = is_share("share", 1e300).unwrap_err();
        assert_eq!(
            error.to_string(),
            "share = 1e300 is not allowed: from 0 to 1"
        );
        let error = sum_to_one(&[("a", 0.5), ("b", 0.4)]).unwrap_err();
        assert_eq!(error.key, "a + b");
    }

    #[test]
    fn shares_are_picked_in_their_order() {
        let shares = [0.25, 0.0, 0.75, 0.0];
        assert_eq!(
            [0.0, 0.24, 0.25, 0.999].map(|unit| pick(&shares, unit)),
            [0, 0, 2, 2]
        );
        assert_eq!(pick(&shares, 1.0), 2);
    }
}
