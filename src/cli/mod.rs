//! The command line: one file per subcommand.

use std::process::ExitCode;

/// Parses the arguments of this process and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
