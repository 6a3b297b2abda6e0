//! The `runtime` executable: the command line, or, beside a packaged app, that app.

#![warn(clippy::unwrap_used)]

use std::process::ExitCode;

fn main() -> ExitCode {
    socket_runtime::cli::main()
}
