//! How the control actor turns what happens at the peer into lines for its readers.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{Control, backlog::Backlog, desk::Subscription, line, listed::Listed};
use crate::{
    actors::{
        kit::Context,
        relay::json::{event_line, packet_line},
    },
    messages::control::BacklogDue,
    relay::{PeerId, SubclusterId, packet::Packet, peer::Event},
};

impl Control {
    /// Tells everybody who wants to hear of an event.
    pub(super) fn deliver(&mut self, event: &Event, ctx: &mut Context<Self>) {
        match event {
            // Our own publishes are no news to us.
            Event::Packet { from: None, .. } => {}
            Event::Packet { packet, .. } => self.deliver_message(event, packet, None, ctx),
            Event::Stream { packet, from, .. } => {
                self.deliver_message(event, packet, Some(*from), ctx);
            }
            Event::Answer { packet, id, .. } => {
                self.take_answer(id, packet, ctx);
                self.tell_watchers(event);
            }
            _ => self.tell_watchers(event),
        }
    }

    fn tell_watchers(&self, event: &Event) {
        let opened = self.keyring.open_event(event);
        if let Some(fields) = event_line(self.setup.peer_id, event, opened) {
            self.setup.desk.tell_watchers(&line(Value::Object(fields)));
        }
    }

    /// A message goes to those who watch, and to those who are subscribed.
    fn deliver_message(
        &mut self,
        event: &Event,
        packet: &Packet,
        sender: Option<PeerId>,
        ctx: &mut Context<Self>,
    ) {
        let Some(subcluster) = SubclusterId::from_field(&packet.subcluster_id) else {
            return;
        };
        let was_listed = |number| self.was_listed(number, packet);
        let audience = self
            .setup
            .desk
            .audience(subcluster, &packet.usr1, was_listed);
        if audience.is_empty() {
            return;
        }
        let opened = self.keyring.open_event(event);
        let Some(fields) = event_line(self.setup.peer_id, event, opened) else {
            return;
        };
        let line = line(Value::Object(fields));
        for feed in audience.feeds {
            feed.push_event(line.clone());
        }
        for number in audience.causal {
            self.put_in_order(number, packet, sender, line.clone(), ctx);
        }
    }

    /// Whether a subscription has got this message, or will, from the list that it began with.
    fn was_listed(&self, number: u64, packet: &Packet) -> bool {
        let backlog = self.backlogs.get(&number);
        backlog.is_some_and(|backlog| backlog.has(packet))
    }

    /// Begins a subscription with what the cache holds.
    pub(super) fn begin(
        &mut self,
        client: u64,
        wanted: Subscription,
        packets: Vec<Packet>,
        ctx: &mut Context<Self>,
    ) {
        let Some(subscription) = self.setup.desk.subscribe(client, wanted) else {
            let unneeded = self.setup.desk.unneeded();
            return self.leave_all(unneeded);
        };
        if subscription.is_causal {
            self.ordered.insert(subscription.number, Default::default());
        }
        let backlog = Backlog::new(&subscription, Listed::of(packets));
        if !backlog.is_empty() {
            self.backlogs.insert(subscription.number, backlog);
            self.work_off(ctx);
        }
    }

    /// Delivers some of what subscriptions began with, as far as their readers keep up.
    pub(super) fn work_off(&mut self, ctx: &mut Context<Self>) {
        let numbers: Vec<u64> = self.backlogs.keys().copied().collect();
        let mut is_unfinished = false;
        for number in numbers {
            let Some(feed) = self.setup.desk.feed_of(number) else {
                self.backlogs.remove(&number);
                continue;
            };
            let room = BACKLOG_EVENTS_MAX.saturating_sub(feed.events_count());
            for _ in 0..room.min(BACKLOG_CHUNK) {
                let backlog = self.backlogs.get_mut(&number);
                let Some(packet) = backlog.and_then(Backlog::next) else {
                    break;
                };
                let line = self.line_of("packet", &packet);
                let is_causal = self.ordered.contains_key(&number);
                match is_causal {
                    true => self.put_in_order(number, &packet.packet, None, line, ctx),
                    false => feed.push_event(line),
                }
            }
            let backlog = self.backlogs.get(&number);
            is_unfinished |= backlog.is_some_and(|backlog| !backlog.is_empty());
        }
        if is_unfinished {
            // Without a free timer, the next request or event of a reader is as good.
            let _ = ctx.after(BACKLOG_PAUSE, BacklogDue);
        }
    }

    /// The line of a message from the cache.
    fn line_of(&self, event: &str, listed: &Listed) -> Arc<str> {
        let mut fields = json!({ "event": event });
        if let (Value::Object(fields), Value::Object(packet)) =
            (&mut fields, self.fields_of(listed))
        {
            fields.extend(packet);
        }
        line(fields)
    }

    /// A message from the cache, opened if there is a key.
    pub(super) fn fields_of(&self, listed: &Listed) -> Value {
        let opened = self.keyring.open(&listed.packet);
        let (packet, meta) = (&listed.packet, listed.meta.as_ref());
        Value::Object(packet_line(packet, opened, meta, None))
    }

    /// Messages from the cache, put together, and what cannot be put together as it is.
    pub(super) fn lines_of(&self, packets: Vec<Packet>) -> Vec<Value> {
        let listed = Listed::of(packets);
        listed.iter().map(|listed| self.fields_of(listed)).collect()
    }
}

/// Messages of a backlog that are opened in one turn.
const BACKLOG_CHUNK: usize = 32;
/// How long a backlog waits for its readers, and lets others have a turn.
const BACKLOG_PAUSE: Duration = Duration::from_millis(2);
/// Lines that may wait for a reader before its backlog does.
const BACKLOG_EVENTS_MAX: usize = 256;
