//! Starts the four actors of a peer, which know each other, and ends them.
//!
//! Three of them know nothing of sockets; the simulator starts those alone and stands in for
//! the fourth.

use std::{num::NonZeroUsize, sync::Arc};

use super::{Memory, Relay, RelayOptions, RelayOutlets};
use crate::{
    actors::{
        kit::{Actor, Addr, Controls, Handler, Host, Lane, Recipient, Reserved, Spawner, Spec},
        packet_cache::{Keepsake, PacketCache, PacketCacheOptions, PacketCacheOutlets, State},
        rebroadcast::{Rebroadcast, RebroadcastOptions, RebroadcastOutlets},
        supervisor::Children,
        udp::{OpenSockets, Udp, UdpOptions},
    },
    messages::{
        rebroadcast::CacheChanged,
        relay::PeerReported,
        supervisor::ActorPanicked,
        udp::{BindSockets, HoldPunchSockets, SendDatagrams},
    },
    relay::{
        cache::CacheConfig,
        keys::LinkSigning,
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
    /// What stands for the disk of a simulated peer.
    pub keepsake: Option<Keepsake>,
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
    mut options: PeerOptions,
    owner: Recipient<PeerReported>,
    (supervisor, children): (Recipient<ActorPanicked>, Children),
) -> PeerAddrs {
    // Whoever has sockets meets strangers.
    options.config.signing = LinkSigning::Ed25519;
    let team = Team {
        host,
        name: &options.name.clone(),
        supervisor,
        children,
    };
    let udp = team.reserve::<Udp>();
    let sockets = Sockets::of(udp.addr());
    let CoreAddrs {
        relay,
        cache,
        rebroadcast,
    } = start_core(&team, options, sockets, owner);
    let udp_options = UdpOptions {
        relay: relay.recipient(),
        spawner: spawner.clone(),
        sockets: OpenSockets::default(),
    };
    let udp = udp.start(move || Udp::new(udp_options.clone()));
    PeerAddrs {
        relay,
        cache,
        rebroadcast,
        udp,
    }
}

/// Starts the actors of a peer that know nothing of sockets, under whatever name, limit and
/// supervisor `seats` gives them.
pub fn start_core(
    seats: &impl Seats,
    options: PeerOptions,
    sockets: Sockets,
    owner: Recipient<PeerReported>,
) -> CoreAddrs {
    let (relay, cache) = (seats.reserve::<Relay>(), seats.reserve::<PacketCache>());
    let rebroadcast = seats.reserve::<Rebroadcast>();
    let addrs = CoreAddrs {
        relay: relay.addr().clone(),
        cache: cache.addr().clone(),
        rebroadcast: rebroadcast.addr().clone(),
    };
    let keepalive = options.config.keepalive;
    let relay_options = Arc::new(RelayOptions {
        config: options.config.into(),
        names: options.names,
        remembered: options.remembered,
        outlets: relay_outlets(&addrs, sockets, owner),
        memory: Memory::default(),
    });
    relay.start(move || Relay::new(relay_options.clone()));
    let cache_options = PacketCacheOptions {
        config: options.cache,
        state: options.state,
        keepsake: options.keepsake,
        outlets: PacketCacheOutlets {
            changed: seats.follow(addrs.rebroadcast.recipient()),
            ..cache_outlets(&addrs)
        },
    };
    cache.start(move || PacketCache::new(cache_options.clone()));
    let rebroadcast_options = RebroadcastOptions {
        keepalive,
        outlets: rebroadcast_outlets(&addrs),
    };
    rebroadcast.start(move || Rebroadcast::new(rebroadcast_options.clone()));
    addrs
}

/// Gives actors their names and their places.
pub trait Seats {
    /// An address for an actor that is about to be started.
    fn reserve<A: Actor>(&self) -> Reserved<A>;

    /// Who is told what changes in the cache: the rebroadcast scheduler, unless somebody comes
    /// in between who passes it on.
    fn follow(&self, scheduler: Recipient<CacheChanged>) -> Recipient<CacheChanged> {
        scheduler
    }
}

/// The actors of a peer that know nothing of sockets; cheap to clone.
#[derive(Clone)]
pub struct CoreAddrs {
    /// Speaks the protocol.
    pub relay: Addr<Relay>,
    /// Keeps packets.
    pub cache: Addr<PacketCache>,
    /// Sends packets again.
    pub rebroadcast: Addr<Rebroadcast>,
}

/// What stands for the sockets of a peer.
#[derive(Clone)]
pub struct Sockets {
    /// Takes what is to leave.
    pub send: Recipient<SendDatagrams>,
    /// Binds the sockets.
    pub bind: Recipient<BindSockets>,
    /// Holds sockets for hole punching.
    pub punch: Recipient<HoldPunchSockets>,
}

impl Sockets {
    /// All in one actor.
    #[must_use]
    pub fn of<A>(addr: &Addr<A>) -> Self
    where
        A: Handler<SendDatagrams> + Handler<BindSockets> + Handler<HoldPunchSockets>,
    {
        Self {
            send: addr.recipient(),
            bind: addr.recipient(),
            punch: addr.recipient(),
        }
    }
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

impl Seats for Team<'_> {
    /// Puts the actor under the supervisor besides.
    fn reserve<A: Actor>(&self) -> Reserved<A> {
        let name = format!("{}:{}", A::KIND, self.name);
        let spec = Spec::new(name, Lane::Network).capacity(MAILBOX_CAPACITY);
        let reserved = self.host.reserve(spec.supervisor(self.supervisor.clone()));
        self.children.add(reserved.addr().controls(), false);
        reserved
    }
}

fn relay_outlets(
    addrs: &CoreAddrs,
    sockets: Sockets,
    owner: Recipient<PeerReported>,
) -> RelayOutlets {
    RelayOutlets {
        send: sockets.send,
        bind: sockets.bind,
        punch: sockets.punch,
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

fn cache_outlets(addrs: &CoreAddrs) -> PacketCacheOutlets {
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

fn rebroadcast_outlets(addrs: &CoreAddrs) -> RebroadcastOutlets {
    RebroadcastOutlets {
        pull: addrs.relay.recipient(),
        again: addrs.cache.recipient(),
        expire: addrs.cache.recipient(),
        repeat: addrs.cache.recipient(),
    }
}

/// Messages that may wait for one actor of a peer; each may hold a batch of packets.
const MAILBOX_CAPACITY: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");
