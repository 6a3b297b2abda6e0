//! Answers pings, and takes the answers to ours.

use super::{
    Peer, Wire,
    identity::named_key,
    links::{Attempt, Shown},
    outbox::payload_of,
    proof::{Challenge, Purpose, Subject},
    reflect::Reply,
};
use crate::relay::{
    Address, ClusterId, Now, PeerId, SubclusterId,
    packet::{Field, Packet, PacketType, PacketView, Ping, Pong, SummaryHash, Token},
};

impl Peer {
    /// Somebody asks for a sign of life, for their address, or for a link; says whether it was a
    /// neighbour that wanted no more than the first.
    pub(super) fn on_ping(
        &mut self,
        now: Now,
        wire: Wire,
        from: Address,
        packet: &PacketView<'_>,
    ) -> bool {
        let Ok(ping) = Ping::parse(packet.message) else {
            self.counters.malformed += 1;
            return false;
        };
        if ping.requester_peer_id == self.identity.peer_id || ping.is_heartbeat.unwrap_or(0) != 0 {
            return false;
        }
        if !self.is_trusted(from) {
            self.proof.allow(now.time, from, ping.reflection_id);
        }
        let subject = self.subject_of(packet);
        let is_greeted = self.answer_ping(now, wire, from, packet, &ping);
        self.answer_reflection(now, wire, from, &ping);
        if self.is_at(from, &ping.requester_peer_id) {
            self.note_ping(now, &ping, subject);
            return !ping.is_connection && !ping.is_reflection;
        }
        if !is_greeted
            && self.wants_link(&ping)
            && !self.is_met_elsewhere(now, from, &ping.requester_peer_id)
        {
            self.greet(now, wire, from, &ping, packet);
        }
        false
    }

    /// Somebody answers a ping of ours, or says to do so; says whether it was a neighbour's sign
    /// of life that told nothing new.
    pub(super) fn on_pong(
        &mut self,
        now: Now,
        wire: Wire,
        from: Address,
        packet: &PacketView<'_>,
    ) -> bool {
        let Ok(pong) = Pong::parse(packet.message) else {
            self.counters.malformed += 1;
            return false;
        };
        let me = self.identity.peer_id;
        if pong.requester_peer_id != me || pong.responder_peer_id == me {
            return false;
        }
        if let Some(id) = pong.reflection_id {
            let reply = Reply {
                wire,
                from,
                id,
                observed: pong.observed(),
            };
            self.on_reflection(now, reply);
        }
        let challenge = pong
            .ping_id
            .filter(|_| wire != Wire::Probe)
            .and_then(|token| self.challenge_met(now, token, from));
        let Some(challenge) = challenge else {
            return false;
        };
        if !self.is_expected_at(from, &pong) {
            self.note_another(from);
            return false;
        }
        let Ok(key) = self.identity.vouching_key(packet) else {
            self.counters.forged += 1;
            return false;
        };
        self.note_contact(now, from, pong.nat_type);
        let shown = Shown {
            peer: pong.responder_peer_id,
            address: from,
            wire,
            nat: pong.nat_type,
            key,
            digest: pong.cache_summary_hash.map(|hash| hash.0),
            observed: pong.observed(),
        };
        match challenge.purpose {
            Purpose::Link | Purpose::Punch => {
                let subject = self.subject_of(packet).or(challenge.subject.filter(|_| {
                    // The introduction said so; the reference's pongs name no subcluster.
                    key.is_none() && challenge.peer == Some(shown.peer)
                }));
                if !self.link_shown(now, shown, subject) {
                    return false;
                }
                self.acknowledge(wire, from, packet, &pong, key.is_some());
                if challenge.purpose == Purpose::Punch && key.is_none() {
                    self.pin_socket(now, wire, from, (challenge.peer, subject));
                }
            }
            Purpose::Life | Purpose::Stay => {
                let is_usual = self.life_shown(now, &shown);
                return is_usual && pong.reflection_id.is_none();
            }
            Purpose::Hello => {}
        }
        false
    }

    /// What a token stands for that came back from an address, if it was sent there.
    fn challenge_met(&mut self, now: Now, token: Token, from: Address) -> Option<Challenge> {
        if self.pulse.is_valid(now.time, token, from) {
            return Some(Challenge::of_neighbour(now.time, from));
        }
        let known = self.proof.answer(now.time, token, from);
        if known.is_some() || !self.cookies.is_valid(now.time, token, from) {
            return known;
        }
        let attempt = self.links.get(from);
        let peer = attempt.and_then(|attempt| attempt.peer);
        let subject = attempt.and_then(|attempt| attempt.subject);
        Some(Challenge::of_stranger(now.time, from, peer, subject))
    }

    /// Pings once more through the one socket that is kept, after several have pierced a NAT:
    /// the reference sends to where the last ping came from.
    fn pin_socket(
        &mut self,
        now: Now,
        wire: Wire,
        to: Address,
        who: (Option<PeerId>, Option<Subject>),
    ) {
        let (peer, subject) = who;
        let challenge = (to, Purpose::Link, peer, subject);
        let token = self.proof.challenge(now.time, &mut self.rng, challenge);
        let ping = self.link_ping(token, subject);
        self.send(wire, to, &ping);
    }

    /// A ping that asks for a link.
    pub(super) fn link_ping(&self, token: Token, subject: Option<Subject>) -> Packet {
        let mut ping = self.life_ping(token);
        ping.is_connection = true;
        let mut packet = Packet::new(PacketType::PING, ping.encode());
        self.name_subject(&mut packet, subject);
        self.identity.sign(&mut packet);
        packet
    }

    /// A ping that says how we are.
    pub(super) fn life_ping(&self, token: Token) -> Ping {
        let mut ping = Ping::new(self.identity.peer_id);
        ping.ping_id = Some(token);
        ping.nat_type = Some(self.nat).filter(|_| self.is_ready());
        ping.cache_summary_hash = Some(SummaryHash(self.digest.hash));
        ping.cache_size = u64::try_from(self.digest.packet_count).ok();
        ping
    }

    /// The subcluster that a packet names, if it names one.
    pub(super) fn subject_of(&self, packet: &PacketView<'_>) -> Option<Subject> {
        let subcluster = SubclusterId(packet.subcluster_id.try_into().ok()?);
        let cluster = Field::new(packet.cluster_id).ok()?;
        let is_named = cluster.is_set() && cluster != Field::EMPTY;
        is_named.then_some((ClusterId(cluster), subcluster))
    }

    /// Sends a packet to an address that may not have proved itself; says whether it may.
    pub(super) fn send_on_credit(
        &mut self,
        now: Now,
        wire: Wire,
        to: Address,
        packet: &PacketView<'_>,
    ) -> bool {
        let Ok(payload) = packet.encode_named() else {
            return false;
        };
        let may = self.is_trusted(to) || self.proof.spend(now.time, to, payload.len());
        if may {
            self.transmit(wire, to, packet.kind.0, payload);
        }
        may
    }

    /// Whether an address has proved itself, by a link or as one that our configuration names.
    pub(super) fn is_trusted(&self, address: Address) -> bool {
        let entry = self.table.by_address(address);
        entry.is_some_and(|entry| entry.is_proved)
            || self
                .contacts
                .iter()
                .any(|contact| contact.address == address && contact.last_heard.is_some())
    }

    /// Whether the peer is known to be at an address.
    pub(super) fn is_at(&self, address: Address, peer: &PeerId) -> bool {
        let entry = self.table.by_address(address);
        entry.is_some_and(|entry| entry.peer_id == *peer && entry.is_proved)
    }

    /// Whether a peer was heard just now at another address: of many sockets that pierced a
    /// NAT at the same time, one is enough.
    fn is_met_elsewhere(&self, now: Now, from: Address, peer: &PeerId) -> bool {
        let entry = self.table.get(peer);
        entry.is_some_and(|entry| {
            let is_elsewhere = entry.address != from && entry.is_direct() && entry.is_proved;
            is_elsewhere && now.time.since(entry.last_proved) < MET_WAIT
        })
    }

    /// Whether the peer that answers at an address is the one that has to be there.
    fn is_expected_at(&self, from: Address, pong: &Pong) -> bool {
        let mut contacts = self.contacts.iter();
        let contact = contacts.find(|contact| contact.address == from);
        let expected = contact.and_then(|contact| contact.expected);
        expected.is_none_or(|expected| expected == pong.responder_peer_id)
    }

    /// Sends the pong; says whether it carries a ping of ours.
    fn answer_ping(
        &mut self,
        now: Now,
        wire: Wire,
        from: Address,
        packet: &PacketView<'_>,
        ping: &Ping,
    ) -> bool {
        let mut pong = self.pong(now, from, ping);
        let is_signed = ping.is_connection && named_key(packet).is_some();
        if is_signed {
            (pong.address, pong.port) = (Some(*from.ip()), Some(from.port()));
        }
        let message = pong.encode();
        if !ping.is_connection {
            let answer = PacketView::new(PacketType::PONG, &message);
            self.send_on_credit(now, wire, from, &answer);
            return false;
        }
        let mut answer = Packet::new(PacketType::PONG, message);
        let subject = self.subject_of(packet);
        self.name_subject(&mut answer, subject);
        let mut token = None;
        if is_signed {
            token = self.add_ping(now, from, ping, &mut answer);
            self.identity.sign(&mut answer);
        }
        let is_sent = self.send_on_credit(now, wire, from, &(&answer).into());
        if is_sent && token.is_some() {
            self.greet_later(now, wire, from, ping, packet);
        }
        is_sent && token.is_some()
    }

    /// Puts a ping of ours into a pong for somebody that we do not ping. If we believe to have a
    /// link, the other one does not: it was started again, which it has to prove, too.
    fn add_ping(&self, now: Now, from: Address, ping: &Ping, answer: &mut Packet) -> Option<()> {
        let is_pinged = self.links.get(from).is_some_and(|attempt| {
            let is_awaited = now.time.since(attempt.pinged_at) < ANSWER_WAIT;
            attempt.sent > 0 && (is_awaited || attempt.sent > attempt.ping_gaps().len())
        });
        let peer = &ping.requester_peer_id;
        let entry = self.table.get(peer).filter(|_| self.is_at(from, peer));
        let is_new = entry.is_some_and(|entry| now.time.since(entry.linked_at) < MET_WAIT);
        if is_pinged || is_new || self.is_met_elsewhere(now, from, peer) {
            return None;
        }
        answer.usr3 = Field::new(&self.cookies.make(now.time, from)).ok()?;
        Some(())
    }

    fn pong(&self, now: Now, from: Address, ping: &Ping) -> Pong {
        let mut pong = Pong::new(ping.requester_peer_id, self.identity.peer_id);
        pong.reflection_id = ping.reflection_id;
        pong.ping_id = ping.ping_id;
        pong.is_reflection = ping.is_reflection;
        pong.is_connection = ping.is_connection;
        pong.nat_type = Some(self.nat).filter(|_| self.is_ready() && !ping.is_reflection);
        if !ping.is_connection {
            pong.port = Some(from.port());
            pong.address = Some(*from.ip());
            pong.is_probe = ping.is_probe;
        }
        if self.is_trusted(from) && !ping.is_reflection {
            pong.cache_summary_hash = Some(SummaryHash(self.digest.hash));
            pong.cache_size = u64::try_from(self.digest.packet_count).ok();
            pong.uptime = u64::try_from(now.time.since(self.started_at).as_millis()).ok();
        }
        pong
    }

    /// The second answer to a reflection: from our probe socket to theirs, once.
    fn answer_reflection(&mut self, now: Now, wire: Wire, from: Address, ping: &Ping) {
        let (Some(id), Some(port)) = (ping.reflection_id, ping.probe_external_port) else {
            return;
        };
        let is_asked = ping.is_reflection && wire == Wire::Main;
        if !is_asked || !self.proof.reflects(now.time, from, id) {
            return;
        }
        let mut pong = self.pong(now, from, ping);
        pong.port = Some(port);
        let packet = Packet::new(PacketType::PONG, pong.encode());
        let Some(payload) = payload_of(&packet) else {
            return;
        };
        if self.is_trusted(from) || self.proof.spend(now.time, from, payload.len()) {
            let to = Address::new(*from.ip(), port);
            self.transmit(Wire::Probe, to, packet.kind.0, payload);
        }
    }

    /// A peer that we have a link with pings.
    fn note_ping(&mut self, now: Now, ping: &Ping, subject: Option<Subject>) {
        let peer = ping.requester_peer_id;
        if let Some(entry) = self.table.get_mut(&peer) {
            entry.nat = ping.nat_type.unwrap_or(entry.nat);
            entry.note_digest(ping.cache_summary_hash.map(|hash| hash.0));
            (entry.last_heard, entry.last_called) = (now.time, now.time);
        }
        if let Some(subject) = subject {
            self.note_membership(&peer, subject);
        }
    }

    /// Whether a ping asks for a link, or is the sign of life of somebody who believes to have
    /// one. Whoever had to make room in a full table gets its answers all the same, and no other
    /// has to make room for it in turn.
    fn wants_link(&self, ping: &Ping) -> bool {
        let is_alive = ping.nat_type.is_some_and(|nat| nat.is_valid());
        let is_life = is_alive && !ping.is_reflection && !ping.is_probe;
        ping.is_connection || (is_life && !self.table.is_full())
    }

    /// Pings back somebody who wants a link, since that they are there takes proof.
    fn greet(&mut self, now: Now, wire: Wire, from: Address, ping: &Ping, packet: &PacketView<'_>) {
        let attempt = self.greeting(wire, ping, packet);
        self.begin_link(now, from, std::time::Duration::ZERO, attempt);
    }

    /// The same, if the ping in our pong gets lost.
    fn greet_later(
        &mut self,
        now: Now,
        wire: Wire,
        from: Address,
        ping: &Ping,
        packet: &PacketView<'_>,
    ) {
        let attempt = self.greeting(wire, ping, packet);
        self.begin_link(now, from, GREETING_WAIT, attempt);
    }

    fn greeting(&self, wire: Wire, ping: &Ping, packet: &PacketView<'_>) -> Attempt {
        Attempt {
            peer: Some(ping.requester_peer_id),
            subject: self.subject_of(packet),
            nat: ping.nat_type.unwrap_or_default(),
            wire: if wire == Wire::Probe {
                Wire::Main
            } else {
                wire
            },
            is_on_credit: true,
            ..Attempt::new()
        }
    }

    /// Answers the ping in a pong.
    fn acknowledge(
        &mut self,
        wire: Wire,
        from: Address,
        packet: &PacketView<'_>,
        pong: &Pong,
        is_ours: bool,
    ) {
        let random: Result<[u8; 6], _> = packet.usr3.try_into();
        let (Ok(random), true) = (random, is_ours) else {
            return;
        };
        let mut answer = Pong::new(pong.responder_peer_id, self.identity.peer_id);
        answer.ping_id = Some(Token::from_random(random));
        answer.is_connection = true;
        (answer.address, answer.port) = (Some(*from.ip()), Some(from.port()));
        answer.nat_type = Some(self.nat).filter(|_| self.is_ready());
        answer.cache_summary_hash = Some(SummaryHash(self.digest.hash));
        let mut answer = Packet::new(PacketType::PONG, answer.encode());
        let subject = self.subject_of(packet);
        self.name_subject(&mut answer, subject);
        self.identity.sign(&mut answer);
        self.send(wire, from, &answer);
    }

    /// Names the subcluster of a link, if we take part in it.
    fn name_subject(&self, packet: &mut Packet, subject: Option<Subject>) {
        let Some((cluster, subcluster)) = subject else {
            return;
        };
        if self
            .memberships
            .get(&subcluster)
            .is_some_and(|own| own.cluster == cluster)
        {
            packet.cluster_id = cluster.0;
            packet.subcluster_id = subcluster.field();
        }
    }
}

/// How long a peer must be silent at one address before it is greeted at another.
pub(super) const MET_WAIT: std::time::Duration = std::time::Duration::from_secs(1);
/// How long a ping of ours is waited for to be answered before the next one goes along with a pong.
const ANSWER_WAIT: std::time::Duration = std::time::Duration::from_millis(200);
/// How long the answer to the ping in a pong may take before a ping of its own follows.
const GREETING_WAIT: std::time::Duration = std::time::Duration::from_millis(700);
