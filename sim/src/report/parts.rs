//! The parts of a summary beside coverage, each made of all runs together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::figures::proxy_share;
use crate::metrics::{Everyone, Histogram, Life, LinkCell, RunRecord, Step, kaplan_meier, numbers};

/// Coverage of all subscribers online at a later moment, whoever they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Newcomers {
    /// Share of them that hold a packet, averaged over time and packets.
    pub coverage_mean: Option<f64>,
    /// The lowest that was sampled.
    pub coverage_min: Option<f64>,
    /// What theory allows: e^(−μd).
    pub bound: Option<f64>,
    /// μ: departures for each peer and second online.
    pub departures_per_peer_s: f64,
    /// d: mean time from coming online to holding a packet, in seconds.
    pub hold_delay_mean_s: Option<f64>,
    /// Median time from coming online to holding a packet.
    pub hold_delay_p50_s: Option<f64>,
    /// 99th percentile of it.
    pub hold_delay_p99_s: Option<f64>,
}

/// How long packets live.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// Packets watched, over all runs.
    pub packet_runs: u64,
    /// Those whose last copy was lost before they expired.
    pub losses: u64,
    /// Share alive at the end of the Kaplan–Meier curve.
    pub alive: f64,
    /// The 95 % interval of it; without losses by the rule of three.
    pub ci95: [f64; 2],
    /// How long the packet was watched that was watched longest, in seconds.
    pub watched_s_max: f64,
    /// Mean time for which packets were watched, in seconds.
    pub watched_s_mean: f64,
    /// The curve.
    pub steps: Vec<Step>,
}

/// Datagrams and bytes of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrafficFigures {
    /// Datagrams sent.
    pub datagrams: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Bytes of packets delivered to subscribers.
    pub delivered_bytes: u64,
    /// Bytes sent for each byte delivered.
    pub bytes_per_delivered_byte: Option<f64>,
    /// Bytes sent by a peer for each second online.
    pub bytes_per_peer_s: Option<f64>,
    /// The same by kind.
    pub kinds: Vec<KindFigures>,
    /// Datagrams dropped, by reason.
    pub drops: BTreeMap<String, u64>,
}

/// Datagrams and bytes of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KindFigures {
    /// The kind.
    pub kind: String,
    /// Datagrams sent.
    pub datagrams: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Bytes sent for each byte delivered.
    pub bytes_per_delivered_byte: Option<f64>,
}

/// Load of the peers of one class: bytes in and out for each second online.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadFigures {
    /// The class, or `all`.
    pub class: String,
    /// Peers, over all runs.
    pub peers: u64,
    /// Mean in bytes a second; this and all below are means over runs.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Largest.
    pub max: f64,
    /// Largest over mean.
    pub max_over_mean: f64,
    /// Gini coefficient.
    pub gini: f64,
}

/// Caches of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CacheFigures {
    /// Mean bytes in a cache at the end.
    pub bytes_mean: Option<f64>,
    /// Most bytes that any cache held.
    pub bytes_max: u64,
    /// Mean packets in a cache at the end.
    pub packets_mean: Option<f64>,
    /// Packets thrown out.
    pub evictions: u64,
    /// Median age of a packet when it is thrown out, in seconds.
    pub eviction_age_p50_s: Option<f64>,
    /// First percentile of it.
    pub eviction_age_p01_s: Option<f64>,
}

/// Connections of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkFigures {
    /// Share of links that go through a third peer.
    pub proxy_share: Option<f64>,
    /// By pair of classes; pairs that never tried are missing.
    pub pairs: Vec<PairFigures>,
}

/// Connections from one class to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairFigures {
    /// Class of who asked.
    pub from: String,
    /// Class of who was asked.
    pub to: String,
    /// Attempts that ended in a link or in none.
    pub attempts: u64,
    /// Share that ended in a link without a third peer.
    pub direct_share: f64,
    /// Share that ended in a link through a third peer.
    pub proxied_share: f64,
    /// Median time to a link, in seconds.
    pub p50_s: Option<f64>,
    /// 99th percentile of it.
    pub p99_s: Option<f64>,
}

/// Set reconciliation of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncFigures {
    /// Exchanges.
    pub count: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Differences that they found.
    pub differences: u64,
    /// Bytes for each difference.
    pub bytes_per_difference: Option<f64>,
    /// Bytes of an exchange that finds none.
    pub bytes_if_equal: Option<f64>,
    /// By number of differences.
    pub bins: Vec<SyncBin>,
}

/// Exchanges that found about the same number of differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncBin {
    /// Exchanges.
    pub count: u64,
    /// Mean differences.
    pub differences_mean: f64,
    /// Mean bytes.
    pub bytes_mean: f64,
}

/// Partitions of all runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartitionFigures {
    /// Partitions that ended.
    pub count: u64,
    /// Mean time from the end until all packets in flight were with everybody, in seconds.
    pub heal_mean_s: Option<f64>,
    /// The longest.
    pub heal_max_s: Option<f64>,
    /// Packets that never were.
    pub unhealed: u64,
}

impl Newcomers {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let everyone = everyone(runs);
        let departures: u64 = runs.iter().map(|run| run.churn.departures).sum();
        let online_us: u64 = runs.iter().map(|run| run.churn.online_us).sum();
        let departures_per_peer_s = departures as f64 / (online_us.max(1) as f64 / 1e6);
        let holds = merged(runs, |run| &run.churn.newcomer_delays_us);
        let hold_delay_mean_s = holds.mean().map(|us| us / 1e6);
        Self {
            coverage_mean: everyone.mean(),
            coverage_min: everyone.min,
            bound: hold_delay_mean_s.map(|delay_s| (-departures_per_peer_s * delay_s).exp()),
            departures_per_peer_s,
            hold_delay_mean_s,
            hold_delay_p50_s: holds.quantile(0.5).map(|us| us / 1e6),
            hold_delay_p99_s: holds.quantile(0.99).map(|us| us / 1e6),
        }
    }
}

impl Survival {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let rows = runs.iter().flat_map(|run| &run.packets);
        let lives: Vec<Life> = rows
            .map(|row| Life {
                age_us: row.watched_us,
                is_lost: row.lost_us.is_some(),
            })
            .collect();
        let packet_runs = lives.len() as u64;
        let losses = lives.iter().filter(|life| life.is_lost).count() as u64;
        let watched_s: Vec<f64> = lives.iter().map(|life| life.age_us as f64 / 1e6).collect();
        let steps = kaplan_meier(&lives);
        let (alive, ci95) = match steps.last() {
            Some(step) => (step.alive, [step.low, step.high]),
            None => (1.0, [1.0 - numbers::rule_of_three(packet_runs), 1.0]),
        };
        Self {
            packet_runs,
            losses,
            alive,
            ci95,
            watched_s_max: watched_s.iter().copied().fold(0.0, f64::max),
            watched_s_mean: numbers::mean(&watched_s).unwrap_or(0.0),
            steps,
        }
    }
}

impl TrafficFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let delivered_bytes: u64 = runs.iter().map(|run| run.traffic.delivered_bytes).sum();
        let online_us: u64 = runs.iter().map(|run| run.churn.online_us).sum();
        let each =
            |bytes: u64| (delivered_bytes > 0).then(|| bytes as f64 / delivered_bytes as f64);
        let names = runs.first().map(|run| &run.names);
        let kinds = names
            .map_or(&[][..], |names| &names.kinds)
            .iter()
            .enumerate();
        let kinds: Vec<KindFigures> = kinds
            .map(|(kind, name)| {
                let bytes = sum_at(runs, kind, |run| &run.traffic.bytes);
                KindFigures {
                    kind: name.clone(),
                    datagrams: sum_at(runs, kind, |run| &run.traffic.datagrams),
                    bytes,
                    bytes_per_delivered_byte: each(bytes),
                }
            })
            .collect();
        let drops = names
            .map_or(&[][..], |names| &names.drops)
            .iter()
            .enumerate();
        let bytes = kinds.iter().map(|kind| kind.bytes).sum();
        Self {
            datagrams: kinds.iter().map(|kind| kind.datagrams).sum(),
            bytes,
            delivered_bytes,
            bytes_per_delivered_byte: each(bytes),
            bytes_per_peer_s: (online_us > 0).then(|| bytes as f64 * 1e6 / online_us as f64),
            kinds,
            drops: drops
                .map(|(drop, name)| (name.clone(), sum_at(runs, drop, |run| &run.traffic.drops)))
                .collect(),
        }
    }
}

impl LoadFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Vec<Self> {
        let names = runs.first().map_or(&[][..], |run| &run.names.classes);
        let classes = std::iter::once("all").chain(names.iter().map(String::as_str));
        classes
            .filter_map(|class| {
                let of_class = runs.iter().flat_map(|run| &run.loads);
                let loads: Vec<_> = of_class.filter(|load| load.class == class).collect();
                let mean = |value: fn(&crate::metrics::ClassLoad) -> f64| {
                    numbers::mean(&loads.iter().map(|load| value(load)).collect::<Vec<_>>())
                };
                Some(Self {
                    class: class.to_owned(),
                    peers: loads.iter().map(|load| load.node_count).sum(),
                    mean: mean(|load| load.mean)?,
                    p50: mean(|load| load.p50)?,
                    p99: mean(|load| load.p99)?,
                    max: mean(|load| load.max)?,
                    max_over_mean: mean(|load| load.max_over_mean)?,
                    gini: mean(|load| load.gini)?,
                })
            })
            .collect()
    }
}

impl CacheFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let ages = merged(runs, |run| &run.caches.eviction_ages_us);
        Self {
            bytes_mean: merged(runs, |run| &run.caches.bytes).mean(),
            bytes_max: runs
                .iter()
                .map(|run| run.caches.bytes_max)
                .max()
                .unwrap_or(0),
            packets_mean: merged(runs, |run| &run.caches.counts).mean(),
            evictions: ages.count(),
            eviction_age_p50_s: ages.quantile(0.5).map(|us| us / 1e6),
            eviction_age_p01_s: ages.quantile(0.01).map(|us| us / 1e6),
        }
    }
}

impl LinkFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let names = runs.first().map_or(&[][..], |run| &run.names.classes);
        let pairs = (0..names.len().pow(2)).map(|cell| {
            let mut sum = LinkCell::default();
            for other in runs.iter().filter_map(|run| run.links.get(cell)) {
                sum.direct += other.direct;
                sum.punched += other.punched;
                sum.proxied += other.proxied;
                sum.failed += other.failed;
                sum.times_us.merge(&other.times_us);
            }
            let attempts = sum.direct + sum.punched + sum.proxied + sum.failed;
            let share = |count: u64| count as f64 / attempts.max(1) as f64;
            PairFigures {
                from: names[cell / names.len()].clone(),
                to: names[cell % names.len()].clone(),
                attempts,
                direct_share: share(sum.direct + sum.punched),
                proxied_share: share(sum.proxied),
                p50_s: sum.times_us.quantile(0.5).map(|us| us / 1e6),
                p99_s: sum.times_us.quantile(0.99).map(|us| us / 1e6),
            }
        });
        let pairs = pairs.filter(|pair| pair.attempts > 0).collect();
        Self {
            proxy_share: proxy_share(runs),
            pairs,
        }
    }
}

impl SyncFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let sum = |value: fn(&RunRecord) -> u64| runs.iter().map(value).sum::<u64>();
        let (bytes, differences) = (sum(|run| run.syncs.bytes), sum(|run| run.syncs.differences));
        let bin_count = runs
            .iter()
            .map(|run| run.syncs.bins.len())
            .max()
            .unwrap_or(0);
        let bins = (0..bin_count).map(|bin| {
            let of_bin = runs.iter().filter_map(|run| run.syncs.bins.get(bin));
            let (count, found, sent) = of_bin.fold((0, 0, 0), |sums, of| {
                (sums.0 + of.0, sums.1 + of.1, sums.2 + of.2)
            });
            SyncBin {
                count,
                differences_mean: found as f64 / count.max(1) as f64,
                bytes_mean: sent as f64 / count.max(1) as f64,
            }
        });
        let bins: Vec<SyncBin> = bins.collect();
        let equal = bins.first().filter(|bin| bin.count > 0);
        Self {
            count: sum(|run| run.syncs.count),
            bytes,
            differences,
            bytes_per_difference: (differences > 0).then(|| bytes as f64 / differences as f64),
            bytes_if_equal: equal.map(|bin| bin.bytes_mean),
            bins: bins.into_iter().filter(|bin| bin.count > 0).collect(),
        }
    }
}

impl PartitionFigures {
    pub(super) fn of(runs: &[RunRecord]) -> Self {
        let all = runs.iter().flat_map(|run| &run.partitions);
        let ended: Vec<_> = all
            .filter(|partition| partition.until_us.is_some())
            .collect();
        let heals: Vec<f64> = ended.iter().map(|one| one.heal_us as f64 / 1e6).collect();
        Self {
            count: ended.len() as u64,
            heal_mean_s: numbers::mean(&heals),
            heal_max_s: heals.iter().copied().reduce(f64::max),
            unhealed: ended.iter().map(|one| u64::from(one.unhealed_count)).sum(),
        }
    }
}

/// Coverage of everyone in all runs.
pub(super) fn everyone(runs: &[RunRecord]) -> Everyone {
    runs.iter().fold(Everyone::default(), |mut all, run| {
        all.merge(&run.everyone);
        all
    })
}

/// One histogram of all runs.
pub(super) fn merged(runs: &[RunRecord], of: impl Fn(&RunRecord) -> &Histogram) -> Histogram {
    runs.iter().fold(Histogram::default(), |mut all, run| {
        all.merge(of(run));
        all
    })
}

fn sum_at(runs: &[RunRecord], index: usize, of: impl Fn(&RunRecord) -> &Vec<u64>) -> u64 {
    runs.iter().filter_map(|run| of(run).get(index)).sum()
}
