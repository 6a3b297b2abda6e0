//! From what was typed to what is run: a scenario with every value, seeds, and the command that
//! runs it all again.

use std::{fmt::Write as _, fs, sync::Arc};

use serde_json::Value;
use sim::{ChurnKind, ConfigError, LossKind, Trace};

use super::{
    args::SimRunArgs,
    estimate,
    scenarios::{Written, wrong},
    values::{ChurnArg, Shard},
};
use crate::{
    actors::{
        inspector::Access,
        simulation::{Scenario, Watched, Wishes},
    },
    cli::{CliError, error::Explain as _},
};

/// What is run.
pub(super) struct Plan {
    /// What the scenario is called.
    pub(super) name: String,
    /// Every value of it.
    pub(super) scenario: Scenario,
    /// The seeds of this process, ascending.
    pub(super) seeds: Vec<u64>,
    /// Which part of a sweep they are.
    pub(super) shard: Shard,
    /// Virtual seconds at which to stop before the end.
    pub(super) until_s: Option<f64>,
    /// How many seeds run at once.
    pub(super) jobs: usize,
    /// When peers come and go, as a file says it.
    pub(super) trace_text: Option<String>,
    /// Whether the number of peers set that of indexed ones.
    is_scaled: bool,
    /// What those may do who look in.
    pub(super) access: Access,
    /// What is wanted besides the records.
    wishes: Wishes,
    /// Runs the scenario again, but for the seeds.
    command: String,
    /// The options that say which seeds.
    seeds_typed: String,
}

impl Plan {
    /// Works out what was asked for.
    ///
    /// # Errors
    /// If a value is not allowed, a file cannot be read, or the machine is too small.
    pub(super) fn new(args: &SimRunArgs) -> Result<Self, CliError> {
        let written = Written::find(args.scenario.as_deref())?;
        let as_written = written.scenario.validate();
        as_written.map_err(|error| refused_in_file(&written, &error))?;
        let mut scenario = written.scenario.clone();
        let jobs = jobs(args, seeds(args, &scenario).len());
        check_size(args, &written, jobs)?;
        override_values(&mut scenario, &written, args);
        let valid = scenario.validate();
        valid.map_err(|error| refused(args, &error))?;
        scenario.network = scenario.network.resolved();
        let (all, shard) = (seeds(args, &scenario), args.shard.unwrap_or(WHOLE));
        let (trace, trace_text) = read_trace(&scenario)?.unzip();
        let wishes = wishes(args, &scenario, trace)?;
        Ok(Self {
            is_scaled: scenario.indexed != written.scenario.indexed,
            name: written.name,
            trace_text,
            seeds: shard.of(&all),
            shard,
            until_s: args.replay.and_then(|replay| replay.until_s),
            jobs,
            access: match args.control {
                true => Access::Control,
                false => Access::ReadOnly,
            },
            wishes,
            command: command(args),
            seeds_typed: seeds_typed(args),
            scenario,
        })
    }

    /// The scenario as reports repeat it.
    pub(super) fn echo(&self) -> Value {
        // Numbers that are none are refused before.
        serde_json::to_value(&self.scenario).unwrap_or_default()
    }

    /// How many indexed peers there are, if the number of peers set it.
    pub(super) fn scaled(&self) -> Option<String> {
        let Scenario { peers, indexed, .. } = self.scenario;
        self.is_scaled.then(|| {
            format!("to {indexed} indexed peers of {peers}; `indexed` in a scenario sets it")
        })
    }

    /// The peer whose datagrams are written down.
    pub(super) fn watched(&self) -> Option<u32> {
        match self.wishes.watched {
            Some(Watched::One(peer)) => Some(peer),
            _ => None,
        }
    }

    /// Whether messages are traced.
    pub(super) fn is_traced(&self) -> bool {
        self.wishes.traced_count > 0
    }

    /// What is wanted of one seed: only the first has somebody who is watched.
    pub(super) fn wishes_of(&self, seed: u64) -> Wishes {
        let is_first = self.seeds.first() == Some(&seed);
        Wishes {
            watched: self.wishes.watched.filter(|_| is_first),
            ..self.wishes.clone()
        }
    }

    /// The command that runs all of it again.
    pub(super) fn command(&self) -> String {
        format!("{}{}", self.command, self.seeds_typed)
    }

    /// The command that runs one seed again.
    pub(super) fn replay(&self, seed: u64) -> String {
        format!("{} --replay {seed}", self.command)
    }
}

/// Puts what was typed in the place of what the scenario says.
fn override_values(scenario: &mut Scenario, written: &Written, args: &SimRunArgs) {
    if let Some(peers) = args.peers {
        scenario.peers = u32::try_from(peers).unwrap_or(u32::MAX);
        if !written.source().has("indexed") {
            scenario.indexed = (scenario.peers / PEERS_PER_INDEXED).max(INDEXED_MIN);
        }
        // A few peers cannot all be indexed ones.
        scenario.indexed = scenario.indexed.min((scenario.peers / 2).max(1));
    }
    if let Some(duration_s) = args.duration {
        scenario.duration_s = duration_s;
        scenario.settle_s = scenario.settle_s.min(duration_s / 2.0);
    }
    if let Some(churn) = &args.churn {
        churn.apply(&mut scenario.churn);
    }
    if let Some(mix) = args.nat {
        scenario.network.nat.mix = mix;
        scenario.network.nat.classes = None;
    }
    if let Some(share) = args.loss {
        scenario.network.loss.kind = LossKind::Iid;
        scenario.network.loss.iid_share = share;
    }
    if let Some(rate) = args.load {
        scenario.load.messages_per_s = rate;
    }
    if args.fast {
        scenario.relay.is_signed = false;
    }
}

fn seeds(args: &SimRunArgs, scenario: &Scenario) -> Vec<u64> {
    if let Some(replay) = args.replay {
        return vec![replay.seed];
    }
    match args.seeds {
        Some(range) => (range.first..=range.last).collect(),
        None => vec![args.seed.unwrap_or(scenario.seed)],
    }
}

fn jobs(args: &SimRunArgs, seed_count: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let wanted = args.jobs.map_or(cores, usize::from);
    wanted.min(seed_count).max(1)
}

fn wishes(
    args: &SimRunArgs,
    scenario: &Scenario,
    trace: Option<Trace>,
) -> Result<Wishes, CliError> {
    if let Some(watched) = args.watch.filter(|node| *node >= scenario.node_count()) {
        let last = scenario.node_count() - 1;
        return Err(CliError::usage(format!(
            "--watch {watched}: peers are numbered from 0 to {last}"
        )));
    }
    Ok(Wishes {
        watched: args.watch.map(Watched::One),
        traced_count: args.trace.unwrap_or(0),
        trace: trace.map(Arc::new),
    })
}

/// Reads when peers come and go, if a file says so; with its text.
fn read_trace(scenario: &Scenario) -> Result<Option<(Trace, String)>, CliError> {
    let file = scenario.churn.trace_file.as_ref();
    let Some(file) = file.filter(|_| scenario.churn.kind == ChurnKind::Trace) else {
        return Ok(None);
    };
    let text = fs::read_to_string(file).explain(|| format!("read '{file}'"))?;
    let Scenario { peers, indexed, .. } = *scenario;
    let beyond = format!("is none of {peers} peers, which are numbered from 0");
    let steady = format!("is an indexed peer, as all below {indexed} are, and never leaves");
    let trace = Trace::parse(&text).and_then(|trace| {
        trace.check_nodes(0..peers, &beyond)?;
        trace.check_nodes(indexed..peers, &steady)?;
        Ok(trace)
    });
    let trace = trace
        .map_err(|error| CliError::usage(format!("{file}:{}: {}", error.line, error.problem)))?;
    Ok(Some((trace, text)))
}

/// Refuses what does not fit into the memory of this machine.
fn check_size(args: &SimRunArgs, written: &Written, jobs: usize) -> Result<(), CliError> {
    let mut scenario = written.scenario.clone();
    override_values(&mut scenario, written, args);
    let peers = args.peers.unwrap_or_else(|| u64::from(scenario.peers));
    let Err(error) = estimate::check(&scenario, peers, jobs) else {
        return Ok(());
    };
    Err(match (args.peers, written.text.is_empty()) {
        (Some(_), _) | (None, true) => error,
        (None, false) => {
            let found = written.source().error_of_key("peers", error.to_string());
            let hints = error.hints().iter().cloned();
            hints.fold(wrong(found), CliError::hint)
        }
    })
}

fn refused_in_file(written: &Written, error: &ConfigError) -> CliError {
    wrong(written.source().error_of_key(&error.key, error.to_string()))
}

/// Says which option made a scenario invalid that was valid before.
fn refused(args: &SimRunArgs, error: &ConfigError) -> CliError {
    let options = [
        ("--peers", args.peers.is_some(), "peers"),
        ("--duration", args.duration.is_some(), "duration_s"),
        ("--load", args.load.is_some(), "load."),
        ("--churn", args.churn.is_some(), "churn."),
        ("--loss", args.loss.is_some(), "network.loss"),
        ("--nat", args.nat.is_some(), "network.nat"),
    ];
    let own = options
        .iter()
        .find(|(_, is_given, key)| *is_given && error.key.starts_with(key));
    match own {
        Some((option, ..)) => CliError::usage(format!("{option}: {error}")),
        None => {
            let given = options.iter().filter(|(_, is_given, _)| *is_given);
            let given: Vec<&str> = given.map(|(option, ..)| *option).collect();
            CliError::usage(error.to_string()).hint(format!(
                "the scenario is valid without {}",
                given.join(", ")
            ))
        }
    }
}

/// The command line but for seeds and results.
fn command(args: &SimRunArgs) -> String {
    let mut text = "runtime sim".to_owned();
    let mut add = |option: &str, value: Option<String>| {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = write!(text, " {option} {}", shell_words::quote(&value));
        }
    };
    add("--scenario", args.scenario.clone());
    add("--peers", args.peers.map(|peers| peers.to_string()));
    add("--duration", args.duration.map(|s| s.to_string()));
    add("--churn", args.churn.as_ref().map(churn_typed));
    add(
        "--nat",
        args.nat.map(|mix| format!("{mix:?}").to_lowercase()),
    );
    add("--loss", args.loss.map(|share| share.to_string()));
    add("--load", args.load.map(|rate| rate.to_string()));
    if args.fast {
        text.push_str(" --fast");
    }
    text
}

fn churn_typed(churn: &ChurnArg) -> String {
    match churn {
        ChurnArg::Kind(kind) => format!("{kind:?}").to_lowercase(),
        ChurnArg::PercentPerMinute(percent) => format!("{percent}%/min"),
        ChurnArg::Trace(file) => format!("trace:{}", file.display()),
    }
}

fn seeds_typed(args: &SimRunArgs) -> String {
    if let Some(replay) = args.replay {
        let until = replay.until_s.map(|until_s| format!("@{until_s}"));
        return format!(" --replay {}{}", replay.seed, until.unwrap_or_default());
    }
    match (args.seeds, args.seed) {
        (Some(range), _) => format!(" --seeds {}..{}", range.first, range.last),
        (None, Some(seed)) => format!(" --seed {seed}"),
        (None, None) => String::new(),
    }
}

/// So many peers have one indexed peer, unless the scenario says how many there are.
const PEERS_PER_INDEXED: u32 = 256;
/// That many indexed peers there are at least.
const INDEXED_MIN: u32 = 3;
/// All of a sweep.
const WHOLE: Shard = Shard { index: 1, count: 1 };
