//! Runs one [`Cache`], and keeps it on disk where there is a state file.
//!
//! Started and stopped with the relay peer that it belongs to, restarted by the supervisor:
//! what is on disk is read again, the rest comes back from other peers. It tells the relay
//! what came of packets ([`PacketsKept`]) and what to send, and the rebroadcast scheduler
//! what changed. It decides nothing itself.
//!
//! A packet that has to survive a crash is answered once it is on disk. One job writes at a
//! time, and takes with it everything that came while the last one wrote.

mod replay;
mod saving;
mod store;

pub use self::replay::PacketCacheSetup;
pub use self::store::{Batch, GivenUp, Row, State, StateError, StoredPacket};

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::saving::{Saving, Write};
use super::kit::{
    Actor, Context, Handler, Injectable, JobPanicked, Recipient, RecordedActor, Reply,
};
use crate::{
    messages::{
        packet_cache::{
            ClassifySubcluster, DescribeCache, ExpirePacket, FindPacket, KeepPackets, ListPackets,
            PacketInOrder, ReadPacket, ReconcileCache, RepeatChanges, SendAgain, WriteDue,
        },
        rebroadcast::{CacheChanged, PacketsWanted},
        relay::{CacheDigested, CacheReconciled, PacketFound, PacketsDue, PacketsKept},
    },
    relay::{
        SubclusterId,
        cache::{Cache, CacheChange, CacheConfig, CacheDigest},
        packet::Packet,
        peer::{Arrival, Found, Interest, Keeping, Kept},
        rng::CompactRng,
    },
};

/// The packets of one peer.
pub struct PacketCache {
    cache: Cache,
    config: CacheConfig,
    keepsake: Option<Keepsake>,
    outlets: PacketCacheOutlets,
    saving: Saving,
    random: CompactRng,
    /// What came before the state file was read, until it is.
    early: Option<Early>,
}

/// What came before there was a cache to put it into.
#[derive(Debug, Default)]
struct Early {
    arrivals: Vec<Arrival>,
    interests: BTreeMap<SubclusterId, Interest>,
}

/// What a packet cache is started with.
#[derive(Clone)]
pub struct PacketCacheOptions {
    /// How much it keeps.
    pub config: CacheConfig,
    /// Where it keeps it, if anywhere but in memory.
    pub state: Option<State>,
    /// Where it leaves everything for its successor, in memory: a simulated peer's disk.
    pub keepsake: Option<Keepsake>,
    /// Whom it tells.
    pub outlets: PacketCacheOutlets,
}

/// What a cache that was stopped leaves to the next one.
#[derive(Clone, Default)]
pub struct Keepsake(Arc<Mutex<Option<Box<Cache>>>>);

/// Whom a packet cache tells what.
#[derive(Clone)]
pub struct PacketCacheOutlets {
    /// What came of packets.
    pub kept: Recipient<PacketsKept>,
    /// What a query asked for.
    pub found: Recipient<PacketFound>,
    /// How two caches differ.
    pub reconciled: Recipient<CacheReconciled>,
    /// Packets that go out again.
    pub due: Recipient<PacketsDue>,
    /// How full it is.
    pub digested: Recipient<CacheDigested>,
    /// What changed.
    pub changed: Recipient<CacheChanged>,
    /// What a peer lacks.
    pub wanted: Recipient<PacketsWanted>,
}

impl PacketCache {
    /// An empty cache; what is on disk is read when it starts.
    #[must_use]
    pub fn new(options: PacketCacheOptions) -> Self {
        Self {
            cache: Cache::new(options.config),
            config: options.config,
            keepsake: options.keepsake,
            outlets: options.outlets,
            early: options.state.is_some().then(Early::default),
            saving: Saving::new(options.state),
            // Seeded anew when it starts, which is where randomness comes from.
            random: CompactRng::from_seed([0; 32]),
        }
    }

    /// Takes what was on disk, and then what came while it was read.
    fn restore(&mut self, stored: Stored, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        let age = |unix_ms| Duration::from_millis(now.unix_ms.saturating_sub(unix_ms));
        let ids: Vec<_> = stored.packets.iter().map(|packet| packet.id).collect();
        for packet in stored.packets {
            let Ok(decoded) = Packet::decode(&packet.bytes) else {
                continue;
            };
            let arrival = Arrival {
                packet: decoded,
                from: None,
                interest: packet.interest,
                is_durable: false,
            };
            let age = age(packet.received_unix_ms);
            self.cache.restore(now, arrival, age);
        }
        for given_up in stored.given_up {
            let GivenUp { key, interest, .. } = given_up;
            let age = age(given_up.unix_ms);
            self.cache.restore_given_up(now, key, interest, age);
        }
        // It is on disk as it is; but what found no place is of no use there.
        let changes = self.cache.take_changes();
        self.tell_changes(changes, ctx);
        for id in ids {
            if self.cache.encoded(id).is_none() {
                self.saving.forget(id);
            }
        }
        self.take_early(ctx);
    }

    fn take_early(&mut self, ctx: &mut Context<Self>) {
        let early = self.early.take().unwrap_or_default();
        self.keep(early.arrivals, ctx);
        for (subcluster, interest) in early.interests {
            let now = ctx.now_with_date();
            self.cache.reclassify(now, subcluster, interest);
        }
        self.settle(ctx);
    }

    fn keep(&mut self, arrivals: Vec<Arrival>, ctx: &mut Context<Self>) {
        let (now, mut kept) = (ctx.now_with_date(), Vec::new());
        let mut changes = Vec::new();
        for arrival in arrivals {
            let is_durable = arrival.is_durable;
            let results = self.cache.keep(now, arrival);
            if is_durable {
                changes.extend(self.take_changes(now.unix_ms, true));
                kept.extend(self.saving.promise(results));
            } else {
                kept.extend(results);
            }
        }
        changes.extend(self.take_changes(now.unix_ms, false));
        self.tell_kept(kept);
        self.tell_changes(changes, ctx);
        self.write(false, ctx);
    }

    /// Passes on what changed, and has it written.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        let changes = self.take_changes(ctx.now_with_date().unix_ms, false);
        self.tell_changes(changes, ctx);
        self.write(false, ctx);
    }

    /// What changed, noted for the disk; somebody may wait for that (`is_durable`).
    fn take_changes(&mut self, unix_ms: u64, is_durable: bool) -> Vec<CacheChange> {
        let changes = self.cache.take_changes();
        for change in &changes {
            self.saving.note(unix_ms, &self.cache, change, is_durable);
        }
        changes
    }

    fn tell_changes(&mut self, changes: Vec<CacheChange>, ctx: &Context<Self>) {
        if !changes.is_empty() {
            // Whoever has stopped misses nothing; a restarted scheduler asks for all of it.
            let _ = self.outlets.changed.tell(CacheChanged { changes });
            let digest = self.cache.digest(ctx.now_with_date());
            let _ = self.outlets.digested.tell(CacheDigested { digest });
        }
    }

    fn write(&mut self, is_due: bool, ctx: &mut Context<Self>) {
        if let Some(Write {
            state,
            batch,
            promised,
        }) = self.saving.begin(is_due)
        {
            let job = move || {
                let failure = state.write(&batch).err();
                failure.map(|failure| (batch, failure.to_string()))
            };
            ctx.offload_recorded(job, move |cache, outcome, ctx| {
                cache.written(promised, outcome, ctx);
            });
        }
        if let Some(due) = self.saving.wants_timer() {
            // Refused only with thousands of timers set, of which this actor sets one.
            let _ = ctx.after(WRITE_DELAY, due);
        }
    }

    fn written(
        &mut self,
        promised: Vec<Kept>,
        outcome: Result<Option<(Batch, String)>, JobPanicked>,
        ctx: &mut Context<Self>,
    ) {
        let failure = outcome.unwrap_or_else(|panic| Some((Vec::new(), panic.to_string())));
        let (batch, failure) = failure.unzip();
        let batch = batch.unwrap_or_default();
        let kept = self.saving.end(batch, promised, failure);
        self.tell_kept(kept);
        self.write(false, ctx);
    }

    fn tell_kept(&self, kept: Vec<Kept>) {
        if !kept.is_empty() {
            let _ = self.outlets.kept.tell(PacketsKept { kept });
        }
    }
}

impl Actor for PacketCache {
    const KIND: &'static str = "packet_cache";

    /// How much it keeps; never what.
    fn state(&self) -> Option<Value> {
        let (packet_count, bytes) = self.cache.fill();
        let early = self.early.as_ref();
        Some(json!({
            "packets": packet_count,
            "bytes": bytes,
            "bytes_max": self.config.bytes_max,
            "waiting_for_disk": early.map(|early| early.arrivals.len()),
        }))
    }

    fn injectables() -> Vec<Injectable<Self>> {
        vec![Injectable::of::<RepeatChanges>()]
    }

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.random = CompactRng::from_seed(ctx.random_seed());
        if let Some(cache) = self.keepsake.as_ref().and_then(Keepsake::take) {
            self.cache = cache;
        }
        let Some(state) = self.saving.state() else {
            return;
        };
        ctx.offload_recorded(
            move || load(&state).map_err(|error| error.to_string()),
            |cache, loaded, ctx| match loaded.unwrap_or_else(|panic| Err(panic.to_string())) {
                Ok(stored) => cache.restore(stored, ctx),
                Err(reason) => {
                    cache.saving.leave_alone(reason);
                    cache.take_early(ctx);
                }
            },
        );
    }

    fn stopping(&mut self) {
        self.saving.finish();
        if let Some(keepsake) = &self.keepsake {
            let empty = Cache::new(self.config);
            *keepsake.lock() = Some(Box::new(mem::replace(&mut self.cache, empty)));
        }
    }
}

impl Keepsake {
    fn take(&self) -> Option<Cache> {
        self.lock().take().map(|cache| *cache)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Cache>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handler<KeepPackets> for PacketCache {
    fn handle(&mut self, message: KeepPackets, reply: Reply<()>, ctx: &mut Context<Self>) {
        match &mut self.early {
            None => self.keep(message.arrivals, ctx),
            Some(early) if early.arrivals.len() < EARLY_MAX => {
                early.arrivals.extend(message.arrivals);
            }
            // Of what others sent nothing is said, so that it is taken when it comes again.
            Some(_) => {
                let arrivals = message.arrivals.into_iter();
                let durable = arrivals.filter(|arrival| arrival.is_durable);
                self.tell_kept(durable.map(refused).collect());
            }
        }
        reply.send(());
    }
}

impl Handler<FindPacket> for PacketCache {
    fn handle(&mut self, message: FindPacket, reply: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        let found = Found {
            lookup: message.lookup,
            packets: self.cache.find_to_send(now, message.lookup.id),
        };
        let _ = self.outlets.found.tell(PacketFound { found });
        reply.send(());
    }
}

impl Handler<ReconcileCache> for PacketCache {
    fn handle(&mut self, message: ReconcileCache, reply: Reply<()>, ctx: &mut Context<Self>) {
        reply.send(());
        if self.early.is_some() {
            // A cache that is not read yet would ask for everything.
            return;
        }
        let (now, peer) = (ctx.now_with_date(), message.peer);
        let summary = message.summary.as_ref();
        // Drawn only where it matters, since most comparisons begin here.
        let first_digit = summary.map_or(0, |_| self.random.random());
        let (reconciliation, ids) = self.cache.reconcile(now, peer, summary, first_digit);
        let _ = self
            .outlets
            .reconciled
            .tell(CacheReconciled { reconciliation });
        if !ids.is_empty() {
            let _ = self.outlets.wanted.tell(PacketsWanted { peer, ids });
        }
    }
}

impl Handler<SendAgain> for PacketCache {
    fn handle(&mut self, message: SendAgain, reply: Reply<()>, ctx: &mut Context<Self>) {
        let (now, wanted) = (ctx.now_with_date(), message.packets.into_iter());
        let packets: Vec<_> = wanted
            .filter_map(|(id, audience)| Some((self.cache.packet_to_send(now, id)?, audience)))
            .collect();
        if !packets.is_empty() {
            // What a busy relay does not take is found missing at the next comparison.
            let _ = self.outlets.due.tell(PacketsDue { packets });
        }
        reply.send(());
    }
}

impl Handler<ExpirePacket> for PacketCache {
    fn handle(&mut self, message: ExpirePacket, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.cache.remove(ctx.now_with_date(), message.id);
        self.settle(ctx);
        reply.send(());
    }
}

impl Handler<ClassifySubcluster> for PacketCache {
    fn handle(&mut self, message: ClassifySubcluster, reply: Reply<()>, ctx: &mut Context<Self>) {
        let ClassifySubcluster {
            subcluster,
            interest,
        } = message;
        if let Some(early) = &mut self.early {
            let has_room = early.interests.len() < EARLY_MAX;
            if has_room || early.interests.contains_key(&subcluster) {
                early.interests.insert(subcluster, interest);
            }
        } else {
            let now = ctx.now_with_date();
            self.cache.reclassify(now, subcluster, interest);
            self.settle(ctx);
        }
        reply.send(());
    }
}

impl Handler<RepeatChanges> for PacketCache {
    fn handle(&mut self, _: RepeatChanges, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.cache.repeat_changes();
        let changes = self.cache.take_changes();
        self.tell_changes(changes, ctx);
        reply.send(());
    }
}

impl Handler<ReadPacket> for PacketCache {
    fn handle(
        &mut self,
        message: ReadPacket,
        reply: Reply<Option<PacketInOrder>>,
        _ctx: &mut Context<Self>,
    ) {
        let links = self.cache.links(message.id);
        reply.send(links.map(|links| PacketInOrder {
            packets: links.packets,
            previous: links.previous,
            next: links.next,
        }));
    }
}

impl Handler<ListPackets> for PacketCache {
    fn handle(&mut self, message: ListPackets, reply: Reply<Vec<Packet>>, _: &mut Context<Self>) {
        reply.send({
            let (subcluster, count_max) = (message.subcluster, message.count_max);
            self.cache
                .list_named(subcluster, message.name.as_ref(), count_max)
        });
    }
}

impl Handler<DescribeCache> for PacketCache {
    fn handle(&mut self, _: DescribeCache, reply: Reply<CacheDigest>, ctx: &mut Context<Self>) {
        reply.send(self.cache.digest(ctx.now_with_date()));
    }
}

impl Handler<WriteDue> for PacketCache {
    fn handle(&mut self, _: WriteDue, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.saving.timer_fired();
        self.write(true, ctx);
        reply.send(());
    }
}

/// What is on disk.
#[derive(Serialize, Deserialize)]
struct Stored {
    packets: Vec<StoredPacket>,
    given_up: Vec<GivenUp>,
}

fn load(state: &State) -> Result<Stored, StateError> {
    Ok(Stored {
        packets: state.load()?,
        given_up: state.load_given_up()?,
    })
}

/// Says that an arrival was not saved.
fn refused(arrival: Arrival) -> Kept {
    Kept {
        packet: arrival.packet,
        from: arrival.from,
        interest: arrival.interest,
        keeping: Keeping::NotSaved {
            reason: "too much came while it was read".to_owned(),
        },
    }
}

/// How long what nobody waits for is gathered before it is written.
const WRITE_DELAY: Duration = Duration::from_secs(1);
/// Packets that are held while the state file is read, and subclusters.
const EARLY_MAX: usize = 4_096;
