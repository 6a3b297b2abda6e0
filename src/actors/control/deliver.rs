//! How the control actor turns what happens at the peer into lines for its readers.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    Control,
    backlog::Backlog,
    desk::{Audience, Subscription},
    line,
    listed::Listed,
};
use crate::{
    actors::{
        kit::Context,
        relay::json::{Fields, event_line, packet_line},
    },
    messages::control::BacklogDue,
    relay::{PeerId, SubclusterId, packet::Packet, peer::Event},
};

impl Control {
    /// Tells everybody who wants to hear of an event.
    pub(super) fn deliver(&mut self, event: &Event, ctx: &mut Context<Self>) {
        match event {
            // Our own publishes are no news to us, but others may follow them.
            Event::Packet {
                packet, from: None, ..
            } => self.pass_over(packet, ctx),
            Event::Packet { packet, .. } => self.deliver_message(event, packet, None, ctx),
            Event::Stream { packet, from, .. } => {
                self.deliver_message(event, packet, Some(*from), ctx);
            }
            Event::Answer { packet, .. } => {
                self.take_answer(event, packet, ctx);
                self.tell_watchers(event);
            }
            Event::Connected(_) | Event::Disconnected(_) => {
                self.note_neighbours(ctx);
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
        let was_listed = |number| self.was_listed(number, packet);
        let Some(audience) = self.audience(packet, was_listed) else {
            return;
        };
        for number in audience.passing {
            self.take_as_known(number, packet, ctx);
        }
        if audience.feeds.is_empty() && audience.causal.is_empty() {
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

    /// A message that nobody is told of.
    fn pass_over(&mut self, packet: &Packet, ctx: &mut Context<Self>) {
        let Some(audience) = self.audience(packet, |_| false) else {
            return;
        };
        for number in audience.causal.into_iter().chain(audience.passing) {
            self.take_as_known(number, packet, ctx);
        }
    }

    /// Whom a message is for, but for those who have it; of no subcluster, for nobody.
    pub(super) fn audience(
        &self,
        packet: &Packet,
        has_it: impl Fn(u64) -> bool,
    ) -> Option<Audience> {
        let subcluster = SubclusterId::from_field(&packet.subcluster_id)?;
        let desk = &self.setup.desk;
        Some(desk.audience(subcluster, &packet.usr1, has_it))
    }

    /// Whether a subscription has got this message, or will, from the list that it began with.
    fn was_listed(&self, number: u64, packet: &Packet) -> bool {
        let backlog = self.backlogs.get(&number);
        backlog.is_some_and(|backlog| backlog.has(packet))
    }

    /// Begins a subscription; `packets` are what the cache holds, if that matters to it.
    pub(super) fn begin(
        &mut self,
        client: u64,
        (wanted, since_cache): (Subscription, bool),
        packets: Vec<Packet>,
        ctx: &mut Context<Self>,
    ) {
        let Some(subscription) = self.setup.desk.subscribe(client, wanted) else {
            let unneeded = self.setup.desk.unneeded();
            return self.leave_all(unneeded);
        };
        let number = subscription.number;
        if subscription.is_causal {
            self.orders.begin(number);
        }
        let listed = Listed::of(packets);
        let is_wanted = |listed: &Listed| {
            let event = &listed.packet.usr1;
            let is_right = subscription.event.is_none_or(|wanted| wanted == *event);
            since_cache && listed.is_whole && is_right
        };
        let (wanted, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(is_wanted);
        for other in others {
            self.take_as_known(number, &other.packet, ctx);
        }
        if !wanted.is_empty() {
            self.backlogs.insert(number, Backlog::new(wanted));
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
                let line = self.line_of("packet", &packet.packet, packet.meta.as_ref());
                if self.orders.has(number) {
                    self.put_in_order(number, &packet.packet, None, line, ctx);
                } else {
                    feed.push_event(line);
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

    /// The line of a message that came by another way than an event of its own.
    pub(super) fn line_of(&self, event: &str, packet: &Packet, meta: Option<&Value>) -> Arc<str> {
        let mut fields = Fields::new();
        fields.insert("event".to_owned(), event.into());
        fields.extend(self.fields_of(packet, meta));
        line(Value::Object(fields))
    }

    /// A message, opened if there is a key.
    fn fields_of(&self, packet: &Packet, meta: Option<&Value>) -> Fields {
        packet_line(packet, self.keyring.open(packet), meta, None)
    }

    /// Messages from the cache, put together, and what cannot be put together as it is.
    pub(super) fn lines_of(&self, packets: Vec<Packet>) -> Vec<Value> {
        let listed = Listed::of(packets);
        let fields = listed
            .iter()
            .map(|listed| self.fields_of(&listed.packet, listed.meta.as_ref()));
        fields.map(Value::Object).collect()
    }
}

/// Messages of a backlog that are opened in one turn.
const BACKLOG_CHUNK: usize = 32;
/// How long a backlog waits for its readers, and lets others have a turn.
const BACKLOG_PAUSE: Duration = Duration::from_millis(2);
/// Lines that may wait for a reader before its backlog does.
const BACKLOG_EVENTS_MAX: usize = 256;
