//! Runs one [`Schedule`] on one timer; decides nothing itself.
//!
//! Started and stopped with the relay peer that it belongs to. When the supervisor restarts
//! it, it knows nothing, and has the cache repeat what is kept. It tells the relay to compare
//! caches, and the cache which packets go out again or are to be forgotten.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::kit::{Actor, Context, Handler, Injectable, Recipient, Reply, TimerId};
use crate::{
    messages::{
        packet_cache::{ExpirePacket, RepeatChanges, SendAgain},
        rebroadcast::{
            CacheChanged, DifferenceSeen, PacketHeld, PacketsWanted, PeerContacted, ScheduleDue,
        },
        relay::PullDue,
    },
    relay::{
        Time,
        rebroadcast::{Output, Schedule},
    },
};

/// The rebroadcast scheduler of one peer.
pub struct Rebroadcast {
    schedule: Schedule,
    options: RebroadcastOptions,
    /// The one timer, and when it fires.
    timer: Option<(TimerId, Time)>,
}

/// What a scheduler is started with.
#[derive(Clone)]
pub struct RebroadcastOptions {
    /// How often caches are compared at least.
    pub keepalive: Duration,
    /// Whom it tells.
    pub outlets: RebroadcastOutlets,
}

/// Whom a scheduler tells what.
#[derive(Clone)]
pub struct RebroadcastOutlets {
    /// That caches are to be compared.
    pub pull: Recipient<PullDue>,
    /// What goes out again.
    pub again: Recipient<SendAgain>,
    /// What is to be forgotten.
    pub expire: Recipient<ExpirePacket>,
    /// That it knows nothing.
    pub repeat: Recipient<RepeatChanges>,
}

impl Rebroadcast {
    /// A scheduler that knows nothing yet.
    #[must_use]
    pub fn new(options: RebroadcastOptions) -> Self {
        Self {
            // Seeded anew when it starts, which is where randomness comes from.
            schedule: Schedule::new(options.keepalive, [0; 32]),
            options,
            timer: None,
        }
    }

    /// Carries out every output, then sets the one timer.
    fn drain(&mut self, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        let (outlets, mut packets) = (&self.options.outlets, Vec::new());
        // What a busy or stopped actor does not take is found missing at the next comparison.
        let due = loop {
            match self.schedule.poll_output(now) {
                Output::Send { id, audience } => packets.push((id, audience)),
                Output::Pull { peer } => drop(outlets.pull.tell(PullDue { peer })),
                Output::Expire { id } => drop(outlets.expire.tell(ExpirePacket { id })),
                Output::Wait(due) => break due,
            }
        };
        if !packets.is_empty() {
            drop(outlets.again.tell(SendAgain { packets }));
        }
        self.set_timer(due, ctx);
    }

    fn set_timer(&mut self, due: Time, ctx: &mut Context<Self>) {
        match self.timer {
            Some((_, set)) if set == due => return,
            Some((timer, _)) => drop(ctx.cancel(timer)),
            None => {}
        }
        self.timer = None;
        if due != Time::NEVER {
            let timer = ctx.after(due.since(ctx.now()), ScheduleDue);
            self.timer = timer.ok().map(|timer| (timer, due));
        }
    }
}

impl Actor for Rebroadcast {
    const KIND: &'static str = "rebroadcast";

    /// How full its tables are, and when it wakes next.
    fn state(&self) -> Option<Value> {
        let tables = self.schedule.tables().into_iter();
        let tables = tables.map(|table| (table.name, table.count));
        Some(json!({
            "tables": tables.collect::<BTreeMap<_, _>>(),
            "due_us": self.timer.map(|(_, due)| due.as_micros()),
        }))
    }

    fn injectables() -> Vec<Injectable<Self>> {
        vec![Injectable::of::<ScheduleDue>()]
    }

    fn started(&mut self, ctx: &mut Context<Self>) {
        let seed = ctx.random_seed();
        self.schedule = Schedule::new(self.options.keepalive, seed);
        // A cache that has stopped has nothing to repeat.
        let _ = self.options.outlets.repeat.tell(RepeatChanges);
    }
}

impl Handler<CacheChanged> for Rebroadcast {
    fn handle(&mut self, message: CacheChanged, reply: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        for change in &message.changes {
            self.schedule.handle_change(now, change);
        }
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<PacketsWanted> for Rebroadcast {
    fn handle(&mut self, message: PacketsWanted, reply: Reply<()>, ctx: &mut Context<Self>) {
        let now = ctx.now_with_date();
        self.schedule.handle_wanted(now, message.peer, &message.ids);
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<PeerContacted> for Rebroadcast {
    fn handle(&mut self, message: PeerContacted, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.schedule
            .handle_contact(ctx.now_with_date(), message.peer);
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<PacketHeld> for Rebroadcast {
    fn handle(&mut self, message: PacketHeld, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.schedule.handle_held(ctx.now_with_date(), message.id);
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<DifferenceSeen> for Rebroadcast {
    fn handle(&mut self, _: DifferenceSeen, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.schedule.handle_difference(ctx.now_with_date());
        self.drain(ctx);
        reply.send(());
    }
}

impl Handler<ScheduleDue> for Rebroadcast {
    fn handle(&mut self, _: ScheduleDue, reply: Reply<()>, ctx: &mut Context<Self>) {
        self.timer = None;
        self.schedule.handle_timeout(ctx.now_with_date());
        self.drain(ctx);
        reply.send(());
    }
}
