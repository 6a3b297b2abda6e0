//! How pairs of classes connect: a field for each pair.

use super::{
    figure::{Room, Span, figure},
    scale::Scale,
    svg::{Anchor, Plot},
};
use crate::report::{
    LinkFigures, PairFigures, RunSet, Summary,
    units::{class_name, maybe, percent, seconds, thousands},
};

/// Success and time by pair of classes.
pub(super) fn links(set: &RunSet, summary: &Summary) -> String {
    let Some(run) = set.runs().first() else {
        return String::new();
    };
    let links = &summary.links;
    if links.pairs.is_empty() {
        return String::new();
    }
    let caption = format!(
        "Share of attempts that end in a link without a third peer, and the median time to any \
         link, by what each side is behind. {} of all links go through a third peer.",
        maybe(links.proxy_share, percent)
    );
    let is_tried = |class: &&String| {
        let mut pairs = links.pairs.iter();
        pairs.any(|pair| pair.from == **class || pair.to == **class)
    };
    let classes: Vec<&String> = run.names.classes.iter().filter(is_tried).collect();
    figure(Span::Half, "Who can reach whom", &caption, &[], |room| {
        draw(room, &classes, links)
    })
}

fn draw(room: Room, classes: &[&String], links: &LinkFigures) -> String {
    let any = Scale::linear(0.0, 1.0);
    let mut plot = Plot::new(room.width, room.height, any, any);
    let (left, top) = (82.0, 26.0);
    let width = (room.width - left - 4.0) / classes.len() as f64;
    let height = (room.height - top - 24.0) / classes.len() as f64;
    for (index, class) in classes.iter().enumerate() {
        let (x, y) = (
            left + width * (index as f64 + 0.5),
            top + height * (index as f64 + 0.5),
        );
        let name = class_name(class, width < 84.0);
        plot.text(x, top - 8.0, Anchor::Middle, "strong", &name);
        let name = class_name(class, false);
        plot.text(left - 10.0, y + 4.0, Anchor::End, "strong", &name);
    }
    plot.text(
        left - 10.0,
        top - 8.0,
        Anchor::End,
        "label small",
        "from ↓ to →",
    );
    for pair in &links.pairs {
        let place = |name: &str| classes.iter().position(|class| *class == name);
        let (Some(row), Some(column)) = (place(&pair.from), place(&pair.to)) else {
            continue;
        };
        let corner = (left + width * column as f64, top + height * row as f64);
        cell(&mut plot, pair, corner, (width, height));
    }
    let (x, y) = (room.width - 4.0, room.height - 6.0);
    plot.text(
        x,
        y,
        Anchor::End,
        "label small",
        "darker: more direct links",
    );
    plot.finish(room.class, "Connections by pair of NAT classes")
}

fn cell(plot: &mut Plot, pair: &PairFigures, corner: (f64, f64), size: (f64, f64)) {
    let title = format!(
        "{} to {}: {} tries, {} direct, {} through a third peer, {} failed; {} in the middle, p99 {}",
        pair.from,
        pair.to,
        thousands(pair.attempts as f64),
        percent(pair.direct_share),
        percent(pair.proxied_share),
        percent(1.0 - pair.direct_share - pair.proxied_share),
        maybe(pair.p50_s, seconds),
        maybe(pair.p99_s, seconds)
    );
    // A floor keeps a field visible that never connects.
    let opacity = 0.06 + 0.86 * pair.direct_share;
    plot.raw(&format!(r#"<g fill-opacity="{opacity:.2}">"#));
    plot.rect("cell", corner, size, &title);
    plot.raw("</g>");
    let (x, y) = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0);
    let on = if opacity > 0.5 { " on" } else { "" };
    let share = format!("{:.0} %", pair.direct_share * 100.0);
    plot.text(x, y, Anchor::Middle, &format!("strong{on}"), &share);
    plot.text(
        x,
        y + 15.0,
        Anchor::Middle,
        &format!("small{on}"),
        &maybe(pair.p50_s, seconds),
    );
}
