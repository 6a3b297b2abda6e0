//! The control actor: the owner of the peer that `runtime peer` runs.
//!
//! Started with its peer and restarted by the supervisor; what it must not forget lies on
//! its [`Desk`]. It takes what happens at the peer, opens messages by the keys that it was
//! given, and writes them as JSON lines to whoever watches or is subscribed; it does what
//! clients of the control socket ask for, mostly by asking relay and cache. It does not
//! wait for readers: of lines that nobody takes the oldest are lost, and that is said.
//!
//! [`start`] runs a peer with all its actors; [`socket`] is the way in for the other
//! subcommands.

mod backlog;
mod deliver;
mod desk;
mod feed;
mod identity;
mod listed;
mod neighbours;
mod obey;
mod order;
mod publish;
mod refuse;
mod request;
mod setup;
pub mod socket;
mod start;
mod subscribe;
mod team;

pub use self::{
    desk::Desk,
    feed::{EVENT_BYTES_MAX, EVENTS_MAX, Feed},
    setup::PeerSetup,
    start::{Running, StartError, start},
};

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};

use self::{backlog::Backlog, order::Orders};
use super::{
    kit::{Actor, Context, Handler, Recipient, Reply},
    packet_cache::State,
    relay::Keyring,
};
use crate::{
    messages::{
        control::{
            BacklogDue, ClientGone, ControlError, EndPeer, NeighboursDue, ObeyRequest, OrderDue,
        },
        packet_cache::{ListPackets, ReadPacket},
        relay::{
            AnswerQuery, AskQuery, ClosePeer, DescribePeer, JoinSubcluster, LeaveSubcluster,
            PeerReported, PublishMessage, ReflectAgain, StreamMessage, SyncWithPeer,
        },
        udp::DescribeSockets,
    },
    relay::{ClusterId, PeerId, SubclusterId, keys::KeyPair},
};

/// The owner of one peer.
pub struct Control {
    setup: ControlSetup,
    keyring: Keyring,
    orders: Orders,
    /// What subscriptions began with, by number.
    backlogs: BTreeMap<u64, Backlog>,
    /// Messages to this actor that were lost and owned up to.
    lost_count: u64,
    /// Whether neighbours are about to be written down.
    is_noting: bool,
    end: End,
}

/// How far the peer is from its end.
enum End {
    /// Nobody has asked for it.
    Afar,
    /// Its actors stop, and these wait for them.
    Begun(Vec<Reply<()>>),
    /// Everything is written and said.
    Over,
}

/// What a control actor is told when it is made.
#[derive(Clone)]
pub struct ControlSetup {
    /// Clients, subscriptions and keys; outlives the actor.
    pub desk: Desk,
    /// The peer.
    pub outlets: Outlets,
    /// What its publishes are signed with.
    pub identity: KeyPair,
    /// Who it is.
    pub peer_id: PeerId,
    /// The cluster that is meant when none is named.
    pub cluster: Option<ClusterId>,
    /// The limit of its cache.
    pub cache_bytes_max: usize,
    /// Where neighbours are remembered.
    pub state: Option<State>,
}

/// The actors of the peer, by what is asked of them.
#[derive(Clone)]
#[expect(missing_docs, reason = "each is named after what it takes or does")]
pub struct Outlets {
    pub join: Recipient<JoinSubcluster>,
    pub leave: Recipient<LeaveSubcluster>,
    pub publish: Recipient<PublishMessage>,
    pub stream: Recipient<StreamMessage>,
    pub query: Recipient<AskQuery>,
    pub answer: Recipient<AnswerQuery>,
    pub sync: Recipient<SyncWithPeer>,
    pub reflect: Recipient<ReflectAgain>,
    pub close: Recipient<ClosePeer>,
    pub describe: Recipient<DescribePeer>,
    pub read: Recipient<ReadPacket>,
    pub list: Recipient<ListPackets>,
    pub sockets: Recipient<DescribeSockets>,
    #[cfg(feature = "faults")]
    pub crash: Recipient<crate::messages::files::PanicNow>,
    pub end: Arc<dyn Fn() + Send + Sync>,
}

impl Control {
    /// An actor that knows what its desk remembers.
    #[must_use]
    pub fn new(setup: ControlSetup) -> Self {
        let mut keyring = Keyring::default();
        for key in setup.desk.keys() {
            keyring.add(&key);
        }
        Self {
            orders: Orders::of(setup.desk.causal()),
            backlogs: BTreeMap::new(),
            keyring,
            setup,
            lost_count: 0,
            is_noting: false,
            end: End::Afar,
        }
    }

    /// Leaves subclusters that nobody needs any longer.
    fn leave_all(&mut self, subclusters: Vec<SubclusterId>) {
        for subcluster in subclusters {
            self.keyring.remove(&subcluster);
            // A relay that is too busy to be told goes on taking part, which does no harm.
            let _ = self
                .setup
                .outlets
                .leave
                .tell(LeaveSubcluster { subcluster });
        }
    }

    /// Takes leave of the neighbours, then ends the actors, however that went.
    fn take_leave(&mut self, ctx: &mut Context<Self>) {
        let close = self.setup.outlets.close.clone();
        ctx.ask(&close, ClosePeer, LEAVE_TIME_MAX, |control, _, ctx| {
            // The sockets answer when they have sent what came before.
            let sockets = control.setup.outlets.sockets.clone();
            ctx.ask(
                &sockets,
                DescribeSockets,
                LEAVE_TIME_MAX,
                |control, _, ctx| {
                    control.end_actors(ctx);
                },
            );
        });
    }

    /// Stops the actors of the peer, and says goodbye when they have.
    fn end_actors(&mut self, ctx: &mut Context<Self>) {
        (self.setup.outlets.end)();
        // The cache answers, by a refusal, when it has stopped and so has written everything.
        let list = ListPackets {
            subcluster: None,
            name: None,
            count_max: 0,
        };
        let cache = self.setup.outlets.list.clone();
        ctx.ask(&cache, list, END_TIME_MAX, |control, _, _| {
            control.say_goodbye()
        });
    }

    /// Nothing will come any more.
    fn say_goodbye(&mut self) {
        let line = line(json!({ "event": "stopped" }));
        self.setup.desk.tell_watchers(&line);
        self.setup.desk.close();
        if let End::Begun(waiting) = std::mem::replace(&mut self.end, End::Over) {
            waiting.into_iter().for_each(|reply| reply.send(()));
        }
    }

    /// Owns up to what this actor's own mailbox had no room for.
    fn admit_losses(&mut self, ctx: &Context<Self>) {
        let lost_count = ctx.lost_count();
        let count = lost_count.saturating_sub(self.lost_count);
        if count > 0 {
            self.lost_count = lost_count;
            let line = line(json!({ "event": "lost", "count": count }));
            self.setup.desk.tell_listeners(&line);
        }
    }
}

impl Actor for Control {
    const KIND: &'static str = "control";
}

impl Handler<PeerReported> for Control {
    fn handle(&mut self, reported: PeerReported, _: Reply<()>, ctx: &mut Context<Self>) {
        self.admit_losses(ctx);
        self.deliver(&reported.event, ctx);
    }
}

impl Handler<ObeyRequest> for Control {
    fn handle(
        &mut self,
        obey: ObeyRequest,
        reply: Reply<Result<Value, ControlError>>,
        ctx: &mut Context<Self>,
    ) {
        self.obey(obey, reply, ctx);
    }
}

impl Handler<ClientGone> for Control {
    fn handle(&mut self, gone: ClientGone, _: Reply<()>, _: &mut Context<Self>) {
        let (unneeded, ended) = self.setup.desk.remove_client(gone.client);
        for number in ended {
            self.orders.end(number);
            self.backlogs.remove(&number);
        }
        self.leave_all(unneeded);
    }
}

impl Handler<BacklogDue> for Control {
    fn handle(&mut self, _: BacklogDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.work_off(ctx);
    }
}

impl Handler<OrderDue> for Control {
    fn handle(&mut self, _: OrderDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.look_for_gaps(ctx);
    }
}

impl Handler<NeighboursDue> for Control {
    fn handle(&mut self, _: NeighboursDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.write_neighbours(ctx);
    }
}

impl Handler<EndPeer> for Control {
    fn handle(&mut self, _: EndPeer, reply: Reply<()>, ctx: &mut Context<Self>) {
        match &mut self.end {
            End::Afar => self.end = End::Begun(vec![reply]),
            End::Begun(waiting) => return waiting.push(reply),
            End::Over => return reply.send(()),
        }
        self.write_last(ctx, Self::take_leave);
    }
}

/// An event as it goes to readers.
fn line(event: Value) -> Arc<str> {
    event.to_string().into()
}

/// How long the peer may take to say that it leaves.
const LEAVE_TIME_MAX: Duration = Duration::from_secs(1);
/// How long the last write to disk may take.
const END_TIME_MAX: Duration = Duration::from_secs(20);
/// How long the peer's own actors may take to answer; a write to disk is the longest.
const ASK_DEADLINE: Duration = Duration::from_secs(30);
