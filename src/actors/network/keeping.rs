//! What peers of an app remember, what is said of them to whoever runs the app, and how they
//! take leave.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::Network;
use crate::{
    actors::{
        kit::{Context, Handler, Reply},
        relay::{
            PeerAddrs,
            json::{UNRESOLVED_HINT, unanswered_hint},
            neighbours::{WRITE_DELAY, remembered, save},
        },
    },
    messages::{
        network::{LeaveNetwork, NeighboursDue},
        relay::{ClosePeer, DescribePeer},
        terminal::{Print, Stream},
        udp::DescribeSockets,
    },
    relay::{PeerId, peer::Event},
};

impl Network {
    /// Sees to what events mean beyond pages.
    pub(super) fn note(&self, peer: PeerId, event: &Event, ctx: &mut Context<Self>) {
        match event {
            Event::Connected(_) | Event::Disconnected(_) => self.note_neighbours(peer, ctx),
            Event::Unanswered {
                address,
                is_another,
            } => {
                let hint = unanswered_hint(*is_another);
                self.warn(&format!("no answer from bootstrap peer {address}: {hint}"));
            }
            Event::Unresolved { host, port, .. } => {
                let problem = "no IPv4 address is known for bootstrap peer";
                self.warn(&format!("{problem} {host}:{port}: {UNRESOLVED_HINT}"));
            }
            _ => {}
        }
    }

    /// Connections have changed: some time later, they are written down.
    fn note_neighbours(&self, peer: PeerId, ctx: &mut Context<Self>) {
        let mut held = self.options.holdings.lock();
        let Some(open) = held.peer_mut(&peer) else {
            return;
        };
        if open.state.is_some() && !open.is_noting {
            open.is_noting = ctx.after(WRITE_DELAY, NeighboursDue { peer }).is_ok();
        }
    }

    /// Writes down what has changed since the last time, if anything has, and goes on.
    fn write_neighbours(
        &mut self,
        peer: PeerId,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + Send + 'static,
    ) {
        let found = {
            let mut held = self.options.holdings.lock();
            let open = held.peer_mut(&peer);
            open.and_then(|open| {
                let is_due = mem::take(&mut open.is_noting);
                let state = open.state.clone().filter(|_| is_due)?;
                Some((state, open.addrs.relay.recipient()))
            })
        };
        let Some((state, relay)) = found else {
            return then(self, ctx);
        };
        ctx.ask(
            &relay,
            DescribePeer,
            LEAVE_TIME_MAX,
            |network, report, ctx| {
                let Ok(report) = report else {
                    return then(network, ctx);
                };
                let neighbours = remembered(&report);
                ctx.offload(
                    move || save(&state, &neighbours),
                    |network, _, ctx| then(network, ctx),
                );
            },
        );
    }

    fn warn(&self, text: &str) {
        let text = format!("warning: {text}\n");
        // A terminal that is gone has nobody who reads it.
        let _ = self.options.terminal.tell(Print {
            stream: Stream::Err,
            text,
        });
    }
}

impl Handler<NeighboursDue> for Network {
    fn handle(&mut self, due: NeighboursDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.write_neighbours(due.peer, ctx, |_, _| {});
    }
}

impl Handler<LeaveNetwork> for Network {
    fn handle(&mut self, _: LeaveNetwork, reply: Reply<()>, ctx: &mut Context<Self>) {
        let all = self.options.holdings.lock().all_addrs();
        let leaving = Arc::new(Leaving(Mutex::new(Some(reply))));
        for (peer, addrs) in all {
            let leaving = leaving.clone();
            self.write_neighbours(peer, ctx, move |_, ctx| {
                take_leave(&addrs, ctx, move |_, _| drop(leaving));
            });
        }
    }
}

/// Answers when the last peer has left and let go of it.
struct Leaving(Mutex<Option<Reply<()>>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let reply = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(reply) = reply.take() {
            reply.send(());
        }
    }
}

/// Has a peer say that it leaves, and goes on when that is sent.
pub(super) fn take_leave(
    addrs: &PeerAddrs,
    ctx: &mut Context<Network>,
    then: impl FnOnce(&mut Network, &mut Context<Network>) + Send + 'static,
) {
    let (relay, udp) = (addrs.relay.recipient(), addrs.udp.recipient());
    ctx.ask(&relay, ClosePeer, LEAVE_TIME_MAX, move |_, _, ctx| {
        // The sockets answer when they have sent what came before.
        ctx.ask(&udp, DescribeSockets, LEAVE_TIME_MAX, |network, _, ctx| {
            then(network, ctx);
        });
    });
}

/// How long a peer may take to say that it leaves.
const LEAVE_TIME_MAX: Duration = Duration::from_secs(1);
