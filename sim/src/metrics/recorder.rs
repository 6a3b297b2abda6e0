//! Takes down what a run does.
//!
//! Tell a [`Recorder`] each fact as it happens, in the order in which it happens; times are
//! virtual microseconds that never run back. [`Recorder::finish`] gives the [`RunRecord`].
//! Every fact enters the digest, so a recorder must be told the same of the same run.
//!
//! Invariant: what it keeps is bounded by the nodes, the memberships, and the packets up to
//! [`PACKET_COUNT_MAX`], one bit for each packet and subscriber; never by the run's length.

use super::{
    coverage::sample_step_us,
    digest::Digest,
    groups::Groups,
    nodes::{self, Node},
    packets::{PacketRow, Tracked},
    record::{GAUGE_COUNT, Gauge, Names, RunEnd, RunRecord, TraceRow},
    timeline::Timeline,
};

/// What a recorder has to know beforehand.
#[derive(Clone, Debug)]
pub struct RecorderConfig {
    /// The seed of the run.
    pub seed: u64,
    /// Nodes, online or not.
    pub node_count: u32,
    /// Names of kinds, classes, regions and reasons.
    pub names: Names,
    /// Age from which coverage of everyone counts for its minimum and mean, in microseconds.
    pub settle_us: u64,
    /// A packet younger than this at the end of the run says nothing if it is incomplete.
    pub young_us: u64,
    /// Longest time that stable subscribers are waited for, at most 71 minutes.
    pub flight_us_max: u64,
    /// Packets below this number are traced.
    pub trace_packet_count: u32,
    /// Rows that a trace may have.
    pub trace_row_count_max: usize,
    /// The packet whose way the map shows.
    pub map_packet: u32,
}

/// Takes down what a run does.
pub struct Recorder {
    pub(super) config: RecorderConfig,
    pub(super) digest: Digest,
    pub(super) nodes: Vec<Node>,
    pub(super) online_count: u32,
    pub(super) groups: Groups,
    /// By number.
    pub(super) packets: Vec<Option<Tracked>>,
    pub(super) record: RunRecord,
    pub(super) trace: Vec<TraceRow>,
    pub(super) map_spread: Vec<TraceRow>,
    pub(super) gauges: Timeline,
    pub(super) timeline: Timeline,
    /// Bytes by kind since the last sample.
    pub(super) bytes_recent: Vec<u64>,
    pub(super) cache_bytes: u64,
    pub(super) cache_count: u64,
    /// Whether a partition lasts.
    pub(super) is_partitioned: bool,
    /// When the next sample is due.
    sample_due_us: u64,
    /// Packets to be sampled, by second modulo the length.
    samples_due: Vec<Vec<u32>>,
}

/// How a run stands, for a line on a terminal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Nodes online.
    pub online_count: u32,
    /// Packets published.
    pub packet_count: u64,
    /// Packets that all their stable subscribers hold, or that were waited for long enough.
    pub folded_count: u64,
    /// Mean coverage of online subscribers since settling.
    pub coverage_mean: Option<f64>,
    /// Packets lost.
    pub lost_count: u64,
}

/// What a run leaves behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// All figures.
    pub record: RunRecord,
    /// Every first delivery of the traced packets, in order.
    pub trace: Vec<TraceRow>,
}

impl RecorderConfig {
    /// A run of `node_count` nodes, with the usual limits.
    #[must_use]
    pub fn new(seed: u64, node_count: u32, names: Names) -> Self {
        Self {
            seed,
            node_count,
            names,
            settle_us: 1_000_000,
            young_us: 10_000_000,
            flight_us_max: 3_600_000_000,
            trace_packet_count: 0,
            trace_row_count_max: 1 << 22,
            map_packet: 0,
        }
    }
}

impl Recorder {
    /// A recorder of a run in which nobody is online yet.
    #[must_use]
    pub fn new(config: RecorderConfig) -> Self {
        let names = &config.names;
        let mut record = RunRecord {
            seed: config.seed,
            ..RunRecord::default()
        };
        record.traffic.datagrams = vec![0; names.kinds.len()];
        record.traffic.bytes = vec![0; names.kinds.len()];
        record.traffic.drops = vec![0; names.drops.len()];
        record.traffic.region_bytes = vec![0; names.regions.len().pow(2)];
        record
            .links
            .resize_with(names.classes.len().pow(2), Default::default);
        Self {
            digest: Digest::default(),
            nodes: vec![Node::default(); config.node_count as usize],
            online_count: 0,
            groups: Groups::new(config.node_count),
            packets: Vec::new(),
            record,
            trace: Vec::new(),
            map_spread: Vec::new(),
            gauges: Timeline::new(GAUGE_COUNT),
            timeline: Timeline::new(names.kinds.len()),
            bytes_recent: vec![0; names.kinds.len()],
            cache_bytes: 0,
            cache_count: 0,
            is_partitioned: false,
            sample_due_us: SAMPLE_US,
            samples_due: vec![Vec::new(); SAMPLE_SLOT_COUNT as usize],
            config,
        }
    }

    /// How the run stands.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let told = self.packets.iter().flatten();
        Progress {
            online_count: self.online_count,
            packet_count: told.clone().count() as u64 + self.record.packets_untold,
            folded_count: told
                .clone()
                .filter(|packet| packet.flight.is_none())
                .count() as u64,
            coverage_mean: self.record.everyone.mean(),
            lost_count: told.filter(|packet| packet.row.lost_us.is_some()).count() as u64,
        }
    }

    /// The digest of all facts so far, 32 hexadecimal digits.
    #[must_use]
    pub fn digest_hex(&self) -> String {
        self.digest.hex()
    }

    /// Ends the run and gives what is left of it.
    #[must_use]
    pub fn finish(mut self, now_us: u64, end: RunEnd) -> Finished {
        self.advance(now_us);
        self.flush_traffic(now_us);
        self.fold_all(now_us);
        self.finish_nodes(now_us);
        let mut record = self.record;
        record.digest = self.digest.hex();
        record.end = end;
        record.virtual_us = now_us;
        record.peer_count = self.config.node_count;
        record.names = self.config.names;
        record.gauges = Some(self.gauges);
        record.traffic.timeline = Some(self.timeline);
        record.packets = self
            .packets
            .into_iter()
            .flatten()
            .map(|packet| packet.row)
            .collect();
        Finished {
            record,
            trace: self.trace,
        }
    }

    /// Takes all samples that were due before `now_us`: nothing changed in between.
    #[inline]
    pub(super) fn advance(&mut self, now_us: u64) {
        if now_us >= self.sample_due_us {
            self.sample_until(now_us);
        }
    }

    /// Begins to follow a packet, or only counts it if there are too many.
    pub(super) fn track(&mut self, row: PacketRow, tracked: Tracked) {
        let (number, slot) = (row.packet, row.packet as usize);
        if slot >= PACKET_COUNT_MAX {
            self.record.packets_untold += 1;
            return;
        }
        if slot >= self.packets.len() {
            self.packets.resize_with(slot + 1, || None);
        }
        let second = self.sample_due_us / SAMPLE_US;
        self.samples_due[(second % SAMPLE_SLOT_COUNT) as usize].push(number);
        let is_waited_for = tracked.is_waited_for();
        self.packets[slot] = Some(tracked);
        let group = self.groups.group_mut(row.group);
        group.packets.push(number);
        if is_waited_for {
            group.in_flight.push(number);
        } else {
            self.fold(number, row.published_us);
        }
    }

    /// Folds a packet that nobody stable waits for any more, or not any longer.
    pub(super) fn fold(&mut self, number: u32, now_us: u64) {
        let Some(Some(packet)) = self.packets.get_mut(number as usize) else {
            return;
        };
        if packet.flight.is_none() {
            return;
        }
        if let Some(partition) = packet.partition {
            let partition = &mut self.record.partitions[usize::from(partition)];
            if packet.is_waited_for() {
                partition.unhealed_count += 1;
            } else if let Some(until_us) = partition.until_us {
                partition.heal_us = partition.heal_us.max(now_us - until_us);
            }
        }
        packet.fold(&mut self.record.curve);
        let group = self.groups.group_mut(packet.row.group);
        group.in_flight.retain(|other| *other != number);
    }

    #[cold]
    fn sample_until(&mut self, now_us: u64) {
        while self.sample_due_us <= now_us {
            let at_us = self.sample_due_us;
            self.sample_due_us += SAMPLE_US;
            self.flush_traffic(at_us - 1);
            self.sample_gauges(at_us);
            let slot = (at_us / SAMPLE_US % SAMPLE_SLOT_COUNT) as usize;
            for number in std::mem::take(&mut self.samples_due[slot]) {
                self.sample_packet(number, at_us);
            }
        }
    }

    fn flush_traffic(&mut self, at_us: u64) {
        for (kind, bytes) in self.bytes_recent.iter_mut().enumerate() {
            let bytes = std::mem::take(bytes);
            if bytes > 0 {
                self.timeline.add(at_us, kind, bytes);
            }
        }
    }

    fn sample_gauges(&mut self, at_us: u64) {
        let at_us = at_us - 1;
        self.gauges.add(at_us, Gauge::Samples as usize, 1);
        self.gauges
            .add(at_us, Gauge::Online as usize, u64::from(self.online_count));
        self.gauges
            .add(at_us, Gauge::CacheBytes as usize, self.cache_bytes);
        self.gauges
            .add(at_us, Gauge::CachePackets as usize, self.cache_count);
    }

    /// Samples one packet and puts it in line for its next sample.
    fn sample_packet(&mut self, number: u32, at_us: u64) {
        let Some(Some(packet)) = self.packets.get(number as usize) else {
            return;
        };
        if packet.is_over {
            return;
        }
        let age_us = at_us - packet.row.published_us;
        let step_us = sample_step_us(age_us);
        if let Some(group) = self.groups.group(packet.row.group)
            && group.online_count > 0
        {
            let holders = packet.holders.count_shared(&group.online);
            let share = f64::from(holders) / f64::from(group.online_count);
            let is_settled = age_us >= self.config.settle_us;
            self.record.everyone.add(age_us, step_us, share, is_settled);
        }
        let is_overdue = packet.flight.is_some() && age_us >= self.config.flight_us_max;
        let slot = ((at_us + step_us) / SAMPLE_US % SAMPLE_SLOT_COUNT) as usize;
        self.samples_due[slot].push(number);
        if is_overdue {
            self.fold(number, at_us);
        }
    }

    /// Folds what is in flight; incomplete packets that are too young are marked.
    fn fold_all(&mut self, now_us: u64) {
        for number in 0..self.packets.len() as u32 {
            let Some(packet) = &mut self.packets[number as usize] else {
                continue;
            };
            let age_us = now_us - packet.row.published_us;
            if !packet.is_over && packet.row.lost_us.is_none() {
                packet.row.watched_us = age_us;
            }
            if packet.is_waited_for() && age_us < self.config.young_us {
                packet.row.is_unfinished = true;
                packet.flight = None;
            }
            self.fold(number, now_us);
        }
    }

    fn finish_nodes(&mut self, now_us: u64) {
        for node in &self.nodes {
            self.record.churn.online_us += node.online_total_us(now_us);
            if node.online_total_us(now_us) > 0 {
                self.record.caches.bytes.add(node.cache_bytes);
                self.record.caches.counts.add(u64::from(node.cache_count));
            }
        }
        self.record.loads = nodes::loads(&self.nodes, &self.config.names.classes, now_us);
        self.record.map = self.map(now_us);
    }
}

/// Packets above this number are counted only.
pub const PACKET_COUNT_MAX: usize = 1 << 20;
/// Each second, as virtual time goes.
const SAMPLE_US: u64 = 1_000_000;
/// More than the longest step between two samples, in seconds.
const SAMPLE_SLOT_COUNT: u64 = 64;

#[cfg(test)]
mod tests;
