//! `runtime completions`: writes a shell's completion script.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, CliError, Console};

/// Print a script that completes this command in a shell
///
/// For bash: `runtime completions bash > ~/.local/share/bash-completion/completions/runtime`
#[derive(Clone, Debug, clap::Args)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Fails if the output cannot be written.
pub fn completions(console: &mut Console<'_>, args: &CompletionsArgs) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "runtime", &mut script);
    console.out().write_all(&script)?;
    Ok(())
}
