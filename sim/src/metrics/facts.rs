//! The facts that a [`Recorder`] takes, and those about nodes.

use super::{nodes::OFFLINE, recorder::Recorder};

/// That somebody publishes a packet. Packets are numbered from zero in order of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The packet's number.
    pub packet: u32,
    /// Who publishes it.
    pub by: u32,
    /// The group whose members want it.
    pub group: u32,
    /// Its size.
    pub bytes: u32,
}

/// That a node gets a packet that it did not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which packet.
    pub packet: u32,
    /// Who gets it.
    pub node: u32,
    /// From whom.
    pub from: u32,
    /// Over how many hops.
    pub hops: u16,
}

/// With what a node comes online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// With everything that it had.
    Warm,
    /// With nothing: in truth somebody else.
    Cold,
}

/// How a link came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Straight away.
    Direct,
    /// Through holes that both sides made in their NATs.
    Punched,
    /// Through a third node.
    Proxied,
}

/// Nodes.
impl Recorder {
    /// Says of what class a node is and where.
    pub fn place(&mut self, node: u32, class: u8, region: u8) {
        self.digest
            .fact(1, 0, node, u32::from(class), u64::from(region));
        let node = &mut self.nodes[node as usize];
        (node.class, node.region) = (class, region);
    }

    /// A node wants all packets of a group from now on.
    pub fn subscribes(&mut self, node: u32, group: u32) {
        self.digest.fact(2, 0, node, group, 0);
        let is_online = self.nodes[node as usize].is_online();
        self.groups.subscribe(node, group, is_online);
    }

    /// A node comes online.
    pub fn online(&mut self, now_us: u64, node: u32, with: Return) {
        self.advance(now_us);
        self.digest.fact(3, now_us, node, with as u32, 0);
        let state = &mut self.nodes[node as usize];
        if state.is_online() {
            return;
        }
        state.online_since_us = now_us;
        self.note_return(now_us, node);
        self.online_count += 1;
        self.record.churn.arrivals += 1;
        for membership in self.groups.of(node).collect::<Vec<_>>() {
            let group = self.groups.group_mut(membership.group);
            group.set_online(membership.index, true);
            if with == Return::Cold {
                for number in &group.packets {
                    if let Some(packet) = &mut self.packets[*number as usize] {
                        packet.holders.remove(membership.index);
                    }
                }
            }
        }
    }

    /// A node goes offline.
    pub fn offline(&mut self, now_us: u64, node: u32) {
        self.advance(now_us);
        self.digest.fact(4, now_us, node, 0, 0);
        let state = &mut self.nodes[node as usize];
        if !state.is_online() {
            return;
        }
        state.online_us = state.online_total_us(now_us);
        state.online_since_us = OFFLINE;
        self.online_count -= 1;
        self.record.churn.departures += 1;
        let mut complete = Vec::new();
        for membership in self.groups.of(node).collect::<Vec<_>>() {
            let group = self.groups.group_mut(membership.group);
            group.set_online(membership.index, false);
            for number in &group.in_flight {
                let Some(packet) = &mut self.packets[*number as usize] else {
                    continue;
                };
                packet.left(membership.index);
                if !packet.is_waited_for() {
                    complete.push(*number);
                }
            }
        }
        complete
            .into_iter()
            .for_each(|number| self.fold(number, now_us));
    }

    /// A node's cache now holds this much.
    pub fn cache(&mut self, now_us: u64, node: u32, bytes: u64, count: u32) {
        self.advance(now_us);
        self.digest.fact(5, now_us, node, count, bytes);
        let state = &mut self.nodes[node as usize];
        self.cache_bytes = self.cache_bytes - state.cache_bytes + bytes;
        self.cache_count = self.cache_count - u64::from(state.cache_count) + u64::from(count);
        (state.cache_bytes, state.cache_count) = (bytes, count);
        self.record.caches.bytes_max = self.record.caches.bytes_max.max(bytes);
    }

    /// A cache threw out a packet of this age.
    pub fn evicted(&mut self, now_us: u64, node: u32, age_us: u64) {
        self.advance(now_us);
        self.digest.fact(6, now_us, node, 0, age_us);
        self.record.caches.eviction_ages_us.add(age_us);
    }

    /// A node compared what it has with somebody else's: this many bytes went to and fro, and
    /// this many packets were missing on either side.
    pub fn synced(&mut self, now_us: u64, node: u32, bytes: u64, difference_count: u32) {
        self.advance(now_us);
        self.digest.fact(9, now_us, node, difference_count, bytes);
        let syncs = &mut self.record.syncs;
        syncs.count += 1;
        syncs.bytes += bytes;
        syncs.differences += u64::from(difference_count);
        let bin = (u32::BITS - difference_count.leading_zeros()) as usize;
        if bin >= syncs.bins.len() {
            syncs.bins.resize(bin + 1, (0, 0, 0));
        }
        syncs.bins[bin].0 += 1;
        syncs.bins[bin].1 += u64::from(difference_count);
        syncs.bins[bin].2 += bytes;
    }
}
