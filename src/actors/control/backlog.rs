//! What a subscription begins with: the messages that the cache held, oldest first.

use std::collections::{BTreeSet, VecDeque};

use super::listed::Listed;
use crate::relay::packet::{Field, Packet};

/// Messages that one subscription has not got yet, and the ids of all that it had to begin with.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<Listed>,
    ids: BTreeSet<Field>,
}

impl Backlog {
    /// A backlog of these messages.
    pub(super) fn new(messages: Vec<Listed>) -> Self {
        let ids = messages.iter().map(|listed| listed.packet.packet_id);
        Self {
            ids: ids.collect(),
            waiting: messages.into(),
        }
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Option<Listed> {
        self.waiting.pop_front()
    }

    /// Whether nothing is left to be delivered.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a message was among them; it comes as an event, too, if it was kept just before.
    pub(super) fn has(&self, packet: &Packet) -> bool {
        self.ids.contains(&packet.packet_id)
    }
}
