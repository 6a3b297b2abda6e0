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

use super::{Arrival, Event, Interest, Keeping, Kept, Output, Peer};
use crate::relay::{
    Address, ClusterId, Now, PacketId, SubclusterId,
    packet::{HOPS_MAX, IdCheck, Packet, verify_id},
    rebroadcast::Audience,
    split,
};

impl Peer {
    pub(super) fn on_publish(&mut self, now: Now, from: Address, packet: Packet) {
        if self.gossip.gate.has_envelope(&packet) {
            self.hear_again(&packet);
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
                self.gossip.gate.is_new_envelope(&packet);
                if self.gossip.gate.is_new_id(packet.kind, &packet.packet_id) {
                    self.take(now, Some(from), packet);
                } else {
                    self.take_variant(id, from, packet);
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
        if packet.index < 0 {
            self.deliver(packet, from);
            return;
        }
        let Some(from) = from else { return };
        let source = super::reassembly::Source::Publish(from);
        if let Some(parts) = self.gossip.reassembly.add(now.time, source, packet) {
            self.deliver_whole(&parts, Some(from));
        }
    }

    /// The same message in another envelope.
    fn take_variant(&mut self, id: PacketId, from: Address, mut packet: Packet) {
        let gate = &mut self.gossip.gate;
        if !(0..VARIANTS_MAX).any(|number| gate.is_new((id, number))) {
            self.counters.duplicate += 1;
            return;
        }
        self.multicast(&mut packet, Some(from));
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
    pub fn handle_kept(&mut self, _now: Now, kept: Kept) {
        let Kept {
            mut packet,
            from,
            interest,
            keeping,
        } = kept;
        let id = packet.id();
        let is_new = matches!(keeping, Keeping::New { .. } | Keeping::NoRoom { .. });
        if from.is_none()
            && let Some(id) = id
        {
            self.settle(id, is_new);
        }
        match keeping {
            Keeping::New { whole } | Keeping::NoRoom { whole } => {
                self.multicast(&mut packet, from);
                if interest == Interest::Subscribed && packet.index < 0 {
                    self.deliver(packet, from);
                } else if interest == Interest::Subscribed && !whole.is_empty() {
                    self.deliver_whole(&whole, from);
                }
            }
            Keeping::Duplicate => self.counters.duplicate += 1,
            Keeping::Forged => self.counters.forged += 1,
            Keeping::Waiting => {}
        }
    }

    /// Sends a packet from the cache again.
    ///
    /// One peer that lacks it gets it as it is: a comparison of caches costs no postage, or a
    /// packet would die after sixteen generations of peers. A few random ones get it as they
    /// would a new one.
    pub fn handle_due(&mut self, _now: Now, mut packet: Packet, audience: Audience) {
        match audience {
            Audience::Random => self.multicast(&mut packet, None),
            Audience::One(peer) => {
                let Some(entry) = self.table.get(&peer) else {
                    return;
                };
                if entry.is_connected
                    && let Some((wire, to)) = self.route(entry)
                {
                    self.send(wire, to, &packet);
                }
            }
        }
    }

    /// What a packet is to us.
    pub(super) fn interest(&self, packet: &Packet) -> Interest {
        let subcluster = SubclusterId::from_field(&packet.subcluster_id);
        let cluster = ClusterId(packet.cluster_id);
        if subcluster.is_some_and(|id| self.memberships.get(&id).is_some()) {
            Interest::Subscribed
        } else if self.config.cluster == Some(cluster) || self.memberships.has_cluster(&cluster) {
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
