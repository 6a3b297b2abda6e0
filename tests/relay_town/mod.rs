//! Three indexed peers and a few members of one subcluster, with their caches and schedulers, in a
//! network in memory.
//!
//! Whoever includes this file includes `relay_model` and `relay_node`, too, and has `relay` in its
//! root.

#![allow(
    dead_code,
    reason = "each test that includes this module uses a part of it"
)]

use std::{cell::RefCell, rc::Rc, time::Duration};

use bytes::Bytes;
use rand::{SeedableRng, rngs::StdRng};

use crate::{
    relay::{
        Address, Now, PeerId, Time,
        cache::CacheConfig,
        keys::{SharedKey, seal},
        packet::{Field, Packet, PacketType, message_id},
        peer::{Event, Output, Peer, PeerCounters, Publication},
        split::split,
    },
    relay_model::{Behind, Nat, Network, Sent, cluster, ordinary, with_indexed},
    relay_node::Store,
};

/// A store that the test can look into.
struct Shared(Rc<RefCell<Store>>);

impl Behind for Shared {
    fn handle(&mut self, now: Now, peer: &mut Peer, output: Output) {
        self.0.borrow_mut().handle(now, peer, output);
    }

    fn due(&self) -> Time {
        self.0.borrow().due()
    }

    fn wake(&mut self, now: Now, peer: &mut Peer) {
        self.0.borrow_mut().wake(now, peer);
    }
}

/// Three indexed peers and a few members of one subcluster, all of which have met.
pub(crate) struct Town {
    pub(crate) network: Network,
    pub(crate) stores: Vec<Rc<RefCell<Store>>>,
}

/// The first member; the three before it are the indexed peers.
pub(crate) const FIRST: usize = 3;
/// Somebody who is no peer of anybody.
pub(crate) const STRANGER: Address = Address::new(std::net::Ipv4Addr::new(66, 6, 6, 6), 666);

impl Town {
    pub(crate) fn new(count: u8, cache: CacheConfig) -> Self {
        let (mut network, bootstraps) = with_indexed(1, 3);
        for number in 1..=count {
            let ip = [2, 0, 0, number].into();
            network.add(ordinary(number, &bootstraps), ip, Nat::Open);
        }
        let mut stores = Vec::new();
        for (number, node) in network.nodes.iter_mut().enumerate() {
            let store = Store::new(&ordinary(0, &[]), cache, [number as u8; 32]);
            let store = Rc::new(RefCell::new(store));
            node.behind = Box::new(Shared(store.clone()));
            stores.push(store);
        }
        for member in FIRST..FIRST + usize::from(count) {
            network.open(member);
            let join = |peer: &mut Peer, now| peer.join(now, Some(cluster()), key());
            network.with(member, join).unwrap();
            network.run_for(Duration::from_millis(100));
        }
        network.run_for(Duration::from_secs(10));
        network.trace = Some(Vec::new());
        Self { network, stores }
    }

    pub(crate) fn address(&self, node: usize) -> Address {
        let report = self.network.peer(node).report(self.network.now());
        report.address.unwrap()
    }

    pub(crate) fn peer_id(&self, node: usize) -> PeerId {
        self.network.peer(node).peer_id()
    }

    /// A datagram arrives at once, from whoever it says to be from.
    pub(crate) fn inject(&mut self, from: Address, to: usize, packet: &Packet) {
        let to = self.address(to);
        let payload = packet.encode().unwrap();
        self.network.inject(from, to, payload);
        self.network.run_for(Duration::from_micros(1));
    }

    pub(crate) fn run(&mut self, ms: u64) {
        self.network.run_for(Duration::from_millis(ms));
    }

    /// What went out since the last call.
    pub(crate) fn sent(&mut self) -> Vec<Sent> {
        self.network.trace.replace(Vec::new()).unwrap()
    }

    /// What a node told since the last call.
    pub(crate) fn events(&mut self, node: usize) -> Vec<Event> {
        let events = std::mem::take(&mut self.network.nodes[node].events);
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// How many messages a node was given since the last call.
    pub(crate) fn message_count(&mut self, node: usize) -> usize {
        let events = self.events(node);
        let is_message = |event: &&Event| {
            matches!(
                event,
                Event::Packet { .. } | Event::Stream { .. } | Event::Answer { .. }
            )
        };
        events.iter().filter(is_message).count()
    }

    pub(crate) fn counters(&self, node: usize) -> PeerCounters {
        self.network.peer(node).report(self.network.now()).counters
    }

    #[track_caller]
    pub(crate) fn assert_bounded(&self, node: usize) {
        for table in self.network.peer(node).report(self.network.now()).tables {
            assert!(table.count <= table.count_max, "{table:?}");
        }
    }
}

pub(crate) fn key() -> SharedKey {
    SharedKey([9; 32])
}

pub(crate) fn publication(message: &[u8]) -> Publication {
    Publication {
        cluster: Some(cluster()),
        ..Publication::new(key(), Bytes::copy_from_slice(message))
    }
}

/// The packets of a message as somebody else publishes or streams it.
pub(crate) fn packets(kind: PacketType, size: usize, filler: u8) -> Vec<Packet> {
    let pair = key().key_pair();
    let mut random = StdRng::seed_from_u64(filler.into());
    let mut whole = Packet::new(kind, seal(&vec![filler; size], &pair, &mut random));
    whole.cluster_id = cluster().0;
    whole.subcluster_id = pair.subcluster().field();
    split(&whole, None, filler.into()).unwrap()
}

/// A packet of a subcluster that nobody takes part in.
pub(crate) fn foreign(number: u32) -> Packet {
    let mut packet = Packet::new(PacketType::PUBLISH, number.to_be_bytes().to_vec());
    packet.packet_id = message_id(&packet.message).field();
    packet.subcluster_id = Field::from([66; 32]);
    packet
}
