//! Messages of pages on their way to the network.

use serde_json::{Value, json};

use super::{
    Network, Outcome, ask,
    orders::{Asker, panicked},
};
use crate::{
    actors::{
        kit::{Context, Reply},
        relay::json::{Fields, Opened, packet_line},
    },
    messages::{
        network::Dispatch,
        packet_cache::ReadPacket,
        relay::{PublishMessage, StreamMessage},
    },
    relay::{
        ClusterId, PacketId,
        keys::{self, Claim, KeyPair},
        packet::{Field, Packet, PacketType, Signature},
        peer::Publication,
        split,
    },
};

impl Network {
    /// Publishes a message or streams it to one peer.
    pub(super) fn send(
        &self,
        asker: Asker,
        mut dispatch: Dispatch,
        reply: Reply<Outcome>,
        ctx: &mut Context<Self>,
    ) {
        dispatch.cluster = dispatch.cluster.or(self.cluster_of(&asker));
        let (Some(id), None) = (dispatch.previous, dispatch.previous_clock) else {
            return sign_and_send(asker, dispatch, reply, ctx);
        };
        let cache = asker.addrs.cache.recipient();
        let read = ReadPacket { id };
        ctx.ask(&cache, read, super::ORDER_TIME_MAX, move |_, found, ctx| {
            // A packet that is not known here has been seen by whoever names it all the same.
            let found = found.ok().flatten();
            let clock = found.and_then(|found| found.packets.first().map(|first| first.clock));
            let previous_clock = Some(clock.unwrap_or(1));
            let dispatch = Dispatch {
                previous_clock,
                ..dispatch
            };
            sign_and_send(asker, dispatch, reply, ctx);
        });
    }

    fn cluster_of(&self, asker: &Asker) -> Option<ClusterId> {
        let held = self.options.holdings.lock();
        held.peer(&asker.peer).and_then(|open| open.cluster)
    }

    /// Tells the app's other windows that take part what one of them has published.
    fn tell_others(&self, asker: &Asker, packet: &Packet, message: &[u8], meta: Option<&Value>) {
        let subcluster = crate::relay::SubclusterId::from_field(&packet.subcluster_id);
        let mut windows = {
            let held = self.options.holdings.lock();
            held.windows(&asker.peer, subcluster.as_ref())
        };
        windows.remove(&asker.window);
        if windows.is_empty() {
            return;
        }
        let mut line = Fields::new();
        line.insert("local".to_owned(), json!(asker.peer));
        line.insert("event".to_owned(), json!("packet"));
        line.insert("own".to_owned(), json!(true));
        line.extend(packet_line(
            packet,
            Some(Opened::plain(message)),
            meta,
            None,
        ));
        line.insert("sealed".to_owned(), Value::Null);
        self.raise_in(&windows, &Value::Object(line));
    }
}

/// Signs a message off the lane, if it is to be signed, and sends it.
fn sign_and_send(
    asker: Asker,
    mut dispatch: Dispatch,
    reply: Reply<Outcome>,
    ctx: &mut Context<Network>,
) {
    let Some(signing) = dispatch.signing.take() else {
        return send_now(asker, dispatch, reply, ctx);
    };
    ctx.offload(
        move || {
            sign(&signing, &mut dispatch);
            dispatch
        },
        |_, signed, ctx| match signed {
            Ok(dispatch) => send_now(asker, dispatch, reply, ctx),
            Err(error) => reply.send(Err(panicked(&error))),
        },
    );
}

/// Signs a message as version 6 does and, in a publish that leaves the place free, with a
/// signature that covers all of it.
fn sign(signing: &KeyPair, dispatch: &mut Dispatch) {
    let message = &dispatch.message;
    let legacy = Signature::new(&keys::legacy_sign(signing, message));
    dispatch.signature = legacy.unwrap_or_default();
    dispatch.usr[1] = Field::from(*signing.public());
    let is_free = !dispatch.usr[2].is_set() && !dispatch.usr[3].is_set();
    if let (Some(cluster), true, None) = (&dispatch.cluster, is_free, dispatch.to) {
        let claim = Claim {
            cluster,
            subcluster: &dispatch.shared_key.key_pair().subcluster(),
            usr1: &dispatch.usr[0],
            plaintext: message,
        };
        [dispatch.usr[2], dispatch.usr[3]] = keys::sign_publish(signing, &claim);
    }
}

fn send_now(asker: Asker, dispatch: Dispatch, reply: Reply<Outcome>, ctx: &mut Context<Network>) {
    let (to, publication) = (dispatch.to, publication(dispatch));
    let relay = &asker.addrs.relay;
    if let Some(to) = to {
        let clock = clock_of(&publication);
        let message = StreamMessage { to, publication };
        return ask(&relay.recipient(), message, ctx, move |_, ids, _| {
            reply.send(ids.map(|ids| json!({ "ids": ids, "clock": clock })));
        });
    }
    let message = PublishMessage {
        publication: publication.clone(),
    };
    ask(&relay.recipient(), message, ctx, move |network, ids, _| {
        let packet = ids.as_ref().ok().and_then(|ids| ids.first());
        let packet = packet.map(|id| published(*id, &publication));
        let clock = clock_of(&publication);
        reply.send(ids.map(|ids| json!({ "ids": ids, "clock": clock })));
        if let Some(packet) = packet {
            let meta = publication.meta.as_ref();
            network.tell_others(&asker, &packet, &publication.message, meta);
        }
    });
}

fn publication(dispatch: Dispatch) -> Publication {
    let [usr1, usr2, usr3, usr4] = dispatch.usr;
    let clock = dispatch.previous_clock.unwrap_or(1);
    Publication {
        cluster: dispatch.cluster,
        shared_key: dispatch.shared_key,
        message: dispatch.message,
        usr1,
        usr2,
        usr3,
        usr4,
        signature: dispatch.signature,
        ttl_ms: dispatch.ttl_ms,
        previous: dispatch.previous.map(|id| (id, clock)),
        next: dispatch.next,
        meta: dispatch.meta,
    }
}

/// The clock that the packets of a message get.
fn clock_of(publication: &Publication) -> u32 {
    let previous = publication.previous;
    previous.map_or(1, |(_, clock)| split::clock_after(clock, None))
}

/// What was published, without its sealed form.
fn published(id: PacketId, publication: &Publication) -> Packet {
    let mut packet = Packet::new(PacketType::PUBLISH, publication.message.clone());
    let cluster = publication.cluster;
    packet.cluster_id = cluster.map_or(packet.cluster_id, |cluster| cluster.0);
    let subcluster = publication.shared_key.key_pair().subcluster();
    packet.subcluster_id = subcluster.field();
    packet.packet_id = id.field();
    packet.clock = clock_of(publication);
    packet.usr1 = publication.usr1;
    packet.usr2 = publication.usr2;
    packet.usr3 = publication.usr3;
    packet.usr4 = publication.usr4;
    packet.signature = publication.signature;
    if let Some((previous, _)) = publication.previous {
        packet.previous_id = previous.field();
    }
    if let Some(next) = publication.next {
        packet.next_id = next.field();
    }
    packet
}
