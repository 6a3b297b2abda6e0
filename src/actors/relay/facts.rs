//! What the actors around a relay tell it.

use super::Relay;
use crate::{
    actors::kit::{Context, Handler, Reply},
    messages::relay::{
        CacheDigested, CacheReconciled, DatagramsArrived, PacketFound, PacketsDue, PacketsKept,
        PullDue, RelayDue,
    },
    relay::Time,
};

impl Handler<DatagramsArrived> for Relay {
    fn handle(&mut self, arrived: DatagramsArrived, reply: Reply<()>, ctx: &mut Context<Self>) {
        let (now, mut due) = (ctx.now_with_date(), Time::NEVER);
        for (from, bytes) in arrived.datagrams {
            self.peer.handle_datagram(now, arrived.wire, from, bytes);
            due = self.carry_out(now, ctx);
        }
        self.hand_on(due, ctx);
        reply.send(());
    }
}

impl Handler<PacketsKept> for Relay {
    fn handle(&mut self, message: PacketsKept, _: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        for kept in message.kept {
            self.peer.handle_kept(now, kept);
            self.carry_out(now, ctx);
        }
        self.drain(ctx);
    }
}

impl Handler<PacketsDue> for Relay {
    fn handle(&mut self, due: PacketsDue, _: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        for (packet, audience) in due.packets {
            self.peer.handle_due(now, packet, audience);
            self.carry_out(now, ctx);
        }
        self.drain(ctx);
    }
}

impl Handler<PacketFound> for Relay {
    fn handle(&mut self, message: PacketFound, _: Reply<()>, ctx: &mut Context<Self>) {
        self.peer.handle_found(ctx.now_with_date(), message.found);
        self.drain(ctx);
    }
}

impl Handler<CacheReconciled> for Relay {
    fn handle(&mut self, message: CacheReconciled, _: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        self.peer.handle_reconciled(now, message.reconciliation);
        self.drain(ctx);
    }
}

impl Handler<PullDue> for Relay {
    fn handle(&mut self, due: PullDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.peer.handle_pull_due(ctx.now_with_date(), due.peer);
        self.drain(ctx);
    }
}

impl Handler<CacheDigested> for Relay {
    fn handle(&mut self, message: CacheDigested, _: Reply<()>, _: &mut Context<Self>) {
        self.peer.handle_digest(message.digest);
    }
}

impl Handler<RelayDue> for Relay {
    fn handle(&mut self, _: RelayDue, _: Reply<()>, ctx: &mut Context<Self>) {
        self.wake(ctx);
    }
}
