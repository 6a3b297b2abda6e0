//! A cache over a state file on virtual time, and somebody who stands around it.

use std::{
    io::Write as _,
    sync::{Arc, Mutex, mpsc},
};

use socket_runtime::{
    actors::{
        kit::{Actor, Addr, Context, Handler, Lane, Recipient, Reply, Spec, VirtualHost},
        packet_cache::{PacketCache, PacketCacheOptions, PacketCacheOutlets, State, StoredPacket},
    },
    messages::{
        packet_cache::KeepPackets,
        rebroadcast::{CacheChanged, PacketsWanted},
        relay::{CacheDigested, CacheReconciled, PacketFound, PacketsDue, PacketsKept},
    },
    relay::{
        Time,
        cache::{CacheChange, CacheConfig},
        packet::{Field, Packet, PacketType},
        peer::{Arrival, Interest, Kept},
    },
};

/// Stands in for the relay and the scheduler.
#[derive(Clone, Default)]
pub(crate) struct Outside {
    pub(crate) kept: Arc<Mutex<Vec<Kept>>>,
    pub(crate) changes: Arc<Mutex<Vec<CacheChange>>>,
    /// Where set, ids of what was kept are printed, and counted here.
    pub(crate) printed: Option<mpsc::Sender<usize>>,
}

impl Actor for Outside {
    const KIND: &'static str = "outside";
}

impl Handler<PacketsKept> for Outside {
    fn handle(&mut self, message: PacketsKept, _: Reply<()>, _: &mut Context<Self>) {
        if let Some(printed) = &self.printed {
            let mut out = std::io::stdout().lock();
            for kept in &message.kept {
                let id = kept.packet.id().unwrap();
                writeln!(out, "{id}").unwrap();
            }
            out.flush().unwrap();
            printed.send(message.kept.len()).unwrap();
        }
        self.kept.lock().unwrap().extend(message.kept);
    }
}

impl Handler<CacheChanged> for Outside {
    fn handle(&mut self, message: CacheChanged, _: Reply<()>, _: &mut Context<Self>) {
        self.changes.lock().unwrap().extend(message.changes);
    }
}

macro_rules! ignore {
    ($($message:ty),*) => {
        $(impl Handler<$message> for Outside {
            fn handle(&mut self, _: $message, _: Reply<()>, _: &mut Context<Self>) {}
        })*
    };
}
ignore!(
    PacketFound,
    CacheReconciled,
    PacketsDue,
    CacheDigested,
    PacketsWanted
);

pub(crate) fn options(outside: &Addr<Outside>, state: State) -> PacketCacheOptions {
    PacketCacheOptions {
        config: CacheConfig::default(),
        state: Some(state),
        keepsake: None,
        outlets: PacketCacheOutlets {
            kept: outside.recipient(),
            found: outside.recipient(),
            reconciled: outside.recipient(),
            due: outside.recipient(),
            digested: outside.recipient(),
            changed: outside.recipient(),
            wanted: outside.recipient(),
        },
    }
}

pub(crate) fn packet(number: u32) -> Packet {
    let mut packet = Packet::new(PacketType::PUBLISH, format!("packet {number}"));
    packet.packet_id = packet.derive_id().field();
    packet.subcluster_id = Field::from([7; 32]);
    packet
}

pub(crate) fn arrival(packet: Packet, is_durable: bool) -> Arrival {
    Arrival {
        packet,
        from: None,
        interest: Interest::Own,
        is_durable,
    }
}

pub(crate) fn stored(number: u32, received_unix_ms: u64) -> StoredPacket {
    let packet = packet(number);
    StoredPacket {
        id: packet.id().unwrap(),
        bytes: packet.encode().unwrap(),
        received_unix_ms,
        interest: Interest::Subscribed,
    }
}

/// Runs a cache over a state file on virtual time.
pub(crate) fn run_cache(
    state: State,
    unix_ms: u64,
    use_it: impl FnOnce(&Recipient<KeepPackets>),
) -> Outside {
    let config = CacheConfig::default();
    run_cache_of(config, state, unix_ms, |cache| use_it(&cache.recipient()))
}

pub(crate) fn run_cache_of(
    config: CacheConfig,
    state: State,
    unix_ms: u64,
    use_it: impl FnOnce(&Addr<PacketCache>),
) -> Outside {
    let mut host = VirtualHost::new(1);
    host.run_until(Time::from_micros((unix_ms - 1_700_000_000_000) * 1000));
    let outside = Outside::default();
    let seen = outside.clone();
    let outside = host
        .host()
        .start(Spec::new("outside", Lane::Core), move || outside.clone());
    let options = PacketCacheOptions {
        config,
        ..options(&outside, state)
    };
    let cache = host.host().start(Spec::new("cache", Lane::Core), move || {
        PacketCache::new(options.clone())
    });
    use_it(&cache);
    let end = host.host().clock().now() + std::time::Duration::from_secs(5);
    host.run_until(end);
    seen
}
