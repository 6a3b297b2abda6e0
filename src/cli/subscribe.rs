//! `runtime subscribe`: prints the messages of a subcluster as they come.

use std::io;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{CliError, Console, control::PeerArg, values};
use crate::messages::control::{ClusterName, KeyName, Request, SubscribeRequest};

/// Print the messages that others publish
///
/// Text is printed as it is, on lines of its own; what is no text is printed as base64.
#[derive(Clone, Debug, clap::Args)]
pub struct SubscribeArgs {
    /// Cluster of the messages (default: the peer's own)
    #[arg(long, value_name = "NAME", value_parser = values::cluster)]
    pub cluster: Option<ClusterName>,
    /// Text that the shared key is made from, or hex: and the key itself
    #[arg(long, value_name = "SEED", value_parser = values::key)]
    pub key: KeyName,
    /// Print messages of this event only
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// Print each message after those that it follows
    #[arg(long)]
    pub causal: bool,
    /// Begin with what the peer has kept
    #[arg(long)]
    pub since_cache: bool,
    /// End after so many messages
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// Write the bytes of each message as they are, with nothing between them
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Which peer.
    #[command(flatten)]
    pub peer: PeerArg,
    /// Print each message with all that is known of it as JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints messages until enough have come or the peer ends.
///
/// # Errors
/// Fails if the peer refuses, or ends before `--count` messages have come.
pub fn subscribe(console: &mut Console<'_>, args: &SubscribeArgs) -> Result<(), CliError> {
    let mut client = args.peer.connect()?;
    client.ask(&Request::Subscribe(SubscribeRequest {
        cluster: args.cluster.clone(),
        key: args.key.clone(),
        event: args.event.clone(),
        causal: args.causal,
        since_cache: args.since_cache,
    }))?;
    let mut left = args.count;
    while left != Some(0) {
        let Some(event) = client.next_event()? else {
            return ended(console, left);
        };
        if print(console, args, &event)? {
            left = left.map(|left| left - 1);
        }
        console.out().flush()?;
    }
    Ok(())
}

fn ended(console: &mut Console<'_>, left: Option<u64>) -> Result<(), CliError> {
    match left {
        None => {
            console.warn("the peer has ended")?;
            Ok(())
        }
        Some(left) => Err(CliError::failure(format!(
            "the peer has ended, with {left} messages still to come"
        ))),
    }
}

/// Prints one event; true if it was a message.
fn print(console: &mut Console<'_>, args: &SubscribeArgs, event: &Value) -> Result<bool, CliError> {
    let is_message = matches!(event["event"].as_str(), Some("packet" | "stream"));
    if args.json {
        writeln!(console.out(), "{event}")?;
        return Ok(is_message);
    }
    match event["event"].as_str() {
        Some("packet" | "stream") => print_message(console, args, event)?,
        Some("lost") => {
            let count = &event["count"];
            console.warn(&format!("{count} messages came faster than they were read"))?;
        }
        Some("gap") => {
            let missing = event["missing"].as_str().unwrap_or_default();
            console.warn(&format!("nobody has packet {missing}, which others follow"))?;
        }
        _ => {}
    }
    Ok(is_message)
}

fn print_message(
    console: &mut Console<'_>,
    args: &SubscribeArgs,
    event: &Value,
) -> Result<(), CliError> {
    let (text, base64) = (event["text"].as_str(), event["base64"].as_str());
    if args.raw {
        let bytes = match (text, base64) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, base64) => BASE64_STANDARD
                .decode(base64.unwrap_or_default())
                .map_err(|error| CliError::failure(format!("the peer sent no base64: {error}")))?,
        };
        console.out().write_all(&bytes)?;
        return Ok(());
    }
    match text {
        // A message may come from anybody with the key: it must not command the terminal.
        Some(text) if console.is_terminal() => {
            let shown: String = text.chars().map(harmless).collect();
            print_line(console, &shown)?;
        }
        Some(text) => print_line(console, text)?,
        None => writeln!(console.out(), "{}", base64.unwrap_or_default())?,
    }
    Ok(())
}

/// Ends the line unless the text does so itself, as that of a file.
fn print_line(console: &mut Console<'_>, text: &str) -> io::Result<()> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(console.out(), "{text}{end}")
}

fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        c if c.is_control() => '·',
        c => c,
    }
}
