//! One node as the actors build it: a peer with its cache and its scheduler, without them.
//!
//! Feed it with [`Node::datagram`], [`Node::wake`] or [`Node::command`]; what it wants sent
//! is in `sent`, what it tells its owner in `events`, and when it wants to be woken it says.
//! Whoever includes this file has `relay` in its root.

use std::time::Duration;

use bytes::Bytes;

use crate::relay::{
    Address, Now, PacketId, Time,
    cache::{Cache, CacheConfig},
    peer::{Bootstrap, Event, Found, Output, Peer, PeerConfig, Ticket, Transmit, Wire},
    rebroadcast::{Output as Due, Schedule},
};

/// A peer, its cache and its scheduler.
pub struct Node {
    /// The peer.
    pub peer: Peer,
    /// Its cache.
    pub cache: Cache,
    /// Its scheduler.
    pub schedule: Schedule,
    /// Datagrams that it wants sent.
    pub sent: Vec<Transmit>,
    /// What it told its owner.
    pub events: Vec<Event>,
    /// Commands that are done.
    pub done: Vec<(Ticket, Vec<PacketId>)>,
    /// When it wants to be woken.
    pub wake_at: Time,
}

impl Node {
    /// A node that is not open yet.
    pub fn new(config: PeerConfig, cache: CacheConfig, seed: [u8; 32], now: Now) -> Self {
        let keepalive = config.keepalive;
        Self {
            peer: Peer::new(config, seed, now),
            cache: Cache::new(cache),
            schedule: Schedule::new(keepalive, seed),
            sent: Vec::new(),
            events: Vec::new(),
            done: Vec::new(),
            wake_at: now.time,
        }
    }

    /// A datagram comes in on the main socket.
    pub fn datagram(&mut self, now: Now, from: Address, bytes: Bytes) {
        self.datagram_on(now, Wire::Main, from, bytes);
    }

    /// A datagram comes in on a socket.
    pub fn datagram_on(&mut self, now: Now, wire: Wire, from: Address, bytes: Bytes) {
        self.peer.handle_datagram(now, wire, from, bytes);
        self.drain(now);
    }

    /// Time passes.
    pub fn wake(&mut self, now: Now) {
        self.peer.handle_timeout(now);
        self.schedule.handle_timeout(now);
        self.drain(now);
    }

    /// The owner tells the peer to do something.
    pub fn command<T>(&mut self, now: Now, command: impl FnOnce(&mut Peer) -> T) -> T {
        let outcome = command(&mut self.peer);
        self.drain(now);
        outcome
    }

    /// Carries everything from one part to the other until all are silent.
    pub fn drain(&mut self, now: Now) {
        loop {
            let peer_due = self.drain_peer(now);
            let (schedule_due, is_silent) = self.drain_schedule(now);
            if is_silent {
                self.wake_at = peer_due.min(schedule_due);
                return;
            }
        }
    }

    fn drain_peer(&mut self, now: Now) -> Time {
        loop {
            match self.peer.poll_output(now) {
                Output::Wait(due) => return due,
                Output::Transmit(transmit) => self.sent.push(transmit),
                Output::Event(event) => self.events.push(event),
                Output::Done { ticket, ids } => self.done.push((ticket, ids)),
                Output::HoldPunchSockets { .. } => {}
                Output::Keep(arrival) => {
                    for kept in self.cache.keep(now, arrival) {
                        self.peer.handle_kept(now, kept);
                    }
                    self.follow(now);
                }
                Output::Find(lookup) => {
                    let packets = self.cache.find(lookup.id);
                    self.peer.handle_found(now, Found { lookup, packets });
                }
                Output::Reconcile { peer, summary } => {
                    let (answer, wanted) = self.cache.reconcile(now, peer, summary.as_ref());
                    self.schedule.handle_wanted(now, peer, &wanted);
                    self.peer.handle_reconciled(now, answer);
                }
                Output::Contact(peer) => self.schedule.handle_contact(now, peer),
                Output::Difference => self.schedule.handle_difference(now),
                Output::Held(id) => self.schedule.handle_held(now, id),
                Output::Classify {
                    subcluster,
                    interest,
                } => {
                    self.cache.reclassify(now, subcluster, interest);
                    self.follow(now);
                }
            }
        }
    }

    /// Whether the scheduler had nothing to say, and when it will have.
    fn drain_schedule(&mut self, now: Now) -> (Time, bool) {
        let mut is_silent = true;
        loop {
            match self.schedule.poll_output(now) {
                Due::Wait(due) => return (due, is_silent),
                Due::Send { id, audience } => {
                    if let Some(packet) = self.cache.packet(id) {
                        self.peer.handle_due(now, packet, audience);
                    }
                }
                Due::Pull { peer } => self.peer.handle_pull_due(now, peer),
                Due::Expire { id } => {
                    self.cache.remove(now, id);
                    self.follow(now);
                }
            }
            is_silent = false;
        }
    }

    /// Tells the scheduler and the peer how the cache has changed.
    fn follow(&mut self, now: Now) {
        let changes = self.cache.take_changes();
        if changes.is_empty() {
            return;
        }
        for change in changes {
            self.schedule.handle_change(now, &change);
        }
        self.peer.handle_digest(self.cache.digest(now));
    }
}

/// How a peer of a test is made: an indexed one has its own address and asks nobody.
pub fn config(number: u16, is_indexed: bool, bootstraps: &[Address]) -> PeerConfig {
    let mut identity_seed = [7; 32];
    identity_seed[..2].copy_from_slice(&number.to_be_bytes());
    let bootstrap = |address: &Address| Bootstrap {
        address: *address,
        peer_id: None,
        is_indexed: true,
    };
    PeerConfig {
        peer_id: None,
        identity_seed,
        is_indexed,
        cluster: None,
        bootstraps: bootstraps.iter().map(bootstrap).collect(),
        keepalive: Duration::from_secs(30),
        address: is_indexed.then(|| address(number)),
    }
}

/// Every peer of a test has a host of its own.
pub fn address(number: u16) -> Address {
    let [high, low] = number.to_be_bytes();
    Address::new([10, high, low, 1].into(), 9_777)
}
