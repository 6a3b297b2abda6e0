//! What happens next: events in the total order (time, source, sequence).

use std::{cmp::Ordering, collections::BinaryHeap};

/// Events still to come.
///
/// Equal times are ordered by source, then by the order in which they were pushed, so that
/// a run does not depend on anything but its inputs.
#[derive(Clone, Debug, Default)]
pub struct EventQueue<E> {
    heap: BinaryHeap<Event<E>>,
    pushed_count: u64,
    now: u64,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event<E> {
    /// When it happens, in microseconds.
    pub time: u64,
    /// Who caused it.
    pub source: u64,
    /// What happens.
    pub payload: E,
    sequence: u64,
}

impl<E> EventQueue<E> {
    /// An empty queue at time zero.
    #[must_use]
    pub fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            pushed_count: 0,
            now: 0,
        }
    }

    /// Adds an event. One that lies in the past happens now: time never runs back.
    pub fn push(&mut self, time: u64, source: u64, payload: E) {
        let sequence = self.pushed_count;
        self.pushed_count += 1;
        self.heap.push(Event {
            time: time.max(self.now),
            source,
            payload,
            sequence,
        });
    }

    /// Takes the next event and moves the time to it.
    pub fn pop(&mut self) -> Option<Event<E>> {
        let event = self.heap.pop()?;
        self.now = event.time;
        Some(event)
    }

    /// How many events are still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is still to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// When the next event happens.
    #[must_use]
    pub fn next_time(&self) -> Option<u64> {
        self.heap.peek().map(|event| event.time)
    }
}

impl<E> Event<E> {
    fn key(&self) -> (u64, u64, u64) {
        (self.time, self.source, self.sequence)
    }
}

impl<E> Ord for Event<E> {
    /// Reversed: the heap gives the greatest first, and the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl<E> PartialOrd for Event<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Event<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Event<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pushes: &[(u64, u64)], expected: &[usize]) {
        let mut queue = EventQueue::new();
        for (index, (time, source)) in pushes.iter().enumerate() {
            queue.push(*time, *source, index);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop())
            .map(|event| event.payload)
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn events_come_in_the_order_of_their_times() {
        check(&[(3, 0), (1, 0), (2, 0)], &[1, 2, 0]);
    }

    #[test]
    fn equal_times_are_ordered_by_source_and_then_by_age() {
        check(&[(1, 9), (1, 2), (1, 9), (1, 2)], &[1, 3, 0, 2]);
    }

    #[test]
    fn an_event_in_the_past_happens_now() {
        let mut queue = EventQueue::new();
        queue.push(10, 0, ());
        queue.pop();
        queue.push(5, 0, ());
        assert_eq!(queue.pop().map(|event| event.time), Some(10));
    }
}
