//! `runtime sim merge`: puts together what the shards of a sweep wrote.

use std::path::PathBuf;

use sim::report::{Charset, RunSet};

use super::{
    args::SimMergeArgs,
    outputs::{Folder, read_parts, shard_of, trace_beside},
    results::{Results, read_baseline},
    values::Shard,
};
use crate::{
    actors::simulation::Scenario,
    cli::{CliError, Console},
};

/// Merges and reports, as one run of all seeds would have.
pub(super) fn merge(console: &mut Console<'_>, args: &SimMergeArgs) -> Result<(), CliError> {
    let baseline = read_baseline(&args.results)?;
    let folder = args.results.out.as_deref().map(Folder::make).transpose()?;
    let (files, sets): (Vec<PathBuf>, Vec<RunSet>) = read_parts(&args.parts)?.into_iter().unzip();
    if !args.results.quiet {
        for file in &files {
            console.progress("Took", &file.display().to_string())?;
        }
    }
    warn_of_missing(console, &files)?;
    let command = sets.first().map(|set| set.command.clone());
    let set = RunSet::merge(sets).map_err(|error| {
        let error = CliError::failure(error.to_string());
        (1..).zip(&files).fold(error, |error, (part, file)| {
            error.hint(format!("part {part} is '{}'", file.display()))
        })
    })?;
    if let Some(folder) = &folder {
        // It may be the folder of a part.
        let trace = files.first().and_then(|file| trace_beside(file));
        folder.write_records(&set, WHOLE)?;
        folder.remove_former(WHOLE)?;
        if let Ok(scenario) = serde_json::from_value::<Scenario>(set.scenario.clone()) {
            folder.write_scenario(&scenario, trace.as_deref())?;
        }
    }
    let results = Results::of(set, true, baseline.as_ref());
    if let Some(folder) = &folder {
        folder.write_results(&results, &results.text(Charset::Unicode))?;
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
