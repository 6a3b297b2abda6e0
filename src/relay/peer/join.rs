//! Tells the network what we take part in, and brings those together who do.
//!
//! A join of ours goes to at most four peers and says that it has three hops left: nobody, of
//! whatever kind, sends it on further, and none of the reference marks it with a rendezvous,
//! which would make every member of the cluster flood the network with another join.
//! Who gets a join tells the joiner of a few others, and these of the joiner. A join from
//! somebody who has yet to prove where they are waits for that.

use std::{collections::BTreeMap, time::Duration};

use rand::seq::{IndexedRandom, SliceRandom};

use super::{
    CommandError, Interest, Output, Peer, Wire, memberships::Membership, proof::Subject,
    table::Entry,
};
use crate::relay::{
    Address, ClusterId, Now, PeerId, SubclusterId, Time,
    keys::SharedKey,
    packet::{HOPS_MAX, Join, Packet, PacketType, join_key},
};

/// Joins that were heard and what was made of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Joins {
    /// When a join was sent on, by joiner and subcluster.
    pub(super) forwarded: BTreeMap<(PeerId, SubclusterId), Time>,
    /// When two peers were told of each other.
    pub(super) introduced: BTreeMap<(PeerId, PeerId), Time>,
    /// Joins of peers that have yet to prove where they are.
    waiting: Vec<(Address, Packet, Time)>,
    /// When to look whether we have met enough members.
    pub(super) due: Option<Time>,
}

impl Peer {
    /// Takes part in a subcluster, of our own cluster if none is given, and gives its id.
    ///
    /// # Errors
    /// If there is no cluster, or too many subclusters are joined.
    pub fn join(
        &mut self,
        now: Now,
        cluster: Option<ClusterId>,
        shared_key: SharedKey,
    ) -> Result<SubclusterId, CommandError> {
        self.rest = None;
        let cluster = cluster
            .or(self.config.cluster)
            .ok_or(CommandError::NoCluster)?;
        let subcluster = shared_key.subcluster();
        let membership = Membership {
            cluster,
            told_at: None,
            tells: 0,
        };
        if !self.memberships.insert(subcluster, membership) {
            return Err(CommandError::Busy {
                what: "subclusters",
                count_max: super::memberships::SUBCLUSTERS_MAX,
            });
        }
        self.classify(subcluster, Interest::Subscribed);
        if self.is_ready() && self.is_open {
            self.tell_join(now, subcluster);
        }
        Ok(subcluster)
    }

    /// Takes part no longer; the network is not told, since the protocol has no word for it.
    ///
    /// # Errors
    /// If it was not joined.
    pub fn leave(&mut self, _now: Now, subcluster: SubclusterId) -> Result<(), CommandError> {
        self.rest = None;
        let left = self.memberships.remove(&subcluster);
        let left = left.ok_or(CommandError::NotJoined { subcluster })?;
        let interest = self.interest_in_cluster(&left.cluster);
        self.classify(subcluster, interest);
        Ok(())
    }

    /// Tells the cache what the packets of a subcluster are to us.
    fn classify(&mut self, subcluster: SubclusterId, interest: Interest) {
        self.outbox.push(Output::Classify {
            subcluster,
            interest,
        });
    }

    /// Somebody takes part in a subcluster.
    pub(super) fn on_join(&mut self, now: Now, from: Address, packet: &Packet) {
        let Ok(join) = Join::parse(&packet.message) else {
            self.counters.malformed += 1;
            return;
        };
        let Some(subject) = self.subject_of(&packet.into()) else {
            return;
        };
        let is_past = join
            .rendezvous_deadline
            .is_some_and(|deadline| deadline < now.unix_ms);
        if join.requester_peer_id == self.identity.peer_id || is_past {
            return;
        }
        if join.rendezvous_requester_peer_id.is_some() {
            self.serve_rendezvous(now, from, &join, subject);
            return;
        }
        if join.rendezvous_deadline.is_some() {
            self.answer_rendezvous(now, packet, &join, subject);
        }
        if self.is_at(from, &join.requester_peer_id) {
            self.note_nat(&join);
            self.note_membership(&join.requester_peer_id, subject);
            self.introduce(now, &join, subject);
        } else if from == address_of(&join) {
            self.wait_for_proof(now, from, packet);
        }
        self.forward_join(now, from, packet, &join, subject);
    }

    /// Who joins may have made its link before it knew what it is behind.
    fn note_nat(&mut self, join: &Join) {
        let entry = self.table.get_mut(&join.requester_peer_id);
        if let Some(entry) = entry.filter(|_| join.nat_type.is_valid()) {
            entry.nat = join.nat_type;
        }
    }

    /// A peer has proved where it is; its join, if one came before that, is taken up.
    pub(super) fn take_up_join(&mut self, now: Now, from: Address) {
        let waiting = std::mem::take(&mut self.joins.waiting);
        let (ready, rest) = waiting
            .into_iter()
            .partition(|(address, ..)| *address == from);
        self.joins.waiting = rest;
        let ready: Vec<(Address, Packet, Time)> = ready;
        for (_, packet, at) in ready {
            let Ok(join) = Join::parse(&packet.message) else {
                continue;
            };
            let is_fresh = now.time.since(at) < WAIT_MAX;
            if let Some(subject) = self.subject_of(&(&packet).into()).filter(|_| is_fresh) {
                self.note_nat(&join);
                self.note_membership(&join.requester_peer_id, subject);
                self.introduce(now, &join, subject);
            }
        }
    }

    /// Tells the network again of subclusters in which we have met too few.
    pub(super) fn rejoin(&mut self, now: Now) {
        let joined = self.memberships.iter().map(|(subcluster, _)| *subcluster);
        let joined: Vec<SubclusterId> = joined.collect();
        for subcluster in joined {
            let own = self.memberships.get(&subcluster);
            let told_at = own.and_then(|own| own.told_at);
            let is_late = told_at.is_none_or(|at| now.time.since(at) >= FADING_WAIT);
            let is_fading = is_late && self.is_fading(now, &subcluster);
            if self.met_count(&subcluster) < MET_ENOUGH || is_fading {
                self.tell_join(now, subcluster);
            }
        }
    }

    /// A link was made: whoever was told of no join yet may be now, with those to come.
    pub(super) fn join_soon(&mut self, now: Now) {
        if self
            .memberships
            .iter()
            .any(|(_, own)| own.told_at.is_none())
        {
            self.wake_joins(now.time + GATHER_WAIT);
        }
    }

    /// Joins, and joins again sooner than the heartbeat where we have met nearly nobody.
    pub(super) fn joins_timeout(&mut self, now: Now) {
        if self.joins.due.is_none_or(|due| due > now.time) {
            return;
        }
        self.joins.due = None;
        let joined = self.memberships.iter();
        let joined: Vec<(SubclusterId, Option<Time>, u32)> = joined
            .map(|(subcluster, own)| (*subcluster, own.told_at, own.tells))
            .collect();
        for (subcluster, told_at, tells) in joined {
            let is_met = self.met_count(&subcluster) >= MET_FEW;
            if told_at.is_some() && (is_met || tells >= LONELY_TELLS) {
                continue;
            }
            let due = told_at.map_or(now.time, |at| at + LONELY_WAIT * (1 << tells));
            if due <= now.time {
                self.tell_join(now, subcluster);
            } else {
                self.wake_joins(due);
            }
        }
    }

    /// Forgets joins that are long past.
    pub(super) fn forget_joins(&mut self, now: Now) {
        let joins = &mut self.joins;
        joins
            .forwarded
            .retain(|_, at| now.time.since(*at) < FORWARD_PERIOD);
        joins
            .introduced
            .retain(|_, at| now.time.since(*at) < super::introduce::INTRODUCTION_PERIOD);
        joins
            .waiting
            .retain(|(_, _, at)| now.time.since(*at) < WAIT_MAX);
    }

    /// How full the tables are: joins that were sent on, introductions, joins that wait.
    pub(super) fn join_counts(&self) -> [usize; 3] {
        let joins = &self.joins;
        [
            joins.forwarded.len(),
            joins.introduced.len(),
            joins.waiting.len(),
        ]
    }

    fn wake_joins(&mut self, due: Time) {
        self.joins.due = Some(self.joins.due.map_or(due, |own| own.min(due)));
    }

    /// Known members of a subcluster.
    fn met_count(&self, subcluster: &SubclusterId) -> usize {
        let connected = self.table.iter().filter(|entry| entry.is_connected);
        connected
            .filter(|entry| entry.is_in_subcluster(subcluster))
            .count()
    }

    /// Whether a member that a proxy carries for has not been introduced for long.
    fn is_fading(&self, now: Now, subcluster: &SubclusterId) -> bool {
        let half_life = self.proxied_life() / 2;
        let mut proxied = self.table.iter().filter(|entry| !entry.is_direct());
        proxied.any(|entry| {
            entry.is_in_subcluster(subcluster) && now.time.since(entry.last_heard) >= half_life
        })
    }

    fn tell_join(&mut self, now: Now, subcluster: SubclusterId) {
        let (Some(address), Some(own)) = (self.address, self.memberships.get(&subcluster)) else {
            return;
        };
        let cluster = own.cluster;
        let audience = self.join_audience(&cluster);
        if audience.is_empty() {
            return;
        }
        if let Some(own) = self.memberships.get_mut(&subcluster) {
            own.told_at = Some(now.time);
            own.tells = own.tells.saturating_add(1);
            let wait = LONELY_WAIT * (1 << own.tells.min(LONELY_TELLS));
            self.wake_joins(now.time + wait);
        }
        let mut join = Join::new(self.identity.peer_id, address, self.nat);
        join.key = Some(join_key(&cluster.0, &subcluster.field()));
        let mut packet = Packet::new(PacketType::JOIN, join.encode());
        packet.cluster_id = cluster.0;
        packet.subcluster_id = subcluster.field();
        packet.hops = FIRST_HOPS;
        for (wire, to) in audience {
            self.send(wire, to, &packet);
        }
    }

    /// Indexed peers, then neighbours, those of the cluster first.
    fn join_audience(&mut self, cluster: &ClusterId) -> Vec<(Wire, Address)> {
        let (mut indexed, mut others): (Vec<&Entry>, Vec<&Entry>) =
            self.table.connected().partition(|entry| entry.is_indexed);
        indexed.shuffle(&mut self.rng.open());
        others.shuffle(&mut self.rng.open());
        others.sort_by_key(|entry| !entry.is_in_cluster(cluster));
        let chosen = indexed.into_iter().take(JOIN_INDEXED_MAX);
        let chosen = chosen.chain(others.into_iter().take(JOIN_OTHERS_MAX));
        chosen.filter_map(|entry| self.route(entry)).collect()
    }

    /// Keeps the join of somebody who has not proved to be there, and asks for that.
    fn wait_for_proof(&mut self, now: Now, from: Address, packet: &Packet) {
        let joins = &mut self.joins;
        joins
            .waiting
            .retain(|(_, _, at)| now.time.since(*at) < WAIT_MAX);
        let of_same = joins
            .waiting
            .iter()
            .filter(|(address, ..)| *address == from)
            .count();
        if of_same >= WAITING_EACH_MAX {
            return;
        }
        if joins.waiting.len() >= WAITING_MAX {
            joins.waiting.remove(0);
        }
        joins.waiting.push((from, packet.clone(), now.time));
        self.ask_for_proof(now, from);
    }

    /// Sends a join on, if it has gone less than two steps of the way and not of late, to
    /// peers of the reference: of our kind, nobody makes anything of it.
    fn forward_join(
        &mut self,
        now: Now,
        from: Address,
        packet: &Packet,
        join: &Join,
        subject: Subject,
    ) {
        let (cluster, subcluster) = subject;
        let is_near =
            packet.hops <= NEAR_HOPS || (FIRST_HOPS..FIRST_HOPS + NEAR_HOPS).contains(&packet.hops);
        let is_ours = self.config.is_indexed || self.memberships.has_cluster(&cluster);
        if !is_near || !is_ours || join.rendezvous_deadline.is_some() || !self.is_trusted(from) {
            return;
        }
        let key = (join.requester_peer_id, subcluster);
        let at = self.joins.forwarded.get(&key);
        let is_late = at.is_some_and(|at| now.time.since(*at) < FORWARD_PERIOD);
        if self.joins.forwarded.len() >= FORWARDED_MAX || is_late {
            return;
        }
        let claimed = address_of(join);
        let others = self.table.connected().filter(|entry| {
            let is_source = entry.address == from || entry.address == claimed;
            entry.is_proved && entry.key.is_none() && !is_source
        });
        let mut others: Vec<&Entry> = others.collect();
        others.retain(|entry| entry.is_indexed || entry.is_in_cluster(&cluster));
        let chosen = others.choose_multiple(&mut self.rng, FORWARDS_MAX);
        let chosen: Vec<_> = chosen.filter_map(|entry| self.route(entry)).collect();
        let mut packet = packet.clone();
        packet.hops = (packet.hops + 1).max(FIRST_HOPS + 1);
        for (wire, to) in &chosen {
            self.send(*wire, *to, &packet);
        }
        if !chosen.is_empty() {
            self.joins.forwarded.insert(key, now.time);
        }
    }
}

fn address_of(join: &Join) -> Address {
    Address::new(join.address, join.port)
}

/// What a join of ours says of its hops. The reference introduces up to two steps further, and
/// sends on once more.
pub(super) const FIRST_HOPS: u32 = HOPS_MAX - 3;
/// Joins of others are sent on up to here.
const NEAR_HOPS: u32 = 2;
/// Indexed peers that get a join.
const JOIN_INDEXED_MAX: usize = 2;
/// Other neighbours that get a join.
const JOIN_OTHERS_MAX: usize = 2;
/// Peers that one join is sent on to.
const FORWARDS_MAX: usize = 2;
/// How often the join of one peer and subcluster is sent on.
const FORWARD_PERIOD: Duration = Duration::from_secs(60);
/// Joins that are remembered to have been sent on.
pub(super) const FORWARDED_MAX: usize = 1_024;
/// Members of a subcluster that are enough; with fewer, the network is told again.
const MET_ENOUGH: usize = 4;
/// How soon the network is told again for the sake of those that a proxy carries for: twice
/// before they are given up. Sooner would bring up new ones all the time, who fade in turn.
const FADING_WAIT: Duration = Duration::from_secs(120);
/// Members that are so few that the network is told again soon.
const MET_FEW: usize = 2;
/// How often it is, before that is left to the heartbeat.
const LONELY_TELLS: u32 = 5;
/// How long a first link waits for others before a join goes to all of them.
const GATHER_WAIT: Duration = Duration::from_millis(48);
/// How long to wait for members before the network is told again, doubled each time.
const LONELY_WAIT: Duration = Duration::from_secs(1);
/// How long a join waits for its sender to prove where it is.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Joins that wait, of all and of one sender.
pub(super) const WAITING_MAX: usize = 64;
const WAITING_EACH_MAX: usize = 4;
