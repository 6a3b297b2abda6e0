//! The live host: cells on actix arbiters, one thread a lane.

use std::{
    cell::Cell,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError, mpsc},
    task::{Context as Task, Poll},
    thread,
    time::Duration,
};

use futures_util::future::FutureExt as _;
use tokio::time::Sleep;

use super::{
    Clock, Host, HostOps, Registry,
    cell::{Drive, Next},
    clock::{HostClock, LiveClock},
    hub::Hub,
    probe::Causes,
    reserve::Seed,
    wake::Wake,
};
use crate::{messages::inspector::Level, relay::Time};

/// Runs actors in real time. Stopping it stops them all.
pub struct LiveHost {
    host: Host,
    live: Arc<Live>,
    thread: thread::JoinHandle<()>,
}

/// A thread on which actors take turns. Actors that must not share a stall live on
/// different lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Router, windows, supervisor: what must never wait for the outside.
    Core,
    /// Actors that touch files.
    Files,
    /// Actors that talk to processes.
    Process,
    /// A relay peer: its sockets, its cache and what schedules them talk all the time.
    Network,
    /// Whoever serves the app's own pages.
    Resources,
    /// Whoever writes to the terminal, which may block.
    Terminal,
    /// The inspector, so that it answers when everything else is stuck.
    Inspector,
}

impl LiveHost {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn start() -> io::Result<Self> {
        let (started, ready) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("actors".into())
            .spawn(move || {
                let system = actix::System::with_tokio_rt(runtime);
                let lanes = Lane::ALL.map(|_| actix::Arbiter::with_tokio_rt(runtime));
                // The receiver waits below until it has the lanes.
                let _ = started.send((actix::System::current(), lanes));
                // It ends with an error only when it was stopped with an exit code; ours is zero.
                let _ = system.run();
            })?;
        let (system, lanes) = ready.recv().map_err(io::Error::other)?;
        let clock = LiveClock::new();
        let shared: Arc<dyn Clock> = Arc::new(clock);
        let live = Arc::new(Live {
            handles: lanes.each_ref().map(actix::Arbiter::handle),
            arbiters: Mutex::new(Some(lanes)),
            system,
            clock,
            shared,
            registry: Registry::new(Hub::new(Causes::Random, LEVEL, true)),
        });
        Ok(Self {
            host: Host(live.clone()),
            live,
            thread,
        })
    }

    /// The host, to start actors on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Runs a future on a lane: for the borders of the system, which talk to actors from outside.
    pub fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + Send + 'static) {
        self.live.handles[lane as usize].spawn(task);
    }

    /// A spawner that can be handed to other threads.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        Spawner(self.live.clone())
    }

    /// Stops every lane and waits for them and their running jobs, but not for long: one
    /// may be stuck in the system.
    pub fn stop(self) {
        let arbiters = self
            .live
            .arbiters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        for arbiter in arbiters.iter().flatten() {
            arbiter.stop();
        }
        self.live.system.stop();
        let (done, finished) = mpsc::channel();
        thread::spawn(move || {
            // A lane ends once its running jobs have; one that panicked has ended, too.
            for arbiter in arbiters.into_iter().flatten() {
                let _ = arbiter.join();
            }
            let _ = self.thread.join();
            let _ = done.send(());
        });
        // A lane or job may be blocked in the kernel for good; the process must end all the same.
        let _ = finished.recv_timeout(STOP_TIME_MAX);
    }
}

/// Runs futures on the lanes of a live host, from any thread.
#[derive(Clone)]
pub struct Spawner(Arc<Live>);

impl Spawner {
    /// Runs a future on a lane.
    pub fn spawn(&self, lane: Lane, task: impl Future<Output = ()> + Send + 'static) {
        self.0.handles[lane as usize].spawn(task);
    }
}

impl Lane {
    const ALL: [Self; 7] = [
        Self::Core,
        Self::Files,
        Self::Process,
        Self::Network,
        Self::Resources,
        Self::Terminal,
        Self::Inspector,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Files => "files",
            Self::Process => "process",
            Self::Network => "network",
            Self::Resources => "resources",
            Self::Terminal => "terminal",
            Self::Inspector => "inspector",
        }
    }
}

struct Live {
    handles: [actix::ArbiterHandle; Lane::ALL.len()],
    arbiters: Mutex<Option<[actix::Arbiter; Lane::ALL.len()]>>,
    system: actix::System,
    clock: LiveClock,
    shared: Arc<dyn Clock>,
    registry: Registry,
}

impl HostOps for Live {
    fn new_wake(&self) -> Wake {
        Wake::task()
    }

    fn adopt(&self, seed: Seed) {
        let clock = self.clock;
        self.handles[seed.lane as usize].spawn_fn(move || {
            actix_rt::spawn(Turns {
                cell: (seed.build)(),
                clock,
                alarm: None,
            });
        });
    }

    fn offload(&self, job: Box<dyn FnOnce() + Send>) {
        // Called within a turn, so the job runs on threads of the caller's lane.
        actix_rt::task::spawn_blocking(job);
    }

    fn random_seed(&self, _name: &str) -> [u8; 32] {
        rand::random()
    }

    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared
    }

    fn host_clock(&self) -> HostClock {
        HostClock::Live(self.clock)
    }
}

/// Drives one cell, as a task of its arbiter, until it stops. Its mailbox is the kit's, since
/// actix's can be neither bounded, nor read, nor kept over a panic; and a task has less
/// between its waker and its turn than an actor of actix.
struct Turns {
    cell: Box<dyn Drive>,
    clock: LiveClock,
    alarm: Option<(Time, Pin<Box<Sleep>>)>,
}

impl Future for Turns {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<()> {
        let turns = &mut *self;
        turns.cell.wake().set_waker(task.waker());
        match turns.cell.turn().next {
            Next::Again => turns.take_another(task),
            Next::Idle(due) => turns.set_alarm(due, task),
            Next::Stopped => return Poll::Ready(()),
        }
        Poll::Pending
    }
}

impl Turns {
    /// Has the next turn follow the others that wait for theirs. Now and then it also waits
    /// until the thread has looked at its timers and sockets, which tokio does only when the
    /// tasks of an arbiter have had dozens of turns.
    fn take_another(&self, task: &mut Task<'_>) {
        let now = self.clock.now();
        if now.since(LAST_LOOK.get()) < LOOK_PERIOD {
            return task.waker().wake_by_ref();
        }
        LAST_LOOK.set(now);
        // Its first poll asks to be woken after the look, and that is all that is wanted.
        let _ = pin!(tokio::task::yield_now()).poll(task);
    }

    fn set_alarm(&mut self, due: Option<Time>, task: &mut Task<'_>) {
        let Some(due) = due else {
            self.alarm = None;
            return;
        };
        if self.alarm.as_ref().is_none_or(|(at, _)| *at != due) {
            let sleep = tokio::time::sleep_until(self.clock.instant(due).into());
            self.alarm = Some((due, Box::pin(sleep)));
        }
        if let Some((_, sleep)) = &mut self.alarm
            && sleep.poll_unpin(task).is_ready()
        {
            task.waker().wake_by_ref();
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(JOB_THREADS_MAX)
        .build()
        .expect("a thread that has just started has room for a reactor")
}

/// How much is noted about an actor that nobody looks at: whoever debugs wants to know what
/// led to a crash.
const LEVEL: Level = if cfg!(debug_assertions) {
    Level::Recorder
} else {
    Level::Counts
};
thread_local! {
    /// When this thread last looked at its timers and sockets for the sake of a busy actor.
    static LAST_LOOK: Cell<Time> = const { Cell::new(Time::ZERO) };
}

/// How long busy actors keep a thread from its timers and sockets, beside what a turn takes.
const LOOK_PERIOD: Duration = Duration::from_micros(500);
/// Threads for jobs, per lane.
pub(super) const JOB_THREADS_MAX: usize = 64;
/// How long stopping waits for the lanes.
const STOP_TIME_MAX: Duration = Duration::from_millis(500);
