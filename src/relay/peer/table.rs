//! Whom a peer knows: bounded, found by id and by address.
//!
//! An entry is *connected* once its owner has heard [`Event::Connected`], which takes proof that
//! the peer is where it says (or, through a proxy, an introduction by a proved peer). Only
//! connected entries that are reached without a proxy are sampled.
//!
//! [`Event::Connected`]: super::Event::Connected

use std::{mem, sync::Arc, time::Duration};

use rand::Rng;

use super::{
    LinkVia, Neighbour, Wire,
    entries::Entries,
    proof::Bucket,
    reach::Reach,
    sample::{Crowd, Receiver},
    sync::ASK_AGAIN,
};
use crate::relay::{Address, ClusterId, PeerId, SubclusterId, Time, nat::NatType};

/// The peers that one peer knows.
#[derive(Clone, Debug)]
pub(super) struct Table {
    count_max: usize,
    entries: Entries,
    /// What is sampled; absent if an entry may have changed since it was made.
    crowd: Option<Crowd>,
    /// What peers were lately found to be in: most are in the same, and share the list.
    memberships: Vec<Memberships>,
}

/// What a peer takes part in.
type Memberships = Arc<[(ClusterId, SubclusterId)]>;

/// One peer that is known.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) peer_id: PeerId,
    pub(super) address: Address,
    pub(super) nat: NatType,
    pub(super) is_indexed: bool,
    pub(super) via: LinkVia,
    /// When it came into the table.
    pub(super) met_at: Time,
    /// When anything came from it last.
    pub(super) last_heard: Time,
    /// When a token came back from it last; unlike what is heard, nobody else can forge that.
    pub(super) last_proved: Time,
    /// When a link was made with it last.
    pub(super) linked_at: Time,
    /// When it was last pinged.
    pub(super) last_pinged: Time,
    /// When it was last sent a ping, or an answer to one.
    pub(super) last_called: Time,
    /// Heartbeats in a row that it has not answered.
    pub(super) missed: u8,
    /// When the last of them was counted.
    pub(super) missed_at: Time,
    /// Whether it has echoed a ping of ours from this address.
    pub(super) is_proved: bool,
    /// Whether its owner was told of it.
    pub(super) is_connected: bool,
    /// The key that its id is bound to; only peers of our kind have one.
    pub(super) key: Option<[u8; 32]>,
    /// Subclusters that it was heard to be in; the oldest give way.
    pub(super) memberships: Memberships,
    /// What it last said of its cache, a `cacheSummaryHash`.
    pub(super) digest: Option<[u8; 20]>,
    /// What our cache was compared with its.
    pub(super) asked: Asked,
    /// In which second the hops of a packet from it counted last.
    pub(super) hops_counted_s: u32,
    /// How many others it may be told of for its joins.
    pub(super) joins: Bucket,
    /// How many others it may tell us of.
    pub(super) intros: Bucket,
}

impl Entry {
    /// An entry for somebody that was just heard of.
    pub(super) fn new(peer_id: PeerId, address: Address, now: Time) -> Self {
        Self {
            peer_id,
            address,
            nat: NatType::UNKNOWN,
            is_indexed: false,
            via: LinkVia::Direct,
            met_at: now,
            last_heard: now,
            last_proved: Time::ZERO,
            linked_at: Time::ZERO,
            last_pinged: Time::ZERO,
            last_called: now,
            missed: 0,
            missed_at: Time::ZERO,
            is_proved: false,
            is_connected: false,
            key: None,
            memberships: Memberships::default(),
            digest: None,
            asked: Asked::default(),
            hops_counted_s: 0,
            joins: Bucket::default(),
            intros: Bucket::default(),
        }
    }

    /// The entry as its owner sees it.
    pub(super) fn neighbour(&self) -> Neighbour {
        Neighbour {
            peer_id: self.peer_id,
            address: self.address,
            nat: self.nat,
            is_indexed: self.is_indexed,
            via: self.via,
            key: self.key,
        }
    }

    /// From which socket and where it is reached itself, not through a proxy.
    pub(super) fn own_route(&self) -> Option<(Wire, Address)> {
        match self.via {
            LinkVia::Direct => Some((Wire::Main, self.address)),
            LinkVia::Punched(number) => Some((Wire::Punch(number), self.address)),
            LinkVia::Proxy(_) => None,
        }
    }

    pub(super) fn is_in_cluster(&self, cluster: &ClusterId) -> bool {
        self.memberships.iter().any(|(own, _)| own == cluster)
    }

    pub(super) fn is_in_subcluster(&self, subcluster: &SubclusterId) -> bool {
        self.memberships.iter().any(|(_, own)| own == subcluster)
    }

    /// Notes that the peer is in a subcluster; says whether that is new.
    pub(super) fn add_membership(&mut self, cluster: ClusterId, subcluster: SubclusterId) -> bool {
        if self.memberships.contains(&(cluster, subcluster)) {
            return false;
        }
        let own = &self.memberships;
        let kept = &own[own.len().saturating_sub(MEMBERSHIPS_MAX - 1)..];
        let all = kept.iter().copied().chain([(cluster, subcluster)]);
        self.memberships = all.collect();
        true
    }
}

impl Table {
    /// A table without entries.
    pub(super) fn new(is_indexed: bool) -> Self {
        Self {
            count_max: if is_indexed {
                INDEXED_PEERS_MAX
            } else {
                PEERS_MAX
            },
            entries: Entries::default(),
            crowd: None,
            memberships: Vec::new(),
        }
    }

    pub(super) fn get(&self, peer: &PeerId) -> Option<&Entry> {
        self.entries.get(peer)
    }

    /// An entry to be changed in anything but its id, address and way.
    pub(super) fn get_mut(&mut self, peer: &PeerId) -> Option<&mut Entry> {
        self.crowd = None;
        self.entries.get_mut(peer)
    }

    /// The peer that is reached at this address itself, not through a proxy.
    pub(super) fn by_address(&self, address: Address) -> Option<&Entry> {
        self.entries.at(address)
    }

    /// Notes that a peer is in a subcluster; says whether that is new, nothing if the peer is not
    /// known.
    pub(super) fn add_membership(
        &mut self,
        peer: &PeerId,
        (cluster, subcluster): (ClusterId, SubclusterId),
    ) -> Option<bool> {
        self.crowd = None;
        let entry = self.entries.get_mut(peer)?;
        let is_new = entry.add_membership(cluster, subcluster);
        if is_new {
            let mut shared = self.memberships.iter();
            if let Some(same) = shared.find(|other| **other == entry.memberships) {
                entry.memberships = same.clone();
            } else {
                if self.memberships.len() >= SHARED_MAX {
                    self.memberships.remove(0);
                }
                self.memberships.reserve_exact(1);
                self.memberships.push(entry.memberships.clone());
            }
        }
        Some(is_new)
    }

    /// Something came from this address: false if nobody has proved to be there.
    pub(super) fn note_heard(&mut self, now: Time, address: Address) -> bool {
        let entry = self.entries.at_mut(address);
        let Some(entry) = entry.filter(|entry| entry.is_proved) else {
            return false;
        };
        entry.last_heard = now;
        true
    }

    /// Whether the hops of a packet from this address count; those of one each second do.
    pub(super) fn may_count_hops(&mut self, now: Time, address: Address) -> bool {
        let second = (now.as_micros() / 1_000_000) as u32;
        let entry = self.entries.at_mut(address);
        entry.is_some_and(|entry| mem::replace(&mut entry.hops_counted_s, second) != second)
    }

    /// Chooses who gets a packet, those first who were heard of late; see [`Crowd::choose`].
    pub(super) fn choose(
        &mut self,
        random: &mut impl Rng,
        (now, keepalive): (Time, Duration),
        reach: Reach,
        groups: (Option<&ClusterId>, Option<&SubclusterId>),
        except: Option<Address>,
    ) -> Vec<Receiver> {
        self.crowd();
        let Some(crowd) = &self.crowd else {
            return Vec::new();
        };
        let silence = |address: Address| {
            let entry = self.by_address(address);
            entry.map_or(u8::MAX, |entry| entry.silence(now, keepalive))
        };
        crowd.choose(random, reach, groups.0, groups.1, except, &silence)
    }

    /// Something was sent to a peer.
    pub(super) fn note_called(&mut self, now: Time, peer: &PeerId) {
        if let Some(entry) = self.entries.get_mut(peer) {
            entry.last_called = now;
        }
    }

    /// A peer was sent a summary of our cache.
    pub(super) fn note_asked(&mut self, now: Time, peer: &PeerId, digest: [u8; 20]) {
        if let Some(entry) = self.entries.get_mut(peer) {
            let count = entry.asked.count(now, digest).saturating_add(1);
            let digest = first_bytes(digest);
            entry.asked = Asked {
                digest,
                at: now,
                count,
            };
        }
    }

    /// A peer has said what its cache is.
    pub(super) fn note_digest(&mut self, peer: &PeerId, digest: [u8; 20]) {
        if let Some(entry) = self.entries.get_mut(peer) {
            entry.digest = Some(digest);
        }
    }

    /// Those that are sampled.
    pub(super) fn crowd(&mut self) -> &Crowd {
        let connected = self.entries.iter().filter(|entry| entry.is_connected);
        self.crowd.get_or_insert_with(|| Crowd::new(connected))
    }

    /// Puts an entry in, in place of the one with its id; gives back what had to go for it: the
    /// entry at the same address, and one that gives way if there is no room.
    ///
    /// An entry without proof that comes to a full table comes back itself.
    pub(super) fn insert(&mut self, entry: Entry) -> Vec<Entry> {
        let mut gone = Vec::new();
        self.crowd = None;
        self.take(&entry.peer_id);
        if entry.is_direct()
            && let Some(other) = self.by_address(entry.address).map(|other| other.peer_id)
        {
            gone.extend(self.remove(&other));
        }
        if self.entries.len() >= self.count_max {
            if !entry.is_proved {
                gone.push(entry);
                return gone;
            }
            let least = self.least();
            gone.extend(least.and_then(|peer| self.remove(&peer)));
        }
        self.entries.insert(entry);
        gone
    }

    pub(super) fn remove(&mut self, peer: &PeerId) -> Option<Entry> {
        self.take(peer)
    }

    /// In the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.crowd = None;
        self.entries.iter_mut()
    }

    /// Those that are reached at their own address, in the order of their ids; what is sampled.
    pub(super) fn connected(&self) -> impl Iterator<Item = &Entry> {
        self.iter()
            .filter(|entry| entry.is_connected && entry.is_direct())
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many there may be.
    pub(super) fn count_max(&self) -> usize {
        self.count_max
    }

    /// Whether somebody has to go for whoever comes.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= self.count_max
    }

    fn take(&mut self, peer: &PeerId) -> Option<Entry> {
        self.crowd = None;
        self.entries.remove(peer)
    }

    /// Who goes if there is no room: whoever has not proved to be there; otherwise, of the half that
    /// is known for the shorter time, the one that has been silent the longest. So newcomers
    /// come in and nobody can push out all that a peer has known for long.
    fn least(&self) -> Option<PeerId> {
        let mut met: Vec<Time> = self.iter().map(|entry| entry.met_at).collect();
        let middle = met.len() / 2;
        let (_, middle, _) = met.select_nth_unstable(middle);
        let middle = *middle;
        let rank = |entry: &&Entry| {
            let is_old = entry.met_at < middle;
            (
                entry.is_indexed,
                entry.is_proved && is_old,
                entry.is_proved,
                entry.last_heard,
            )
        };
        self.iter().min_by_key(rank).map(|entry| entry.peer_id)
    }
}

/// When our cache was compared with a peer's, and what it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    /// The first bytes of our digest.
    digest: u64,
    at: Time,
    count: u8,
}

impl Asked {
    /// Whether it was asked the same just now: it would take that for a repetition.
    pub(super) fn is_repeated(&self, now: Time, digest: [u8; 20]) -> bool {
        self.count(now, digest) > 0 && now.since(self.at) < ASK_AGAIN
    }

    /// How often it was lately asked while our cache was this.
    pub(super) fn count(&self, now: Time, digest: [u8; 20]) -> u8 {
        let is_same = self.digest == first_bytes(digest) && now.since(self.at) < ASKED_LIFE;
        if is_same { self.count } else { 0 }
    }
}

fn first_bytes(digest: [u8; 20]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl Entry {
    /// It has said what its cache is, or nothing about it. Whoever has another one than before may
    /// be asked again.
    pub(super) fn note_digest(&mut self, digest: Option<[u8; 20]>) {
        if digest.is_some() && digest != self.digest {
            self.digest = digest;
            self.asked = Asked::default();
        }
    }

    /// How long nothing was heard of it, roughly: while there is traffic, whoever is still there
    /// is heard within seconds, and else within a keepalive.
    pub(super) fn silence(&self, now: Time, keepalive: Duration) -> u8 {
        let past = now.since(self.last_heard);
        u8::from(past >= LIVELY_TIME) + u8::from(past >= keepalive * 11 / 10)
    }

    /// Whether it can be reached by few: it is behind a hard NAT, or has just come and has yet
    /// to find out.
    pub(super) fn is_secluded(&self) -> bool {
        !self.nat.is_valid() || !self.nat.is_mapping_steady()
    }

    /// Whether it is reached at its own address, not through a proxy.
    pub(super) fn is_direct(&self) -> bool {
        !matches!(self.via, LinkVia::Proxy(_))
    }
}

/// Peers that one peer knows (the reference's soft limit; here it holds).
pub(super) const PEERS_MAX: usize = 256;
/// Peers that an indexed peer knows, to which everybody comes.
pub(super) const INDEXED_PEERS_MAX: usize = 4_096;

/// How long a question without an answer counts.
const ASKED_LIFE: Duration = Duration::from_secs(20);
/// Within that time whoever is still there is heard while there is traffic.
const LIVELY_TIME: Duration = Duration::from_secs(4);
/// Subclusters that are remembered of one peer.
const MEMBERSHIPS_MAX: usize = 8;
/// Lists of them that may be shared by whoever comes to be in the same.
const SHARED_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;
    use proptest::prelude::*;

    use super::*;

    fn entry(peer: u8, place: u8, now: u64, is_proved: bool) -> Entry {
        let address = Address::new(Ipv4Addr::new(1, 1, 1, place), 5_000);
        let now = Time::from_micros(now);
        let mut entry = Entry::new(PeerId([peer; 32]), address, now);
        entry.is_proved = is_proved;
        entry
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn ids_and_addresses_always_agree(
            steps in prop::collection::vec((0..40_u8, 0..40_u8, any::<bool>(), 0..8_u8), 1..120),
        ) {
            let mut table = Table::new(false);
            for (now, (peer, place, is_proved, kind)) in steps.into_iter().enumerate() {
                let mut new = entry(peer, place, now as u64, is_proved);
                match kind {
                    0 => {
                        table.remove(&new.peer_id);
                        continue;
                    }
                    1 => new.via = LinkVia::Proxy(PeerId([99; 32])),
                    _ => {}
                }
                table.insert(new);
                for own in table.iter().filter(|own| own.is_direct()) {
                    let found = table.by_address(own.address).map(|found| found.peer_id);
                    prop_assert_eq!(found, Some(own.peer_id));
                }
                let direct = table.iter().filter(|own| own.is_direct()).count();
                prop_assert_eq!(table.entries.place_count(), direct);
            }
        }
    }

    #[test]
    fn a_full_table_lets_proved_newcomers_in_and_keeps_its_oldest_and_indexed() {
        let mut table = Table::new(false);
        let number = |number: u16| {
            let mut peer = [0; 32];
            peer[..2].copy_from_slice(&number.to_be_bytes());
            let [high, low] = number.to_be_bytes();
            let address = Address::new(Ipv4Addr::new(2, 2, high, low), 5_000);
            let mut entry = Entry::new(PeerId(peer), address, Time::from_micros(number.into()));
            (entry.is_proved, entry.is_indexed) = (true, number == 200);
            entry
        };
        for own in 0..PEERS_MAX as u16 {
            assert!(table.insert(number(own)).is_empty());
        }
        let mut stranger = number(2_000);
        stranger.is_proved = false;
        assert_eq!(table.insert(stranger).len(), 1, "it comes back itself");
        for own in 300..1_300 {
            let gone = table.insert(number(own));
            assert_eq!(gone.len(), 1);
            assert_ne!(gone[0].peer_id, number(own).peer_id, "a newcomer comes in");
        }
        assert_eq!(table.len(), PEERS_MAX);
        for own in (0..100).chain([200]) {
            assert!(
                table.get(&number(own).peer_id).is_some(),
                "{own} was pushed out"
            );
        }
    }
}
