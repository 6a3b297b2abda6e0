//! Judges what was received by nothing but what was sent, and by who was where.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use sim::metrics::TraceRow;
use socket_runtime::{actors::simulation::Captured, relay::Address};

/// What is known of a run before it begins.
pub(super) struct Oracle {
    /// What each node is behind, in the words of the wire.
    pub(super) classes: Vec<String>,
    /// Which nodes the partition cuts off from the others, and when.
    pub(super) is_cut_off: Vec<bool>,
    pub(super) cut_us: Option<(u64, u64)>,
    /// When each node is online.
    pub(super) sessions: Vec<Vec<(u64, u64)>>,
    /// How long a box remembers whom its node has sent to.
    pub(super) timeout_us: u64,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// When a node's socket last had to do with an address outside, at which its box noted it.
    opened_us: HashMap<(u32, u16, Address), u64>,
    /// When somebody sent something.
    sent_us: HashMap<(u32, Bytes), Vec<u64>>,
    /// When a node first received a message from another, by its datagrams: the sender's time is
    /// of no interest, since copies of a message differ only in their number of hops.
    copies_us: BTreeMap<(u32, u32), Vec<u64>>,
}

impl Oracle {
    /// Says what first could not have happened, if anything; datagrams are in order.
    pub(super) fn judge(&self, datagrams: &[Captured], trace: &[TraceRow]) -> Result<(), String> {
        let mut seen = Seen::default();
        for datagram in datagrams {
            let at_us = datagram.at.as_micros();
            let Some(receiver) = datagram.receiver else {
                let sender = datagram.sender;
                self.check_online(sender, at_us)?;
                seen.open((sender, datagram.from.port(), datagram.to), at_us);
                let key = (sender, datagram.payload.clone());
                seen.sent_us.entry(key).or_default().push(at_us);
                continue;
            };
            let fact = |reason: String| {
                let (sender, from) = (datagram.sender, datagram.from);
                format!("at {at_us} µs {receiver} gets something of {sender} from {from}: {reason}")
            };
            self.check_arrival(&seen, datagram, receiver)
                .map_err(fact)?;
            if datagram.payload.get(KIND_OFFSET) == Some(&PUBLISH) {
                let pair = (receiver, datagram.sender);
                seen.copies_us.entry(pair).or_default().push(at_us);
            }
        }
        trace
            .iter()
            .try_for_each(|row| self.check_message(&seen, row))
    }

    fn check_arrival(&self, seen: &Seen, datagram: &Captured, receiver: u32) -> Result<(), String> {
        let at_us = datagram.at.as_micros();
        self.check_online(receiver, at_us)?;
        let sent = seen
            .sent_us
            .get(&(datagram.sender, datagram.payload.clone()));
        let is_sent = |sent_us: &&u64| at_us - **sent_us <= UNDER_WAY_US;
        if sent.and_then(|sent| sent.iter().find(is_sent)).is_none() {
            return Err("it was never sent".to_owned());
        }
        let is_apart =
            self.is_cut_off[receiver as usize] != self.is_cut_off[datagram.sender as usize];
        if is_apart
            && self
                .cut_us
                .is_some_and(|(from, to)| (from..to).contains(&at_us))
        {
            return Err("they are parted".to_owned());
        }
        if self.lets_in(seen, datagram, receiver) {
            return Ok(());
        }
        let class = &self.classes[receiver as usize];
        Err(format!("a box that is {class} let nobody in from there"))
    }

    /// Whether the receiver's box lets a datagram in, as its class says.
    fn lets_in(&self, seen: &Seen, datagram: &Captured, receiver: u32) -> bool {
        let (at_us, port, from) = (datagram.at.as_micros(), datagram.to.port(), datagram.from);
        let is_remembered = |opened_us: &u64| at_us - opened_us <= self.timeout_us;
        let opened = |is_it: &dyn Fn(&Address) -> bool| {
            let mut all = seen.opened_us.iter();
            all.any(|((node, own, to), opened_us)| {
                (*node, *own) == (receiver, port) && is_remembered(opened_us) && is_it(to)
            })
        };
        match self.classes[receiver as usize].as_str() {
            "PUBLIC" => true,
            "UNRESTRICTED" => opened(&|_| true),
            "ADDR_RESTRICTED" => opened(&|to| to.ip() == from.ip()),
            _ => {
                let exact = seen.opened_us.get(&(receiver, port, from));
                exact.is_some_and(is_remembered)
            }
        }
    }

    /// Whoever has a message got it from somebody who sent it, while it was there.
    fn check_message(&self, seen: &Seen, row: &TraceRow) -> Result<(), String> {
        self.check_online(row.node, row.at_us)?;
        if row.node == row.from {
            return Ok(());
        }
        let copies = seen.copies_us.get(&(row.node, row.from));
        if copies.is_some_and(|copies| copies.iter().any(|copy_us| *copy_us <= row.at_us)) {
            return Ok(());
        }
        let TraceRow { node, packet, .. } = row;
        Err(format!("{node} has message {packet} out of nowhere"))
    }

    fn check_online(&self, node: u32, at_us: u64) -> Result<(), String> {
        let mut sessions = self.sessions[node as usize].iter();
        if sessions.any(|(from_us, to_us)| (*from_us..=*to_us).contains(&at_us)) {
            return Ok(());
        }
        Err(format!("{node} is away at {at_us} µs"))
    }
}

impl Seen {
    fn open(&mut self, way: (u32, u16, Address), at_us: u64) {
        let opened_us = self.opened_us.entry(way).or_default();
        *opened_us = at_us.max(*opened_us);
    }
}

/// Longer than any datagram is under way.
const UNDER_WAY_US: u64 = 5_000_000;
/// Where the type is in a packet, and that of a message.
const KIND_OFFSET: usize = 4;
const PUBLISH: u8 = 5;
