//! `runtime replay`: runs a recording again, and compares what happens with what happened.

mod step;

use std::{io, path::PathBuf};

use serde_json::{Value, json};

use super::{CliError, Console, format};
use crate::actors::{
    kit::RecordingError,
    replay::{Played, Replay, ReplayError, Replayed},
};

/// Run a recording again, and compare each step with what happened then
///
/// A recording is made by `runtime run --record FILE` or `runtime peer --record FILE`. Its actors
/// are made again, get the same messages, times and seeds, and have to do the same: at the end
/// they are in the same state, or the first step that differs is named. Nothing is sent to
/// anybody, and no file but the recording is opened.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayArgs {
    /// The recording
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Run this actor alone
    #[arg(short, long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Stop after the step with this number
    #[arg(long, value_name = "N")]
    pub until: Option<u64>,
    /// Go step by step, forwards and back: n(ext), b(ack), g(oto) N, p(rint states), q(uit)
    #[arg(long)]
    pub step: bool,
    /// Run the message, too, that was in hand when the recording ended: what hung hangs again
    #[arg(long)]
    pub through: bool,
    /// Print what comes of it as JSON; with --step, a line for each step
    #[arg(long)]
    pub json: bool,
}

/// Runs a recording again.
///
/// # Errors
/// Fails if the file is no sound recording, or the replay differs from it.
pub fn replay(console: &mut Console<'_>, args: &ReplayArgs) -> Result<(), CliError> {
    let opened = Replay::open(&args.file, args.actor.as_deref());
    let replay = opened.map_err(|error| explain(&error))?;
    let mut replay = replay.through(args.through);
    check_tail(&replay, args.until)?;
    if args.step {
        let input = io::stdin();
        return step::step(console, &mut input.lock(), &mut replay, args);
    }
    let mut unfinished = None;
    let until = args.until.unwrap_or(u64::MAX);
    while replay.upcoming().is_some_and(|next| next <= until) {
        let Some(played) = replay.advance().map_err(|error| explain(&error))? else {
            break;
        };
        if played.is_unfinished {
            unfinished = Some(played);
        }
    }
    if args.json {
        let outcome = outcome(args, &replay);
        writeln!(console.out(), "{}", pretty(&outcome))?;
    } else {
        tell(console, args, &replay)?;
    }
    warn(
        console,
        &replay,
        unfinished.as_ref().filter(|_| !args.through),
    )?;
    Ok(())
}

/// A file that is damaged is run only as far as it is sound, if that is what is wanted.
fn check_tail(replay: &Replay, until: Option<u64>) -> Result<(), CliError> {
    let Some(tail) = replay.file().tail() else {
        return Ok(());
    };
    let last = replay.file().steps().last().map(|step| step.number);
    if until.zip(last).is_some_and(|(until, last)| until <= last) {
        return Ok(());
    }
    let error = CliError::failure(tail.to_string());
    Err(match last {
        Some(last) => error.hint(format!("--until {last} runs what comes before it")),
        None => error,
    })
}

fn explain(error: &ReplayError) -> CliError {
    let failure = CliError::failure(error.to_string());
    match error {
        ReplayError::Differs(divergence) => {
            let before = divergence.number.saturating_sub(1);
            failure.hint(format!(
                "--until {before} stops before that, --step goes there step by step"
            ))
        }
        ReplayError::NoActor { known, .. } => {
            failure.hint(format!("there are {}", known.join(", ")))
        }
        ReplayError::File(RecordingError::Foreign { .. }) => {
            failure.hint("`runtime run --record FILE` and `runtime peer --record FILE` make one")
        }
        _ => failure,
    }
}

/// What came of it, for scripts.
fn outcome(args: &ReplayArgs, replay: &Replay) -> Value {
    let header = replay.file().header();
    json!({
        "file": args.file.display().to_string(),
        "made_by": header.made_by,
        "began_unix_ms": header.began_unix_ms,
        "is_closed": replay.file().closed().is_some(),
        "gap": replay.file().gap(),
        "steps": replay.file().steps().len(),
        "position": replay.position(),
        "messages": replay.messages_count(),
        "state": hex(replay.state_hash()),
        "recorded": replay.recorded_hash().map(hex),
        "actors": replay.actors(),
        "states": replay.states(),
    })
}

/// What came of it, for people.
fn tell(console: &mut Console<'_>, args: &ReplayArgs, replay: &Replay) -> io::Result<()> {
    let file = replay.file();
    let (made_by, steps) = (&file.header().made_by, file.steps().len() as u64);
    let what = format!(
        "{}, made by {made_by}: {} steps",
        format::path(&args.file),
        format::count(steps)
    );
    console.say("Replayed", &what)?;
    let actors = replay.actors();
    let width = actors.iter().map(|actor| actor.name.len()).max();
    for actor in &actors {
        console.say("", &line_of(actor, width.unwrap_or_default()))?;
    }
    let (state, count) = (replay.state_hash(), format::count(replay.messages_count()));
    let compared = match replay.recorded_hash() {
        Some(recorded) if recorded == state => ", as recorded",
        Some(_) => ", other than recorded",
        None => "",
    };
    let what = format!("{} after {count} messages{compared}", hex(state));
    console.say("State", &what)
}

fn line_of(actor: &Replayed, width: usize) -> String {
    let name = format!("{:width$}", actor.name);
    match (&actor.state, &actor.stopped) {
        (_, Some(reason)) => format!("{name}  {reason}"),
        (Some(state), None) => {
            let count = format::count(actor.messages);
            let is_same = actor.recorded.as_ref() == Some(state);
            let compared = if is_same { ", as recorded" } else { "" };
            format!("{name}  {state} after {count} messages{compared}")
        }
        (None, None) => name,
    }
}

/// What is missing in the file.
fn warn(console: &mut Console<'_>, replay: &Replay, unfinished: Option<&Played>) -> io::Result<()> {
    let file = replay.file();
    if let Some(gap) = file.gap() {
        let lost = file.closed().map_or(0, |closed| closed.lost);
        console.warn(&format!(
            "step {gap} is missing in the recording, which was run as far as that \
             ({lost} frames found no room on their way to the disk)"
        ))?;
    } else if file.closed().is_none() && file.tail().is_none() {
        console.warn("the process ended before its recording did")?;
    }
    match unfinished {
        Some(played) => console.warn(&format!(
            "the recording ends while '{}' handles {} (step {}): --through runs it, too",
            played.actor, played.message, played.number
        )),
        None => Ok(()),
    }
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
