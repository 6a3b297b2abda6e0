//! One peer of the network: takes datagrams and commands, says what to do.
//!
//! Drive it with one `handle_*` or command, then call [`Peer::poll_output`] until it says
//! [`Output::Wait`]; only then feed the next input.
//!
//! One struct, spread over files by what it is doing: `receive` takes datagrams apart and hands
//! each to the file of its type; `reflect` finds out what NAT we are behind; `ping`, `links`, `join`,
//! `introduce`, `intro` and `punch` make links, which `table` remembers, `proof`, `identity` and `moves` protect
//! and `heartbeat` keeps; `gossip` and what hangs on it carry messages.
//!
//! **Invariant:** every table and queue has a named limit, all of them in [`Peer::report`].

mod commands;
mod config;
mod contacts;
mod cookie;
mod entries;
mod event;
mod gate;
mod goodbye;
mod gossip;
mod heartbeat;
mod identity;
mod intro;
mod introduce;
mod join;
mod limits;
mod links;
mod memberships;
mod moves;
mod names;
#[cfg(test)]
mod neighbourhood;
mod outbox;
mod output;
mod ping;
mod proof;
mod publish;
mod punch;
mod query;
mod reach;
mod reassembly;
mod receive;
mod recent;
mod reflect;
mod reflecting;
mod report;
mod sample;
mod stream;
mod sync;
mod table;

pub use commands::CommandError;
pub use config::{Bootstrap, ContactName, InvalidContact, PeerConfig};
pub use event::{Event, LinkVia, Neighbour};
pub use output::{
    Arrival, Found, Interest, Keeping, Kept, Lookup, Output, Publication, Reconciliation, Ticket,
    Transmit, Wire,
};
pub use report::{PeerCounters, Report, TableReport};

use std::sync::Arc;

use rand::SeedableRng;

use self::{
    contacts::{Contact, contacts},
    cookie::Cookies,
    goodbye::Doubts,
    gossip::Gossip,
    heartbeat::Heartbeat,
    identity::Identity,
    join::Joins,
    links::Links,
    memberships::Memberships,
    moves::Moves,
    names::Names,
    outbox::Outbox,
    proof::Proof,
    punch::Punching,
    recent::Secret,
    reflect::Reflection,
    table::Table,
};
use super::{Address, Now, PeerId, Time, cache::CacheDigest, nat::NatType, rng::CompactRng};

/// One peer.
#[derive(Clone, Debug)]
pub struct Peer {
    config: Arc<PeerConfig>,
    identity: Identity,
    rng: CompactRng,
    /// Our address as others see it.
    address: Option<Address>,
    nat: NatType,
    contacts: Vec<Contact>,
    /// When the first of them has been silent for too long.
    watch_due: Time,
    names: Names,
    table: Table,
    proof: Proof,
    cookies: Cookies,
    /// What signs of life answer.
    pulse: Cookies,
    links: Links,
    moves: Moves,
    doubts: Doubts,
    reflection: Reflection,
    heartbeat: Heartbeat,
    memberships: Memberships,
    joins: Joins,
    punching: Punching,
    /// Whether other sockets than before are to be held.
    is_sockets_due: bool,
    gossip: Gossip,
    digest: CacheDigest,
    counters: PeerCounters,
    outbox: Outbox,
    /// Until when there is nothing to do, as long as that is known: to find it out takes a look at
    /// everything. Each input forgets it, but for signs of life, of which there are most.
    rest: Option<Time>,
    /// When the peer was made; what it says of its uptime counts from here.
    started_at: Time,
    is_open: bool,
}

impl Peer {
    /// A peer that is silent until it is [opened](Self::open).
    #[must_use]
    pub fn new(config: impl Into<Arc<PeerConfig>>, seed: [u8; 32], now: Now) -> Self {
        let config = config.into();
        let nat = if config.is_indexed {
            NatType::UNRESTRICTED
        } else {
            NatType::UNKNOWN
        };
        let mut rng = CompactRng::from_seed(seed);
        Self {
            identity: Identity::new(&config),
            cookies: Cookies::new(Secret::new(&mut rng)),
            pulse: Cookies::new(Secret::new(&mut rng)),
            rng,
            address: config.address.filter(|_| config.is_indexed),
            nat,
            contacts: contacts(&config.bootstraps),
            watch_due: Time::NEVER,
            names: Names::default(),
            table: Table::new(config.is_indexed),
            proof: Proof::default(),
            links: Links::default(),
            moves: Moves::default(),
            doubts: Doubts::default(),
            reflection: Reflection::default(),
            heartbeat: Heartbeat::default(),
            memberships: Memberships::default(),
            joins: Joins::default(),
            punching: Punching::default(),
            is_sockets_due: false,
            gossip: Gossip::new(&seed),
            digest: CacheDigest::default(),
            counters: PeerCounters::default(),
            outbox: Outbox::default(),
            rest: None,
            started_at: now.time,
            is_open: false,
            config,
        }
    }

    /// Starts: an ordinary peer finds its NAT type, an indexed one is ready at once.
    pub fn open(&mut self, now: Now) {
        if self.is_open {
            return;
        }
        self.rest = None;
        self.is_open = true;
        self.heartbeat.last_heard = now.time;
        self.set_heartbeat(now);
        self.watch_contacts(now);
        if self.config.is_indexed {
            self.event(Event::Ready {
                address: self.address,
                nat: self.nat,
            });
            self.call_contacts(now);
            self.gossip_ready(now);
        } else {
            self.reflect_again(now);
            // Whatever we are behind, they can give us what was published before we came.
            self.call_contacts(now);
        }
    }

    /// Lets time pass; waking early, late or twice does no harm.
    pub fn handle_timeout(&mut self, now: Now) {
        self.rest = None;
        if !self.is_open {
            return;
        }
        self.notice_sleep(now);
        self.reflection_timeout(now);
        self.links_timeout(now);
        self.moves_timeout(now);
        self.punching_timeout(now);
        self.joins_timeout(now);
        self.heartbeat_timeout(now);
        self.watch_timeout(now);
        self.names_timeout(now);
        self.doubts_timeout(now);
        if self.gossip.due() <= now.time {
            self.gossip_timeout(now);
        }
        self.hold_sockets_if_due();
    }

    /// How full the cache is now; pings say so.
    pub fn handle_digest(&mut self, digest: CacheDigest) {
        self.rest = None;
        self.digest = digest;
    }

    /// The next thing to do.
    pub fn poll_output(&mut self, _now: Now) -> Output {
        self.outbox
            .pop()
            .unwrap_or_else(|| Output::Wait(self.rest_until()))
    }

    /// Who it is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.identity.peer_id
    }

    /// When the peer has to be woken; looked for only if an input may have changed it.
    fn rest_until(&mut self) -> Time {
        let until = self.rest.unwrap_or_else(|| self.due());
        debug_assert!(until <= self.due(), "something is due sooner");
        self.rest = Some(until);
        until
    }

    /// When the peer has to be woken.
    fn due(&self) -> Time {
        if !self.is_open {
            return Time::NEVER;
        }
        let dues = [
            self.reflection.due(),
            self.links.due(),
            self.moves.due(),
            self.punching.due(),
            self.joins.due.unwrap_or(Time::NEVER),
            self.heartbeat.due,
            self.watch_due,
            self.names.due(),
            self.doubts.due(),
            self.gossip.due(),
        ];
        dues.into_iter().min().unwrap_or(Time::NEVER)
    }
}
