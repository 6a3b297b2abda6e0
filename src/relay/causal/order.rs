//! The order itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::gaps::{GAPS_MAX, Gaps, Step};
use crate::relay::{PacketId, PeerId, Time};

/// The messages of one subcluster, put in order.
pub struct CausalOrder {
    mode: Mode,
    gaps: Gaps,
    /// Messages that wait for the one that they name.
    held: BTreeMap<PacketId, Message>,
    /// The same by whom they wait for, in the order in which they will come.
    waiting: BTreeMap<PacketId, BTreeSet<(u32, PacketId)>>,
    /// Held messages by the one that each says will follow it.
    heralds: BTreeMap<PacketId, PacketId>,
    known: Known,
    outbox: VecDeque<Output>,
}

/// When messages are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As they come.
    Arrival,
    /// After the message that they name.
    Causal,
}

/// What the order has to know of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: PacketId,
    /// The message before it.
    pub previous: Option<PacketId>,
    /// The message after it, if its publisher knew of that.
    pub next: Option<PacketId>,
    /// Its publisher's clock.
    pub clock: u32,
    /// Who sent it, to be asked for what it names.
    pub sender: Option<PeerId>,
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Give the message to the subscriber.
    Deliver(PacketId),
    /// Ask for a message that is missing.
    Ask {
        /// Which.
        id: PacketId,
        /// Whom; the network if absent.
        whom: Option<PeerId>,
    },
    /// A message is given up: what waited for it comes without it.
    GaveUp(PacketId),
    /// Drained: wake the order at this time.
    Wait(Time),
}

impl CausalOrder {
    /// An order that knows of no message.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            gaps: Gaps::default(),
            held: BTreeMap::new(),
            waiting: BTreeMap::new(),
            heralds: BTreeMap::new(),
            known: Known::default(),
            outbox: VecDeque::new(),
        }
    }

    /// A message has come. One that was given up is delivered all the same: late is not lost.
    pub fn handle_message(&mut self, now: Time, message: Message) {
        let id = message.id;
        if self.known.has_seen(id) || self.held.contains_key(&id) {
            return;
        }
        self.gaps.close(id);
        self.make_room();
        if let Some(next) = message.next.filter(|next| *next != id) {
            self.miss(now, next, message.sender);
        }
        let named = message.previous.or(self.heralds.get(&id).copied());
        let missing = named.filter(|named| !self.is_settled(*named) && !self.waits_for(*named, id));
        if let Some(missing) = missing {
            self.miss(now, missing, message.sender);
        }
        match missing {
            Some(missing) if self.mode == Mode::Causal => self.hold(message, missing),
            _ => self.deliver(id),
        }
    }

    /// A message was seen before, as by a look into the cache: nothing waits for it.
    pub fn handle_known(&mut self, id: PacketId) {
        if !self.known.has_seen(id) && !self.held.contains_key(&id) {
            self.gaps.close(id);
            self.known.see(id);
            self.release(id);
        }
    }

    /// Time has passed; early, late and repeated calls do no harm.
    pub fn handle_timeout(&mut self, now: Time) {
        while let Some(step) = self.gaps.take_due(now) {
            match step {
                Step::Ask(id, whom) => self.outbox.push_back(Output::Ask { id, whom }),
                Step::GiveUp(id) => self.give_up(id),
            }
        }
    }

    /// The next thing to do; [`Output::Wait`] if there is nothing left.
    pub fn poll_output(&mut self) -> Output {
        let next = self.outbox.pop_front();
        next.unwrap_or_else(|| Output::Wait(self.gaps.next_at()))
    }

    /// How many messages wait for others.
    #[must_use]
    pub fn held_count(&self) -> usize {
        self.held.len()
    }

    /// A message is named that should be there.
    fn miss(&mut self, now: Time, id: PacketId, sender: Option<PeerId>) {
        if !self.is_settled(id) && !self.held.contains_key(&id) {
            self.gaps.open(now, id, sender);
        }
    }

    fn hold(&mut self, message: Message, missing: PacketId) {
        let id = message.id;
        if let Some(next) = message.next {
            self.heralds.insert(next, id);
        }
        self.held.insert(id, message);
        let waiting = self.waiting.entry(missing).or_default();
        waiting.insert((message.clock, id));
    }

    fn deliver(&mut self, id: PacketId) {
        self.known.see(id);
        self.outbox.push_back(Output::Deliver(id));
        self.release(id);
    }

    /// Delivers what waited for a message, and what waited for that: at each time the lowest
    /// clock first.
    fn release(&mut self, id: PacketId) {
        let mut ready = self.waiting.remove(&id).unwrap_or_default();
        while let Some((_, id)) = ready.pop_first() {
            let message = self.held.remove(&id);
            if let Some(next) = message.and_then(|message| message.next) {
                self.heralds.remove(&next);
            }
            self.known.see(id);
            self.outbox.push_back(Output::Deliver(id));
            ready.extend(self.waiting.remove(&id).unwrap_or_default());
        }
    }

    fn give_up(&mut self, id: PacketId) {
        self.gaps.close(id);
        self.outbox.push_back(Output::GaveUp(id));
        self.known.give_up(id);
        self.release(id);
    }

    /// Whether nothing has to wait for a message.
    fn is_settled(&self, id: PacketId) -> bool {
        self.known.has_seen(id) || self.known.has_given_up(id)
    }

    /// Whether one message waits for another, as only a forger can make two do for each other.
    fn waits_for(&self, id: PacketId, other: PacketId) -> bool {
        let mut before = Some(id);
        for _ in 0..CIRCLE_MAX {
            match before {
                Some(id) if id == other => return true,
                Some(id) => before = self.held.get(&id).and_then(|held| held.previous),
                None => return false,
            }
        }
        false
    }

    /// Gives up the oldest gaps until one more message can be held and missed.
    fn make_room(&mut self) {
        while self.held.len() >= HELD_MAX || self.gaps.len() >= GAPS_MAX {
            // Without a gap they wait for each other, which only a forger can make them do.
            let named = || self.waiting.first_key_value().map(|(named, _)| *named);
            let Some(oldest) = self.gaps.oldest().or_else(named) else {
                return;
            };
            self.give_up(oldest);
        }
    }
}

/// What was delivered and what was given up lately, the younger and the older half.
#[derive(Default)]
struct Known {
    /// True for what was given up.
    young: BTreeMap<PacketId, bool>,
    old: BTreeMap<PacketId, bool>,
}

impl Known {
    fn see(&mut self, id: PacketId) {
        self.insert(id, false);
    }

    fn give_up(&mut self, id: PacketId) {
        self.insert(id, true);
    }

    fn has_seen(&self, id: PacketId) -> bool {
        self.get(id) == Some(&false)
    }

    fn has_given_up(&self, id: PacketId) -> bool {
        self.get(id) == Some(&true)
    }

    fn get(&self, id: PacketId) -> Option<&bool> {
        self.young.get(&id).or_else(|| self.old.get(&id))
    }

    fn insert(&mut self, id: PacketId, is_given_up: bool) {
        if self.young.len() >= KNOWN_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, is_given_up);
    }
}

/// How many messages are held.
pub const HELD_MAX: usize = 4_096;
/// How many messages each half remembers of those that were delivered.
const KNOWN_MAX: usize = 8_192;
/// Messages of a circle that is noticed; a longer one is held until there is no room.
const CIRCLE_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::relay::causal::{ASK_DELAY, ASK_NETWORK_DELAY, ASKS_MAX, GIVE_UP_DELAY};

    fn id(number: u32) -> PacketId {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        PacketId(id)
    }

    /// A message that names another; 0 is none.
    fn message(number: u32, previous: u32, clock: u32) -> Message {
        Message {
            id: id(number),
            previous: (previous > 0).then(|| id(previous)),
            next: None,
            clock,
            sender: Some(PeerId([9; 32])),
        }
    }

    fn drain(order: &mut CausalOrder) -> (Vec<Output>, Time) {
        let mut outputs = Vec::new();
        loop {
            match order.poll_output() {
                Output::Wait(due) => return (outputs, due),
                output => outputs.push(output),
            }
        }
    }

    /// Feeds messages at time zero and says in which order they come out.
    fn delivered(order: &mut CausalOrder, messages: &[Message]) -> Vec<u32> {
        for message in messages {
            order.handle_message(Time::ZERO, *message);
        }
        let (outputs, _) = drain(order);
        let numbers = outputs.iter().map(|output| match output {
            Output::Deliver(id) => u32::from_be_bytes(id.0[..4].try_into().unwrap()),
            output => panic!("{output:?}"),
        });
        numbers.collect()
    }

    #[test]
    fn a_message_waits_for_the_one_that_it_names() {
        let chain = [message(3, 2, 3), message(2, 1, 2), message(1, 0, 1)];
        let mut order = CausalOrder::new(Mode::Causal);
        assert_eq!(delivered(&mut order, &chain), [1, 2, 3]);
        assert_eq!(
            delivered(&mut order, &chain),
            Vec::<u32>::new(),
            "once each"
        );
        assert_eq!(order.poll_output(), Output::Wait(Time::NEVER));
        let mut order = CausalOrder::new(Mode::Arrival);
        assert_eq!(delivered(&mut order, &chain), [3, 2, 1]);
        assert_eq!(
            order.poll_output(),
            Output::Wait(Time::NEVER),
            "no gap is left"
        );
    }

    #[test]
    fn branches_come_in_the_order_of_clock_and_id() {
        let tree = [
            message(5, 1, 3),
            message(4, 1, 2),
            message(3, 1, 3),
            message(6, 4, 7),
            message(1, 0, 1),
        ];
        let mut order = CausalOrder::new(Mode::Causal);
        assert_eq!(delivered(&mut order, &tree), [1, 4, 3, 5, 6]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_order_of_arrival_respects_what_names_what(
            parents in prop::collection::vec(0..12_u32, 12),
            order in Just((1..=12_u32).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let parent = |number: u32| parents[number as usize - 1] % number;
            let messages: Vec<Message> = order
                .iter()
                .map(|number| message(*number, parent(*number), *number))
                .collect();
            let out = delivered(&mut CausalOrder::new(Mode::Causal), &messages);
            let place = |number| out.iter().position(|other| *other == number);
            for number in 1..=12 {
                prop_assert!(place(number).is_some());
                let parent = parent(number);
                prop_assert!(parent == 0 || place(parent) < place(number));
            }
        }
    }

    #[test]
    fn a_missing_message_is_asked_for_and_in_the_end_given_up() {
        let mut order = CausalOrder::new(Mode::Causal);
        order.handle_message(Time::ZERO, message(2, 1, 2));
        let mut seen = Vec::new();
        let (_, mut due) = drain(&mut order);
        while due != Time::NEVER {
            order.handle_timeout(due);
            let (outputs, next) = drain(&mut order);
            seen.extend(
                outputs
                    .into_iter()
                    .map(|output| (due.since(Time::ZERO), output)),
            );
            due = next;
        }
        let ask = |whom| Output::Ask { id: id(1), whom };
        let at = |doublings: u32| ASK_DELAY + ASK_NETWORK_DELAY * ((1 << doublings) - 1);
        let expected = [
            (at(0), ask(Some(PeerId([9; 32])))),
            (at(1), ask(None)),
            (at(2), ask(None)),
            (at(3), ask(None)),
            (GIVE_UP_DELAY, Output::GaveUp(id(1))),
            (GIVE_UP_DELAY, Output::Deliver(id(2))),
        ];
        assert_eq!(seen, expected);
        assert_eq!(ASKS_MAX, 4);
    }

    #[test]
    fn what_was_given_up_is_delivered_when_it_comes_after_all() {
        for mode in [Mode::Causal, Mode::Arrival] {
            let mut order = CausalOrder::new(mode);
            order.handle_message(Time::ZERO, message(2, 1, 2));
            order.handle_timeout(Time::ZERO + GIVE_UP_DELAY);
            assert!(drain(&mut order).0.contains(&Output::GaveUp(id(1))));
            assert_eq!(delivered(&mut order, &[message(1, 0, 1)]), [1]);
            assert_eq!(
                delivered(&mut order, &[message(1, 0, 1)]),
                Vec::<u32>::new()
            );
            assert_eq!(delivered(&mut order, &[message(3, 1, 2)]), [3]);
        }
    }

    #[test]
    fn a_message_that_another_says_will_follow_is_missed_and_comes_after_it() {
        let herald = Message {
            next: Some(id(3)),
            ..message(2, 1, 2)
        };
        for mode in [Mode::Causal, Mode::Arrival] {
            let mut order = CausalOrder::new(mode);
            order.handle_known(id(1));
            assert_eq!(delivered(&mut order, &[herald]), [2]);
            order.handle_timeout(Time::ZERO + ASK_DELAY);
            let (asked, _) = drain(&mut order);
            assert!(matches!(asked[..], [Output::Ask { id: missing, .. }] if missing == id(3)));
            assert_eq!(delivered(&mut order, &[message(3, 0, 1)]), [3]);
            assert_eq!(order.poll_output(), Output::Wait(Time::NEVER));
        }
        // Even if it does not say itself whom it follows.
        let mut order = CausalOrder::new(Mode::Causal);
        let all = [herald, message(3, 0, 1), message(1, 0, 1)];
        assert_eq!(delivered(&mut order, &all), [1, 2, 3]);
        assert!(order.heralds.is_empty() && order.held.is_empty());
    }

    #[test]
    fn messages_that_wait_for_each_other_in_a_circle_do_not_wait_for_ever() {
        let mut order = CausalOrder::new(Mode::Causal);
        let circle = [message(1, 3, 1), message(2, 1, 2), message(3, 2, 3)];
        assert_eq!(delivered(&mut order, &circle), [3, 1, 2]);
    }

    #[test]
    fn a_message_that_comes_in_time_is_not_asked_for() {
        let mut order = CausalOrder::new(Mode::Causal);
        order.handle_message(Time::ZERO, message(2, 1, 2));
        assert_eq!(drain(&mut order).0, []);
        let soon = Time::ZERO + Duration::from_millis(10);
        order.handle_message(soon, message(1, 0, 1));
        let both = vec![Output::Deliver(id(1)), Output::Deliver(id(2))];
        assert_eq!(drain(&mut order), (both, Time::NEVER));
        order.handle_timeout(soon + GIVE_UP_DELAY);
        assert_eq!(drain(&mut order).0, []);
    }

    #[test]
    fn what_was_seen_before_is_not_missed() {
        let mut order = CausalOrder::new(Mode::Causal);
        order.handle_known(id(1));
        assert_eq!(delivered(&mut order, &[message(2, 1, 2)]), [2]);
    }

    #[test]
    fn what_is_held_and_missed_is_bounded() {
        let mut order = CausalOrder::new(Mode::Causal);
        for number in 0..3000 {
            order.handle_message(Time::ZERO, message(10_000 + number, 50_000 + number, 1));
            assert!(order.gaps.len() <= GAPS_MAX);
        }
        for number in 0..6000 {
            order.handle_message(Time::ZERO, message(100_000 + number, 1, number));
            assert!(order.held_count() <= HELD_MAX + 1);
        }
        assert!(order.waiting.len() <= GAPS_MAX);
    }

    #[test]
    fn a_message_that_names_itself_does_no_harm() {
        let mut order = CausalOrder::new(Mode::Causal);
        order.handle_message(Time::ZERO, message(1, 1, 1));
        assert_eq!(drain(&mut order).0, [Output::Deliver(id(1))]);
        assert_eq!(order.poll_output(), Output::Wait(Time::NEVER));
        for number in (100_000..120_000).step_by(2) {
            order.handle_message(Time::ZERO, message(number, number + 1, 1));
            order.handle_message(Time::ZERO, message(number + 1, number, 1));
            assert!(order.held_count() <= HELD_MAX);
        }
    }
}
