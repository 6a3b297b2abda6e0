//! Meets the peers that somebody told us of.

use super::Peer;
use crate::relay::{Address, Now, packet::Packet};

impl Peer {
    pub(super) fn on_intro(&mut self, now: Now, from: Address, packet: &Packet) {
        let _ = (now, from, packet);
    }
}
