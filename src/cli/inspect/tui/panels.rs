//! The lower half: what there is to know of the selected actor.

use std::collections::BTreeMap;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};
use serde_json::Value;

use super::{
    model::{Model, Panel, StateView},
    theme::Theme,
};
use crate::{
    cli::{
        format,
        inspect::{breakpoint, by, millis, printable, verbs::differences},
    },
    messages::inspector::{ActorDetail, EntryKind, QueueReport, RecorderEntry},
};

/// Paints the panel that is open.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model, area: Rect, theme: &Theme) {
    let lines = match (model.panel, &model.detail) {
        (Panel::DeadLetters, _) => dead_letters(model, theme),
        (Panel::State, _) => state(model, theme),
        (_, None) => vec![Line::styled(" nothing is known of it yet", theme.dim())],
        (Panel::Mailbox, Some(detail)) => mailbox(model, detail, theme),
        (Panel::Recorder, Some(detail)) => recorder(detail, theme),
        (Panel::Latencies, Some(detail)) => latencies(detail, theme),
        (Panel::Asks, Some(detail)) => asks(detail, theme),
    };
    let height = usize::from(area.height);
    let scroll_max = lines.len().saturating_sub(height);
    model.scroll = model
        .scroll
        .min(u16::try_from(scroll_max).unwrap_or(u16::MAX));
    let panel = Paragraph::new(lines).scroll((model.scroll, 0));
    frame.render_widget(panel, area);
}

fn heading(text: String, theme: &Theme) -> Line<'static> {
    Line::styled(text, theme.dim())
}

fn mailbox(model: &Model, detail: &ActorDetail, theme: &Theme) -> Vec<Line<'static>> {
    let actor = &detail.actor;
    let mut lines = vec![facts(detail, theme)];
    if let Some(panic) = &actor.last_panic {
        lines.push(Line::styled(
            format!(" last panic: {}", printable(panic)),
            theme.bad(),
        ));
    }
    for on in model.breaks.get(&actor.name).into_iter().flatten() {
        let text = format!(" breaks on {}", printable(&breakpoint::words(on)));
        lines.push(Line::styled(text, theme.warn()));
    }
    let Some(queue) = detail
        .queue
        .as_ref()
        .filter(|queue| !queue.messages.is_empty())
    else {
        let text = match actor.depth {
            0 => " nothing is queued",
            _ => " what is queued is not known yet",
        };
        lines.push(Line::styled(text, theme.dim()));
        return lines;
    };
    let shown = queue.messages.len() as u64;
    let of = match queue.depth > shown {
        true => format!(" (of the first {})", format::count(shown)),
        false => String::new(),
    };
    lines.push(heading(
        format!(" {:>6} {:>8}  TYPE{of}", "QUEUED", "OLDEST"),
        theme,
    ));
    for (message, (count, oldest_ms)) in by_type(queue) {
        let age = format::age(millis(oldest_ms));
        let count = format::count(count);
        lines.push(Line::from(vec![
            Span::raw(format!(" {count:>6} {age:>8}  ")),
            Span::styled(printable(message), theme.accent()),
        ]));
    }
    lines.push(heading(
        format!(
            " {:>6} {:>8}  {:<24} {:<16} {}",
            "NEXT", "AGE", "TYPE", "FROM", "PAYLOAD"
        ),
        theme,
    ));
    let next = queue.messages.iter().enumerate().map(|(index, queued)| {
        let sender = queued.sender.as_deref().unwrap_or("–");
        let payload = queued.payload.as_ref().map(Value::to_string);
        let lane = if queued.is_control { "!" } else { " " };
        Line::from(vec![
            Span::raw(format!(
                " {lane}{:>5} {:>8}  ",
                index + 1,
                format::age(millis(queued.age_ms))
            )),
            Span::styled(
                format!("{:<24} ", printable(&queued.message)),
                theme.accent(),
            ),
            Span::raw(format!("{:<16} ", printable(sender))),
            Span::styled(printable(&payload.unwrap_or_default()), theme.dim()),
        ])
    });
    lines.extend(next);
    lines
}

/// The law and the losses, in one line.
fn facts(detail: &ActorDetail, theme: &Theme) -> Line<'static> {
    let actor = &detail.actor;
    let count = format::count;
    let mut text = format!(
        " sent {} = handled {} + lost {} + queued {} of {}",
        count(actor.sent),
        count(actor.handled),
        count(actor.lost),
        count(actor.depth),
        count(actor.capacity),
    );
    let reasons: Vec<_> = actor
        .losses
        .iter()
        .map(|(why, count)| format!("{} {count}", printable(why)))
        .collect();
    if !reasons.is_empty() {
        text.push_str(&format!(" ({})", reasons.join(", ")));
    }
    Line::styled(text, theme.dim())
}

/// How many messages of each type are queued and how old the oldest is; most first.
fn by_type(queue: &QueueReport) -> Vec<(&str, (u64, f64))> {
    let mut types = BTreeMap::<&str, (u64, f64)>::new();
    for queued in &queue.messages {
        let (count, oldest_ms) = types.entry(&queued.message).or_default();
        *count += 1;
        *oldest_ms = oldest_ms.max(queued.age_ms);
    }
    let mut types: Vec<_> = types.into_iter().collect();
    types.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    types
}

fn recorder(detail: &ActorDetail, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![heading(
        format!(
            " {:>12} {:>8} {:>8}  {:<23} {:<14} {}",
            "AT", "WAITED", "TOOK", "MESSAGE", "FROM", "CAUSE"
        ),
        theme,
    )];
    if detail.recorder.is_empty() {
        lines.push(Line::styled(" nothing was recorded yet", theme.dim()));
    }
    // What came last is what is looked for.
    lines.extend(
        detail
            .recorder
            .iter()
            .rev()
            .map(|entry| record(entry, theme)),
    );
    lines
}

fn record(entry: &RecorderEntry, theme: &Theme) -> Line<'static> {
    let at = format!("{:.6}", entry.began_us.max(entry.ended_us) as f64 / 1e6);
    if entry.kind == EntryKind::Intervention {
        let text = format!(
            " {at:>12} {}{}",
            printable(&entry.message),
            by(entry.viewer)
        );
        return Line::styled(text, theme.warn());
    }
    let waited = micros(entry.began_us.saturating_sub(entry.sent_us));
    let took = micros(entry.ended_us.saturating_sub(entry.began_us));
    let style = match entry.kind {
        EntryKind::Handled | EntryKind::Link => theme.accent(),
        EntryKind::Panicked => theme.bad(),
        _ => theme.warn(),
    };
    let outcome = match entry.kind {
        EntryKind::Handled => String::new(),
        kind => format!("{kind:?} ").to_lowercase(),
    };
    let message = format!("{outcome}{}", printable(&entry.message));
    let sender = printable(entry.sender.as_deref().unwrap_or("–"));
    // Its end tells causes apart as well as all of it.
    let cause = entry.cause.to_string();
    let cause = if entry.cause.is_none() {
        ""
    } else {
        &cause[24..]
    };
    Line::from(vec![
        Span::raw(format!(" {at:>12} {waited:>8} {took:>8}  ")),
        Span::styled(format!("{message:<23} "), style),
        Span::raw(format!("{sender:<14} ")),
        Span::styled(cause.to_owned(), theme.dim()),
    ])
}

fn latencies(detail: &ActorDetail, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![
        heading(
            format!(" {:<17} {:>7} {:^26} {:^26}", "", "", "WAITED", "TOOK"),
            theme,
        ),
        heading(
            format!(
                " {:<17} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
                "TYPE", "COUNT", "p50", "p99", "max", "p50", "p99", "max"
            ),
            theme,
        ),
    ];
    if detail.latencies.is_empty() {
        lines.push(Line::styled(" nothing was measured yet", theme.dim()));
    }
    lines.extend(detail.latencies.iter().map(|latency| {
        let figures = [
            latency.wait.p50_us,
            latency.wait.p99_us,
            latency.wait.max_us,
            latency.service.p50_us,
            latency.service.p99_us,
            latency.service.max_us,
        ];
        let figures: Vec<_> = figures
            .iter()
            .map(|us| format!("{:>8}", micros(*us)))
            .collect();
        Line::from(vec![
            Span::styled(
                format!(" {:<17} ", printable(&latency.message)),
                theme.accent(),
            ),
            Span::raw(format!(
                "{:>7} {}",
                format::count(latency.count),
                figures.join(" ")
            )),
        ])
    }));
    lines
}

fn asks(detail: &ActorDetail, theme: &Theme) -> Vec<Line<'static>> {
    if detail.asks.is_empty() {
        return vec![Line::styled(" it awaits no answers", theme.dim())];
    }
    let heads = format!(
        " {:>8} {:>8}  {:<24} {}",
        "WAITED", "LEFT", "QUESTION", "TO"
    );
    let mut lines = vec![heading(heads, theme)];
    lines.extend(detail.asks.iter().map(|ask| {
        let waited = format::age(millis(ask.waiting_ms));
        let left = format::age(millis(ask.left_ms));
        Line::from(vec![
            Span::raw(format!(" {waited:>8} {left:>8}  ")),
            Span::styled(format!("{:<24} ", printable(&ask.message)), theme.accent()),
            Span::raw(printable(&ask.to)),
        ])
    }));
    lines
}

fn state(model: &Model, theme: &Theme) -> Vec<Line<'static>> {
    match &model.state {
        None => vec![Line::styled(" it was not asked yet", theme.dim())],
        Some(StateView::None(why)) => {
            vec![Line::styled(format!(" {}", printable(why)), theme.dim())]
        }
        Some(StateView::Told { now, before }) => {
            let changes = differences(before, now).into_iter();
            let mut lines: Vec<_> = changes
                .map(|(pointer, old, new)| {
                    Line::styled(format!(" {pointer}: {old} → {new}"), theme.warn())
                })
                .collect();
            if lines.is_empty() {
                lines.push(heading(
                    " no change; d counts differences from now".into(),
                    theme,
                ));
            }
            let text = format!("{now:#}");
            lines.extend(
                text.lines()
                    .map(|line| Line::raw(format!(" {}", printable(line)))),
            );
            lines
        }
    }
}

fn dead_letters(model: &Model, theme: &Theme) -> Vec<Line<'static>> {
    if model.dead_letters.is_empty() {
        return vec![Line::styled(" every message was handled", theme.dim())];
    }
    let heads = format!(
        " {:>12}  {:<10} {:<24} {:<16} {}",
        "AT", "WHY", "TYPE", "FOR", "FROM"
    );
    let mut lines = vec![heading(heads, theme)];
    lines.extend(model.dead_letters.iter().rev().map(|letter| {
        let at = format!("{:.6}", letter.at_us as f64 / 1e6);
        let sender = letter.sender.as_deref().unwrap_or("–");
        Line::from(vec![
            Span::raw(format!(" {at:>12}  ")),
            Span::styled(format!("{:<10} ", printable(&letter.reason)), theme.warn()),
            Span::styled(
                format!("{:<24} ", printable(&letter.message)),
                theme.accent(),
            ),
            Span::raw(format!(
                "{:<16} {}",
                printable(&letter.actor),
                printable(sender)
            )),
        ])
    }));
    lines
}

/// A time in at most eight characters.
fn micros(us: u64) -> String {
    match us {
        0..1000 => format!("{us} µs"),
        1000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}
