//! One packet's way round the world.
//!
//! Nodes sit in a spiral about the middle of their region, since a region is all that is known
//! of them. The land is Natural Earth's (public domain), four degrees a dot.

use super::{
    figure::{Room, Span, figure},
    scale::Scale,
    svg::{Anchor, Plot},
};
use crate::{
    metrics::{MapNode, Region, RunRecord, TraceRow},
    report::{
        RunSet,
        units::{bytes, percent, seconds, thousands},
    },
};

/// The map of the first run.
pub(super) fn map(set: &RunSet) -> String {
    let Some(run) = set.runs().iter().find(|run| !run.map.nodes.is_empty()) else {
        return String::new();
    };
    if run.names.regions.is_empty() {
        return String::new();
    }
    let shown = match run.map.nodes.len() {
        count if count < run.peer_count as usize => {
            format!(
                " {} of {} peers are shown.",
                thousands(count as f64),
                run.peer_count
            )
        }
        _ => String::new(),
    };
    let caption = format!(
        "Peers by region, coloured by when they got one packet of seed {}, and from whom. The \
         hollow ones got it after the last subscriber that was waited for, or never.{shown}",
        run.seed
    );
    figure(
        Span::Full,
        "One packet's way round the world",
        &caption,
        &[],
        |room| draw(room, run),
    )
}

fn draw(room: Room, run: &RunRecord) -> String {
    let width = room.width;
    let height = width * (NORTH - SOUTH) / 360.0 + 34.0;
    let (x, y) = (Scale::linear(-180.0, 180.0), Scale::linear(SOUTH, NORTH));
    let mut plot = Plot::new(width, height, x, y)
        .with_left(0.0)
        .with_right(0.0);
    let project = |latitude: f64, longitude: f64| {
        let scale = width / 360.0;
        ((longitude + 180.0) * scale, (NORTH - latitude) * scale)
    };
    land(&mut plot, width, &project);
    let places = places(run, width, &project);
    let at = |node: u32| {
        let stride = run.map.nodes.get(1).map_or(1, |second| second.node.max(1));
        places.get((node / stride) as usize).copied()
    };
    let limits = limits(run);
    ways(&mut plot, run, &limits, &at);
    nodes(&mut plot, run, &limits, &places);
    let named = run
        .names
        .regions
        .iter()
        .enumerate()
        .filter(|_| width > 600.0);
    for (index, region) in named {
        label(
            &mut plot,
            run,
            (index, region),
            project(region.latitude, region.longitude),
            width,
        );
    }
    key(&mut plot, &limits, (width, height));
    plot.finish(room.class, "Map of one packet's way")
}

fn land(plot: &mut Plot, width: f64, project: &impl Fn(f64, f64) -> (f64, f64)) {
    let mut dots = String::new();
    let radius = width / 360.0 * 1.25;
    for (row, line) in WORLD.lines().enumerate() {
        for (column, _) in line.bytes().enumerate().filter(|(_, sign)| *sign == b'#') {
            let latitude = NORTH - (row as f64 + 0.5) * DEGREES;
            let (x, y) = project(latitude, (column as f64 + 0.5) * DEGREES - 180.0);
            dots.push_str(&format!("M{x:.1} {y:.1}h0"));
        }
    }
    let thick = radius * 2.0;
    plot.raw(&format!(
        r#"<path d="{dots}" stroke="var(--land)" stroke-width="{thick:.2}" stroke-linecap="round"/>"#
    ));
}

/// Where each node is drawn: the n-th of a region on a spiral by the golden angle.
fn places(
    run: &RunRecord,
    width: f64,
    project: &impl Fn(f64, f64) -> (f64, f64),
) -> Vec<(f64, f64)> {
    let mut counts = vec![0u32; run.names.regions.len()];
    let spacing = spacing(run, width);
    run.map
        .nodes
        .iter()
        .map(|node| {
            let index = usize::from(node.region);
            let Some(region) = run.names.regions.get(index) else {
                return (0.0, 0.0);
            };
            let number = f64::from(counts[index]);
            counts[index] += 1;
            let (x, y) = project(region.latitude, region.longitude);
            let (radius, angle) = ((number + 0.5).sqrt() * spacing, number * GOLDEN_ANGLE);
            (x + radius * angle.cos(), y + radius * angle.sin())
        })
        .collect()
}

/// Half the distance between nodes: the busiest region fills a small circle.
fn spacing(run: &RunRecord, width: f64) -> f64 {
    let regions = 0..run.names.regions.len();
    let busiest = regions
        .map(|region| member_count(run, region))
        .max()
        .unwrap_or(1);
    (width * 0.046 / (busiest.max(1) as f64).sqrt()).min(width * 0.009)
}

/// How far the nodes of a region reach.
fn reach(run: &RunRecord, region: usize, width: f64) -> f64 {
    (member_count(run, region) as f64).sqrt() * spacing(run, width)
}

fn member_count(run: &RunRecord, region: usize) -> usize {
    run.map
        .nodes
        .iter()
        .filter(|node| usize::from(node.region) == region)
        .count()
}

/// First deliveries, as lines bent to one side.
fn ways(
    plot: &mut Plot,
    run: &RunRecord,
    limits: &Limits,
    at: &impl Fn(u32) -> Option<(f64, f64)>,
) {
    let mut paths = [const { String::new() }; RAMP];
    for row in run.map.spread.iter().filter(|row| row.from != row.node) {
        let (Some((x0, y0)), Some((x1, y1))) = (at(row.from), at(row.node)) else {
            continue;
        };
        let (dx, dy) = (x1 - x0, y1 - y0);
        let (mx, my) = (
            f64::midpoint(x0, x1) - dy * 0.14,
            f64::midpoint(y0, y1) + dx * 0.14,
        );
        let my = my - (dx * dx + dy * dy).sqrt() * 0.05;
        paths[step(run, limits, row)]
            .push_str(&format!("M{x0:.1} {y0:.1}Q{mx:.1} {my:.1} {x1:.1} {y1:.1}"));
    }
    for (index, path) in paths.iter().enumerate() {
        plot.raw(&format!(r#"<path class="way r{index}" d="{path}"/>"#));
    }
}

fn nodes(plot: &mut Plot, run: &RunRecord, limits: &Limits, places: &[(f64, f64)]) {
    let mut arrivals: Vec<&TraceRow> = run.map.spread.iter().collect();
    arrivals.sort_by_key(|row| (row.node, row.at_us));
    arrivals.dedup_by_key(|row| row.node);
    let radius = if places.len() > 600 { 2.0 } else { 3.2 };
    let title = |node: &MapNode| {
        let class = run
            .names
            .classes
            .get(usize::from(node.class))
            .map_or("", String::as_str);
        format!("peer {}, {class}, {}/s", node.node, bytes(node.load))
    };
    for (node, &(x, y)) in run.map.nodes.iter().zip(places) {
        let Ok(found) = arrivals.binary_search_by_key(&node.node, |row| row.node) else {
            plot.dot("hollow", x, y, radius * 0.8, &title(node));
            continue;
        };
        let row = arrivals[found];
        let age_s = (row.at_us - run.map.published_us.min(row.at_us)) as f64 / 1e6;
        let told = format!(
            "{}: after {}, {} hops",
            title(node),
            seconds(age_s),
            row.hops
        );
        plot.dot(
            &format!("node r{}", step(run, limits, row)),
            x,
            y,
            radius,
            &told,
        );
        if row.from == row.node {
            plot.dot(
                "ring c6",
                x,
                y,
                radius + 4.0,
                &format!("{told}, the publisher"),
            );
        }
    }
}

fn label(
    plot: &mut Plot,
    run: &RunRecord,
    (index, region): (usize, &Region),
    (x, y): (f64, f64),
    width: f64,
) {
    let total: u64 = run.traffic.region_bytes.iter().sum();
    let count = run.names.regions.len();
    let into: u64 = run
        .traffic
        .region_bytes
        .iter()
        .skip(index)
        .step_by(count)
        .sum();
    let y = y + reach(run, index, width) + 13.0;
    plot.text(x, y, Anchor::Middle, "small strong halo", &region.name);
    if total > 0 {
        let share = format!("{} of traffic", percent(into as f64 / total as f64));
        plot.text(x, y + 13.0, Anchor::Middle, "small label halo", &share);
    }
}

/// The colours with the times that they begin at.
fn key(plot: &mut Plot, limits: &Limits, (width, height): (f64, f64)) {
    let box_width = (width / 8.0).min(90.0);
    let start = (width - box_width * RAMP as f64) / 2.0;
    for (index, limit_us) in limits.iter().enumerate() {
        let x = start + box_width * index as f64;
        let y = height - 18.0;
        plot.raw(&format!(
            r#"<rect class="area r{index}" x="{x:.1}" y="{y:.1}" width="{box_width:.1}" height="6"/>"#
        ));
        if width < 600.0 && index % 2 == 1 {
            continue;
        }
        let text = format!("≤ {}", seconds(*limit_us as f64 / 1e6));
        plot.text(
            x + box_width / 2.0,
            height - 1.0,
            Anchor::Middle,
            "small label",
            &text,
        );
    }
}

/// The ages up to which each colour goes: a fifth of the peers each.
fn limits(run: &RunRecord) -> Limits {
    let published_us = run.map.published_us;
    let spread = run.map.spread.iter();
    let mut ages: Vec<u64> = spread
        .map(|row| row.at_us - published_us.min(row.at_us))
        .collect();
    ages.sort_unstable();
    std::array::from_fn(|index| {
        let place = ((index + 1) * ages.len()).div_ceil(RAMP);
        place
            .checked_sub(1)
            .and_then(|place| ages.get(place))
            .copied()
            .unwrap_or(0)
    })
}

fn step(run: &RunRecord, limits: &Limits, row: &TraceRow) -> usize {
    let age_us = row.at_us - run.map.published_us.min(row.at_us);
    limits
        .iter()
        .position(|limit| age_us <= *limit)
        .unwrap_or(RAMP - 1)
}

/// The age up to which each colour goes.
type Limits = [u64; RAMP];

const WORLD: &str = include_str!("world.txt");
const DEGREES: f64 = 4.0;
const NORTH: f64 = 80.0;
const SOUTH: f64 = -56.0;
const RAMP: usize = 5;
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;
