//! The virtual host: the same cells on the simulator's clock, one thread, no system.
//!
//! Cells take turns in the order in which they were woken; when none is awake, time jumps
//! to the next timer. The same seed gives the same run.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::Rng as _;
use sim::{EventQueue, streams};

use super::{
    Clock, Host, HostOps, Registry,
    cell::{Drive, Seed, Turn},
    clock::VirtualClock,
    wake::Wake,
};
use crate::relay::Time;

/// Runs actors on virtual time.
pub struct VirtualHost {
    host: Host,
    shared: Arc<Shared>,
    /// By the number of their wake.
    cells: BTreeMap<usize, Cell>,
    alarms: EventQueue<usize>,
}

struct Cell {
    drive: Box<dyn Drive>,
    wake: Arc<Wake>,
    /// The alarm that is set; others in the queue are out of date.
    due: Option<Time>,
}

struct Shared {
    clock: Arc<VirtualClock>,
    dyn_clock: Arc<dyn Clock>,
    registry: Registry,
    seed: u64,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// Cells that were woken and have not had a turn since.
    awake: VecDeque<usize>,
    /// Actors that were started and have no cell yet.
    seeds: VecDeque<Seed>,
    woken_count: usize,
}

impl VirtualHost {
    /// A host without actors, at time zero.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let clock = Arc::new(VirtualClock::default());
        let shared = Arc::new(Shared {
            dyn_clock: clock.clone(),
            clock,
            registry: Registry::default(),
            seed,
            inner: Arc::default(),
        });
        let host = Host(shared.clone());
        Self {
            host,
            shared,
            cells: BTreeMap::new(),
            alarms: EventQueue::new(),
        }
    }

    /// The host, to start actors on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Runs until nothing is left to do before `end`, and leaves the clock there.
    pub fn run_until(&mut self, end: Time) {
        loop {
            self.adopt_seeds();
            let awake = self.shared.lock().awake.pop_front();
            if let Some(index) = awake {
                self.turn(index);
            } else if !self.jump(end) {
                break;
            }
        }
        self.shared.clock.set(end.max(self.shared.clock.now()));
    }

    /// Moves time to the next alarm that is still set; false if none is left before `end`.
    fn jump(&mut self, end: Time) -> bool {
        while let Some(at) = self.alarms.next_time() {
            let at = Time::from_micros(at);
            if at > end {
                return false;
            }
            let Some(event) = self.alarms.pop() else {
                return false;
            };
            let cell = self.cells.get_mut(&event.payload);
            if let Some(cell) = cell.filter(|cell| cell.due == Some(at)) {
                cell.due = None;
                self.shared.clock.set(at);
                self.turn(event.payload);
                return true;
            }
        }
        false
    }

    fn turn(&mut self, index: usize) {
        let Some(cell) = self.cells.get_mut(&index) else {
            return;
        };
        cell.wake.arm(None);
        match cell.drive.turn() {
            Turn::Again => cell.wake.wake(),
            Turn::Idle(due) => {
                if let Some(due) = due.filter(|due| cell.due != Some(*due)) {
                    cell.due = Some(due);
                    self.alarms.push(due.as_micros(), index as u64, index);
                }
            }
            Turn::Stopped => drop(self.cells.remove(&index)),
        }
    }

    fn adopt_seeds(&mut self) {
        loop {
            let Some(seed) = self.shared.lock().seeds.pop_front() else {
                break;
            };
            let (index, wake) = (seed.wake.number, seed.wake);
            let drive = (seed.build)();
            self.cells.insert(
                index,
                Cell {
                    drive,
                    wake,
                    due: None,
                },
            );
            self.turn(index);
        }
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
        let index = inner.woken_count;
        inner.woken_count += 1;
        let inner = self.inner.clone();
        Wake::hook(index, move || {
            inner
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .awake
                .push_back(index);
        })
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
}
