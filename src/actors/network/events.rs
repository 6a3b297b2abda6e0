//! Events of peers on their way to pages: opened in jobs, then raised where they are wanted.
//!
//! Invariant: at most [`EVENTS_QUEUED_MAX`] events of a peer wait, and one job opens them.

use std::{collections::BTreeSet, mem};

use serde_json::{Value, json};

use super::Network;
use crate::{
    actors::{
        kit::{Context, Handler, Reply},
        relay::{
            Keyring,
            json::{Fields, Opened, base64, event_line},
        },
    },
    messages::{
        relay::PeerReported,
        windows::{PageEvent, RaiseEvent},
    },
    relay::{PeerId, SubclusterId, packet::Packet, peer::Event},
};

/// An event as pages see it.
struct Line {
    fields: Fields,
    /// Only who takes part in this subcluster sees it.
    subcluster: Option<SubclusterId>,
    change: Change,
}

/// What an event says of who takes part where.
enum Change {
    Nothing,
    Joined(PeerId),
    Gone(PeerId),
}

impl Handler<PeerReported> for Network {
    fn handle(&mut self, reported: PeerReported, _: Reply<()>, ctx: &mut Context<Self>) {
        self.note(reported.peer, &reported.event, ctx);
        let mut held = self.options.holdings.lock();
        let Some(open) = held.peer_mut(&reported.peer) else {
            return;
        };
        if open.queue.len() >= EVENTS_QUEUED_MAX {
            open.queue.pop_front();
            open.lost_count += 1;
        }
        open.queue.push_back(reported.event);
        drop(held);
        self.open_events(reported.peer, ctx);
    }
}

impl Network {
    /// Has a job open what waits, unless one does already.
    fn open_events(&self, peer: PeerId, ctx: &mut Context<Self>) {
        let mut held = self.options.holdings.lock();
        let Some(open) = held.peer_mut(&peer) else {
            return;
        };
        if open.is_opening || open.queue.is_empty() {
            return;
        }
        open.is_opening = true;
        let count = open.queue.len().min(BATCH_MAX);
        let events: Vec<Event> = open.queue.drain(..count).collect();
        let (keyring, lost_count) = (open.keyring.clone(), mem::take(&mut open.lost_count));
        drop(held);
        let job = move || {
            let events = events.iter();
            let lines = events.filter_map(|event| line(peer, event, &keyring));
            lines.collect::<Vec<_>>()
        };
        ctx.offload(job, move |network, lines, ctx| {
            if lost_count > 0 {
                let lost = json!({ "local": peer, "event": "lost", "count": lost_count });
                network.raise(peer, None, &lost);
            }
            // A job that panicked has lost its events; the next one goes on.
            for line in lines.unwrap_or_default() {
                network.tell(peer, line);
            }
            if let Some(open) = network.options.holdings.lock().peer_mut(&peer) {
                open.is_opening = false;
            }
            network.open_events(peer, ctx);
        });
    }

    fn tell(&self, peer: PeerId, line: Line) {
        let data = Value::Object(line.fields);
        if let Some(open) = self.options.holdings.lock().peer_mut(&peer) {
            match (line.change, &line.subcluster) {
                (Change::Joined(member), Some(subcluster)) => {
                    open.note_member(subcluster, member, data.clone());
                }
                (Change::Gone(member), _) => open.forget_member(&member),
                _ => {}
            }
        }
        self.raise(peer, line.subcluster, &data);
    }

    /// Raises an event in every window that it concerns.
    pub(super) fn raise(&self, peer: PeerId, subcluster: Option<SubclusterId>, data: &Value) {
        let windows = {
            let held = self.options.holdings.lock();
            held.windows(&peer, subcluster.as_ref())
        };
        self.raise_in(&windows, data);
    }

    /// Raises an event in these windows.
    pub(super) fn raise_in(&self, windows: &BTreeSet<u32>, data: &Value) {
        for window in windows {
            let (name, data) = (EVENT_NAME.to_owned(), data.clone());
            let event = PageEvent {
                name,
                data,
                ..PageEvent::default()
            };
            let window = Some(*window);
            // A mailbox that is full counts the loss; a window that is gone needs no event.
            let _ = self.options.windows.tell(RaiseEvent { window, event });
        }
    }
}

/// An event as pages see it, opened if there is a key for it.
fn line(local: PeerId, event: &Event, keyring: &Keyring) -> Option<Line> {
    let opened = keyring.open_event(event);
    let sealed = sealed(event, opened.as_ref());
    let mut fields = Fields::new();
    fields.insert("local".to_owned(), local.to_string().into());
    fields.extend(event_line(local, event, opened)?);
    if let Some(sealed) = sealed {
        fields.insert("sealed".to_owned(), sealed);
    }
    let (subcluster, change) = match event {
        Event::Joined {
            peer, subcluster, ..
        } => (Some(*subcluster), Change::Joined(peer.peer_id)),
        Event::Disconnected(peer) => (None, Change::Gone(peer.peer_id)),
        Event::Packet { packet, .. } => (subcluster_of(packet), Change::Nothing),
        Event::Stream { packet, .. } => {
            let subcluster = subcluster_of(packet).filter(|subcluster| keyring.has(subcluster));
            (subcluster, Change::Nothing)
        }
        _ => (None, Change::Nothing),
    };
    Some(Line {
        fields,
        subcluster,
        change,
    })
}

fn subcluster_of(packet: &Packet) -> Option<SubclusterId> {
    SubclusterId::from_field(&packet.subcluster_id)
}

/// The message as it was on the wire, for pages that go by that; not if it is large and was
/// opened.
fn sealed(event: &Event, opened: Option<&Opened>) -> Option<Value> {
    let (Event::Packet { packet, .. }
    | Event::Stream { packet, .. }
    | Event::Answer { packet, .. }) = event
    else {
        return None;
    };
    let is_left_out = opened.is_some_and(|opened| opened.bytes.len() > SEALED_BYTES_MAX);
    Some((!is_left_out).then(|| base64(&packet.message)).into())
}

/// The name of the event that pages hear.
const EVENT_NAME: &str = "relay";
/// Events of one peer that wait to be opened; beyond that the oldest are lost, and it is said.
pub const EVENTS_QUEUED_MAX: usize = 4096;
/// Events that one job opens.
const BATCH_MAX: usize = 256;
/// Bytes of a message that is told both opened and sealed.
const SEALED_BYTES_MAX: usize = 65_536;
