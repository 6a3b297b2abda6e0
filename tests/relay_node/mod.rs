//! One node as the actors build it: a peer with its cache and its scheduler, without them.
//!
//! Feed a [`Node`] with [`Node::datagram`], [`Node::wake`] or [`Node::command`]; what it wants
//! sent is in `sent`, what it tells its owner in `events`, and when it wants to be woken in
//! `wake_at`. A [`Store`] is what stands behind a peer that somebody else drives.
//!
//! Whoever includes this file has `relay` in its root.

#![allow(
    dead_code,
    reason = "each test that includes this module uses a part of it"
)]

use bytes::Bytes;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::relay::{
    Address, Now, PacketId, Time,
    cache::{Cache, CacheConfig},
    peer::{Event, Found, Output, Peer, PeerConfig, Ticket, Transmit, Wire},
    rebroadcast::{Output as Due, Schedule},
};

/// A peer, its cache and its scheduler.
#[derive(Clone)]
pub(crate) struct Node {
    /// The peer.
    pub(crate) peer: Peer,
    /// What stands behind it.
    pub(crate) store: Store,
    /// Datagrams that it wants sent.
    pub(crate) sent: Vec<Transmit>,
    /// What it told its owner.
    pub(crate) events: Vec<Event>,
    /// When it wants to be woken.
    pub(crate) wake_at: Time,
}

impl Node {
    /// A node that is not open yet.
    pub(crate) fn new(config: PeerConfig, cache: CacheConfig, seed: [u8; 32], now: Now) -> Self {
        let store = Store::new(&config, cache, seed);
        Self {
            peer: Peer::new(config, seed, now),
            store,
            sent: Vec::new(),
            events: Vec::new(),
            wake_at: now.time,
        }
    }

    /// A datagram comes in on the main socket.
    pub(crate) fn datagram(&mut self, now: Now, from: Address, bytes: Bytes) {
        self.datagram_on(now, Wire::Main, from, bytes);
    }

    /// A datagram comes in on a socket.
    pub(crate) fn datagram_on(&mut self, now: Now, wire: Wire, from: Address, bytes: Bytes) {
        self.peer.handle_datagram(now, wire, from, bytes);
        self.drain(now);
    }

    /// Time passes.
    pub(crate) fn wake(&mut self, now: Now) {
        self.peer.handle_timeout(now);
        self.drain(now);
    }

    /// The owner tells the peer to do something.
    pub(crate) fn command<T>(&mut self, now: Now, command: impl FnOnce(&mut Peer) -> T) -> T {
        let outcome = command(&mut self.peer);
        self.drain(now);
        outcome
    }

    /// Carries everything from one part to the other until all are silent.
    fn drain(&mut self, now: Now) {
        loop {
            let peer_due = self.drain_peer(now);
            self.store.wake(now, &mut self.peer);
            if let Output::Wait(_) = self.hand_out(now) {
                self.wake_at = peer_due.min(self.store.due());
                return;
            }
        }
    }

    fn drain_peer(&mut self, now: Now) -> Time {
        loop {
            if let Output::Wait(due) = self.hand_out(now) {
                return due;
            }
        }
    }

    /// Takes one output to where it belongs.
    fn hand_out(&mut self, now: Now) -> Output {
        let output = self.peer.poll_output(now);
        match &output {
            Output::Wait(_) => {}
            Output::Transmit(transmit) => self.sent.push(transmit.clone()),
            Output::Event(event) => self.events.push(event.clone()),
            _ => self.store.handle(now, &mut self.peer, output.clone()),
        }
        output
    }
}

/// A cache and a scheduler.
#[derive(Clone)]
pub(crate) struct Store {
    /// The cache.
    pub(crate) cache: Cache,
    /// The scheduler.
    pub(crate) schedule: Schedule,
    random: StdRng,
    /// Commands that are done.
    pub(crate) done: Vec<(Ticket, Vec<PacketId>)>,
    due: Time,
}

impl Store {
    /// An empty cache and a scheduler that knows nothing.
    pub(crate) fn new(config: &PeerConfig, cache: CacheConfig, seed: [u8; 32]) -> Self {
        Self {
            cache: Cache::new(cache),
            schedule: Schedule::new(config.keepalive, seed),
            random: StdRng::from_seed(seed),
            done: Vec::new(),
            due: Time::ZERO,
        }
    }

    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Time {
        self.due
    }

    /// Lets the scheduler do what is due.
    pub(crate) fn wake(&mut self, now: Now, peer: &mut Peer) {
        self.schedule.handle_timeout(now);
        self.poll_schedule(now, peer);
    }

    /// Does what the peer asks for.
    pub(crate) fn handle(&mut self, now: Now, peer: &mut Peer, output: Output) {
        match output {
            Output::Done { ticket, ids } => self.done.push((ticket, ids)),
            Output::Failed { .. } => {}
            Output::Keep(arrival) => {
                for kept in self.cache.keep(now, arrival) {
                    peer.handle_kept(now, kept);
                }
            }
            Output::Find(lookup) => {
                let packets = self.cache.find_to_send(now, lookup.id);
                peer.handle_found(now, Found { lookup, packets });
            }
            Output::Reconcile { peer: of, summary } => {
                let first_digit = self.random.random();
                let (answer, wanted) = self.cache.reconcile(now, of, summary.as_ref(), first_digit);
                self.schedule.handle_wanted(now, of, &wanted);
                peer.handle_reconciled(now, answer);
            }
            Output::Contact(of) => self.schedule.handle_contact(now, of),
            Output::Difference => self.schedule.handle_difference(now),
            Output::Held(id) => self.schedule.handle_held(now, id),
            Output::Classify {
                subcluster,
                interest,
            } => self.cache.reclassify(now, subcluster, interest),
            Output::Transmit(_) | Output::HoldPunchSockets { .. } => {}
            Output::Resolve { .. } | Output::Event(_) | Output::Wait(_) => {}
        }
        self.follow(now, peer);
        self.poll_schedule(now, peer);
    }

    fn poll_schedule(&mut self, now: Now, peer: &mut Peer) {
        loop {
            match self.schedule.poll_output(now) {
                Due::Wait(due) => {
                    self.due = due;
                    return;
                }
                Due::Send { id, audience } => {
                    if let Some(packet) = self.cache.packet_to_send(now, id) {
                        peer.handle_due(now, packet, audience);
                    }
                }
                Due::Pull { peer: with } => peer.handle_pull_due(now, with),
                Due::Expire { id } => {
                    self.cache.remove(now, id);
                    self.follow(now, peer);
                }
            }
        }
    }

    /// Tells the scheduler and the peer how the cache has changed.
    fn follow(&mut self, now: Now, peer: &mut Peer) {
        let changes = self.cache.take_changes();
        if changes.is_empty() {
            return;
        }
        for change in changes {
            self.schedule.handle_change(now, &change);
        }
        peer.handle_digest(self.cache.digest(now));
    }
}
