//! What a control actor must not forget when it is restarted: who is connected, what they
//! subscribed to, and the keys of the subclusters that the peer takes part in.
//!
//! Its lock is held for lookups only, never while a message is opened or a line written.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::json;
use tokio::sync::Notify;

use super::{feed::Feed, line};
use crate::relay::{SubclusterId, keys::SharedKey, packet::Field};

/// The clients and memberships of one peer; cheap to clone.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    clients: BTreeMap<u64, Client>,
    clients_count: u64,
    memberships: BTreeMap<SubclusterId, Membership>,
    is_closed: bool,
    /// The actor without which the peer cannot go on, and which stays down.
    lost: Option<String>,
    /// Told when a client has gone.
    changed: Arc<Notify>,
}

struct Client {
    feed: Feed,
    is_watching: bool,
    subscriptions: Vec<Subscription>,
}

/// What one client wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    /// Names it; never used twice.
    pub(super) number: u64,
    pub(super) subcluster: SubclusterId,
    /// SHA-256 of the event's name; all events if absent.
    pub(super) event: Option<Field>,
    /// Whether a message waits for those that it follows.
    pub(super) is_causal: bool,
}

/// A subcluster that the peer takes part in.
#[derive(Clone, Copy, Debug)]
struct Membership {
    shared_key: SharedKey,
    /// Somebody asked for it by name, so it stays when nobody is subscribed.
    is_kept: bool,
}

/// Who gets a message.
#[derive(Default)]
pub(super) struct Audience {
    /// At once.
    pub(super) feeds: Vec<Feed>,
    /// When their turn in causal order has come.
    pub(super) causal: Vec<u64>,
    /// Never, but what follows it does not have to wait for it.
    pub(super) passing: Vec<u64>,
}

impl Desk {
    /// Adds a client, which watches every event or none yet; gives its number.
    pub fn add_client(&self, feed: Feed, is_watching: bool) -> u64 {
        let mut inner = self.lock();
        if inner.is_closed {
            feed.close();
        }
        inner.clients_count += 1;
        let number = inner.clients_count;
        let client = Client {
            feed,
            is_watching,
            subscriptions: Vec::new(),
        };
        inner.clients.insert(number, client);
        number
    }

    /// Forgets a client; gives the subclusters that nobody needs any longer and the causal
    /// subscriptions that ended.
    pub(super) fn remove_client(&self, number: u64) -> (Vec<SubclusterId>, Vec<u64>) {
        let mut inner = self.lock();
        let Some(client) = inner.clients.remove(&number) else {
            return (Vec::new(), Vec::new());
        };
        client.feed.close();
        inner.changed.notify_one();
        let ended = client
            .subscriptions
            .iter()
            .map(|subscription| subscription.number);
        (inner.drop_unneeded(), ended.collect())
    }

    /// Delivers every event to a client from now on.
    pub(super) fn watch(&self, number: u64) {
        if let Some(client) = self.lock().clients.get_mut(&number) {
            client.is_watching = true;
        }
    }

    /// Adds a subscription; gives it back with its number unless the client has gone.
    pub(super) fn subscribe(&self, client: u64, wanted: Subscription) -> Option<Subscription> {
        let mut inner = self.lock();
        let number = inner.clients_count + 1;
        let client = inner.clients.get_mut(&client)?;
        let subscription = Subscription { number, ..wanted };
        client.subscriptions.push(subscription);
        inner.clients_count = number;
        Some(subscription)
    }

    /// Remembers the key of a subcluster that is joined; true if it was not known.
    pub(super) fn join(
        &self,
        subcluster: SubclusterId,
        shared_key: SharedKey,
        is_kept: bool,
    ) -> bool {
        let mut inner = self.lock();
        let is_new = !inner.memberships.contains_key(&subcluster);
        let membership = inner.memberships.entry(subcluster).or_insert(Membership {
            shared_key,
            is_kept,
        });
        membership.is_kept |= is_kept;
        is_new
    }

    /// Forgets the key of a subcluster; its subscriptions stay, and hear nothing.
    pub(super) fn leave(&self, subcluster: SubclusterId) {
        self.lock().memberships.remove(&subcluster);
    }

    /// The keys of the subclusters that the peer takes part in.
    pub(super) fn keys(&self) -> Vec<SharedKey> {
        let inner = self.lock();
        let memberships = inner.memberships.values();
        memberships
            .map(|membership| membership.shared_key)
            .collect()
    }

    /// How many subscriptions a client has.
    pub(super) fn subscriptions_count(&self, client: u64) -> usize {
        let inner = self.lock();
        let client = inner.clients.get(&client);
        client.map_or(0, |client| client.subscriptions.len())
    }

    /// Gives up the memberships that only subscriptions held which are gone.
    pub(super) fn unneeded(&self) -> Vec<SubclusterId> {
        self.lock().drop_unneeded()
    }

    /// The causal subscriptions.
    pub(super) fn causal(&self) -> Vec<u64> {
        let inner = self.lock();
        let all = inner
            .clients
            .values()
            .flat_map(|client| &client.subscriptions);
        let causal = all.filter(|subscription| subscription.is_causal);
        causal.map(|subscription| subscription.number).collect()
    }

    /// Who gets a message of `subcluster` with this event, but for subscriptions that
    /// `has_it` already.
    pub(super) fn audience(
        &self,
        subcluster: SubclusterId,
        event: &Field,
        has_it: impl Fn(u64) -> bool,
    ) -> Audience {
        let mut audience = Audience::default();
        for client in self.lock().clients.values() {
            let mut is_direct = client.is_watching;
            for own in &client.subscriptions {
                let is_wanted = own.event.is_none_or(|wanted| wanted == *event);
                if own.subcluster != subcluster || has_it(own.number) {
                    continue;
                }
                match (own.is_causal, is_wanted) {
                    (true, true) => audience.causal.push(own.number),
                    (true, false) => audience.passing.push(own.number),
                    (false, true) => is_direct = true,
                    (false, false) => {}
                }
            }
            if is_direct {
                audience.feeds.push(client.feed.clone());
            }
        }
        audience
    }

    /// The feed of whoever has the subscription.
    pub(super) fn feed_of(&self, subscription: u64) -> Option<Feed> {
        let inner = self.lock();
        let mut clients = inner.clients.values();
        let found = clients.find(|client| {
            let mut own = client.subscriptions.iter();
            own.any(|own| own.number == subscription)
        });
        found.map(|client| client.feed.clone())
    }

    /// Says a line to everybody who watches.
    pub(super) fn tell_watchers(&self, line: &Arc<str>) {
        self.tell(line, |client| client.is_watching);
    }

    /// Says a line to everybody who watches or is subscribed to anything.
    pub(super) fn tell_listeners(&self, line: &Arc<str>) {
        self.tell(line, |client| {
            client.is_watching || !client.subscriptions.is_empty()
        });
    }

    fn tell(&self, line: &Arc<str>, is_meant: impl Fn(&Client) -> bool) {
        let inner = self.lock();
        for client in inner.clients.values().filter(|client| is_meant(client)) {
            client.feed.push_event(line.clone());
        }
    }

    /// Waits until no client is connected any more.
    pub async fn emptied(&self) {
        loop {
            let changed = {
                let inner = self.lock();
                if inner.clients.is_empty() {
                    return;
                }
                inner.changed.clone()
            };
            changed.notified().await;
        }
    }

    /// The peer cannot go on: says so to everybody, and that was the last thing said.
    pub(super) fn lose(&self, actor: &str) {
        self.lock().lost.get_or_insert_with(|| actor.to_owned());
        let event = json!({ "event": "failed", "actor": actor });
        self.tell_listeners(&line(event));
        self.close();
    }

    /// The actor that the peer has lost for good.
    pub(super) fn lost(&self) -> Option<String> {
        self.lock().lost.clone()
    }

    /// Ends every feed, and those to come.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        inner.is_closed = true;
        for client in inner.clients.values() {
            client.feed.close();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Removes the memberships that only subscriptions held, once they are gone.
    fn drop_unneeded(&mut self) -> Vec<SubclusterId> {
        let clients = &self.clients;
        let is_needed = |subcluster: &SubclusterId| {
            let mut all = clients.values().flat_map(|client| &client.subscriptions);
            all.any(|subscription| subscription.subcluster == *subcluster)
        };
        let unneeded: Vec<_> = self
            .memberships
            .iter()
            .filter(|(subcluster, membership)| !membership.is_kept && !is_needed(subcluster))
            .map(|(subcluster, _)| *subcluster)
            .collect();
        for subcluster in &unneeded {
            self.memberships.remove(subcluster);
        }
        unneeded
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const CATS: SubclusterId = SubclusterId([1; 32]);
    const DOGS: SubclusterId = SubclusterId([2; 32]);

    fn wanted(subcluster: SubclusterId, event: Option<Field>, is_causal: bool) -> Subscription {
        Subscription {
            number: 0,
            subcluster,
            event,
            is_causal,
        }
    }

    #[test]
    fn a_message_reaches_those_who_want_it_once() {
        let desk = Desk::default();
        let meow = Field::from([7; 32]);
        let feeds: [Feed; 3] = Default::default();
        let [all, one, other] = feeds.clone().map(|feed| desk.add_client(feed, false));
        desk.watch(all);
        desk.subscribe(all, wanted(CATS, None, false)).unwrap();
        desk.subscribe(one, wanted(CATS, Some(meow), false))
            .unwrap();
        desk.subscribe(other, wanted(DOGS, None, false)).unwrap();
        let causal = desk.subscribe(other, wanted(CATS, None, true)).unwrap();
        let audience = desk.audience(CATS, &meow, |_| false);
        assert_eq!(audience.feeds.len(), 2);
        assert_eq!(audience.causal, [causal.number]);
        assert_eq!(desk.audience(CATS, &Field::UNSET, |_| false).feeds.len(), 1);
        assert!(desk.feed_of(causal.number).is_some());
    }

    #[test]
    fn a_subcluster_is_left_with_its_last_subscriber_unless_it_was_joined_by_name() {
        let desk = Desk::default();
        let [one, other] = [(); 2].map(|()| desk.add_client(Feed::default(), false));
        for (subcluster, key, is_kept) in [(CATS, [3; 32], false), (DOGS, [4; 32], true)] {
            desk.join(subcluster, SharedKey(key), is_kept);
            desk.join(subcluster, SharedKey(key), false);
            for client in [one, other] {
                desk.subscribe(client, wanted(subcluster, None, false))
                    .unwrap();
            }
        }
        assert_eq!(desk.remove_client(one).0, []);
        assert_eq!(desk.remove_client(other).0, [CATS]);
        assert_eq!(desk.keys(), [SharedKey([4; 32])]);
        assert_eq!(desk.remove_client(other).0, []);
    }

    #[test]
    fn whoever_listens_is_told_that_the_peer_has_lost_an_actor_and_then_nothing_more() {
        let (desk, feed) = (Desk::default(), Feed::default());
        desk.add_client(feed.clone(), true);
        desk.lose("relay:one");
        desk.lose("udp:one");
        let said = feed.next().now_or_never().flatten();
        assert_eq!(
            said.as_deref(),
            Some(r#"{"event":"failed","actor":"relay:one"}"#)
        );
        assert_eq!(feed.next().now_or_never(), Some(None));
        assert_eq!(desk.lost().as_deref(), Some("relay:one"));
    }

    #[test]
    fn whoever_comes_after_the_end_is_turned_away() {
        let desk = Desk::default();
        desk.close();
        let late = Feed::default();
        desk.add_client(late.clone(), true);
        assert_eq!(late.next().now_or_never(), Some(None));
    }
}
