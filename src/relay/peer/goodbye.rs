//! Takes leave of neighbours, and finds out at once whether one that did has gone.
//!
//! A goodbye could be forged, so it is no more than a reason to ask: who answers none of a few
//! pings is gone, without the heartbeats that silence alone would take.
//!
//! Invariant: at most [`DOUBTS_MAX`] neighbours are in doubt, each of them once in [`PEACE`].

use std::{collections::BTreeMap, time::Duration};

use super::Peer;
use crate::relay::{
    Address, Now, PeerId, Time,
    packet::{Packet, PacketType, Token},
};

/// Neighbours that said goodbye.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubts(BTreeMap<PeerId, Doubt>);

#[derive(Clone, Debug)]
struct Doubt {
    /// When it said so.
    since: Time,
    due: Time,
    pings: u8,
}

impl Doubts {
    pub(super) fn due(&self) -> Time {
        let dues = self.0.values().map(|doubt| doubt.due);
        dues.min().unwrap_or(Time::NEVER)
    }
}

impl Peer {
    /// Says goodbye to neighbours of our kind, and is silent from then on.
    pub fn close(&mut self, _now: Now) {
        self.rest = None;
        if !self.is_open {
            return;
        }
        let goodbye = Packet::new(PacketType::GOODBYE, "{}");
        let neighbours = self.table.connected();
        let neighbours = neighbours.filter(|entry| entry.is_direct() && entry.key.is_some());
        let routes: Vec<_> = neighbours.filter_map(|entry| self.route(entry)).collect();
        for (wire, to) in routes {
            self.send(wire, to, &goodbye);
        }
        self.is_open = false;
    }

    pub(super) fn on_goodbye(&mut self, now: Now, from: Address) {
        let entry = self.table.by_address(from);
        let entry = entry.filter(|entry| entry.is_connected && entry.is_direct());
        let Some(peer) = entry.map(|entry| entry.peer_id) else {
            return;
        };
        if self.doubts.0.len() >= DOUBTS_MAX || self.doubts.0.contains_key(&peer) {
            return;
        }
        let doubt = Doubt {
            since: now.time,
            due: now.time,
            pings: 0,
        };
        self.doubts.0.insert(peer, doubt);
        self.doubts_timeout(now);
    }

    pub(super) fn doubts_timeout(&mut self, now: Now) {
        if now.time < self.doubts.due() {
            return;
        }
        let doubts = self.doubts.0.iter();
        let due: Vec<PeerId> = doubts
            .filter(|(_, doubt)| doubt.due <= now.time)
            .map(|(peer, _)| *peer)
            .collect();
        for peer in due {
            self.ask_whether_gone(now, peer);
        }
    }

    fn ask_whether_gone(&mut self, now: Now, peer: PeerId) {
        let entry = self.table.get(&peer).cloned();
        let (Some(doubt), Some(entry)) = (self.doubts.0.get_mut(&peer), entry) else {
            self.doubts.0.remove(&peer);
            return;
        };
        if entry.last_proved > doubt.since {
            if now.time >= doubt.since + PEACE {
                self.doubts.0.remove(&peer);
            } else {
                doubt.due = doubt.since + PEACE;
            }
        } else if doubt.pings >= PINGS_MAX {
            self.doubts.0.remove(&peer);
            self.table.remove(&peer);
            self.disconnected(&entry);
        } else {
            doubt.pings += 1;
            doubt.due = now.time + PING_GAP;
            let Some((wire, to)) = self.route(&entry) else {
                return;
            };
            let token = Token::from_random(self.pulse.make(now.time, to));
            let ping = self.life_ping(token);
            self.send_ping(wire, to, &ping);
        }
    }
}

/// Neighbours that may be in doubt at once; those beyond are given up by heartbeats.
const DOUBTS_MAX: usize = 64;
/// Pings until a neighbour counts as gone.
const PINGS_MAX: u8 = 3;
/// How long each may take to be answered.
const PING_GAP: Duration = Duration::from_millis(500);
/// How long nobody is doubted again who was there after all.
const PEACE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::peer::{Event, Output, neighbourhood::*};

    fn goodbye() -> Packet {
        Packet::new(PacketType::GOODBYE, "{}")
    }

    fn is_gone(town: &Neighbourhood) -> bool {
        let mut outputs = town.outputs.iter();
        outputs.any(|output| matches!(output, Output::Event(Event::Disconnected(_))))
    }

    #[test]
    fn who_said_goodbye_and_does_not_answer_is_gone_in_two_seconds() {
        let mut town = Neighbourhood::new(2);
        town.receive(1, &goodbye());
        town.advance(1_400);
        assert!(!is_gone(&town));
        for _ in 0..5 {
            town.advance(500);
        }
        assert!(is_gone(&town));
        assert!(town.peer.table.get(&peer_id(1)).is_none());
        assert!(town.peer.table.get(&peer_id(2)).is_some());
        assert_eq!(town.peer.doubts.due(), Time::NEVER);
    }

    #[test]
    fn a_forged_goodbye_changes_nothing_while_the_neighbour_answers() {
        let mut town = Neighbourhood::new(1);
        town.receive(1, &goodbye());
        town.advance(100);
        for _ in 0..100 {
            town.receive(1, &goodbye());
            town.advance(100);
            let proved = town.now.time;
            town.alter(1, |entry| entry.last_proved = proved);
        }
        assert!(!is_gone(&town));
        assert!(town.peer.table.get(&peer_id(1)).is_some());
        let mut town = Neighbourhood::new(1);
        town.receive(9, &goodbye());
        assert_eq!(town.peer.doubts.due(), Time::NEVER);
    }

    #[test]
    fn who_leaves_says_so_to_neighbours_of_our_kind_only_and_falls_silent() {
        let mut town = Neighbourhood::new(3);
        town.alter(2, |entry| entry.key = Some([7; 32]));
        town.sent.clear();
        town.peer.close(town.now);
        town.drain();
        let sent = town.sent.iter().map(|(to, packet)| (*to, packet.kind));
        let expected = (address(2), PacketType::GOODBYE);
        assert_eq!(sent.collect::<Vec<_>>(), [expected]);
        let wait = town.peer.poll_output(town.now);
        assert!(matches!(wait, Output::Wait(Time::NEVER)));
        // Who answered the question that follows would be taken to be there.
        let before = town.peer.counters.received;
        town.receive(2, &goodbye());
        assert_eq!(town.peer.counters.received, before);
    }
}
