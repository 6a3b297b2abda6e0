//! Finds running peers and talks to them over their control sockets.

mod client;
mod find;
mod narrator;
mod report;
mod words;

pub(super) use self::{
    client::Client,
    narrator::{Narrator, Sentence},
    report::report,
};

use super::CliError;

/// Which peer a subcommand speaks to.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PeerArg {
    /// Name of the running peer to speak to; may be left out if only one runs
    #[arg(long, value_name = "NAME", value_parser = super::values::peer_name)]
    pub peer: Option<String>,
}

impl PeerArg {
    /// Connects to the one peer that is meant.
    pub(super) fn connect(&self) -> Result<Client, CliError> {
        find::connect(self.peer.as_deref())
    }
}
