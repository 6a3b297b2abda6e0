//! `runtime man`: writes manual pages.

use std::{fs, path::PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Cli, CliError, Console, error::Explain, format};

/// Print the manual page, or write one per subcommand
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ManArgs {
    /// Write runtime.1, runtime-build.1, … into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Prints or writes the pages.
///
/// # Errors
/// Fails if the output or a file cannot be written.
pub fn man(console: &mut Console<'_>, args: &ManArgs) -> Result<(), CliError> {
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page)?;
        console.out().write_all(&page)?;
        return Ok(());
    };
    let what = || format!("write manual pages into '{}'", folder.display());
    fs::create_dir_all(folder).explain(what)?;
    clap_mangen::generate_to(Cli::command(), folder).explain(what)?;
    console.progress(
        "Wrote",
        &format!("manual pages into {}", format::path(folder)),
    )?;
    Ok(())
}
