//! `runtime sim list`: the scenarios that are built in.

use super::scenarios::{Written, names};
use crate::cli::{CliError, Console};

/// Lists them with what each shows.
pub(super) fn list(console: &mut Console<'_>) -> Result<(), CliError> {
    let names = names();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    for name in names {
        let about = Written::find(Some(name))?.scenario.about;
        writeln!(console.out(), "{name:width$}  {}", about.trim())?;
    }
    Ok(())
}
