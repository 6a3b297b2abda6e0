//! What goes over the wire and what lies in caches, over time.

use super::{
    figure::{Key, Room, Span, figure},
    scale::Scale,
    svg::Plot,
};
use crate::{
    metrics::{Gauge, RunRecord, Timeline},
    report::{
        RunSet, Summary,
        units::{bytes, maybe, number, percent, seconds, thousands},
    },
};

/// Bytes a second by kind, stacked.
pub(super) fn traffic(set: &RunSet, summary: &Summary) -> String {
    let Some(sums) = merged(set.runs(), |run| run.traffic.timeline.as_ref()) else {
        return String::new();
    };
    let kinds = &summary.traffic.kinds;
    let mut order: Vec<usize> = (0..kinds.len())
        .filter(|kind| kinds[*kind].bytes > 0)
        .collect();
    order.sort_by_key(|kind| std::cmp::Reverse(kinds[*kind].bytes));
    let delivered = maybe(summary.traffic.bytes_per_delivered_byte, number);
    let caption = format!(
        "Bytes sent each second, all peers together, mean of the runs. {delivered} bytes travel \
         for each byte delivered."
    );
    let texts: Vec<String> = order
        .iter()
        .take(COLOUR_COUNT)
        .map(|kind| {
            let share = kinds[*kind].bytes as f64 / summary.traffic.bytes.max(1) as f64;
            format!("{} {}", kinds[*kind].kind, percent(share))
        })
        .collect();
    let keys: Vec<(String, &String)> = texts
        .iter()
        .enumerate()
        .map(|(place, text)| (format!("c{place} box area"), text))
        .collect();
    let keys: Vec<Key> = keys
        .iter()
        .map(|(class, text)| (class.as_str(), text.as_str()))
        .collect();
    let run_count = set.runs().len() as f64;
    let end_s = summary.virtual_s;
    figure(
        Span::Half,
        "What goes over the wire",
        &caption,
        &keys,
        |room| {
            draw_traffic(room, &sums, &order, (run_count, end_s), &|kind| {
                kinds[kind].kind.clone()
            })
        },
    )
}

fn draw_traffic(
    room: Room,
    sums: &Timeline,
    order: &[usize],
    (run_count, end_s): (f64, f64),
    name: &dyn Fn(usize) -> String,
) -> String {
    let width_s = sums.width_us as f64 / 1e6;
    // The last bucket may not be full.
    let covered_s = |bucket: usize| (end_s - bucket as f64 * width_s).clamp(0.01, width_s);
    let rate = |bucket: usize, kind: usize| {
        sums.bucket(bucket)[kind] as f64 / covered_s(bucket) / run_count
    };
    let buckets = sums.bucket_count();
    let total = |bucket: usize| order.iter().map(|kind| rate(bucket, *kind)).sum::<f64>();
    let highest = (0..buckets).map(total).fold(0.0, f64::max);
    let (x, y) = (Scale::time(0.0, end_s), Scale::linear(0.0, highest * 1.05));
    let mut plot = Plot::new(room.width, room.height, x, y).with_left(62.0);
    plot.y_axis(|value| format!("{}/s", bytes(value)));
    plot.x_axis("virtual time", seconds);
    let middle_s = |bucket: usize| bucket as f64 * width_s + covered_s(bucket) / 2.0;
    let mut below = vec![0.0; buckets];
    for (place, kind) in order.iter().enumerate() {
        let lower: Vec<_> = (0..buckets).map(|at| (middle_s(at), below[at])).collect();
        (0..buckets).for_each(|at| below[at] += rate(at, *kind));
        let upper: Vec<_> = (0..buckets).map(|at| (middle_s(at), below[at])).collect();
        plot.band(
            &format!("solid c{}", place.min(COLOUR_COUNT - 1)),
            &upper,
            &lower,
        );
    }
    let stride = buckets.div_ceil(60).max(1);
    let columns = (0..buckets).step_by(stride).map(|at| {
        let parts = order
            .iter()
            .map(|kind| format!("{} {}/s", name(*kind), bytes(rate(at, *kind))));
        let parts: Vec<_> = parts.collect();
        (
            middle_s(at),
            format!("at {}: {}", seconds(middle_s(at)), parts.join(", ")),
        )
    });
    plot.hover(&columns.collect::<Vec<_>>());
    plot.finish(room.class, "Traffic by kind over time")
}

/// Mean bytes in a cache over time.
pub(super) fn caches(set: &RunSet, summary: &Summary) -> String {
    let gauges = merged(set.runs(), |run| run.gauges.as_ref());
    let Some(gauges) = gauges.filter(|_| summary.caches.bytes_max > 0) else {
        return String::new();
    };
    let evicted = match summary.caches.eviction_age_p50_s {
        None => "No packet was thrown out".to_owned(),
        Some(age_s) => format!(
            "Packets were thrown out {} times before their time, half of them younger than {}",
            thousands(summary.caches.evictions as f64),
            seconds(age_s)
        ),
    };
    let caption = format!(
        "Mean bytes in the cache of a peer online; the largest held {}. {evicted}.",
        bytes(summary.caches.bytes_max as f64),
    );
    let points: Vec<(f64, f64, f64)> = (0..gauges.bucket_count())
        .map(|index| {
            let sums = gauges.bucket(index);
            let of = |gauge: Gauge| sums[gauge as usize] as f64;
            let middle_s = (index as f64 + 0.5) * gauges.width_us as f64 / 1e6;
            let online = of(Gauge::Online).max(1.0);
            (
                middle_s,
                of(Gauge::CacheBytes) / online,
                online / of(Gauge::Samples).max(1.0),
            )
        })
        .collect();
    let highest = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let end_s = gauges.bucket_count() as f64 * gauges.width_us as f64 / 1e6;
    figure(Span::Half, "What lies in caches", &caption, &[], |room| {
        let (x, y) = (Scale::time(0.0, end_s), Scale::linear(0.0, highest * 1.1));
        let mut plot = Plot::new(room.width, room.height, x, y).with_left(62.0);
        plot.y_axis(bytes);
        plot.x_axis("virtual time", seconds);
        let line: Vec<_> = points.iter().map(|point| (point.0, point.1)).collect();
        let ground: Vec<_> = points.iter().map(|point| (point.0, 0.0)).collect();
        plot.band("pale c5", &line, &ground);
        plot.line("c5", &line);
        let stride = points.len().div_ceil(60).max(1);
        let columns = points.iter().step_by(stride).map(|(at_s, held, online)| {
            let online = thousands(*online);
            (
                *at_s,
                format!(
                    "at {}: {} a peer, {online} online",
                    seconds(*at_s),
                    bytes(*held)
                ),
            )
        });
        plot.hover(&columns.collect::<Vec<_>>());
        plot.finish(room.class, "Bytes in caches over time")
    })
}

/// One timeline of all runs.
fn merged(runs: &[RunRecord], of: impl Fn(&RunRecord) -> Option<&Timeline>) -> Option<Timeline> {
    let mut timelines = runs.iter().filter_map(of);
    let first = timelines.next()?.clone();
    let all = timelines.fold(first, |mut all, more| {
        all.merge(more);
        all
    });
    (all.bucket_count() > 0).then_some(all)
}

const COLOUR_COUNT: usize = 8;
