//! A peer with neighbours that prove nothing: what the tests of single files stand on.

use bytes::Bytes;

use super::{
    Event, LinkVia, Output, Peer, PeerConfig, Transmit, Wire, memberships::Membership, table::Entry,
};
use crate::relay::{
    Address, ClusterId, Now, PeerId, SubclusterId, Time,
    keys::{KeyPair, SharedKey, open},
    nat::NatType,
    packet::{Field, Packet, PacketType},
};

/// The one peer, and what it did.
pub(super) struct Neighbourhood {
    pub(super) peer: Peer,
    pub(super) now: Now,
    /// Everything but the datagrams, in order.
    pub(super) outputs: Vec<Output>,
    /// Datagrams but for signs of life: where they went and what they said.
    pub(super) sent: Vec<(Address, Packet)>,
}

impl Neighbourhood {
    /// An indexed peer with this many proved neighbours.
    pub(super) fn new(count: u8) -> Self {
        let now = Now {
            time: Time::from_micros(10_000_000),
            unix_ms: 1_700_000_000_000,
        };
        let config = PeerConfig {
            signing: Default::default(),
            peer_id: None,
            identity_seed: [1; 32],
            is_indexed: true,
            cluster: Some(cluster()),
            bootstraps: Vec::new(),
            keepalive: std::time::Duration::from_secs(30),
            address: None,
        };
        let mut peer = Peer::new(config, [2; 32], now);
        for number in 1..=count {
            let mut entry = Entry::new(peer_id(number), address(number), now.time);
            (entry.is_proved, entry.is_connected) = (true, true);
            entry.nat = NatType::UNRESTRICTED;
            entry.met_at = Time::ZERO;
            peer.table.insert(entry);
        }
        let mut town = Self {
            peer,
            now,
            outputs: Vec::new(),
            sent: Vec::new(),
        };
        town.peer.open(now);
        town.drain();
        town.outputs.clear();
        town
    }

    /// Takes part in the subcluster of [`shared_key`].
    pub(super) fn with_subcluster(mut self) -> Self {
        let membership = Membership {
            cluster: cluster(),
            told_at: None,
            tells: 0,
        };
        self.peer.memberships.insert(subcluster(), membership);
        self
    }

    /// Changes a neighbour's entry.
    pub(super) fn alter(&mut self, number: u8, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.peer.table.get(&peer_id(number)).unwrap().clone();
        change(&mut entry);
        self.peer.table.insert(entry);
    }

    /// A packet comes from a neighbour.
    pub(super) fn receive(&mut self, from: u8, packet: &Packet) {
        let datagram = packet.encode().unwrap();
        self.receive_bytes(address(from), datagram);
    }

    pub(super) fn receive_bytes(&mut self, from: Address, datagram: Bytes) {
        self.peer
            .handle_datagram(self.now, Wire::Main, from, datagram);
        self.drain();
    }

    /// Takes everything out of the peer.
    pub(super) fn drain(&mut self) {
        loop {
            match self.peer.poll_output(self.now) {
                Output::Wait(_) => return,
                Output::Transmit(Transmit { to, payload, .. }) => {
                    let packet = Packet::decode(&payload).unwrap();
                    if !matches!(packet.kind, PacketType::PING | PacketType::PONG) {
                        self.sent.push((to, packet));
                    }
                }
                other => self.outputs.push(other),
            }
        }
    }

    pub(super) fn advance(&mut self, ms: u64) {
        self.now.time = self.now.time + std::time::Duration::from_millis(ms);
        self.now.unix_ms += ms;
        self.peer.handle_timeout(self.now);
        self.drain();
    }

    /// What the peer has told its owner since the last call.
    pub(super) fn events(&mut self) -> Vec<Event> {
        let outputs = std::mem::take(&mut self.outputs);
        let events = outputs.into_iter().filter_map(|output| match output {
            Output::Event(event) => Some(event),
            _ => None,
        });
        events.collect()
    }

    /// Who got the message of [`publication`], sealed once.
    pub(super) fn receivers_of_sealed(&self, key: &KeyPair) -> Vec<Address> {
        let is_open = |packet: &Packet| {
            let opened = open(&packet.message, key);
            opened.is_ok_and(|message| message.iter().all(|byte| *byte == b'x'))
        };
        let sent = self.sent.iter().filter(|(_, packet)| is_open(packet));
        sent.map(|(to, _)| *to).collect()
    }

    /// Who got something since the last call.
    pub(super) fn receivers(&mut self) -> Vec<Address> {
        let sent = std::mem::take(&mut self.sent);
        sent.into_iter().map(|(to, _)| to).collect()
    }
}

pub(super) fn cluster() -> ClusterId {
    ClusterId(Field::new(b"TEST").unwrap())
}

pub(super) fn shared_key() -> SharedKey {
    SharedKey([3; 32])
}

pub(super) fn subcluster() -> SubclusterId {
    shared_key().key_pair().subcluster()
}

pub(super) fn peer_id(number: u8) -> PeerId {
    PeerId([number; 32])
}

/// Each neighbour has a host of its own.
pub(super) fn address(number: u8) -> Address {
    Address::new([10, 0, number, 1].into(), 9777)
}

/// A message for the subcluster of [`shared_key`].
pub(super) fn publication(size: usize) -> super::Publication {
    super::Publication {
        usr1: Field::from([7; 32]),
        ..super::Publication::new(shared_key(), vec![b'x'; size])
    }
}

/// Makes a neighbour one that is reached through another.
pub(super) fn behind(entry: &mut Entry, proxy: u8) {
    entry.via = LinkVia::Proxy(peer_id(proxy));
}
