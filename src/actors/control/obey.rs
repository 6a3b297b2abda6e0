//! What the control actor does for clients, request by request.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    ASK_DEADLINE, Control,
    desk::Subscription,
    refuse::{not_found, outcome, relay},
    request::{cluster, message, shared_key},
    socket::unanswered,
};
use crate::{
    actors::{
        kit::{Context, Recipient, Reply},
        relay::json::report_json,
    },
    messages::{
        Message,
        control::{
            ClusterName, ControlError, EndPeer, KeyName, ObeyRequest, Place, PublishRequest,
            Request, SubscribeRequest,
        },
        packet_cache::{ListPackets, PacketInOrder, ReadPacket},
        relay::{
            AnswerQuery, AskQuery, DescribePeer, JoinSubcluster, LeaveSubcluster, PublishMessage,
            ReflectAgain, RelayError, StreamMessage, SyncWithPeer,
        },
        udp::DescribeSockets,
    },
    relay::{
        ClusterId, PacketId, SubclusterId,
        keys::{self, Claim, SharedKey},
        packet::{Field, Signature},
        peer::Publication,
    },
};

/// Where the answer to a request goes.
type Answer = Reply<Result<Value, ControlError>>;

impl Control {
    /// Does what a client asks for, and answers now or later.
    pub(super) fn obey(&mut self, obey: ObeyRequest, reply: Answer, ctx: &mut Context<Self>) {
        let ObeyRequest { client, request } = obey;
        let outlets = self.setup.outlets.clone();
        match request {
            Request::Info {} => self.info(reply, ctx),
            Request::Join(place) => self.join(&place, reply, ctx),
            Request::Leave { subcluster } => self.leave(subcluster, reply, ctx),
            Request::Publish(publish) => self.publish(publish, reply, ctx),
            Request::Query {
                question,
                wanted,
                first,
            } => {
                let query = AskQuery {
                    question,
                    wanted,
                    first,
                };
                let answer = |id: PacketId| json!({ "query": id.to_string() });
                pass_on(&outlets.query, query, answer, reply, ctx);
            }
            Request::Answer {
                query,
                text,
                base64,
            } => match message(text, base64) {
                Ok(message) => {
                    let answer = AnswerQuery { query, message };
                    pass_on(&outlets.answer, answer, ids, reply, ctx);
                }
                Err(error) => reply.send(Err(error)),
            },
            Request::Sync { peer } => {
                pass_on(
                    &outlets.sync,
                    SyncWithPeer { peer },
                    |()| json!({}),
                    reply,
                    ctx,
                );
            }
            Request::Reflect {} => {
                let told = outlets.reflect.tell(ReflectAgain);
                let told = told.map_err(|_| unanswered(&crate::actors::kit::AskError::Full));
                reply.send(told.map(|()| json!({})));
            }
            Request::Subscribe(subscribe) => self.subscribe(client, subscribe, reply, ctx),
            Request::Watch {} => {
                self.setup.desk.watch(client);
                reply.send(Ok(json!({})));
            }
            Request::Walk { packet } => self.walk(packet, reply, ctx),
            Request::List {
                subcluster,
                count_max,
            } => self.list(subcluster, count_max, reply, ctx),
            Request::Stop {} => {
                reply.send(Ok(json!({})));
                // Refused only when this actor has stopped.
                let _ = ctx.addr().tell(EndPeer);
            }
        }
    }

    fn info(&self, reply: Answer, ctx: &mut Context<Self>) {
        let describe = &self.setup.outlets.describe;
        ctx.ask(
            describe,
            DescribePeer,
            ASK_DEADLINE,
            |control, report, ctx| {
                let report = match report {
                    Ok(report) => report,
                    Err(error) => return reply.send(Err(unanswered(&error))),
                };
                let sockets = &control.setup.outlets.sockets;
                ctx.ask(
                    sockets,
                    DescribeSockets,
                    ASK_DEADLINE,
                    move |control, counters, _| {
                        let bytes_max = Some(control.setup.cache_bytes_max);
                        // A report without the sockets' counters is better than none.
                        reply.send(Ok(report_json(&report, counters.as_ref().ok(), bytes_max)));
                    },
                );
            },
        );
    }

    /// The cluster that is meant, and the key.
    fn place(
        &self,
        name: Option<&ClusterName>,
        key: &KeyName,
    ) -> Result<(ClusterId, SharedKey), ControlError> {
        let named = name.map(cluster).transpose()?;
        let cluster = named.or(self.setup.cluster);
        let cluster = cluster.ok_or_else(|| relay(&RelayError::NoCluster))?;
        Ok((cluster, shared_key(key)?))
    }

    fn join(&mut self, place: &Place, reply: Answer, ctx: &mut Context<Self>) {
        let (cluster, shared_key) = match self.place(place.cluster.as_ref(), &place.key) {
            Ok(place) => place,
            Err(error) => return reply.send(Err(error)),
        };
        self.enter(cluster, shared_key, true, ctx, |_, joined, _| {
            reply.send(joined.map(|subcluster| json!({ "subcluster": subcluster.to_string() })));
        });
    }

    /// Takes part in a subcluster, and remembers its key.
    pub(super) fn enter(
        &mut self,
        cluster: ClusterId,
        shared_key: SharedKey,
        is_kept: bool,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, Result<SubclusterId, ControlError>, &mut Context<Self>)
        + Send
        + 'static,
    ) {
        // What comes before the relay has answered can be opened, too.
        let subcluster = self.keyring.add(&shared_key);
        self.setup.desk.join(subcluster, shared_key, is_kept);
        let join = JoinSubcluster {
            cluster: Some(cluster),
            shared_key,
        };
        ctx.ask(
            &self.setup.outlets.join,
            join,
            ASK_DEADLINE,
            move |control, joined, ctx| {
                then(control, outcome(joined), ctx);
            },
        );
    }

    fn leave(&mut self, subcluster: SubclusterId, reply: Answer, ctx: &mut Context<Self>) {
        self.setup.desk.leave(subcluster);
        self.keyring.remove(&subcluster);
        let leave = LeaveSubcluster { subcluster };
        pass_on(&self.setup.outlets.leave, leave, |()| json!({}), reply, ctx);
    }

    fn publish(&mut self, publish: PublishRequest, reply: Answer, ctx: &mut Context<Self>) {
        let Some(after) = publish.after else {
            return self.publish_after(publish, None, reply, ctx);
        };
        let read = &self.setup.outlets.read;
        ctx.ask(
            read,
            ReadPacket { id: after },
            ASK_DEADLINE,
            move |control, found, ctx| match found {
                Ok(Some(found)) => {
                    let clock = found.packets.first().map_or(0, |packet| packet.clock);
                    control.publish_after(publish, Some((after, clock)), reply, ctx);
                }
                Ok(None) => reply.send(Err(not_found(after))),
                Err(error) => reply.send(Err(unanswered(&error))),
            },
        );
    }

    fn publish_after(
        &mut self,
        publish: PublishRequest,
        previous: Option<(PacketId, u32)>,
        reply: Answer,
        ctx: &mut Context<Self>,
    ) {
        let to = publish.to;
        let publication = match self.publication(publish, previous) {
            Ok(publication) => publication,
            Err(error) => return reply.send(Err(error)),
        };
        let outlets = self.setup.outlets.clone();
        match to {
            None => pass_on(
                &outlets.publish,
                PublishMessage { publication },
                ids,
                reply,
                ctx,
            ),
            Some(to) => {
                let stream = StreamMessage { to, publication };
                pass_on(&outlets.stream, stream, ids, reply, ctx);
            }
        }
    }

    /// The message as the relay takes it, signed by the peer's own key.
    fn publication(
        &self,
        publish: PublishRequest,
        previous: Option<(PacketId, u32)>,
    ) -> Result<Publication, ControlError> {
        let (cluster, shared_key) = self.place(publish.cluster.as_ref(), &publish.key)?;
        let message = message(publish.text, publish.base64)?;
        let (identity, usr1) = (&self.setup.identity, event_name(publish.event.as_deref()));
        let [usr3, usr4] = match publish.to {
            // There, both fields say who speaks to whom.
            Some(_) => [Field::UNSET; 2],
            None => {
                let claim = Claim {
                    cluster: &cluster,
                    subcluster: &shared_key.key_pair().subcluster(),
                    usr1: &usr1,
                    plaintext: &message,
                };
                keys::sign_publish(identity, &claim)
            }
        };
        let signature = keys::legacy_sign(identity, &message);
        Ok(Publication {
            cluster: Some(cluster),
            shared_key,
            usr1,
            usr2: Field::from(*identity.public()),
            usr3,
            usr4,
            signature: Signature::new(&signature).unwrap_or(Signature::UNSET),
            ttl_ms: publish.ttl_ms.unwrap_or(0),
            previous,
            next: None,
            meta: publish.meta,
            message,
        })
    }

    fn subscribe(
        &mut self,
        client: u64,
        subscribe: SubscribeRequest,
        reply: Answer,
        ctx: &mut Context<Self>,
    ) {
        if self.setup.desk.subscriptions_count(client) >= SUBSCRIPTIONS_MAX {
            let text = format!("a connection has at most {SUBSCRIPTIONS_MAX} subscriptions");
            let kind = "Busy".to_owned();
            return reply.send(Err(ControlError { kind, text }));
        }
        let (cluster, shared_key) = match self.place(subscribe.cluster.as_ref(), &subscribe.key) {
            Ok(place) => place,
            Err(error) => return reply.send(Err(error)),
        };
        self.enter(
            cluster,
            shared_key,
            false,
            ctx,
            move |control, joined, ctx| {
                let subcluster = match joined {
                    Ok(subcluster) => subcluster,
                    Err(error) => return reply.send(Err(error)),
                };
                let wanted = Subscription {
                    number: 0,
                    subcluster,
                    event: subscribe.event.map(|name| event_name(Some(&name))),
                    is_causal: subscribe.causal,
                };
                let wanted = (wanted, subscribe.since_cache);
                if !subscribe.since_cache && !subscribe.causal {
                    control.begin(client, wanted, Vec::new(), ctx);
                    return reply.send(Ok(json!({ "subcluster": subcluster.to_string() })));
                }
                let list = ListPackets {
                    subcluster: Some(subcluster),
                    count_max: LIST_COUNT_MAX,
                };
                let outlet = control.setup.outlets.list.clone();
                ctx.ask(
                    &outlet,
                    list,
                    ASK_DEADLINE,
                    move |control, packets, ctx| match packets {
                        Ok(packets) => {
                            control.begin(client, wanted, packets, ctx);
                            reply.send(Ok(json!({ "subcluster": subcluster.to_string() })));
                        }
                        Err(error) => reply.send(Err(unanswered(&error))),
                    },
                );
            },
        );
    }

    fn walk(&self, id: PacketId, reply: Answer, ctx: &mut Context<Self>) {
        let read = &self.setup.outlets.read;
        ctx.ask(
            read,
            ReadPacket { id },
            ASK_DEADLINE,
            move |control, found, _| {
                reply.send(match found {
                    Ok(Some(found)) => Ok(control.walked(found)),
                    Ok(None) => Err(not_found(id)),
                    Err(error) => Err(unanswered(&error)),
                });
            },
        );
    }

    fn walked(&self, found: PacketInOrder) -> Value {
        let packets = self.lines_of(found.packets);
        let next: Vec<_> = found.next.iter().map(ToString::to_string).collect();
        json!({
            "packet": packets.into_iter().next(),
            "previous": found.previous.map(|id| id.to_string()),
            "next": next,
        })
    }

    fn list(
        &self,
        subcluster: Option<SubclusterId>,
        count_max: usize,
        reply: Answer,
        ctx: &mut Context<Self>,
    ) {
        let list = ListPackets {
            subcluster,
            count_max: count_max.min(LIST_COUNT_MAX),
        };
        ctx.ask(
            &self.setup.outlets.list,
            list,
            ASK_DEADLINE,
            move |control, packets, _| {
                let packets = packets.map_err(|error| unanswered(&error));
                reply.send(packets.map(|packets| json!({ "packets": control.lines_of(packets) })));
            },
        );
    }
}

/// Asks the relay, and answers with what it says.
fn pass_on<M, T>(
    to: &Recipient<M>,
    message: M,
    answer: impl FnOnce(T) -> Value + Send + 'static,
    reply: Answer,
    ctx: &mut Context<Control>,
) where
    M: Message<Reply = Result<T, RelayError>>,
    T: Send + 'static,
{
    ctx.ask(to, message, ASK_DEADLINE, |_, answered, _| {
        reply.send(outcome(answered).map(answer));
    });
}

fn ids(ids: Vec<PacketId>) -> Value {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    json!({ "ids": ids })
}

/// What stands in a packet for the name of an event.
fn event_name(name: Option<&str>) -> Field {
    name.map_or(Field::UNSET, |name| {
        Field::from(<[u8; 32]>::from(Sha256::digest(name)))
    })
}

/// Subscriptions of one connection.
const SUBSCRIPTIONS_MAX: usize = 64;
/// Packets of the cache that are listed at once.
const LIST_COUNT_MAX: usize = 65_536;
