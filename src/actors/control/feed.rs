//! Lines on their way to one reader: answers, which are never lost, and events, of which
//! the oldest give way when the reader is slow.
//!
//! Any thread may push; one reader takes. What was lost is said in place of the first line
//! that is missing.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, OwnedSemaphorePermit};

/// Both ends of the queue; cheap to clone.
#[derive(Clone, Default)]
pub struct Feed(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Notify,
}

#[derive(Default)]
struct Queue {
    answers: VecDeque<(Arc<str>, OwnedSemaphorePermit)>,
    events: VecDeque<Arc<str>>,
    /// Of the events.
    bytes: usize,
    lost_count: u64,
    /// While somebody waits for an answer that must come before the events it brings about.
    holds_count: usize,
    is_closed: bool,
}

impl Feed {
    /// Adds an answer, which goes before all events and gives its place up when it is taken:
    /// whoever hands out places bounds the answers.
    pub fn push_answer(&self, line: Arc<str>, place: OwnedSemaphorePermit) {
        self.lock().answers.push_back((line, place));
        self.0.changed.notify_one();
    }

    /// Adds an event, at the cost of the oldest ones if there is no room.
    pub fn push_event(&self, line: Arc<str>) {
        let mut queue = self.lock();
        if queue.is_closed {
            return;
        }
        queue.bytes += line.len();
        queue.events.push_back(line);
        while queue.events.len() > EVENTS_MAX
            || queue.bytes > EVENT_BYTES_MAX && queue.events.len() > 1
        {
            let oldest = queue.events.pop_front().map_or(0, |line| line.len());
            queue.bytes -= oldest;
            queue.lost_count += 1;
        }
        drop(queue);
        self.0.changed.notify_one();
    }

    /// Keeps events back until [`Feed::release`] is called as often.
    pub fn hold(&self) {
        self.lock().holds_count += 1;
    }

    /// Lets events go that [`Feed::hold`] kept back.
    pub fn release(&self) {
        let mut queue = self.lock();
        queue.holds_count = queue.holds_count.saturating_sub(1);
        drop(queue);
        self.0.changed.notify_one();
    }

    /// Says that nothing more will come; what is there can still be taken.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.0.changed.notify_one();
    }

    /// Waits for the next line; none once the feed is closed and empty.
    pub async fn next(&self) -> Option<Arc<str>> {
        loop {
            {
                let mut queue = self.lock();
                if let Some(line) = queue.pop() {
                    return Some(line);
                }
                if queue.is_closed {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }

    /// Events that nobody has taken yet.
    #[must_use]
    pub fn events_count(&self) -> usize {
        self.lock().events.len()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn pop(&mut self) -> Option<Arc<str>> {
        if let Some((answer, _place)) = self.answers.pop_front() {
            return Some(answer);
        }
        if self.holds_count > 0 && !self.is_closed {
            return None;
        }
        if self.lost_count > 0 {
            let count = std::mem::take(&mut self.lost_count);
            return Some(format!("{{\"event\":\"lost\",\"count\":{count}}}").into());
        }
        let line = self.events.pop_front()?;
        self.bytes -= line.len();
        Some(line)
    }
}

/// Events that wait for a slow reader.
pub const EVENTS_MAX: usize = 4096;
/// Their bytes: room for some messages of the longest kind.
pub const EVENT_BYTES_MAX: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn take(feed: &Feed) -> Option<String> {
        let line = feed.next().now_or_never();
        line.flatten().map(|line| line.to_string())
    }

    #[test]
    fn a_slow_reader_is_told_how_many_it_missed() {
        let feed = Feed::default();
        for number in 0..EVENTS_MAX + 3 {
            feed.push_event(number.to_string().into());
        }
        assert_eq!(
            take(&feed).as_deref(),
            Some("{\"event\":\"lost\",\"count\":3}")
        );
        assert_eq!(take(&feed).as_deref(), Some("3"));
    }

    #[test]
    fn long_lines_are_bounded_by_their_bytes() {
        let feed = Feed::default();
        let long: Arc<str> = "x".repeat(EVENT_BYTES_MAX / 4 + 1).into();
        for _ in 0..5 {
            feed.push_event(long.clone());
        }
        assert_eq!(
            take(&feed).as_deref(),
            Some("{\"event\":\"lost\",\"count\":2}")
        );
        let rest = std::iter::from_fn(|| take(&feed)).count();
        assert_eq!(rest, 3);
    }

    #[test]
    fn a_line_longer_than_the_bound_still_arrives() {
        let feed = Feed::default();
        feed.push_event("x".repeat(EVENT_BYTES_MAX + 1).into());
        assert_eq!(
            take(&feed).map(|line| line.len()),
            Some(EVENT_BYTES_MAX + 1)
        );
    }

    #[test]
    fn events_wait_for_the_answer_that_they_follow() {
        let feed = Feed::default();
        feed.hold();
        feed.push_event("event".into());
        assert_eq!(take(&feed), None);
        let places = Arc::new(tokio::sync::Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        feed.push_answer("answer".into(), place);
        feed.release();
        assert_eq!(places.available_permits(), 0);
        assert_eq!(take(&feed).as_deref(), Some("answer"));
        assert_eq!(places.available_permits(), 1);
        assert_eq!(take(&feed).as_deref(), Some("event"));
    }

    #[test]
    fn what_is_there_is_read_after_the_end() {
        let feed = Feed::default();
        feed.push_event("last".into());
        feed.close();
        feed.push_event("too late".into());
        assert_eq!(take(&feed).as_deref(), Some("last"));
        assert_eq!(take(&feed), None);
    }
}
