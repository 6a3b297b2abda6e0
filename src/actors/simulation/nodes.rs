//! Starts and stops the peers of a simulation.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use rand::RngCore as _;
use sim::{NodeId, metrics::Return, streams};

use super::{
    air::Air,
    edge::{Edge, EdgeOptions},
    ledger::Ledger,
    scenario::{AttackConfig, Scenario},
    watcher::{LookInto, Watcher},
};
use crate::{
    actors::{
        kit::{Actor, Addr, Host, Lane, Recipient, Reserved, Spec},
        packet_cache::Keepsake,
        relay::{CoreAddrs, PeerOptions, Seats, Sockets, start_core},
    },
    messages::{
        rebroadcast::CacheChanged,
        relay::{DatagramsArrived, JoinSubcluster, OpenPeer},
        udp::BindSockets,
    },
    relay::{
        ClusterId, PeerId, Time,
        cache::CacheConfig,
        keys::{LinkSigning, SharedKey, StandIn},
        packet::Field,
        peer::{Bootstrap, PeerConfig, Wire},
    },
};

/// The peers of a simulation.
pub(super) struct Nodes {
    host: Host,
    air: Air,
    ledger: Ledger,
    watcher: Addr<Watcher>,
    scenario: Arc<Scenario>,
    seed: u64,
    all: Vec<Node>,
    /// Nodes that are online, in no order that means anything, and where each stands in it.
    online: Vec<u32>,
}

/// One place in the network, and who is there.
struct Node {
    role: Role,
    /// How often somebody new has come here.
    life: u32,
    /// How often whoever is here has started.
    start: u32,
    running: Option<Running>,
    keepsake: Keepsake,
    online_index: u32,
}

struct Running {
    core: CoreAddrs,
    edge: Addr<Edge>,
    peer: PeerId,
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Everybody knows it.
    Indexed,
    /// Takes part in what is measured.
    Subscriber,
    /// Is of the same cluster.
    Bystander,
    /// Swallows what it gets.
    Sybil,
    /// Publishes too much.
    Flooder,
}

impl Nodes {
    pub(super) fn new(
        host: &Host,
        air: &Air,
        ledger: &Ledger,
        scenario: &Arc<Scenario>,
        seed: u64,
    ) -> Self {
        let book = ledger.clone();
        let spec = Spec::new("watcher", Lane::Core).capacity(WATCHER_CAPACITY);
        let watcher = host.start(spec, move || Watcher {
            ledger: book.clone(),
        });
        let node_count = scenario.node_count();
        let all = (0..node_count).map(|node| Node {
            role: role_of(scenario, seed, node),
            life: 0,
            start: 0,
            running: None,
            keepsake: Keepsake::default(),
            online_index: 0,
        });
        let all: Vec<Node> = all.collect();
        let mut book = ledger.lock();
        for (number, node) in (0..).zip(&all) {
            let sky = air.lock();
            let class = sky.network.nat_class(NodeId(number));
            book.place(number, class, sky.network.region(NodeId(number)));
            if node.role == Role::Subscriber {
                book.recorder.subscribes(number, super::ledger::SUBSCRIBERS);
            }
        }
        drop(book);
        let (host, air, ledger) = (host.clone(), air.clone(), ledger.clone());
        Self {
            host,
            air,
            ledger,
            watcher,
            scenario: scenario.clone(),
            seed,
            all,
            online: Vec::new(),
        }
    }

    /// Starts whoever is at a node; somebody new, if it comes with nothing.
    pub(super) fn start(&mut self, now: Time, number: u32, with: Return) {
        let node = &mut self.all[number as usize];
        if node.running.is_some() {
            return;
        }
        if with == Return::Cold {
            (node.life, node.start) = (node.life + 1, 0);
            node.keepsake = Keepsake::default();
        }
        node.start += 1;
        let role = node.role;
        node.online_index = self.online.len() as u32;
        self.online.push(number);
        self.air.lock().network.set_online(NodeId(number), true);
        let running = self.launch(number, role);
        if with == Return::Cold {
            self.ledger.lock().forgot(now, number);
        }
        self.ledger.lock().came(now, number, running.peer, with);
        self.all[number as usize].running = Some(running);
    }

    /// Stops whoever is at a node; its cache stays for when it comes back.
    pub(super) fn stop(&mut self, now: Time, number: u32) {
        let node = &mut self.all[number as usize];
        let Some(running) = node.running.take() else {
            return;
        };
        let index = node.online_index as usize;
        self.online.swap_remove(index);
        if let Some(moved) = self.online.get(index) {
            self.all[*moved as usize].online_index = index as u32;
        }
        self.air.lock().network.set_online(NodeId(number), false);
        let core = &running.core;
        for controls in [
            core.relay.controls(),
            core.rebroadcast.controls(),
            core.cache.controls(),
            running.edge.controls(),
        ] {
            controls.stop();
        }
        self.ledger.lock().went(now, number, running.peer);
    }

    /// Hands a datagram to whoever is at a node.
    pub(super) fn receive(&self, node: u32, arrived: DatagramsArrived) {
        if let Some(running) = &self.all[node as usize].running {
            // A mailbox that is full counts the loss.
            let _ = running.core.relay.tell(arrived);
        }
    }

    /// Asks all who are online how full their caches are.
    pub(super) fn look_into_caches(&self) {
        for number in 0..self.all.len() as u32 {
            if let Some(running) = &self.all[number as usize].running {
                let cache = running.core.cache.recipient();
                let _ = self.watcher.tell(LookInto {
                    node: number,
                    cache,
                });
            }
        }
    }

    pub(super) fn role(&self, node: u32) -> Role {
        self.all[node as usize].role
    }

    /// Nodes that are online.
    pub(super) fn online(&self) -> &[u32] {
        &self.online
    }

    pub(super) fn count(&self) -> u32 {
        self.all.len() as u32
    }

    pub(super) fn watcher(&self) -> &Addr<Watcher> {
        &self.watcher
    }

    /// The relay of whoever is at a node.
    pub(super) fn relay(&self, node: u32) -> Option<&Addr<crate::actors::relay::Relay>> {
        let running = self.all[node as usize].running.as_ref();
        running.map(|running| &running.core.relay)
    }

    fn launch(&self, number: u32, role: Role) -> Running {
        let node = &self.all[number as usize];
        let name = match (node.life, node.start) {
            (0, 1) => number.to_string(),
            (life, start) => format!("{number}.{life}.{start}"),
        };
        let seat = Seat {
            host: &self.host,
            name: &name,
            edge: self.reserve::<Edge>(&name),
        };
        let config = self.config(number, role);
        let peer = config.own_id();
        let options = PeerOptions {
            name: name.clone(),
            config,
            names: Vec::new(),
            remembered: Vec::new(),
            cache: CacheConfig {
                bytes_max: self.scenario.relay.cache_bytes as usize,
            },
            state: None,
            keepsake: Some(node.keepsake.clone()),
        };
        let sockets = Sockets::of(seat.edge.addr());
        let core = start_core(&seat, options, sockets, self.watcher.recipient());
        let edge = EdgeOptions {
            node: number,
            air: self.air.clone(),
            ledger: self.ledger.clone(),
            is_silent: role == Role::Sybil,
            scheduler: core.rebroadcast.recipient(),
        };
        let edge = seat.edge.start(move || Edge::new(edge.clone()));
        self.set_out(number, &core, role);
        Running { core, edge, peer }
    }

    /// Has a peer that was started begin.
    fn set_out(&self, number: u32, core: &CoreAddrs, role: Role) {
        let sky = self.air.lock();
        let bind = BindSockets {
            main: sky.local(number, Wire::Main),
            probe: sky.local(number, Wire::Probe),
        };
        drop(sky);
        // Its mailbox is new and has room.
        let _ = core.relay.tell(OpenPeer { bind });
        let shared_key = match role {
            Role::Subscriber | Role::Sybil => topic(),
            Role::Indexed => return,
            Role::Bystander | Role::Flooder => SharedKey::from_seed(b"elsewhere"),
        };
        let _ = core.relay.tell(JoinSubcluster {
            cluster: None,
            shared_key,
        });
    }

    fn config(&self, number: u32, role: Role) -> PeerConfig {
        let life = u64::from(self.all[number as usize].life);
        let entity = u64::from(number) | life << 32;
        let mut identity_seed = [0; 32];
        streams::numbered(self.seed, "identity", entity).fill_bytes(&mut identity_seed);
        let sky = self.air.lock();
        let bootstraps = self
            .bootstraps(number, entity)
            .into_iter()
            .map(|indexed| Bootstrap {
                address: sky.public(indexed),
                peer_id: None,
                is_indexed: true,
            });
        let is_indexed = role == Role::Indexed;
        let signing = if self.scenario.relay.is_signed {
            LinkSigning::Ed25519
        } else {
            LinkSigning::StandIn(StandIn::new(self.seed))
        };
        PeerConfig {
            peer_id: None,
            identity_seed,
            signing,
            is_indexed,
            cluster: Some(cluster()),
            bootstraps: bootstraps.collect(),
            keepalive: Duration::from_secs_f64(self.scenario.relay.keepalive_s),
            address: is_indexed.then(|| sky.public(number)),
        }
    }

    /// The indexed peers that one is told of: the first ones, or some at random if there are many.
    fn bootstraps(&self, number: u32, entity: u64) -> Vec<u32> {
        let (count, wanted) = (self.scenario.indexed, self.scenario.bootstraps_per_peer);
        let others = (0..count).filter(|other| *other != number);
        if count <= wanted {
            return others.collect();
        }
        let mut stream = streams::numbered(self.seed, "bootstraps", entity);
        let mut chosen: Vec<u32> = Vec::new();
        while chosen.len() < (wanted.min(count - 1)) as usize {
            let other = stream.below(count);
            if other != number && !chosen.contains(&other) {
                chosen.push(other);
            }
        }
        chosen
    }

    fn reserve<A: Actor>(&self, name: &str) -> Reserved<A> {
        let name = format!("{}:{name}", A::KIND);
        self.host.reserve(Spec::new(name, Lane::Network))
    }
}

/// Where the actors of one peer sit.
struct Seat<'a> {
    host: &'a Host,
    name: &'a str,
    edge: Reserved<Edge>,
}

impl Seats for Seat<'_> {
    fn reserve<A: Actor>(&self) -> Reserved<A> {
        let name = format!("{}:{}", A::KIND, self.name);
        self.host.reserve(Spec::new(name, Lane::Network))
    }

    /// The edge, which passes it on.
    fn follow(&self, _: Recipient<CacheChanged>) -> Recipient<CacheChanged> {
        self.edge.addr().recipient()
    }
}

fn role_of(scenario: &Scenario, seed: u64, node: u32) -> Role {
    if node < scenario.indexed {
        return Role::Indexed;
    }
    if node >= scenario.peers {
        return match scenario.attack {
            Some(AttackConfig::Flood { .. }) => Role::Flooder,
            _ => Role::Sybil,
        };
    }
    let mut stream = streams::numbered(seed, "subscribes", u64::from(node));
    if stream.is_drawn(scenario.subscribed_share) {
        Role::Subscriber
    } else {
        Role::Bystander
    }
}

fn cluster() -> ClusterId {
    ClusterId(Field::from([b's'; 32]))
}

/// The key of the subcluster that is measured.
pub(super) fn topic() -> SharedKey {
    SharedKey::from_seed(b"simulated topic")
}

/// Reports of all peers at one moment.
const WATCHER_CAPACITY: NonZeroUsize = NonZeroUsize::new(1 << 24).expect("it is not zero");
