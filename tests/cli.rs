//! Runs the `runtime` command as a user types it.
//!
//! Expected texts lie in `tests/cli/expected`; `UPDATE_EXPECTED=1` writes them anew.

#[path = "cli/apps.rs"]
mod apps;
#[path = "cli/build.rs"]
mod build;
#[path = "cli/init.rs"]
mod init;
#[path = "cli/inspect.rs"]
mod inspect;
#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/texts.rs"]
mod texts;
