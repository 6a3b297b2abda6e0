//! The list of actors: by supervision, with figures and their recent past.

use std::{collections::VecDeque, time::Duration};

use ratatui::{
    Frame,
    layout::{Alignment, Constraint, Rect},
    style::Style,
    text::{Line, Text},
    widgets::{Cell, Row, Table, TableState},
};

use super::{model::Model, rows, theme::Theme};
use crate::{
    cli::{
        format,
        inspect::{millis, printable, table::per_second},
    },
    messages::inspector::ActorReport,
};

/// One column: its heading, its width and what it shows.
struct Column {
    title: &'static str,
    width: Constraint,
    is_number: bool,
    cell: fn(&Scene<'_>) -> (String, Style),
}

/// What a cell is made of.
struct Scene<'a> {
    actor: &'a ActorReport,
    row: &'a rows::Row,
    model: &'a Model,
    theme: &'a Theme,
    /// Columns of a sparkline.
    spark: u16,
}

/// Paints the list, scrolled so that the selected actor is seen.
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, area: Rect, theme: &Theme) {
    let columns = columns(area.width);
    let rows = model.rows.iter().map(|row| {
        let scene = Scene {
            actor: &model.snapshot.actors[row.index],
            row,
            model,
            theme,
            spark: spark_width(area.width),
        };
        Row::new(columns.iter().map(|column| {
            let (text, style) = (column.cell)(&scene);
            Cell::new(aligned(text, column.is_number)).style(style)
        }))
    });
    let headings = columns
        .iter()
        .map(|column| Cell::new(aligned(column.title.to_owned(), column.is_number)));
    let widths = columns.iter().map(|column| column.width);
    let table = Table::new(rows, widths)
        .header(Row::new(headings).style(theme.dim()))
        .row_highlight_style(theme.chosen_row());
    let mut state = TableState::new().with_selected(model.place());
    frame.render_stateful_widget(table, area, &mut state);
}

fn aligned(text: String, is_number: bool) -> Text<'static> {
    let side = if is_number {
        Alignment::Right
    } else {
        Alignment::Left
    };
    Text::from(Line::from(text).alignment(side))
}

/// The columns that fit.
fn columns(width: u16) -> Vec<Column> {
    let number = |title, width, cell| Column {
        title,
        width: Constraint::Length(width),
        is_number: true,
        cell,
    };
    let text = |title, width, cell| Column {
        title,
        width,
        is_number: false,
        cell,
    };
    let mut columns = vec![text("  ACTOR", Constraint::Fill(3), name)];
    if width >= WIDE {
        columns.push(text("LANE", Constraint::Length(10), lane));
    }
    columns.push(number("DEPTH", 5, depth));
    if width >= WIDE {
        columns.push(text(
            "",
            Constraint::Length(spark_width(width)),
            depth_spark,
        ));
    }
    columns.push(number("OLDEST", 7, oldest));
    columns.push(number("RATE/S", 6, rate));
    columns.push(text("", Constraint::Length(spark_width(width)), rate_spark));
    if width >= WIDE {
        columns.push(number("HANDLED", 9, handled));
    }
    columns.push(text("NOW", Constraint::Fill(4), now));
    columns.push(number("RST", 3, restarts));
    columns.push(number("LOST", if width >= WIDE { 6 } else { 4 }, lost));
    columns
}

fn spark_width(width: u16) -> u16 {
    match width {
        0..WIDE => 8,
        WIDE..WIDER => 10,
        WIDER.. => 16,
    }
}

fn name(scene: &Scene<'_>) -> (String, Style) {
    let theme = scene.theme;
    let (mark, style) = match scene.actor.state.as_str() {
        "running" => ("●", Style::new()),
        "crashed" => ("✗", theme.bad()),
        "stopped" => ("○", theme.dim()),
        // Held by a viewer.
        _ => ("‖", theme.warn()),
    };
    let has_finding =
        |finding: &crate::messages::inspector::Finding| finding.actor == scene.actor.name;
    let style = match scene.model.snapshot.findings.iter().any(has_finding) {
        true => theme.bad(),
        false => style,
    };
    let name = printable(&scene.actor.name);
    (format!("{mark} {}{name}", scene.row.branch), style)
}

fn lane(scene: &Scene<'_>) -> (String, Style) {
    (printable(&scene.actor.lane), scene.theme.dim())
}

fn depth(scene: &Scene<'_>) -> (String, Style) {
    let theme = scene.theme;
    let actor = scene.actor;
    let is_filling = actor.capacity > 0 && actor.depth * 2 > actor.capacity;
    let style = if is_filling {
        theme.warn()
    } else {
        Style::new()
    };
    figure(actor.depth, style, theme)
}

fn oldest(scene: &Scene<'_>) -> (String, Style) {
    let theme = scene.theme;
    if scene.actor.depth == 0 {
        return ("–".to_owned(), theme.dim());
    }
    let age = millis(scene.actor.oldest_ms);
    let style = match age {
        age if age > SLOW => theme.bad(),
        age if age > LATE => theme.warn(),
        _ => Style::new(),
    };
    (format::age(age), style)
}

fn rate(scene: &Scene<'_>) -> (String, Style) {
    match scene.model.rates.get(&scene.actor.name) {
        Some(rate) if *rate > 0.0 => (per_second(*rate), Style::new()),
        Some(_) => ("0".to_owned(), scene.theme.dim()),
        None => ("–".to_owned(), scene.theme.dim()),
    }
}

fn rate_spark(scene: &Scene<'_>) -> (String, Style) {
    let history = scene.model.histories.get(&scene.actor.name);
    let spark = history.map(|history| sparkline(&history.rates, scene.spark));
    (spark.unwrap_or_default(), scene.theme.good())
}

fn depth_spark(scene: &Scene<'_>) -> (String, Style) {
    let history = scene.model.histories.get(&scene.actor.name);
    let spark = history.map(|history| sparkline(&history.depths, scene.spark));
    (spark.unwrap_or_default(), scene.theme.warn())
}

fn handled(scene: &Scene<'_>) -> (String, Style) {
    figure(scene.actor.handled, Style::new(), scene.theme)
}

fn restarts(scene: &Scene<'_>) -> (String, Style) {
    figure(scene.actor.restarts, scene.theme.warn(), scene.theme)
}

fn lost(scene: &Scene<'_>) -> (String, Style) {
    figure(scene.actor.lost, scene.theme.warn(), scene.theme)
}

fn now(scene: &Scene<'_>) -> (String, Style) {
    let (actor, theme) = (scene.actor, scene.theme);
    let slow = |age: Duration| {
        if age > SLOW {
            theme.bad()
        } else {
            theme.good()
        }
    };
    if let Some(message) = &actor.current {
        let age = millis(actor.current_ms);
        let text = format!("{} {}", format::age(age), printable(message));
        return (text, slow(age));
    }
    if actor.state != "running" {
        let style = if actor.state == "crashed" {
            theme.bad()
        } else {
            theme.warn()
        };
        return (printable(&actor.state), style);
    }
    if actor.jobs > 0 {
        let age = millis(actor.job_ms);
        let job = printable(actor.job.as_deref().unwrap_or("work"));
        let others = match actor.jobs {
            1 => String::new(),
            count => format!(" +{}", format::count(count - 1)),
        };
        return (format!("{} job {job}{others}", format::age(age)), slow(age));
    }
    if let Some(ask) = actor.asks.first() {
        let age = format::age(millis(ask.waiting_ms));
        let (message, to) = (printable(&ask.message), printable(&ask.to));
        return (format!("{age} awaits {to}: {message}"), theme.accent());
    }
    ("idle".to_owned(), theme.dim())
}

/// A count; one that is zero stands back.
fn figure(number: u64, style: Style, theme: &Theme) -> (String, Style) {
    let style = if number == 0 { theme.dim() } else { style };
    (format::count(number), style)
}

/// The last figures as bars, the newest at the right end.
fn sparkline(figures: &VecDeque<u64>, width: u16) -> String {
    let width = usize::from(width);
    let shown = figures.iter().skip(figures.len().saturating_sub(width));
    let highest = shown.clone().copied().max().unwrap_or(0).max(1);
    let bar = |figure: &u64| match *figure {
        0 => ' ',
        figure => {
            let step = (figure * BARS.len() as u64).div_ceil(highest);
            BARS[(step as usize).clamp(1, BARS.len()) - 1]
        }
    };
    let bars: String = shown.map(bar).collect();
    format!("{bars:>width$}")
}

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// From this width on, there is room for lanes, totals and two sparklines.
const WIDE: u16 = 110;
/// And from this one on, for longer ones.
const WIDER: u16 = 140;
/// A handler that runs longer is shown as bad.
const SLOW: Duration = Duration::from_secs(1);
/// A message that waits longer is worth a look.
const LATE: Duration = Duration::from_millis(250);
