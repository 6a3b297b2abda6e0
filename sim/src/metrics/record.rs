//! What is left of one run: everything that summaries, tables and pictures are made of.
//!
//! A record is plain data, so that the parts of a sweep can be written on many machines and
//! put together on one, with the same result as if one had run it all.

use serde::{Deserialize, Serialize};

use super::{
    absence::Absence,
    coverage::{Curve, Everyone},
    histogram::Histogram,
    nodes::ClassLoad,
    packets::{PacketRow, QUANTILES},
    timeline::Timeline,
};

/// One run of one seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The seed.
    pub seed: u64,
    /// The digest of all facts, 32 hexadecimal digits.
    pub digest: String,
    /// How the run ended and what it cost.
    pub end: RunEnd,
    /// Virtual time at the end, in microseconds.
    pub virtual_us: u64,
    /// Nodes that were simulated.
    pub peer_count: u32,
    /// Names of what the numbers below stand for.
    pub names: Names,
    /// Each packet, in order of publication.
    pub packets: Vec<PacketRow>,
    /// Packets past the table's limit, which were counted and not measured.
    pub packets_untold: u64,
    /// Coverage of stable subscribers by age.
    pub curve: Curve,
    /// Coverage of all online subscribers by age.
    pub everyone: Everyone,
    /// One-way latencies from publishers straight to subscribers: what physics allows.
    pub floor: Histogram,
    /// For each level of [`QUANTILES`]: when so many subscribers of a packet could hold it at best.
    #[serde(default)]
    pub floors: [Histogram; QUANTILES.len()],
    /// Datagrams and bytes.
    pub traffic: Traffic,
    /// Nodes online and bytes cached over time; see [`Gauge`].
    pub gauges: Option<Timeline>,
    /// Load of nodes by class, that of all nodes first.
    pub loads: Vec<ClassLoad>,
    /// Caches.
    pub caches: Caches,
    /// How pairs of classes connect, row after row: who asked, then whom.
    pub links: Vec<LinkCell>,
    /// Set reconciliation.
    pub syncs: Syncs,
    /// Coming and going.
    pub churn: Churn,
    /// Partitions, in order.
    pub partitions: Vec<Partition>,
    /// Packets for nodes that were away, in order of publication.
    #[serde(default)]
    pub absences: Vec<Absence>,
    /// Some nodes, and the way one packet took through them.
    pub map: Map,
}

/// How a run ended and what it cost; the driver tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    /// Events handled.
    pub events: u64,
    /// Wall time in seconds.
    pub wall_s: f64,
    /// Most memory that the run took, in bytes.
    pub memory_bytes: u64,
    /// Whether it was stopped before its time.
    pub is_partial: bool,
    /// Whether a hash stood in for the signatures of links.
    pub is_fast: bool,
}

/// Names of kinds, classes, regions and reasons, by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Names {
    /// Kinds of datagrams.
    pub kinds: Vec<String>,
    /// Classes of nodes, such as kinds of NAT.
    pub classes: Vec<String>,
    /// Where nodes are.
    pub regions: Vec<Region>,
    /// Why datagrams were dropped.
    pub drops: Vec<String>,
}

/// A part of the world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Degrees north of the equator, of its middle.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
}

/// Datagrams and bytes of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Bytes sent by kind over time.
    pub timeline: Option<Timeline>,
    /// Datagrams sent, by kind.
    pub datagrams: Vec<u64>,
    /// Bytes sent, by kind.
    pub bytes: Vec<u64>,
    /// Datagrams dropped, by reason.
    pub drops: Vec<u64>,
    /// Bytes received, from region (row) to region (column).
    pub region_bytes: Vec<u64>,
    /// Deliveries of packets to subscribers.
    pub delivery_count: u64,
    /// Bytes of them: what all the traffic was for.
    pub delivered_bytes: u64,
}

/// Caches of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Caches {
    /// Bytes in each node's cache at the end.
    pub bytes: Histogram,
    /// Packets in each node's cache at the end.
    pub counts: Histogram,
    /// Largest cache at any time, in bytes.
    pub bytes_max: u64,
    /// Age at eviction in microseconds.
    pub eviction_ages_us: Histogram,
}

/// Attempts to connect from one class to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkCell {
    /// Ended in a direct link without help.
    pub direct: u64,
    /// Ended in a direct link through punched holes.
    pub punched: u64,
    /// Ended in a link through a third node.
    pub proxied: u64,
    /// Ended in none.
    pub failed: u64,
    /// Time to the link in microseconds.
    pub times_us: Histogram,
}

/// Set reconciliation of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Syncs {
    /// Exchanges.
    pub count: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Differences that they found.
    pub differences: u64,
    /// By the number of differences, bin k from 2^(k−1) to 2^k − 1, none in bin 0:
    /// exchanges, differences, bytes.
    pub bins: Vec<(u64, u64, u64)>,
}

/// Coming and going in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Churn {
    /// Nodes that came online, after the start of the run too.
    pub arrivals: u64,
    /// Nodes that went offline.
    pub departures: u64,
    /// Microseconds online, summed over nodes.
    pub online_us: u64,
    /// From coming online, or publication if that is later, to holding a packet, for
    /// subscribers that were no stable ones, in microseconds.
    pub newcomer_delays_us: Histogram,
}

/// A partition of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// When it began, in microseconds.
    pub from_us: u64,
    /// When it ended; none if the run ended first.
    pub until_us: Option<u64>,
    /// Packets that a stable subscriber waited for at its end.
    pub packet_count: u32,
    /// Those that one still waited for at the end of the run.
    pub unhealed_count: u32,
    /// From its end until all the others were held by all, in microseconds.
    pub heal_us: u64,
}

/// Some nodes, and the way one packet took through them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// At most [`MAP_NODE_COUNT_MAX`] nodes.
    pub nodes: Vec<MapNode>,
    /// When the packet was published.
    pub published_us: u64,
    /// Its way among those nodes, while subscribers were waited for.
    pub spread: Vec<TraceRow>,
}

/// A node on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapNode {
    /// Its number.
    pub node: u32,
    /// Its class.
    pub class: u8,
    /// Its region.
    pub region: u8,
    /// Bytes a second online.
    pub load: f64,
}

/// That a node got a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRow {
    /// When, in virtual microseconds.
    pub at_us: u64,
    /// Which packet.
    pub packet: u32,
    /// Who got it.
    pub node: u32,
    /// From whom; itself if it is the publisher.
    pub from: u32,
    /// Over how many hops.
    pub hops: u16,
}

/// The columns of [`RunRecord::gauges`]: sums over samples taken each virtual second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// How many samples.
    Samples,
    /// Nodes online.
    Online,
    /// Bytes in all caches.
    CacheBytes,
    /// Packets in all caches.
    CachePackets,
}

/// Columns of gauges.
pub const GAUGE_COUNT: usize = 4;
/// Above this many nodes, a map shows each n-th.
pub const MAP_NODE_COUNT_MAX: u32 = 2_000;
