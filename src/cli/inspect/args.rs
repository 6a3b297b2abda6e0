//! What may be typed after `runtime inspect`.

use std::{path::PathBuf, time::Duration};

use crate::cli::values;

/// Look into a running app: every actor, what waits for it, and what is wrong
///
/// In a terminal it is a program with keys of its own, which ? lists; elsewhere it prints one
/// table. With --actor it shows one actor, or does one thing to it. What changes an actor
/// works if the app was started with --control.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InspectArgs {
    /// Process id, name or socket of the app; may be left out if only one runs
    #[arg(value_name = "PID|NAME|SOCKET")]
    pub apps: Vec<String>,
    /// Print what there is to see as JSON, once
    #[arg(long)]
    pub json: bool,
    /// Print the table once, even in a terminal
    #[arg(long, conflicts_with = "json")]
    pub once: bool,
    /// Show a running simulation: of the run that began last, the actors of every peer
    #[arg(long)]
    pub sim: bool,
    /// Show only the N busiest actors; of more than 10,000, that many unless told otherwise
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Repaint this often, in milliseconds
    #[arg(long, value_name = "MS", default_value = "1000",
          value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    pub interval: u64,
    /// Print the messages that no actor handled, and why
    #[arg(long)]
    pub dead_letters: bool,
    /// Write what the actors of one or several apps do into this file, for ui.perfetto.dev
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// How long --trace and --diff wait, as 5s or 500ms
    #[arg(long = "for", value_name = "TIME", default_value = "5s", value_parser = values::time)]
    pub time: Duration,
    /// Show this actor: its queue, last messages, latencies and asks
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["trace", "dead_letters"])]
    pub actor: Option<String>,
    /// What is done to it.
    #[command(flatten)]
    pub verb: VerbArgs,
}

/// What is done to one actor; one thing at a time.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(multiple = false, requires = "actor")]
pub struct VerbArgs {
    /// Hold it before its next message; its timers stand still
    #[arg(long, help_heading = ACTOR)]
    pub pause: bool,
    /// Let it go on
    #[arg(long, help_heading = ACTOR)]
    pub resume: bool,
    /// Let it handle N messages and hold it then
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1",
          value_parser = clap::value_parser!(u64).range(1..), help_heading = ACTOR)]
    pub step: Option<u64>,
    /// Hold it before each message that fits, as 'ReadFile where /path = a.txt', '* where depth >= 9'
    #[arg(long = "break", value_name = "WHEN", value_parser = super::breakpoint::parse,
          help_heading = ACTOR)]
    pub break_on: Option<crate::messages::inspector::Break>,
    /// Take its breakpoints away
    #[arg(long, help_heading = ACTOR)]
    pub clear: bool,
    /// Print its state as JSON
    #[arg(long, help_heading = ACTOR)]
    pub state: bool,
    /// Print what changes in its state within the time of --for
    #[arg(long, help_heading = ACTOR)]
    pub diff: bool,
    /// Give it this state
    #[arg(long, value_name = "JSON", value_parser = json, help_heading = ACTOR)]
    pub replace: Option<serde_json::Value>,
    /// Put a message into its mailbox, as 'ReadFile {"path":"a.txt"}'
    #[arg(long, value_name = "TYPE JSON", value_parser = message, help_heading = ACTOR)]
    pub inject: Option<(String, serde_json::Value)>,
    /// Make it anew, with its queue intact
    #[arg(long, help_heading = ACTOR)]
    pub restart: bool,
    /// Stop it for good
    #[arg(long, help_heading = ACTOR)]
    pub kill: bool,
}

fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))
}

/// Reads a message that is to be injected: its type, and what it is made of.
pub(super) fn message(text: &str) -> Result<(String, serde_json::Value), String> {
    let (message, payload) = text
        .trim()
        .split_once(char::is_whitespace)
        .unwrap_or((text.trim(), "null"));
    if message.is_empty() {
        return Err("it names no type of message".to_owned());
    }
    Ok((message.to_owned(), json(payload)?))
}

const ACTOR: &str = "With --actor";
