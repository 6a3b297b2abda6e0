//! A swarm: starts peers and drives their host.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    air::{Air, MAIN_PORT, Network},
    udp::SimUdp,
};
use crate::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Host, Lane, Reply, Reserved, Spec, VirtualHost},
        relay::{CoreAddrs, PeerOptions, Seats, Sockets, start_core},
    },
    messages::{
        relay::{
            DatagramsArrived, DescribePeer, JoinSubcluster, OpenPeer, PeerReported, PublishMessage,
        },
        udp::BindSockets,
    },
    relay::{
        ClusterId, Time,
        cache::CacheConfig,
        keys::SharedKey,
        packet::{Field, Signature},
        peer::{Bootstrap, Event, PeerConfig, Publication},
    },
};

pub struct Swarm {
    pub host: VirtualHost,
    air: Air,
    pub nodes: Vec<Node>,
    pub tally: Arc<Mutex<Tally>>,
    watcher: Addr<Watcher>,
}

pub struct Node {
    pub core: CoreAddrs,
    #[allow(dead_code)]
    udp: Addr<SimUdp>,
}

#[derive(Default, Debug)]
pub struct Tally {
    pub ready: u64,
    pub connected: u64,
    pub disconnected: u64,
    pub packets: u64,
    pub joined: u64,
    pub synced: u64,
}

pub struct Watcher(Arc<Mutex<Tally>>);
impl Actor for Watcher {
    const KIND: &'static str = "watcher";
}
impl Handler<PeerReported> for Watcher {
    fn handle(&mut self, m: PeerReported, _: Reply<()>, _: &mut Context<Self>) {
        let mut t = self.0.lock().unwrap();
        match m.event {
            Event::Ready { .. } => t.ready += 1,
            Event::Connected(_) => t.connected += 1,
            Event::Disconnected(_) => t.disconnected += 1,
            Event::Packet { .. } => t.packets += 1,
            Event::Joined { .. } => t.joined += 1,
            Event::Synced { .. } => t.synced += 1,
            _ => {}
        }
    }
}

struct Place<'a> {
    host: &'a Host,
    node: u32,
}
impl Seats for Place<'_> {
    fn reserve<A: Actor>(&self) -> Reserved<A> {
        self.host.reserve(Spec::new(
            format!("{}:{}", A::KIND, self.node),
            Lane::Network,
        ))
    }
}

impl Swarm {
    pub fn new(seed: u64) -> Self {
        let host = VirtualHost::new(seed);
        let air = Air::new(host.schedule().clone());
        let tally = Arc::new(Mutex::new(Tally::default()));
        let t = tally.clone();
        let watcher = host.host().start(
            Spec::new("watcher", Lane::Core)
                .capacity(std::num::NonZeroUsize::new(1 << 20).unwrap()),
            move || Watcher(t.clone()),
        );
        Self {
            host,
            air,
            nodes: Vec::new(),
            tally,
            watcher,
        }
    }

    pub fn add(&mut self, is_indexed: bool, indexed_count: u32, subscribed: bool) {
        let node = self.nodes.len() as u32;
        let host = self.host.host().clone();
        let seats = Place { host: &host, node };
        let udp = seats.reserve::<SimUdp>();
        let air = self.air.clone();
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&node.to_le_bytes());
        let cluster = ClusterId::new(b"swarm").unwrap();
        let config = PeerConfig {
            peer_id: None,
            identity_seed: seed,
            is_indexed,
            cluster: Some(cluster),
            bootstraps: (0..indexed_count)
                .filter(|i| *i != node)
                .map(|i| Bootstrap {
                    address: Network::address(i, MAIN_PORT),
                    peer_id: None,
                    is_indexed: true,
                })
                .collect(),
            keepalive: Duration::from_secs(30),
            address: is_indexed.then(|| Network::address(node, MAIN_PORT)),
        };
        let options = PeerOptions {
            name: node.to_string(),
            config,
            cache: CacheConfig::default(),
            state: None,
        };
        let sockets = Sockets::of(udp.addr());
        let core = start_core(&seats, options, sockets, self.watcher.recipient());
        let udp = udp.start(move || SimUdp {
            node,
            air: air.clone(),
        });
        let any = Network::address(node, 0);
        drop(core.relay.tell(OpenPeer {
            bind: BindSockets {
                main: any,
                probe: any,
            },
        }));
        let key = SharedKey::from_seed(if subscribed { b"topic" } else { b"other" });
        drop(core.relay.tell(JoinSubcluster {
            cluster: None,
            shared_key: key,
        }));
        self.nodes.push(Node { core, udp });
    }

    pub fn publish(&mut self, node: usize) {
        let publication = Publication {
            cluster: None,
            shared_key: SharedKey::from_seed(b"topic"),
            message: vec![7u8; 200].into(),
            usr1: Field::default(),
            usr2: Field::default(),
            usr3: Field::default(),
            usr4: Field::default(),
            signature: Signature::default(),
            ttl_ms: 0,
            previous: None,
            next: None,
            meta: None,
        };
        drop(
            self.nodes[node]
                .core
                .relay
                .tell(PublishMessage { publication }),
        );
    }

    pub fn run_until(&mut self, end: Time) {
        while let Some(event) = self.host.next_event(end) {
            if let Some(landed) = self.air.land(self.host.now(), event as u32) {
                let message = DatagramsArrived {
                    wire: landed.wire,
                    datagrams: vec![(landed.from, landed.payload)],
                };
                drop(self.nodes[landed.node as usize].core.relay.tell(message));
            }
        }
    }

    pub fn sent(&self) -> u64 {
        self.air.sent_count()
    }

    pub fn links(&mut self, node: usize) -> String {
        let out = Arc::new(Mutex::new(String::new()));
        let o = out.clone();
        let asker = self
            .host
            .host()
            .start(Spec::new("asker", Lane::Core), move || Asker(None));
        drop(asker.tell(AskLinks {
            to: self.nodes[node].core.relay.recipient(),
            out: o,
        }));
        let now = self.host.now();
        self.run_until(now);
        let s = out.lock().unwrap().clone();
        s
    }
}

struct Asker(Option<()>);
impl Actor for Asker {
    const KIND: &'static str = "asker";
}
struct AskLinks {
    to: crate::actors::kit::Recipient<DescribePeer>,
    out: Arc<Mutex<String>>,
}
impl crate::messages::Message for AskLinks {
    type Reply = ();
}
impl Handler<AskLinks> for Asker {
    fn handle(&mut self, m: AskLinks, _: Reply<()>, ctx: &mut Context<Self>) {
        let out = m.out;
        ctx.ask(
            &m.to,
            DescribePeer,
            Duration::from_secs(1),
            move |_, r, _| {
                if let Ok(r) = r {
                    *out.lock().unwrap() = format!(
                        "{:?} nat {:?} neighbours {} counters {:?} tables {:?}",
                        r.address,
                        r.nat,
                        r.neighbours.len(),
                        r.counters,
                        r.tables
                            .iter()
                            .filter(|t| t.count > 0)
                            .map(|t| (t.name, t.count))
                            .collect::<Vec<_>>()
                    );
                }
            },
        );
    }
}
