//! Owns all simulated peers: is told what happens at them, and has them publish.
//!
//! Started and stopped with the simulation.

use std::time::Duration;

use super::ledger::Ledger;
use crate::{
    actors::kit::{Actor, Context, Handler, Recipient, Reply},
    messages::{
        Class, Message,
        packet_cache::DescribeCache,
        relay::{PeerReported, PublishMessage},
    },
    relay::peer::{Event, Publication},
};

/// Owns all simulated peers.
pub(super) struct Watcher {
    pub(super) ledger: Ledger,
}

/// Has a peer publish.
pub(super) struct PublishFrom {
    pub(super) node: u32,
    pub(super) relay: Recipient<PublishMessage>,
    pub(super) what: What,
}

/// What is published.
pub(super) struct What {
    pub(super) publication: Publication,
    /// Whether its way is measured.
    pub(super) is_measured: bool,
    /// Who is away that is to have it, and after how many microseconds each comes back.
    pub(super) awaited: Vec<(u32, u64)>,
}

impl What {
    /// A message whose way is measured.
    pub(super) fn measured(publication: Publication) -> Self {
        Self {
            publication,
            is_measured: true,
            awaited: Vec::new(),
        }
    }
}

impl Message for PublishFrom {
    type Reply = ();
}

/// Asks a cache how full it is.
pub(super) struct LookInto {
    pub(super) node: u32,
    pub(super) cache: Recipient<DescribeCache>,
}

impl Message for LookInto {
    type Reply = ();
    const CLASS: Class = Class::DropNewest;
}

impl Actor for Watcher {
    const KIND: &'static str = "watcher";
}

impl Handler<PeerReported> for Watcher {
    fn handle(&mut self, report: PeerReported, _: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now();
        let mut book = self.ledger.lock();
        let Some(node) = book.node_of(&report.peer) else {
            return;
        };
        match report.event {
            Event::Connected(neighbour) => book.connected(now, node, &neighbour),
            Event::Packet { packet, .. } => {
                if let Some(id) = packet.id() {
                    book.delivered(now, node, &id);
                }
            }
            Event::Synced { packet_count, .. } => book.synced(now, node, packet_count),
            _ => {}
        }
    }
}

impl Handler<PublishFrom> for Watcher {
    fn handle(&mut self, publish: PublishFrom, _: Reply<()>, ctx: &mut Context<Self>) {
        let PublishFrom { node, relay, what } = publish;
        let What {
            publication,
            is_measured,
            awaited,
        } = what;
        let bytes = u32::try_from(publication.message.len()).unwrap_or(u32::MAX);
        let message = PublishMessage { publication };
        ctx.ask(
            &relay,
            message,
            ANSWER_TIME_MAX,
            move |watcher, outcome, ctx| {
                let ids = outcome.ok().and_then(Result::ok).unwrap_or_default();
                if let Some(id) = ids.first().filter(|_| is_measured) {
                    let mut book = watcher.ledger.lock();
                    book.published(ctx.now(), node, *id, bytes);
                    book.awaited(ctx.now(), id, &awaited);
                }
            },
        );
    }
}

impl Handler<LookInto> for Watcher {
    fn handle(&mut self, look: LookInto, _: Reply<()>, ctx: &mut Context<Self>) {
        let node = look.node;
        ctx.ask(
            &look.cache,
            DescribeCache,
            ANSWER_TIME_MAX,
            move |watcher, outcome, ctx| {
                if let Ok(digest) = outcome {
                    let (bytes, count) = (digest.bytes as u64, digest.packet_count as u32);
                    let mut book = watcher.ledger.lock();
                    book.recorder
                        .cache(ctx.now().as_micros(), node, bytes, count);
                }
            },
        );
    }
}

/// How long an answer may take; in virtual time it comes at once.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
