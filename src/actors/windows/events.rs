//! The events that wait for the documents and workers of one window.
//!
//! Each client has a queue of its own and takes what waits in batches, so a page that is
//! slow holds up nobody and costs at most [`EVENTS_QUEUED_MAX`] events.

use std::collections::{BTreeMap, VecDeque};

use crate::messages::windows::{CLIENTS_MAX, EVENTS_QUEUED_MAX, PageEvent};

/// The queues of one window's clients. `W` stands for a client's unanswered poll.
#[derive(Debug)]
pub(super) struct EventQueues<W> {
    clients: BTreeMap<String, Client<W>>,
    /// Counts what happens, to tell earlier from later.
    step: u64,
}

#[derive(Debug)]
struct Client<W> {
    queue: VecDeque<PageEvent>,
    waiting: Option<W>,
    /// When it last had no poll open.
    idle_since: u64,
}

/// A poll that can be answered now, with what.
pub(super) type Answer<W> = (W, Vec<PageEvent>);

impl<W> EventQueues<W> {
    pub(super) fn new() -> Self {
        Self {
            clients: BTreeMap::new(),
            step: 0,
        }
    }

    /// Adds a client; false if there are too many. A worker that was ended cannot say so:
    /// it just polls no more, and makes room for the next when there is none left.
    pub(super) fn open(&mut self, client: String) -> bool {
        if self.clients.len() >= CLIENTS_MAX && !self.clients.contains_key(&client) {
            let silent = self
                .clients
                .iter()
                .filter(|(_, known)| known.waiting.is_none());
            let silent = silent.min_by_key(|(_, known)| known.idle_since);
            let Some(silent) = silent.map(|(silent, _)| silent.clone()) else {
                return false;
            };
            self.clients.remove(&silent);
        }
        self.step += 1;
        let idle_since = self.step;
        self.clients.entry(client).or_insert_with(|| Client {
            queue: VecDeque::new(),
            waiting: None,
            idle_since,
        });
        true
    }

    /// Removes a client and gives its poll back, if one was open.
    pub(super) fn close(&mut self, client: &str) -> Option<Option<W>> {
        self.clients.remove(client).map(|client| client.waiting)
    }

    /// Removes every client but `kept`, and what waits for that one; gives back the polls
    /// that were open, all of which were of pages that are gone.
    pub(super) fn clear(&mut self, kept: &str) -> Vec<W> {
        let polls = self.clients.values_mut();
        let polls = polls.filter_map(|client| client.waiting.take()).collect();
        self.clients.retain(|client, _| client == kept);
        for client in self.clients.values_mut() {
            client.queue.clear();
        }
        polls
    }

    /// Queues an event for every client; gives the polls that it answers.
    pub(super) fn raise(&mut self, event: &PageEvent) -> Vec<Answer<W>> {
        let mut answers = Vec::new();
        self.step += 1;
        for client in self.clients.values_mut() {
            if client.queue.len() >= EVENTS_QUEUED_MAX {
                client.queue.pop_front();
            }
            client.queue.push_back(event.clone());
            if let Some(waiting) = client.waiting.take() {
                client.idle_since = self.step;
                answers.push((waiting, client.batch()));
            }
        }
        answers
    }

    /// Polls for a client: the answer if events wait or an older poll is replaced,
    /// `Err` with the poll if there is no such client.
    pub(super) fn poll(&mut self, client: &str, poll: W) -> Result<Option<Answer<W>>, W> {
        let Some(client) = self.clients.get_mut(client) else {
            return Err(poll);
        };
        if !client.queue.is_empty() {
            self.step += 1;
            client.idle_since = self.step;
            return Ok(Some((poll, client.batch())));
        }
        Ok(client
            .waiting
            .replace(poll)
            .map(|older| (older, Vec::new())))
    }

    /// Takes back a client's poll, to answer it with nothing.
    pub(super) fn give_up(&mut self, client: &str) -> Option<W> {
        self.step += 1;
        let client = self.clients.get_mut(client)?;
        client.idle_since = self.step;
        client.waiting.take()
    }
}

impl<W> Client<W> {
    fn batch(&mut self) -> Vec<PageEvent> {
        let count = self.queue.len().min(BATCH_MAX);
        self.queue.drain(..count).collect()
    }
}

/// Events in one answer.
const BATCH_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn event(number: usize) -> PageEvent {
        PageEvent {
            name: "tick".into(),
            data: Value::from(number),
            ..PageEvent::default()
        }
    }

    fn numbers(answer: Option<Answer<u32>>) -> Vec<u64> {
        let events = answer.map(|(_, events)| events).unwrap_or_default();
        events
            .iter()
            .filter_map(|event| event.data.as_u64())
            .collect()
    }

    #[test]
    fn events_wait_for_a_client_and_a_poll_waits_for_events() {
        let mut queues = EventQueues::new();
        assert!(queues.open("a".into()));
        assert!(queues.raise(&event(1)).is_empty());
        assert_eq!(numbers(queues.poll("a", 1).unwrap()), [1]);
        assert!(queues.poll("a", 2).unwrap().is_none());
        let answers = queues.raise(&event(2));
        assert_eq!(answers.len(), 1);
        assert_eq!((answers[0].0, answers[0].1.len()), (2, 1));
    }

    #[test]
    fn a_client_that_never_polls_keeps_the_newest_events_and_no_more() {
        let mut queues = EventQueues::<u32>::new();
        queues.open("a".into());
        for number in 0..EVENTS_QUEUED_MAX + 10 {
            queues.raise(&event(number));
        }
        let first = queues
            .poll("a", 0)
            .unwrap()
            .map(|(_, events)| events[0].clone());
        assert_eq!(first, Some(event(10)));
    }

    #[test]
    fn an_event_after_a_new_page_has_begun_is_not_given_to_the_old_one() {
        let mut queues = EventQueues::new();
        queues.open("a".into());
        queues.open("worker".into());
        assert!(queues.poll("a", 1).unwrap().is_none());
        assert!(queues.poll("worker", 2).unwrap().is_none());
        assert_eq!(queues.clear("a"), [1, 2]);
        assert!(queues.raise(&event(7)).is_empty());
        assert_eq!(numbers(queues.poll("a", 3).unwrap()), [7]);
    }

    #[test]
    fn a_second_poll_of_a_client_answers_the_first_with_nothing() {
        let mut queues = EventQueues::new();
        queues.open("a".into());
        assert!(queues.poll("a", 1).unwrap().is_none());
        let (older, events) = queues.poll("a", 2).unwrap().unwrap();
        assert_eq!((older, events.len()), (1, 0));
    }

    #[test]
    fn an_unknown_client_gets_its_poll_back_and_there_is_a_limit_of_clients() {
        let mut queues = EventQueues::new();
        assert_eq!(queues.poll("nobody", 7).unwrap_err(), 7);
        for number in 0..CLIENTS_MAX {
            assert!(queues.open(number.to_string()));
            assert!(queues.poll(&number.to_string(), number).unwrap().is_none());
        }
        assert!(!queues.open("one more".into()));
    }

    #[test]
    fn clients_that_poll_no_more_make_room_the_longest_silent_first() {
        let mut queues = EventQueues::new();
        for number in 0..CLIENTS_MAX {
            queues.open(number.to_string());
            let _ = queues.poll(&number.to_string(), number);
        }
        assert_eq!(queues.give_up("7"), Some(7));
        assert_eq!(queues.give_up("3"), Some(3));
        assert!(queues.open("new".into()));
        assert_eq!(queues.poll("7", 0).unwrap_err(), 0);
        assert!(queues.poll("3", 0).is_ok_and(|answer| answer.is_none()));
    }
}
