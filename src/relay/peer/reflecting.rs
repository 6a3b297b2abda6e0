//! Carries out the finding of our NAT type, and what follows when it is found.

use super::{
    Event, Peer, Wire,
    links::Attempt,
    proof::Purpose,
    reflect::{Action, Question, Reply},
};
use crate::relay::{
    Address, Now,
    nat::NatType,
    packet::{Packet, PacketType, Ping},
};

impl Peer {
    /// Finds our address and NAT type anew.
    pub fn reflect_again(&mut self, now: Now) {
        if self.config.is_indexed || !self.is_open {
            return;
        }
        if let Some(action) = self.reflection.start(now.time) {
            self.carry_out(now, vec![action]);
            self.reflection_timeout(now);
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

    /// Who can tell us what NAT we are behind.
    pub(super) fn candidates(&self) -> Vec<Address> {
        let contacts = self.contacts.iter().filter(|contact| contact.reflects());
        let mut candidates: Vec<Address> = contacts.map(|contact| contact.address).collect();
        let is_open = |nat| matches!(nat, NatType::UNRESTRICTED | NatType::ADDR_RESTRICTED);
        let neighbours = self.table.connected();
        let neighbours = neighbours.filter(|entry| entry.is_proved && is_open(entry.nat));
        let neighbours = neighbours.filter(|entry| entry.via == super::LinkVia::Direct);
        for address in neighbours.map(|entry| entry.address) {
            if candidates.len() < CANDIDATES_MAX && !candidates.contains(&address) {
                candidates.push(address);
            }
        }
        candidates
    }

    /// A configured peer was heard.
    pub(super) fn note_contact(&mut self, now: Now, from: Address, nat: Option<NatType>) {
        let mut contacts = self.contacts.iter_mut();
        if let Some(contact) = contacts.find(|contact| contact.address == from) {
            contact.last_heard = Some(now.time);
            contact.nat = nat.unwrap_or(contact.nat);
        }
    }

    fn carry_out(&mut self, now: Now, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Ask(question) => self.ask_reflection(now, question),
                Action::Step(step, status) => self.event(Event::Connecting { step, status }),
                Action::Found { address, nat } => self.found(now, address, nat),
            }
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
        self.address = Some(address);
        self.nat = nat;
        let status = "discovered";
        self.event(Event::Connecting { step: 3.0, status });
        if is_first || is_new {
            let address = Some(address);
            self.event(Event::Ready { address, nat });
            self.tell_neighbours(now);
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
            self.send_ping(Wire::Main, address, ping.encode());
        }
    }
}

/// Peers that are considered at once.
const CANDIDATES_MAX: usize = 16;
