//! What each node carries: bytes in and out, time online, cache.

use serde::{Deserialize, Serialize};

use super::{histogram::Histogram, numbers};

/// Everything about one node, 56 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) sent_bytes: u64,
    pub(super) received_bytes: u64,
    /// When it came online, or [`OFFLINE`].
    pub(super) online_since_us: u64,
    /// Time online before that.
    pub(super) online_us: u64,
    pub(super) cache_bytes: u64,
    pub(super) cache_count: u32,
    pub(super) class: u8,
    pub(super) region: u8,
}

/// How the load spreads over the nodes of one class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassLoad {
    /// The class, or `all`.
    pub class: String,
    /// Nodes that were ever online.
    pub node_count: u64,
    /// Mean of bytes sent and received for each second online.
    pub mean: f64,
    /// Median of it.
    pub p50: f64,
    /// 99th percentile of it.
    pub p99: f64,
    /// Largest of it.
    pub max: f64,
    /// Largest over mean.
    pub max_over_mean: f64,
    /// Gini coefficient: 0 if all carry the same.
    pub gini: f64,
    /// Its distribution, bytes a second rounded down.
    pub histogram: Histogram,
}

impl Default for Node {
    fn default() -> Self {
        Self {
            sent_bytes: 0,
            received_bytes: 0,
            online_since_us: OFFLINE,
            online_us: 0,
            cache_bytes: 0,
            cache_count: 0,
            class: 0,
            region: 0,
        }
    }
}

impl Node {
    /// Whether it is online.
    pub(super) fn is_online(&self) -> bool {
        self.online_since_us != OFFLINE
    }

    /// Time online up to now.
    pub(super) fn online_total_us(&self, now_us: u64) -> u64 {
        let current = if self.is_online() {
            now_us - self.online_since_us
        } else {
            0
        };
        self.online_us + current
    }

    /// Bytes in and out for each second online; none if it never was.
    pub(super) fn load(&self, now_us: u64) -> Option<f64> {
        let online_us = self.online_total_us(now_us);
        let bytes = (self.sent_bytes + self.received_bytes) as f64;
        (online_us > 0).then(|| bytes * 1e6 / online_us as f64)
    }
}

impl ClassLoad {
    /// The loads of one class, in any order; none without any.
    pub(super) fn of(class: &str, mut loads: Vec<f64>) -> Option<Self> {
        loads.sort_unstable_by(f64::total_cmp);
        let mean = numbers::mean(&loads)?;
        let mut histogram = Histogram::default();
        loads.iter().for_each(|load| histogram.add(*load as u64));
        let max = numbers::quantile(&loads, 1.0)?;
        Some(Self {
            class: class.to_owned(),
            node_count: loads.len() as u64,
            mean,
            p50: numbers::quantile(&loads, 0.5)?,
            p99: numbers::quantile(&loads, 0.99)?,
            max,
            max_over_mean: if mean > 0.0 { max / mean } else { 1.0 },
            gini: numbers::gini(&loads)?,
            histogram,
        })
    }
}

/// The loads of all classes that have nodes, after that of all nodes together.
pub(super) fn loads(nodes: &[Node], classes: &[String], now_us: u64) -> Vec<ClassLoad> {
    let of = |wanted: Option<usize>| {
        let is_wanted = |node: &&Node| wanted.is_none_or(|class| usize::from(node.class) == class);
        nodes
            .iter()
            .filter(is_wanted)
            .filter_map(|node| node.load(now_us))
            .collect()
    };
    let all = ClassLoad::of("all", of(None));
    let each = classes
        .iter()
        .enumerate()
        .filter_map(|(class, name)| ClassLoad::of(name, of(Some(class))));
    all.into_iter().chain(each).collect()
}

pub(super) const OFFLINE: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_counts_time_online_only() {
        let mut node = Node {
            sent_bytes: 3_000,
            received_bytes: 1_000,
            ..Node::default()
        };
        assert_eq!(node.load(9_000_000), None);
        node.online_us = 1_000_000;
        node.online_since_us = 8_000_000;
        assert_eq!(node.load(9_000_000), Some(2_000.0));
    }

    #[test]
    fn loads_are_told_for_all_and_for_each_class() {
        let node = |class, sent_bytes| Node {
            class,
            sent_bytes,
            online_us: 1_000_000,
            ..Node::default()
        };
        let nodes = [node(0, 10), node(0, 30), node(2, 80)];
        let names = ["easy", "none", "hard"].map(str::to_owned);
        let loads = loads(&nodes, &names, 5);
        let told: Vec<_> = loads
            .iter()
            .map(|load| (load.class.as_str(), load.mean))
            .collect();
        assert_eq!(told, [("all", 40.0), ("easy", 20.0), ("hard", 80.0)]);
        assert!((loads[0].max_over_mean - 2.0).abs() < 1e-12);
    }
}
