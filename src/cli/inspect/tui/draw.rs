//! Paints the model: title, findings, actors, one panel, footer.

use std::time::Duration;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    actors, help,
    model::{Model, Panel},
    panels,
    prompt::Prompt,
    theme::Theme,
};
use crate::cli::{
    format,
    inspect::{printable, table::per_second},
};

/// Paints one frame.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model, theme: &Theme) {
    let area = frame.area();
    let finding_count = model.snapshot.findings.len();
    let finding_room = if area.height >= TALL { 4 } else { 2 };
    let shown = u16::try_from(finding_count)
        .unwrap_or(u16::MAX)
        .min(finding_room);
    let [title, findings, actors, tabs, panel, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(shown),
        actors_share(model, area.height),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(title_line(model, title, theme), title);
    draw_findings(frame, model, findings, theme);
    if !model.is_zoomed {
        actors::draw(frame, model, actors, theme);
    }
    frame.render_widget(tabs_line(model, tabs, theme), tabs);
    panels::draw(frame, model, panel, theme);
    draw_footer(frame, model, footer, theme);
    if model.has_help {
        help::draw(frame, model.has_control, theme);
    }
}

/// As many rows as there are actors, but no more than half.
fn actors_share(model: &Model, height: u16) -> Constraint {
    if model.is_zoomed {
        return Constraint::Length(0);
    }
    let wanted = u16::try_from(model.rows.len())
        .unwrap_or(u16::MAX)
        .saturating_add(1);
    Constraint::Length(wanted.clamp(3, (height / 2).max(3)))
}

fn title_line(model: &Model, area: Rect, theme: &Theme) -> Line<'static> {
    let app = &model.snapshot.app;
    let uptime = format::age(Duration::from_millis(app.uptime_ms));
    let version = printable(&app.version);
    let facts = format!(" {version}   pid {}   up {uptime}", app.pid);
    let rate: f64 = model.rates.values().sum();
    let (shown, left_out) = (model.snapshot.actors.len() as u64, model.snapshot.left_out);
    let mut totals = match left_out {
        0 => format!("{shown} actors"),
        _ => format!("{shown} of {} actors", format::count(shown + left_out)),
    };
    if !model.rates.is_empty() {
        totals.push_str(&format!(" · {}/s", per_second(rate)));
    }
    totals.push_str(if model.has_control {
        " · control "
    } else {
        " · read-only "
    });
    let name = format!(" {}", printable(&app.name));
    let width = |text: &str| text.chars().count();
    let used = width(&name) + width(&facts) + width(&totals);
    let gap = usize::from(area.width).saturating_sub(used);
    Line::from(vec![
        Span::styled(name, theme.bold()),
        Span::styled(facts, theme.dim()),
        Span::raw(" ".repeat(gap)),
        Span::styled(totals, theme.dim()),
    ])
}

fn draw_findings(frame: &mut Frame<'_>, model: &Model, area: Rect, theme: &Theme) {
    let room = usize::from(area.height);
    let findings = &model.snapshot.findings;
    let hidden = findings.len().saturating_sub(room);
    let lines = findings
        .iter()
        .take(room)
        .enumerate()
        .map(|(index, finding)| {
            let more = match (index + 1 == room, hidden) {
                (true, hidden) if hidden > 0 => format!(" (+{hidden} more)"),
                _ => String::new(),
            };
            let text = format!(" {}{more}", printable(&finding.text));
            // The sentence says it, too.
            let kind = match area.width {
                0..110 => String::new(),
                110.. => format!(" {}:", finding.kind),
            };
            Line::from(vec![
                Span::styled(format!(" ▲{kind}"), theme.bad()),
                Span::styled(text, theme.warn()),
            ])
        });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
}

fn tabs_line(model: &Model, area: Rect, theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::styled("─", theme.dim())];
    for (index, panel) in Panel::ALL.iter().enumerate() {
        let text = format!(" {} {} ", index + 1, panel.name());
        let style = if *panel == model.panel {
            theme.chosen()
        } else {
            theme.dim()
        };
        spans.push(Span::styled(text, style));
    }
    let name = match (model.panel, &model.selected) {
        (Panel::DeadLetters, _) | (_, None) => String::new(),
        (_, Some(name)) => format!(" {} ", printable(name)),
    };
    let used: usize = spans.iter().map(Span::width).sum::<usize>() + name.chars().count();
    let gap = usize::from(area.width).saturating_sub(used + 1);
    spans.push(Span::styled("─".repeat(gap), theme.dim()));
    spans.push(Span::styled(name, theme.accent().patch(theme.bold())));
    spans.push(Span::styled("─", theme.dim()));
    Line::from(spans)
}

fn draw_footer(frame: &mut Frame<'_>, model: &Model, area: Rect, theme: &Theme) {
    if let Some(prompt) = &model.prompt {
        return draw_prompt(frame, prompt, area, theme);
    }
    let line = match &model.note {
        Some(note) => {
            let style = if note.is_bad {
                theme.bad()
            } else {
                theme.good()
            };
            Line::styled(format!(" {}", printable(&note.text)), style)
        }
        None if model.is_silent => Line::styled(" the app does not answer", theme.bad()),
        None => keys_line(model, area, theme),
    };
    frame.render_widget(line, area);
}

fn keys_line(model: &Model, area: Rect, theme: &Theme) -> Line<'static> {
    let order = &model.order;
    let arrow = if order.is_reversed { "↑" } else { "" };
    let filter = match order.filter.is_empty() {
        true => "filter".to_owned(),
        false => printable(&order.filter),
    };
    let mut hints = vec![
        "↑↓ choose".to_owned(),
        "⇥ panel".to_owned(),
        format!("s sort: {}{arrow}", order.sort.name()),
        format!("/ {filter}"),
    ];
    if model.has_control {
        hints.extend(["p pause", "r resume", "n step", "b break"].map(str::to_owned));
    }
    let end = "? help  q quit ";
    let width = usize::from(area.width);
    let mut keys = String::from(" ");
    for hint in hints {
        // What does not fit is in the help.
        if keys.chars().count() + hint.chars().count() + end.chars().count() + 2 <= width {
            keys.push_str(&hint);
            keys.push_str("  ");
        }
    }
    let used = keys.chars().count() + end.chars().count();
    let gap = width.saturating_sub(used);
    Line::styled(format!("{keys}{}{end}", " ".repeat(gap)), theme.dim())
}

fn draw_prompt(frame: &mut Frame<'_>, prompt: &Prompt, area: Rect, theme: &Theme) {
    let label = format!(" {}", prompt.label());
    let room = usize::from(area.width).saturating_sub(label.chars().count() + 1);
    let text = printable(&prompt.text);
    // The end of a long line is where one types.
    let hidden = text.chars().count().saturating_sub(room);
    let shown: String = text.chars().skip(hidden).collect();
    let column = label.chars().count() + shown.chars().count();
    let line = Line::from(vec![
        Span::styled(label, theme.accent().patch(theme.bold())),
        Span::raw(shown),
    ]);
    frame.render_widget(line, area);
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    frame.set_cursor_position((area.x.saturating_add(column), area.y));
}

/// From this height on there is room for more findings.
const TALL: u16 = 34;
