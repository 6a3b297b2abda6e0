//! One app, run: its actors on their threads, the WebView host on this one.
//!
//! [`run`] takes the main thread until the app ends. It starts the actors, hands the host a
//! `ActorBackend` that turns what pages ask for into messages, opens the first
//! window, and at the end lets the back end and the terminal finish.

mod actors;
mod backend;
mod facts;
mod hint;
mod host_actor;
mod options;
mod screenshot;
mod signals;
mod test_run;

pub use options::{AppManifest, AppOptions, AppSwitches};

use std::{io::Write as _, sync::Arc, time::Duration};

use self::{actors::Actors, backend::ActorBackend};
use super::headless;
use crate::{
    actors::kit::{Lane, LiveHost},
    messages::{
        network::LeaveNetwork,
        process::KillBackend,
        terminal::{Print, Stream},
        windows::{ExitApp, OpenWindow},
    },
};

/// Runs the app to its end and returns its exit code.
#[must_use]
pub fn run(options: AppOptions) -> i32 {
    let outcome = match test_run::check(&options) {
        Ok(silence_max) => try_run(options, silence_max).map_err(|error| (error, EXIT_CODE_FAILED)),
        Err(error) => Err((error.into(), test_run::EXIT_CODE_FAILED)),
    };
    outcome.unwrap_or_else(|(error, code)| {
        // Standard error is all that is left to report to.
        let _ = writeln!(std::io::stderr(), "error: {error}");
        code
    })
}

/// Runs the app; as a test if its pages may be silent for `silence_max` only.
fn try_run(
    options: AppOptions,
    silence_max: Option<Duration>,
) -> Result<i32, Box<dyn std::error::Error>> {
    if options.is_headless() {
        // Before anything else, since it changes the environment of a process that must
        // not have a second thread yet.
        headless::start()?;
    }
    let live = LiveHost::start()?;
    let options = Arc::new(options);
    let host_options = facts::host_options(&options);
    let has_panel = host_options.has_panel;
    let mut started = None;
    let code = super::run(host_options, |proxy| {
        let (actors, desk) = Actors::start(&live, &options, proxy);
        signals::exit_on_signals(&live, &actors);
        hint::print(&options, &actors.terminal, has_panel);
        open_first_window(&live, &options, &actors);
        let backend = ActorBackend::new(&live, &actors, desk);
        if let Some(path) = &options.switches.screenshot {
            screenshot::take_when_quiet(&live, &actors, backend.activity(), path.clone());
        }
        if let Some(limit) = silence_max {
            test_run::fail_when_silent(&live, &actors, backend.activity(), limit);
        }
        started = Some(actors);
        Box::new(backend)
    });
    if let Some(actors) = started {
        finish(&live, &actors);
    }
    live.stop();
    Ok(code?)
}

/// Opens the window that `socket.ini` describes; without it there is no app.
fn open_first_window(live: &LiveHost, options: &AppOptions, actors: &Actors) {
    let open = OpenWindow {
        index: Some(0),
        options: facts::window_options(options),
    };
    let (windows, terminal) = (actors.windows.clone(), actors.terminal.clone());
    live.spawn(Lane::Core, async move {
        let problem = match windows.ask(open, FIRST_WINDOW_TIME_MAX).await {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        let text = format!("error: cannot open the first window: {problem}\n");
        // Both are refused only by actors that are gone, and then the app is ending.
        let _ = terminal.tell(Print {
            stream: Stream::Err,
            text,
        });
        let _ = windows.tell(ExitApp {
            code: EXIT_CODE_FAILED,
        });
    });
}

/// Takes leave of the network, ends the back end and writes out what was printed.
fn finish(live: &LiveHost, actors: &Actors) {
    let (done, finished) = std::sync::mpsc::channel();
    let (process, terminal) = (actors.process.clone(), actors.terminal.clone());
    let network = actors.network.clone();
    live.spawn(Lane::Inspector, async move {
        // Whether they succeed or not, the app ends.
        let _ = network.ask(LeaveNetwork, LEAVE_TIME_MAX).await;
        let _ = process.ask(KillBackend, BACKEND_END_TIME_MAX).await;
        let last = Print {
            stream: Stream::Out,
            text: String::new(),
        };
        let _ = terminal.ask(last, PRINT_TIME_MAX).await;
        let _ = done.send(());
    });
    let _ = finished.recv_timeout(LEAVE_TIME_MAX + BACKEND_END_TIME_MAX + PRINT_TIME_MAX);
}

/// Exit code of an app that could not run (`EX_UNAVAILABLE`, sysexits.h).
const EXIT_CODE_FAILED: i32 = 69;
const FIRST_WINDOW_TIME_MAX: Duration = Duration::from_secs(60);
/// How long the app's peers may take to say that they leave.
const LEAVE_TIME_MAX: Duration = Duration::from_secs(2);
const BACKEND_END_TIME_MAX: Duration = Duration::from_secs(4);
const PRINT_TIME_MAX: Duration = Duration::from_secs(2);
