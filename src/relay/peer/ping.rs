//! Asks for signs of life and answers.

use super::{Peer, Wire};
use crate::relay::{Address, Now, packet::Packet};

impl Peer {
    pub(super) fn on_ping(&mut self, now: Now, wire: Wire, from: Address, packet: &Packet) {
        let _ = (now, wire, from, packet);
    }

    pub(super) fn on_pong(&mut self, now: Now, wire: Wire, from: Address, packet: &Packet) {
        let _ = (now, wire, from, packet);
    }
}
