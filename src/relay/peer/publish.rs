//! Publishes: what everybody keeps and passes on.
//!
//! A packet that arrives is believed in this order: its id is verified (a fragment from the
//! second on needs the one in front of it, so the cache does that, and says `Waiting` until
//! it can); the gate lets it through once; then it goes to the cache, and what the cache says
//! decides: what is new is delivered and sent on once, what was there already is not.
//!
//! Hops: a packet is sent on while it has been sent on less than [`HOPS_MAX`] times. One that
//! arrives with all of them used up is delivered if it is for us, and neither kept nor sent on.
//!
//! An id covers the message, not the envelope around it. Somebody could hear a packet, change
//! its subcluster and be faster than the true one, which everybody would then take for a
//! duplicate. So a packet whose id is known but whose envelope is not is still delivered and
//! sent on, [`VARIANTS_MAX`] times; whoever opens it sees which one is true.

use std::time::Duration;

use super::{
    Arrival, CommandError, Event, Interest, Keeping, Kept, Output, Peer, reach::Origin,
    reassembly::Source,
};
use crate::relay::{
    Address, ClusterId, Now, PacketId, SubclusterId,
    packet::{HOPS_MAX, IdCheck, Packet, verify_id},
    rebroadcast::Audience,
    split::{self, Composed},
};

impl Peer {
    pub(super) fn on_publish(&mut self, now: Now, from: Address, packet: Packet) {
        let envelope = self.gossip.gate.envelope(&packet);
        if self.gossip.gate.has_envelope(envelope) {
            self.come_again(now, from, packet);
            return;
        }
        let Some(id) = packet.id() else {
            self.counters.forged += 1;
            return;
        };
        match verify_id(&packet, None) {
            IdCheck::Forged => self.counters.forged += 1,
            IdCheck::NeedsChain => self.on_unchecked_fragment(now, from, packet),
            IdCheck::Valid => {
                self.gossip.gate.is_new_envelope(envelope);
                if self.gossip.gate.is_new_id(packet.kind, &packet.packet_id) {
                    self.take(now, Some(from), packet);
                } else {
                    self.take_variant(now, id, from, packet);
                }
            }
        }
    }

    /// A fragment that cannot be checked alone; a forged one shuts out only what its own sender
    /// sends under the same id.
    fn on_unchecked_fragment(&mut self, now: Now, from: Address, packet: Packet) {
        let gate = &mut self.gossip.gate;
        if gate.is_new_claim(packet.kind, &packet.packet_id, from) {
            self.take(now, Some(from), packet);
        } else {
            self.come_again(now, from, packet);
        }
    }

    /// A packet that the gate has let through comes again. Of some the cache has not said that
    /// it keeps them: it was busy, or was started again, or holds a part back that it may have
    /// to give up. These are handed to it again after a while.
    fn come_again(&mut self, now: Now, from: Address, packet: Packet) {
        let given = packet.id().and_then(|id| self.gossip.unkept.get(&id));
        if given.is_some_and(|at| now.time.since(*at) >= KEEP_AGAIN) {
            self.take(now, Some(from), packet);
        } else {
            self.hear_again(&packet);
        }
    }

    /// Hands a packet to the cache, or what has no hops left to its reader.
    fn take(&mut self, now: Now, from: Option<Address>, packet: Packet) {
        let interest = self.interest(&packet);
        if packet.hops >= HOPS_MAX {
            self.deliver_last(now, from, packet, interest);
            return;
        }
        if let Some(id) = packet.id() {
            self.gossip.unkept.insert(id, now.time);
        }
        self.outbox.push(Output::Keep(Arrival {
            packet,
            from,
            interest,
            is_durable: false,
        }));
    }

    /// A packet that went as far as it may: it is for us, or for nobody.
    fn deliver_last(&mut self, now: Now, from: Option<Address>, packet: Packet, is: Interest) {
        if is != Interest::Subscribed {
            return;
        }
        let Some(source) = from.map(Source::Publish) else {
            return;
        };
        if let Some(Composed { packet, meta }) = self.put_together(now, source, packet) {
            self.event(Event::Packet { packet, meta, from });
        }
    }

    /// The same message in another envelope.
    fn take_variant(&mut self, now: Now, id: PacketId, from: Address, mut packet: Packet) {
        let gate = &mut self.gossip.gate;
        if !(0..VARIANTS_MAX).any(|number| gate.is_new((id, number))) {
            self.counters.duplicate += 1;
            return;
        }
        let reach = self.reach_of(self.origin_of(now, &packet, Some(from)));
        self.multicast(now, &mut packet, reach, Some(from));
        if packet.index < 0 && self.interest(&packet) == Interest::Subscribed {
            self.deliver(packet, Some(from));
        }
    }

    /// A packet came that is known: whoever sent it holds it, which is news of our own.
    fn hear_again(&mut self, packet: &Packet) {
        self.counters.duplicate += 1;
        if self.gossip.own.is_empty() {
            return;
        }
        if let Some(id) = packet.id()
            && self.gossip.own.remove(&id).is_some()
        {
            self.outbox.push(Output::Held(id));
        }
    }

    /// The cache has dealt with a packet: what is new is delivered and sent on.
    pub fn handle_kept(&mut self, now: Now, kept: Kept) {
        self.rest = None;
        let Kept {
            mut packet,
            from,
            interest,
            keeping,
        } = kept;
        if let Some(id) = packet.id() {
            self.note_kept(id, from, &keeping);
        }
        let reach = self.reach_of(self.origin_of(now, &packet, from));
        match keeping {
            Keeping::New { whole } | Keeping::NoRoom { whole } => {
                self.note_news(now, &packet, from);
                self.multicast(now, &mut packet, reach, from);
                if interest == Interest::Subscribed && packet.index < 0 {
                    self.deliver(packet, from);
                } else if interest == Interest::Subscribed && !whole.is_empty() {
                    self.deliver_whole(&whole, from);
                }
            }
            Keeping::NotSaved { .. } => self.multicast(now, &mut packet, reach, from),
            Keeping::Duplicate if from.is_some() => self.hear_again(&packet),
            Keeping::Duplicate => {}
            Keeping::Forged => self.counters.forged += 1,
            Keeping::Waiting => {}
        }
    }

    /// What the cache said of a packet, for whoever waits for that.
    fn note_kept(&mut self, id: PacketId, from: Option<Address>, keeping: &Keeping) {
        if !matches!(keeping, Keeping::Waiting) {
            self.gossip.unkept.remove(&id);
        }
        if from.is_some() {
            return;
        }
        match keeping {
            Keeping::NotSaved { reason } => {
                let reason = reason.clone();
                self.fail(id, CommandError::State { reason });
            }
            Keeping::NoRoom { .. } => self.fail(id, CommandError::NoRoom),
            Keeping::New { .. } => self.settle(id, true),
            Keeping::Duplicate | Keeping::Waiting | Keeping::Forged => self.settle(id, false),
        }
    }

    /// Sends a packet from the cache again.
    ///
    /// One peer that lacks it gets it as it is: a comparison of caches costs no postage, or a
    /// packet would die after sixteen generations of peers. A few random ones get it as they
    /// would a new one: as one of ours only if it is, and no neighbour is known to hold it.
    pub fn handle_due(&mut self, now: Now, mut packet: Packet, audience: Audience) {
        self.rest = None;
        match audience {
            Audience::Random => {
                let is_own = packet.id().is_some_and(|id| self.gossip.own.contains(&id));
                let origin = if is_own {
                    Origin::Own
                } else {
                    Origin::passed(packet.hops)
                };
                self.multicast(now, &mut packet, self.reach_of(origin), None);
            }
            Audience::One(peer) => {
                if let Some((wire, to)) = self.proved_route(&peer) {
                    self.send(wire, to, &packet);
                }
            }
        }
    }

    /// What a packet is to us.
    pub(super) fn interest(&self, packet: &Packet) -> Interest {
        let subcluster = SubclusterId::from_field(&packet.subcluster_id);
        if subcluster.is_some_and(|id| self.memberships.get(&id).is_some()) {
            Interest::Subscribed
        } else {
            self.interest_in_cluster(&ClusterId(packet.cluster_id))
        }
    }

    /// What the packets of a cluster are to us, if they are of no subcluster of ours.
    pub(super) fn interest_in_cluster(&self, cluster: &ClusterId) -> Interest {
        if self.config.cluster == Some(*cluster) || self.memberships.has_cluster(cluster) {
            Interest::Cluster
        } else {
            Interest::Foreign
        }
    }

    fn deliver(&mut self, packet: Packet, from: Option<Address>) {
        let meta = None;
        self.event(Event::Packet { packet, meta, from });
    }

    /// Puts a message of several packets together and delivers it.
    fn deliver_whole(&mut self, parts: &[Packet], from: Option<Address>) {
        match split::compose(parts) {
            Ok(whole) => {
                let (packet, meta) = (whole.packet, whole.meta);
                self.event(Event::Packet { packet, meta, from });
            }
            Err(_) => self.counters.forged += 1,
        }
    }
}

/// How often a packet in another envelope than the one that came first is passed on.
const VARIANTS_MAX: u8 = 2;
/// How long the cache has to say that it keeps a packet before it is handed over again.
const KEEP_AGAIN: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::{super::neighbourhood::*, *};
    use crate::relay::{
        packet::{Field, PacketType},
        peer::Ticket,
    };

    /// A sealed message as somebody else publishes it.
    fn packets(size: usize) -> Vec<Packet> {
        let mut author = Neighbourhood::new(0);
        let now = author.now;
        let kind = PacketType::PUBLISH;
        author
            .peer
            .seal_and_split(now, kind, &publication(size))
            .unwrap()
    }

    fn kept(packet: &Packet, from: Option<u8>, keeping: Keeping) -> Kept {
        Kept {
            packet: packet.clone(),
            from: from.map(address),
            interest: Interest::Subscribed,
            keeping,
        }
    }

    fn new() -> Keeping {
        Keeping::New { whole: Vec::new() }
    }

    #[test]
    fn what_is_new_is_kept_delivered_and_sent_on_once_but_not_back() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let packet = &packets(10)[0];
        town.receive(1, packet);
        town.receive(2, packet);
        let keeps = std::mem::take(&mut town.outputs);
        assert!(matches!(
            &keeps[..],
            [Output::Keep(Arrival {
                interest: Interest::Subscribed,
                is_durable: false,
                ..
            })]
        ));
        assert!(town.sent.is_empty(), "nothing goes out before it is kept");
        town.peer
            .handle_kept(town.now, kept(packet, Some(1), new()));
        town.drain();
        assert!(matches!(
            &town.events()[..],
            [Event::Packet { meta: None, .. }]
        ));
        assert!(
            town.sent
                .iter()
                .all(|(_, sent)| sent.hops == packet.hops + 1)
        );
        let mut receivers = town.receivers();
        receivers.sort();
        receivers.dedup();
        assert_eq!(receivers.len(), 5);
        assert!(!receivers.contains(&address(1)));
    }

    #[test]
    fn what_was_kept_before_is_neither_delivered_nor_sent_on() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let packet = &packets(10)[0];
        for keeping in [Keeping::Duplicate, Keeping::Waiting, Keeping::Forged] {
            town.peer
                .handle_kept(town.now, kept(packet, Some(1), keeping));
        }
        town.drain();
        assert!(town.outputs.is_empty() && town.sent.is_empty());
    }

    #[test]
    fn what_finds_no_room_is_delivered_and_sent_on_once() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let whole = Vec::new();
        let kept = kept(&packets(10)[0], Some(1), Keeping::NoRoom { whole });
        town.peer.handle_kept(town.now, kept);
        town.drain();
        assert_eq!((town.events().len(), town.receivers().len()), (1, 5));
    }

    #[test]
    fn a_message_of_several_packets_is_delivered_once_when_it_is_whole() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let packets = packets(3_000);
        for packet in &packets[..packets.len() - 1] {
            town.peer
                .handle_kept(town.now, kept(packet, Some(1), new()));
        }
        let whole = packets.clone();
        let last = kept(packets.last().unwrap(), Some(1), Keeping::New { whole });
        town.peer.handle_kept(town.now, last);
        town.drain();
        let events = town.events();
        let [
            Event::Packet {
                packet,
                meta: Some(_),
                ..
            },
        ] = &events[..]
        else {
            panic!("{events:?}");
        };
        assert_eq!((packet.index, packet.packet_id), (-1, packets[0].packet_id));
    }

    #[test]
    fn a_packet_with_all_hops_is_for_us_or_for_nobody() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        for size in [10, 3_000] {
            for mut packet in packets(size) {
                packet.hops = HOPS_MAX;
                town.receive(1, &packet);
            }
            assert!(
                matches!(&town.events()[..], [Event::Packet { .. }]),
                "{size}"
            );
        }
        let mut packet = packets(10).remove(0);
        packet.hops = HOPS_MAX;
        packet.subcluster_id = Field::from([9; 32]);
        town.receive(1, &packet);
        packet.hops = HOPS_MAX + 1;
        packet.subcluster_id = subcluster().field();
        town.receive(2, &packet);
        assert!(town.outputs.is_empty() && town.sent.is_empty());
    }

    #[test]
    fn a_forged_id_reaches_nobody() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let mut packet = packets(10).remove(0);
        packet.message = "something else".into();
        town.receive(1, &packet);
        packet.packet_id = Field::UNSET;
        town.receive(1, &packet);
        assert!(town.outputs.is_empty() && town.sent.is_empty());
        assert_eq!(town.peer.counters.forged, 2);
    }

    #[test]
    fn a_copy_in_another_envelope_does_not_shut_out_the_true_one() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let packet = packets(10).remove(0);
        for number in 0..5 {
            let mut false_one = packet.clone();
            false_one.subcluster_id = Field::from([number; 32]);
            town.receive(2, &false_one);
        }
        let before = town.receivers().len();
        assert_eq!(before, 2 * 5, "two variants and no more are passed on");
        let mut other = Neighbourhood::new(6).with_subcluster();
        let mut false_one = packet.clone();
        false_one.subcluster_id = Field::from([9; 32]);
        other.receive(2, &false_one);
        other.events();
        other.receive(1, &packet);
        assert!(matches!(&other.events()[..], [Event::Packet { .. }]));
        assert_eq!(other.receivers().len(), 5);
    }

    /// Publishes a message that the cache treats like this; how it ends.
    fn publish_with(keeping: &Keeping) -> CommandError {
        let mut town = Neighbourhood::new(6);
        town.peer
            .publish(town.now, Ticket(5), publication(3_000))
            .unwrap();
        town.drain();
        for output in std::mem::take(&mut town.outputs) {
            let Output::Keep(arrival) = output else {
                continue;
            };
            let kept = kept(&arrival.packet, None, keeping.clone());
            town.peer.handle_kept(town.now, kept);
        }
        town.drain();
        assert_eq!(town.receivers().len(), 5 * 6, "it goes out all the same");
        let [Output::Failed { ticket, error }] = &town.outputs[..] else {
            panic!("{:?}", town.outputs);
        };
        assert_eq!(*ticket, Ticket(5));
        error.clone()
    }

    #[test]
    fn a_publish_that_is_not_kept_fails_once() {
        let reason = "the disk is full".to_owned();
        let error = publish_with(&Keeping::NotSaved { reason });
        assert!(error.to_string().contains("the disk is full"));
        let whole = Vec::new();
        let error = publish_with(&Keeping::NoRoom { whole });
        assert_eq!(error, CommandError::NoRoom);
    }

    /// How often the cache is handed a packet that comes twice, if it says this of it.
    fn handed_over(packet: &Packet, keeping: Option<Keeping>, pause_ms: u64) -> usize {
        let mut town = Neighbourhood::new(6);
        town.receive(1, packet);
        if let Some(keeping) = keeping {
            let kept = kept(packet, Some(1), keeping);
            town.peer.handle_kept(town.now, kept);
        }
        town.advance(pause_ms);
        town.receive(1, packet);
        let is_keep = |output: &&Output| matches!(output, Output::Keep(_));
        town.outputs.iter().filter(is_keep).count()
    }

    #[test]
    fn what_the_cache_did_not_get_is_handed_to_it_when_it_comes_again() {
        let whole = Vec::new();
        let answers = [new(), Keeping::Duplicate, Keeping::NoRoom { whole }];
        let parts = packets(3_000);
        for packet in [&packets(10)[0], &parts[0], &parts[1], &parts[2]] {
            assert_eq!(handed_over(packet, None, 2_000), 2);
            assert_eq!(handed_over(packet, None, 100), 1, "it may be busy");
            for answer in answers.clone() {
                assert_eq!(handed_over(packet, Some(answer), 2_000), 1);
            }
        }
        // What waits for the part in front of it may have been given up.
        assert_eq!(handed_over(&parts[2], Some(Keeping::Waiting), 2_000), 2);
        assert_eq!(handed_over(&parts[2], Some(Keeping::Forged), 2_000), 1);
    }

    #[test]
    fn a_publish_is_done_when_all_of_it_is_kept_and_then_goes_out() {
        let mut town = Neighbourhood::new(6);
        town.peer
            .publish(town.now, Ticket(5), publication(3_000))
            .unwrap();
        town.drain();
        let keeps: Vec<Packet> = std::mem::take(&mut town.outputs)
            .into_iter()
            .filter_map(|output| match output {
                Output::Keep(arrival) => arrival.is_durable.then_some(arrival.packet),
                _ => None,
            })
            .collect();
        assert_eq!(keeps.len(), 5);
        assert!(town.sent.is_empty());
        for packet in &keeps {
            assert!(town.outputs.is_empty());
            let mut kept = kept(packet, None, new());
            kept.interest = Interest::Own;
            town.peer.handle_kept(town.now, kept);
            town.drain();
        }
        let [Output::Done { ticket, ids }] = &town.outputs[..] else {
            panic!("{:?}", town.outputs);
        };
        assert_eq!(*ticket, Ticket(5));
        assert_eq!(Some(ids[0]), keeps[0].id());
        assert_eq!((ids.len(), town.sent.len()), (5, 5 * 6));
        // A neighbour that sends it back holds it.
        town.outputs.clear();
        town.receive(3, &keeps[0]);
        let echo = kept(&keeps[2], Some(3), Keeping::Duplicate);
        town.peer.handle_kept(town.now, echo);
        town.drain();
        assert!(matches!(
            &town.outputs[..],
            [Output::Held(_), Output::Held(_)]
        ));
    }

    #[test]
    fn injected_packets_are_checked_and_counted() {
        let mut town = Neighbourhood::new(6).with_subcluster();
        let packets = packets(3_000);
        town.peer
            .inject(town.now, Ticket(1), packets.clone())
            .unwrap();
        for (number, packet) in packets.iter().enumerate() {
            let keeping = if number < 2 {
                Keeping::Duplicate
            } else {
                new()
            };
            town.peer.handle_kept(town.now, kept(packet, None, keeping));
        }
        town.drain();
        let done = town.outputs.iter().find_map(|output| match output {
            Output::Done { ids, .. } => Some(ids.len()),
            _ => None,
        });
        assert_eq!(done, Some(3));
        let mut forged = packets;
        forged[2].message = "x".into();
        assert!(town.peer.inject(town.now, Ticket(2), forged).is_err());
    }

    #[test]
    fn one_that_lacks_a_packet_gets_it_without_postage() {
        let mut town = Neighbourhood::new(6);
        let mut packet = packets(10).remove(0);
        packet.hops = 15;
        town.peer
            .handle_due(town.now, packet.clone(), Audience::One(peer_id(2)));
        town.drain();
        assert_eq!(town.sent, [(address(2), packet.clone())]);
        town.sent.clear();
        town.peer.handle_due(town.now, packet, Audience::Random);
        town.drain();
        assert!(town.sent.iter().all(|(_, sent)| sent.hops == 16));
        assert_eq!(town.receivers().len(), 2);
    }
}
