//! What the control actor does for clients, request by request.

use serde_json::{Value, json};

use super::{
    ASK_DEADLINE, Control,
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
        control::{ClusterName, ControlError, EndPeer, KeyName, ObeyRequest, Place, Request},
        packet_cache::{ListPackets, PacketInOrder, ReadPacket},
        relay::{
            AnswerQuery, AskQuery, DescribePeer, JoinSubcluster, LeaveSubcluster, ReflectAgain,
            RelayError, SyncWithPeer,
        },
        udp::DescribeSockets,
    },
    relay::{ClusterId, PacketId, SubclusterId, keys::SharedKey},
};

/// Where the answer to a request goes.
pub(super) type Answer = Reply<Result<Value, ControlError>>;

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
            #[cfg(feature = "faults")]
            Request::Crash {} => {
                // A relay that has stopped has nothing to lose.
                let _ = outlets.crash.tell(crate::messages::files::PanicNow);
                reply.send(Ok(json!({})));
            }
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
    pub(super) fn place(
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
        let is_new = self.setup.desk.join(subcluster, shared_key, is_kept);
        let join = JoinSubcluster {
            cluster: Some(cluster),
            shared_key,
        };
        ctx.ask(
            &self.setup.outlets.join,
            join,
            ASK_DEADLINE,
            move |control, joined, ctx| {
                let joined = outcome(joined);
                if joined.is_err() && is_new {
                    control.setup.desk.leave(subcluster);
                    control.keyring.remove(&subcluster);
                }
                then(control, joined, ctx);
            },
        );
    }

    fn leave(&mut self, subcluster: SubclusterId, reply: Answer, ctx: &mut Context<Self>) {
        self.setup.desk.leave(subcluster);
        self.keyring.remove(&subcluster);
        let leave = LeaveSubcluster { subcluster };
        pass_on(&self.setup.outlets.leave, leave, |()| json!({}), reply, ctx);
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
            name: None,
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
pub(super) fn pass_on<M, T>(
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

pub(super) fn ids(ids: Vec<PacketId>) -> Value {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    json!({ "ids": ids })
}

/// Packets of the cache that are listed at once.
pub(super) const LIST_COUNT_MAX: usize = 65_536;
