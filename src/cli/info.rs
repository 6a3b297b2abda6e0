//! `runtime info`: what a running peer is, whom it knows and what it has kept.

use super::{
    CliError, Console,
    console::colours_are_welcome,
    control::{PeerArg, report},
};
use crate::messages::control::Request;

/// Show a running peer: address, NAT, connections, cache and counts
#[derive(Clone, Debug, clap::Args)]
pub struct InfoArgs {
    /// Which peer.
    #[command(flatten)]
    pub peer: PeerArg,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints the report of one peer.
///
/// # Errors
/// Fails if no such peer runs, several do and none is named, or the peer does not answer.
pub fn info(console: &mut Console<'_>, args: &InfoArgs) -> Result<(), CliError> {
    let answer = args.peer.connect()?.ask(&Request::Info {})?;
    if args.json {
        writeln!(console.out(), "{answer}")?;
        return Ok(());
    }
    let has_colours = console.is_terminal() && colours_are_welcome();
    for line in report(&answer, has_colours) {
        writeln!(console.out(), "{}", line.trim_end())?;
    }
    Ok(())
}
