//! Carries out the finding of our NAT type, and what follows when it is found.

use std::collections::BTreeSet;

use super::{
    Event, Peer, Wire,
    contacts::Contact,
    links::Attempt,
    proof::Purpose,
    reflect::{Action, Question, Reply},
    table::Entry,
};
use crate::relay::{
    Address, Now,
    nat::NatType,
    packet::{Packet, PacketType, Ping},
};

impl Peer {
    /// Finds our address and NAT type anew, and tells how far that is.
    pub fn reflect_again(&mut self, now: Now) {
        self.rest = None;
        self.reflection.is_told = true;
        self.reflect_quietly(now);
    }

    /// The same for reasons of our own: the owner hears of it only if something has changed, or
    /// as long as we are not ready.
    pub(super) fn reflect_quietly(&mut self, now: Now) {
        if self.config.is_indexed || !self.is_open {
            return;
        }
        if let Some(action) = self.reflection.start(now.time) {
            if self.candidates().len() < 2 {
                self.greet_contacts(now);
            }
            self.carry_out(now, vec![action]);
            self.reflection_timeout(now);
        }
    }

    /// Looks for a second answerer if we made do with one, not too often.
    pub(super) fn improve_reflection(&mut self, now: Now) {
        if self.reflection.is_improvable(now.time) && self.candidates().len() > 1 {
            self.reflect_quietly(now);
        }
    }

    /// A link was made that was not there before: its peer may be an answerer.
    pub(super) fn appeared(&mut self, now: Now, address: Address) {
        if self.candidates().contains(&address) {
            self.reflection.appeared();
            self.improve_reflection(now);
        }
    }

    pub(super) fn on_reflection(&mut self, now: Now, reply: Reply) {
        let actions = self.reflection.handle_reply(now.time, reply);
        if !actions.is_empty() {
            self.note_contact(now, reply.from, None);
        }
        self.carry_out(now, actions);
        self.reflection_timeout(now);
    }

    pub(super) fn reflection_timeout(&mut self, now: Now) {
        if self.reflection.due() > now.time {
            return;
        }
        let candidates = self.candidates();
        if candidates.is_empty() {
            self.greet_contacts(now);
        }
        let actions = self
            .reflection
            .handle_timeout(now.time, &candidates, &mut self.rng);
        self.carry_out(now, actions);
    }

    /// Who can tell us what NAT we are behind. Anybody can become a neighbour and lie to us, so
    /// neighbours are asked only if fewer than two configured peers answer, the oldest first.
    pub(super) fn candidates(&self) -> Vec<Address> {
        let contacts = self.contacts.iter().filter(|contact| contact.reflects());
        let (heard, others): (Vec<&Contact>, Vec<&Contact>) =
            contacts.partition(|contact| contact.last_heard.is_some());
        let mut candidates: Vec<Address> = heard.iter().map(|contact| contact.address).collect();
        let linked = candidates.iter().filter(|at| self.is_linked(**at));
        if linked.count() < CONTACTS_ENOUGH {
            candidates.extend(self.open_neighbours());
        }
        candidates.extend(others.iter().map(|contact| contact.address));
        let mut seen = BTreeSet::new();
        candidates.retain(|address| seen.insert(*address));
        candidates.truncate(CANDIDATES_MAX);
        candidates
    }

    /// A few neighbours that can be reached, those that are known the longest first.
    fn open_neighbours(&self) -> Vec<Address> {
        let is_open = |nat| matches!(nat, NatType::UNRESTRICTED | NatType::ADDR_RESTRICTED);
        let neighbours = self.table.connected().filter(|entry| {
            entry.is_proved && is_open(entry.nat) && entry.via == super::LinkVia::Direct
        });
        let mut neighbours: Vec<&Entry> = neighbours.collect();
        neighbours.sort_by_key(|entry| entry.met_at);
        neighbours.truncate(NEIGHBOURS_ASKED_MAX);
        neighbours.iter().map(|entry| entry.address).collect()
    }

    /// Whether there is a link with whoever is at an address.
    pub(super) fn is_linked(&self, address: Address) -> bool {
        let entry = self.table.by_address(address);
        entry.is_some_and(|entry| entry.is_connected)
    }

    /// A configured peer was heard.
    pub(super) fn note_contact(&mut self, now: Now, from: Address, nat: Option<NatType>) {
        let mut contacts = self.contacts.iter_mut();
        if let Some(contact) = contacts.find(|contact| contact.address == from) {
            contact.last_heard = Some(now.time);
            contact.nat = nat.unwrap_or(contact.nat);
        }
    }

    /// Somebody else was heard where a configured peer has to be.
    pub(super) fn note_another(&mut self, from: Address) {
        let mut contacts = self.contacts.iter_mut();
        if let Some(contact) = contacts.find(|contact| contact.address == from) {
            contact.is_another = true;
        }
    }

    fn carry_out(&mut self, now: Now, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Ask(question) => self.ask_reflection(now, question),
                Action::Step(step, status) => self.tell_step(step, status),
                Action::Found { address, nat } => self.found(now, address, nat),
            }
        }
    }

    fn tell_step(&mut self, step: f32, status: &'static str) {
        if self.reflection.is_told || !self.is_ready() {
            self.event(Event::Connecting { step, status });
        }
    }

    fn ask_reflection(&mut self, now: Now, question: Question) {
        let mut ping = Ping::new(self.identity.peer_id);
        ping.is_reflection = true;
        ping.reflection_id = Some(question.id);
        ping.probe_external_port = question.probe_port;
        ping.is_probe = question.wire == Wire::Probe;
        ping.uptime = u64::try_from(now.time.since(self.started_at).as_millis()).ok();
        ping.timestamp = Some(now.unix_ms);
        let packet = Packet::new(PacketType::PING, ping.encode());
        self.send(question.wire, question.to, &packet);
    }

    /// Our NAT type is known: neighbours hear of it, the rest begins.
    fn found(&mut self, now: Now, address: Address, nat: NatType) {
        let is_first = !self.is_ready();
        let is_new = self.address != Some(address) || self.nat != nat;
        self.tell_step(3.0, "discovered");
        self.reflection.is_told = false;
        let keepalive = self.config.keepalive;
        self.reflection.wait_for_better(now.time, keepalive);
        self.address = Some(address);
        self.nat = nat;
        if is_first || is_new {
            let address = Some(address);
            self.event(Event::Ready { address, nat });
            self.tell_neighbours(now);
            // A NAT that is known now may forget sooner than was thought.
            self.set_heartbeat(now);
        }
        self.call_contacts(now);
        self.rejoin(now);
        self.gossip_ready(now);
    }

    /// Tells every neighbour what we are behind now.
    fn tell_neighbours(&mut self, now: Now) {
        let neighbours = self.table.connected();
        let neighbours: Vec<_> = neighbours
            .filter_map(|entry| Some((entry.peer_id, self.route(entry)?)))
            .collect();
        for (peer, (wire, to)) in neighbours {
            let attempt = Attempt {
                peer: Some(peer),
                wire,
                ..Attempt::new()
            };
            self.begin_link(now, to, std::time::Duration::ZERO, attempt);
        }
    }

    /// Asks configured peers that are not indexed who they are and what they are behind.
    fn greet_contacts(&mut self, now: Now) {
        let unheard = self.contacts.iter().filter(|contact| !contact.reflects());
        let unheard: Vec<Address> = unheard.map(|contact| contact.address).collect();
        for address in unheard.into_iter().take(CANDIDATES_MAX) {
            let token = self.challenge(now, address, Purpose::Hello, None, None);
            let mut ping = Ping::new(self.identity.peer_id);
            ping.ping_id = Some(token);
            ping.timestamp = Some(now.unix_ms);
            self.send_ping(Wire::Main, address, &ping);
        }
    }
}

/// Configured peers that we have links with and need nobody else besides.
const CONTACTS_ENOUGH: usize = 2;
/// Neighbours that are asked besides.
const NEIGHBOURS_ASKED_MAX: usize = 4;
/// Peers that are considered at once.
const CANDIDATES_MAX: usize = 16;
