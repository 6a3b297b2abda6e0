//! The facts about packets.

use super::{
    bits::Bits,
    facts::{Delivery, Publication},
    packets::{PacketRow, Tracked},
    record::{MAP_NODE_COUNT_MAX, Map, MapNode, TraceRow},
    recorder::Recorder,
};

/// Packets.
impl Recorder {
    /// Somebody publishes a packet.
    pub fn published(&mut self, now_us: u64, publication: Publication) {
        self.advance(now_us);
        let Publication {
            packet,
            by,
            group,
            bytes,
        } = publication;
        let rest = u64::from(group) << 32 | u64::from(bytes);
        self.digest.fact(10, now_us, packet, by, rest);
        let row = PacketRow {
            packet,
            by,
            group,
            bytes,
            published_us: now_us,
            ..PacketRow::default()
        };
        let publisher = self.groups.index(by, group);
        let mut waiting = self.groups.group_mut(group).online.clone();
        publisher.map(|index| waiting.remove(index));
        let mut tracked = Tracked::new(row.clone(), waiting);
        publisher.map(|index| tracked.holders.insert(index));
        self.track(row, tracked);
        let delivery = Delivery {
            packet,
            node: by,
            from: by,
            hops: 0,
        };
        self.trace(now_us, delivery);
    }

    /// A node gets a packet that it did not have, whether it subscribes to it or not.
    pub fn delivered(&mut self, now_us: u64, delivery: Delivery) {
        self.advance(now_us);
        let Delivery {
            packet: number,
            node,
            from,
            hops,
        } = delivery;
        self.digest.fact(
            11,
            now_us,
            number,
            node,
            u64::from(from) << 16 | u64::from(hops),
        );
        self.trace(now_us, delivery);
        self.note_held(now_us, number, node);
        let Some(Some(packet)) = self.packets.get_mut(number as usize) else {
            return;
        };
        let Some(index) = self.groups.index(node, packet.row.group) else {
            return;
        };
        if !packet.holders.insert(index) {
            return;
        }
        self.record.traffic.delivery_count += 1;
        self.record.traffic.delivered_bytes += u64::from(packet.row.bytes);
        if !packet.arrived(now_us, index) {
            let since_us = self.nodes[node as usize]
                .online_since_us
                .max(packet.row.published_us);
            self.record
                .churn
                .newcomer_delays_us
                .add(now_us.saturating_sub(since_us));
        } else if !packet.is_waited_for() {
            self.fold(number, now_us);
        }
    }

    /// A node receives a copy of a packet; `is_first` if it had none in this life of it.
    ///
    /// Copies at nodes that were not online throughout since the packet was published are counted
    /// apart: those nodes get it by comparing caches.
    pub fn copied(&mut self, now_us: u64, packet: u32, node: u32, is_first: bool) {
        self.advance(now_us);
        self.digest
            .fact(12, now_us, packet, node, u64::from(is_first));
        let Some(Some(packet)) = self.packets.get_mut(packet as usize) else {
            return;
        };
        let row = &mut packet.row;
        let (copies, firsts) = if self.nodes[node as usize].online_since_us <= row.published_us {
            (&mut row.copy_count, &mut row.first_count)
        } else {
            (&mut row.newcomer_copy_count, &mut row.newcomer_first_count)
        };
        *copies += 1;
        *firsts += u64::from(is_first);
    }

    /// One more cache that will come back holds a packet; a lost one is lost no more.
    pub fn replica_added(&mut self, now_us: u64, packet: u32) {
        self.advance(now_us);
        self.digest.fact(13, now_us, packet, 0, 0);
        if let Some(Some(packet)) = self.packets.get_mut(packet as usize) {
            packet.replica_count += 1;
            packet.row.lost_us = None;
        }
    }

    /// One cache less holds a packet; with the last one it is lost.
    pub fn replica_removed(&mut self, now_us: u64, packet: u32) {
        self.advance(now_us);
        self.digest.fact(14, now_us, packet, 0, 0);
        if let Some(Some(packet)) = self.packets.get_mut(packet as usize) {
            packet.replica_count -= 1;
            if packet.replica_count == 0 {
                packet.lose(now_us);
            }
        }
    }

    /// A packet exists nowhere any more although it should.
    pub fn lost(&mut self, now_us: u64, packet: u32) {
        self.advance(now_us);
        self.digest.fact(15, now_us, packet, 0, 0);
        if let Some(Some(packet)) = self.packets.get_mut(packet as usize) {
            packet.lose(now_us);
        }
    }

    /// A packet has lived as long as it was meant to; nothing is asked of it from now on.
    pub fn expired(&mut self, now_us: u64, packet: u32) {
        self.advance(now_us);
        self.digest.fact(16, now_us, packet, 0, 0);
        self.note_expiry(packet);
        let Some(Some(tracked)) = self.packets.get_mut(packet as usize) else {
            return;
        };
        if std::mem::replace(&mut tracked.is_over, true) {
            return;
        }
        if tracked.row.lost_us.is_none() {
            tracked.row.watched_us = now_us - tracked.row.published_us;
        }
        tracked.holders = Bits::default();
        let group = tracked.row.group;
        self.fold(packet, now_us);
        self.groups
            .group_mut(group)
            .packets
            .retain(|other| *other != packet);
    }

    fn trace(&mut self, now_us: u64, delivery: Delivery) {
        let Delivery {
            packet,
            node,
            from,
            hops,
        } = delivery;
        let row = TraceRow {
            at_us: now_us,
            packet,
            node,
            from,
            hops,
        };
        let is_traced = packet < self.config.trace_packet_count;
        if is_traced && self.trace.len() < self.config.trace_row_count_max {
            self.trace.push(row);
        }
        let stride = map_stride(self.config.node_count);
        let tracked = self.packets.get(packet as usize).and_then(Option::as_ref);
        let is_in_flight = tracked.is_some_and(|tracked| tracked.flight.is_some());
        if packet == self.config.map_packet && node % stride == 0 && is_in_flight {
            let is_full = self.map_spread.len() >= MAP_NODE_COUNT_MAX as usize;
            self.map_spread.extend((!is_full).then_some(row));
        }
    }

    pub(super) fn map(&mut self, now_us: u64) -> Map {
        let stride = map_stride(self.config.node_count);
        let shown = (0..self.config.node_count).step_by(stride as usize);
        let nodes = shown.map(|node| {
            let state = &self.nodes[node as usize];
            let load = state.load(now_us).unwrap_or(0.0);
            MapNode {
                node,
                class: state.class,
                region: state.region,
                load,
            }
        });
        let packet = self
            .packets
            .get(self.config.map_packet as usize)
            .and_then(Option::as_ref);
        Map {
            nodes: nodes.collect(),
            published_us: packet.map_or(0, |packet| packet.row.published_us),
            spread: std::mem::take(&mut self.map_spread),
        }
    }
}

fn map_stride(node_count: u32) -> u32 {
    node_count.div_ceil(MAP_NODE_COUNT_MAX).max(1)
}
