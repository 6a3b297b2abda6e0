//! `runtime sim`: simulates a network of peers and reports what it does.
//!
//! - `args` is what may be typed, `values` what a value may look like; `plan` turns it into a
//!   scenario with every value and a list of seeds, out of `scenarios`, which come from
//!   `scenario_file`s. `estimate` refuses what does not fit into memory.
//! - `run` runs the seeds on threads, `progress` shows how far they are, `view` lets
//!   `runtime inspect --sim` look in.
//! - `results` judges and prints, `outputs` writes and reads files, `merge` puts shards together.
//!
//! Invariant: what is printed and written of a seed does not depend on the number of threads,
//! but for what was measured in real time and memory.

mod args;
mod estimate;
mod list;
mod memory;
mod merge;
mod outputs;
mod plan;
mod progress;
mod results;
mod run;
mod scenario_file;
mod scenarios;
mod values;
mod view;

use std::sync::Arc;

use sim::report::{Charset, RunSet};

pub(super) use self::view::NAME_PREFIX;
pub use self::{
    args::{ResultArgs, SimArgs, SimCommand, SimMergeArgs, SimRunArgs},
    values::{ChurnArg, Replay, SeedRange, Shard},
};

use self::{
    outputs::Folder,
    plan::Plan,
    results::Results,
    run::{EXIT_INTERRUPTED, Runs},
};
use super::{CliError, Console};

/// Runs a scenario, lists those that there are, or merges shards.
///
/// # Errors
/// Fails if a value or file is wrong, the machine is too small, a run panics, or a check that
/// was asked for does not hold.
pub fn sim(console: &mut Console<'_>, args: &SimArgs) -> Result<u8, CliError> {
    match &args.command {
        Some(SimCommand::List) => list::list(console).map(|()| 0),
        Some(SimCommand::Merge(args)) => merge::merge(console, args).map(|()| 0),
        None => run_plan(console, &args.run),
    }
}

fn run_plan(console: &mut Console<'_>, args: &SimRunArgs) -> Result<u8, CliError> {
    memory::base_bytes();
    let plan = Arc::new(Plan::new(args)?);
    // Better now than after an hour of simulating.
    let baseline = results::read_baseline(&args.results)?;
    let folder = args.results.out.as_deref().map(Folder::make).transpose()?;
    if plan.seeds.is_empty() {
        return skip(console, &plan, folder.as_ref()).map(|()| 0);
    }
    if let Some(scaled) = plan.scaled().filter(|_| !args.results.quiet) {
        console.progress("Scaled", &scaled)?;
    }
    let runs = run::run(console, &plan, args.results.quiet)?;
    let mut set = RunSet::new(&plan.name, plan.echo(), &plan.command());
    for outcome in &runs.outcomes {
        let added = set.add(outcome.finished.record.clone());
        added.map_err(|error| CliError::failure(error.to_string()))?;
    }
    if let Some(folder) = &folder {
        write_records(folder, &plan, &set)?;
    }
    if let Some(cut) = runs.cut(&plan) {
        console.warn(&cut)?;
    }
    let is_whole = set.runs().len() == plan.seeds.len();
    let results = Results::of(set, is_whole, baseline.as_ref());
    if let Some(folder) = &folder {
        write_rest(folder, &plan, &runs, &results)?;
        if !args.results.quiet {
            console.progress("Wrote", &folder.path().display().to_string())?;
        }
    }
    results.print(console, &args.results)?;
    if runs.is_interrupted {
        return Ok(EXIT_INTERRUPTED);
    }
    results.check(console, &args.results, |seed| plan.replay(seed))?;
    Ok(0)
}

/// Has nothing to do, since a sweep has more parts than seeds; the records say so to a merge.
fn skip(
    console: &mut Console<'_>,
    plan: &Plan,
    folder: Option<&Folder<'_>>,
) -> Result<(), CliError> {
    if let Some(folder) = folder {
        let set = RunSet::new(&plan.name, plan.echo(), &plan.command());
        write_records(folder, plan, &set)?;
    }
    let shard = plan.shard;
    Ok(console.progress("Skipped", &format!("no seeds in this part, {shard}"))?)
}

/// Writes what everything else can be made of again.
fn write_records(folder: &Folder<'_>, plan: &Plan, set: &RunSet) -> Result<(), CliError> {
    folder.write_records(set, plan.shard)?;
    folder.remove_former(plan.shard)?;
    folder.write_scenario(&plan.scenario, plan.trace_text.as_deref())
}

/// Writes what is made of the records, and what was seen besides.
fn write_rest(
    folder: &Folder<'_>,
    plan: &Plan,
    runs: &Runs,
    results: &Results,
) -> Result<(), CliError> {
    folder.write_results(results, &results.text(Charset::Unicode))?;
    let first = plan.seeds.first().copied();
    let first = runs
        .outcomes
        .iter()
        .find(|outcome| Some(outcome.finished.record.seed) == first);
    if let (Some(peer), Some(outcome)) = (plan.watched(), first) {
        folder.write_watched(peer, &outcome.captured)?;
    }
    if plan.is_traced() {
        let traces = runs.outcomes.iter().map(|outcome| {
            let finished = &outcome.finished;
            (finished.record.seed, finished.trace.as_slice())
        });
        folder.write_traces(&traces.collect::<Vec<_>>())?;
    }
    Ok(())
}
