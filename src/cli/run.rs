//! `runtime run`: builds an app, starts it, and ends with its exit code.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    process::{Child, Command},
    signal::unix::{Signal, SignalKind, signal},
};

use super::{
    CliError, Console,
    build::{Build, Purpose, build_bundle},
    bundle::exit_code,
    error::Explain,
    options::AppArgs,
};
use crate::ui::app::AppSwitches;

/// Build an app and run it
///
/// Everything that the app writes to its console appears here, and the exit code is the
/// app's own: 128 plus the signal's number if a signal ended it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct RunArgs {
    /// Folder of the app: the one with socket.ini
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// How the app is built and started.
    #[command(flatten)]
    pub app: AppArgs,
    /// Save a picture of the first frame to this PNG file, print its path and exit
    #[arg(long, value_name = "FILE")]
    pub screenshot: Option<PathBuf>,
    /// Let `runtime inspect` pause and change actors, not only look
    #[arg(long)]
    pub control: bool,
    /// Write down what its actors take in, secret keys included, for `runtime replay`
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Arguments for the app
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<String>,
}

/// One start of a built app.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    executable: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    is_quiet: bool,
}

/// Runs the app and returns its exit code.
///
/// # Errors
/// Fails if the app cannot be built or started.
pub fn run(console: &mut Console<'_>, args: &RunArgs) -> Result<u8, CliError> {
    let build = build_bundle(console, &args.dir, &args.app, Purpose::Running)?;
    let switches = AppSwitches {
        screenshot: args.screenshot.clone(),
        control: args.control,
        record: args.record.clone(),
        ..build.app.switches()
    };
    launch(console, &Launch::new(&build, switches, &args.arguments))
}

impl Launch {
    /// Starts what was built with `switches`, and `arguments` behind them.
    pub(crate) fn new(build: &Build, switches: AppSwitches, arguments: &[String]) -> Self {
        let mut all = switch_arguments(&switches);
        if !arguments.is_empty() {
            all.push("--".to_owned());
            all.extend_from_slice(arguments);
        }
        let given = build.app.env.iter();
        let given = given.filter_map(|entry| entry.split_once('='));
        Self {
            executable: build.bundle.executable.clone(),
            arguments: all,
            environment: (build.environment.iter().cloned())
                .chain(given.map(|(key, value)| (key.to_owned(), value.to_owned())))
                .collect(),
            is_quiet: !build.app.verbose,
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit());
        command
    }
}

/// Starts the app, passes signals on and waits for its end.
pub(crate) fn launch(console: &mut Console<'_>, launch: &Launch) -> Result<u8, CliError> {
    if !launch.is_quiet {
        let line = format!(
            "{} {}",
            launch.executable.display(),
            launch.arguments.join(" ")
        );
        console.progress("Running", line.trim_end())?;
    }
    console.flush()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .explain(|| "start an event loop")?;
    runtime.block_on(supervise(launch.command(), &launch.executable))
}

async fn supervise(mut command: Command, executable: &Path) -> Result<u8, CliError> {
    // Before the start, so that no signal falls between the two.
    let mut signals = Signals::listen()?;
    let mut child = command
        .spawn()
        .explain(|| format!("start '{}'", executable.display()))?;
    loop {
        let signal = tokio::select! {
            status = child.wait() => {
                return status.explain(|| "wait for the app").map(exit_code);
            }
            signal = signals.next() => signal,
        };
        forward(&child, signal);
    }
}

/// The signals that end a program, or reload it.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> Result<Self, CliError> {
        let listen = |kind| signal(kind).explain(|| "listen for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> rustix::process::Signal {
        use rustix::process::Signal;
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hangup.recv() => Signal::HUP,
        }
    }
}

/// Passes a signal to the app, unless the terminal has told it already.
fn forward(child: &Child, signal: rustix::process::Signal) {
    use std::io::IsTerminal;

    if signal == rustix::process::Signal::INT && std::io::stdin().is_terminal() {
        return;
    }
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
        // Nothing to tell an app that has just ended.
        let _ = rustix::process::kill_process(id, signal);
    }
}

/// The switches as the app's own process parses them; see `packaged`.
fn switch_arguments(switches: &AppSwitches) -> Vec<String> {
    let mut arguments = vec!["--from-runtime".to_owned()];
    if switches.headless {
        arguments.push("--headless".to_owned());
    }
    if switches.control {
        arguments.push("--control".to_owned());
    }
    arguments.extend(switches.test.as_ref().map(|file| match file.as_str() {
        "" => "--test".to_owned(),
        file => format!("--test={file}"),
    }));
    arguments.extend(switches.port.map(|port| format!("--port={port}")));
    arguments.extend(switches.host.as_ref().map(|host| format!("--host={host}")));
    let files = [
        ("screenshot", &switches.screenshot),
        ("record", &switches.record),
    ];
    for (switch, file) in files {
        arguments.extend(file.as_ref().map(|file| {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            format!("--{switch}={}", file.display())
        }));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, environment: &[(&str, &str)], code: u8) {
        let launch = Launch {
            executable: "/bin/sh".into(),
            arguments: vec!["-c".to_owned(), script.to_owned()],
            environment: environment
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            is_quiet: true,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let found = super::launch(&mut Console::plain(&mut out, &mut err), &launch);
        assert_eq!(found.unwrap(), code, "{script}");
    }

    #[test]
    fn exit_code_is_the_programs() {
        check("exit 0", &[], 0);
        check("exit 7", &[], 7);
    }

    #[test]
    fn death_by_signal_is_128_and_the_signal() {
        check("kill -9 $$", &[], 137);
    }

    #[test]
    fn a_request_to_end_is_passed_on() {
        // The program asks its parent, this process, and would otherwise stay for long.
        check("kill -TERM $PPID; exec sleep 60", &[], 143);
    }

    #[test]
    fn environment_is_passed_on() {
        check("test \"$ANSWER\" = 42", &[("ANSWER", "42")], 0);
    }

    #[test]
    fn switches_become_arguments() {
        let switches = AppSwitches {
            headless: true,
            test: Some(String::new()),
            port: Some(3000),
            ..AppSwitches::default()
        };
        let expected = ["--from-runtime", "--headless", "--test", "--port=3000"];
        assert_eq!(switch_arguments(&switches), expected);
    }
}
