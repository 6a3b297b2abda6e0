//! The figures of a set of runs, as `--json` prints them.
//!
//! Quantities end with their unit. Everything is computed from the runs in the order of their
//! seeds, so a merged set has the same summary, bit for bit, as one that was run at once.

use serde::{Deserialize, Serialize};

use super::{
    figures::{SeedFigures, copies_newcomers, copies_per_peer, times_s},
    loss_bound::LossBound,
    offline::OfflineFigures,
    parts::{
        CacheFigures, LinkFigures, LoadFigures, Newcomers, PartitionFigures, Survival, SyncFigures,
        TrafficFigures, merged,
    },
    run_set::{FORMAT, RunSet},
    units::thousands,
};
use crate::metrics::{RunRecord, Spread, digest_of, numbers};

/// The figures of a set of runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of this format.
    pub format: u32,
    /// Name of the scenario.
    pub name: String,
    /// The digest of the run, or that of the digests of several.
    pub digest: String,
    /// The seeds, ascending.
    pub seeds: Vec<u64>,
    /// Peers simulated.
    pub peers: u32,
    /// Whether some run was stopped before its time.
    pub partial: bool,
    /// Whether a hash stood in for the signatures of links.
    pub fast: bool,
    /// Virtual time of each run, the longest.
    pub virtual_s: f64,
    /// Wall time of all runs together.
    pub wall_s: f64,
    /// Coverage of those online at publication.
    pub coverage: Coverage,
    /// Copies that arrive for each first one, that one included, at peers that were online ever
    /// since the packet was published.
    pub copies_per_peer: Option<f64>,
    /// The same at peers that came later, or came back: what they get by comparing caches.
    pub copies_newcomers: Option<f64>,
    /// Events handled in all runs.
    pub events: u64,
    /// Events for each second of wall time.
    pub events_per_s: f64,
    /// That memory for each peer simulated, in bytes.
    pub bytes_per_peer: f64,
    /// Most memory that a run took, in bytes.
    pub memory_bytes: u64,
    /// Coverage of all who are online later.
    pub newcomers: Newcomers,
    /// How long packets live.
    pub survival: Survival,
    /// Datagrams and bytes.
    pub traffic: TrafficFigures,
    /// Load of peers: all, then by class.
    pub loads: Vec<LoadFigures>,
    /// Caches.
    pub caches: CacheFigures,
    /// Connections by pair of classes.
    pub links: LinkFigures,
    /// Set reconciliation.
    pub syncs: SyncFigures,
    /// Partitions.
    pub partitions: PartitionFigures,
    /// Messages for those who were away.
    #[serde(default)]
    pub offline: OfflineFigures,
    /// The figures of each seed.
    pub runs: Vec<SeedFigures>,
    /// Every value of the scenario as it was resolved.
    pub scenario: serde_json::Value,
    /// The command that runs it all again.
    pub command: String,
}

/// Coverage of *stable* subscribers: online at publication, and online until they held the
/// packet or the run ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Time to half of them.
    pub t50_s: Spread,
    /// Time to 90 % of them.
    pub t90_s: Spread,
    /// Time to 99 % of them.
    pub t99_s: Spread,
    /// Time to all of them.
    pub t100_s: Spread,
    /// Share of them that held the worst packet in the end.
    pub final_min: Option<f64>,
    /// The same of the mean packet.
    pub final_mean: Option<f64>,
    /// Packets judged, over all runs.
    pub packets: u64,
    /// Packets too young at the end of a run to be judged.
    pub unfinished: u64,
    /// Packets past the limit of a run's table: counted, not judged.
    pub untold: u64,
    /// Mean number of stable subscribers of a packet.
    pub subscribers_mean: Option<f64>,
    /// What physics allows: the middle and the slowest of all ways straight from publisher to
    /// subscriber.
    pub floor_p50_s: Option<f64>,
    /// The longest of them.
    pub floor_max_s: Option<f64>,
    /// The same packet by packet.
    #[serde(default)]
    pub floor: Floors,
    /// What loss keeps from subscribers, however they are sent to.
    #[serde(default)]
    pub loss: LossBound,
}

/// When so many of a packet's subscribers could hold it at best, each by one hop from the publisher;
/// over packets, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Floors {
    /// Half of them.
    pub t50_s: Floor,
    /// 90 % of them.
    pub t90_s: Floor,
    /// 99 % of them.
    pub t99_s: Floor,
    /// All of them, or the first thousand.
    pub t100_s: Floor,
}

/// The times of several packets, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Their mean.
    pub mean: Option<f64>,
    /// Their median.
    pub p50: Option<f64>,
    /// Their 99th percentile.
    pub p99: Option<f64>,
}

impl Summary {
    /// The figures of a set.
    #[must_use]
    pub fn of(set: &RunSet) -> Self {
        let runs = set.runs();
        let wall_s: f64 = runs.iter().map(|run| run.end.wall_s).sum();
        let events: u64 = runs.iter().map(|run| run.end.events).sum();
        let peers = runs.iter().map(|run| run.peer_count).max().unwrap_or(0);
        let memory_bytes = runs
            .iter()
            .map(|run| run.end.memory_bytes)
            .max()
            .unwrap_or(0);
        let virtual_us = runs.iter().map(|run| run.virtual_us).max().unwrap_or(0);
        Self {
            format: FORMAT,
            name: set.name.clone(),
            digest: digest(runs),
            seeds: runs.iter().map(|run| run.seed).collect(),
            peers,
            partial: runs.iter().any(|run| run.end.is_partial),
            fast: runs.iter().any(|run| run.end.is_fast),
            virtual_s: virtual_us as f64 / 1e6,
            wall_s,
            coverage: Coverage::of(runs, &set.scenario),
            copies_per_peer: copies_per_peer(runs),
            copies_newcomers: copies_newcomers(runs),
            events,
            events_per_s: if wall_s > 0.0 {
                events as f64 / wall_s
            } else {
                0.0
            },
            bytes_per_peer: memory_bytes as f64 / f64::from(peers.max(1)),
            memory_bytes,
            newcomers: Newcomers::of(runs),
            survival: Survival::of(runs),
            traffic: TrafficFigures::of(runs),
            loads: LoadFigures::of(runs),
            caches: CacheFigures::of(runs),
            links: LinkFigures::of(runs),
            syncs: SyncFigures::of(runs),
            partitions: PartitionFigures::of(runs),
            offline: OfflineFigures::of(runs),
            runs: runs.iter().map(SeedFigures::of).collect(),
            scenario: set.scenario.clone(),
            command: set.command.clone(),
        }
    }
}

impl Summary {
    /// How many of the peers are indexed ones, if the scenario says so.
    pub(super) fn indexed_text(&self) -> String {
        let count = self.scenario.get("indexed").and_then(|it| it.as_f64());
        count.map_or(String::new(), |count| {
            format!(", {} of them indexed", thousands(count))
        })
    }
}

impl Coverage {
    fn of(runs: &[RunRecord], scenario: &serde_json::Value) -> Self {
        let rows = || runs.iter().flat_map(|run| &run.packets);
        let shares: Vec<f64> = rows().filter_map(|row| row.coverage()).collect();
        let judged = rows().filter(|row| row.coverage().is_some());
        let counts: Vec<f64> = judged.map(|row| f64::from(row.subscriber_count)).collect();
        let spread = |level| {
            let times: Vec<_> = runs.iter().map(|run| times_s(run, level)).collect();
            let reached_count: usize = times.iter().map(Vec::len).sum();
            Spread::of_runs(&times, shares.len() - reached_count)
        };
        let floor = merged(runs, |run| &run.floor);
        let subscribers_mean = numbers::mean(&counts);
        Self {
            t50_s: spread(0),
            t90_s: spread(1),
            t99_s: spread(2),
            t100_s: spread(3),
            final_min: shares.iter().copied().reduce(f64::min),
            final_mean: numbers::mean(&shares),
            packets: shares.len() as u64,
            unfinished: rows().filter(|row| row.is_unfinished).count() as u64,
            untold: runs.iter().map(|run| run.packets_untold).sum(),
            subscribers_mean,
            floor_p50_s: floor.quantile(0.5).map(|us| us / 1e6),
            floor_max_s: floor.quantile(1.0).map(|us| us / 1e6),
            floor: Floors::of(runs),
            loss: LossBound::of(scenario, subscribers_mean, copies_per_peer(runs)),
        }
    }
}

impl Floors {
    fn of(runs: &[RunRecord]) -> Self {
        let [t50_s, t90_s, t99_s, t100_s] = [0, 1, 2, 3].map(|level| {
            let times_us = merged(runs, |run: &RunRecord| &run.floors[level]);
            Floor {
                mean: times_us.mean().map(|us| us / 1e6),
                p50: times_us.quantile(0.5).map(|us| us / 1e6),
                p99: times_us.quantile(0.99).map(|us| us / 1e6),
            }
        });
        Self {
            t50_s,
            t90_s,
            t99_s,
            t100_s,
        }
    }
}

/// A single run keeps its own digest, so that it can be looked up.
fn digest(runs: &[RunRecord]) -> String {
    match runs {
        [run] => run.digest.clone(),
        runs => digest_of(runs.iter().map(|run| run.digest.as_str())),
    }
}

/// What it means that a run is [partial](Summary::partial).
pub(super) const PARTIAL_TEXT: &str =
    "cut before the end, so claims are not judged, and nothing is compared with a baseline";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{
        Delivery, Names, Publication, Recorder, RecorderConfig, Return, RunEnd, Via,
    };

    /// A small run whose facts depend on the seed.
    fn run(seed: u64) -> RunRecord {
        let names = Names {
            kinds: vec!["push".into(), "pull".into()],
            classes: vec!["open".into(), "hard".into()],
            drops: vec!["loss".into()],
            ..Names::default()
        };
        let mut recorder = Recorder::new(RecorderConfig::new(seed, 8, names));
        for node in 0..8 {
            recorder.place(node, (node % 2) as u8, 0);
            recorder.subscribes(node, 0);
            recorder.online(0, node, Return::Cold);
        }
        for packet in 0..20 {
            let now_us = u64::from(packet) * 700_000;
            let by = packet % 8;
            recorder.published(
                now_us,
                Publication {
                    packet,
                    by,
                    group: 0,
                    bytes: 900,
                },
            );
            for node in (0..8).filter(|node| *node != by) {
                let at_us = now_us + u64::from(node) * (1_000 + seed * 37);
                recorder.sent(at_us, (node % 2) as u8, by, 1_000 + node);
                recorder.copied(at_us, packet, node, true);
                recorder.delivered(
                    at_us,
                    Delivery {
                        packet,
                        node,
                        from: by,
                        hops: 1,
                    },
                );
            }
            recorder.synced(now_us + 20_000 * seed, by, 300 + seed, packet);
        }
        recorder.linked(15_000_000, 0, 1, 70_000 / (seed + 1), Via::Punched);
        recorder.offline(16_000_000 + seed, 3);
        recorder.lost(17_000_000 + seed * 3, 2);
        let end = RunEnd {
            events: 900 + seed,
            wall_s: 0.1 + seed as f64 / 3.0,
            ..RunEnd::default()
        };
        recorder.finish(30_000_000, end).record
    }

    fn set(seeds: impl IntoIterator<Item = u64>) -> RunSet {
        let mut set = RunSet::new("small", serde_json::json!({"peers": 8}), "runtime sim");
        seeds
            .into_iter()
            .for_each(|seed| set.add(run(seed)).unwrap());
        set
    }

    #[test]
    fn shards_that_were_written_read_and_merged_summarise_like_one_run_of_all() {
        let whole = Summary::of(&set(0..7));
        let shards = [set([5, 0]), set([3, 6, 2]), set([4, 1])].map(|shard| {
            let text = serde_json::to_string(&shard).unwrap();
            serde_json::from_str(&text).unwrap()
        });
        let merged = Summary::of(&RunSet::merge(shards.into()).unwrap());
        assert_eq!(
            serde_json::to_string(&merged).unwrap(),
            serde_json::to_string(&whole).unwrap()
        );
    }

    #[test]
    fn figures_are_those_worked_by_hand() {
        let summary = Summary::of(&set([0]));
        // Seven receivers of packet 0 after 1 to 7 ms; the publisher is left out.
        assert_eq!(summary.coverage.t100_s.p99, Some(0.007));
        assert_eq!(summary.coverage.final_min, Some(1.0));
        assert_eq!(summary.copies_per_peer, Some(1.0));
        assert_eq!(
            (summary.survival.packet_runs, summary.survival.losses),
            (20, 1)
        );
        assert_eq!(summary.traffic.delivered_bytes, 20 * 7 * 900);
        assert_eq!(summary.links.proxy_share, Some(0.0));
        assert_eq!(summary.events, 900);
        let value = serde_json::to_value(&summary).unwrap();
        for spread in ["t50_s", "t90_s", "t99_s", "t100_s"] {
            for part in ["mean", "p50", "p99", "ci95"] {
                assert!(
                    !value["coverage"][spread][part].is_null(),
                    "{spread}.{part}"
                );
            }
        }
    }
}
