//! `runtime inspect`: looks into a running app, by its inspector's socket.

mod live;
mod socket;
mod table;

use std::{path::Path, time::Duration};

pub(super) use self::socket::{folder, is_private};

use self::{
    live::watch,
    socket::{App, running},
    table::{Layout, Rates},
};
use super::{CliError, Console, console::colours_are_welcome, error::Explain, format, sim};
use crate::messages::inspector::Snapshot;

/// Width of a table that is not written to a terminal, in columns.
const PLAIN_COLUMNS: usize = 120;

/// Show every actor of a running app, live
///
/// In a terminal the table is repainted until you press q; elsewhere it is printed once.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InspectArgs {
    /// Process id or name of the app; may be left out if only one runs
    #[arg(value_name = "PID|NAME")]
    pub app: Option<String>,
    /// Print the snapshot as JSON, once
    #[arg(long)]
    pub json: bool,
    /// Print the table once, even in a terminal
    #[arg(long, conflicts_with = "json")]
    pub once: bool,
    /// Show a running simulation: of the run that began last, the actors of every peer
    #[arg(long)]
    pub sim: bool,
    /// Repaint this often, in milliseconds
    #[arg(long, value_name = "MS", default_value = "1000",
          value_parser = clap::value_parser!(u64).range(50..=3_600_000))]
    pub interval: u64,
}

/// Shows the actors of one app.
///
/// # Errors
/// Fails if no such app runs, several do and none is named, or the app does not answer.
pub fn inspect(console: &mut Console<'_>, args: &InspectArgs) -> Result<(), CliError> {
    let mut apps = running()?;
    if args.sim {
        apps.retain(|app| app.snapshot.app.name.starts_with(sim::NAME_PREFIX));
    }
    let app = choose(apps, args)?;
    if args.json {
        writeln!(console.out(), "{}", app.text)?;
        return Ok(());
    }
    if args.once || !console.is_terminal() {
        return print_table(console, &app.snapshot);
    }
    watch(console.out(), app, Duration::from_millis(args.interval))
}

/// Finds the one app that is meant.
fn choose(mut apps: Vec<App>, args: &InspectArgs) -> Result<App, CliError> {
    if let Some(wanted) = args.app.as_deref() {
        let is_wanted = |app: &App| match wanted.parse::<u32>() {
            Ok(pid) => app.pid == pid,
            Err(_) => app.snapshot.app.name == wanted,
        };
        let others = list(&apps, args.sim);
        apps.retain(is_wanted);
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
fn ask(socket: &Path) -> Result<(Snapshot, String), CliError> {
    let text = socket::request(socket).explain(|| "read from the app's inspector")?;
    let snapshot = serde_json::from_str(&text).map_err(|error| {
        CliError::failure(format!("the app's inspector sent no snapshot: {error}"))
            .hint("the app may have been built by another version of the runtime")
    })?;
    Ok((snapshot, text.trim_end().to_owned()))
}

/// `text` without anything that a terminal would act on.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}
