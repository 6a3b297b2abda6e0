//! The actor's state, its life, and how it carries out what the peer wants done.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, ToSocketAddrs as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use super::batch::{Batch, cause_of, packet_cause};
use crate::{
    actors::kit::{Actor, AskError, Context, Injectable, Recipient, RecordedActor, Reply, TimerId},
    messages::{
        packet_cache::{ClassifySubcluster, FindPacket, KeepPackets, ReconcileCache},
        rebroadcast::{DifferenceSeen, PacketHeld, PeerContacted},
        relay::{PeerReported, ReflectAgain, RelayDue, RelayError},
        udp::{BindSockets, HoldPunchSockets, SendDatagrams, SocketsBound, UdpError},
    },
    relay::{
        ClusterId, Now, PacketId, SubclusterId, Time,
        keys::SharedKey,
        peer::{Bootstrap, ContactName, Event, Neighbour, Output, Peer, PeerConfig, Ticket},
    },
};

/// One peer of the network.
pub struct Relay {
    pub(super) peer: Peer,
    pub(super) options: Arc<RelayOptions>,
    pub(super) batch: Batch,
    /// Hosts that are to be looked up.
    lookups: Vec<String>,
    /// Where the sockets are bound.
    pub(super) local: Option<SocketsBound>,
    /// Commands whose outcome somebody awaits.
    pending: BTreeMap<Ticket, Pending>,
    /// How many commands there were; numbers their tickets.
    pub(super) commands_count: u64,
    alarm: Option<(Time, TimerId)>,
}

/// What a relay needs to know.
pub struct RelayOptions {
    /// How the peer behaves, and who it is.
    pub config: Arc<PeerConfig>,
    /// Whom it asks first besides, by name.
    pub names: Vec<ContactName>,
    /// Neighbours of an earlier life, who are asked, too.
    pub remembered: Vec<Bootstrap>,
    /// Whom it leans on.
    pub outlets: RelayOutlets,
    /// What outlives the actor.
    pub memory: Memory,
}

/// Whom a relay tells and asks.
#[derive(Clone)]
pub struct RelayOutlets {
    /// Takes what is to leave.
    pub send: Recipient<SendDatagrams>,
    /// Binds the sockets.
    pub bind: Recipient<BindSockets>,
    /// Holds sockets for hole punching.
    pub punch: Recipient<HoldPunchSockets>,
    /// Keeps packets.
    pub keep: Recipient<KeepPackets>,
    /// Looks packets up.
    pub find: Recipient<FindPacket>,
    /// Compares caches.
    pub reconcile: Recipient<ReconcileCache>,
    /// Is told what packets are to us.
    pub classify: Recipient<ClassifySubcluster>,
    /// Is told who was met.
    pub contacted: Recipient<PeerContacted>,
    /// Is told that caches differ.
    pub difference: Recipient<DifferenceSeen>,
    /// Is told that a packet of ours has arrived.
    pub held: Recipient<PacketHeld>,
    /// Is told what happens.
    pub owner: Recipient<PeerReported>,
}

/// What a relay must not forget when it is restarted: where its sockets are, what it takes
/// part in, and whom its owner takes for connected.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    bind: Option<BindSockets>,
    /// In the order of their subclusters.
    joined: Vec<Joined>,
    /// Whom the owner took for connected when the last life ended, in the order of their ids.
    connected: Vec<Neighbour>,
}

#[derive(Clone)]
struct Joined {
    subcluster: SubclusterId,
    cluster: Option<ClusterId>,
    shared_key: SharedKey,
}

struct Pending {
    waiting: Waiting,
    /// When whoever waits gives up.
    expires_at: Time,
}

/// Whoever waits for a command.
pub(super) enum Waiting {
    /// For the ids of its packets.
    Ids(Reply<Result<Vec<PacketId>, RelayError>>),
    /// For their number.
    Count(Reply<Result<usize, RelayError>>),
}

impl Relay {
    /// A relay that is silent until it is asked to open.
    #[must_use]
    pub fn new(options: Arc<RelayOptions>) -> Self {
        // Its seed and its time come with its start.
        let peer = Peer::new(options.config.clone(), [0; 32], Default::default());
        Self {
            peer,
            options,
            batch: Batch::default(),
            lookups: Vec::new(),
            local: None,
            pending: BTreeMap::new(),
            commands_count: 0,
            alarm: None,
        }
    }

    /// Binds the sockets and lets the peer begin.
    pub(super) fn open(
        &self,
        bind: BindSockets,
        reply: Reply<Result<SocketsBound, UdpError>>,
        ctx: &mut Context<Self>,
    ) {
        let udp = self.options.outlets.bind.clone();
        ctx.ask(&udp, bind, BIND_TIME_MAX, move |relay, outcome, ctx| {
            if let Ok(Ok(bound)) = &outcome {
                relay.begin(*bound, ctx);
            }
            reply.finish(outcome);
        });
    }

    fn begin(&mut self, bound: SocketsBound, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        self.local = Some(bound);
        self.peer.remember(&self.options.remembered);
        self.peer.open(now);
        self.peer.call_names(now, self.options.names.clone());
        let joined = {
            let mut memory = self.options.memory.lock();
            memory.bind = Some(BindSockets {
                main: bound.main,
                probe: bound.probe,
            });
            memory.joined.clone()
        };
        for joined in joined {
            // It was possible before, and no limit has shrunk since.
            let _ = self.peer.join(now, joined.cluster, joined.shared_key);
        }
        self.drain(ctx);
    }

    /// Carries out every output, then rearms the one timer.
    pub(super) fn drain(&mut self, ctx: &mut Context<Self>) {
        let due = self.carry_out(ctx.now_with_date(), ctx);
        self.hand_on(due, ctx);
    }

    /// Hands on what was carried out, then rearms the one timer.
    pub(super) fn hand_on(&mut self, due: Time, ctx: &mut Context<Self>) {
        self.batch.flush(&self.options);
        for host in std::mem::take(&mut self.lookups) {
            look_up(host, ctx);
        }
        self.arm(due, ctx);
    }

    /// Carries out what the last input brought about; gives when the peer wants to be woken.
    pub(super) fn carry_out(&mut self, now: Now, ctx: &Context<Self>) -> Time {
        loop {
            let outlets = &self.options.outlets;
            // Each of these actors counts what it does not take; all the peer does bears loss.
            match self.peer.poll_output(now) {
                Output::Transmit(datagram) => self.batch.transmit(datagram),
                Output::Keep(arrival) => self.batch.arrivals.push(arrival),
                Output::Find(lookup) => drop(outlets.find.tell(FindPacket { lookup })),
                Output::Reconcile { peer, summary } => {
                    drop(outlets.reconcile.tell(ReconcileCache { peer, summary }));
                }
                Output::HoldPunchSockets { count, kept } => {
                    drop(outlets.punch.tell(HoldPunchSockets { count, kept }));
                }
                Output::Event(event) => {
                    if let Some(cause) = packet_cause(&event) {
                        ctx.link(cause);
                    }
                    let peer = self.peer.peer_id();
                    self.batch.reports.push(PeerReported { peer, event });
                }
                Output::Resolve { host } => self.lookups.push(host),
                Output::Contact(peer) => drop(outlets.contacted.tell(PeerContacted { peer })),
                Output::Difference => drop(outlets.difference.tell(DifferenceSeen)),
                Output::Held(id) => drop(outlets.held.tell(PacketHeld { id })),
                Output::Classify {
                    subcluster,
                    interest,
                } => drop(outlets.classify.tell(ClassifySubcluster {
                    subcluster,
                    interest,
                })),
                Output::Done { ticket, ids } => self.finish(ticket, ids, ctx),
                Output::Failed { ticket, error } => {
                    if let Some(pending) = self.pending.remove(&ticket) {
                        pending.waiting.fail(error);
                    }
                }
                Output::Wait(due) => return due,
            }
            if self.batch.is_full() {
                self.batch.flush(&self.options);
            }
        }
    }

    /// Sets the timer, unless it will fire by then: waking early does no harm.
    fn arm(&mut self, due: Time, ctx: &mut Context<Self>) {
        if due == Time::NEVER || self.alarm.is_some_and(|(at, _)| at <= due) {
            return;
        }
        if let Some((_, timer)) = self.alarm.take() {
            ctx.cancel(timer);
        }
        let delay = due.since(ctx.now());
        // The actor has one timer and an ask or two; the kit's limit is far away.
        self.alarm = ctx.after(delay, RelayDue).ok().map(|timer| (due, timer));
    }

    pub(super) fn wake(&mut self, ctx: &mut Context<Self>) {
        self.alarm = None;
        self.peer.handle_timeout(ctx.now_with_date());
        self.drain(ctx);
    }

    /// Remembers who waits for a command that has begun.
    pub(super) fn await_done(&mut self, ticket: Ticket, waiting: Waiting, ctx: &Context<Self>) {
        if self.pending.len() >= PENDING_MAX {
            let now = ctx.now();
            self.pending.retain(|_, pending| pending.expires_at > now);
        }
        if self.pending.len() >= PENDING_MAX {
            return waiting.fail(busy());
        }
        let expires_at = ctx.expires_at();
        let pending = Pending {
            waiting,
            expires_at,
        };
        self.pending.insert(ticket, pending);
    }

    /// The commands whose outcome somebody awaits.
    pub(super) fn awaited(&self) -> Vec<Ticket> {
        self.pending.keys().copied().collect()
    }

    /// When it wakes.
    pub(super) fn due(&self) -> Option<Time> {
        self.alarm.map(|(due, _)| due)
    }

    fn finish(&mut self, ticket: Ticket, ids: Vec<PacketId>, ctx: &Context<Self>) {
        for id in &ids {
            ctx.link(cause_of(*id));
        }
        match self.pending.remove(&ticket).map(|pending| pending.waiting) {
            Some(Waiting::Ids(reply)) => reply.send(Ok(ids)),
            Some(Waiting::Count(reply)) => reply.send(Ok(ids.len())),
            None => {}
        }
    }
}

impl Actor for Relay {
    const KIND: &'static str = "relay";

    fn recorded(&self) -> Option<&dyn RecordedActor> {
        Some(self)
    }

    /// Where the peer stands in its network; never what it carries.
    fn state(&self) -> Option<Value> {
        let report = self.peer.report(Now::default());
        Some(json!({
            "peer": report.peer_id.to_string(),
            "indexed": report.is_indexed,
            "neighbours": report.neighbours.len(),
            "subclusters": report.subclusters.len(),
            "commands": self.commands_count,
            "pending": self.pending.len(),
        }))
    }

    fn injectables() -> Vec<Injectable<Self>> {
        vec![
            Injectable::of::<RelayDue>(),
            Injectable::of::<ReflectAgain>(),
        ]
    }

    fn started(&mut self, ctx: &mut Context<Self>) {
        let seed = ctx.random_seed();
        let now = ctx.now_with_date();
        self.peer = Peer::new(self.options.config.clone(), seed, now);
        for neighbour in self.options.memory.take_connected() {
            let (peer, event) = (self.peer.peer_id(), Event::Disconnected(neighbour));
            // An owner that has no room counts the loss.
            drop(
                self.options
                    .outlets
                    .owner
                    .tell(PeerReported { peer, event }),
            );
        }
        let bind = self.options.memory.lock().bind;
        if let Some(bind) = bind {
            self.open(bind, Reply::unawaited(), ctx);
        }
    }

    fn stopping(&mut self) {
        for pending in std::mem::take(&mut self.pending).into_values() {
            pending.waiting.stop();
        }
    }
}

impl Drop for Relay {
    /// However it ends, its next life tells the owner that these connections are lost. Who was
    /// connected and not told of yet is among them, which does no harm.
    fn drop(&mut self) {
        let mut connected = self.peer.told_connected();
        let untold = self.batch.reports.iter().filter_map(|report| {
            let Event::Disconnected(neighbour) = &report.event else {
                return None;
            };
            Some(neighbour.clone())
        });
        connected.extend(untold);
        self.options.memory.note_connected(connected);
    }
}

impl Waiting {
    /// Nothing came of it.
    pub(super) fn fail(self, error: RelayError) {
        match self {
            Self::Ids(reply) => reply.send(Err(error)),
            Self::Count(reply) => reply.send(Err(error)),
        }
    }

    fn stop(self) {
        match self {
            Self::Ids(reply) => reply.fail(AskError::Stopped),
            Self::Count(reply) => reply.fail(AskError::Stopped),
        }
    }
}

impl Memory {
    pub(super) fn note_join(
        &self,
        subcluster: SubclusterId,
        cluster: Option<ClusterId>,
        shared_key: SharedKey,
    ) {
        let joined = Joined {
            subcluster,
            cluster,
            shared_key,
        };
        let all = &mut self.lock().joined;
        match all.binary_search_by(|other| other.subcluster.cmp(&subcluster)) {
            Ok(place) => all[place] = joined,
            Err(place) => {
                // Most peers have one.
                all.reserve_exact(1);
                all.insert(place, joined);
            }
        }
    }

    pub(super) fn note_leave(&self, subcluster: &SubclusterId) {
        let mut memory = self.lock();
        memory
            .joined
            .retain(|joined| joined.subcluster != *subcluster);
    }

    /// Notes at the end of a life whom the owner takes for connected.
    /// Lives that ended before they could tell of it leave theirs to the next.
    fn note_connected(&self, connected: Vec<Neighbour>) {
        let all = &mut self.lock().connected;
        all.extend(connected);
        all.sort_by_key(|neighbour| neighbour.peer_id);
        all.dedup_by_key(|neighbour| neighbour.peer_id);
    }

    fn take_connected(&self) -> Vec<Neighbour> {
        std::mem::take(&mut self.lock().connected)
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has the system look a host up, which may take it a minute. `localhost` is this machine
/// whatever the system knows of it (RFC 6761, section 6.3).
fn look_up(host: String, ctx: &mut Context<Relay>) {
    let name = host.clone();
    let job = move || {
        if name.eq_ignore_ascii_case("localhost") {
            return Some(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
        }
        let found = (name.as_str(), 0).to_socket_addrs().ok()?;
        found.into_iter().find_map(|address| match address {
            SocketAddr::V4(address) => Some(address),
            SocketAddr::V6(_) => None,
        })
    };
    ctx.offload_recorded(job, move |relay: &mut Relay, found, ctx| {
        let found = found.ok().flatten();
        relay
            .peer
            .handle_resolved(ctx.now_with_date(), &host, found);
        relay.drain(ctx);
    });
}

fn busy() -> RelayError {
    RelayError::Busy {
        what: "commands",
        count_max: PENDING_MAX,
    }
}

/// Commands that may be under way at once.
pub const PENDING_MAX: usize = 4096;
/// How long binding two sockets may take.
const BIND_TIME_MAX: Duration = Duration::from_secs(10);
