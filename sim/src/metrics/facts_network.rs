//! The facts about datagrams, links and the network.

use super::{
    facts::Via,
    numbers::nearest_rank,
    packets::QUANTILES,
    record::{LinkCell, Partition},
    recorder::Recorder,
};

/// Datagrams and the network.
impl Recorder {
    /// A node sends a datagram.
    #[inline]
    pub fn sent(&mut self, now_us: u64, kind: u8, from: u32, bytes: u32) {
        self.advance(now_us);
        self.digest
            .fact(17 | u32::from(kind) << 8, now_us, from, bytes, 0);
        self.nodes[from as usize].sent_bytes += u64::from(bytes);
        self.record.traffic.datagrams[usize::from(kind)] += 1;
        self.record.traffic.bytes[usize::from(kind)] += u64::from(bytes);
        self.bytes_recent[usize::from(kind)] += u64::from(bytes);
    }

    /// A node receives a datagram.
    #[inline]
    pub fn received(&mut self, now_us: u64, kind: u8, from: u32, to: u32, bytes: u32) {
        self.advance(now_us);
        self.digest.fact(
            18 | u32::from(kind) << 8,
            now_us,
            from,
            to,
            u64::from(bytes),
        );
        let state = &mut self.nodes[to as usize];
        state.received_bytes += u64::from(bytes);
        let column = usize::from(state.region);
        let row = usize::from(self.nodes[from as usize].region);
        let region_count = self.config.names.regions.len();
        if let Some(sum) = self
            .record
            .traffic
            .region_bytes
            .get_mut(row * region_count + column)
        {
            *sum += u64::from(bytes);
        }
    }

    /// A datagram is dropped on its way.
    #[inline]
    pub fn dropped(&mut self, now_us: u64, reason: u8) {
        self.advance(now_us);
        self.digest.fact(19, now_us, u32::from(reason), 0, 0);
        self.record.traffic.drops[usize::from(reason)] += 1;
    }

    /// The subscribers of a packet could get it this long after publication at best, in microseconds.
    pub fn floors(&mut self, mut delays_us: Vec<u64>) {
        delays_us.sort_unstable();
        delays_us
            .iter()
            .for_each(|delay_us| self.record.floor.add(*delay_us));
        for (level, q) in QUANTILES.into_iter().enumerate() {
            let rank = nearest_rank(delays_us.len(), q);
            if let Some(delay_us) = rank.and_then(|rank| delays_us.get(rank)) {
                self.record.floors[level].add(*delay_us);
            }
        }
    }

    /// The network falls into parts.
    pub fn partition_began(&mut self, now_us: u64) {
        self.advance(now_us);
        self.digest.fact(20, now_us, 0, 0, 0);
        if !std::mem::replace(&mut self.is_partitioned, true) {
            self.record.partitions.push(Partition {
                from_us: now_us,
                ..Partition::default()
            });
        }
    }

    /// The network is whole again; the packets in flight now are those to be healed.
    pub fn partition_ended(&mut self, now_us: u64) {
        self.advance(now_us);
        self.digest.fact(21, now_us, 0, 0, 0);
        if !std::mem::take(&mut self.is_partitioned) {
            return;
        }
        let index = self.record.partitions.len() - 1;
        let partition = &mut self.record.partitions[index];
        partition.until_us = Some(now_us);
        for packet in self
            .packets
            .iter_mut()
            .flatten()
            .filter(|packet| packet.is_waited_for())
        {
            packet.partition = u16::try_from(index).ok();
            partition.packet_count += 1;
        }
    }

    /// Anything else that two equal runs must have in common.
    pub fn noted(&mut self, now_us: u64, what: u32, a: u32, b: u32, c: u64) {
        self.advance(now_us);
        self.digest.fact(what << 8 | 22, now_us, a, b, c);
    }

    /// A node of class `from` has a link to one of class `to`, this long after it asked.
    pub fn linked(&mut self, now_us: u64, from: u8, to: u8, elapsed_us: u64, via: Via) {
        self.advance(now_us);
        let pair = u32::from(from) << 8 | u32::from(to);
        self.digest.fact(7, now_us, pair, via as u32, elapsed_us);
        let cell = self.link_cell(from, to);
        match via {
            Via::Direct => cell.direct += 1,
            Via::Punched => cell.punched += 1,
            Via::Proxied => cell.proxied += 1,
        }
        cell.times_us.add(elapsed_us);
    }

    /// A node of class `from` gave up connecting to one of class `to`.
    pub fn link_failed(&mut self, now_us: u64, from: u8, to: u8) {
        self.advance(now_us);
        self.digest
            .fact(8, now_us, u32::from(from), u32::from(to), 0);
        self.link_cell(from, to).failed += 1;
    }

    fn link_cell(&mut self, from: u8, to: u8) -> &mut LinkCell {
        let class_count = self.config.names.classes.len();
        &mut self.record.links[usize::from(from) * class_count + usize::from(to)]
    }
}
