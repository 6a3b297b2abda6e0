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
    table::Entry,
};
use crate::relay::{
    Address, Now, PeerId, Time,
    nat::{NatType, Strategy, connection_strategy},
    packet::{PacketType, Ping, Token},
};

/// When the heart beats, and what neighbours said of our address since.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    pub(super) due: Time,
    /// What is due by then is a beat; sooner, only neighbours are called whom a NAT would forget.
    beat_at: Time,
    /// When anything was heard from a neighbour.
    pub(super) last_heard: Time,
    /// Who saw us elsewhere than we believe to be, and where.
    seen_elsewhere: Vec<(PeerId, Address)>,
    /// What such an agreement made us find out again, and when.
    followed: Option<(Address, Time)>,
    /// Both clocks when they were compared last.
    clocks: Option<Now>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            due: Time::NEVER,
            beat_at: Time::ZERO,
            last_heard: Time::ZERO,
            seen_elsewhere: Vec::new(),
            followed: None,
            clocks: None,
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
        if now.time >= self.heartbeat.beat_at {
            self.beat(now, self.config.keepalive * 3 / 4);
        } else {
            self.call_uncalled(now);
            self.heartbeat.due = self.next_call(now);
        }
    }

    /// Notices that the machine slept, which timers may not count: NATs have forgotten us and
    /// neighbours given us up, so all of them are pinged, and our address is found out again.
    pub(super) fn notice_sleep(&mut self, now: Now) {
        let Some(before) = self.heartbeat.clocks.replace(now) else {
            return;
        };
        let counted = now.time.since(before.time);
        let passed = Duration::from_millis(now.unix_ms.saturating_sub(before.unix_ms));
        if passed > counted + SLEEP_MIN {
            self.beat(now, Duration::ZERO);
            self.reflect_quietly(now);
        }
    }

    /// Pings neighbours that were not heard for so long, and does what else is due.
    fn beat(&mut self, now: Now, silence: Duration) {
        let is_alone = self.is_alone(now);
        self.proof.forget_old(now.time);
        self.proof.close_accounts(now.time);
        self.forget_joins(now);
        self.prune(now);
        self.ping_silent(now, silence);
        if self.is_ready() {
            self.call_contacts(now);
            self.call_proxied(now);
            self.rejoin(now);
        }
        if is_alone || !self.is_ready() {
            self.reflect_quietly(now);
        }
        self.improve_reflection(now);
        self.set_heartbeat(now);
    }

    /// Whether nobody has answered the last beat, or there is nobody who could.
    fn is_alone(&self, now: Now) -> bool {
        let mut neighbours = self.table.connected();
        let is_silent = |entry: &Entry| entry.last_pinged > entry.last_heard;
        let is_late = now.time.since(self.heartbeat.last_heard) > self.config.keepalive;
        is_late && neighbours.all(is_silent)
    }

    /// The next beat: not at the same time as everybody else's, and behind a NAT before it forgets
    /// the first of the neighbours, if it keeps what it maps for a keepalive.
    pub(super) fn set_heartbeat(&mut self, now: Now) {
        let keepalive = self.config.keepalive;
        if self.is_forgotten() {
            self.heartbeat.beat_at = now.time + keepalive * BEAT_GAP_PERCENT / 100;
            self.heartbeat.due = self.next_call(now);
        } else {
            self.heartbeat.due = now.time + keepalive * self.rng.random_range(100..=110) / 100;
            self.heartbeat.beat_at = self.heartbeat.due;
        }
    }

    /// Before a NAT forgets the first of the neighbours.
    fn next_call(&mut self, now: Now) -> Time {
        let keepalive = self.config.keepalive;
        let called = self.table.connected().map(|entry| entry.last_called);
        let first = called.min().unwrap_or(now.time);
        let wait = keepalive * self.rng.random_range(85..=95) / 100;
        let soonest = now.time + keepalive * CALL_GAP_PERCENT / 100;
        (first + wait).clamp(soonest, now.time + wait)
    }

    /// Whether there may be a NAT before us that forgets whom we do not send to.
    fn is_forgotten(&self) -> bool {
        self.nat.is_valid() && self.nat != NatType::UNRESTRICTED
    }

    /// A neighbour answered a sign of life; somebody else in its place gets a link of its own.
    /// Says whether nothing came of that.
    pub(super) fn life_shown(&mut self, now: Now, shown: &Shown) -> bool {
        let entry = self.table.get_mut(&shown.peer);
        let Some(entry) = entry.filter(|entry| entry.address == shown.address) else {
            let attempt = Attempt {
                wire: shown.wire,
                ..Attempt::new()
            };
            self.begin_link(now, shown.address, Duration::ZERO, attempt);
            return false;
        };
        entry.missed = 0;
        (entry.last_heard, entry.last_proved) = (now.time, now.time);
        entry.nat = shown.nat.unwrap_or(entry.nat);
        entry.note_digest(shown.digest);
        let observed = shown.observed;
        observed.is_none_or(|observed| self.observe(now, shown.peer, observed))
    }

    /// A neighbour says where it sees us; if two agree that we have moved, we find out. One host
    /// may be any number of neighbours, so the two have to be at different ones, unless one
    /// is configured. Says whether it is where we believe to be.
    pub(super) fn observe(&mut self, now: Now, by: PeerId, observed: Address) -> bool {
        let Some(address) = self.address.filter(|_| !self.config.is_indexed) else {
            return true;
        };
        let is_steady = self.nat.is_mapping_steady();
        let is_same =
            observed.ip() == address.ip() && (observed.port() == address.port() || !is_steady);
        let seen = &mut self.heartbeat.seen_elsewhere;
        seen.retain(|(peer, _)| *peer != by);
        if is_same {
            return true;
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
        let agreed: Vec<PeerId> = seen.iter().filter(agree).map(|(peer, _)| *peer).collect();
        if agreed.len() >= 2 && self.are_apart(&agreed) {
            self.follow(now, observed);
        }
        false
    }

    /// Finds out whether we have moved, but not again and again: neighbours on our own side of
    /// a NAT see us elsewhere for ever.
    fn follow(&mut self, now: Now, observed: Address) {
        let keepalive = self.config.keepalive;
        let is_late = self.heartbeat.followed.is_some_and(|(to, at)| {
            let wait = if to == observed { FOLLOW_AGAIN } else { 1 };
            now.time.since(at) < keepalive * wait
        });
        if !is_late {
            self.heartbeat.seen_elsewhere.clear();
            self.heartbeat.followed = Some((observed, now.time));
            self.reflect_quietly(now);
        }
    }

    /// Whether these neighbours are at more than one host, or one of them is configured.
    fn are_apart(&self, peers: &[PeerId]) -> bool {
        let places = peers.iter().filter_map(|peer| self.table.get(peer));
        let places: Vec<Address> = places.map(|entry| entry.address).collect();
        let is_known = |place: &Address| {
            let mut contacts = self.contacts.iter();
            contacts.any(|contact| contact.address == *place)
        };
        places.iter().any(is_known) || places.windows(2).any(|two| two[0].ip() != two[1].ip())
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
    pub(super) fn send_ping(&mut self, wire: super::Wire, to: Address, ping: &Ping) {
        self.send_message(wire, to, PacketType::PING, &ping.encode());
    }

    fn prune(&mut self, now: Now) {
        let proxied_life = self.proxied_life();
        // Behind a NAT there are more beats, at which not everybody is called.
        let miss = self.config.keepalive * MISS_PERCENT / 100;
        for entry in self.table.iter_mut() {
            let is_unanswered = entry.last_pinged > entry.last_proved;
            if !is_unanswered {
                entry.missed = 0;
            } else if now.time.since(entry.missed_at) >= miss {
                (entry.missed, entry.missed_at) = (entry.missed.saturating_add(1), now.time);
            }
        }
        let is_dead = |entry: &&Entry| match entry.via {
            LinkVia::Proxy(_) => now.time.since(entry.last_heard) > proxied_life,
            // What is heard may be forged, though hardly all the time by chance.
            _ if entry.last_heard > entry.last_pinged => entry.missed >= MISSED_HEARD_MAX,
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

    /// How long a peer that a proxy carries for is believed to be there, unless it is introduced
    /// again; half of that after, the network is told again that we are.
    pub(super) fn proxied_life(&self) -> Duration {
        let by_keepalive = self.config.keepalive * PROXIED_KEEPALIVES;
        by_keepalive.max(PROXIED_LIFE_MIN)
    }

    /// Pings whoever was not heard for a while, has not answered the last ping, or has not
    /// proved for long that it is not somebody else who is heard; and behind a NAT, which may
    /// count only what goes out, whoever was not sent to.
    pub(super) fn ping_silent(&mut self, now: Now, silence: Duration) {
        let doubt = self.config.keepalive * DOUBT_KEEPALIVES;
        let is_forgotten = self.is_forgotten();
        let uncalled = silence.min(self.config.keepalive * CALLED_PERCENT / 100);
        let silent = self.table.connected().filter(|entry| {
            now.time.since(entry.last_heard) >= silence
                || (is_forgotten && now.time.since(entry.last_called) >= uncalled)
                || entry.last_pinged > entry.last_proved
                || now.time.since(entry.last_proved) >= doubt
        });
        let silent: Vec<PeerId> = silent.map(|entry| entry.peer_id).collect();
        self.ping_all(now, &silent);
    }

    /// Pings whoever a NAT would forget before the next call.
    fn call_uncalled(&mut self, now: Now) {
        let uncalled = self.config.keepalive * CALLED_PERCENT / 100;
        let forgotten = self.table.connected();
        let forgotten = forgotten.filter(|entry| now.time.since(entry.last_called) >= uncalled);
        let forgotten: Vec<PeerId> = forgotten.map(|entry| entry.peer_id).collect();
        self.ping_all(now, &forgotten);
    }

    /// Asks neighbours for a sign of life.
    fn ping_all(&mut self, now: Now, peers: &[PeerId]) {
        for peer in peers {
            let Some((wire, to)) = self.table.get(peer).and_then(|entry| self.route(entry)) else {
                continue;
            };
            let token = Token::from_random(self.pulse.make(now.time, to));
            let ping = self.life_ping(token);
            self.send_ping(wire, to, &ping);
            if let Some(entry) = self.table.get_mut(peer) {
                (entry.last_pinged, entry.last_called) = (now.time, now.time);
            }
        }
    }

    /// Makes links with configured peers that there is none with.
    pub(super) fn call_contacts(&mut self, now: Now) {
        let contacts = self.contacts.iter();
        let unlinked = contacts.filter(|contact| !self.is_linked(contact.address));
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
        let patience = self.config.keepalive * CALL_KEEPALIVES;
        let proxied: Vec<Entry> = proxied
            .filter(|entry| is_reachable(entry.nat))
            .filter(|entry| now.time.since(entry.met_at) < patience)
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

/// How far apart two beats are at least that a neighbour can miss, in hundredths of a keepalive.
const MISS_PERCENT: u32 = 75;
/// Heartbeats in a row that a neighbour may miss.
const MISSED_MAX: u8 = 3;
/// The same for one that is heard all the while.
const MISSED_HEARD_MAX: u8 = 8;
/// How long after a beat behind a NAT the next one is at least, in hundredths of a keepalive.
const BEAT_GAP_PERCENT: u32 = 30;
/// The same of calls, which are cheaper, and who is called at each: all whom a NAT would forget
/// before the next but one. Who calls late calls seldom, and one call serves both ends of a link.
const CALL_GAP_PERCENT: u32 = 20;
const CALLED_PERCENT: u32 = 75;
/// For so many keepalives a neighbour that is heard need not prove anything.
const DOUBT_KEEPALIVES: u32 = 4;
/// For so many keepalives it is tried again to reach directly whom a proxy carries for: it is
/// only the proxy that says that somebody is there.
const CALL_KEEPALIVES: u32 = 4;
/// For so many keepalives we do not find out again for the same view of our address.
const FOLLOW_AGAIN: u32 = 10;
/// How much further the wall clock must have gone than the timers for the machine to have slept.
const SLEEP_MIN: Duration = Duration::from_secs(20);
/// For so many keepalives a peer is believed to be there that only a proxy knows of.
const PROXIED_KEEPALIVES: u32 = 10;
/// At least that long: introductions come once a minute at the most.
const PROXIED_LIFE_MIN: Duration = Duration::from_secs(180);
/// Neighbours whose view of us is compared.
pub(super) const OBSERVERS_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::{
        super::{Output, Wire, neighbourhood::Neighbourhood},
        *,
    };
    use crate::relay::packet::{Packet, Ping, Pong};

    fn number(number: u16) -> (PeerId, Address) {
        let [high, low] = number.to_be_bytes();
        let mut peer = [7; 32];
        (peer[0], peer[1]) = (high, low);
        (
            PeerId(peer),
            Address::new(Ipv4Addr::new(9, 9, high, low), 5_000),
        )
    }

    /// Answers every ping that the peer sends; says where they went, and when it is to be woken.
    fn answer_pings(town: &mut Neighbourhood) -> (Vec<Address>, Time) {
        let mut pings = Vec::new();
        let mut due = loop {
            match town.peer.poll_output(town.now) {
                Output::Wait(due) => break due,
                Output::Transmit(datagram) => pings.push(datagram),
                _ => {}
            }
        };
        for datagram in &pings {
            let packet = Packet::decode(&datagram.payload).unwrap();
            let ping = Ping::parse(&packet.message).unwrap();
            let [_, _, high, low] = datagram.to.ip().octets();
            let (peer, address) = number(u16::from_be_bytes([high, low]));
            let mut pong = Pong::new(ping.requester_peer_id, peer);
            pong.ping_id = ping.ping_id;
            pong.nat_type = Some(NatType::UNRESTRICTED);
            let pong = Packet::new(PacketType::PONG, pong.encode())
                .encode()
                .unwrap();
            town.peer
                .handle_datagram(town.now, Wire::Main, address, pong);
            due = rest(town);
        }
        (pings.iter().map(|datagram| datagram.to).collect(), due)
    }

    /// Polls until there is nothing to do; until when that is so.
    fn rest(town: &mut Neighbourhood) -> Time {
        loop {
            if let Output::Wait(due) = town.peer.poll_output(town.now) {
                return due;
            }
        }
    }

    fn add_neighbours(town: &mut Neighbourhood, count: u16) {
        for own in 0..count {
            let (peer, address) = number(own);
            let mut entry = Entry::new(peer, address, town.now.time);
            (entry.is_proved, entry.is_connected) = (true, true);
            town.peer.table.insert(entry);
        }
    }

    fn advance_to(town: &mut Neighbourhood, time: Time) {
        town.now.unix_ms += time.since(town.now.time).as_millis() as u64;
        town.now.time = town.now.time.max(time);
        town.peer.handle_timeout(town.now);
    }

    #[test]
    fn behind_a_nat_every_neighbour_is_called_before_it_is_forgotten_and_not_much_sooner() {
        let mut town = Neighbourhood::new(0);
        add_neighbours(&mut town, 16);
        town.peer.nat = NatType::PORT_RESTRICTED;
        let keepalive = town.peer.config.keepalive;
        advance_to(&mut town, Time::ZERO + keepalive * 2);
        let (called, _) = answer_pings(&mut town);
        assert_eq!(called.len(), 16);
        let mut last = Vec::new();
        for (own, place) in called.iter().enumerate() {
            let at = Time::from_micros(town.now.time.as_micros() - own as u64 * 1_200_000);
            let neighbours = town.peer.table.iter_mut();
            let mut there = neighbours.filter(|entry| entry.address == *place);
            there.next().unwrap().last_called = at;
            last.push(at);
        }
        town.peer.set_heartbeat(town.now);
        town.peer.rest = None;
        let mut due = rest(&mut town);
        let mut gaps = Vec::new();
        while town.now.time < Time::ZERO + keepalive * 40 {
            advance_to(&mut town, due);
            let pinged;
            (pinged, due) = answer_pings(&mut town);
            for place in pinged {
                let index = called.iter().position(|own| *own == place).unwrap();
                gaps.push(town.now.time.since(last[index]));
                last[index] = town.now.time;
            }
        }
        let longest = gaps.iter().max().unwrap();
        assert!(*longest < keepalive * 96 / 100, "{longest:?}");
        let mean = gaps.iter().sum::<Duration>() / gaps.len() as u32;
        assert!(mean > keepalive * 75 / 100, "{mean:?}");
        assert_eq!(town.peer.table.len(), 16);
    }

    #[test]
    fn an_indexed_peer_keeps_thousands_of_neighbours_that_answer() {
        let mut town = Neighbourhood::new(0);
        add_neighbours(&mut town, 1_000);
        for _ in 0..5 {
            town.now.time = town.now.time + Duration::from_secs(34);
            town.now.unix_ms += 34_000;
            town.peer.handle_timeout(town.now);
            assert_eq!(answer_pings(&mut town).0.len(), 1_000);
        }
        assert_eq!(town.peer.table.len(), 1_000);
    }
}
