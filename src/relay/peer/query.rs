//! Questions to the network, and answers that find their way back (spec section 10).
//!
//! Whoever passes a question on remembers where it came from; an answer goes back hop by hop
//! on that way and on no other, until it reaches the one that asked. Nobody on the way takes
//! it for itself (weakness 12.6). A question is taken only from a neighbour that has proved
//! its address, since an answer may be long.
//!
//! A peer of the reference reads `usr1` of an answer as a time and throws away what is old.
//! In a packet from a cache that field is not a time; where it would read as one, its first
//! byte is taken out and put behind the `2` in `usr4`, where peers of ours find it again and
//! the reference does not look.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    Event, Found, Lookup, Output, Peer, TableReport, Ticket,
    commands::CommandError,
    reassembly::Source,
    recent::{Recent, Secret},
};
use crate::relay::{
    Address, Now, PacketId, PeerId, Time,
    packet::{Field, HOPS_MAX, IdCheck, MESSAGE_BYTES_MAX, Packet, PacketType, verify_id},
    split::{self, Composed},
};

/// What is remembered of questions.
#[derive(Clone, Debug)]
pub(super) struct Queries {
    /// Ours, and whether they are answered.
    asked: Recent<Field, bool>,
    /// Ours that go to the network later, in the order of their times.
    later: VecDeque<(Time, Packet)>,
    /// Others', and where they came from.
    routes: Recent<Field, Route>,
    /// Others', while the cache looks.
    lookups: Recent<u64, (Address, Packet)>,
    lookup_count: u64,
}

/// The way back of answers.
#[derive(Clone, Copy, Debug)]
struct Route {
    to: Address,
    at: Time,
    /// Packets of answers that went back.
    packet_count: u32,
}

impl Queries {
    pub(super) fn new(secret: Secret) -> Self {
        Self {
            asked: Recent::new(secret, ASKED_COUNT_MAX),
            later: VecDeque::new(),
            routes: Recent::new(secret, ROUTE_COUNT_MAX),
            lookups: Recent::new(secret, LOOKUP_COUNT_MAX),
            lookup_count: 0,
        }
    }

    /// When [`Peer::ask_network_in_turn`] has something to do.
    pub(super) fn due(&self) -> Time {
        self.later.front().map_or(Time::NEVER, |(at, _)| *at)
    }

    /// How full the tables are.
    pub(super) fn tables(&self) -> [TableReport; 4] {
        let report = TableReport::new;
        [
            report("own questions", self.asked.len(), ASKED_COUNT_MAX),
            report("late questions", self.later.len(), LATER_COUNT_MAX),
            report("questions", self.routes.len(), ROUTE_COUNT_MAX),
            report("lookups", self.lookups.len(), LOOKUP_COUNT_MAX),
        ]
    }

    /// Where answers to a question go, if it is known, fresh, and not answered to excess.
    fn route(&mut self, now: Time, question: &Field) -> Option<Address> {
        let route = self.routes.get_mut(question)?;
        let is_usable =
            now.since(route.at) < ROUTE_AGE_MAX && route.packet_count < ANSWER_PACKETS_MAX;
        route.packet_count += u32::from(is_usable);
        is_usable.then_some(route.to)
    }
}

impl Peer {
    /// Asks the network; gives the id of the question. Answers come as [`Event::Answer`].
    ///
    /// With `first`, that peer is asked first, and the network if it has not answered in
    /// `NETWORK_DELAY`.
    ///
    /// # Errors
    /// If the question does not fit one packet.
    pub fn query(
        &mut self,
        now: Now,
        question: Value,
        wanted: Option<PacketId>,
        first: Option<PeerId>,
    ) -> Result<PacketId, CommandError> {
        self.rest = None;
        let message = question_text(question, wanted);
        let (length, length_max) = (message.len(), MESSAGE_BYTES_MAX);
        if length > length_max {
            return Err(CommandError::TooLong { length, length_max });
        }
        let id = PacketId(rand::Rng::random(&mut self.rng));
        let mut packet = Packet::new(PacketType::QUERY, message);
        packet.usr1 = time_field(now);
        packet.usr3 = id.field();
        packet.usr4 = digit_field(QUESTION);
        // The id hashes this field, so that the same question can be asked again.
        packet.next_id = id.field();
        let mut packet = packet.with_derived_id();
        self.gossip.queries.asked.insert(id.field(), false);
        let first = first.and_then(|peer| self.table.get(&peer));
        let first = first.filter(|entry| entry.is_connected);
        let first = first.and_then(|entry| self.route(entry));
        let has_room = self.gossip.queries.later.len() < LATER_COUNT_MAX;
        if let (Some((wire, to)), true) = (first, has_room) {
            let due = now.time + NETWORK_DELAY;
            packet.hops = 1;
            self.send(wire, to, &packet);
            packet.hops = 0;
            self.gossip.queries.later.push_back((due, packet));
        } else {
            self.multicast(now, &mut packet, self.reach_of_question(), None);
        }
        Ok(id)
    }

    /// Answers a question that came as [`Event::Query`]; gives the ids of the answer's packets.
    ///
    /// # Errors
    /// If nothing is known of the question (any more), or the answer is too long.
    pub fn answer(
        &mut self,
        now: Now,
        question: PacketId,
        message: Bytes,
    ) -> Result<Vec<PacketId>, CommandError> {
        self.rest = None;
        let not_found = CommandError::NotFound { id: question };
        let to = self.gossip.queries.route(now.time, &question.field());
        let to = to.ok_or(not_found)?;
        let mut whole = Packet::new(PacketType::QUERY, message);
        whole.usr1 = time_field(now);
        whole.usr3 = question.field();
        whole.usr4 = digit_field(ANSWER);
        let number = rand::Rng::random(&mut self.rng);
        let packets = split::split_uniquely(&whole, None, now.unix_ms, number)?;
        let wire = self.wire_to(to);
        for packet in &packets {
            self.send(wire, to, packet);
        }
        Ok(packets.iter().filter_map(Packet::id).collect())
    }

    pub(super) fn on_query(&mut self, now: Now, from: Address, packet: Packet) {
        if !packet.usr3.is_set() || packet.usr3 == Field::EMPTY {
            self.counters.malformed += 1;
            return;
        }
        if verify_id(&packet, None) == IdCheck::Forged {
            self.counters.forged += 1;
            return;
        }
        // The question's own id is in the key: the same text may be asked again and answered
        // by several, and what one sender says shuts out nobody else.
        let key = (
            packet.kind,
            packet.packet_id.as_slice(),
            packet.usr3.as_slice(),
            from,
        );
        if !self.gossip.gate.is_new(key) {
            self.counters.duplicate += 1;
        } else if packet.usr4.as_slice().first() == Some(&ANSWER) {
            self.on_answer(now, from, packet);
        } else {
            self.on_question(now, from, packet);
        }
    }

    fn on_question(&mut self, now: Now, from: Address, packet: Packet) {
        let id = packet.usr3;
        let queries = &mut self.gossip.queries;
        if queries.asked.contains(&id) || queries.routes.contains(&id) {
            self.counters.duplicate += 1;
            return;
        }
        if self.proved_peer(from).is_none() {
            self.ask_for_proof(now, from);
            return;
        }
        let route = Route {
            to: from,
            at: now.time,
            packet_count: 0,
        };
        self.gossip.queries.routes.insert(id, route);
        self.event(Event::Query {
            packet: packet.clone(),
            id,
            from,
        });
        match wanted_packet(&packet) {
            Some(wanted) => self.look_up(wanted, from, packet),
            None => self.pass_question_on(now, from, packet),
        }
    }

    /// Asks the cache first: who can answer does not ask further.
    fn look_up(&mut self, id: PacketId, from: Address, packet: Packet) {
        let queries = &mut self.gossip.queries;
        queries.lookup_count += 1;
        let number = queries.lookup_count;
        queries.lookups.insert(number, (from, packet));
        let ticket = Ticket(number);
        self.outbox.push(Output::Find(Lookup { id, ticket }));
    }

    /// The cache has looked: what there is goes back, or the question goes on.
    pub fn handle_found(&mut self, now: Now, found: Found) {
        self.rest = None;
        let number = found.lookup.ticket.0;
        let Some((from, question)) = self.gossip.queries.lookups.remove(&number) else {
            return;
        };
        if found.packets.is_empty() {
            self.pass_question_on(now, from, question);
            return;
        }
        let wire = self.wire_to(from);
        let is_ours = self
            .table
            .by_address(from)
            .is_some_and(|entry| entry.key.is_some());
        for packet in found.packets {
            // An answer loses the two fields that a query needs. A neighbour of our kind gets
            // the packet with them as well, and keeps it.
            if is_ours {
                self.send(wire, from, &packet);
            }
            if self.gossip.queries.route(now.time, &question.usr3) == Some(from) {
                self.send(wire, from, &as_answer(packet, question.usr3));
            }
        }
    }

    fn pass_question_on(&mut self, now: Now, from: Address, mut packet: Packet) {
        if packet.hops < HOPS_MAX {
            self.multicast(now, &mut packet, self.reach_of_question(), Some(from));
        }
    }

    fn on_answer(&mut self, now: Now, from: Address, mut packet: Packet) {
        let id = packet.usr3;
        if let Some(is_answered) = self.gossip.queries.asked.get_mut(&id) {
            *is_answered = true;
            self.take_answer(now, from, id, packet);
            return;
        }
        let Some(to) = self.gossip.queries.route(now.time, &id) else {
            return;
        };
        if to != from && packet.hops < HOPS_MAX {
            packet.hops += 1;
            let wire = self.wire_to(to);
            self.send(wire, to, &packet);
        }
    }

    /// An answer to a question of ours.
    fn take_answer(&mut self, now: Now, from: Address, id: Field, packet: Packet) {
        let source = Source::Answer(id, from);
        let Some(Composed { packet, meta }) = self.put_together(now, source, packet) else {
            return;
        };
        let packet = without_query(packet);
        self.event(Event::Answer {
            packet,
            meta,
            id,
            from,
        });
    }

    /// Questions that the first peer has not answered in time go to the network.
    pub(super) fn ask_network_in_turn(&mut self, now: Now) {
        while self.gossip.queries.due() <= now.time {
            let Some((_, mut packet)) = self.gossip.queries.later.pop_front() else {
                return;
            };
            let is_answered = self.gossip.queries.asked.get(&packet.usr3);
            if is_answered == Some(&false) {
                packet.usr1 = time_field(now);
                self.multicast(now, &mut packet, self.reach_of_question(), None);
            }
        }
    }
}

/// The question as it goes into a packet: never anything that the reference takes apart
/// without looking.
fn question_text(question: Value, wanted: Option<PacketId>) -> String {
    let mut question = match question {
        Value::Null => Value::Object(Map::new()),
        other => other,
    };
    if let (Some(fields), Some(id)) = (question.as_object_mut(), wanted) {
        fields.insert(WANTED.to_owned(), Value::String(id.to_string()));
    }
    question.to_string()
}

/// The packet that a question asks for.
fn wanted_packet(question: &Packet) -> Option<PacketId> {
    let question: Value = serde_json::from_slice(&question.message).ok()?;
    question.get(WANTED)?.as_str()?.parse().ok()
}

/// A packet from the cache as the answer to a question.
fn as_answer(mut packet: Packet, question: Field) -> Packet {
    packet.kind = PacketType::QUERY;
    packet.hops = 0;
    packet.usr3 = question;
    packet.usr4 = digit_field(ANSWER);
    let usr1 = packet.usr1.as_slice().to_vec();
    if let [first, rest @ ..] = &usr1[..]
        && may_read_as_number(*first)
        && let Ok(masked) = Field::new(&[&[0], rest].concat())
        && let Ok(kept) = Field::new(&[ANSWER, 0, *first])
    {
        (packet.usr1, packet.usr4) = (masked, kept);
    }
    packet
}

/// An answer as the packet that it was, but for the fields that a query needs.
fn without_query(mut packet: Packet) -> Packet {
    let usr1 = packet.usr1.as_slice().to_vec();
    if let [ANSWER, 0, first] = packet.usr4.as_slice()
        && let [0, rest @ ..] = &usr1[..]
        && let Ok(unmasked) = Field::new(&[&[*first], rest].concat())
    {
        packet.usr1 = unmasked;
    }
    packet.kind = PacketType::PUBLISH;
    (packet.usr3, packet.usr4) = (Field::UNSET, Field::UNSET);
    packet
}

/// Whether JavaScript's `parseInt` may find a number in what begins with this byte: a digit,
/// a sign, or white space in front of one.
fn may_read_as_number(first: u8) -> bool {
    matches!(first, b'0'..=b'9' | b'+' | b'-' | 9..=13 | b' ' | 0xc2 | 0xe1..=0xe3 | 0xef)
}

/// The time in milliseconds, in decimal digits.
fn time_field(now: Now) -> Field {
    Field::new(now.unix_ms.to_string().as_bytes()).unwrap_or_default()
}

fn digit_field(digit: u8) -> Field {
    Field::new(&[digit]).unwrap_or_default()
}

/// Who is asked first has this long to answer before the network is asked.
pub(super) const NETWORK_DELAY: Duration = Duration::from_millis(500);
/// How long answers find their way back.
const ROUTE_AGE_MAX: Duration = Duration::from_secs(60);
/// Packets that go back on one way: some four of the longest messages.
const ANSWER_PACKETS_MAX: u32 = 4_096;
/// Questions of ours that are remembered.
const ASKED_COUNT_MAX: usize = 1_024;
/// Questions of ours that wait for the first peer.
const LATER_COUNT_MAX: usize = 64;
/// Questions of others that are remembered.
const ROUTE_COUNT_MAX: usize = 4_096;
/// Questions that the cache is asked for at once.
const LOOKUP_COUNT_MAX: usize = 256;
/// The key of a question that asks for a packet.
const WANTED: &str = "packetId";
/// What `usr4` of a question begins with.
const QUESTION: u8 = b'1';
/// What `usr4` of an answer begins with.
const ANSWER: u8 = b'2';

#[cfg(test)]
mod tests;
