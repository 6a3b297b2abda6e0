//! Meets the peers that somebody told us of.
//!
//! Only a neighbour that has proved itself is believed, one peer at a time: an introduction
//! makes us send to an address of somebody else's choice.

use std::time::Duration;

use core::net::Ipv4Addr;

use super::{LinkVia, Peer, links::Attempt, ping::MET_WAIT, proof::Subject, table::Entry};
use crate::relay::{
    Address, Now, PeerId,
    nat::{NatType, Strategy, connection_strategy},
    packet::{Field, Intro, Packet},
};

impl Peer {
    /// A neighbour tells us of somebody.
    pub(super) fn on_intro(&mut self, now: Now, from: Address, packet: &Packet) {
        let Ok(intro) = Intro::parse(&packet.message) else {
            self.counters.malformed += 1;
            return;
        };
        let me = self.identity.peer_id;
        let peer = intro.requester_peer_id;
        if peer == me || intro.responder_peer_id == me {
            return;
        }
        let introducer = self.table.by_address(from).filter(|entry| entry.is_proved);
        let Some(introducer) = introducer.map(|entry| entry.peer_id) else {
            return;
        };
        let address = Address::new(intro.address, intro.port);
        self.renew_proxied(now, &peer, &introducer);
        let is_under_way = self.links.has_peer(&peer) || self.punching.has_peer(&peer);
        let is_senseless = introducer == peer || Some(address) == self.address;
        if is_under_way
            || is_senseless
            || !may_name(from, address)
            || self.is_known_there(now, &peer, address, intro.nat_type)
            || !self.may_meet(now, &introducer)
        {
            return;
        }
        let subject = self.subject_of(&packet.into());
        self.meet(now, peer, address, intro.nat_type, introducer, subject);
    }

    /// Whether there is a link with an introduced peer already, and no sign that it moved: one
    /// that returns at another address may still be believed to be at the old one.
    fn is_known_there(&self, now: Now, peer: &PeerId, address: Address, nat: NatType) -> bool {
        let entry = self.table.get(peer);
        entry.is_some_and(|entry| {
            let has_moved = entry.address != address
                && nat.is_mapping_steady()
                && now.time.since(entry.last_proved) >= MET_WAIT;
            entry.is_connected && entry.is_direct() && !has_moved
        })
    }

    /// Whether one more may be met on the word of a neighbour: few at once and a second.
    fn may_meet(&mut self, now: Now, introducer: &PeerId) -> bool {
        let Some(entry) = self.table.get_mut(introducer) else {
            return false;
        };
        self.links.count_by(introducer) < MEETINGS_EACH_MAX
            && entry
                .intros
                .take(now.time, MEETINGS_PER_SECOND, MEETINGS_BURST)
            && self.proof.may_ping_unasked(now.time)
    }

    /// Does what the two NAT types call for.
    fn meet(
        &mut self,
        now: Now,
        peer: PeerId,
        address: Address,
        nat: NatType,
        introducer: PeerId,
        subject: Option<Subject>,
    ) {
        let attempt = Attempt {
            peer: Some(peer),
            subject,
            nat,
            introducer: Some(introducer),
            ..Attempt::new()
        };
        let strategy = connection_strategy(self.nat, nat);
        let strategy = match strategy {
            Strategy::TraversalOpen | Strategy::TraversalConnect if self.has_enough() => {
                Strategy::Proxy
            }
            strategy => strategy,
        };
        match strategy {
            Strategy::Direct | Strategy::Defer => {
                let wait = self.first_wait(strategy, nat, &peer);
                self.begin_link(now, address, wait, attempt);
            }
            Strategy::Proxy => self.fall_back(now, address, attempt),
            Strategy::TraversalOpen => {
                self.begin_opening(now, address, attempt);
                self.wait_for_proxy(now, address, attempt);
            }
            Strategy::TraversalConnect => {
                self.begin_punching(now, address, attempt);
                self.wait_for_proxy(now, address, attempt);
            }
        }
    }

    /// Whether so many are reached already that nobody has to be with a thousand datagrams, for
    /// which a small NAT forgets all the others. One host may be any number of peers, and counts
    /// once.
    pub(super) fn has_enough(&self) -> bool {
        let near = self.table.connected();
        let near = near.filter(|entry| entry.is_proved && !entry.is_indexed);
        let mut hosts = Vec::with_capacity(NEAR_ENOUGH);
        for entry in near {
            if !hosts.contains(entry.address.ip()) {
                hosts.push(*entry.address.ip());
            }
            if hosts.len() >= NEAR_ENOUGH {
                return true;
            }
        }
        false
    }

    /// How long to wait before the first ping: of two that can both be reached, one is enough;
    /// one who cannot be reached has to ping first.
    fn first_wait(&self, strategy: Strategy, nat: NatType, peer: &PeerId) -> Duration {
        let is_symmetric = self.nat == NatType::UNRESTRICTED && nat == NatType::UNRESTRICTED;
        let is_second = is_symmetric && self.identity.peer_id > *peer;
        if is_second || strategy == Strategy::Defer {
            SECOND_WAIT
        } else {
            Duration::ZERO
        }
    }

    /// Leaves the pings to the hole punching and falls back to the proxy in time.
    fn wait_for_proxy(&mut self, now: Now, address: Address, attempt: Attempt) {
        let attempt = Attempt {
            sent: Attempt::PINGS_MAX,
            ..attempt
        };
        self.begin_link(now, address, FALL_BACK_WAIT, attempt);
    }

    /// A peer that a proxy carries for was introduced again: it is there.
    fn renew_proxied(&mut self, now: Now, peer: &PeerId, introducer: &PeerId) {
        let is_proxied = |entry: &&mut Entry| entry.via == LinkVia::Proxy(*introducer);
        if let Some(entry) = self.table.get_mut(peer).filter(is_proxied) {
            entry.last_heard = now.time;
        }
    }
}

/// Whether a peer at one address may send us to another. A stranger far away must not have us
/// knock at what only we can reach: our own machine, or the network that it is in. Nor does
/// anybody live where a datagram goes to many.
fn may_name(introducer: Address, named: Address) -> bool {
    let ip = named.ip();
    let is_somebody = !ip.is_unspecified()
        && !ip.is_multicast()
        && !ip.is_broadcast()
        && ip.octets()[0] != 0
        && ip.octets()[0] < 240;
    let is_near = match scope(*ip) {
        Scope::Everywhere => true,
        Scope::Network => scope(*introducer.ip()) != Scope::Everywhere,
        Scope::Machine => scope(*introducer.ip()) == Scope::Machine,
    };
    is_somebody && is_near && named.port() != 0
}

/// From how far away an address can be reached.
fn scope(ip: Ipv4Addr) -> Scope {
    // Behind a carrier's NAT, 100.64/10 is a network of its own.
    let is_carrier = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
    if ip.is_loopback() {
        Scope::Machine
    } else if ip.is_private() || ip.is_link_local() || is_carrier {
        Scope::Network
    } else {
        Scope::Everywhere
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Machine,
    Network,
    Everywhere,
}

/// The time of an introduction, as decimal milliseconds since 1970.
pub(super) fn time_field(now: Now) -> Field {
    Field::new(now.unix_ms.to_string().as_bytes()).unwrap_or(Field::UNSET)
}

/// Peers that are met at once on the word of one neighbour.
const MEETINGS_EACH_MAX: usize = 16;
/// Peers a second, and at once, that are met on the word of one neighbour.
const MEETINGS_PER_SECOND: u32 = 4;
const MEETINGS_BURST: u32 = 32;
/// Hosts of neighbours, but for indexed ones, beyond which no NAT is pierced.
const NEAR_ENOUGH: usize = 5;
/// How long the peer that has to wait does so before it pings all the same.
const SECOND_WAIT: Duration = Duration::from_millis(500);
/// After that long the introducer carries (reference: 2048 ms).
const FALL_BACK_WAIT: Duration = Duration::from_millis(2_048);
