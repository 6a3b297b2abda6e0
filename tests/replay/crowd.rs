//! A few peers on virtual time, whose real actors are recorded while they talk: there are sockets
//! that lose and delay datagrams, and a user who publishes.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use rand::Rng as _;
use socket_runtime::{
    actors::{
        kit::{
            Actor, Context, Handler, Lane, Recipient, Recording, Reply, Reserved, Spec, Summary,
            VirtualHost,
        },
        packet_cache::State,
        relay::{CoreAddrs, PeerOptions, Seats, Sockets, start_core},
    },
    messages::{
        Message,
        relay::{DatagramsArrived, JoinSubcluster, OpenPeer, PeerReported, PublishMessage},
        udp::{BindSockets, HoldPunchSockets, SendDatagrams, SocketsBound, UdpError},
    },
    relay::{
        Address, ClusterId,
        cache::CacheConfig,
        keys::SharedKey,
        packet::Field,
        peer::{Bootstrap, PeerConfig, Publication, Wire},
    },
};

/// Where each socket of the crowd is.
type Air = Arc<Mutex<BTreeMap<Address, (Wire, Recipient<DatagramsArrived>)>>>;

/// Records peers that talk until their actors have handled `messages_count` messages in all.
pub(crate) fn record(file: &Path, seed: u64, messages_count: u64) -> Summary {
    let recording = Recording::create(file, "a test", 0).unwrap();
    let mut host = VirtualHost::new(seed);
    host.host().registry().record(recording.clone());
    let air = Air::default();
    let folder = tempfile::tempdir().unwrap();
    let peers: Vec<_> = (0..4_u8)
        .map(|number| {
            let state = (number == 1).then(|| State::open(folder.path().join("state")).unwrap());
            start(&host, &air, number, state)
        })
        .collect();
    for round in 0.. {
        let core = &peers[round % peers.len()];
        let publication = publication(&[round as u8; 40].repeat(1 + round % 60));
        // A peer that is busy publishes less.
        let _ = core.relay.tell(PublishMessage { publication });
        host.run_until(host.now() + Duration::from_millis(500));
        if host.handled_count() > messages_count * 3 / 2 {
            break;
        }
    }
    for core in &peers {
        core.relay.controls().stop();
        core.cache.controls().stop();
        core.rebroadcast.controls().stop();
    }
    host.run_until(host.now() + Duration::from_secs(1));
    recording.finish()
}

fn start(host: &VirtualHost, air: &Air, number: u8, state: Option<State>) -> CoreAddrs {
    let seat = Seat { host, number };
    let edge = seat.reserve::<Edge>();
    let own = address(number, 1);
    let options = PeerOptions {
        name: number.to_string(),
        config: PeerConfig {
            signing: Default::default(),
            peer_id: None,
            identity_seed: [number + 1; 32],
            is_indexed: number == 0,
            cluster: Some(ClusterId(Field::new(b"crowd").unwrap())),
            bootstraps: (number != 0)
                .then(|| Bootstrap {
                    address: address(0, 1),
                    peer_id: None,
                    is_indexed: true,
                })
                .into_iter()
                .collect(),
            keepalive: Duration::from_secs(2),
            address: (number == 0).then_some(own),
        },
        names: Vec::new(),
        remembered: Vec::new(),
        cache: CacheConfig { bytes_max: 200_000 },
        state,
        keepsake: None,
    };
    let owner = host
        .host()
        .start(Spec::new(format!("owner:{number}"), Lane::Core), || Owner);
    let sockets = Sockets::of(edge.addr());
    let core = start_core(&seat, options, sockets, owner.recipient());
    let bound = SocketsBound {
        main: own,
        probe: address(number, 2),
    };
    let relay = core.relay.recipient::<DatagramsArrived>();
    {
        let mut air = air.lock().unwrap();
        air.insert(bound.main, (Wire::Main, relay.clone()));
        air.insert(bound.probe, (Wire::Probe, relay));
    }
    let air = air.clone();
    edge.start(move || Edge {
        bound,
        air: air.clone(),
    });
    let bind = BindSockets {
        main: bound.main,
        probe: bound.probe,
    };
    core.relay.tell(OpenPeer { bind }).unwrap();
    let join = JoinSubcluster {
        cluster: None,
        shared_key: key(),
    };
    core.relay.tell(join).unwrap();
    core
}

fn address(number: u8, port: u16) -> Address {
    Address::new(Ipv4Addr::new(10, 0, 0, number + 1), port)
}

fn key() -> SharedKey {
    SharedKey::from_seed(b"crowd")
}

fn publication(message: &[u8]) -> Publication {
    Publication {
        ttl_ms: 60_000,
        ..Publication::new(key(), Bytes::copy_from_slice(message))
    }
}

struct Seat<'a> {
    host: &'a VirtualHost,
    number: u8,
}

impl Seats for Seat<'_> {
    fn reserve<A: Actor>(&self) -> Reserved<A> {
        let name = format!("{}:{}", A::KIND, self.number);
        self.host.host().reserve(Spec::new(name, Lane::Network))
    }
}

/// Hears what happens at a peer.
struct Owner;

impl Actor for Owner {
    const KIND: &'static str = "owner";
}

impl Handler<PeerReported> for Owner {
    fn handle(&mut self, _: PeerReported, _: Reply<()>, _: &mut Context<Self>) {}
}

/// Stands for the sockets of a peer.
struct Edge {
    bound: SocketsBound,
    air: Air,
}

/// A datagram on its way.
struct Deliver {
    to: Address,
    from: Address,
    payload: Bytes,
}

impl Message for Deliver {
    type Reply = ();
}

impl Actor for Edge {
    const KIND: &'static str = "udp";
}

impl Handler<BindSockets> for Edge {
    fn handle(
        &mut self,
        _: BindSockets,
        reply: Reply<Result<SocketsBound, UdpError>>,
        _: &mut Context<Self>,
    ) {
        reply.send(Ok(self.bound));
    }
}

impl Handler<HoldPunchSockets> for Edge {
    fn handle(&mut self, _: HoldPunchSockets, _: Reply<()>, _: &mut Context<Self>) {}
}

impl Handler<SendDatagrams> for Edge {
    fn handle(&mut self, send: SendDatagrams, _: Reply<()>, ctx: &mut Context<Self>) {
        for datagram in send.datagrams {
            if ctx.random().random_ratio(1, 20) {
                continue;
            }
            let from = match datagram.wire {
                Wire::Probe => self.bound.probe,
                _ => self.bound.main,
            };
            let delay = Duration::from_micros(ctx.random().random_range(500..30_000));
            let deliver = Deliver {
                to: datagram.to,
                from,
                payload: datagram.payload,
            };
            ctx.after(delay, deliver).unwrap();
        }
    }
}

impl Handler<Deliver> for Edge {
    fn handle(&mut self, deliver: Deliver, _: Reply<()>, _: &mut Context<Self>) {
        if let Some((wire, relay)) = self.air.lock().unwrap().get(&deliver.to) {
            let datagrams = vec![(deliver.from, deliver.payload)];
            // A busy relay loses it, as a network does.
            let _ = relay.tell(DatagramsArrived {
                wire: *wire,
                datagrams,
            });
        }
    }
}
