//! `runtime inspect`: looks into a running app, by its inspector's socket.
//!
//! - `socket` finds running apps, `client` talks to one.
//! - `tui` is what a terminal shows; `table` what is printed once.
//! - `verbs` does one thing to one actor, for scripts; `breakpoint` reads what is typed.
//! - `trace` writes what happened into a file for Perfetto.

mod args;
mod breakpoint;
mod client;
mod socket;
mod table;
mod trace;
mod tui;
mod verbs;

use std::{path::Path, time::Duration};

pub use self::args::{InspectArgs, VerbArgs};
pub(super) use self::socket::{folder, is_private};

use self::{
    client::{Client, Trouble},
    socket::{App, running},
    table::{Layout, Rates},
};
use super::{CliError, Console, console::colours_are_welcome, format, sim};
use crate::messages::inspector::{Request, Snapshot};

/// Width of a table that is not written to a terminal, in columns.
const PLAIN_COLUMNS: usize = 120;

/// Shows the actors of one app, or does something to one of them.
///
/// # Errors
/// Fails if no such app runs, several do and none is named, or the app does not answer, or says no.
pub fn inspect(console: &mut Console<'_>, args: &InspectArgs) -> Result<(), CliError> {
    let mut apps = found(args)?;
    if args.sim {
        apps.retain(|app| app.snapshot.app.name.starts_with(sim::NAME_PREFIX));
    }
    if let Some(file) = &args.trace {
        return trace::trace(console, choose_all(apps, args)?, file, args.time);
    }
    if args.apps.len() > 1 {
        return Err(CliError::usage(
            "only --trace looks into several apps at once",
        ));
    }
    let app = choose(apps, args.apps.first().map(String::as_str), args)?;
    if let Some(actor) = &args.actor {
        return verbs::verbs(console, &app, actor, args);
    }
    if args.dead_letters {
        return verbs::dead_letters(console, &app, args.json);
    }
    if args.json {
        writeln!(console.out(), "{}", app.text)?;
        return Ok(());
    }
    if args.once || !console.is_terminal() {
        return print_table(console, &app.snapshot);
    }
    let interval = Duration::from_millis(args.interval);
    tui::run(console, app, interval, args.top)
}

/// The apps that may be meant: one if a socket is named, all that run otherwise.
fn found(args: &InspectArgs) -> Result<Vec<App>, CliError> {
    let is_socket = |wanted: &&String| wanted.contains('/');
    let sockets: Vec<_> = args.apps.iter().filter(is_socket).collect();
    if sockets.is_empty() {
        return running(args.top);
    }
    let apps = sockets
        .iter()
        .map(|wanted| App::at(Path::new(wanted), args.top));
    apps.collect()
}

/// All apps that are named, or the only one.
fn choose_all(apps: Vec<App>, args: &InspectArgs) -> Result<Vec<App>, CliError> {
    if args.apps.is_empty() {
        return Ok(vec![choose(apps, None, args)?]);
    }
    let wanted = args
        .apps
        .iter()
        .map(|wanted| choose(apps.clone(), Some(wanted), args));
    wanted.collect()
}

/// Finds the one app that is meant.
fn choose(mut apps: Vec<App>, wanted: Option<&str>, args: &InspectArgs) -> Result<App, CliError> {
    if let Some(wanted) = wanted {
        let others = list(&apps, args.sim);
        apps.retain(|app| app.is_called(wanted));
        if apps.is_empty() {
            let error = CliError::failure(format!("no app called '{wanted}' is running"));
            return Err(others
                .into_iter()
                .fold(error, |error, line| error.hint(line)));
        }
    }
    match apps.len() {
        0 if args.sim => {
            Err(CliError::failure("no simulation is running").hint("`runtime sim` starts one"))
        }
        0 => Err(CliError::failure("no app is running").hint("`runtime run` starts one")),
        1 => Ok(apps.swap_remove(0)),
        count => {
            let what = if args.sim { "simulations" } else { "apps" };
            let error = CliError::usage(format!("{count} {what} are running; which one?"));
            Err(list(&apps, args.sim)
                .into_iter()
                .fold(error, |error, line| error.hint(line)))
        }
    }
}

/// How to inspect each app.
fn list(apps: &[App], is_sim: bool) -> Vec<String> {
    let option = if is_sim { "--sim " } else { "" };
    apps.iter()
        .map(|app| {
            let uptime = format::age(Duration::from_millis(app.snapshot.app.uptime_ms));
            let name = printable(&app.snapshot.app.name);
            let pid = app.pid;
            format!("`runtime inspect {option}{pid}` shows {name}, up {uptime}")
        })
        .collect()
}

fn print_table(console: &mut Console<'_>, snapshot: &Snapshot) -> Result<(), CliError> {
    let is_terminal = console.is_terminal();
    let columns = if is_terminal {
        crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns))
    } else {
        PLAIN_COLUMNS
    };
    let layout = Layout {
        columns,
        has_colours: is_terminal && colours_are_welcome(),
    };
    for line in table::lines(snapshot, &Rates::default(), layout) {
        writeln!(console.out(), "{}", line.trim_end())?;
    }
    Ok(())
}

/// Asks the app behind a socket for a snapshot; returns it parsed and as it was sent.
fn ask(socket: &Path, top: Option<usize>) -> Result<(Snapshot, String), Trouble> {
    let mut client = Client::open(socket, "inspect", false)?;
    let text = client.ask_line(&Request::Snapshot { top })?;
    let snapshot = serde_json::from_str(&text);
    let snapshot = snapshot.map_err(|error| Trouble::Garbled(error.to_string()))?;
    Ok((snapshot, text))
}

/// `text` without anything that a terminal would act on.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}

/// Who intervened, to be put behind what was done; a breakpoint acts by itself.
fn by(viewer: Option<u32>) -> String {
    let viewer = viewer.filter(|viewer| *viewer != 0);
    viewer.map_or_else(String::new, |viewer| format!(" by viewer {viewer}"))
}

/// A time as it was sent; what is no time counts as none.
fn millis(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis / 1e3).unwrap_or_default()
}
