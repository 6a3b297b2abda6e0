//! The runs of one scenario, and putting them together from parts.
//!
//! Runs are kept in the order of their seeds, so that a set is the same whether one machine
//! ran it or many ran shards of it, and so is everything that is made of it.

use serde::{Deserialize, Serialize};

use crate::metrics::RunRecord;

/// Runs of one scenario with different seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunSet {
    /// Version of this format.
    pub format: u32,
    /// Name of the scenario.
    pub name: String,
    /// Every value of the scenario as it was resolved.
    pub scenario: serde_json::Value,
    /// The command that runs it all again.
    pub command: String,
    /// In ascending order of seeds.
    runs: Vec<RunRecord>,
}

/// Why runs cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no part was given")]
    Nothing,
    /// A part was written by another version.
    #[error("part {part} has format {format}, this program reads {FORMAT}")]
    Format {
        /// Which part, from 1.
        part: usize,
        /// Its format.
        format: u32,
    },
    /// Two parts are of different scenarios.
    #[error("part {part} ran another scenario than part 1: `{key}` differs")]
    Scenario {
        /// Which part, from 1.
        part: usize,
        /// The first value that differs.
        key: String,
    },
    /// A seed was run twice.
    #[error("seed {seed} is in more than one part")]
    Seed {
        /// The seed.
        seed: u64,
    },
}

impl RunSet {
    /// An empty set.
    #[must_use]
    pub fn new(name: &str, scenario: serde_json::Value, command: &str) -> Self {
        let (name, command) = (name.to_owned(), command.to_owned());
        Self {
            format: FORMAT,
            name,
            scenario,
            command,
            runs: Vec::new(),
        }
    }

    /// Puts sets together; the first one's command stays.
    ///
    /// # Errors
    /// If they are not parts of one whole.
    pub fn merge(parts: Vec<Self>) -> Result<Self, MergeError> {
        let mut parts = (1..).zip(parts);
        let (_, mut whole) = parts.next().ok_or(MergeError::Nothing)?;
        whole.check_format(1)?;
        for (part, set) in parts {
            set.check_format(part)?;
            if let Some(key) = difference(&whole.scenario, &set.scenario, "") {
                return Err(MergeError::Scenario { part, key });
            }
            for run in set.runs {
                whole.add(run)?;
            }
        }
        Ok(whole)
    }

    /// Adds a run.
    ///
    /// # Errors
    /// If its seed is there already.
    pub fn add(&mut self, run: RunRecord) -> Result<(), MergeError> {
        match self.runs.binary_search_by_key(&run.seed, |run| run.seed) {
            Ok(_) => Err(MergeError::Seed { seed: run.seed }),
            Err(place) => {
                self.runs.insert(place, run);
                Ok(())
            }
        }
    }

    /// The runs in ascending order of seeds.
    #[must_use]
    pub fn runs(&self) -> &[RunRecord] {
        &self.runs
    }

    fn check_format(&self, part: usize) -> Result<(), MergeError> {
        let format = self.format;
        if format == FORMAT {
            Ok(())
        } else {
            Err(MergeError::Format { part, format })
        }
    }
}

/// The path of the first value in which two scenarios differ.
fn difference(one: &serde_json::Value, other: &serde_json::Value, path: &str) -> Option<String> {
    use serde_json::Value::Object;
    let (Object(one), Object(other)) = (one, other) else {
        return (one != other).then(|| path.to_owned());
    };
    let keys = one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)));
    let null = serde_json::Value::Null;
    keys.map(|key| {
        (
            key,
            one.get(key).unwrap_or(&null),
            other.get(key).unwrap_or(&null),
        )
    })
    .find_map(|(key, a, b)| {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        difference(a, b, &path)
    })
}

/// Version of the format of run sets.
pub const FORMAT: u32 = 2;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(scenario: serde_json::Value, seeds: &[u64]) -> RunSet {
        let mut set = RunSet::new("test", scenario, "runtime sim");
        for &seed in seeds {
            set.add(RunRecord {
                seed,
                ..RunRecord::default()
            })
            .unwrap();
        }
        set
    }

    #[test]
    fn parts_in_any_order_make_the_same_whole() {
        let whole = set(json!({"peers": 1}), &[1, 2, 3, 4]);
        let parts = vec![
            set(json!({"peers": 1}), &[4, 2]),
            set(json!({"peers": 1}), &[3, 1]),
        ];
        assert_eq!(RunSet::merge(parts).unwrap(), whole);
    }

    #[test]
    fn what_does_not_belong_together_is_told_apart() {
        let base = || set(json!({"peers": 1, "nat": {"mix": "seed"}}), &[1]);
        let other = set(json!({"peers": 1, "nat": {"mix": "mobile"}}), &[2]);
        let error = RunSet::merge(vec![base(), other]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "part 2 ran another scenario than part 1: `nat.mix` differs"
        );
        let error = RunSet::merge(vec![base(), base()]).unwrap_err();
        assert_eq!(error, MergeError::Seed { seed: 1 });
        let newer = RunSet {
            format: 9,
            ..base()
        };
        let error = RunSet::merge(vec![base(), newer]).unwrap_err();
        assert_eq!(error, MergeError::Format { part: 2, format: 9 });
        assert_eq!(RunSet::merge(Vec::new()), Err(MergeError::Nothing));
    }
}
