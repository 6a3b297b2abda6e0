//! Pierces a NAT that maps each destination to another port (spec section 8).
//!
//! Between such a *hard* NAT and one that lets in only ports that were sent to, nobody knows
//! which port to use, so both guess: the hard side pings from many sockets, each of which has
//! a port of its own outside; the other side opens many random ports towards it. With 256
//! sockets and 1,024 ports, one pair fits with a probability of 98.35 %.
//!
//! This sends much on somebody else's word, so only neighbours that have proved themselves are
//! believed; one piercing at a time goes to one address, one is done on the word of one host, few
//! at all, and rarely. It has worked when the peer answers a ping of ours; a byte from anybody
//! proves nothing.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use core::net::Ipv4Addr;
use rand::{Rng, seq::index};

use super::{
    LinkVia, Output, Peer, Wire,
    links::Attempt,
    outbox::payload_of,
    proof::{Bucket, Purpose},
};
use crate::relay::{Address, Now, PeerId, Time, packet::PacketType};

/// Piercings that are under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Punching {
    by_ip: BTreeMap<Ipv4Addr, Piercing>,
    /// Where it was in vain, and when.
    failed: Vec<(Ipv4Addr, Time)>,
    allowed: Bucket,
    /// How many sockets were asked for last, and which of them were to be kept.
    held: (u16, Vec<u16>),
}

#[derive(Clone, Debug)]
struct Piercing {
    peer: PeerId,
    address: Address,
    attempt: Attempt,
    /// The host of whoever told of the peer.
    by: Option<Ipv4Addr>,
    side: Side,
    sent: usize,
    /// Pings for what came to our sockets, which anybody may have sent.
    answers: usize,
    due: Time,
}

#[derive(Clone, Debug)]
enum Side {
    /// Behind the hard NAT: the same ping from many sockets.
    Connect(Bytes),
    /// Behind the other one: opens these ports.
    Open(Vec<u16>),
}

impl Punching {
    pub(super) fn due(&self) -> Time {
        let dues = self.by_ip.values().map(|own| own.due);
        dues.min().unwrap_or(Time::NEVER)
    }

    pub(super) fn len(&self) -> usize {
        self.by_ip.len()
    }

    /// How many addresses were pierced in vain lately.
    pub(super) fn failed_count(&self) -> usize {
        self.failed.len()
    }

    /// How many sockets were to be kept when they were last asked for.
    pub(super) fn kept_count(&self) -> usize {
        self.held.1.len()
    }

    pub(super) fn has_peer(&self, peer: &PeerId) -> bool {
        self.by_ip.values().any(|own| own.peer == *peer)
    }

    fn is_connecting(&self) -> bool {
        let mut piercings = self.by_ip.values();
        piercings.any(|own| matches!(own.side, Side::Connect(_)))
    }
}

impl Peer {
    /// Begins to ping from many sockets.
    pub(super) fn begin_punching(&mut self, now: Now, address: Address, attempt: Attempt) {
        let token = self.challenge(now, address, Purpose::Punch, attempt.peer, attempt.subject);
        // Signed once, for a signature takes longer than all else that a ping takes.
        let ping = payload_of(&self.link_ping(token, attempt.subject));
        let side = Side::Connect(ping.unwrap_or_default());
        if self.pierce(now, address, attempt, side) {
            self.hold_sockets();
        }
    }

    /// Begins to open ports.
    pub(super) fn begin_opening(&mut self, now: Now, address: Address, attempt: Attempt) {
        let ports = index::sample(&mut self.rng.open(), PORT_COUNT, PROBES).into_iter();
        let ports = ports.filter_map(|port| u16::try_from(port + PORT_FIRST).ok());
        let side = Side::Open(ports.collect());
        self.pierce(now, address, attempt, side);
    }

    pub(super) fn punching_timeout(&mut self, now: Now) {
        let due = self.punching.by_ip.iter();
        let due: Vec<Ipv4Addr> = due
            .filter(|(_, own)| own.due <= now.time)
            .map(|(ip, _)| *ip)
            .collect();
        for ip in due {
            self.continue_piercing(now, ip);
        }
    }

    /// A link was made: nothing more is to be pierced for it.
    pub(super) fn stop_punching(&mut self, peer: &PeerId, wire: Wire) {
        let before = self.punching.len();
        self.punching.by_ip.retain(|_, own| own.peer != *peer);
        let is_kept = matches!(wire, Wire::Punch(_));
        self.is_sockets_due |= self.punching.len() < before || is_kept;
    }

    /// Something that is no packet came to one of the many sockets: if it is from a peer whose
    /// NAT is being pierced, the way is open, and a ping is sure to arrive.
    pub(super) fn on_opened(&mut self, wire: Wire, from: Address) {
        let Some(own) = self.punching.by_ip.get_mut(from.ip()) else {
            return;
        };
        if own.address == from
            && let Side::Connect(ping) = &own.side
            && own.answers < ANSWERS_MAX
        {
            own.answers += 1;
            let ping = ping.clone();
            self.transmit(wire, from, PacketType::PING.0, ping);
        }
    }

    pub(super) fn hold_sockets_if_due(&mut self) {
        if self.is_sockets_due {
            self.hold_sockets();
        }
    }

    /// Says which sockets are to be held: many while something is pierced, and those with links.
    pub(super) fn hold_sockets(&mut self) {
        self.is_sockets_due = false;
        let kept = self.kept_sockets();
        let is_connecting = self.punching.is_connecting();
        let count = if is_connecting { SOCKETS } else { 0 };
        let held = (count, kept.clone());
        if self.punching.held != held {
            self.punching.held = held;
            self.outbox.push(Output::HoldPunchSockets { count, kept });
        }
    }

    /// Sockets that carry a link, in order.
    fn kept_sockets(&self) -> Vec<u16> {
        let punched = self.table.iter().filter_map(|entry| match entry.via {
            LinkVia::Punched(number) => Some(number),
            LinkVia::Direct | LinkVia::Proxy(_) => None,
        });
        let mut kept: Vec<u16> = punched.collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    fn pierce(&mut self, now: Now, address: Address, attempt: Attempt, side: Side) -> bool {
        let Some(peer) = attempt.peer else {
            return false;
        };
        let introducer = attempt.introducer.and_then(|by| self.table.get(&by));
        let by = introducer.map(|entry| *entry.address.ip());
        let punching = &mut self.punching;
        let is_recent = |at: &Time| now.time.since(*at) < FAILED_WAIT;
        punching.failed.retain(|(_, at)| is_recent(at));
        let has_failed = punching.failed.iter().any(|(ip, _)| ip == address.ip());
        let is_free = punching.len() < PIERCINGS_MAX
            && !has_failed
            && !punching.by_ip.contains_key(address.ip())
            && !punching.by_ip.values().any(|own| own.by == by);
        let is_allowed = is_free
            && punching
                .allowed
                .take(now.time, PIERCINGS_PER_SECOND, PIERCINGS_BURST);
        if is_allowed {
            let piercing = Piercing {
                peer,
                address,
                attempt,
                by,
                side,
                sent: 0,
                answers: 0,
                due: now.time,
            };
            punching.by_ip.insert(*address.ip(), piercing);
        }
        is_allowed
    }

    fn continue_piercing(&mut self, now: Now, ip: Ipv4Addr) {
        let is_needless = self.has_enough();
        let Some(own) = self.punching.by_ip.get_mut(&ip) else {
            return;
        };
        if is_needless || own.sent >= PROBES {
            self.end_piercing(now, ip, is_needless);
            return;
        }
        let (address, sent) = (own.address, own.sent);
        match &own.side {
            Side::Connect(ping) => {
                let ping = ping.clone();
                own.sent += 1;
                own.due = now.time + CONNECT_PERIOD;
                self.ping_from_random(address, ping);
            }
            Side::Open(ports) => {
                let ports = ports.iter().skip(sent).take(OPEN_BATCH);
                let ports: Vec<u16> = ports.copied().collect();
                own.sent += OPEN_BATCH;
                own.due = now.time + OPEN_PERIOD;
                for port in ports {
                    let to = Address::new(ip, port);
                    self.transmit(Wire::Main, to, 0, Bytes::from_static(&[1]));
                }
            }
        }
    }

    /// Lets go of a piercing that was in vain, or is not needed any more.
    fn end_piercing(&mut self, now: Now, ip: Ipv4Addr, is_needless: bool) {
        let Some(own) = self.punching.by_ip.remove(&ip) else {
            return;
        };
        if is_needless {
            self.fall_back(now, own.address, own.attempt);
        } else {
            if self.punching.failed.len() >= FAILED_MAX {
                self.punching.failed.remove(0);
            }
            self.punching.failed.push((ip, now.time));
        }
        if matches!(own.side, Side::Connect(_)) {
            self.hold_sockets();
        }
        self.call_all(now);
    }

    /// Pings all neighbours: a NAT that was pierced may have forgotten them for it.
    pub(super) fn call_all(&mut self, now: Now) {
        self.ping_silent(now, Duration::ZERO);
    }

    fn ping_from_random(&mut self, to: Address, ping: Bytes) {
        let mut number = self.rng.random_range(0..SOCKETS);
        for kept in &self.punching.held.1 {
            number += u16::from(number >= *kept);
        }
        self.transmit(Wire::Punch(number), to, PacketType::PING.0, ping);
    }
}

/// Sockets that are held while a NAT is pierced.
pub(super) const SOCKETS: u16 = 256;
/// Pings from them, and ports that the other side opens.
const PROBES: usize = 1_024;
/// How often a ping goes out.
const CONNECT_PERIOD: Duration = Duration::from_millis(10);
/// How often ports are opened, and how many at once: all of them within two seconds.
const OPEN_PERIOD: Duration = Duration::from_millis(16);
const OPEN_BATCH: usize = 8;
/// Ports that a NAT may use.
const PORT_FIRST: usize = 1_024;
const PORT_COUNT: usize = 64_512;
/// Pings that answer what came to the many sockets.
const ANSWERS_MAX: usize = 32;
/// How long a host where it was in vain is let alone, and how many such are remembered.
const FAILED_WAIT: Duration = Duration::from_secs(30);
pub(super) const FAILED_MAX: usize = 64;
/// Piercings at once: more would have a small NAT forget our neighbours, and with one, a single
/// host that tells of peers that are not there would keep out all others; two that do still can.
pub(super) const PIERCINGS_MAX: usize = 2;
/// Piercings a second, and at once after a time without.
const PIERCINGS_PER_SECOND: u32 = 1;
const PIERCINGS_BURST: u32 = 8;

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};

    #[test]
    fn piercings_are_rare_even_if_each_is_over_at_once() {
        let mut town = Neighbourhood::new(1);
        let mut begun = 0;
        for number in 0..100 {
            let attempt = Attempt {
                peer: Some(peer_id(9)),
                ..Attempt::new()
            };
            let to = Address::new([7, 7, 7, number].into(), 80);
            town.peer.begin_opening(town.now, to, attempt);
            begun += town.peer.punching.len();
            town.peer.stop_punching(&peer_id(9), Wire::Main);
            if number == 50 {
                town.advance(2_000);
            }
        }
        let more = 2 * PIERCINGS_PER_SECOND as usize;
        assert_eq!(begun, PIERCINGS_BURST as usize + more);
    }

    #[test]
    fn whoever_tells_of_peers_that_are_not_there_keeps_out_nobody_else() {
        let mut town = Neighbourhood::new(3);
        let host = *address(1).ip();
        town.alter(2, |entry| entry.address = Address::new(host, 2));
        let mut begins = |number: u8, by: u8| {
            let attempt = Attempt {
                peer: Some(peer_id(100 + number)),
                introducer: Some(peer_id(by)),
                ..Attempt::new()
            };
            let to = Address::new([7, 7, 7, number].into(), 80);
            let before = town.peer.punching.len();
            town.peer.begin_opening(town.now, to, attempt);
            town.peer.punching.len() > before
        };
        assert!(begins(1, 1));
        assert!(!begins(2, 1), "one on its word");
        assert!(
            !begins(3, 2),
            "nor another on that of somebody else at its host"
        );
        assert!(begins(4, 3));
    }

    #[test]
    fn many_peers_at_one_host_do_not_keep_it_from_piercing_for_others() {
        let mut town = Neighbourhood::new(8);
        assert!(town.peer.has_enough());
        let host = *address(1).ip();
        for number in 2..=8 {
            let port = u16::from(number);
            town.alter(number, |entry| entry.address = Address::new(host, port));
        }
        assert!(!town.peer.has_enough());
    }
}
