//! `runtime env`: says what this command finds around it.

use std::{env as process_env, io, path::PathBuf};

use super::{CliError, Console, Platform};

/// Variables that change what apps or this command do.
const VARIABLES: [&str; 14] = [
    "ANDROID_HOME",
    "DISPLAY",
    "HOME",
    "LANG",
    "NO_COLOR",
    "PATH",
    "PREFIX",
    "PWD",
    "SHELL",
    "SOCKET_HOME",
    "SOCKET_HOME_API",
    "TERM",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
];

/// Print the environment that apps are built and run in
#[derive(Clone, Debug, Default, clap::Args)]
pub struct EnvArgs {
    /// Accepted and not used
    #[arg(value_name = "DIR", hide = true)]
    pub dir: Option<PathBuf>,
}

/// Prints `NAME=value` lines: facts of this runtime, then variables that are set.
///
/// # Errors
/// Fails if the output cannot be written.
pub fn env(console: &mut Console<'_>, _args: &EnvArgs) -> Result<(), CliError> {
    let executable = process_env::current_exe().unwrap_or_default();
    let out = console.out();
    writeln!(out, "RUNTIME_VERSION={}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "RUNTIME_EXECUTABLE={}", executable.display())?;
    writeln!(out, "RUNTIME_PLATFORM={}", Platform::host())?;
    writeln!(out, "RUNTIME_ARCH={}", process_env::consts::ARCH)?;
    for name in VARIABLES {
        if let Some(value) = process_env::var_os(name) {
            writeln!(out, "{name}={}", value.to_string_lossy())?;
        }
    }
    Ok(())
}

/// Prints the folder of this executable.
pub(crate) fn prefix(console: &mut Console<'_>) -> io::Result<()> {
    let executable = process_env::current_exe()?;
    let folder = executable.parent().unwrap_or(&executable);
    writeln!(console.out(), "{}", folder.display())
}
