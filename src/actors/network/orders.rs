//! What pages ask of their peers.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};

use super::{Network, Outcome, ask, keeping::take_leave, unanswered};
use crate::{
    actors::{
        kit::{Context, Reply},
        relay::{
            Keyring, PeerAddrs,
            json::{packet_line, report_json},
        },
    },
    messages::{
        network::{AskPeer, AttachmentId, NetworkError, PeerOrder},
        packet_cache::{ListPackets, PacketInOrder, ReadPacket},
        relay::{
            AnswerQuery, AskQuery, DescribePeer, InjectPackets, JoinSubcluster, LeaveSubcluster,
            ReflectAgain, SyncWithPeer,
        },
        udp::DescribeSockets,
    },
    relay::{ClusterId, PacketId, PeerId, SubclusterId, keys::SharedKey, packet::Packet, split},
};

/// Who asks what peer.
#[derive(Clone)]
pub(super) struct Asker {
    pub(super) window: u32,
    pub(super) attachment: AttachmentId,
    pub(super) peer: PeerId,
    pub(super) addrs: PeerAddrs,
}

impl Network {
    /// Does what a page asks of its peer.
    pub(super) fn carry_out(
        &mut self,
        order: AskPeer,
        reply: Reply<Outcome>,
        ctx: &mut Context<Self>,
    ) {
        let Some(asker) = self.asker(order.window, order.attachment) else {
            return reply.send(Err(NetworkError::NoPeer));
        };
        let relay = &asker.addrs.relay;
        match order.order {
            PeerOrder::Detach => {
                self.detach(asker.attachment);
                reply.send(Ok(json!({})));
            }
            PeerOrder::ShutDown => {
                self.shut_down(&asker.peer, ctx);
                reply.send(Ok(json!({})));
            }
            PeerOrder::Describe => describe(asker.peer, &asker.addrs, ctx, |_, report, _| {
                reply.send(report);
            }),
            PeerOrder::Join {
                cluster,
                shared_key,
            } => join(asker, cluster, shared_key, reply, ctx),
            PeerOrder::Leave(subcluster) => {
                let outcome = self.leave(&asker, subcluster);
                reply.send(outcome.map(|()| json!({})));
            }
            PeerOrder::Send(dispatch) => self.send(asker, *dispatch, reply, ctx),
            PeerOrder::Query {
                question,
                wanted,
                first,
            } => {
                let message = AskQuery {
                    question,
                    wanted,
                    first,
                };
                ask(&relay.recipient(), message, ctx, |_, outcome, _| {
                    reply.send(outcome.map(|query| json!({ "query": query })));
                });
            }
            PeerOrder::Answer { query, message } => {
                let message = AnswerQuery { query, message };
                ask(&relay.recipient(), message, ctx, |_, outcome, _| {
                    reply.send(outcome.map(|ids| json!({ "ids": ids })));
                });
            }
            PeerOrder::Sync(peer) => {
                let message = SyncWithPeer { peer };
                ask(&relay.recipient(), message, ctx, |_, outcome, _| {
                    reply.send(outcome.map(|()| json!({})));
                });
            }
            PeerOrder::Reflect => {
                // Refused only by a relay that is stopped or has far too much to do.
                let _ = relay.tell(ReflectAgain);
                reply.send(Ok(json!({})));
            }
            PeerOrder::Inject(packets) => {
                let message = InjectPackets { packets };
                ask(&relay.recipient(), message, ctx, |_, outcome, _| {
                    reply.send(outcome.map(|count| json!({ "count": count })));
                });
            }
            PeerOrder::List(message) => self.list(&asker, message, reply, ctx),
            PeerOrder::Walk(id) => self.walk(&asker, id, reply, ctx),
        }
    }

    fn asker(&self, window: u32, attachment: AttachmentId) -> Option<Asker> {
        let held = self.options.holdings.lock();
        let peer = held.find(window, attachment)?;
        let addrs = held.peer(&peer)?.addrs.clone();
        Some(Asker {
            window,
            attachment,
            peer,
            addrs,
        })
    }

    /// Ends a window's hold on a peer.
    pub(super) fn detach(&self, attachment: AttachmentId) {
        let mut held = self.options.holdings.lock();
        let Some((peer, left)) = held.detach(attachment) else {
            return;
        };
        if let Some(open) = held.peer(&peer) {
            leave_all(&open.addrs, &left);
        }
    }

    /// Ends a peer for everybody.
    fn shut_down(&self, peer: &PeerId, ctx: &mut Context<Self>) {
        let removed = self.options.holdings.lock().remove_peer(peer);
        if let Some((open, windows)) = removed {
            let addrs = open.addrs.clone();
            take_leave(&open.addrs, ctx, move |network, _| {
                addrs.stop(&network.options.team.1);
            });
            self.raise_in(&windows, &json!({ "local": peer, "event": "stopped" }));
        }
    }

    fn leave(&self, asker: &Asker, subcluster: SubclusterId) -> Result<(), NetworkError> {
        let mut held = self.options.holdings.lock();
        let open = held.peer_mut(&asker.peer).ok_or(NetworkError::NoPeer)?;
        if !open.has_joined(&subcluster, asker.attachment) {
            return Err(crate::messages::relay::RelayError::NotJoined { subcluster }.into());
        }
        if open.leave(&subcluster, asker.attachment) {
            leave_all(&open.addrs, &[subcluster]);
        }
        Ok(())
    }

    fn list(
        &self,
        asker: &Asker,
        message: ListPackets,
        reply: Reply<Outcome>,
        ctx: &mut Context<Self>,
    ) {
        let keyring = self.keyring(&asker.peer);
        let cache = asker.addrs.cache.recipient();
        ctx.ask(&cache, message, super::ORDER_TIME_MAX, |_, found, ctx| {
            let packets = match found {
                Ok(packets) => packets,
                Err(error) => return reply.send(Err(unanswered(&error))),
            };
            let job = move || {
                let packets = packets.iter().map(|packet| packet_json(packet, &keyring));
                json!({ "packets": packets.collect::<Vec<_>>() })
            };
            ctx.offload(job, |_, lines, _| {
                reply.send(lines.map_err(|error| panicked(&error)))
            });
        });
    }

    fn walk(&self, asker: &Asker, id: PacketId, reply: Reply<Outcome>, ctx: &mut Context<Self>) {
        let keyring = self.keyring(&asker.peer);
        let cache = asker.addrs.cache.recipient();
        let read = ReadPacket { id };
        ctx.ask(&cache, read, super::ORDER_TIME_MAX, |_, found, ctx| {
            let found = match found {
                Ok(Some(found)) => found,
                Ok(None) => return reply.send(Ok(Value::Null)),
                Err(error) => return reply.send(Err(unanswered(&error))),
            };
            let job = move || in_order_json(&found, &keyring);
            ctx.offload(job, |_, line, _| {
                reply.send(line.map_err(|error| panicked(&error)))
            });
        });
    }

    fn keyring(&self, peer: &PeerId) -> Arc<Keyring> {
        let held = self.options.holdings.lock();
        held.peer(peer)
            .map(|open| open.keyring.clone())
            .unwrap_or_default()
    }
}

/// Describes a peer and its sockets.
pub(super) fn describe(
    peer: PeerId,
    addrs: &PeerAddrs,
    ctx: &mut Context<Network>,
    then: impl FnOnce(&mut Network, Outcome, &mut Context<Network>) + Send + 'static,
) {
    let (relay, udp) = (addrs.relay.recipient(), addrs.udp.recipient());
    let deadline = super::ORDER_TIME_MAX;
    ctx.ask(
        &relay,
        DescribePeer,
        deadline,
        move |network, report, ctx| {
            let report = match report {
                Ok(report) => report,
                Err(error) => return then(network, Err(unanswered(&error)), ctx),
            };
            ctx.ask(
                &udp,
                DescribeSockets,
                deadline,
                move |network, sockets, ctx| {
                    let cache_bytes = {
                        let held = network.options.holdings.lock();
                        held.peer(&peer).map(|open| open.cache_bytes)
                    };
                    let report = report_json(&report, sockets.ok().as_ref(), cache_bytes);
                    then(network, Ok(report), ctx);
                },
            );
        },
    );
}

fn join(
    asker: Asker,
    cluster: Option<ClusterId>,
    shared_key: SharedKey,
    reply: Reply<Outcome>,
    ctx: &mut Context<Network>,
) {
    let relay = asker.addrs.relay.recipient();
    let message = JoinSubcluster {
        cluster,
        shared_key,
    };
    ask(&relay, message, ctx, move |network, outcome, _| {
        let subcluster = match outcome {
            Ok(subcluster) => subcluster,
            Err(error) => return reply.send(Err(error)),
        };
        let mut held = network.options.holdings.lock();
        // The page may have gone while the relay joined.
        let is_there = held.find(asker.window, asker.attachment).is_some();
        let Some(open) = held.peer_mut(&asker.peer).filter(|_| is_there) else {
            return reply.send(Err(NetworkError::NoPeer));
        };
        let members = open.join(subcluster, asker.attachment);
        Arc::make_mut(&mut open.keyring).add(&shared_key);
        let cluster = cluster.or(open.cluster);
        let cluster = cluster.map(|cluster| hex::encode(cluster.0.as_slice()));
        drop(held);
        reply.send(Ok(json!({ "cluster": cluster, "subcluster": subcluster })));
        for line in members {
            network.raise_in(&BTreeSet::from([asker.window]), &line);
        }
    });
}

fn leave_all(addrs: &PeerAddrs, subclusters: &[SubclusterId]) {
    for subcluster in subclusters {
        let subcluster = *subcluster;
        // Refused only by a relay that is stopped or has far too much to do.
        let _ = addrs.relay.tell(LeaveSubcluster { subcluster });
    }
}

fn packet_json(packet: &Packet, keyring: &Keyring) -> Value {
    Value::Object(packet_line(packet, keyring.open(packet), None, None))
}

fn in_order_json(found: &PacketInOrder, keyring: &Keyring) -> Value {
    let whole = split::compose(&found.packets).ok();
    let meta = whole.as_ref().and_then(|whole| whole.meta.as_ref());
    let packet = whole.as_ref().map(|whole| &whole.packet);
    // Where parts are missing, the head alone says what there is to ask for.
    let packet = packet.or(found.packets.first()).map(|packet| {
        let opened = keyring.open(packet);
        Value::Object(packet_line(packet, opened, meta, None))
    });
    json!({ "packet": packet, "previous": found.previous, "next": found.next })
}

pub(super) fn panicked(error: &crate::actors::kit::JobPanicked) -> NetworkError {
    NetworkError::Unanswered {
        reason: error.to_string(),
    }
}
