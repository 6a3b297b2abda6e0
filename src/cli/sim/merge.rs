//! `runtime sim merge`: puts together what the shards of a sweep wrote.

use std::path::PathBuf;

use sim::report::{Charset, RunSet};

use super::{
    args::SimMergeArgs,
    outputs::{Folder, read_parts, shard_of},
    results::Results,
    values::Shard,
};
use crate::{
    actors::simulation::Scenario,
    cli::{CliError, Console},
};

/// Merges and reports, as one run of all seeds would have.
pub(super) fn merge(console: &mut Console<'_>, args: &SimMergeArgs) -> Result<(), CliError> {
    let (files, sets): (Vec<PathBuf>, Vec<RunSet>) = read_parts(&args.parts)?.into_iter().unzip();
    warn_of_missing(console, &files)?;
    let command = sets.first().map(|set| set.command.clone());
    let set = RunSet::merge(sets).map_err(|error| {
        let error = CliError::failure(error.to_string());
        (1..).zip(&files).fold(error, |error, (part, file)| {
            error.hint(format!("part {part} is '{}'", file.display()))
        })
    })?;
    let results = Results::of(set, args.results.baseline.as_deref())?;
    if let Some(path) = &args.results.out {
        let folder = Folder::make(path)?;
        folder.write_results(&results, &results.text(Charset::Unicode))?;
        folder.write_records(&results.set, WHOLE)?;
        let scenario = serde_json::from_value::<Scenario>(results.set.scenario.clone());
        if let Ok(scenario) = scenario {
            folder.write_scenario(&scenario)?;
        }
    }
    results.print(console, &args.results)?;
    results.check(console, &args.results, |seed| {
        replay(command.as_deref().unwrap_or_default(), seed)
    })
}

/// The command of the whole with one seed in the place of all.
fn replay(command: &str, seed: u64) -> String {
    let end = command
        .find(" --seed")
        .or_else(|| command.find(" --replay"));
    let common = end.map_or(command, |end| &command[..end]);
    format!("{common} --replay {seed}")
}

/// Says which shards of a sweep were not given.
fn warn_of_missing(console: &mut Console<'_>, files: &[PathBuf]) -> Result<(), CliError> {
    let found: Vec<Shard> = files.iter().filter_map(|file| shard_of(file)).collect();
    let Some(count) = found.iter().map(|shard| shard.count).max() else {
        return Ok(());
    };
    let missing = (1..=count).filter(|index| !found.iter().any(|shard| shard.index == *index));
    let missing: Vec<String> = missing.map(|index| index.to_string()).take(20).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        console.warn(&format!("of {count} shards these are missing: {missing}"))?;
    }
    Ok(())
}

/// All of a sweep.
const WHOLE: Shard = Shard { index: 1, count: 1 };
