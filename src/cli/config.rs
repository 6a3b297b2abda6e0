//! `runtime config`: checks a project's configuration, or explains one key.

use std::path::PathBuf;

use super::{CliError, Console, project::Project};
use crate::config as settings;

/// Check socket.ini and print what it comes to, overrides included
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ConfigArgs {
    /// Folder of the app: the one with socket.ini
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Explain a key, such as build.name
    #[arg(long, value_name = "KEY", conflicts_with = "dir")]
    pub explain: Option<String>,
}

/// Prints the resolved configuration, or the explanation.
///
/// # Errors
/// Fails if the configuration is wrong or the key unknown.
pub fn config(console: &mut Console<'_>, args: &ConfigArgs) -> Result<(), CliError> {
    if let Some(key) = &args.explain {
        return explain(console, key);
    }
    let project = Project::load(console, &args.dir)?;
    write!(console.out(), "{}", project.config.to_ini())?;
    Ok(())
}

fn explain(console: &mut Console<'_>, key: &str) -> Result<(), CliError> {
    let Some(text) = settings::explain(key) else {
        let error = CliError::usage(format!("no key is called '{key}'"));
        return Err(match settings::nearest_key(key) {
            Some(nearest) => error.hint(format!("did you mean '{nearest}'?")),
            None => error,
        });
    };
    writeln!(console.out(), "{}", text.trim_end())?;
    Ok(())
}
