//! Tells the network what we take part in, and brings those together who do.

use super::Peer;
use crate::relay::{Address, Now, packet::Packet};

impl Peer {
    pub(super) fn on_join(&mut self, now: Now, from: Address, packet: &Packet) {
        let _ = (now, from, packet);
    }
}
