//! The `runtime` executable: the command line, or, beside a packaged app, that app.

use std::process::ExitCode;

fn main() -> ExitCode {
    socket_runtime::cli::main()
}
