//! The mailbox: two bounded lanes behind one lock, and what happens when they are full.
//!
//! Control messages have a lane of their own and are taken first. The lock is held
//! for a push or a pop and never while a handler runs. The inspector never takes it.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    Actor, AskError, Clock, Loss, Refusal,
    letter::{Label, Letter},
    stats::{Life, Stats},
    wake::Wake,
};
use crate::{messages::Class, relay::Time};

/// One actor's queue, shared by its senders and its host.
pub(super) struct Mailbox<A: Actor> {
    lanes: Mutex<Lanes<A>>,
    capacity: NonZeroUsize,
    pub(super) stats: Arc<Stats>,
    pub(super) wake: Arc<Wake>,
    pub(super) clock: Arc<dyn Clock>,
}

struct Lanes<A: Actor> {
    /// Orders of the supervisor to the cell itself.
    orders: VecDeque<Order>,
    control: VecDeque<Queued<A>>,
    normal: VecDeque<Queued<A>>,
    is_open: bool,
}

/// What the supervisor may tell a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Make a new actor and go on with the queue.
    Restart,
    /// Stop and lose the queue.
    Stop,
}

/// A letter and when it was sent.
pub(super) struct Queued<A: Actor> {
    pub(super) letter: Box<dyn Letter<A>>,
    sent_at: Time,
}

/// What comes out of a mailbox.
pub(super) enum Popped<A: Actor> {
    Order(Order),
    Letter(Box<dyn Letter<A>>),
    Empty,
}

impl<A: Actor> Mailbox<A> {
    pub(super) fn new(
        capacity: NonZeroUsize,
        stats: Arc<Stats>,
        wake: Arc<Wake>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let lanes = Lanes {
            orders: VecDeque::new(),
            control: VecDeque::new(),
            normal: VecDeque::new(),
            is_open: true,
        };
        Self {
            lanes: Mutex::new(lanes),
            capacity,
            stats,
            wake,
            clock,
        }
    }

    /// Queues what `letter` makes, or says why not; then `letter` was not called.
    pub(super) fn push(
        &self,
        class: Class,
        label: Label,
        letter: impl FnOnce() -> Box<dyn Letter<A>>,
    ) -> Result<(), Refusal> {
        self.put(class, label, letter)?;
        self.wake.wake();
        Ok(())
    }

    /// The same for the cell itself, which is about to look.
    pub(super) fn put(
        &self,
        class: Class,
        label: Label,
        letter: impl FnOnce() -> Box<dyn Letter<A>>,
    ) -> Result<(), Refusal> {
        self.stats.count_sent();
        let sent_at = self.clock.now();
        let mut lanes = self.lock();
        let displaced = match lanes.make_room(class, label, self.capacity) {
            Ok(Room::Free) => None,
            Ok(Room::Displacing(old)) => Some(old),
            Ok(Room::Swallow) => {
                drop(lanes);
                self.stats.count_lost(Loss::Displaced, 1);
                letter().refuse(AskError::Full);
                return Ok(());
            }
            Err(refusal) => {
                drop(lanes);
                self.stats.count_lost(refusal.loss(), 1);
                return Err(refusal);
            }
        };
        let lane = if class == Class::Control {
            &mut lanes.control
        } else {
            &mut lanes.normal
        };
        lane.push_back(Queued {
            letter: letter(),
            sent_at,
        });
        self.publish(&lanes);
        drop(lanes);
        if let Some(old) = displaced {
            self.stats.count_lost(Loss::Displaced, 1);
            old.letter.refuse(AskError::Full);
        }
        Ok(())
    }

    /// Takes what is next; while the actor is down, only orders.
    pub(super) fn pop(&self, is_up: bool) -> Popped<A> {
        let mut lanes = self.lock();
        if let Some(order) = lanes.orders.pop_front() {
            return Popped::Order(order);
        }
        if !is_up {
            return Popped::Empty;
        }
        match lanes
            .control
            .pop_front()
            .or_else(|| lanes.normal.pop_front())
        {
            Some(queued) => {
                self.publish(&lanes);
                Popped::Letter(queued.letter)
            }
            None => Popped::Empty,
        }
    }

    /// Gives the cell an order; a handful are ever queued.
    pub(super) fn order(&self, order: Order) {
        let mut lanes = self.lock();
        if lanes.is_open && !lanes.orders.contains(&order) {
            lanes.orders.push_back(order);
        }
        drop(lanes);
        self.wake.wake();
    }

    /// Refuses everything from here on, and everything that is queued.
    pub(super) fn close(&self) {
        let mut lanes = self.lock();
        lanes.is_open = false;
        let control = std::mem::take(&mut lanes.control);
        let normal = std::mem::take(&mut lanes.normal);
        self.publish(&lanes);
        drop(lanes);
        self.stats.set_life(Life::Stopped);
        self.stats
            .count_lost(Loss::Stopped, (control.len() + normal.len()) as u64);
        for queued in control.into_iter().chain(normal) {
            queued.letter.refuse(AskError::Stopped);
        }
    }

    fn publish(&self, lanes: &Lanes<A>) {
        let fronts = [lanes.control.front(), lanes.normal.front()];
        let oldest = fronts
            .into_iter()
            .flatten()
            .map(|queued| queued.sent_at)
            .min();
        self.stats
            .set_queue(lanes.control.len() + lanes.normal.len(), oldest);
    }

    fn lock(&self) -> MutexGuard<'_, Lanes<A>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Room<A: Actor> {
    Free,
    Displacing(Queued<A>),
    Swallow,
}

impl<A: Actor> Lanes<A> {
    fn make_room(
        &mut self,
        class: Class,
        label: Label,
        capacity: NonZeroUsize,
    ) -> Result<Room<A>, Refusal> {
        if !self.is_open {
            return Err(Refusal::Stopped);
        }
        let is_full = self.normal.len() >= capacity.get();
        let same = |lane: &VecDeque<Queued<A>>| {
            lane.iter()
                .position(|queued| queued.letter.label()() == label())
        };
        let displaced = match class {
            Class::Control if self.control.len() >= CONTROL_MAX => return Err(Refusal::Full),
            Class::Control => return Ok(Room::Free),
            Class::Coalesce => same(&self.normal),
            Class::DropOldest if is_full => same(&self.normal),
            _ => None,
        };
        match displaced.and_then(|index| self.normal.remove(index)) {
            Some(old) => Ok(Room::Displacing(old)),
            None if !is_full => Ok(Room::Free),
            None if class == Class::Request => Err(Refusal::Full),
            None => Ok(Room::Swallow),
        }
    }
}

/// Control messages that may be queued; far above what a few supervisors and timers send.
const CONTROL_MAX: usize = 65_536;
