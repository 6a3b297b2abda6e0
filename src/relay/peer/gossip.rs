//! What a peer needs to carry messages: limits, seen ids, routes and parts of messages.
//!
//! How a datagram of these types goes: `limits` says whether its sender may send it; the file
//! of its type (`publish`, `stream`, `sync`, `query`) verifies its id before anything else is
//! believed; `gate` lets it through once; and `sample` says who gets it next.
//!
//! What is kept and what differs from somebody else's cache is the cache's business; when
//! something goes out again is the rebroadcast scheduler's.

use core::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use rand::{SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};

use super::{
    Event, LinkVia, Output, Peer, TableReport, Wire,
    commands::Batches,
    gate::{GATE_COUNT_MAX, Gate},
    limits::{Limits, Trust, Verdict},
    query::Queries,
    reach::{Origin, Reach, TypicalHops},
    reassembly::{BYTES_MAX, PARTIALS_MAX, Reassembly},
    recent::{Recent, Secret},
};
use crate::relay::{
    Address, ClusterId, Now, PacketId, PeerId, SubclusterId, Time,
    keys::LastPair,
    packet::{HOPS_MAX, Packet, PacketType},
};

/// State of the files that carry messages.
#[derive(Clone, Debug)]
pub(super) struct Gossip {
    pub(super) limits: Limits,
    pub(super) gate: Gate,
    /// Packets that commands wait for.
    pub(super) batches: Batches,
    /// Questions of ours, and the ways that answers to others' go back.
    pub(super) queries: Queries,
    /// Parts of streams and answers.
    pub(super) reassembly: Reassembly,
    /// Summaries that were answered lately, by a hash of who sent them and what they said.
    pub(super) synced: Recent<u64, Time>,
    /// Packets of our own that no neighbour is known to hold.
    pub(super) own: Recent<PacketId, ()>,
    /// Packets that the cache was handed and has not said to keep, and when.
    pub(super) unkept: Recent<PacketId, Time>,
    /// What messages of our own are sealed with.
    pub(super) last_pair: LastPair,
    /// After how many hops packets come, and from which host the last one did that was counted.
    pub(super) typical_hops: TypicalHops,
    pub(super) counted_last: Option<Ipv4Addr>,
    /// When a packet came that was new.
    pub(super) news_at: Time,
    /// When our cache was last compared with a neighbour's.
    pub(super) asked_at: Time,
}

impl Gossip {
    /// Nothing yet; `seed` keys what nobody else may predict.
    pub(super) fn new(seed: &[u8; 32]) -> Self {
        let seed: [u8; 32] = Sha256::new_with_prefix(b"runtime gossip")
            .chain_update(seed)
            .finalize()
            .into();
        let secret = Secret::new(&mut StdRng::from_seed(seed));
        Self {
            limits: Limits::new(secret),
            gate: Gate::new(secret),
            batches: Batches::new(secret),
            queries: Queries::new(secret),
            reassembly: Reassembly::default(),
            synced: Recent::new(secret, SYNCED_COUNT_MAX),
            own: Recent::new(secret, OWN_COUNT_MAX),
            unkept: Recent::new(secret, UNKEPT_COUNT_MAX),
            last_pair: LastPair::default(),
            typical_hops: TypicalHops::default(),
            counted_last: None,
            news_at: Time::ZERO,
            asked_at: Time::ZERO,
        }
    }

    /// When [`Peer::gossip_timeout`] has something to do.
    pub(super) fn due(&self) -> Time {
        self.queries.due().min(self.reassembly.due())
    }

    /// How full the tables are.
    pub(super) fn tables(&self) -> Vec<TableReport> {
        let report = TableReport::new;
        let mut tables = vec![
            report("gate", self.gate.len(), GATE_COUNT_MAX),
            report("partial messages", self.reassembly.len(), PARTIALS_MAX),
            report("partial bytes", self.reassembly.bytes(), BYTES_MAX),
            report("syncs", self.synced.len(), SYNCED_COUNT_MAX),
            report("own packets", self.own.len(), OWN_COUNT_MAX),
            report("unkept packets", self.unkept.len(), UNKEPT_COUNT_MAX),
        ];
        tables.extend(self.limits.tables());
        tables.extend(self.batches.tables());
        tables.extend(self.queries.tables());
        tables
    }
}

impl Peer {
    /// Whether a datagram of this type and length is within its sender's limits.
    pub(super) fn admit(
        &mut self,
        now: Now,
        from: Address,
        kind: PacketType,
        datagram: &Bytes,
    ) -> bool {
        let trust = match self.table.by_address(from) {
            Some(entry) if entry.is_proved && entry.key.is_some() => Trust::Bound,
            Some(entry) if entry.is_proved => Trust::Proved,
            _ => Trust::Stranger,
        };
        let length = datagram.len();
        match self.gossip.limits.pay(now.time, from, kind, length, trust) {
            Verdict::Pass => true,
            Verdict::Drop { is_news } => {
                if is_news {
                    self.event(Event::Limited { address: from });
                }
                false
            }
        }
    }

    /// A peer was connected that was not before: its cache and ours are to be compared, unless
    /// it is reached through another, with which that is done.
    pub(super) fn gossip_connected(&mut self, _now: Now, peer: PeerId) {
        if self.proved_route(&peer).is_some() {
            self.outbox.push(Output::Contact(peer));
        }
    }

    /// Our NAT type is known now: what was published before is compared with the neighbours'.
    pub(super) fn gossip_ready(&mut self, _now: Now) {
        self.outbox.push(Output::Difference);
    }

    /// Lets time pass for questions and parts of messages.
    pub(super) fn gossip_timeout(&mut self, now: Now) {
        self.gossip.reassembly.expire(now.time);
        self.ask_network_in_turn(now);
    }

    /// The peer that receives at this address, as it has proved.
    pub(super) fn proved_peer(&self, from: Address) -> Option<PeerId> {
        let entry = self.table.by_address(from)?;
        entry.is_proved.then_some(entry.peer_id)
    }

    /// From which socket and where a peer is reached itself, as it has proved.
    pub(super) fn proved_route(&self, peer: &PeerId) -> Option<(Wire, Address)> {
        let entry = self.table.get(peer)?;
        entry.own_route().filter(|_| entry.is_proved)
    }

    /// From which socket an address is reached.
    pub(super) fn wire_to(&self, address: Address) -> Wire {
        match self.table.by_address(address).map(|entry| entry.via) {
            Some(LinkVia::Punched(number)) => Wire::Punch(number),
            _ => Wire::Main,
        }
    }

    /// Sends a packet to a few neighbours, one hop further; the bytes are made once.
    ///
    /// A packet that has been sent on [`HOPS_MAX`] times goes nowhere.
    pub(super) fn multicast(
        &mut self,
        now: Now,
        packet: &mut Packet,
        reach: Reach,
        except: Option<Address>,
    ) {
        if packet.hops >= HOPS_MAX {
            return;
        }
        let audience = self.audience(now, packet, reach, except);
        if audience.is_empty() {
            return;
        }
        packet.hops += 1;
        if let Ok(payload) = packet.encode() {
            for (wire, to) in audience {
                self.transmit(wire, to, packet.kind.0, payload.clone());
            }
        }
        packet.hops -= 1;
    }

    /// How far a question goes.
    pub(super) fn reach_of_question(&self) -> Reach {
        Reach::of_question(self.config.is_indexed)
    }

    /// How far a message goes.
    pub(super) fn reach_of(&self, origin: Origin) -> Reach {
        let typical = self.gossip.typical_hops;
        Reach::of_message(origin, typical, self.config.is_indexed)
    }

    /// What a message is that came from an address, or that our owner gave us.
    pub(super) fn origin_of(&self, now: Now, packet: &Packet, from: Option<Address>) -> Origin {
        match from {
            None => Origin::Own,
            Some(from) if self.is_met_lately(now, from) => Origin::Caught,
            Some(_) => Origin::passed(packet.hops),
        }
    }

    /// Whether somebody at an address was met just now.
    fn is_met_lately(&self, now: Now, from: Address) -> bool {
        let entry = self.table.by_address(from);
        entry.is_some_and(|entry| now.time.since(entry.met_at) < MET_LATELY)
    }

    /// A packet that was new has come. How many hops it took counts once a second for each
    /// neighbour, and for no host twice in a row.
    pub(super) fn note_news(&mut self, now: Now, packet: &Packet, from: Option<Address>) {
        if from.is_none_or(|from| self.is_trusted(from)) {
            self.gossip.news_at = now.time;
        }
        let Some(from) = from.filter(|from| !self.is_met_lately(now, *from)) else {
            return;
        };
        let is_in_turn = self.gossip.counted_last != Some(*from.ip());
        if is_in_turn && self.table.may_count_hops(now.time, from) {
            self.gossip.counted_last = Some(*from.ip());
            self.gossip.typical_hops.note(packet.hops);
        }
    }

    /// Who gets a packet: a few neighbours at random, never the one it came from, and none
    /// that is reached through another only, since that one may be asked itself.
    fn audience(
        &mut self,
        now: Now,
        packet: &Packet,
        reach: Reach,
        except: Option<Address>,
    ) -> Vec<(Wire, Address)> {
        let cluster = Some(ClusterId(packet.cluster_id)).filter(|cluster| cluster.0.is_set());
        let subcluster = SubclusterId::from_field(&packet.subcluster_id);
        let groups = (cluster.as_ref(), subcluster.as_ref());
        self.table.choose(
            &mut self.rng.open(),
            (now.time, self.config.keepalive),
            reach,
            groups,
            except,
        )
    }
}

/// What a neighbour sends that was met so lately comes out of its cache.
const MET_LATELY: Duration = Duration::from_secs(1);
/// Summaries that are remembered, so that a repeated one is answered once.
const SYNCED_COUNT_MAX: usize = 2_048;
/// Packets of our own that are waited for to come back.
const OWN_COUNT_MAX: usize = 4_096;
/// Packets of which the cache has yet to say what became of them.
const UNKEPT_COUNT_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::{
        super::{
            neighbourhood::*,
            reach::{OWN_COUNT, PUSH_COUNT_MAX},
        },
        *,
    };
    use crate::relay::{packet::Field, rebroadcast::Audience};

    fn packet() -> Packet {
        let mut packet = Packet::new(PacketType::PUBLISH, "hello");
        packet.cluster_id = cluster().0;
        packet.subcluster_id = subcluster().field();
        packet.with_derived_id()
    }

    #[test]
    fn only_what_we_published_goes_to_as_many_as_our_own() {
        let mut town = Neighbourhood::new(30);
        let mut packet = packet();
        packet.hops = 0;
        let sent_again = |town: &mut Neighbourhood| {
            let audience = Audience::Random;
            town.peer.handle_due(town.now, packet.clone(), audience);
            town.drain();
            town.receivers().len()
        };
        let others = sent_again(&mut town);
        assert!(
            others <= PUSH_COUNT_MAX,
            "{others} for what says to have come no hop"
        );
        town.peer.gossip.own.insert(packet.id().unwrap(), ());
        assert_eq!(sent_again(&mut town), OWN_COUNT);
    }

    #[test]
    fn hops_count_once_a_second_for_each_neighbour_and_for_no_host_twice_in_a_row() {
        let mut town = Neighbourhood::new(3);
        let mut packet = packet();
        packet.hops = HOPS_MAX;
        let come = |town: &mut Neighbourhood, from| {
            let before = town.peer.gossip.typical_hops;
            town.peer.note_news(town.now, &packet, Some(address(from)));
            town.peer.gossip.typical_hops != before
        };
        assert!(come(&mut town, 1));
        for _ in 0..20 {
            town.advance(2_000);
            assert!(!come(&mut town, 1), "nobody else has said anything");
        }
        assert!(come(&mut town, 2) && come(&mut town, 1));
        for from in [2, 1, 2, 1] {
            assert!(!come(&mut town, from), "within the same second");
        }
    }

    #[test]
    fn nobody_gets_a_packet_twice_and_none_through_another() {
        let mut town = Neighbourhood::new(9);
        for number in 1..=4 {
            town.alter(number, |entry| behind(entry, 9));
        }
        town.alter(5, |entry| entry.is_connected = false);
        for _ in 0..50 {
            let reach = town.peer.reach_of(Origin::Own);
            let except = Some(address(6));
            town.peer.multicast(town.now, &mut packet(), reach, except);
            town.drain();
            let mut receivers = town.receivers();
            receivers.sort();
            assert_eq!(receivers, [address(7), address(8), address(9)]);
        }
    }

    #[test]
    fn somebody_of_the_same_subcluster_is_always_among_them() {
        let mut town = Neighbourhood::new(60);
        town.alter(33, |entry| {
            entry.add_membership(cluster(), subcluster());
        });
        for _ in 0..50 {
            let reach = town.peer.reach_of(Origin::Own);
            town.peer.multicast(town.now, &mut packet(), reach, None);
            town.drain();
            let receivers = town.receivers();
            assert!(receivers.contains(&address(33)) && receivers.len() == 10);
        }
    }

    #[test]
    fn a_stranger_is_limited_sooner_than_a_neighbour_whatever_subcluster_it_names() {
        let mut town = Neighbourhood::new(2).with_subcluster();
        for (from, is_limited) in [(address(1), false), (address(99), true)] {
            for number in 0..2_000_u32 {
                let mut packet = packet();
                packet.message = number.to_be_bytes().to_vec().into();
                packet.packet_id = Field::UNSET;
                let packet = packet.with_derived_id();
                town.receive_bytes(from, packet.encode().unwrap());
            }
            let told = town.events().contains(&Event::Limited { address: from });
            assert_eq!(told, is_limited);
        }
        assert!(town.peer.counters.limited > 1_000);
    }

    #[test]
    fn every_table_reports_its_bound() {
        let town = Neighbourhood::new(2);
        for table in town.peer.gossip.tables() {
            assert!(table.count <= table.count_max, "{table:?}");
        }
    }
}
