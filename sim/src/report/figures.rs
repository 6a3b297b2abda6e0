//! The few numbers by which runs are judged, one set for each seed.
//!
//! They are what a comparison with a baseline pairs, seed by seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{PacketRow, RunRecord, numbers};

/// A number by which runs are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name in JSON.
    pub name: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// Its unit, empty if it has none.
    pub unit: &'static str,
    /// Whether less is better.
    pub is_less_better: bool,
}

/// The figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeedFigures {
    /// The seed.
    pub seed: u64,
    /// The digest of the run.
    pub digest: String,
    /// Figures by name; one that a run does not have is missing.
    pub figures: BTreeMap<String, f64>,
}

impl SeedFigures {
    /// The figures of a run.
    #[must_use]
    pub fn of(run: &RunRecord) -> Self {
        let figures = FIGURES.iter().zip(values(run));
        let figures = figures.filter_map(|(figure, value)| Some((figure.name.to_owned(), value?)));
        Self {
            seed: run.seed,
            digest: run.digest.clone(),
            figures: figures.collect(),
        }
    }
}

/// The values of [`FIGURES`], in their order.
fn values(run: &RunRecord) -> [Option<f64>; FIGURES.len()] {
    let [t50, t90, t99, t100] = [0, 1, 2, 3].map(|level| numbers::mean(&times_s(run, level)));
    let coverages = run.packets.iter().filter_map(|packet| packet.coverage());
    let bytes: u64 = run.traffic.bytes.iter().sum();
    let delivered_bytes = run.traffic.delivered_bytes;
    let all = run.loads.first();
    [
        t50,
        t90,
        t99,
        t100,
        coverages.reduce(f64::min),
        run.everyone.mean(),
        run.everyone.min,
        copies_per_peer([run]),
        copies_newcomers([run]),
        (delivered_bytes > 0).then(|| bytes as f64 / delivered_bytes as f64),
        all.map(|load| load.mean),
        all.map(|load| load.max_over_mean),
        all.map(|load| load.gini),
        proxy_share([run]),
        Some(
            run.packets
                .iter()
                .filter(|packet| packet.lost_us.is_some())
                .count() as f64,
        ),
    ]
}

/// The times in seconds at which packets of a run reached a level of
/// [`QUANTILES`](crate::metrics::QUANTILES).
pub(super) fn times_s(run: &RunRecord, level: usize) -> Vec<f64> {
    let judged = run
        .packets
        .iter()
        .filter(|packet| packet.coverage().is_some());
    judged
        .filter_map(|packet| packet.times_us[level])
        .map(|us| f64::from(us) / 1e6)
        .collect()
}

/// Copies for each first one, at nodes that were online ever since the packet was published.
pub(super) fn copies_per_peer<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Option<f64> {
    copies_per_first(runs, |row| (row.copy_count, row.first_count))
}

/// Copies for each first one, at nodes that came after the packet was published.
pub(super) fn copies_newcomers<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Option<f64> {
    copies_per_first(runs, |row| {
        (row.newcomer_copy_count, row.newcomer_first_count)
    })
}

fn copies_per_first<'a>(
    runs: impl IntoIterator<Item = &'a RunRecord>,
    counts: impl Fn(&PacketRow) -> (u64, u64),
) -> Option<f64> {
    let rows = runs.into_iter().flat_map(|run| &run.packets);
    let (copies, firsts) = rows.map(counts).fold((0, 0), |sums, (copies, firsts)| {
        (sums.0 + copies, sums.1 + firsts)
    });
    (firsts > 0).then(|| copies as f64 / firsts as f64)
}

/// Share of links that go through a third node.
pub(super) fn proxy_share<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Option<f64> {
    let cells = runs.into_iter().flat_map(|run| &run.links);
    let (proxied, all) = cells.fold((0, 0), |(proxied, all), cell| {
        (
            proxied + cell.proxied,
            all + cell.direct + cell.punched + cell.proxied,
        )
    });
    (all > 0).then(|| proxied as f64 / all as f64)
}

const fn less(name: &'static str, label: &'static str, unit: &'static str) -> Figure {
    Figure {
        name,
        label,
        unit,
        is_less_better: true,
    }
}

const fn more(name: &'static str, label: &'static str, unit: &'static str) -> Figure {
    Figure {
        name,
        label,
        unit,
        is_less_better: false,
    }
}

/// All figures, in the order in which they are shown.
pub const FIGURES: [Figure; 15] = [
    less("t50_s", "time to 50 % of subscribers", "s"),
    less("t90_s", "time to 90 %", "s"),
    less("t99_s", "time to 99 %", "s"),
    less("t100_s", "time to 100 %", "s"),
    more("final_min", "worst packet's coverage", ""),
    more("everyone_mean", "coverage of everyone online, mean", ""),
    more("everyone_min", "coverage of everyone online, lowest", ""),
    less("copies_per_peer", "copies a peer", ""),
    less("copies_newcomers", "copies a newcomer", ""),
    less(
        "bytes_per_delivered_byte",
        "bytes for each byte delivered",
        "",
    ),
    less("load_mean", "load of a peer, mean", "B/s"),
    less("load_max_over_mean", "largest load over mean", ""),
    less("load_gini", "inequality of load (Gini)", ""),
    less("proxy_share", "links through a third peer", ""),
    less("lost", "packets lost", ""),
];
