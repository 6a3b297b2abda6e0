//! What the owner of a relay asks of it.

use super::{Relay, actor::Waiting};
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::{
        relay::{
            AnswerQuery, AskQuery, ClosePeer, DescribePeer, InjectPackets, JoinSubcluster,
            LeaveSubcluster, OpenPeer, PeerReport, PublishMessage, ReflectAgain, RelayError,
            StreamMessage, SyncWithPeer,
        },
        udp::{SocketsBound, UdpError},
    },
    relay::{
        Now, PacketId, SubclusterId,
        peer::{Peer, Ticket},
    },
};

impl Relay {
    /// Begins a command that is done later, and remembers who waits for it.
    fn begin_command(
        &mut self,
        waiting: Waiting,
        ctx: &mut Context<Self>,
        command: impl FnOnce(&mut Peer, Now, Ticket) -> Result<(), RelayError>,
    ) {
        self.commands_count += 1;
        let ticket = Ticket(self.commands_count);
        match command(&mut self.peer, ctx.now_with_date(), ticket) {
            Ok(()) => self.await_done(ticket, waiting, ctx),
            Err(error) => waiting.fail(error),
        }
        self.drain(ctx);
    }
}

impl Handler<OpenPeer> for Relay {
    fn handle(
        &mut self,
        open: OpenPeer,
        reply: Reply<Result<SocketsBound, UdpError>>,
        ctx: &mut Context<Self>,
    ) {
        self.open(open.bind, reply, ctx);
    }
}

impl Handler<JoinSubcluster> for Relay {
    fn handle(
        &mut self,
        join: JoinSubcluster,
        reply: Reply<Result<SubclusterId, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        let (cluster, shared_key) = (join.cluster, join.shared_key);
        let now = ctx.now_with_date();
        let outcome = self.peer.join(now, cluster, shared_key);
        if let Ok(subcluster) = &outcome {
            let memory = &self.options.memory;
            memory.note_join(*subcluster, cluster, shared_key);
        }
        self.drain(ctx);
        reply.send(outcome);
    }
}

impl Handler<LeaveSubcluster> for Relay {
    fn handle(
        &mut self,
        leave: LeaveSubcluster,
        reply: Reply<Result<(), RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        self.options.memory.note_leave(&leave.subcluster);
        let outcome = self.peer.leave(ctx.now_with_date(), leave.subcluster);
        self.drain(ctx);
        reply.send(outcome);
    }
}

impl Handler<PublishMessage> for Relay {
    fn handle(
        &mut self,
        publish: PublishMessage,
        reply: Reply<Result<Vec<PacketId>, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        self.begin_command(Waiting::Ids(reply), ctx, |peer, now, ticket| {
            peer.publish(now, ticket, publish.publication)
        });
    }
}

impl Handler<InjectPackets> for Relay {
    fn handle(
        &mut self,
        inject: InjectPackets,
        reply: Reply<Result<usize, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        self.begin_command(Waiting::Count(reply), ctx, |peer, now, ticket| {
            peer.inject(now, ticket, inject.packets)
        });
    }
}

impl Handler<StreamMessage> for Relay {
    fn handle(
        &mut self,
        stream: StreamMessage,
        reply: Reply<Result<Vec<PacketId>, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        self.begin_command(Waiting::Ids(reply), ctx, |peer, now, ticket| {
            peer.stream(now, ticket, stream.to, stream.publication)
        });
    }
}

impl Handler<AskQuery> for Relay {
    fn handle(
        &mut self,
        ask: AskQuery,
        reply: Reply<Result<PacketId, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        let now = ctx.now_with_date();
        let outcome = self.peer.query(now, ask.question, ask.wanted, ask.first);
        self.drain(ctx);
        reply.send(outcome);
    }
}

impl Handler<AnswerQuery> for Relay {
    fn handle(
        &mut self,
        answer: AnswerQuery,
        reply: Reply<Result<Vec<PacketId>, RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        let now = ctx.now_with_date();
        let outcome = self.peer.answer(now, answer.query, answer.message);
        self.drain(ctx);
        reply.send(outcome);
    }
}

impl Handler<SyncWithPeer> for Relay {
    fn handle(
        &mut self,
        sync: SyncWithPeer,
        reply: Reply<Result<(), RelayError>>,
        ctx: &mut Context<Self>,
    ) {
        let outcome = self.peer.sync(ctx.now_with_date(), sync.peer);
        self.drain(ctx);
        reply.send(outcome);
    }
}

impl Handler<ReflectAgain> for Relay {
    fn handle(&mut self, _: ReflectAgain, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.peer.reflect_again(ctx.now_with_date());
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<ClosePeer> for Relay {
    fn handle(&mut self, _: ClosePeer, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.peer.close(ctx.now_with_date());
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<DescribePeer> for Relay {
    fn handle(&mut self, _: DescribePeer, reply: Reply<PeerReport>, ctx: &mut Context<Self>) {
        let report = self.peer.report(ctx.now_with_date());
        reply.send(PeerReport {
            peer_id: report.peer_id,
            public_key: report.public_key,
            is_indexed: report.is_indexed,
            local: self.local,
            address: report.address,
            nat: report.nat,
            neighbours: report.neighbours,
            subclusters: report.subclusters,
            cache: report.cache,
            counters: report.counters,
            tables: report.tables,
        });
    }
}
