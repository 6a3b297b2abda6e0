//! The network actor: owns the relay peers of an app, for all its windows.
//!
//! Started by the app and restarted by the supervisor; its peers, and what windows hold of
//! them, outlive a restart ([`Holdings`]). A peer is opened when the first page wants it, goes
//! on when that page ends, and ends with the app. A page's hold on a peer (*attachment*) ends
//! with the page.
//!
//! It starts the actors of each peer and asks them; pages are told by [`RaiseEvent`]. Messages
//! are opened in jobs, one at a time for each peer so that they stay in order (`events`).
//!
//! **Invariant:** an attachment answers only to the window that it was made for.

mod events;
#[cfg(feature = "faults")]
mod faults;
mod holdings;
mod keeping;
mod opening;
mod orders;
mod sending;

pub use self::{
    events::EVENTS_QUEUED_MAX,
    holdings::{ATTACHMENTS_MAX, Holdings, PEERS_MAX},
    opening::PeerDefaults,
};

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    kit::{Actor, AskError, Context, Handler, Recipient, Reply, Spawner},
    supervisor::Children,
};
use crate::{
    messages::{
        Message,
        network::{
            AskPeer, AttachPeer, DescribePeerDefaults, DetachPeersOf, NetworkError, PeerAttached,
        },
        supervisor::ActorPanicked,
        terminal::Print,
        windows::RaiseEvent,
    },
    relay::PeerId,
};

/// The peers of one app.
pub struct Network {
    options: NetworkOptions,
    /// Who waits for peers that are being opened.
    opening: BTreeMap<Option<PeerId>, Vec<Waiting>>,
}

/// What the network actor needs to know.
#[derive(Clone)]
pub struct NetworkOptions {
    /// Where tasks of sockets run.
    pub spawner: Spawner,
    /// Who is told of panics, and which actors it restarts.
    pub team: (Recipient<ActorPanicked>, Children),
    /// Takes events to pages.
    pub windows: Recipient<RaiseEvent>,
    /// Prints warnings that concern whoever runs the app.
    pub terminal: Recipient<Print>,
    /// What `socket.ini` says.
    pub defaults: PeerDefaults,
    /// What outlives the actor.
    pub holdings: Holdings,
}

/// A window that waits for its peer.
struct Waiting {
    window: u32,
    reply: Reply<Result<PeerAttached, NetworkError>>,
}

/// What a page's call ends in.
type Outcome = Result<Value, NetworkError>;

impl Network {
    /// An actor for the peers that are open already, which are none at first.
    #[must_use]
    pub fn new(options: NetworkOptions) -> Self {
        Self {
            options,
            opening: BTreeMap::new(),
        }
    }
}

impl Actor for Network {
    const KIND: &'static str = "network";

    /// How many peers are open, who is waited for, and how many windows hold on to them.
    fn state(&self) -> Option<Value> {
        let held = self.options.holdings.lock();
        Some(json!({
            "peers": held.peers_count(),
            "attachments": held.attachments_count(),
            "opening": self.opening.values().map(Vec::len).sum::<usize>(),
        }))
    }
}

impl Handler<AttachPeer> for Network {
    fn handle(
        &mut self,
        attach: AttachPeer,
        reply: Reply<Result<PeerAttached, NetworkError>>,
        ctx: &mut Context<Self>,
    ) {
        let waiting = Waiting {
            window: attach.window,
            reply,
        };
        self.attach(attach.wish, waiting, ctx);
    }
}

impl Handler<AskPeer> for Network {
    fn handle(&mut self, ask: AskPeer, reply: Reply<Outcome>, ctx: &mut Context<Self>) {
        self.carry_out(ask, reply, ctx);
    }
}

impl Handler<DetachPeersOf> for Network {
    fn handle(&mut self, message: DetachPeersOf, _: Reply<()>, _: &mut Context<Self>) {
        let attachments = self.options.holdings.lock().of_window(message.window);
        for attachment in attachments {
            self.detach(attachment);
        }
    }
}

impl Handler<DescribePeerDefaults> for Network {
    fn handle(&mut self, _: DescribePeerDefaults, reply: Reply<Outcome>, _: &mut Context<Self>) {
        reply.send(Ok(self.options.defaults.json()));
    }
}

/// Asks an actor of a peer, and hands what became of it on in the network's own errors.
fn ask<M, T, E>(
    to: &Recipient<M>,
    message: M,
    ctx: &mut Context<Network>,
    then: impl FnOnce(&mut Network, Result<T, NetworkError>, &mut Context<Network>) + Send + 'static,
) where
    M: Message<Reply = Result<T, E>>,
    E: Into<NetworkError>,
{
    ctx.ask(to, message, ORDER_TIME_MAX, move |network, outcome, ctx| {
        let outcome = match outcome {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(error) => Err(unanswered(&error)),
        };
        then(network, outcome, ctx);
    });
}

fn unanswered(error: &AskError) -> NetworkError {
    NetworkError::Unanswered {
        reason: error.to_string(),
    }
}

/// How long an actor of a peer may take for one order.
const ORDER_TIME_MAX: Duration = Duration::from_secs(30);
