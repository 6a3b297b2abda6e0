//! Makes links: pings a peer until it answers, or until a proxy has to do.
//!
//! A link takes three datagrams between peers of our kind (ping, pong with a ping in it, pong),
//! and four with one of the reference.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Event, LinkVia, Peer, Wire,
    contacts::is_indexed,
    identity::{Binding, bind},
    proof::{Purpose, Subject, free_empty},
    table::Entry,
};
use crate::relay::{Address, Now, PeerId, Time, nat::NatType, packet::Token};

/// Links that are being made.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    attempts: BTreeMap<Address, Attempt>,
}

/// One link that is being made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) peer: Option<PeerId>,
    pub(super) subject: Option<Subject>,
    /// What the peer is said to be behind.
    pub(super) nat: NatType,
    /// Who told of the peer, and carries for it if it cannot be reached.
    pub(super) introducer: Option<PeerId>,
    /// From which socket.
    pub(super) wire: Wire,
    /// Whether the pings answer somebody who has not proved to be there.
    pub(super) is_on_credit: bool,
    /// Pings sent so far.
    pub(super) sent: usize,
    pub(super) started_at: Time,
    /// When the last ping was sent.
    pub(super) pinged_at: Time,
    pub(super) due: Time,
}

impl Attempt {
    /// Pings of one attempt at most.
    pub(super) const PINGS_MAX: usize = PING_GAPS.len() + 1;

    /// How long to wait before each ping but the first.
    pub(super) fn ping_gaps(&self) -> &'static [Duration] {
        match self.introducer {
            Some(_) => &INTRODUCED_PING_GAPS,
            None => &PING_GAPS,
        }
    }

    /// An attempt to reach whoever is at an address.
    pub(super) fn new() -> Self {
        Self {
            peer: None,
            subject: None,
            nat: NatType::UNKNOWN,
            introducer: None,
            wire: Wire::Main,
            is_on_credit: false,
            sent: 0,
            started_at: Time::ZERO,
            pinged_at: Time::ZERO,
            due: Time::ZERO,
        }
    }
}

/// What was shown when a token came back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) peer: PeerId,
    pub(super) address: Address,
    pub(super) wire: Wire,
    pub(super) nat: Option<NatType>,
    /// The key that vouches for it; verified.
    pub(super) key: Option<[u8; 32]>,
    pub(super) digest: Option<[u8; 20]>,
    /// Where it says to see us; worth something only with a key.
    pub(super) observed: Option<Address>,
}

impl Links {
    pub(super) fn due(&self) -> Time {
        let dues = self.attempts.values().map(|attempt| attempt.due);
        dues.min().unwrap_or(Time::NEVER)
    }

    pub(super) fn len(&self) -> usize {
        self.attempts.len()
    }

    pub(super) fn get(&self, address: Address) -> Option<&Attempt> {
        self.attempts.get(&address)
    }

    pub(super) fn has_peer(&self, peer: &PeerId) -> bool {
        let mut attempts = self.attempts.values();
        attempts.any(|attempt| attempt.peer.as_ref() == Some(peer))
    }

    /// Links that are being made on the word of one peer.
    pub(super) fn count_by(&self, introducer: &PeerId) -> usize {
        let attempts = self.attempts.values();
        let by = attempts.filter(|attempt| attempt.introducer.as_ref() == Some(introducer));
        by.count()
    }

    /// Whether one more can be made. Strangers fill half of the table only, and the oldest of
    /// theirs gives way: its ping is out already.
    fn has_room(&mut self, is_on_credit: bool) -> bool {
        let strangers = self.attempts.iter().filter(|(_, own)| own.is_on_credit);
        if is_on_credit && strangers.clone().count() >= STRANGERS_MAX {
            let oldest = strangers.min_by_key(|(_, own)| own.started_at);
            if let Some(oldest) = oldest.map(|(address, _)| *address) {
                self.attempts.remove(&oldest);
            }
        }
        self.attempts.len() < ATTEMPTS_MAX
    }

    fn remove(&mut self, address: Address, peer: &PeerId) {
        self.attempts
            .retain(|own, attempt| *own != address && attempt.peer.as_ref() != Some(peer));
        free_empty(&mut self.attempts);
    }
}

impl Peer {
    /// Begins to make a link, with the first ping after `wait`; false if that is under way, or
    /// too many are.
    pub(super) fn begin_link(
        &mut self,
        now: Now,
        address: Address,
        wait: Duration,
        attempt: Attempt,
    ) -> bool {
        if self.links.attempts.contains_key(&address) || !self.links.has_room(attempt.is_on_credit)
        {
            return false;
        }
        let attempt = Attempt {
            due: now.time + wait,
            started_at: now.time,
            ..attempt
        };
        self.links.attempts.insert(address, attempt);
        self.links_timeout(now);
        true
    }

    /// Pings again whoever has not answered, and falls back to proxies.
    pub(super) fn links_timeout(&mut self, now: Now) {
        let attempts = self.links.attempts.iter();
        let due: Vec<Address> = attempts
            .filter(|(_, attempt)| attempt.due <= now.time)
            .map(|(address, _)| *address)
            .collect();
        for address in due {
            self.continue_link(now, address);
        }
    }

    fn continue_link(&mut self, now: Now, address: Address) {
        let Some(attempt) = self.links.attempts.get_mut(&address) else {
            return;
        };
        let gaps = attempt.ping_gaps();
        let is_over = attempt.sent > gaps.len();
        let until_proxy = PROXY_WAIT.saturating_sub(now.time.since(attempt.started_at));
        attempt.due = now.time
            + match gaps.get(attempt.sent) {
                Some(gap) => *gap,
                None => until_proxy.max(PING_GAP_MIN),
            };
        attempt.pinged_at = now.time;
        attempt.sent += 1;
        let attempt = *attempt;
        if is_over {
            self.links.attempts.remove(&address);
            free_empty(&mut self.links.attempts);
            self.fall_back(now, address, attempt);
        } else {
            let (peer, subject) = (attempt.peer, attempt.subject);
            let token = if attempt.is_on_credit {
                Token::from_random(self.cookies.make(now.time, address))
            } else {
                self.challenge(now, address, Purpose::Link, peer, subject)
            };
            let ping = self.link_ping(token, subject);
            if attempt.is_on_credit {
                self.send_on_credit(now, attempt.wire, address, &(&ping).into());
            } else {
                self.send(attempt.wire, address, &ping);
            }
        }
    }

    /// The introducer carries for a peer that does not answer.
    pub(super) fn fall_back(&mut self, now: Now, address: Address, attempt: Attempt) {
        let (Some(peer), Some(introducer)) = (attempt.peer, attempt.introducer) else {
            return;
        };
        let is_there = self.table.get(&introducer).is_some_and(Entry::is_direct);
        if self
            .table
            .get(&peer)
            .is_some_and(|known| known.is_connected)
            || !is_there
            || !self.may_carry(&introducer)
        {
            return;
        }
        let mut entry = Entry::new(peer, address, now.time);
        entry.nat = attempt.nat;
        entry.via = LinkVia::Proxy(introducer);
        self.put(now, entry, attempt.subject);
    }

    /// Whether a peer may be taken to carry for one more: else a single one could tell of any
    /// number that do not exist.
    fn may_carry(&self, introducer: &PeerId) -> bool {
        let via = LinkVia::Proxy(*introducer);
        let proxied = || self.table.iter().filter(|entry| !entry.is_direct());
        let by_it = proxied().filter(|entry| entry.via == via).count();
        by_it < CARRIED_EACH_MAX && proxied().count() < CARRIED_MAX
    }

    /// A token came back: the peer is where it says. Makes or renews the link; false if it is
    /// not who it says.
    pub(super) fn link_shown(&mut self, now: Now, shown: Shown, subject: Option<Subject>) -> bool {
        let known = self.table.get(&shown.peer);
        let Ok(binding) = bind(&shown.peer, known.and_then(|entry| entry.key), shown.key) else {
            self.counters.forged += 1;
            return false;
        };
        if !self.may_be_there(now, &shown, binding) {
            return true;
        }
        let mut entry = match self.table.get(&shown.peer) {
            Some(known) => known.clone(),
            None => Entry::new(shown.peer, shown.address, now.time),
        };
        if entry.address != shown.address {
            // Elsewhere it may be behind something else, and until it knows it takes no
            // introductions.
            entry.nat = NatType::UNKNOWN;
        }
        entry.address = shown.address;
        let is_steady = entry.is_proved && matches!(entry.via, LinkVia::Punched(_));
        entry.via = match shown.wire {
            Wire::Punch(_) if is_steady => entry.via,
            Wire::Punch(number) => LinkVia::Punched(number),
            Wire::Main | Wire::Probe => LinkVia::Direct,
        };
        entry.is_proved = true;
        entry.key = binding.key().or(entry.key);
        entry.nat = shown.nat.unwrap_or(entry.nat);
        entry.note_digest(shown.digest);
        entry.is_indexed = is_indexed(&self.contacts, shown.address);
        (entry.last_heard, entry.last_proved) = (now.time, now.time);
        (entry.linked_at, entry.last_called, entry.missed) = (now.time, now.time, 0);
        self.links.remove(shown.address, &shown.peer);
        self.put(now, entry, subject);
        if self.is_trusted(shown.address) {
            self.proof.close_account(shown.address);
        }
        let before = self.punching.len();
        self.stop_punching(&shown.peer, shown.wire);
        if self.punching.len() < before {
            self.call_all(now);
        }
        self.take_up_join(now, shown.address);
        if let Some(observed) = shown.observed.filter(|_| shown.key.is_some()) {
            self.observe(now, shown.peer, observed);
        }
        true
    }

    /// Asks whoever is at an address to prove that it is, as far as it has credit.
    pub(super) fn ask_for_proof(&mut self, now: Now, address: Address) {
        let attempt = Attempt {
            wire: self.wire_to(address),
            is_on_credit: true,
            ..Attempt::new()
        };
        self.begin_link(now, address, Duration::ZERO, attempt);
    }

    /// Whether a peer that answered may have moved there. With a key it may, if what it signed
    /// says that it sees us where we are: else somebody in between may have had it sign this.
    /// Otherwise only if it is silent where it was, which takes a while to see.
    fn may_be_there(&mut self, now: Now, shown: &Shown, binding: Binding) -> bool {
        let Some(entry) = self.table.get(&shown.peer) else {
            return true;
        };
        let is_same = entry.address == shown.address && entry.is_direct();
        let is_free = !entry.is_direct() || !entry.is_proved;
        let is_bound = matches!(binding, Binding::Key(_));
        if is_same || is_free || (is_bound && self.is_seen(shown)) {
            self.moves.remove(&shown.peer);
            return true;
        }
        self.watch_move(now, *shown, is_bound);
        false
    }

    /// Whether a peer sees us where we believe to be.
    fn is_seen(&self, shown: &Shown) -> bool {
        let (Some(own), Some(seen)) = (self.address, shown.observed) else {
            return false;
        };
        let is_steady = shown.wire == Wire::Main && self.nat.is_mapping_steady();
        own.ip() == seen.ip() && (own.port() == seen.port() || !is_steady)
    }

    /// Puts an entry into the table and tells of what that changes.
    pub(super) fn put(&mut self, now: Now, mut entry: Entry, subject: Option<Subject>) {
        let before = self.table.get(&entry.peer_id);
        let is_new = before.is_none_or(|known| {
            !known.is_connected || known.address != entry.address || known.via != entry.via
        });
        let was_direct = before.is_some_and(|known| known.is_connected && known.is_direct());
        entry.is_connected = true;
        let (peer, neighbour) = (entry.peer_id, entry.neighbour());
        let gone = self.table.insert(entry);
        let is_in = gone.iter().all(|lost| lost.peer_id != peer);
        for lost in gone {
            if lost.peer_id != peer {
                self.disconnected(&lost);
            }
        }
        if is_in && is_new {
            let is_direct = !matches!(neighbour.via, LinkVia::Proxy(_));
            let address = neighbour.address;
            self.event(Event::Connected(neighbour));
            if is_direct {
                self.appeared(now, address);
            }
            if is_direct && !was_direct {
                self.gossip_connected(now, peer);
                self.join_soon(now);
            }
        }
        if let Some(subject) = subject.filter(|_| is_in) {
            self.note_membership(&peer, subject);
        }
    }

    /// A peer says that it takes part in a subcluster; the owner is told if it is one of ours.
    pub(super) fn note_membership(&mut self, peer: &PeerId, subject: Subject) {
        let (cluster, subcluster) = subject;
        let is_new = self.table.add_membership(peer, subject);
        let entry = self.table.get(peer).filter(|entry| entry.is_connected);
        let (Some(true), Some(entry)) = (is_new, entry) else {
            return;
        };
        if self.memberships.get(&subcluster).is_some() {
            let peer = entry.neighbour();
            self.event(Event::Joined {
                peer,
                cluster,
                subcluster,
            });
        }
    }

    pub(super) fn challenge(
        &mut self,
        now: Now,
        to: Address,
        purpose: Purpose,
        peer: Option<PeerId>,
        subject: Option<Subject>,
    ) -> Token {
        let challenge = (to, purpose, peer, subject);
        self.proof.challenge(now.time, &mut self.rng, challenge)
    }
}

/// How long to wait before each further ping (reference: at 500 and 2000 ms). Loss comes in bursts
/// of datagrams, and until a first link is made there are no others.
const PING_GAPS: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(350),
    Duration::from_millis(600),
    Duration::from_millis(800),
];
/// The same where it is only somebody else who says that a peer is there.
const INTRODUCED_PING_GAPS: [Duration; 2] =
    [Duration::from_millis(350), Duration::from_millis(1_250)];
/// How long the last ping may take at least before a proxy has to do.
const PING_GAP_MIN: Duration = Duration::from_millis(48);
/// After that long a peer is reached through who introduced it (reference: 2048 ms).
const PROXY_WAIT: Duration = Duration::from_millis(2_048);
/// Links that are made at once with those who asked for it and have yet to prove themselves.
const STRANGERS_MAX: usize = ATTEMPTS_MAX / 2;
/// Peers that one other is taken to carry for, and that all others are.
const CARRIED_EACH_MAX: usize = 32;
const CARRIED_MAX: usize = 96;
/// Links that are made at once.
pub(super) const ATTEMPTS_MAX: usize = 128;
