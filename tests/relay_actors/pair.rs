//! Two peers, one of them indexed, each with its own actors.

use std::{
    net::Ipv4Addr,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::Duration,
};

use rand::{SeedableRng as _, rngs::StdRng};
use sha2::{Digest as _, Sha256};
use socket_runtime::{
    actors::{
        kit::{Actor, Context, Handler, Lane, LiveHost, Registry, Reply, Spec},
        relay::{PeerAddrs, PeerOptions, Relay, start_peer},
        supervisor::{Children, Outlets, Supervisor},
    },
    messages::{
        Message,
        inspector::RecorderEntry,
        relay::{OpenPeer, PeerReported},
        udp::BindSockets,
    },
    relay::{
        Address, ClusterId,
        cache::CacheConfig,
        keys::{self, SharedKey},
        packet::{Field, Packet, PacketType},
        peer::{Bootstrap, Event, PeerConfig},
    },
};

/// Two peers that know each other.
pub struct Pair {
    pub one: Side,
    pub other: Side,
    host: LiveHost,
}

/// One peer and what it reports.
pub struct Side {
    pub addrs: PeerAddrs,
    pub main: Address,
    events: Receiver<Event>,
}

impl Pair {
    /// Opens both, and waits until each is connected to the other.
    pub fn open() -> Self {
        let host = LiveHost::start().unwrap();
        let one = Side::open(&host, "one", true, &[]);
        let other = Side::open(&host, "other", false, &[one.main]);
        for side in [&one, &other] {
            side.until(|event| matches!(event, Event::Connected(_)).then_some(()));
        }
        Self { one, other, host }
    }

    pub fn registry(&self) -> &Registry {
        self.host.host().registry()
    }

    /// Waits until an actor's flight recorder has a line of this kind.
    #[track_caller]
    pub fn until_noted(
        &self,
        actor: &str,
        is_meant: impl Fn(&RecorderEntry) -> bool,
    ) -> RecorderEntry {
        let clock = self.host.host().clock();
        let began = clock.now();
        loop {
            let entries = self.registry().recorder(actor).unwrap_or_default();
            if let Some(entry) = entries.iter().find(|entry| is_meant(entry)) {
                return entry.clone();
            }
            let waited = clock.now().since(began);
            assert!(
                waited < PATIENCE,
                "{actor} noted no such line: {entries:#?}"
            );
            std::thread::yield_now();
        }
    }

    pub fn stop(self) {
        self.host.stop();
    }
}

impl Side {
    pub fn open(host: &LiveHost, name: &str, is_indexed: bool, bootstraps: &[Address]) -> Self {
        let (sender, events) = mpsc::channel();
        let spec = Spec::new(format!("owner:{name}"), Lane::Core);
        let owner = host.host().start(spec, move || Owner(sender.clone()));
        let children = Children::default();
        let team = children.clone();
        let supervisor = host
            .host()
            .start(Spec::new("supervisor", Lane::Core), move || {
                Supervisor::new(team.clone(), Outlets::default())
            });
        let bootstraps = bootstraps.iter().map(|address| Bootstrap {
            address: *address,
            peer_id: None,
            is_indexed: true,
        });
        let seed = name
            .as_bytes()
            .first()
            .map_or(0, |byte| byte + name.len() as u8);
        let options = PeerOptions {
            name: name.to_owned(),
            config: PeerConfig {
                signing: Default::default(),
                peer_id: None,
                identity_seed: [seed; 32],
                is_indexed,
                cluster: Some(cluster()),
                bootstraps: bootstraps.collect(),
                keepalive: Duration::from_secs(30),
                address: None,
            },
            names: Vec::new(),
            remembered: Vec::new(),
            cache: CacheConfig::default(),
            state: None,
            keepsake: None,
        };
        let team = (supervisor.recipient(), children);
        let spawner = host.spawner();
        let addrs = start_peer(host.host(), &spawner, options, owner.recipient(), team);
        let any = Address::new(Ipv4Addr::LOCALHOST, 0);
        let bind = BindSockets {
            main: any,
            probe: any,
        };
        let main = ask(&addrs, OpenPeer { bind }).unwrap().main;
        Self {
            addrs,
            main,
            events,
        }
    }

    #[track_caller]
    pub fn ask<M: Message>(&self, message: M) -> M::Reply
    where
        Relay: Handler<M>,
    {
        ask(&self.addrs, message)
    }

    /// The next event, if one comes in time.
    pub fn next(&self, patience: Duration) -> Result<Event, RecvTimeoutError> {
        self.events.recv_timeout(patience)
    }

    /// Waits for the first event that `pick` takes.
    #[track_caller]
    pub fn until<T>(&self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            let event = self.events.recv_timeout(PATIENCE).unwrap();
            if let Some(picked) = pick(event) {
                return picked;
            }
        }
    }
}

#[track_caller]
fn ask<M: Message>(addrs: &PeerAddrs, message: M) -> M::Reply
where
    Relay: Handler<M>,
{
    block_on(addrs.relay.ask(message, PATIENCE)).unwrap()
}

pub fn block_on<T>(task: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(task)
}

/// Stands in for the owner of a peer.
struct Owner(Sender<Event>);

impl Actor for Owner {
    const KIND: &'static str = "owner";
}

impl Handler<PeerReported> for Owner {
    fn handle(&mut self, reported: PeerReported, _: Reply<()>, _: &mut Context<Self>) {
        // A test that is over listens no more.
        let _ = self.0.send(reported.event);
    }
}

pub fn cluster() -> ClusterId {
    ClusterId(Field::new(b"TEST").unwrap())
}

/// Whole packets of a kilobyte, as somebody else has sealed them.
pub fn sealed_packets(shared_key: SharedKey, count: u32) -> Vec<Packet> {
    let pair = shared_key.key_pair();
    let mut random = StdRng::seed_from_u64(1);
    let sealed = keys::seal(&[b'x'; 860], &pair, &mut random);
    let packets = (0..count).map(|number| {
        let mut message = sealed.clone();
        // Different packets, and cheap to make: nobody opens them.
        message.extend_from_slice(&number.to_be_bytes());
        let mut packet = Packet::new(PacketType::PUBLISH, message);
        packet.cluster_id = cluster().0;
        packet.subcluster_id = pair.subcluster().field();
        let id: [u8; 32] = Sha256::digest(&packet.message).into();
        packet.packet_id = Field::from(id);
        packet
    });
    packets.collect()
}

const PATIENCE: Duration = Duration::from_secs(20);
