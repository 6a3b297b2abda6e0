//! A conversation under way, and the steps that it takes.

use std::time::Duration;

use bytes::Bytes;

use super::{
    crafted::{self, Choice, Target, address, key, publication, who_at, wire},
    ledger::{Ledger, ping_of},
    take, take_array,
};
use crate::{
    relay::{
        Address, Now, PacketId, PeerId, Time,
        keys::SharedKey,
        packet::{Packet, PacketType, Pong},
        peer::{Output, Peer, Ticket, Wire},
        split,
    },
    relay_node::Node,
};

/// A conversation with a node.
#[derive(Clone)]
pub(super) struct Talk {
    pub(super) node: Node,
    pub(super) now: Now,
    pub(super) ledger: Ledger,
    pub(super) target: Target,
    /// Whether everybody sees the node at another port.
    pub(super) is_hard: bool,
    /// How often the node may be woken yet: a long time of many timers is not told in full.
    pub(super) wakes_left: u32,
    /// How many packets may be made up yet.
    pub(super) says_left: u32,
}

impl Talk {
    /// Does the next step; nothing if there is none.
    pub(super) fn step(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, high, low] = take_array(data)?;
        self.pass(duration(u16::from_be_bytes([high, low])));
        match kind {
            DATAGRAM => self.datagram(data, false),
            REPAIRED => self.datagram(data, true),
            ANSWER => self.answer(data),
            LONG => self.long(data),
            COMMAND => self.command(data),
            CRAFTED => self.crafted(data),
            FLOOD => self.flood(data),
            ANSWER_ALL => {
                self.answer_all();
                Some(())
            }
            _ => Some(()),
        }
    }

    /// Forgets what the node said, but for what may be answered.
    pub(super) fn forget(&mut self) {
        let sent = &mut self.node.sent;
        sent.drain(..sent.len().saturating_sub(64));
        self.node.events.clear();
        self.node.store.done.clear();
    }

    /// Lets time pass, and wakes the node whenever it wants to be.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.time + time;
        while self.wakes_left > 0 {
            let next = self.node.wake_at.max(self.now.time);
            if next > end {
                break;
            }
            self.wakes_left -= 1;
            self.move_to(next);
            self.input(|node, now| node.wake(now));
        }
        self.move_to(end);
    }

    fn move_to(&mut self, time: Time) {
        let passed = time.since(self.now.time).as_millis();
        self.now.unix_ms += u64::try_from(passed).unwrap_or_default();
        self.now.time = self.now.time.max(time);
    }

    /// Somebody says something.
    pub(super) fn say(&mut self, choice: Choice) {
        let Some(says_left) = self.says_left.checked_sub(1) else {
            return;
        };
        self.says_left = says_left;
        let packet = crafted::packet(choice, self.target, self.now);
        let (wire, from) = (wire(choice.who), address(choice.who));
        self.hear(wire, from, crafted::bytes(&packet));
    }

    /// A datagram comes in, which earns its sender as many bytes.
    fn hear(&mut self, wire: Wire, from: Address, bytes: Bytes) {
        self.ledger.earn(self.now.time, *from.ip(), &bytes);
        self.input(|node, now| node.datagram_on(now, wire, from, bytes));
    }

    /// Something happens to the node, which says no more than it may.
    pub(super) fn input<T>(&mut self, input: impl FnOnce(&mut Node, Now) -> T) -> T {
        let (sent_before, events_before) = (self.node.sent.len(), self.node.events.len());
        let outcome = input(&mut self.node, self.now);
        let sent = &self.node.sent[sent_before..];
        let output_count = sent.len() + self.node.events.len() - events_before;
        assert!(output_count <= OUTPUTS_EACH_MAX, "{output_count} outputs");
        for sent in sent {
            self.ledger.spend(sent);
        }
        outcome
    }

    /// Answers all pings that are open, each as whoever is meant to be there.
    pub(super) fn answer_all(&mut self) {
        for sent in std::mem::take(&mut self.node.sent) {
            if let (Some(ping), Some(who)) = (ping_of(&sent.payload), who_at(sent.to)) {
                let bytes = crafted::bytes(&crafted::pong(&ping, who, self.port(who)));
                self.ledger.prove(*sent.to.ip());
                self.hear(sent.wire, sent.to, bytes);
            }
        }
    }

    /// A datagram comes in; repaired, it has a valid id and stands a chance.
    fn datagram(&mut self, data: &mut &[u8], is_repaired: bool) -> Option<()> {
        let [source, high, low] = take_array(data)?;
        let length = usize::from(u16::from_be_bytes([high, low])).min(data.len());
        let mut bytes = Bytes::copy_from_slice(take(data, length)?);
        if is_repaired && let Ok(packet) = Packet::decode(&bytes) {
            bytes = crafted::repaired(packet).encode().ok()?;
        }
        let (wire, from) = (wire(source.into()), address(source.into()));
        if is_answer(&bytes) {
            self.ledger.prove(*from.ip());
        }
        self.hear(wire, from, bytes);
        Some(())
    }

    /// Whoever was pinged last answers, so that it is known to be there.
    fn answer(&mut self, data: &mut &[u8]) -> Option<()> {
        let [who] = take_array(data)?;
        let pings = self.node.sent.iter().rev();
        let pings = pings.filter_map(|sent| Some((sent.to, sent.wire, ping_of(&sent.payload)?)));
        let (from, wire, ping) = pings.take(usize::from(who % 8) + 1).last()?;
        let pong = crafted::pong(&ping, who.into(), self.port(who.into()));
        self.ledger.prove(*from.ip());
        self.hear(wire, from, crafted::bytes(&pong));
        Some(())
    }

    /// At which port somebody sees the node.
    fn port(&self, who: u16) -> u16 {
        if self.is_hard { 9_000 + who } else { 9_000 }
    }

    /// Every part of a long message comes, but for one.
    fn long(&mut self, data: &mut &[u8]) -> Option<()> {
        let [source, filler, missing] = take_array(data)?;
        let kinds = [PacketType::PUBLISH, PacketType::STREAM, PacketType::QUERY];
        let kind = kinds[usize::from(source % 3)];
        let mut whole = Packet::new(kind, vec![filler; 4_000]);
        whole.subcluster_id = self.target.subcluster.field();
        whole.usr3 = self.target.peer.field();
        whole.usr4 = PeerId([source; 32]).field();
        let parts = split::split(&whole, None, filler.into()).ok()?;
        let is_there = |part: &&Packet| part.index != i32::from(missing % 8);
        for part in parts.iter().filter(is_there) {
            self.hear(Wire::Main, address(source.into()), crafted::bytes(part));
        }
        Some(())
    }

    fn command(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, value] = take_array(data)?;
        let ticket = Ticket(value.into());
        let to = PeerId([value; 32]);
        let question = serde_json::json!({ "value": value });
        let command = |peer: &mut Peer, now| match kind % 9 {
            0 => drop(peer.publish(now, ticket, publication(usize::from(value) * 20))),
            1 => drop(peer.stream(now, ticket, to, publication(usize::from(value) * 20))),
            2 => drop(peer.query(now, question, None, Some(to))),
            3 => drop(peer.answer(now, PacketId([value; 32]), vec![value; 3_000].into())),
            4 => drop(peer.sync(now, to)),
            5 => drop(peer.join(now, None, SharedKey([value; 32]))),
            6 => drop(peer.leave(now, key().key_pair().subcluster())),
            7 => drop(peer.inject(now, ticket, Vec::new())),
            _ => peer.reflect_again(now),
        };
        self.input(|node, now| node.command(now, |peer| command(peer, now)));
        Some(())
    }

    /// Somebody says something that is as it should be.
    fn crafted(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, who, of, a, b] = take_array(data)?;
        self.say(Choice {
            kind,
            who: who.into(),
            of: of.into(),
            a,
            b,
        });
        Some(())
    }

    /// Many say much the same.
    fn flood(&mut self, data: &mut &[u8]) -> Option<()> {
        let [kind, who, of, a, b, count] = take_array(data)?;
        for number in 0..u16::from(count % 32) {
            self.say(Choice {
                kind,
                who: u16::from(who) + if b & 1 == 0 { number } else { 0 },
                of: u16::from(of) * 8 + number,
                a,
                b,
            });
        }
        Some(())
    }

    /// Looks at every bound.
    pub(super) fn check(&mut self) {
        let report = self.node.peer.report(self.now);
        assert_eq!(report.counters.lost, 0, "outputs are lost");
        let own = report.tables;
        let schedule = self.node.store.schedule.tables();
        for table in own.into_iter().chain(schedule) {
            assert!(table.count <= table.count_max, "{table:?}");
        }
        let digest = self.node.store.cache.digest(self.now);
        assert!(digest.bytes <= CACHE_BYTES, "{digest:?}");
        let output = self.node.peer.poll_output(self.now);
        assert!(matches!(output, Output::Wait(_)), "{output:?}");
        self.ledger.check(self.now.time.since(Time::ZERO));
    }
}

/// Whether bytes may bring back a token that was sent where they come from.
fn is_answer(bytes: &Bytes) -> bool {
    let packet = Packet::decode(bytes).ok();
    let packet = packet.filter(|packet| packet.kind == PacketType::PONG);
    let pong = packet.and_then(|packet| Pong::parse(&packet.message).ok());
    pong.is_some_and(|pong| pong.ping_id.is_some())
}

/// Milliseconds, and beyond a minute steps of four seconds, up to six hours.
fn duration(time: u16) -> Duration {
    match time.checked_sub(LONG_TIMES_FROM) {
        Some(steps) => Duration::from_secs(60 + u64::from(steps) * 4),
        None => Duration::from_millis(time.into()),
    }
}

pub(super) const DATAGRAM: u8 = 0;
const REPAIRED: u8 = 1;
pub(super) const ANSWER: u8 = 2;
const LONG: u8 = 3;
const COMMAND: u8 = 4;
const CRAFTED: u8 = 5;
const FLOOD: u8 = 6;
const ANSWER_ALL: u8 = 7;
/// Datagrams and events that one input brings about.
const OUTPUTS_EACH_MAX: usize = 1_300;
/// From here on the time of a step counts longer.
pub(super) const LONG_TIMES_FROM: u16 = 60_000;
/// Budget of the node's cache: small enough to be full soon.
pub(super) const CACHE_BYTES: usize = 64 * 1024;
