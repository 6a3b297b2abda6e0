//! How packets spread: coverage by age, the times to each level, and what holds later.

use super::{
    figure::{Room, Span, figure},
    scale::Scale,
    svg::{Anchor, Plot},
};
use crate::{
    metrics::{Curve, CurvePoint, RunRecord, numbers},
    report::{
        RunSet, Summary,
        figures::times_s,
        parts::{everyone, merged},
        units::{maybe, percent, seconds, thousands},
    },
};

/// Coverage of those online at publication, by age.
pub(super) fn arrival(set: &RunSet, summary: &Summary) -> String {
    let points = pooled(set.runs());
    if points.is_empty() {
        return String::new();
    }
    let seeds = set.runs().len();
    let sample = if seeds > 1 { "seeds" } else { "packets" };
    let caption = format!(
        "Share of the subscribers online at publication that hold a packet, by its age. Mean of \
         {} packets; the band is the 95 % interval over {sample}.",
        thousands(summary.coverage.packets as f64)
    );
    let keys = [
        ("c0", "mean"),
        ("c0 box area pale", "95 % interval"),
        ("c7", "slowest packet"),
        ("c0 round", "the middle packet"),
        ("c2 dashed", "physics: one hop to everybody"),
    ];
    let keys = if summary.coverage.floor_max_s.is_some() {
        &keys[..]
    } else {
        &keys[..4]
    };
    let band = band(set.runs(), &points);
    let horizon_s = horizon_s(summary, &points);
    figure(
        Span::Full,
        "How fast a packet spreads",
        &caption,
        keys,
        |room| draw_arrival(room, set, summary, (&points, &band), horizon_s),
    )
}

fn draw_arrival(
    room: Room,
    set: &RunSet,
    summary: &Summary,
    (points, band): (&[CurvePoint], &[[f64; 2]]),
    horizon_s: f64,
) -> String {
    let half_s = summary.coverage.t50_s.p50.unwrap_or(horizon_s);
    let x = match horizon_s / half_s {
        // A long tail would press the beginning against the axis.
        12.0.. => Scale::log((half_s / 8.0).max(0.01), horizon_s),
        _ => Scale::linear(0.0, horizon_s),
    };
    let mut plot = Plot::new(room.width, room.height, x, Scale::linear(0.0, 1.0));
    plot.y_axis(|share| format!("{:.0} %", share * 100.0));
    plot.x_axis("age of the packet", seconds);
    let ages_s = plot.x.value(0.0)..=horizon_s;
    let shown: Vec<usize> = (0..points.len())
        .filter(|index| ages_s.contains(&points[*index].age_s))
        .collect();
    let through = |of: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        shown
            .iter()
            .map(|index| (points[*index].age_s, of(*index)))
            .collect()
    };
    let floor = merged(set.runs(), |run| &run.floor);
    if floor.count() > 0 {
        let share = |index: usize| floor.share_up_to((points[index].age_s * 1e6) as u64);
        plot.line("dashed c2", &through(&share));
    }
    plot.line("thin c7", &through(&|index| points[index].low));
    plot.band(
        "pale c0",
        &through(&|index| band[index][1]),
        &through(&|index| band[index][0]),
    );
    plot.line("c0", &through(&|index| points[index].mean));
    levels(&mut plot, summary);
    let stride = shown.len().div_ceil(70).max(1);
    let columns = shown.iter().step_by(stride).map(|index| {
        let (point, [low, high]) = (points[*index], band[*index]);
        let title = format!(
            "{}: {} (95 %: {} to {}), slowest packet {}",
            seconds(point.age_s),
            percent(point.mean),
            percent(low),
            percent(high),
            percent(point.low)
        );
        (point.age_s, title)
    });
    plot.hover(&columns.collect::<Vec<_>>());
    plot.finish(room.class, "Coverage by age of the packet")
}

/// Marks when the middle packet reaches each level.
fn levels(plot: &mut Plot, summary: &Summary) {
    let coverage = &summary.coverage;
    let levels = [
        (0.5, coverage.t50_s),
        (0.9, coverage.t90_s),
        (0.99, coverage.t99_s),
        (1.0, coverage.t100_s),
    ];
    let (_, _, right, _) = plot.frame();
    let (mut last_x, mut last_y) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (share, spread) in levels {
        let Some(middle) = spread.p50 else { continue };
        let (x, y) = (plot.px(middle), plot.py(share));
        let title = format!(
            "{:.0} % of subscribers: the middle packet after {}, {} on average, 99 of 100 within {}",
            share * 100.0,
            seconds(middle),
            maybe(spread.mean, seconds),
            maybe(spread.p99, seconds)
        );
        plot.dot("mark c0", x, y, 5.0, &title);
        if right < 500.0 && (0.6..1.0).contains(&share) {
            continue;
        }
        // Labels stand right of their dots and below them, each below the one before it
        // unless there is room beside it.
        let mut label_y = y + if share < 0.95 { 5.0 } else { 22.0 };
        if share > 0.8 && x - last_x < LABEL_WIDTH && label_y < last_y + 17.0 {
            label_y = last_y + 17.0;
        }
        (last_x, last_y) = if share > 0.8 {
            (x, label_y)
        } else {
            (last_x, last_y)
        };
        let text = format!("{:.0} % after {}", share * 100.0, seconds(middle));
        let (x, anchor) = match x > right - LABEL_WIDTH {
            true => (x - 10.0, Anchor::End),
            false => (x + 11.0, Anchor::Start),
        };
        plot.text(x, label_y, anchor, "halo", &text);
    }
}

/// How the times to each level spread over packets.
pub(super) fn times(set: &RunSet, summary: &Summary) -> String {
    let levels: Vec<Vec<f64>> = (0..4)
        .map(|level| {
            let mut times: Vec<f64> = set
                .runs()
                .iter()
                .flat_map(|run| times_s(run, level))
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            times
        })
        .collect();
    let Some(low) = levels
        .iter()
        .filter_map(|times| times.first())
        .copied()
        .reduce(f64::min)
    else {
        return String::new();
    };
    let high = levels
        .iter()
        .filter_map(|times| times.last())
        .copied()
        .fold(0.0, f64::max);
    let judged = summary.coverage.packets as f64;
    let caption = "Share of packets that reach half, most, nearly all and all of their \
                   subscribers within a time. A line that ends below 100 % never got there.";
    let keys = [
        ("c4", "50 %"),
        ("c2", "90 %"),
        ("c1", "99 %"),
        ("c6", "100 % of subscribers"),
    ];
    figure(
        Span::Half,
        "How much packets differ",
        caption,
        &keys,
        |room| {
            let x = Scale::log((low * 0.9).max(1e-3), high * 1.1);
            let mut plot = Plot::new(room.width, room.height, x, Scale::linear(0.0, 1.0));
            plot.y_axis(|share| format!("{:.0} %", share * 100.0));
            plot.x_axis("time from publication", seconds);
            for (times, (class, label)) in levels.iter().zip(keys) {
                plot.steps(class, &cumulated(times, judged));
                let title = |q| maybe(numbers::quantile(times, q), seconds);
                let title = format!("{label}: p50 {}, p99 {}", title(0.5), title(0.99));
                if let Some(middle) = numbers::quantile(times, 0.5) {
                    let share = times.partition_point(|time| *time <= middle) as f64 / judged;
                    plot.dot(
                        &format!("mark {class}"),
                        plot.px(middle),
                        plot.py(share),
                        4.5,
                        &title,
                    );
                }
            }
            plot.finish(
                room.class,
                "Distribution of times to each level of coverage",
            )
        },
    )
}

/// At most 200 points of the cumulative distribution of sorted values.
fn cumulated(sorted: &[f64], count: f64) -> Vec<(f64, f64)> {
    let stride = sorted.len().div_ceil(200).max(1);
    let inner = (0..sorted.len()).step_by(stride);
    let last = sorted.len().checked_sub(1);
    let first = sorted.first().map(|time| (*time, 0.0));
    let steps = inner
        .chain(last)
        .map(|index| (sorted[index], (index + 1) as f64 / count));
    first.into_iter().chain(steps).collect()
}

/// Coverage of all who are online later.
pub(super) fn later(set: &RunSet, summary: &Summary) -> String {
    let points = everyone(set.runs()).points();
    let Some(last) = points.last().copied() else {
        return String::new();
    };
    let newcomers = &summary.newcomers;
    let caption = format!(
        "All subscribers online at a later moment, newcomers included. {:.2} % of peers leave a \
         minute (μ); a newcomer holds a packet after {} (d).",
        newcomers.departures_per_peer_s * 6_000.0,
        maybe(newcomers.hold_delay_mean_s, seconds),
    );
    let keys = [
        ("c0", "mean"),
        ("c7", "lowest sample"),
        ("c2 dashed", "bound e^(−μd)"),
    ];
    let keys = if newcomers.bound.is_some() {
        &keys[..]
    } else {
        &keys[..2]
    };
    let settled = points
        .iter()
        .filter(|point| point.0 > 1.0)
        .map(|point| point.2);
    let floor = settled.chain(newcomers.bound).fold(1.0, f64::min);
    let from = [0.98, 0.95, 0.9, 0.8, 0.5]
        .into_iter()
        .find(|from| *from < floor)
        .unwrap_or(0.0);
    figure(Span::Half, "What holds later", &caption, keys, |room| {
        let x = Scale::log(0.5, last.0.max(5.0));
        let mut plot = Plot::new(room.width, room.height, x, Scale::linear(from, 1.0));
        plot.y_axis(|share| format!("{:.*} %", usize::from(from > 0.9), share * 100.0));
        plot.x_axis("age of the packet", seconds);
        if let Some(bound) = newcomers.bound {
            plot.line("dashed c2", &[(0.5, bound), (last.0, bound)]);
        }
        let through = |of: fn(&(f64, f64, f64, u64)) -> f64| -> Vec<_> {
            points.iter().map(|point| (point.0, of(point))).collect()
        };
        plot.line("thin c7", &through(|point| point.2));
        plot.line("c0", &through(|point| point.1));
        let stride = points.len().div_ceil(60).max(1);
        let columns = points.iter().step_by(stride).map(|(age_s, mean, low, _)| {
            let title = format!(
                "at {}: {}, lowest {}",
                seconds(*age_s),
                percent(*mean),
                percent(*low)
            );
            (*age_s, title)
        });
        plot.hover(&columns.collect::<Vec<_>>());
        plot.finish(
            room.class,
            "Coverage of everyone online by age of the packet",
        )
    })
}

/// The curve of all packets of all runs.
fn pooled(runs: &[RunRecord]) -> Vec<CurvePoint> {
    let mut curve = Curve::default();
    runs.iter().for_each(|run| curve.merge(&run.curve));
    curve.points()
}

/// The interval of the mean at each point: over runs, or over packets if there is one run.
fn band(runs: &[RunRecord], points: &[CurvePoint]) -> Vec<[f64; 2]> {
    let curves: Vec<_> = runs
        .iter()
        .map(|run| run.curve.points())
        .filter(|points| !points.is_empty())
        .collect();
    let packet_count: u64 = runs.iter().map(|run| run.curve.packet_count).sum();
    let at = |index: usize| {
        let means: Vec<f64> = curves.iter().map(|points| points[index].mean).collect();
        let point = points[index];
        let half = 1.96 * point.deviation / (packet_count.max(1) as f64).sqrt();
        let [low, high] = numbers::ci95(&means).unwrap_or([point.mean - half, point.mean + half]);
        [low.clamp(0.0, 1.0), high.clamp(0.0, 1.0)]
    };
    (0..points.len()).map(at).collect()
}

/// How far the picture goes: past the slowest packets but for one in a hundred.
fn horizon_s(summary: &Summary, points: &[CurvePoint]) -> f64 {
    let coverage = &summary.coverage;
    let slow_s = coverage
        .t100_s
        .p99
        .or(coverage.t99_s.p99)
        .or(coverage.t90_s.p99);
    let nearly = points
        .iter()
        .find(|point| point.mean > 0.995 * points[points.len() - 1].mean);
    let settled_s = nearly.map_or(60.0, |point| point.age_s);
    (slow_s.unwrap_or(settled_s).min(settled_s * 3.0) * 1.2).max(0.2)
}

/// Room for `100 % after 0.123 s`.
const LABEL_WIDTH: f64 = 118.0;
