//! One peer of the network: takes datagrams and commands, says what to do.
//!
//! Drive it with one `handle_*` or command, then call [`Peer::poll_output`] until it says
//! [`Output::Wait`]; only then feed the next input.
//!
//! One struct, spread over files by what it is doing: [`receive`] takes datagrams apart and hands
//! each to the file of its type; `reflect` finds out what NAT we are behind; `ping`, `join`,
//! `intro` and `punch` make links, which `table` remembers, `proof` protects and `heartbeat`
//! keeps; [`gossip`] and what hangs on it carry messages.
//!
//! **Invariant:** every table and queue has a named limit, all of them in [`Peer::report`].

mod commands;
mod config;
mod event;
mod gate;
mod gossip;
mod heartbeat;
mod identity;
mod intro;
mod join;
mod limits;
mod memberships;
mod outbox;
mod output;
mod ping;
mod publish;
mod query;
mod reassembly;
mod receive;
mod recent;
mod report;
mod sample;
mod stream;
mod sync;
mod table;

pub use commands::CommandError;
pub use config::{Bootstrap, PeerConfig};
pub use event::{Event, LinkVia, Neighbour};
pub use output::{
    Arrival, Found, Interest, Keeping, Kept, Lookup, Output, Publication, Reconciliation, Ticket,
    Transmit, Wire,
};
pub use report::{PeerCounters, TableReport};

use rand::{SeedableRng, rngs::StdRng};

use self::{
    gossip::Gossip, identity::Identity, memberships::Memberships, outbox::Outbox, table::Table,
};
use super::{Address, Now, PeerId, Time, cache::CacheDigest, nat::NatType};

/// One peer.
#[derive(Debug)]
pub struct Peer {
    config: PeerConfig,
    identity: Identity,
    rng: StdRng,
    /// Our address as others see it.
    address: Option<Address>,
    nat: NatType,
    table: Table,
    memberships: Memberships,
    gossip: Gossip,
    digest: CacheDigest,
    counters: PeerCounters,
    outbox: Outbox,
    /// When the peer was made; what it says of its uptime counts from here.
    started_at: Time,
    is_open: bool,
}

impl Peer {
    /// A peer that is silent until it is [opened](Self::open).
    #[must_use]
    pub fn new(config: PeerConfig, seed: [u8; 32], now: Now) -> Self {
        let identity = Identity::new(&config);
        Self {
            identity,
            rng: StdRng::from_seed(seed),
            address: config.address,
            nat: if config.is_indexed {
                NatType::UNRESTRICTED
            } else {
                NatType::UNKNOWN
            },
            table: Table::default(),
            memberships: Memberships::default(),
            gossip: Gossip::new(&seed),
            digest: CacheDigest::default(),
            counters: PeerCounters::default(),
            outbox: Outbox::default(),
            started_at: now.time,
            is_open: false,
            config,
        }
    }

    /// Starts: an ordinary peer finds its NAT type, an indexed one is ready at once.
    pub fn open(&mut self, now: Now) {
        self.is_open = true;
        let _ = now;
    }

    /// Lets time pass; waking early, late or twice does no harm.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.gossip.due() <= now.time {
            self.gossip_timeout(now);
        }
    }

    /// How full the cache is now; pings say so.
    pub fn handle_digest(&mut self, digest: CacheDigest) {
        self.digest = digest;
    }

    /// The next thing to do.
    pub fn poll_output(&mut self, now: Now) -> Output {
        let _ = now;
        self.outbox
            .pop()
            .unwrap_or_else(|| Output::Wait(self.due()))
    }

    /// Who it is.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.identity.peer_id
    }

    /// When the peer has to be woken.
    fn due(&self) -> Time {
        self.gossip.due()
    }
}
