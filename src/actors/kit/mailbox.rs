//! The mailbox: two bounded lanes behind one lock, and what happens when they are full.
//!
//! Control messages have a lane of their own and are taken first. The lock is held
//! for a push or a pop and never while a handler runs. The inspector takes it to raise an
//! actor's level and when somebody asks for a peek, never for a picture.

use std::{collections::VecDeque, num::NonZeroUsize};

use crossbeam_utils::Backoff;
use spin::{Mutex, MutexGuard};

use super::{
    Actor, AskError, Clock as _, Loss, Refusal,
    clock::HostClock,
    gate::Order,
    letter::{Label, Letter},
    mode::Mode,
    probe::{Full, Line, Origin},
    stats::{Life, Stats},
    wake::Wake,
};
use crate::{
    messages::{Class, inspector::Level},
    relay::Time,
};

/// One actor's queue, shared by its senders and its host.
pub(super) struct Mailbox<A: Actor> {
    pub(super) lanes: Mutex<Lanes<A>>,
    pub(super) capacity: NonZeroUsize,
    pub(super) stats: Stats,
    pub(super) wake: Wake,
    pub(super) clock: HostClock,
}

/// What is behind the lock.
pub(super) struct Lanes<A: Actor> {
    /// Orders to the cell itself.
    orders: VecDeque<Order<A>>,
    pub(super) control: VecDeque<Queued<A>>,
    pub(super) normal: VecDeque<Queued<A>>,
    is_open: bool,
}

/// A letter and when it was sent; [`Time::NEVER`] if that was not noted.
pub(super) struct Queued<A: Actor> {
    pub(super) letter: Box<dyn Letter<A>>,
    pub(super) sent_at: Time,
}

/// What comes out of a mailbox.
pub(super) enum Popped<A: Actor> {
    Order(Order<A>),
    /// A letter, and whether it was in the control lane.
    Letter(Queued<A>, bool),
    Empty,
}

/// What to put into a mailbox: `into` makes a letter of it once there is room.
pub(super) struct Parcel<T, F> {
    pub(super) class: Class,
    pub(super) label: Label,
    pub(super) origin: Origin,
    pub(super) content: T,
    pub(super) into: F,
}

impl<A: Actor> Mailbox<A> {
    pub(super) fn new(capacity: NonZeroUsize, stats: Stats, wake: Wake, clock: HostClock) -> Self {
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

    /// Queues a letter, or gives back what it was to be made of and says why. `mode` is what
    /// was noted about this actor a moment ago.
    #[inline]
    pub(super) fn push<T>(
        &self,
        mode: Mode,
        parcel: Parcel<T, impl FnOnce(T) -> Box<dyn Letter<A>>>,
    ) -> Result<(), (Refusal, T)> {
        self.put(mode, parcel)?;
        let is_own = || Origin::current().sender == self.stats.number;
        self.wake.wake_for_letter(is_own);
        Ok(())
    }

    /// The same for the cell itself, which is about to look.
    #[inline]
    pub(super) fn put<T>(
        &self,
        mode: Mode,
        parcel: Parcel<T, impl FnOnce(T) -> Box<dyn Letter<A>>>,
    ) -> Result<(), (Refusal, T)> {
        let Parcel {
            class,
            label,
            origin,
            content,
            into,
        } = parcel;
        let sent_at = if mode.is_timed() {
            self.clock.now()
        } else {
            Time::NEVER
        };
        let mut lanes = self.lock();
        self.stats.count_sent();
        let displaced = match lanes.make_room(class, label, self.capacity) {
            Ok(Room::Free) => None,
            Ok(Room::Displacing(old, place)) => {
                self.mirror_normal_from(&lanes, place);
                Some(old)
            }
            Ok(Room::Swallow) => {
                drop(lanes);
                self.lose(Loss::Displaced, label, origin);
                into(content).refuse(AskError::Full);
                return Ok(());
            }
            Err(refusal) => {
                drop(lanes);
                self.lose(refusal.loss(), label, origin);
                return Err((refusal, content));
            }
        };
        if let Some(full) = self.mirror() {
            let is_control = class == Class::Control;
            full.lane(is_control).push_back(|| Line {
                label,
                origin,
                sent: sent_at,
            });
        }
        let lane = lanes.lane(class == Class::Control);
        if lane.capacity() == 0 {
            // A queue that grows by itself begins with room for more than most actors need.
            lane.reserve_exact(FIRST_LETTERS);
        }
        lane.push_back(Queued {
            letter: into(content),
            sent_at,
        });
        self.publish(&lanes);
        drop(lanes);
        if let Some(old) = displaced {
            let stamp = old.letter.stamp();
            self.lose(Loss::Displaced, stamp.label, stamp.origin);
            old.letter.refuse(AskError::Full);
        }
        Ok(())
    }

    /// Takes what is next; while the actor is down or held, only orders.
    #[inline]
    pub(super) fn pop(&self, is_up: bool) -> Popped<A> {
        let mut lanes = self.lock();
        if let Some(order) = lanes.orders.pop_front() {
            return Popped::Order(order);
        }
        if !is_up {
            return Popped::Empty;
        }
        let is_control = !lanes.control.is_empty();
        match lanes.lane(is_control).pop_front() {
            Some(queued) => {
                if let Some(full) = self.mirror() {
                    full.lane(is_control)
                        .pop_front(|last| lanes.lane(is_control).get(last).map(Queued::line));
                }
                self.publish(&lanes);
                Popped::Letter(queued, is_control)
            }
            None => Popped::Empty,
        }
    }

    /// Puts a letter back that was taken and not handled, in front of all others.
    pub(super) fn put_back(&self, queued: Queued<A>, is_control: bool) {
        let mut lanes = self.lock();
        if let Some(full) = self.mirror() {
            full.lane(is_control).push_front(&queued.line());
        }
        lanes.lane(is_control).push_front(queued);
        self.publish(&lanes);
    }

    /// Gives the cell an order; false if it has stopped or has too many to obey.
    pub(super) fn order(&self, order: Order<A>) -> bool {
        let mut lanes = self.lock();
        let is_known = lanes.orders.iter().any(|other| other.is_same(&order));
        let is_taken = lanes.is_open && (is_known || lanes.orders.len() < ORDERS_MAX);
        if is_taken && !is_known {
            lanes.orders.push_back(order);
        }
        drop(lanes);
        self.wake.wake();
        is_taken
    }

    /// Refuses everything from here on, and everything that is queued.
    pub(super) fn close(&self) {
        let mut lanes = self.lock();
        lanes.is_open = false;
        let orders = std::mem::take(&mut lanes.orders);
        let control = std::mem::take(&mut lanes.control);
        let normal = std::mem::take(&mut lanes.normal);
        self.publish(&lanes);
        self.mirror_all(&lanes);
        drop(lanes);
        // Whoever sees that the actor has stopped sees what was lost by it.
        for queued in control.iter().chain(&normal) {
            let stamp = queued.letter.stamp();
            self.lose(Loss::Stopped, stamp.label, stamp.origin);
        }
        self.stats.set_life(Life::Stopped);
        for queued in control.into_iter().chain(normal) {
            queued.letter.refuse(AskError::Stopped);
        }
        drop(orders);
    }

    /// Changes how much is noted. The mirror of the queue is made here, under the lock, so
    /// that what is queued shows even if the actor is stuck.
    pub(super) fn set_level(&self, level: Level) {
        let lanes = self.lock();
        self.stats.set_mode(self.stats.hub.mode_at(level));
        self.mirror_all(&lanes);
    }

    /// Counts a message that is not handled.
    #[cold]
    pub(super) fn lose(&self, loss: Loss, label: Label, origin: Origin) {
        self.stats.count_lost(loss, label, origin, self.clock.now());
    }

    #[inline]
    fn publish(&self, lanes: &Lanes<A>) {
        let oldest = |lane: &VecDeque<Queued<A>>| {
            let front = lane.front();
            front.map_or(Time::NEVER, |queued| queued.sent_at)
        };
        let oldest = oldest(&lanes.control).min(oldest(&lanes.normal));
        let queued = lanes.control.len() + lanes.normal.len();
        self.stats.set_queue(queued, oldest);
    }

    /// The mirror of the queue, while there is one; to be used under the lock.
    #[inline]
    fn mirror(&self) -> Option<&Full> {
        let is_full = self.stats.mode().is_full();
        is_full.then(|| self.stats.probe().full())
    }

    fn mirror_all(&self, lanes: &Lanes<A>) {
        if let Some(full) = self.mirror() {
            let lines = lanes.control.iter().map(Queued::line);
            full.control.rewrite(0, lanes.control.len(), lines);
        }
        self.mirror_normal_from(lanes, 0);
    }

    fn mirror_normal_from(&self, lanes: &Lanes<A>, from: usize) {
        if let Some(full) = self.mirror() {
            let lines = lanes.normal.iter().skip(from).map(Queued::line);
            full.normal.rewrite(from, lanes.normal.len(), lines);
        }
    }

    /// Held for some tens of nanoseconds, this lock costs half as much as one that can put
    /// threads to sleep. Whoever finds it taken spins for a moment, and then lets other
    /// threads run: its holder may have lost its core.
    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, Lanes<A>> {
        if let Some(lanes) = self.lanes.try_lock() {
            return lanes;
        }
        self.lock_slowly()
    }

    #[cold]
    fn lock_slowly(&self) -> MutexGuard<'_, Lanes<A>> {
        let backoff = Backoff::new();
        loop {
            backoff.snooze();
            if let Some(lanes) = self.lanes.try_lock() {
                return lanes;
            }
        }
    }
}

enum Room<A: Actor> {
    Free,
    Displacing(Queued<A>, usize),
    Swallow,
}

impl<A: Actor> Lanes<A> {
    #[inline]
    fn lane(&mut self, is_control: bool) -> &mut VecDeque<Queued<A>> {
        if is_control {
            &mut self.control
        } else {
            &mut self.normal
        }
    }

    #[inline]
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
        let displaced = match class {
            Class::Control if self.control.len() >= CONTROL_MAX => return Err(Refusal::Full),
            Class::Control => return Ok(Room::Free),
            Class::Coalesce => self.find(label),
            Class::DropOldest if is_full => self.find(label),
            _ => None,
        };
        if let Some(place) = displaced
            && let Some(old) = self.normal.remove(place)
        {
            return Ok(Room::Displacing(old, place));
        }
        match class {
            _ if !is_full => Ok(Room::Free),
            Class::Request => Err(Refusal::Full),
            _ => Ok(Room::Swallow),
        }
    }

    fn find(&self, label: Label) -> Option<usize> {
        let mut lane = self.normal.iter();
        lane.position(|queued| (queued.letter.stamp().label)() == label())
    }
}

impl<A: Actor> Queued<A> {
    fn line(&self) -> Line {
        let stamp = self.letter.stamp();
        Line {
            label: stamp.label,
            origin: stamp.origin,
            sent: self.sent_at,
        }
    }
}

/// Letters for which there is room when the first comes.
const FIRST_LETTERS: usize = 2;
/// Control messages that may be queued; far above what a few supervisors and timers send.
const CONTROL_MAX: usize = 65_536;
/// Orders that may be queued for one cell.
const ORDERS_MAX: usize = 1024;
