//! What `runtime sim` accepts.

use std::path::PathBuf;

use sim::NatMix;

use super::values::{self, ChurnArg, Replay, SeedRange, Shard};

/// Simulate a network of peers, and report what it does
///
/// The actors of real peers run on virtual time and a simulated network. The same seed gives the
/// same run, bit for bit. `runtime sim list` shows the scenarios that are built in.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SimArgs {
    /// What to do instead of running.
    #[command(subcommand)]
    pub command: Option<SimCommand>,
    /// What to run.
    #[command(flatten)]
    pub run: SimRunArgs,
}

/// What `runtime sim` does besides running.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
pub enum SimCommand {
    /// List the scenarios that are built in
    List,
    /// Put together what the shards of a sweep wrote
    Merge(SimMergeArgs),
}

/// What is simulated, and what is wanted of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SimRunArgs {
    /// Scenario to run: a name of `runtime sim list`, or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    pub scenario: Option<String>,
    /// Peers at any one time, as 1024, 100k or 1M; one of 256 is indexed, and at least 3, unless the
    /// scenario says how many
    #[arg(long, value_name = "N", value_parser = values::peers, allow_negative_numbers = true, help_heading = WHAT)]
    pub peers: Option<u64>,
    /// How long is measured, in virtual seconds or as in 90s, 10m, 24h or 7d
    #[arg(long, value_name = "TIME", value_parser = values::seconds, allow_negative_numbers = true, help_heading = WHAT)]
    pub duration: Option<f64>,
    /// How peers come and go: none, kad, exponential, phone, stress, 95%/min or trace:FILE
    #[arg(long, value_name = "KIND|N%/min", value_parser = values::churn, allow_negative_numbers = true, help_heading = WHAT)]
    pub churn: Option<ChurnArg>,
    /// NATs that peers are behind: seed, desktop, mobile, enterprise or public
    #[arg(long, value_name = "MIX", value_parser = values::nat, help_heading = WHAT)]
    pub nat: Option<NatMix>,
    /// Share of datagrams that is lost, each by itself, as 0.02 or 2%
    #[arg(long, value_name = "SHARE", value_parser = values::share, allow_negative_numbers = true, help_heading = WHAT)]
    pub loss: Option<f64>,
    /// Messages a second, by all peers together
    #[arg(long, value_name = "MSG/S", value_parser = values::rate, allow_negative_numbers = true, help_heading = WHAT)]
    pub load: Option<f64>,
    /// Let a hash stand in for the signatures of links; the report says so
    #[arg(long, help_heading = WHAT)]
    pub fast: bool,
    /// Seed of every random choice (default: the scenario's)
    #[arg(long, value_name = "N", value_parser = values::whole::<u64>, allow_negative_numbers = true,
          conflicts_with_all = ["seeds", "replay"], help_heading = SEEDS)]
    pub seed: Option<u64>,
    /// Run each seed from A to B, both included
    #[arg(long, value_name = "A..B", value_parser = values::seeds, help_heading = SEEDS)]
    pub seeds: Option<SeedRange>,
    /// Seeds that run at once (default: one for each core)
    #[arg(long, value_name = "N", value_parser = values::jobs, allow_negative_numbers = true,
          help_heading = SEEDS)]
    pub jobs: Option<u16>,
    /// Run only the I-th of N parts of the seeds; `runtime sim merge` puts the parts together
    #[arg(long, value_name = "I/N", value_parser = values::shard, help_heading = SEEDS)]
    pub shard: Option<Shard>,
    /// Run one seed again, up to a moment if one is given
    #[arg(long, value_name = "SEED[@TIME]", value_parser = values::replay,
          conflicts_with_all = ["seeds", "shard"], help_heading = SEEDS)]
    pub replay: Option<Replay>,
    /// Write down every datagram of this peer, with the first seed, into DIR/watch.pcapng
    #[arg(long, value_name = "PEER", value_parser = values::whole::<u32>, allow_negative_numbers = true, requires = "out", help_heading = RESULTS)]
    pub watch: Option<u32>,
    /// Write the ways of the first N messages into DIR/trace.jsonl
    #[arg(long, value_name = "N", value_parser = values::whole::<u32>, allow_negative_numbers = true, requires = "out", help_heading = RESULTS)]
    pub trace: Option<u32>,
    /// Let `runtime inspect --sim` pause and change actors; what it changes, it changes in the results
    #[arg(long, help_heading = RESULTS)]
    pub control: bool,
    /// What happens to the results.
    #[command(flatten)]
    pub results: ResultArgs,
}

/// What happens to the results of runs.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ResultArgs {
    /// Write report, tables and records into this folder
    #[arg(long, value_name = "DIR", help_heading = RESULTS)]
    pub out: Option<PathBuf>,
    /// Compare with a summary.json that was written before, seed by seed
    #[arg(long, value_name = "FILE", help_heading = RESULTS)]
    pub baseline: Option<PathBuf>,
    /// Fail if an expectation of the scenario does not hold, or a figure is worse than the baseline's
    #[arg(long, help_heading = RESULTS)]
    pub check: bool,
    /// Print the summary as a JSON object, alone on the standard output
    #[arg(long, help_heading = RESULTS)]
    pub json: bool,
    /// Say nothing of how far the runs are
    #[arg(short, long, help_heading = RESULTS)]
    pub quiet: bool,
}

/// Parts of a sweep.
#[derive(Clone, Debug, clap::Args)]
pub struct SimMergeArgs {
    /// Folders that `runtime sim --out` wrote, or the shard-I-N.json in them
    #[arg(value_name = "DIR", required = true)]
    pub parts: Vec<PathBuf>,
    /// What happens to the results.
    #[command(flatten)]
    pub results: ResultArgs,
}

const WHAT: &str = "What is simulated, whatever the scenario says";
const SEEDS: &str = "Seeds";
const RESULTS: &str = "Results";
