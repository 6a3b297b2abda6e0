//! What a peer counts and how full its tables are.

use serde::Serialize;

use super::{
    Event, Neighbour, Peer, contacts, heartbeat, introduce, join, links, memberships, moves,
    outbox, proof, punch, reflect, table,
};
use crate::relay::{
    Address, ClusterId, Now, PeerId, SubclusterId, cache::CacheDigest, nat::NatType,
};

/// What a peer is and knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Who it is.
    pub peer_id: PeerId,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Whether it is an indexed peer.
    pub is_indexed: bool,
    /// Its address as others see it.
    pub address: Option<Address>,
    /// What it is behind.
    pub nat: NatType,
    /// Whom it has links with.
    pub neighbours: Vec<Neighbour>,
    /// What it takes part in.
    pub subclusters: Vec<(ClusterId, SubclusterId)>,
    /// Its cache, as it was last told.
    pub cache: CacheDigest,
    /// What went over the wire.
    pub counters: PeerCounters,
    /// How full its tables are.
    pub tables: Vec<TableReport>,
}

impl Peer {
    /// Whom the owner takes for connected, as far as it has been told.
    #[must_use]
    pub fn told_connected(&self) -> Vec<Neighbour> {
        let connected = self.table.iter().filter(|entry| entry.is_connected);
        let untold = self.outbox.events().filter_map(|event| match event {
            Event::Disconnected(neighbour) => Some(neighbour.clone()),
            _ => None,
        });
        let connected = connected.map(table::Entry::neighbour);
        connected.chain(untold).collect()
    }

    /// Describes the peer.
    #[must_use]
    pub fn report(&self, _now: Now) -> Report {
        let connected = self.table.iter().filter(|entry| entry.is_connected);
        let joined = self.memberships.iter();
        Report {
            peer_id: self.identity.peer_id,
            public_key: *self.identity.public_key(),
            is_indexed: self.config.is_indexed,
            address: self.address,
            nat: self.nat,
            neighbours: connected.map(table::Entry::neighbour).collect(),
            subclusters: joined.map(|(own, joined)| (joined.cluster, *own)).collect(),
            cache: self.digest,
            counters: PeerCounters {
                lost: self.outbox.lost(),
                ..self.counters
            },
            tables: self.tables(),
        }
    }

    fn tables(&self) -> Vec<TableReport> {
        let report = TableReport::new;
        let [forwarded, introduced, waiting] = self.join_counts();
        let mut tables = vec![
            report("peers", self.table.len(), self.table.count_max()),
            report("outputs", self.outbox.len(), outbox::OUTPUTS_MAX),
            report(
                "challenges",
                self.proof.challenge_count(),
                proof::CHALLENGES_MAX,
            ),
            report("credits", self.proof.account_count(), proof::ACCOUNTS_MAX),
            report("links", self.links.len(), links::ATTEMPTS_MAX),
            report("moves", self.moves.len(), moves::MOVES_MAX),
            report("piercings", self.punching.len(), punch::PIERCINGS_MAX),
            report("forwarded joins", forwarded, join::FORWARDED_MAX),
            report(
                "introductions",
                introduced,
                introduce::INTRODUCTIONS_TABLE_MAX,
            ),
            report("waiting joins", waiting, join::WAITING_MAX),
            report(
                "subclusters",
                self.memberships.len(),
                memberships::SUBCLUSTERS_MAX,
            ),
        ];
        tables.extend(self.small_tables());
        tables.extend(self.gossip.tables());
        tables
    }

    /// How full those are that hold a few things each.
    fn small_tables(&self) -> [TableReport; 5] {
        let report = TableReport::new;
        let (probed, observers) = (self.reflection.probed_count(), self.heartbeat.seen_count());
        [
            report("contacts", self.contacts.len(), contacts::CONTACTS_MAX),
            report("probed contacts", probed, reflect::PROBED_MAX),
            report("observers", observers, heartbeat::OBSERVERS_MAX),
            report(
                "failed piercings",
                self.punching.failed_count(),
                punch::FAILED_MAX,
            ),
            report(
                "kept sockets",
                self.punching.kept_count(),
                self.table.count_max(),
            ),
        ]
    }
}

/// Datagrams by type; index 0 counts those of unknown types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeerCounters {
    /// Sent, by type.
    pub sent: [u64; 9],
    /// Received, by type.
    pub received: [u64; 9],
    /// Not packets at all, or of another version.
    pub malformed: u64,
    /// Beyond a rate limit.
    pub limited: u64,
    /// With an id that is not theirs.
    pub forged: u64,
    /// Heard before.
    pub duplicate: u64,
    /// Things to do that found no room, since nobody polled the peer.
    pub lost: u64,
}

/// One bounded table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// What it holds.
    pub name: &'static str,
    /// Its entries.
    pub count: usize,
    /// Its limit.
    pub count_max: usize,
}

impl TableReport {
    /// Says how full a table is.
    pub(in crate::relay) const fn new(name: &'static str, count: usize, count_max: usize) -> Self {
        Self {
            name,
            count,
            count_max,
        }
    }
}
