//! A private display for runs without one.
//!
//! Start it before anything else: it changes the environment, which only a process with
//! a single thread may do. The display ends with the thread that started it, and not
//! before: Xlib ends the process whose display is gone.

use std::{
    io::{BufRead, BufReader, ErrorKind},
    process::{Child, Command, Stdio},
};

/// Why there is no virtual display.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DisplayError {
    /// The program is not installed.
    #[error("headless runs need Xvfb; install it, on Debian and Ubuntu with: apt-get install xvfb")]
    Missing,
    /// The program did not start.
    #[error("Xvfb did not start: {reason}")]
    Failed {
        /// What was said.
        reason: String,
    },
    /// There is none for this system.
    #[error("headless runs are not supported on {system} yet; Linux is")]
    Unsupported {
        /// Name of the system.
        system: &'static str,
    },
}

/// Starts a virtual display, makes it this process's own and returns its name.
///
/// # Panics
///
/// If this process has started threads already.
pub fn start() -> Result<String, DisplayError> {
    if !cfg!(target_os = "linux") {
        return Err(DisplayError::Unsupported {
            system: std::env::consts::OS,
        });
    }
    let mut command = Command::new("Xvfb");
    command
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SCREEN,
            "-nolisten",
            "tcp",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(target_os = "linux")]
    crate::actors::process::end_with_this_thread(&mut command, rustix::process::Signal::TERM);
    let mut server = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => DisplayError::Missing,
        _ => failed(error.to_string()),
    })?;
    let name = format!(":{}", read_number(&mut server)?);
    #[cfg(target_os = "linux")]
    super::linux::process::set_environment(&[
        ("DISPLAY", &name),
        ("GDK_BACKEND", "x11"),
        ("NO_AT_BRIDGE", "1"),
    ]);
    Ok(name)
}

/// Waits until the server accepts connections, when it writes its display number.
fn read_number(server: &mut Child) -> Result<u32, DisplayError> {
    let mut line = String::new();
    let output = server
        .stdout
        .as_mut()
        .ok_or_else(|| failed("no output".to_owned()))?;
    BufReader::new(output)
        .read_line(&mut line)
        .map_err(|error| failed(error.to_string()))?;
    line.trim()
        .parse()
        .map_err(|_| failed("it ended without naming its display".to_owned()))
}

fn failed(reason: String) -> DisplayError {
    DisplayError::Failed { reason }
}

/// Width, height and depth of the virtual screen.
const SCREEN: &str = "1280x800x24";
