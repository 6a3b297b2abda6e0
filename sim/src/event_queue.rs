//! What happens next: events in the total order (time, source, sequence).
//!
//! A hierarchical timing wheel. The time of an event is read as digits of [`DIGIT_BITS`] bits; an
//! event waits on the level of the first digit in which it differs from the wheel's own time,
//! and moves down as the wheel turns. What lies within one slot of the lowest level is put in
//! order by a heap, which is small unless very much happens at once.
//! Invariant: no event that waits is earlier than the wheel's time.

use std::{cmp::Ordering, collections::BinaryHeap, mem};

/// Events still to come.
///
/// Equal times are ordered by source, then by the order in which they were pushed, so that
/// a run does not depend on anything but its inputs.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// What lies within the slot that the wheel stands on.
    current: BinaryHeap<Event<E>>,
    levels: Vec<Level<E>>,
    /// The start of that slot, in slots.
    tick: u64,
    now: u64,
    pushed_count: u64,
    len: usize,
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

#[derive(Clone, Debug)]
struct Level<E> {
    /// One bit for each slot that holds events.
    occupied: u64,
    slots: Vec<Vec<Event<E>>>,
}

/// The width of a slot of the lowest level, as a power of two of microseconds.
const SLOT_BITS: u32 = 3;
/// As many slots on each level as a word has bits.
const DIGIT_BITS: u32 = 6;
const SLOT_COUNT: usize = 1 << DIGIT_BITS;
/// An emptied slot keeps this much room at most, so that one crowd is not paid for ever.
const ROOM_KEPT_MAX: usize = 256;

impl<E> EventQueue<E> {
    /// An empty queue at time zero.
    #[must_use]
    pub fn new() -> Self {
        Self {
            current: BinaryHeap::new(),
            levels: Vec::new(),
            tick: 0,
            now: 0,
            pushed_count: 0,
            len: 0,
        }
    }

    /// Adds an event. One that lies in the past happens now: time never runs back.
    pub fn push(&mut self, time: u64, source: u64, payload: E) {
        let sequence = self.pushed_count;
        self.pushed_count += 1;
        self.len += 1;
        self.place(Event {
            time: time.max(self.now),
            source,
            payload,
            sequence,
        });
    }

    /// Takes the next event and moves the time to it.
    pub fn pop(&mut self) -> Option<Event<E>> {
        self.pop_until(u64::MAX)
    }

    /// Takes the next event unless it happens after `end`, and moves the time to it.
    ///
    /// Cheaper than to look at [`EventQueue::next_time`] before each [`EventQueue::pop`].
    pub fn pop_until(&mut self, end: u64) -> Option<Event<E>> {
        while self.current.is_empty() {
            if !self.turn(end) {
                return None;
            }
        }
        if self.current.peek().is_some_and(|event| event.time > end) {
            return None;
        }
        let event = self.current.pop()?;
        self.now = event.time;
        self.len -= 1;
        Some(event)
    }

    /// When the next event happens. May have to look through one slot of the wheel.
    #[must_use]
    pub fn next_time(&self) -> Option<u64> {
        if let Some(event) = self.current.peek() {
            return Some(event.time);
        }
        let level = self.levels.iter().find(|level| level.occupied != 0)?;
        let slot = &level.slots[level.occupied.trailing_zeros() as usize];
        slot.iter().map(|event| event.time).min()
    }

    /// How many events are still to come.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is to come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Moves the wheel to the next slot that holds events; false if that starts after `end`.
    fn turn(&mut self, end: u64) -> bool {
        let found = self.levels.iter().position(|level| level.occupied != 0);
        let Some(index) = found else {
            return false;
        };
        let slot = self.levels[index].occupied.trailing_zeros();
        let shift = index as u32 * DIGIT_BITS;
        // The digits above the level stay, its own is the slot's, those below it are zero.
        let above = shift + DIGIT_BITS;
        let kept = if above >= u64::BITS {
            0
        } else {
            self.tick >> above << above
        };
        let tick = kept | u64::from(slot) << shift;
        if tick << SLOT_BITS > end {
            return false;
        }
        self.tick = tick;
        self.empty(index, slot);
        true
    }

    /// Moves the events of a slot, which the wheel has come to, to where they belong now.
    fn empty(&mut self, index: usize, slot: u32) {
        let level = &mut self.levels[index];
        level.occupied &= !(1 << slot);
        let mut events = mem::take(&mut level.slots[slot as usize]);
        if index == 0 {
            self.current.extend(events.drain(..));
        } else {
            for event in events.drain(..) {
                self.place(event);
            }
        }
        if events.capacity() <= ROOM_KEPT_MAX {
            self.levels[index].slots[slot as usize] = events;
        }
    }

    fn place(&mut self, event: Event<E>) {
        let tick = event.time >> SLOT_BITS;
        let differs = tick ^ self.tick;
        if differs == 0 || tick < self.tick {
            self.current.push(event);
            return;
        }
        let index = (differs.ilog2() / DIGIT_BITS) as usize;
        while self.levels.len() <= index {
            self.levels.push(Level::new());
        }
        let slot = (tick >> (index as u32 * DIGIT_BITS)) as usize % SLOT_COUNT;
        let level = &mut self.levels[index];
        level.occupied |= 1 << slot;
        level.slots[slot].push(event);
    }
}

impl<E> Level<E> {
    fn new() -> Self {
        Self {
            occupied: 0,
            slots: (0..SLOT_COUNT).map(|_| Vec::new()).collect(),
        }
    }
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
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
    use proptest::prelude::*;

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
        check(&[(u64::MAX, 0), (1 << 40, 0), (1 << 20, 0)], &[2, 1, 0]);
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

    #[test]
    fn to_look_ahead_does_not_keep_earlier_events_out() {
        let mut queue = EventQueue::new();
        queue.push(1_000_000, 0, 'b');
        assert_eq!(queue.next_time(), Some(1_000_000));
        assert!(queue.pop_until(999_999).is_none());
        queue.push(70, 0, 'a');
        assert_eq!(queue.pop().map(|event| event.payload), Some('a'));
        assert_eq!(queue.pop().map(|event| event.payload), Some('b'));
        assert!(queue.is_empty());
    }

    /// What is done to a queue: a push so long after now, or a pop within so long.
    fn steps() -> impl Strategy<Value = Vec<(bool, u32, u64, u64)>> {
        let step = (any::<bool>(), 0..40_u32, any::<u64>(), 0..3_u64);
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_wheel_agrees_with_a_sorted_list(steps in steps()) {
            let (mut queue, mut model) = (EventQueue::new(), Vec::new());
            let mut now = 0;
            for (number, (is_push, bits, random, source)) in steps.into_iter().enumerate() {
                let span = random & ((1 << bits) - 1);
                if is_push {
                    queue.push(now + span, source, number);
                    model.push((now + span, source, number));
                    model.sort_unstable();
                } else {
                    let is_due = model.first().is_some_and(|first| first.0 <= now + span);
                    let expected = is_due.then(|| model.remove(0));
                    let popped = queue.pop_until(now + span);
                    let popped = popped.map(|event| (event.time, event.source, event.payload));
                    prop_assert_eq!(popped, expected);
                    now = expected.map_or(now, |first| first.0);
                }
                prop_assert_eq!(queue.len(), model.len());
                prop_assert_eq!(queue.next_time(), model.first().map(|first| first.0));
            }
        }
    }
}
