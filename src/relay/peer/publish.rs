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
    /// One peer that lacks it gets it with its hops as they are: a comparison of caches costs no postage, or a
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
mod tests;
