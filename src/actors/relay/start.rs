//! Starts the four actors of a peer, which know each other, and ends them.

use std::num::NonZeroUsize;

use super::{Memory, Relay, RelayOptions, RelayOutlets};
use crate::{
    actors::{
        kit::{Actor, Addr, Controls, Host, Lane, Recipient, Reserved, Spawner, Spec},
        packet_cache::{PacketCache, PacketCacheOptions, PacketCacheOutlets, State},
        rebroadcast::{Rebroadcast, RebroadcastOptions, RebroadcastOutlets},
        supervisor::Children,
        udp::{OpenSockets, Udp, UdpOptions},
    },
    messages::{relay::PeerReported, supervisor::ActorPanicked},
    relay::{
        cache::CacheConfig,
        peer::{Bootstrap, ContactName, PeerConfig},
    },
};

/// What a peer is started with.
pub struct PeerOptions {
    /// What its actors are called behind the colon.
    pub name: String,
    /// How it behaves, and who it is.
    pub config: PeerConfig,
    /// Whom it asks first besides those of the configuration, by name.
    pub names: Vec<ContactName>,
    /// Neighbours of an earlier life, who are asked, too.
    pub remembered: Vec<Bootstrap>,
    /// How much it keeps.
    pub cache: CacheConfig,
    /// What it keeps on disk, if it does.
    pub state: Option<State>,
}

/// The actors of one peer; cheap to clone.
#[derive(Clone)]
pub struct PeerAddrs {
    /// Speaks the protocol.
    pub relay: Addr<Relay>,
    /// Keeps packets.
    pub cache: Addr<PacketCache>,
    /// Sends packets again.
    pub rebroadcast: Addr<Rebroadcast>,
    /// Holds the sockets.
    pub udp: Addr<Udp>,
}

/// Starts the actors of a peer, all on one lane and under the supervisor of the team; the peer
/// begins when its relay is asked to open. What happens to it is told to `owner`.
#[must_use]
pub fn start_peer(
    host: &Host,
    spawner: &Spawner,
    options: PeerOptions,
    owner: Recipient<PeerReported>,
    (supervisor, children): (Recipient<ActorPanicked>, Children),
) -> PeerAddrs {
    let team = Team {
        host,
        name: &options.name,
        supervisor,
        children,
    };
    let (relay, cache) = (team.reserve::<Relay>(), team.reserve::<PacketCache>());
    let (rebroadcast, udp) = (team.reserve::<Rebroadcast>(), team.reserve::<Udp>());
    let addrs = PeerAddrs {
        relay: relay.addr().clone(),
        cache: cache.addr().clone(),
        rebroadcast: rebroadcast.addr().clone(),
        udp: udp.addr().clone(),
    };
    let keepalive = options.config.keepalive;
    let relay_options = RelayOptions {
        config: options.config,
        names: options.names,
        remembered: options.remembered,
        outlets: relay_outlets(&addrs, owner),
        memory: Memory::default(),
    };
    relay.start(move || Relay::new(relay_options.clone()));
    let udp_options = UdpOptions {
        relay: addrs.relay.recipient(),
        spawner: spawner.clone(),
        sockets: OpenSockets::default(),
    };
    udp.start(move || Udp::new(udp_options.clone()));
    let cache_options = PacketCacheOptions {
        config: options.cache,
        state: options.state,
        outlets: cache_outlets(&addrs),
    };
    cache.start(move || PacketCache::new(cache_options.clone()));
    let rebroadcast_options = RebroadcastOptions {
        keepalive,
        outlets: rebroadcast_outlets(&addrs),
    };
    rebroadcast.start(move || Rebroadcast::new(rebroadcast_options.clone()));
    addrs
}

impl PeerAddrs {
    /// Ends a peer for good: its sockets are closed, its packets stay on disk.
    pub fn stop(&self, children: &Children) {
        for controls in self.controls() {
            children.remove(controls.name());
            controls.stop();
        }
    }

    /// All of them, in the order in which they are stopped.
    #[must_use]
    pub fn controls(&self) -> [Controls; 4] {
        [
            self.relay.controls(),
            self.rebroadcast.controls(),
            self.cache.controls(),
            self.udp.controls(),
        ]
    }
}

/// Starts the actors of one peer under one supervisor.
struct Team<'a> {
    host: &'a Host,
    name: &'a str,
    supervisor: Recipient<ActorPanicked>,
    children: Children,
}

impl Team<'_> {
    /// Gives an actor its address and its place under the supervisor.
    fn reserve<A: Actor>(&self) -> Reserved<A> {
        let name = format!("{}:{}", A::KIND, self.name);
        let spec = Spec::new(name, Lane::Network).capacity(MAILBOX_CAPACITY);
        let reserved = self.host.reserve(spec.supervisor(self.supervisor.clone()));
        self.children.add(reserved.addr().controls(), false);
        reserved
    }
}

fn relay_outlets(addrs: &PeerAddrs, owner: Recipient<PeerReported>) -> RelayOutlets {
    RelayOutlets {
        send: addrs.udp.recipient(),
        bind: addrs.udp.recipient(),
        punch: addrs.udp.recipient(),
        keep: addrs.cache.recipient(),
        find: addrs.cache.recipient(),
        reconcile: addrs.cache.recipient(),
        classify: addrs.cache.recipient(),
        contacted: addrs.rebroadcast.recipient(),
        difference: addrs.rebroadcast.recipient(),
        held: addrs.rebroadcast.recipient(),
        owner,
    }
}

fn cache_outlets(addrs: &PeerAddrs) -> PacketCacheOutlets {
    PacketCacheOutlets {
        kept: addrs.relay.recipient(),
        found: addrs.relay.recipient(),
        reconciled: addrs.relay.recipient(),
        due: addrs.relay.recipient(),
        digested: addrs.relay.recipient(),
        changed: addrs.rebroadcast.recipient(),
        wanted: addrs.rebroadcast.recipient(),
    }
}

fn rebroadcast_outlets(addrs: &PeerAddrs) -> RebroadcastOutlets {
    RebroadcastOutlets {
        pull: addrs.relay.recipient(),
        again: addrs.cache.recipient(),
        expire: addrs.cache.recipient(),
        repeat: addrs.cache.recipient(),
    }
}

/// Messages that may wait for one actor of a peer; each may hold a batch of packets.
const MAILBOX_CAPACITY: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");
