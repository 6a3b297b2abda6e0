//! Subscriptions whose messages come in causal order: each after those that it follows.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{ASK_DEADLINE, Control, line};
use crate::{
    actors::kit::{Context, TimerId},
    messages::{control::OrderDue, relay::AskQuery},
    relay::{
        PacketId, PeerId, Time,
        causal::{CausalOrder, Message, Mode, Output},
        packet::Packet,
        peer::Event,
    },
};

/// The causal subscriptions of a peer.
#[derive(Default)]
pub(super) struct Orders {
    all: BTreeMap<u64, Ordered>,
    alarm: Option<(Time, TimerId)>,
}

/// One causal subscription.
struct Ordered {
    order: CausalOrder,
    /// The messages that wait for others.
    lines: BTreeMap<PacketId, Arc<str>>,
}

impl Orders {
    /// Orders for subscriptions that were there before.
    pub(super) fn of(numbers: Vec<u64>) -> Self {
        let mut orders = Self::default();
        numbers.into_iter().for_each(|number| orders.begin(number));
        orders
    }

    pub(super) fn begin(&mut self, number: u64) {
        let ordered = Ordered {
            order: CausalOrder::new(Mode::Causal),
            lines: BTreeMap::new(),
        };
        self.all.insert(number, ordered);
    }

    pub(super) fn end(&mut self, number: u64) {
        self.all.remove(&number);
    }

    pub(super) fn has(&self, number: u64) -> bool {
        self.all.contains_key(&number)
    }
}

impl Control {
    /// Delivers a message to a causal subscription when its turn has come.
    pub(super) fn put_in_order(
        &mut self,
        number: u64,
        packet: &Packet,
        sender: Option<PeerId>,
        line: Arc<str>,
        ctx: &mut Context<Self>,
    ) {
        let (Some(ordered), Some(id)) = (self.orders.all.get_mut(&number), packet.id()) else {
            return;
        };
        let message = Message {
            id,
            previous: PacketId::from_field(&packet.previous_id),
            next: PacketId::from_field(&packet.next_id),
            clock: packet.clock,
            sender,
        };
        ordered.lines.insert(id, line);
        ordered.order.handle_message(ctx.now(), message);
        self.drain(number, ctx);
        if let Some(ordered) = self.orders.all.get_mut(&number)
            && ordered.lines.len() > ordered.order.held_count()
        {
            // It had come before.
            ordered.lines.remove(&id);
        }
    }

    /// A message need not be waited for: a causal subscription has seen it, or does not want it.
    pub(super) fn take_as_known(&mut self, number: u64, packet: &Packet, ctx: &mut Context<Self>) {
        if let (Some(ordered), Some(id)) = (self.orders.all.get_mut(&number), packet.id()) {
            ordered.order.handle_known(id);
            self.drain(number, ctx);
        }
    }

    /// A message that was asked for has come as an answer: it goes to those who miss it.
    pub(super) fn take_answer(&mut self, event: &Event, packet: &Packet, ctx: &mut Context<Self>) {
        let Some(audience) = self.audience(packet, |_| false) else {
            return;
        };
        let Event::Answer { meta, .. } = event else {
            return;
        };
        if audience.causal.is_empty() || self.keyring.open(packet).is_none() {
            return;
        }
        let line = self.line_of("packet", packet, meta.as_ref());
        for number in audience.causal {
            self.put_in_order(number, packet, None, line.clone(), ctx);
        }
        for number in audience.passing {
            self.take_as_known(number, packet, ctx);
        }
    }

    /// Asks for what is missing, and gives up what nobody has.
    pub(super) fn look_for_gaps(&mut self, ctx: &mut Context<Self>) {
        self.orders.alarm = None;
        let numbers: Vec<u64> = self.orders.all.keys().copied().collect();
        for number in numbers {
            if let Some(ordered) = self.orders.all.get_mut(&number) {
                ordered.order.handle_timeout(ctx.now());
            }
            self.drain(number, ctx);
        }
    }

    /// Carries out what an order wants done, and arms the one timer.
    fn drain(&mut self, number: u64, ctx: &mut Context<Self>) {
        let Some(ordered) = self.orders.all.get_mut(&number) else {
            return;
        };
        let feed = self.setup.desk.feed_of(number);
        let mut questions = Vec::new();
        let due = loop {
            let said = match ordered.order.poll_output() {
                Output::Deliver(id) => ordered.lines.remove(&id),
                Output::GaveUp(id) => {
                    Some(line(json!({ "event": "gap", "missing": id.to_string() })))
                }
                Output::Ask { id, whom } => {
                    questions.push((id, whom));
                    None
                }
                Output::Wait(due) => break due,
            };
            if let (Some(feed), Some(line)) = (&feed, said) {
                feed.push_event(line);
            }
        };
        for (id, whom) in questions {
            self.ask_for(id, whom, ctx);
        }
        self.arm(due, ctx);
    }

    fn ask_for(&self, id: PacketId, whom: Option<PeerId>, ctx: &mut Context<Self>) {
        let query = AskQuery {
            question: Value::Null,
            wanted: Some(id),
            first: whom,
        };
        // The answer comes as an event. Without one, the order asks again.
        ctx.ask(&self.setup.outlets.query, query, ASK_DEADLINE, |_, _, _| {});
    }

    fn arm(&mut self, due: Time, ctx: &mut Context<Self>) {
        let alarm = &mut self.orders.alarm;
        if due == Time::NEVER || alarm.is_some_and(|(at, _)| at <= due) {
            return;
        }
        if let Some((_, timer)) = alarm.take() {
            ctx.cancel(timer);
        }
        let timer = ctx.after(due.since(ctx.now()), OrderDue);
        self.orders.alarm = timer.ok().map(|timer| (due, timer));
    }
}
