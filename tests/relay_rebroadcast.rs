//! The cache and the scheduler of one peer together, on virtual time, with a stand-in for
//! the relay.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use socket_runtime::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Lane, Reply, Spec, VirtualHost},
        packet_cache::{PacketCache, PacketCacheOptions, PacketCacheOutlets},
        rebroadcast::{Rebroadcast, RebroadcastOptions, RebroadcastOutlets},
    },
    messages::{
        packet_cache::{KeepPackets, ReconcileCache},
        rebroadcast::PeerContacted,
        relay::{CacheDigested, CacheReconciled, PacketFound, PacketsDue, PacketsKept, PullDue},
    },
    relay::{
        Address, PeerId, Time,
        cache::{CacheConfig, CacheDigest},
        packet::{Packet, PacketType, message_id},
        peer::{Arrival, Interest},
        rebroadcast::Audience,
        summary::Summary,
    },
};

/// What the relay was told.
#[derive(Clone, Default)]
struct Relay(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    pulls: Vec<Option<PeerId>>,
    due: Vec<(Packet, Audience)>,
    summary_count: usize,
    kept_count: usize,
    found_count: usize,
    digest: CacheDigest,
}

impl Actor for Relay {
    const KIND: &'static str = "relay";
}

macro_rules! hears {
    ($($message:ty => |$told:ident, $heard:ident| $what:expr;)*) => {
        $(impl Handler<$message> for Relay {
            fn handle(&mut self, $heard: $message, _: Reply<()>, _: &mut Context<Self>) {
                let $told = &mut *self.0.lock().unwrap();
                $what;
            }
        })*
    };
}
hears! {
    PacketsKept => |told, heard| told.kept_count += heard.kept.len();
    PacketFound => |told, heard| told.found_count += heard.found.packets.len();
    CacheReconciled => |told, heard| told.summary_count += heard.reconciliation.summaries.len();
    PacketsDue => |told, heard| told.due.extend(heard.packets);
    CacheDigested => |told, heard| told.digest = heard.digest;
    PullDue => |told, heard| told.pulls.push(heard.peer);
}

/// One peer without its relay.
struct Team {
    host: VirtualHost,
    told: Arc<Mutex<Told>>,
    cache: Addr<PacketCache>,
    scheduler: Addr<Rebroadcast>,
}

impl Team {
    fn start() -> Self {
        let host = VirtualHost::new(7);
        let spec = |name: &str| {
            let capacity = NonZeroUsize::new(1024).unwrap();
            Spec::new(name, Lane::Network).capacity(capacity)
        };
        let relay = Relay::default();
        let told = relay.0.clone();
        let relay = host.host().start(spec("relay"), move || relay.clone());
        let cache = host.host().reserve::<PacketCache>(spec("cache"));
        let scheduler = host.host().reserve::<Rebroadcast>(spec("scheduler"));
        let cache_options = PacketCacheOptions {
            config: CacheConfig::default(),
            state: None,
            keepsake: None,
            outlets: PacketCacheOutlets {
                kept: relay.recipient(),
                found: relay.recipient(),
                reconciled: relay.recipient(),
                due: relay.recipient(),
                digested: relay.recipient(),
                changed: scheduler.addr().recipient(),
                wanted: scheduler.addr().recipient(),
            },
        };
        let options = RebroadcastOptions {
            keepalive: Duration::from_secs(30),
            outlets: RebroadcastOutlets {
                pull: relay.recipient(),
                again: cache.addr().recipient(),
                expire: cache.addr().recipient(),
                repeat: cache.addr().recipient(),
            },
        };
        Self {
            cache: cache.start(move || PacketCache::new(cache_options.clone())),
            scheduler: scheduler.start(move || Rebroadcast::new(options.clone())),
            host,
            told,
        }
    }

    fn keep(&self, count: u32, ttl_ms: u32) {
        let arrivals = (0..count).map(|number| {
            let mut packet = Packet::new(PacketType::PUBLISH, number.to_string());
            packet.packet_id = message_id(&packet.message).field();
            packet.ttl_ms = ttl_ms;
            Arrival {
                packet,
                from: Some(Address::new([10, 0, 0, 1].into(), 9777)),
                interest: Interest::Foreign,
                is_durable: false,
            }
        });
        let arrivals = arrivals.collect();
        self.cache.tell(KeepPackets { arrivals }).unwrap();
    }

    fn run_until(&mut self, seconds: u64) {
        self.host.run_until(Time::from_micros(seconds * 1_000_000));
    }
}

#[test]
fn a_packet_goes_out_once_more_before_its_end_and_is_gone() {
    let mut team = Team::start();
    team.keep(3, 600_000);
    team.run_until(480);
    let told = |team: &Team| {
        let told = team.told.lock().unwrap();
        (told.kept_count, told.due.len(), told.digest.packet_count)
    };
    assert_eq!(told(&team), (3, 0, 3));
    team.run_until(599);
    assert_eq!(told(&team), (3, 3, 3));
    team.run_until(601);
    assert_eq!(told(&team), (3, 3, 0));
    let due = &team.told.lock().unwrap().due;
    assert!(
        due.iter()
            .all(|(_, audience)| *audience == Audience::Random)
    );
}

#[test]
fn a_peer_that_lacks_packets_gets_them() {
    let mut team = Team::start();
    let peer = PeerId([5; 32]);
    team.keep(100, 0);
    // What has only just come is most likely on its way to that peer, too.
    team.run_until(1);
    let summary = Some(Summary::of_buckets(Vec::new(), [None; 16]));
    for _ in 0..3 {
        let ask = ReconcileCache {
            peer,
            summary: summary.clone(),
        };
        team.cache.tell(ask).unwrap();
    }
    team.run_until(2);
    let told = team.told.lock().unwrap();
    assert_eq!(told.found_count, 0);
    assert_eq!(told.due.len(), 100, "each once, however often it asks");
    assert!(
        told.due
            .iter()
            .all(|(_, audience)| *audience == Audience::One(peer))
    );
}

#[test]
fn a_peer_that_is_met_is_asked_and_then_whoever_comes() {
    let mut team = Team::start();
    let peer = PeerId([5; 32]);
    team.scheduler.tell(PeerContacted { peer }).unwrap();
    team.run_until(120);
    let told = team.told.lock().unwrap();
    assert_eq!(told.pulls[0], Some(peer));
    assert!(told.pulls[1..].iter().all(Option::is_none));
    assert!((5..30).contains(&told.pulls.len()), "{}", told.pulls.len());
}

#[test]
fn a_scheduler_that_starts_late_still_sees_packets_to_their_end() {
    let mut team = Team::start();
    team.keep(3, 600_000);
    team.run_until(10);
    team.scheduler.controls().restart();
    team.run_until(601);
    let told = team.told.lock().unwrap();
    assert_eq!((told.due.len(), told.digest.packet_count), (3, 0));
}
