//! What happened, in the numbers that the recorder takes.
//!
//! Peers, packets and addresses have ids; a record counts. The ledger knows which number each has,
//! and is told of everything by those who see it happen.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sim::{
    Dropped, NatClass, Region,
    metrics::{Delivery, Names, Publication, Recorder, RecorderConfig, Return, Via},
};

use crate::relay::{
    PacketId, PeerId, Time,
    cache::CacheChange,
    packet::{Intro, PacketType, PacketView},
    peer::{LinkVia, Neighbour},
};

/// Shared by all who see something happen.
#[derive(Clone)]
pub(super) struct Ledger(Arc<Mutex<Book>>);

/// What is written down, and the numbers of what it is about.
pub(super) struct Book {
    pub(super) recorder: Recorder,
    /// When the time of packets is up, in the order of their publication.
    expiries: VecDeque<(Time, u32)>,
    life: Duration,
    nodes: HashMap<PeerId, u32>,
    classes: Vec<NatClass>,
    packets: HashMap<PacketId, u32>,
    /// When each packet was published.
    published_at: Vec<Time>,
    /// By packet and node: in which of its lives a node has heard the packet, in 8 bits, from 1.
    heard: Vec<Vec<u8>>,
    /// By packet: which caches that will be there again hold it.
    held: Vec<Vec<u64>>,
    /// From whom a packet came to a node first, and over how many hops, until the node has it.
    first_from: BTreeMap<(u32, u32), (u32, u16)>,
    /// The life of each node.
    lives: Vec<u8>,
    /// When a node was told of another, until they are connected.
    introduced: BTreeMap<(u32, u32), Time>,
    /// Bytes of comparisons of caches since the last one that ended.
    sync_bytes: Vec<u64>,
}

impl Ledger {
    /// A ledger of a run whose packets live for so long.
    pub(super) fn new(config: RecorderConfig, life: Duration) -> Self {
        let node_count = config.node_count as usize;
        Self(Arc::new(Mutex::new(Book {
            recorder: Recorder::new(config),
            expiries: VecDeque::new(),
            life,
            nodes: HashMap::new(),
            classes: vec![NatClass::Public; node_count],
            packets: HashMap::new(),
            published_at: Vec::new(),
            heard: Vec::new(),
            held: Vec::new(),
            first_from: BTreeMap::new(),
            lives: vec![1; node_count],
            introduced: BTreeMap::new(),
            sync_bytes: vec![0; node_count],
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run: takes the recorder, and leaves an empty one to those who still write.
    pub(super) fn take_recorder(&self) -> Recorder {
        let nobody = RecorderConfig::new(0, 0, names());
        mem::replace(&mut self.lock().recorder, Recorder::new(nobody))
    }
}

impl Book {
    pub(super) fn place(&mut self, node: u32, class: NatClass, region: Region) {
        self.classes[node as usize] = class;
        self.recorder.place(node, class as u8, region as u8);
    }

    /// A node comes online as this peer.
    pub(super) fn came(&mut self, now: Time, node: u32, peer: PeerId, with: Return) {
        self.nodes.insert(peer, node);
        let life = &mut self.lives[node as usize];
        if with == Return::Cold {
            *life = life.checked_add(1).unwrap_or(1);
        }
        self.recorder.online(now.as_micros(), node, with);
    }

    /// A node goes.
    pub(super) fn went(&mut self, now: Time, node: u32, peer: PeerId) {
        self.nodes.remove(&peer);
        self.recorder.offline(now.as_micros(), node);
    }

    /// What was in the cache of a node is gone.
    pub(super) fn forgot(&mut self, now: Time, node: u32) {
        for packet in 0..self.held.len() {
            self.let_go(now, packet, node);
        }
    }

    /// Numbers the next message, whose packet got this id.
    pub(super) fn published(&mut self, now: Time, by: u32, id: PacketId, bytes: u32) {
        let packet = self.published_at.len() as u32;
        self.published_at.push(now);
        self.packets.insert(id, packet);
        let mut heard = vec![0; self.lives.len()];
        heard[by as usize] = self.lives[by as usize];
        self.heard.push(heard);
        let group = SUBSCRIBERS;
        let publication = Publication {
            packet,
            by,
            group,
            bytes,
        };
        self.recorder.published(now.as_micros(), publication);
        self.held.push(vec![0; self.lives.len().div_ceil(64)]);
        self.expiries.push_back((now + self.life, packet));
        self.take_up(now, packet, by);
    }

    /// A message was published for nodes that are away, each of which comes back after a while.
    pub(super) fn awaited(&mut self, now: Time, id: &PacketId, by: &[(u32, u64)]) {
        let Some(packet) = self.packets.get(id).copied() else {
            return;
        };
        for (node, after_us) in by {
            let now_us = now.as_micros();
            self.recorder.awaited(now_us, packet, *node, *after_us);
        }
    }

    /// A node sends a datagram.
    pub(super) fn sent(&mut self, now: Time, node: u32, payload: &[u8]) {
        let (kind, bytes) = (kind_of(payload), payload.len() as u32);
        if kind == PacketType::SYNC.0 {
            self.sync_bytes[node as usize] += u64::from(bytes);
        }
        self.recorder.sent(now.as_micros(), kind, node, bytes);
    }

    /// A datagram does not arrive.
    pub(super) fn dropped(&mut self, now: Time, reason: Dropped) {
        self.recorder.dropped(now.as_micros(), reason as u8);
    }

    /// A node receives a datagram.
    pub(super) fn received(&mut self, now: Time, from: u32, to: u32, payload: &[u8]) {
        let (kind, bytes) = (kind_of(payload), payload.len() as u32);
        self.recorder
            .received(now.as_micros(), kind, from, to, bytes);
        match PacketType(kind) {
            PacketType::PUBLISH => self.copied(now, from, to, payload),
            PacketType::INTRO => self.told_of(now, to, payload),
            PacketType::SYNC => self.sync_bytes[to as usize] += u64::from(bytes),
            _ => {}
        }
    }

    fn copied(&mut self, now: Time, from: u32, to: u32, payload: &[u8]) {
        let Ok(view) = PacketView::decode(payload) else {
            return;
        };
        let id = <[u8; 32]>::try_from(view.packet_id).map(PacketId);
        let Some(packet) = id.ok().and_then(|id| self.packets.get(&id).copied()) else {
            return;
        };
        let life = self.lives[to as usize];
        let Some(heard) = self.heard[packet as usize].get_mut(to as usize) else {
            return;
        };
        let is_first = *heard != life;
        *heard = life;
        if is_first && self.first_from.len() < FIRST_FROM_MAX {
            let hops = u16::try_from(view.hops).unwrap_or(u16::MAX);
            self.first_from.insert((packet, to), (from, hops));
        }
        self.recorder.copied(now.as_micros(), packet, to, is_first);
    }

    fn told_of(&mut self, now: Time, node: u32, payload: &[u8]) {
        let Ok(view) = PacketView::decode(payload) else {
            return;
        };
        let Ok(intro) = Intro::parse(view.message) else {
            return;
        };
        if let Some(other) = self.nodes.get(&intro.requester_peer_id)
            && self.introduced.len() < INTRODUCED_MAX
        {
            self.introduced.entry((node, *other)).or_insert(now);
        }
    }

    /// Two peers are connected, as one of them sees it.
    pub(super) fn connected(&mut self, now: Time, node: u32, neighbour: &Neighbour) {
        let Some(other) = self.nodes.get(&neighbour.peer_id).copied() else {
            return;
        };
        let Some(since) = self.introduced.remove(&(node, other)) else {
            return;
        };
        let via = match neighbour.via {
            LinkVia::Direct => Via::Direct,
            LinkVia::Punched(_) => Via::Punched,
            LinkVia::Proxy(_) => Via::Proxied,
        };
        let [own, others] = [node, other].map(|node| self.classes[node as usize] as u8);
        let elapsed_us = now.since(since).as_micros() as u64;
        self.recorder
            .linked(now.as_micros(), own, others, elapsed_us, via);
    }

    /// Counts those as failed that were told of each other long ago and are not connected.
    pub(super) fn give_up_links(&mut self, now: Time) {
        let is_old = |since: &Time| now.since(*since).as_secs() >= LINK_PATIENCE_S;
        let old = self.introduced.iter().filter(|(_, since)| is_old(since));
        let old: Vec<(u32, u32)> = old.map(|(pair, _)| *pair).collect();
        for pair in old {
            self.introduced.remove(&pair);
            let [own, others] = [pair.0, pair.1].map(|node| self.classes[node as usize] as u8);
            self.recorder.link_failed(now.as_micros(), own, others);
        }
    }

    /// An app gets a message.
    pub(super) fn delivered(&mut self, now: Time, node: u32, id: &PacketId) {
        if let Some(packet) = self.packets.get(id).copied() {
            let (from, hops) = self.first_from.remove(&(packet, node)).unwrap_or((node, 0));
            let delivery = Delivery {
                packet,
                node,
                from,
                hops,
            };
            self.recorder.delivered(now.as_micros(), delivery);
        }
    }

    /// A node's cache changes.
    pub(super) fn changed(&mut self, now: Time, node: u32, changes: &[CacheChange]) {
        for change in changes {
            let (id, is_kept) = match change {
                CacheChange::Kept { id, .. } => (id, true),
                CacheChange::Dropped { id } => (id, false),
            };
            let Some(packet) = self.packets.get(id).copied() else {
                continue;
            };
            if is_kept {
                self.take_up(now, packet, node);
            } else {
                self.let_go(now, packet as usize, node);
                self.note_eviction(now, packet, node);
            }
        }
    }

    /// A cache that lets go of a packet before its time is up has no room for it.
    fn note_eviction(&mut self, now: Time, packet: u32, node: u32) {
        let age = now.since(self.published_at[packet as usize]);
        if age + Duration::from_secs(1) < self.life {
            let age_us = age.as_micros() as u64;
            self.recorder.evicted(now.as_micros(), node, age_us);
        }
    }

    fn take_up(&mut self, now: Time, packet: u32, node: u32) {
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        if let Some(held) = self.held[packet as usize].get_mut(word)
            && *held & bit == 0
        {
            *held |= bit;
            self.recorder.replica_added(now.as_micros(), packet);
        }
    }

    fn let_go(&mut self, now: Time, packet: usize, node: u32) {
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        if let Some(held) = self.held[packet].get_mut(word)
            && *held & bit != 0
        {
            *held &= !bit;
            self.recorder
                .replica_removed(now.as_micros(), packet as u32);
        }
    }

    /// Lets go of packets whose time is up.
    pub(super) fn expire_old(&mut self, now: Time) {
        while let Some((at, packet)) = self.expiries.front().copied()
            && at <= now
        {
            self.expiries.pop_front();
            self.expired(now, packet);
        }
    }

    fn expired(&mut self, now: Time, packet: u32) {
        self.recorder.expired(now.as_micros(), packet);
        self.heard[packet as usize] = Vec::new();
        self.held[packet as usize] = Vec::new();
    }

    /// Two caches were compared.
    pub(super) fn synced(&mut self, now: Time, node: u32, difference_count: usize) {
        let bytes = mem::take(&mut self.sync_bytes[node as usize]);
        let differences = u32::try_from(difference_count).unwrap_or(u32::MAX);
        self.recorder
            .synced(now.as_micros(), node, bytes, differences);
    }

    /// The number of a peer that is or was online.
    pub(super) fn node_of(&self, peer: &PeerId) -> Option<u32> {
        self.nodes.get(peer).copied()
    }
}

/// What the numbers in a record stand for.
pub(super) fn names() -> Names {
    let regions = Region::ALL.map(|region| {
        let (latitude, longitude) = region.centre();
        sim::metrics::Region {
            name: region.name().to_owned(),
            latitude,
            longitude,
        }
    });
    Names {
        kinds: KINDS.map(str::to_owned).to_vec(),
        classes: NatClass::ALL.map(|class| class.name().to_owned()).to_vec(),
        regions: regions.to_vec(),
        drops: Dropped::ALL.map(|reason| reason.name().to_owned()).to_vec(),
    }
}

/// The type of a datagram's packet; 0 if it has none that is known.
fn kind_of(payload: &[u8]) -> u8 {
    let kind = payload.get(KIND_OFFSET).copied().unwrap_or(0);
    if usize::from(kind) < KINDS.len() {
        kind
    } else {
        0
    }
}

/// The group of those whose coverage is measured.
pub(super) const SUBSCRIBERS: u32 = 0;
/// Types of packets, by number.
const KINDS: [&str; 9] = [
    "other", "ping", "pong", "intro", "join", "publish", "stream", "sync", "query",
];
/// Where the type is in a packet (spec section 2).
const KIND_OFFSET: usize = 4;
/// Ways of packets that are remembered until they are delivered.
const FIRST_FROM_MAX: usize = 1 << 22;
/// Introductions that are waited for.
const INTRODUCED_MAX: usize = 1 << 22;
/// How long two that were told of each other have until that has failed.
const LINK_PATIENCE_S: u64 = 30;
