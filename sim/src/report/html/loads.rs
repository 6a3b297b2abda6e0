//! How the load spreads over peers, a violin for each class.

use super::{
    figure::{Room, Span, figure},
    scale::Scale,
    svg::{Anchor, Plot},
};
use crate::{
    metrics::Histogram,
    report::{
        LoadFigures, RunSet, Summary,
        units::{bytes, class_name, number, thousands},
    },
};

/// Loads by class.
pub(super) fn loads(set: &RunSet, summary: &Summary) -> String {
    let rows: Vec<(&LoadFigures, Histogram)> = summary
        .loads
        .iter()
        .map(|figures| {
            let mut all = Histogram::default();
            let loads = set.runs().iter().flat_map(|run| &run.loads);
            loads
                .filter(|load| load.class == figures.class)
                .for_each(|load| {
                    all.merge(&load.histogram);
                });
            (figures, all)
        })
        .collect();
    let Some((all, _)) = rows.first() else {
        return String::new();
    };
    let caption = format!(
        "Bytes in and out for each second online, by kind of NAT: an open one lets everybody in, \
         the next two only whom their peer has sent to, a hard one shows each of these another \
         port. The busiest peer carries {} times the mean; Gini {}.",
        number(all.max_over_mean),
        number(all.gini)
    );
    let keys = [
        ("c0 box area", "peers"),
        ("c6 round", "median"),
        ("c7", "99th percentile, largest"),
    ];
    figure(
        Span::Half,
        "Who carries the load",
        &caption,
        &keys,
        |room| draw(room, &rows),
    )
}

fn draw(room: Room, rows: &[(&LoadFigures, Histogram)]) -> String {
    let edges = || rows.iter().flat_map(|(_, histogram)| histogram.bins());
    let low = edges()
        .map(|bin| bin.0)
        .fold(f64::INFINITY, f64::min)
        .max(1.0);
    let high = edges().map(|bin| bin.1).fold(10.0, f64::max);
    let y = Scale::linear(rows.len() as f64, 0.0);
    let mut plot = Plot::new(room.width, room.height, Scale::log(low, high), y).with_left(82.0);
    plot.x_axis("bytes a second", |value| format!("{}/s", bytes(value)));
    let (_, top, _, bottom) = plot.frame();
    let row_height = (bottom - top) / rows.len().max(1) as f64;
    for (index, (figures, histogram)) in rows.iter().enumerate() {
        let middle = top + row_height * (index as f64 + 0.5);
        let name = class_name(&figures.class, false);
        plot.text(70.0, middle, Anchor::End, "strong", &name);
        let count = thousands(figures.peers as f64);
        plot.text(70.0, middle + 14.0, Anchor::End, "label small", &count);
        violin(
            &mut plot,
            (low, high),
            histogram,
            (middle, row_height * 0.42),
        );
        marks(&mut plot, figures, (middle, row_height));
    }
    plot.finish(room.class, "Load of peers by class")
}

/// The distribution, mirrored about its middle.
fn violin(plot: &mut Plot, ends: (f64, f64), histogram: &Histogram, (middle, half): (f64, f64)) {
    let density = density(ends, histogram);
    let peak = density.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let scale = Scale::log(ends.0, ends.1);
    let shown = |index: &usize| density[*index] > peak * 0.004;
    let (Some(first), Some(last)) = (
        (0..CELL_COUNT).find(|index| shown(index)),
        (0..CELL_COUNT).rfind(|index| shown(index)),
    ) else {
        return;
    };
    let place = |index: usize, side: f64| {
        let x = plot.px(scale.value((index as f64 + 0.5) / CELL_COUNT as f64));
        format!("{x:.1} {:.1}", middle + side * half * density[index] / peak)
    };
    let upper = (first..=last).map(|index| place(index, -1.0));
    let lower = (first..=last).rev().map(|index| place(index, 1.0));
    let outline: Vec<String> = upper.chain(lower).collect();
    plot.raw(&format!(
        r#"<path class="violin c0" d="M{}Z"/>"#,
        outline.join("L")
    ));
}

/// The histogram on an even logarithmic grid, smoothed.
fn density((low, high): (f64, f64), histogram: &Histogram) -> Vec<f64> {
    let scale = Scale::log(low, high);
    let mut cells = vec![0.0; CELL_COUNT];
    for (from, until, count) in histogram.bins() {
        // A bin is spread over the cells that it touches.
        let at = |value: f64| (scale.place(value.max(low)) * CELL_COUNT as f64) as usize;
        let (first, last) = (at(from).min(CELL_COUNT - 1), at(until).min(CELL_COUNT - 1));
        let share = count as f64 / (last - first + 1) as f64;
        cells[first..=last]
            .iter_mut()
            .for_each(|cell| *cell += share);
    }
    for _ in 0..SMOOTHING_ROUNDS {
        let old = cells.clone();
        for (index, cell) in cells.iter_mut().enumerate() {
            let near = |offset: usize| old.get((index + offset).wrapping_sub(1)).unwrap_or(&0.0);
            *cell = (near(0) + 2.0 * near(1) + near(2)) / 4.0;
        }
    }
    cells
}

fn marks(plot: &mut Plot, figures: &LoadFigures, (middle, height): (f64, f64)) {
    let title = format!(
        "{}: median {}/s, mean {}/s, p99 {}/s, largest {}/s, Gini {}",
        figures.class,
        bytes(figures.p50),
        bytes(figures.mean),
        bytes(figures.p99),
        bytes(figures.max),
        number(figures.gini)
    );
    for (value, reach) in [(figures.p99, 0.16), (figures.max, 0.1)] {
        let (x, from, to) = (
            plot.px(value),
            middle - height * reach,
            middle + height * reach,
        );
        plot.raw(&format!(
            r#"<path class="stick c7" d="M{x:.1} {from:.1}V{to:.1}"/>"#
        ));
    }
    let median = plot.px(figures.p50);
    plot.dot("mark c6", median, middle, 4.5, &title);
    let (left, _, right, _) = plot.frame();
    let size = (right - left, height - 2.0);
    plot.rect("hover", (left, middle - size.1 / 2.0), size, &title);
}

const CELL_COUNT: usize = 96;
const SMOOTHING_ROUNDS: usize = 4;
