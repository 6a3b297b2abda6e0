//! Lays a snapshot out as lines of text for a given width.
//!
//! Invariant: without its styles, no line is longer than the layout has columns.

use std::{collections::BTreeMap, time::Duration};

use clap::builder::styling::{AnsiColor, Style};

use super::{millis, printable};
use crate::{
    cli::format,
    messages::inspector::{ActorReport, Snapshot},
};

/// A handler that runs longer than this is shown in red.
const SLOW: Duration = Duration::from_secs(1);

/// A message that waits longer than this is shown in yellow.
const LATE: Duration = Duration::from_millis(250);

/// From this width on, there is room for what an actor is and why messages were lost.
const WIDE_COLUMNS: usize = 110;

/// Fewest columns that a table is laid out for.
const COLUMNS_MIN: usize = 64;

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// How a table is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Columns of the terminal.
    pub(super) columns: usize,
    /// Whether escape codes are wanted.
    pub(super) has_colours: bool,
}

/// Messages handled per second, by actor.
#[derive(Clone, Debug, Default)]
pub(super) struct Rates(pub(super) BTreeMap<String, f64>);

/// One field of a row.
struct Cell {
    text: String,
    style: Style,
}

/// One column: its heading and what it shows.
struct Column {
    title: &'static str,
    width: usize,
    is_number: bool,
    cell: fn(&ActorReport, &Rates) -> Cell,
}

impl Rates {
    /// What happened between two snapshots of one app.
    pub(super) fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let elapsed_ms = after.app.uptime_ms.saturating_sub(before.app.uptime_ms);
        if elapsed_ms == 0 {
            return Self::default();
        }
        let handled: BTreeMap<_, _> = before
            .actors
            .iter()
            .map(|actor| (&actor.name, actor.handled))
            .collect();
        let rate = |actor: &ActorReport| {
            let since = handled.get(&actor.name).copied().unwrap_or(0);
            let rate = actor.handled.saturating_sub(since) as f64 * 1000.0 / elapsed_ms as f64;
            (actor.name.clone(), rate)
        };
        Self(after.actors.iter().map(rate).collect())
    }

    fn total(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.values().sum())
    }
}

/// The whole table: a line about the app, headings, one line per actor by name, and one for
/// each thing that is wrong.
pub(super) fn lines(snapshot: &Snapshot, rates: &Rates, layout: Layout) -> Vec<String> {
    let layout = Layout {
        columns: layout.columns.max(COLUMNS_MIN),
        ..layout
    };
    let columns = columns(layout.columns);
    let mut actors: Vec<_> = snapshot.actors.iter().collect();
    actors.sort_by(|a, b| a.name.cmp(&b.name));
    let mut lines = vec![
        title(snapshot, rates, layout),
        layout.paint(DIM, &"─".repeat(layout.columns)),
        headings(&columns, layout),
    ];
    lines.extend(
        actors
            .iter()
            .map(|actor| row(actor, &columns, rates, layout)),
    );
    lines.extend(left_out(snapshot).map(|text| layout.dim(&fit(&text, layout.columns))));
    lines.extend(snapshot.findings.iter().map(|finding| {
        let text = format!(" ! {}: {}", finding.kind, printable(&finding.text));
        layout.alert(&fit(&text, layout.columns))
    }));
    lines
}

/// What the table does not show, in words.
pub(super) fn left_out(snapshot: &Snapshot) -> Option<String> {
    let count = format::count(snapshot.left_out);
    (snapshot.left_out > 0)
        .then(|| format!(" {count} less busy actors are not shown; --top N shows N of all"))
}

impl Layout {
    /// `text` in a style, if colours are wanted.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.has_colours {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// `text` so that it stands back.
    pub(super) fn dim(self, text: &str) -> String {
        self.paint(DIM, text)
    }

    /// `text` so that it is noticed.
    pub(super) fn alert(self, text: &str) -> String {
        self.paint(BAD, text)
    }
}

fn title(snapshot: &Snapshot, rates: &Rates, layout: Layout) -> String {
    let app = &snapshot.app;
    let uptime = format::age(Duration::from_millis(app.uptime_ms));
    let facts = format!(
        " {}   pid {}   up {uptime}",
        printable(&app.version),
        app.pid
    );
    let mut totals = match snapshot.actors.len() {
        1 => "1 actor".to_owned(),
        count => format!("{count} actors"),
    };
    if let Some(rate) = rates.total() {
        totals.push_str(&format!(" · {}/s", per_second(rate)));
    }
    let room = layout
        .columns
        .saturating_sub(facts.chars().count() + totals.chars().count() + 3);
    let name = fit(&printable(&app.name), room);
    let used = 2 + name.chars().count() + facts.chars().count() + totals.chars().count();
    let gap = " ".repeat(layout.columns.saturating_sub(used));
    let (name, facts) = (layout.paint(BOLD, &name), layout.dim(&facts));
    format!(" {name}{facts}{gap}{} ", layout.dim(&totals))
}

fn headings(columns: &[Column], layout: Layout) -> String {
    let cells = columns
        .iter()
        .map(|column| pad(column.title, column.width, column.is_number));
    layout.dim(&format!("   {}", cells.collect::<Vec<_>>().join(" ")))
}

fn row(actor: &ActorReport, columns: &[Column], rates: &Rates, layout: Layout) -> String {
    let state = match actor.state.as_str() {
        "crashed" => BAD,
        "stopped" => DIM,
        _ => GOOD,
    };
    let mut line = format!(" {}", layout.paint(state, "●"));
    for column in columns {
        let cell = (column.cell)(actor, rates);
        let text = pad(
            &fit(&cell.text, column.width),
            column.width,
            column.is_number,
        );
        line.push(' ');
        line.push_str(&layout.paint(cell.style, &text));
    }
    line
}

/// The columns that fit; names and handlers share what the figures leave.
fn columns(width: usize) -> Vec<Column> {
    let is_wide = width >= WIDE_COLUMNS;
    let number = |title, width, cell| Column {
        title,
        width,
        is_number: true,
        cell,
    };
    let text = |title, width, cell| Column {
        title,
        width,
        is_number: false,
        cell,
    };
    let mut columns = vec![text("ACTOR", 0, name)];
    if is_wide {
        columns.push(text("KIND", 10, kind));
    }
    columns.push(number("DEPTH", 5, depth));
    columns.push(number("OLDEST", 7, oldest));
    if is_wide {
        columns.push(number("SENT", 9, sent));
    }
    columns.push(number("HANDLED", 9, handled));
    columns.push(number("RATE/S", 6, rate));
    columns.push(text(" NOW", 0, current));
    columns.push(number("RESTARTS", 8, restarts));
    columns.push(number("LOST", if is_wide { 6 } else { 4 }, lost));
    if is_wide {
        columns.push(text(" WHY", 16, losses));
    }
    let used: usize = columns.iter().map(|column| column.width + 1).sum();
    let free = width.saturating_sub(used + 3);
    // Handlers get the larger share: their age stands behind them.
    let for_names = free * 2 / 5;
    columns[0].width = for_names;
    if let Some(now) = columns.iter_mut().find(|column| column.title == " NOW") {
        now.width = free - for_names;
    }
    columns
}

fn name(actor: &ActorReport, _: &Rates) -> Cell {
    Cell {
        text: printable(&actor.name),
        style: BOLD,
    }
}

fn kind(actor: &ActorReport, _: &Rates) -> Cell {
    Cell {
        text: printable(&actor.kind),
        style: DIM,
    }
}

fn depth(actor: &ActorReport, _: &Rates) -> Cell {
    figure(actor.depth, PLAIN)
}

fn sent(actor: &ActorReport, _: &Rates) -> Cell {
    figure(actor.sent, PLAIN)
}

fn handled(actor: &ActorReport, _: &Rates) -> Cell {
    figure(actor.handled, PLAIN)
}

fn restarts(actor: &ActorReport, _: &Rates) -> Cell {
    figure(actor.restarts, WARN)
}

fn lost(actor: &ActorReport, _: &Rates) -> Cell {
    figure(actor.lost, WARN)
}

fn oldest(actor: &ActorReport, _: &Rates) -> Cell {
    if actor.depth == 0 {
        return Cell {
            text: "–".to_owned(),
            style: DIM,
        };
    }
    let age = millis(actor.oldest_ms);
    let style = match age {
        age if age > SLOW => BAD,
        age if age > LATE => WARN,
        _ => PLAIN,
    };
    Cell {
        text: format::age(age),
        style,
    }
}

fn rate(actor: &ActorReport, rates: &Rates) -> Cell {
    match rates.0.get(&actor.name) {
        Some(rate) if *rate > 0.0 => Cell {
            text: per_second(*rate),
            style: PLAIN,
        },
        Some(_) => Cell {
            text: "0".to_owned(),
            style: DIM,
        },
        None => Cell {
            text: "–".to_owned(),
            style: DIM,
        },
    }
}

fn current(actor: &ActorReport, _: &Rates) -> Cell {
    let style = if actor.state == "crashed" { BAD } else { DIM };
    let Some(handler) = &actor.current else {
        let state = if actor.state == "running" {
            "idle"
        } else {
            &actor.state
        };
        if actor.state == "running" && actor.jobs > 0 {
            return job(actor);
        }
        return Cell {
            text: format!(" {}", printable(state)),
            style,
        };
    };
    let age = millis(actor.current_ms);
    let style = if age > SLOW { BAD } else { GOOD };
    Cell {
        text: format!(" {} {}", format::age(age), printable(handler)),
        style,
    }
}

/// What the oldest job does that runs while the actor itself is idle, and how many others do.
fn job(actor: &ActorReport) -> Cell {
    let age = millis(actor.job_ms);
    let name = printable(actor.job.as_deref().unwrap_or("job"));
    let others = match actor.jobs {
        1 => String::new(),
        count => format!(" +{}", format::count(count - 1)),
    };
    Cell {
        text: format!(" {} {name}{others}", format::age(age)),
        style: if age > SLOW { BAD } else { GOOD },
    }
}

fn losses(actor: &ActorReport, _: &Rates) -> Cell {
    let reasons = actor.losses.iter().filter(|(_, count)| **count > 0);
    let text: Vec<_> = reasons
        .map(|(why, count)| format!("{} {count}", printable(why)))
        .collect();
    Cell {
        text: format!(" {}", text.join(", ")),
        style: WARN,
    }
}

/// A count; one that is zero stands back.
fn figure(number: u64, style: Style) -> Cell {
    Cell {
        text: format::count(number),
        style: if number == 0 { DIM } else { style },
    }
}

/// A rate in a few characters.
pub(super) fn per_second(rate: f64) -> String {
    match rate {
        rate if rate < 9.95 && rate.fract() > 0.05 => format!("{rate:.1}"),
        rate if rate < 10_000.0 => format::count(rate.round() as u64),
        rate if rate < 10_000_000.0 => format!("{:.0}k", rate / 1e3),
        rate => format!("{:.0}M", rate / 1e6),
    }
}

/// `text`, cut to `width` characters.
fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn pad(text: &str, width: usize, is_right: bool) -> String {
    if is_right {
        format!("{text:>width$}")
    } else {
        format!("{text:<width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIGHTY_COLUMNS: &str = "
 hello 1.0.0   pid 4242   up 2 min                                     2 actors
────────────────────────────────────────────────────────────────────────────────
   ACTOR        DEPTH  OLDEST   HANDLED RATE/S  NOW               RESTARTS LOST
 ● files           12   1.8 s    12,345      –  1.3 s ReadFile           1    3
 ● window 0         0       –         8      –  idle                     0    0
";

    const WIDE: &str = "
 hello 1.0.0   pid 4242   up 2 min                                                                             2 actors
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
   ACTOR        KIND       DEPTH  OLDEST      SENT   HANDLED RATE/S  NOW               RESTARTS   LOST  WHY
 ● files        files         12   1.8 s    12,360    12,345      –  1.3 s ReadFile           1      3  full 3
 ● window 0     window         0       –         8         8      –  idle                     0      0
";

    fn snapshot() -> Snapshot {
        serde_json::from_str(
            r#"{"app": {"name": "hello", "pid": 4242, "uptime_ms": 125000, "version": "1.0.0"},
            "actors": [
              {"name": "window 0", "kind": "window", "depth": 0, "oldest_ms": 0, "sent": 8,
               "handled": 8, "current": null, "restarts": 0, "losses": {}, "state": "running",
               "lost": 0},
              {"name": "files", "kind": "files", "depth": 12, "oldest_ms": 1800, "sent": 12360,
               "handled": 12345, "current": "ReadFile", "current_ms": 1390, "restarts": 1,
               "losses": {"full": 3}, "state": "running", "lost": 3}]}"#,
        )
        .unwrap()
    }

    #[track_caller]
    fn check(columns: usize, expected: &str) {
        let layout = Layout {
            columns,
            has_colours: false,
        };
        let lines = lines(&snapshot(), &Rates::default(), layout);
        let text: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
        assert_eq!(text.join("\n"), expected.trim_matches('\n'));
        assert!(lines.iter().all(|line| line.chars().count() <= columns));
    }

    #[test]
    fn fits_eighty_columns() {
        check(80, EIGHTY_COLUMNS);
    }

    #[test]
    fn fits_a_hundred_and_twenty_columns() {
        check(120, WIDE);
    }

    #[test]
    fn rates_come_from_two_snapshots() {
        let (before, mut after) = (snapshot(), snapshot());
        after.app.uptime_ms += 2000;
        after.actors[1].handled += 50;
        let rates = Rates::between(&before, &after);
        assert_eq!(rates.0["files"], 25.0);
        assert_eq!(rates.0["window 0"], 0.0);
        assert_eq!(rates.total(), Some(25.0));
    }

    #[test]
    fn a_job_that_hangs_is_shown_in_place_of_idle() {
        let mut actor = snapshot().actors.remove(0);
        actor.jobs = 6;
        actor.job = Some("ReadFile".to_owned());
        actor.job_ms = 4810.0;
        let cell = current(&actor, &Rates::default());
        assert_eq!(cell.text, " 4.8 s ReadFile +5");
        assert_eq!(cell.style, BAD);
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        let mut snapshot = snapshot();
        snapshot.actors[0].name = "\u{1b}[2J".to_owned();
        let layout = Layout {
            columns: 80,
            has_colours: false,
        };
        let text = lines(&snapshot, &Rates::default(), layout).concat();
        assert!(!text.contains('\u{1b}'));
    }
}
