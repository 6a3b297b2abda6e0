//! The virtual host: the same cells on the simulator's clock, one thread, no system.
//!
//! Cells take turns in the order in which they were woken; when none is awake, time jumps
//! to what is due next: the timer of a cell, or an event of whoever drives the host. An event
//! is a number that its driver knows. The same seed gives the same run.
//!
//! A host may drive a million actors, so what it keeps of one that rests is small.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::Rng as _;
use sim::{EventQueue, streams};

use super::{
    Clock, Host, HostOps, Registry,
    cell::{Drive, Next},
    clock::{HostClock, VirtualClock},
    hub::Hub,
    probe::Causes,
    reserve::Seed,
    wake::{Ready, Wake},
};
use crate::{messages::inspector::Level, relay::Time};

/// Runs actors on virtual time.
pub struct VirtualHost {
    host: Host,
    shared: Arc<Shared>,
    /// By the number of their wake.
    cells: Vec<Option<Cell>>,
    queue: EventQueue<Due>,
    schedule: Schedule,
    handled_count: u64,
}

struct Cell {
    drive: Box<dyn Drive>,
    /// The alarm that is set; others in the queue are out of date.
    due: Option<Time>,
}

/// What the queue holds.
#[derive(Clone, Copy)]
enum Due {
    /// The timer of the cell with this number.
    Alarm(usize),
    /// The driver's.
    Event(u64),
}

/// Puts events into a host's future, from inside of its actors too; cheap to clone.
#[derive(Clone, Default)]
pub struct Schedule(Arc<Mutex<Vec<Planned>>>);

struct Planned {
    at: Time,
    source: u64,
    event: u64,
}

struct Shared {
    clock: Arc<VirtualClock>,
    dyn_clock: Arc<dyn Clock>,
    registry: Registry,
    seed: u64,
    ready: Ready,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Actors that were started and have no cell yet.
    seeds: VecDeque<Seed>,
    /// How many numbers were given out.
    numbers_count: usize,
    /// Numbers of cells that are gone.
    free: Vec<usize>,
}

impl VirtualHost {
    /// A host without actors, at time zero.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let clock = Arc::new(VirtualClock::default());
        let shared = Arc::new(Shared {
            dyn_clock: clock.clone(),
            clock,
            registry: Registry::new(Hub::new(Causes::seeded(seed), Level::Counts, false)),
            seed,
            ready: Ready::default(),
            inner: Mutex::default(),
        });
        Self {
            host: Host(shared.clone()),
            shared,
            cells: Vec::new(),
            queue: EventQueue::new(),
            schedule: Schedule::default(),
            handled_count: 0,
        }
    }

    /// The host, to start actors on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Where to put events that [`next_event`](Self::next_event) is to give back.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Time {
        self.shared.clock.now()
    }

    /// How many messages its actors have handled, those of stopped actors included.
    #[must_use]
    pub fn handled_count(&self) -> u64 {
        self.handled_count
    }

    /// How many timers and events are to come, timers out of date included.
    #[must_use]
    pub fn pending_count(&self) -> usize {
        self.queue.len()
    }

    /// Runs until nothing is left to do before `end`, and leaves the clock there; events are
    /// thrown away.
    pub fn run_until(&mut self, end: Time) {
        while self.next_event(end).is_some() {}
    }

    /// Runs until the next event is due and gives it, or, if none is until `end`, leaves
    /// the clock there.
    pub fn next_event(&mut self, end: Time) -> Option<u64> {
        loop {
            self.take_turns();
            self.take_planned();
            let Some(next) = self.queue.pop_until(end.as_micros()) else {
                self.shared.clock.set(end.max(self.now()));
                return None;
            };
            let due = Time::from_micros(next.time);
            match next.payload {
                Due::Alarm(number) => {
                    let cell = self.cells.get_mut(number).and_then(Option::as_mut);
                    if let Some(cell) = cell.filter(|cell| cell.due == Some(due)) {
                        cell.due = None;
                        self.shared.clock.set(due);
                        self.turn(number);
                    }
                }
                Due::Event(event) => {
                    self.shared.clock.set(due);
                    return Some(event);
                }
            }
        }
    }

    /// Runs cells until none is awake.
    fn take_turns(&mut self) {
        loop {
            while let Some(number) = self.shared.ready.pop() {
                self.turn(number);
            }
            let Some(seed) = self.shared.lock().seeds.pop_front() else {
                return;
            };
            self.adopt(seed);
        }
    }

    fn take_planned(&mut self) {
        let mut planned = self.schedule.lock();
        for Planned { at, source, event } in planned.drain(..) {
            self.queue.push(at.as_micros(), source, Due::Event(event));
        }
    }

    fn turn(&mut self, number: usize) {
        let Some(cell) = self.cells.get_mut(number).and_then(Option::as_mut) else {
            return;
        };
        let turn = cell.drive.turn();
        self.handled_count += turn.handled_count;
        match turn.next {
            Next::Again => cell.drive.wake().wake(),
            Next::Idle(due) => {
                if let Some(due) = due.filter(|due| cell.due != Some(*due)) {
                    cell.due = Some(due);
                    let alarm = Due::Alarm(number);
                    self.queue.push(due.as_micros(), number as u64, alarm);
                }
            }
            Next::Stopped => {
                self.cells[number] = None;
                self.shared.lock().free.push(number);
            }
        }
    }

    fn adopt(&mut self, seed: Seed) {
        let drive = (seed.build)();
        let number = drive.wake().number;
        if self.cells.len() <= number {
            self.cells.resize_with(number + 1, || None);
        }
        self.cells[number] = Some(Cell { drive, due: None });
        self.turn(number);
    }
}

impl Schedule {
    /// Has the host give `event` back at a time; what is due at one time comes in the order
    /// of the sources, and then in the order in which it was put here.
    pub fn at(&self, at: Time, source: u64, event: u64) {
        self.lock().push(Planned { at, source, event });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HostOps for Shared {
    fn new_wake(&self) -> Wake {
        let mut inner = self.lock();
        let number = inner.free.pop().unwrap_or_else(|| {
            inner.numbers_count += 1;
            inner.numbers_count - 1
        });
        Wake::ready(number, self.ready.clone())
    }

    fn adopt(&self, seed: Seed) {
        self.lock().seeds.push_back(seed);
    }

    /// Jobs take no virtual time.
    fn offload(&self, job: Box<dyn FnOnce() + Send>) {
        job();
    }

    fn random_seed(&self, name: &str) -> [u8; 32] {
        streams::named(self.seed, name).random()
    }

    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.dyn_clock
    }

    fn host_clock(&self) -> HostClock {
        HostClock::Virtual(self.clock.clone())
    }
}
