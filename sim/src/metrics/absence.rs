//! Packets for nodes that are away: a sender publishes, and the recipient comes back later.

use serde::{Deserialize, Serialize};

use super::recorder::Recorder;

/// A packet that was published while a node was away that is to have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The packet.
    pub packet: u32,
    /// Who was away.
    pub node: u32,
    /// How long after publication the node was to come back, in microseconds.
    pub return_after_us: u64,
    /// When it did; none if the run ended first.
    pub returned_us: Option<u64>,
    /// Whether the packet had expired by then.
    pub is_late: bool,
    /// When it held the packet.
    pub held_us: Option<u64>,
}

/// Nodes that are away.
impl Recorder {
    /// A packet was published for a node that is away and comes back after a while.
    pub fn awaited(&mut self, now_us: u64, packet: u32, node: u32, return_after_us: u64) {
        self.advance(now_us);
        self.digest.fact(22, now_us, packet, node, return_after_us);
        self.record.absences.push(Absence {
            packet,
            node,
            return_after_us,
            ..Absence::default()
        });
    }

    /// Notes that a node is back.
    pub(super) fn note_return(&mut self, now_us: u64, node: u32) {
        for absence in &mut self.record.absences {
            if absence.node == node && absence.returned_us.is_none() {
                absence.returned_us = Some(now_us);
            }
        }
    }

    /// Notes that a node holds a packet.
    pub(super) fn note_held(&mut self, now_us: u64, packet: u32, node: u32) {
        for absence in &mut self.record.absences {
            if (absence.packet, absence.node) == (packet, node) {
                absence.held_us.get_or_insert(now_us);
            }
        }
    }

    /// Notes that a packet's time is up.
    pub(super) fn note_expiry(&mut self, packet: u32) {
        for absence in &mut self.record.absences {
            absence.is_late |= absence.packet == packet && absence.returned_us.is_none();
        }
    }
}
