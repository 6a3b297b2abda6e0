//! How the control actor begins to deliver a subcluster's messages to a client.

use serde_json::json;

use super::{
    ASK_DEADLINE, Control,
    desk::Subscription,
    obey::{Answer, LIST_COUNT_MAX},
    publish::event_name,
    socket::unanswered,
};
use crate::{
    actors::kit::Context,
    messages::{
        control::{ControlError, SubscribeRequest},
        packet_cache::ListPackets,
    },
};

impl Control {
    /// Takes part in the subcluster, and begins with what the cache holds where that is wanted.
    pub(super) fn subscribe(
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
                    name: None,
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
}

/// Subscriptions of one connection.
const SUBSCRIPTIONS_MAX: usize = 64;
