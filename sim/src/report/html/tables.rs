//! The parts of the page that are text: headline, comparison, seeds, values.

use serde_json::Value;

use super::svg::escape;
use crate::{
    metrics::Spread,
    report::{
        Comparison, Delta, FIGURES, Summary, Verdict,
        summary::PARTIAL_TEXT,
        units::{bytes, figure, maybe, number, percent, seconds, thousands},
    },
};

/// Title, what was run, and warnings.
pub(super) fn header(summary: &Summary) -> String {
    let seeds = match summary.seeds.as_slice() {
        [] => "no seed".to_owned(),
        [one] => format!("seed {one}"),
        [first, .., last] => format!("{} seeds ({first} to {last})", summary.seeds.len()),
    };
    let mut badges = String::new();
    if summary.partial {
        badges = format!("<span class=badge>Partial: {PARTIAL_TEXT}</span>");
    }
    if summary.fast {
        badges.push_str("<span class=badge>Fast: a hash stood in for signatures</span>");
    }
    let about = summary.scenario.get("about").and_then(Value::as_str);
    let about = about.filter(|about| !about.is_empty());
    let about = about.map_or(String::new(), |about| {
        format!("<p class=about>{}</p>", escape(about))
    });
    format!(
        "<header><h1>{}</h1>{about}<p>{} peers{} · {} of virtual time · {seeds} · {} events in {}, {} a \
         second</p>{badges}</header>\n",
        escape(&summary.name),
        thousands(f64::from(summary.peers)),
        summary.indexed_text(),
        seconds(summary.virtual_s),
        thousands(summary.events as f64),
        seconds(summary.wall_s),
        thousands(summary.events_per_s),
    )
}

/// The figures that most readers came for.
pub(super) fn tiles(summary: &Summary) -> String {
    let tiles = [spread_tiles(summary), cost_tiles(summary)].concat();
    let tiles: String = tiles
        .iter()
        .map(|(label, value, more)| {
            let more = glued(more);
            format!("<div class=tile><dt>{label}</dt><dd>{value}</dd><dd>{more}</dd></div>")
        })
        .collect();
    format!("<dl class=tiles>{tiles}</dl>\n")
}

/// A label, a figure, and what to hold it against.
type Tile = (&'static str, String, String);

fn spread_tiles(summary: &Summary) -> [Tile; 4] {
    let (coverage, newcomers) = (&summary.coverage, &summary.newcomers);
    let time = |label, spread: &Spread, floor_s| {
        let (p99, floor) = (maybe(spread.p99, seconds), maybe(floor_s, seconds));
        let more = format!("p99 {p99}; straight there {floor}");
        (label, maybe(spread.mean, seconds), more)
    };
    let packets = thousands(coverage.packets as f64);
    let (lowest, bound) = (
        maybe(newcomers.coverage_min, percent),
        maybe(newcomers.bound, percent),
    );
    [
        time(
            "Half of subscribers after",
            &coverage.t50_s,
            coverage.floor.t50_s.mean,
        ),
        time(
            "All subscribers after",
            &coverage.t100_s,
            coverage.floor.t100_s.mean,
        ),
        (
            "Worst packet reached",
            maybe(coverage.final_min, percent),
            format!("of those who stayed; {packets} packets"),
        ),
        (
            "Held by all online later",
            maybe(newcomers.coverage_mean, percent),
            format!("lowest {lowest}; bound {bound}"),
        ),
    ]
}

fn cost_tiles(summary: &Summary) -> [Tile; 4] {
    let survival = &summary.survival;
    let load = summary.loads.first().cloned().unwrap_or_default();
    let alive = match survival.losses {
        0 => format!("at most {} at 95 %", percent(1.0 - survival.ci95[0])),
        _ => format!("{} alive in the end", percent(survival.alive)),
    };
    let each = maybe(summary.traffic.bytes_per_delivered_byte, number);
    [
        (
            "Copies a peer",
            maybe(summary.copies_per_peer, number),
            format!("{each} bytes for each delivered"),
        ),
        (
            "Packets lost",
            thousands(survival.losses as f64),
            format!("of {}; {alive}", thousands(survival.packet_runs as f64)),
        ),
        (
            "Load of a peer",
            format!("{}/s", bytes(load.mean)),
            format!("busiest {}/s; Gini {}", bytes(load.max), number(load.gini)),
        ),
        (
            "Links through a third peer",
            maybe(summary.links.proxy_share, percent),
            match summary.partitions.heal_max_s {
                Some(heal_s) => format!("partitions heal within {}", seconds(heal_s)),
                None => "of all links that came about".to_owned(),
            },
        ),
    ]
}

/// Keeps numbers and their units on one line.
fn glued(text: &str) -> String {
    let mut glued = String::with_capacity(text.len() + 8);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        glued.push(sign);
        let is_number = sign.is_ascii_digit() || matches!(sign, '<' | '>');
        if is_number && signs.next_if_eq(&' ').is_some() {
            glued.push('\u{a0}');
        }
    }
    glued
}

/// The comparison with a baseline.
pub(super) fn comparison(comparison: &Comparison) -> String {
    let seeds = comparison.seeds.len();
    let same = if comparison.is_identical {
        " The digests are identical."
    } else {
        ""
    };
    let rows: String = comparison.deltas.iter().map(delta_row).collect();
    format!(
        "<section class=full><h2>Against the baseline</h2><p>{seeds} seeds that both ran, paired. \
         The bar is the 95 % interval of the mean difference, relative to the baseline; a figure \
         counts as changed if it leaves out zero.{same}</p><div class=scroll><table><tr><th>Figure\
         <th class=n>Baseline<th class=n>Now<th class=n>Difference<th>better ← → worse<th></tr>\
         {rows}</table></div></section>\n"
    )
}

fn delta_row(delta: &Delta) -> String {
    let (class, word) = match delta.verdict {
        Verdict::Better => ("good", "better"),
        Verdict::Worse => ("bad", "worse"),
        Verdict::Same => ("soft", "same"),
        Verdict::Unclear => ("soft", "unclear"),
    };
    let show = |value| figure(value, delta.unit);
    let sign = if delta.difference > 0.0 { "+" } else { "" };
    let relative = match delta.old {
        0.0 => String::new(),
        old => format!(" ({sign}{:.1} %)", delta.difference / old.abs() * 100.0),
    };
    format!(
        "<tr><td>{}<td class=n>{}<td class=n>{}<td class=n>{sign}{}{relative}<td class=bar>{}\
         <td class={class}>{word}</tr>",
        escape(delta.label),
        show(delta.old),
        show(delta.new),
        show(delta.difference),
        delta_bar(delta, class)
    )
}

/// The interval about zero, half of the baseline to either side at most.
fn delta_bar(delta: &Delta, class: &str) -> String {
    let size = if delta.old == 0.0 {
        delta.new.abs().max(1e-9)
    } else {
        delta.old.abs()
    };
    let is_less_better = FIGURES
        .iter()
        .find(|one| one.name == delta.name)
        .is_none_or(|one| one.is_less_better);
    let direction = if is_less_better { 1.0 } else { -1.0 };
    let place = |value: f64| 100.0 + (direction * value / size * 2.0).clamp(-1.0, 1.0) * 96.0;
    let [low, high] = delta.ci95.unwrap_or([delta.difference; 2]);
    let (from, to) = (place(low).min(place(high)), place(low).max(place(high)));
    let (width, middle) = ((to - from).max(2.0), place(delta.difference));
    format!(
        r#"<svg viewBox="0 0 200 18" preserveAspectRatio="none" aria-hidden="true"><path class="axis" d="M100 0V18"/><g class="{class}"><rect class="area pale" x="{from:.1}" y="5" width="{width:.1}" height="8"/><path class="stick" d="M{middle:.1} 3V15"/></g></svg>"#
    )
}

/// Each seed with its figures and its digest.
pub(super) fn seeds(summary: &Summary) -> String {
    let shown = [
        "t50_s",
        "t99_s",
        "t100_s",
        "final_min",
        "copies_per_peer",
        "load_gini",
        "lost",
    ];
    let figures = FIGURES.iter().filter(|one| shown.contains(&one.name));
    let figures: Vec<_> = figures.collect();
    let names: String = figures
        .iter()
        .map(|one| format!("<th class=n>{}", one.name))
        .collect();
    let rows: String = summary
        .runs
        .iter()
        .map(|run| {
            let values = figures.iter().map(|one| {
                let value = run.figures.get(one.name).copied();
                format!(
                    "<td class=n>{}",
                    maybe(value, |value| figure(value, one.unit))
                )
            });
            let values: String = values.collect();
            let digest = escape(&run.digest);
            format!(
                "<tr><td class=n>{}{values}<td><code>{digest}</code></tr>",
                run.seed
            )
        })
        .collect();
    format!(
        "<section class=full><h2>Seed by seed</h2><p>A seed and this program give the same digest \
         anywhere.</p><details><summary>{} runs</summary><div class=scroll><table><tr>\
         <th class=n>seed{names}<th>digest</tr>{rows}</table></div></details></section>\n",
        summary.runs.len()
    )
}

/// Every value of the scenario and how to run it again.
pub(super) fn scenario(summary: &Summary) -> String {
    let mut values = Vec::new();
    flatten(&summary.scenario, String::new(), &mut values);
    // It stands at the head of the page.
    values.retain(|(key, _)| key != "about");
    let rows: String = values
        .iter()
        .map(|(key, value)| {
            format!(
                "<div><dt>{}</dt><dd>{}</dd></div>",
                escape(key),
                escape(value)
            )
        })
        .collect();
    format!(
        "<section class=full><h2>What was run</h2><p>Every value of the scenario as it was \
         resolved, and the command that runs it again.</p><pre>{}</pre><dl class=values>{rows}\
         </dl></section>\n",
        escape(&summary.command)
    )
}

/// Writes nested values as `a.b.c`.
fn flatten(value: &Value, path: String, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(value, path, into);
            }
        }
        Value::Null => {}
        Value::String(text) => into.push((path, text.clone())),
        value => into.push((path, value.to_string())),
    }
}
