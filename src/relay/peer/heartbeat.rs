//! Keeps links alive and lets go of those that are dead.
//!
//! Once each keepalive every neighbour that was not heard for most of that time is pinged; after
//! [`MISSED_MAX`] pings without an answer it is gone. What else is due now and then hangs on
//! the same beat.

use std::time::Duration;

use rand::Rng;

use super::{
    Event, LinkVia, Peer,
    links::{Attempt, Shown},
    proof::Purpose,
    table::Entry,
};
use crate::relay::{
    Address, Now, PeerId, Time,
    nat::{MAPPING_ENDPOINT_INDEPENDENT, NatType, Strategy, connection_strategy},
    packet::{Packet, PacketType},
};

/// When the heart beats, and what neighbours said of our address since.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    pub(super) due: Time,
    /// When anything was heard from a neighbour.
    pub(super) last_heard: Time,
    /// Who saw us elsewhere than we believe to be, and where.
    seen_elsewhere: Vec<(PeerId, Address)>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            due: Time::NEVER,
            last_heard: Time::ZERO,
            seen_elsewhere: Vec::new(),
        }
    }
}

impl Heartbeat {
    /// How many neighbours saw us elsewhere.
    pub(super) fn seen_count(&self) -> usize {
        self.seen_elsewhere.len()
    }
}

impl Peer {
    pub(super) fn heartbeat_timeout(&mut self, now: Now) {
        if now.time < self.heartbeat.due {
            return;
        }
        self.set_heartbeat(now);
        self.proof.forget_old(now.time);
        self.proof.close_accounts(now.time);
        self.forget_joins(now);
        self.prune(now);
        self.ping_silent(now);
        if self.is_ready() {
            self.call_contacts(now);
            self.call_proxied(now);
            self.rejoin(now);
        }
        let is_alone = now.time.since(self.heartbeat.last_heard) > self.config.keepalive;
        let is_better = self.reflection.is_provisional() && self.candidates().len() > 1;
        if !self.config.is_indexed && (is_alone || is_better) {
            self.reflect_again(now);
        }
    }

    /// The next beat: not at the same time as everybody else's.
    pub(super) fn set_heartbeat(&mut self, now: Now) {
        let percent = self.rng.random_range(100..=110);
        self.heartbeat.due = now.time + self.config.keepalive * percent / 100;
    }

    /// A neighbour answered a sign of life.
    pub(super) fn life_shown(&mut self, now: Now, shown: &Shown, observed: Option<Address>) {
        let Some(entry) = self.table.get_mut(&shown.peer) else {
            return;
        };
        if entry.address != shown.address {
            return;
        }
        entry.missed = 0;
        entry.last_heard = now.time;
        entry.nat = shown.nat.unwrap_or(entry.nat);
        entry.digest = shown.digest.or(entry.digest);
        if let Some(observed) = observed {
            self.observe(now, shown.peer, observed);
        }
    }

    /// A neighbour says where it sees us; if two agree that we have moved, we find out.
    fn observe(&mut self, now: Now, by: PeerId, observed: Address) {
        let Some(address) = self.address.filter(|_| !self.config.is_indexed) else {
            return;
        };
        let is_steady = self.nat.0 & MAPPING_ENDPOINT_INDEPENDENT == MAPPING_ENDPOINT_INDEPENDENT;
        let is_same =
            observed.ip() == address.ip() && (observed.port() == address.port() || !is_steady);
        let seen = &mut self.heartbeat.seen_elsewhere;
        seen.retain(|(peer, _)| *peer != by);
        if is_same {
            return;
        }
        if seen.len() >= OBSERVERS_MAX {
            seen.remove(0);
        }
        seen.push((by, observed));
        let agree = |(_, other): &&(PeerId, Address)| {
            if is_steady {
                *other == observed
            } else {
                other.ip() == observed.ip()
            }
        };
        if seen.iter().filter(agree).count() >= 2 {
            seen.clear();
            self.reflect_again(now);
        }
    }

    /// Tells the owner that a peer is gone, and whoever it carried for.
    pub(super) fn disconnected(&mut self, entry: &Entry) {
        self.moves.remove(&entry.peer_id);
        if let LinkVia::Punched(_) = entry.via {
            self.hold_sockets();
        }
        if entry.is_connected {
            self.event(Event::Disconnected(entry.neighbour()));
        }
        let via = LinkVia::Proxy(entry.peer_id);
        let carried = self.table.iter().filter(|other| other.via == via);
        let carried: Vec<PeerId> = carried.map(|other| other.peer_id).collect();
        for peer in carried {
            if let Some(other) = self.table.remove(&peer) {
                self.disconnected(&other);
            }
        }
    }

    /// Sends a ping that asks for no link.
    pub(super) fn send_ping(&mut self, wire: super::Wire, to: Address, message: Vec<u8>) {
        self.send(wire, to, &Packet::new(PacketType::PING, message));
    }

    fn prune(&mut self, now: Now) {
        let keepalive = self.config.keepalive;
        for entry in self.table.iter_mut() {
            let is_unanswered = entry.last_pinged > entry.last_heard;
            entry.missed = if is_unanswered { entry.missed + 1 } else { 0 };
        }
        let is_dead = |entry: &&Entry| match entry.via {
            LinkVia::Proxy(_) => now.time.since(entry.last_heard) > keepalive * PROXIED_KEEPALIVES,
            _ => entry.missed >= MISSED_MAX,
        };
        let dead: Vec<PeerId> = self
            .table
            .iter()
            .filter(is_dead)
            .map(|entry| entry.peer_id)
            .collect();
        for peer in dead {
            if let Some(entry) = self.table.remove(&peer) {
                self.disconnected(&entry);
            }
        }
    }

    fn ping_silent(&mut self, now: Now) {
        let silence = self.config.keepalive * 3 / 4;
        let silent = self
            .table
            .connected()
            .filter(|entry| now.time.since(entry.last_heard) >= silence);
        let silent: Vec<PeerId> = silent.map(|entry| entry.peer_id).collect();
        for peer in silent {
            let Some((wire, to)) = self.table.get(&peer).and_then(|entry| self.route(entry)) else {
                continue;
            };
            let token = self.challenge(now, to, Purpose::Life, Some(peer), None);
            let ping = self.life_ping(token).encode();
            self.send_ping(wire, to, ping);
            if let Some(entry) = self.table.get_mut(&peer) {
                entry.last_pinged = now.time;
            }
        }
    }

    /// Makes links with configured peers that there is none with.
    pub(super) fn call_contacts(&mut self, now: Now) {
        let is_linked = |address: Address| {
            let entry = self.table.by_address(address);
            entry.is_some_and(|entry| entry.is_connected)
        };
        let unlinked = self
            .contacts
            .iter()
            .filter(|contact| !is_linked(contact.address));
        let unlinked: Vec<Address> = unlinked.map(|contact| contact.address).collect();
        for address in unlinked {
            self.begin_link(now, address, Duration::ZERO, Attempt::new());
        }
    }

    /// Tries again to reach directly whom a proxy carries for, where that can work.
    fn call_proxied(&mut self, now: Now) {
        let is_reachable = |nat: NatType| {
            matches!(
                connection_strategy(self.nat, nat),
                Strategy::Direct | Strategy::Defer
            )
        };
        let proxied = self.table.iter().filter(|entry| !entry.is_direct());
        let proxied: Vec<Entry> = proxied
            .filter(|entry| is_reachable(entry.nat))
            .cloned()
            .collect();
        for entry in proxied {
            if self.proof.may_ping_unasked(now.time) {
                let attempt = Attempt {
                    peer: Some(entry.peer_id),
                    nat: entry.nat,
                    ..Attempt::new()
                };
                self.begin_link(now, entry.address, Duration::ZERO, attempt);
            }
        }
    }
}

/// Heartbeats in a row that a neighbour may miss.
const MISSED_MAX: u8 = 3;
/// For so many keepalives a peer is believed to be there that only a proxy knows of.
const PROXIED_KEEPALIVES: u32 = 10;
/// Neighbours whose view of us is compared.
pub(super) const OBSERVERS_MAX: usize = 8;
