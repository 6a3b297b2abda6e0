//! Brings peers together: tells two of each other, of its own accord or at a rendezvous.

use std::time::Duration;

use rand::Rng;

use super::{
    Peer, Wire,
    join::{FIRST_HOPS, FORWARDED_MAX},
    proof::{Subject, eighth},
};
use crate::relay::{
    Address, Now, PeerId, Time,
    nat::{NatType, Strategy, connection_strategy},
    packet::{Intro, Join, Packet, PacketType, join_key},
};

impl Peer {
    /// Brings a joiner that has proved itself together with a few others.
    pub(super) fn introduce(&mut self, now: Now, join: &Join, subject: Subject) {
        let joiner = join.requester_peer_id;
        let chosen = self.introduction_sample(now, &joiner, subject);
        for other in chosen {
            self.introduce_pair(now, &joiner, &other, subject, false);
        }
    }

    /// A choice of proved neighbours, members of the subcluster before those of the cluster
    /// before others, and of equals those first who are reached with less effort, without those
    /// that were introduced a while ago.
    fn introduction_sample(&mut self, now: Now, joiner: &PeerId, subject: Subject) -> Vec<PeerId> {
        let (cluster, subcluster) = subject;
        let own = self.table.get(joiner);
        let nat = own.map_or(NatType::UNKNOWN, |entry| entry.nat);
        let mut ranks = [const { Vec::new() }; 3 * EFFORTS];
        for entry in self.table.connected() {
            if !entry.is_proved || entry.is_indexed || !entry.nat.is_valid() {
                continue;
            }
            let kinship = if entry.is_in_subcluster(&subcluster) {
                0
            } else {
                2 - usize::from(entry.is_in_cluster(&cluster))
            };
            ranks[kinship * EFFORTS + effort(nat, entry.nat)].push(entry.peer_id);
        }
        // An indexed peer has thousands of neighbours: only those that are drawn are looked up.
        let mut chosen: Vec<PeerId> = Vec::new();
        for mut rank in ranks {
            while chosen.len() < INTRODUCTIONS_MAX && !rank.is_empty() {
                let drawn = rank.swap_remove(self.rng.random_range(0..rank.len()));
                if drawn != *joiner && self.is_introduction_due(now, joiner, &drawn) {
                    chosen.push(drawn);
                }
            }
        }
        if let Some(joiner) = self.table.get_mut(joiner) {
            let (rate, burst) = (INTRODUCTIONS_PER_SECOND, INTRODUCTIONS_BURST);
            chosen.retain(|_| joiner.joins.take(now.time, rate, burst));
        }
        chosen
    }

    /// Whether two may be told of each other: not if they were a while ago, unless one of them has
    /// made its link with us anew since, at another address or after it was started again.
    fn is_introduction_due(&self, now: Now, one: &PeerId, other: &PeerId) -> bool {
        let Some(at) = self.joins.introduced.get(&pair_of(one, other)) else {
            return true;
        };
        let is_back = |peer: &PeerId| {
            let entry = self.table.get(peer);
            entry.is_some_and(|entry| entry.linked_at > *at)
        };
        let past = now.time.since(*at);
        past >= INTRODUCTION_PERIOD || (past >= RETURN_PERIOD && (is_back(one) || is_back(other)))
    }

    /// Notes that two were told of each other; the oldest such notes give way.
    fn note_introduction(&mut self, now: Now, pair: (PeerId, PeerId)) {
        let introduced = &mut self.joins.introduced;
        if introduced.len() >= INTRODUCTIONS_TABLE_MAX {
            let mut times: Vec<Time> = introduced.values().copied().collect();
            let oldest = eighth(&mut times);
            introduced.retain(|_, at| *at > oldest);
        }
        introduced.insert(pair, now.time);
    }

    /// Tells two neighbours of each other.
    fn introduce_pair(
        &mut self,
        now: Now,
        one: &PeerId,
        other: &PeerId,
        subject: Subject,
        is_rendezvous: bool,
    ) {
        let (Some(one), Some(other)) = (self.table.get(one), self.table.get(other)) else {
            return;
        };
        let pair = pair_of(&one.peer_id, &other.peer_id);
        let (one, other) = (one.clone(), other.clone());
        self.note_introduction(now, pair);
        for (to, of) in [(&one, &other), (&other, &one)] {
            let Some((wire, to)) = self.route(to) else {
                continue;
            };
            let me = self.identity.peer_id;
            let mut intro = Intro::new(of.peer_id, of.address, of.nat, me);
            intro.is_rendezvous = Some(is_rendezvous);
            let mut packet = Packet::new(PacketType::INTRO, intro.encode());
            packet.cluster_id = subject.0.0;
            packet.subcluster_id = subject.1.field();
            packet.hops = 1;
            packet.usr1 = super::intro::time_field(now);
            self.send(wire, to, &packet);
        }
    }

    /// A join asks members of its cluster to come to a rendezvous: says so there, once and
    /// to nobody else, naming it, so that a reference peer there introduces instead of flooding.
    pub(super) fn answer_rendezvous(
        &mut self,
        now: Now,
        packet: &Packet,
        join: &Join,
        subject: Subject,
    ) {
        let (Some(at), Some(port)) = (join.rendezvous_address, join.rendezvous_port) else {
            return;
        };
        let to = Address::new(at, port);
        let (cluster, subcluster) = subject;
        let joiner = join.requester_peer_id;
        let is_met = self
            .table
            .get(&joiner)
            .is_some_and(|entry| entry.is_connected);
        let is_proved = self
            .table
            .by_address(to)
            .is_some_and(|entry| entry.is_proved);
        if is_met || !is_proved || self.config.is_indexed || !self.memberships.has_cluster(&cluster)
        {
            return;
        }
        let joins = &mut self.joins;
        let key = (joiner, subcluster);
        if joins.forwarded.contains_key(&key) || joins.forwarded.len() >= FORWARDED_MAX {
            return;
        }
        joins.forwarded.insert(key, now.time);
        let Some(address) = self.address else { return };
        let mut answer = Join::new(self.identity.peer_id, address, self.nat);
        answer.key = Some(join_key(&cluster.0, &subcluster.field()));
        answer.rendezvous_type = Some(join.nat_type);
        answer.rendezvous_peer_id = join.rendezvous_peer_id;
        answer.rendezvous_requester_peer_id = Some(joiner);
        let mut answer = Packet::new(PacketType::JOIN, answer.encode());
        answer.cluster_id = packet.cluster_id;
        answer.subcluster_id = packet.subcluster_id;
        answer.clock = packet.clock;
        answer.hops = FIRST_HOPS;
        self.send(Wire::Main, to, &answer);
    }

    /// A member comes to us as the rendezvous: it and the joiner are told of each other.
    pub(super) fn serve_rendezvous(
        &mut self,
        now: Now,
        from: Address,
        join: &Join,
        subject: Subject,
    ) {
        let is_meant = join
            .rendezvous_peer_id
            .is_none_or(|named| named == self.identity.peer_id);
        let (member, Some(joiner)) = (join.requester_peer_id, join.rendezvous_requester_peer_id)
        else {
            return;
        };
        let is_known = self.table.get(&joiner).is_some_and(|entry| entry.is_proved);
        let pair = pair_of(&member, &joiner);
        let is_again = self.joins.introduced.contains_key(&pair);
        let has_room = self.joins.introduced.len() < INTRODUCTIONS_TABLE_MAX;
        if is_meant && is_known && !is_again && has_room && self.is_at(from, &member) {
            self.introduce_pair(now, &member, &joiner, subject, true);
        }
    }
}

/// What it takes two to reach each other: a few pings, a thousand, or a third peer for ever.
fn effort(one: NatType, other: NatType) -> usize {
    match connection_strategy(one, other) {
        Strategy::Direct | Strategy::Defer => 0,
        Strategy::TraversalOpen | Strategy::TraversalConnect => 1,
        Strategy::Proxy => 2,
    }
}

/// How many efforts there are.
const EFFORTS: usize = 3;

fn pair_of(one: &PeerId, other: &PeerId) -> (PeerId, PeerId) {
    (*one.min(other), *one.max(other))
}

/// Others that a joiner is told of.
const INTRODUCTIONS_MAX: usize = 2;
/// Others a second, and at once after a time without.
const INTRODUCTIONS_PER_SECOND: u32 = 1;
const INTRODUCTIONS_BURST: u32 = 32;
/// How often they are, if one of them comes back in between.
const RETURN_PERIOD: Duration = Duration::from_secs(2);
/// How often two peers are told of each other.
pub(super) const INTRODUCTION_PERIOD: Duration = Duration::from_secs(60);
/// Pairs that are remembered to have been told of each other.
pub(super) const INTRODUCTIONS_TABLE_MAX: usize = 4_096;
