//! Peers that turn up at another address than the one where we know them.
//!
//! A peer whose id is bound to a key moves as soon as it has proved itself with that key at the new
//! address and sees us where we are (in [`Peer::link_shown`]). Any other moves only if it also
//! answers no more where it was: otherwise anybody could say to be it, or pass on to it what we
//! ask and to us what it signs, and so take what is meant for it.

use std::{collections::BTreeMap, time::Duration};

use super::{Peer, links::Shown, proof::Purpose};
use crate::relay::{Now, PeerId, Time};

/// Moves that are being watched, and those that were refused a while ago.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves {
    moves: BTreeMap<PeerId, Move>,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    shown: Shown,
    /// Whether it has shown the key of its id.
    is_bound: bool,
    started_at: Time,
    pings: u32,
    due: Time,
}

impl Moves {
    pub(super) fn due(&self) -> Time {
        let dues = self.moves.values().map(|own| own.due);
        dues.min().unwrap_or(Time::NEVER)
    }

    pub(super) fn len(&self) -> usize {
        self.moves.len()
    }

    pub(super) fn remove(&mut self, peer: &PeerId) {
        self.moves.remove(peer);
    }
}

impl Peer {
    /// Somebody has proved to be at a new address, but not to be the peer: watches whether
    /// the peer still answers at the old one. Who has shown the key of its id comes before
    /// those who have not.
    pub(super) fn watch_move(&mut self, now: Now, shown: Shown, is_bound: bool) {
        let moves = &mut self.moves.moves;
        let known = moves.get(&shown.peer);
        if known.is_some_and(|known| known.is_bound || !is_bound) {
            return;
        }
        if known.is_none() && moves.len() >= MOVES_MAX {
            let mut others = moves.iter().filter(|_| is_bound);
            let other = others.find(|(_, own)| !own.is_bound);
            let Some(other) = other.map(|(peer, _)| *peer) else {
                return;
            };
            moves.remove(&other);
        }
        let watched = Move {
            shown,
            is_bound,
            started_at: now.time,
            pings: 0,
            due: now.time,
        };
        self.moves.moves.insert(shown.peer, watched);
        self.moves_timeout(now);
    }

    pub(super) fn moves_timeout(&mut self, now: Now) {
        let moves = self.moves.moves.iter();
        let due: Vec<PeerId> = moves
            .filter(|(_, own)| own.due <= now.time)
            .map(|(peer, _)| *peer)
            .collect();
        for peer in due {
            self.continue_move(now, peer);
        }
    }

    fn continue_move(&mut self, now: Now, peer: PeerId) {
        let (Some(own), Some(entry)) = (self.moves.moves.get(&peer), self.table.get(&peer)) else {
            self.moves.remove(&peer);
            return;
        };
        let own = *own;
        let is_there = entry.last_proved > own.started_at;
        let (to, is_over) = (entry.address, own.pings >= STAY_PINGS);
        let Some((wire, _)) = self.route(entry) else {
            self.moves.remove(&peer);
            return;
        };
        if is_there {
            self.refuse_move(now, &peer);
        } else if is_over {
            self.moves.remove(&peer);
            if let Some(entry) = self.table.get_mut(&peer) {
                entry.is_proved = false;
            }
            self.link_shown(now, own.shown, None);
        } else {
            let token = self.challenge(now, to, Purpose::Stay, Some(peer), None);
            let ping = self.life_ping(token);
            self.send_ping(wire, to, &ping);
            if let Some(own) = self.moves.moves.get_mut(&peer) {
                own.pings += 1;
                own.due = now.time + STAY_WAIT;
            }
        }
    }

    /// The peer is where it was; who says to be it elsewhere is not heard again for a while.
    fn refuse_move(&mut self, now: Now, peer: &PeerId) {
        let Some(own) = self.moves.moves.get_mut(peer) else {
            return;
        };
        if own.pings == REFUSED {
            self.moves.remove(peer);
        } else {
            own.pings = REFUSED;
            own.due = now.time + REFUSAL;
        }
    }
}

/// Pings to the old address before it is taken to be silent.
const STAY_PINGS: u32 = 3;
/// How long each may take.
const STAY_WAIT: Duration = Duration::from_millis(700);
/// How long a refused move is not tried again.
const REFUSAL: Duration = Duration::from_secs(10);
/// Marks a move that was refused.
const REFUSED: u32 = u32::MAX;
/// Moves that are watched at once.
pub(super) const MOVES_MAX: usize = 32;
