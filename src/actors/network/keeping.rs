//! What peers of an app remember, what is said of them to whoever runs the app, and how they
//! take leave.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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

    fn write_neighbours(&self, peer: PeerId, ctx: &mut Context<Self>) {
        let found = {
            let mut held = self.options.holdings.lock();
            held.peer_mut(&peer).and_then(|open| {
                open.is_noting = false;
                Some((open.state.clone()?, open.addrs.relay.recipient()))
            })
        };
        let Some((state, relay)) = found else {
            return;
        };
        ctx.ask(
            &relay,
            DescribePeer,
            super::ORDER_TIME_MAX,
            |_, report, ctx| {
                let Ok(report) = report else { return };
                let neighbours = remembered(&report);
                ctx.offload(move || save(&state, &neighbours), |_, _, _| {});
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
        self.write_neighbours(due.peer, ctx);
    }
}

impl Handler<LeaveNetwork> for Network {
    fn handle(&mut self, _: LeaveNetwork, reply: Reply<()>, ctx: &mut Context<Self>) {
        let all = self.options.holdings.lock().all_addrs();
        let left = Arc::new(AtomicUsize::new(all.len()));
        if all.is_empty() {
            return reply.send(());
        }
        let reply = Arc::new(std::sync::Mutex::new(Some(reply)));
        for addrs in all {
            let (left, reply) = (left.clone(), reply.clone());
            take_leave(&addrs, ctx, move |_, _| {
                let is_last = left.fetch_sub(1, Ordering::Relaxed) == 1;
                let reply = reply
                    .lock()
                    .ok()
                    .and_then(|mut reply| reply.take_if(|_| is_last));
                if let Some(reply) = reply {
                    reply.send(());
                }
            });
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
