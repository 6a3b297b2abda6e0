//! Runs the seeds of a plan, some at once, and tells how far they are.
//!
//! A simulation never leaves the thread that made it; threads take the next seed as they become
//! free, so which thread runs which seed changes nothing in any of them. The calling thread
//! listens: to them, to the clock and to signals. The first signal has every run end where it
//! is, with what it has; the second one ends the process.

use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sim::metrics::RunEnd;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{MissedTickBehavior, interval},
};

use super::{memory, plan::Plan, progress::Board, view::View};
use crate::{
    actors::simulation::{LookAt, Outcome, Progress, Simulation},
    cli::{CliError, Console, error::Explain as _},
};

/// What became of the seeds of a plan.
pub(super) struct Runs {
    /// The runs that ended, in ascending order of seeds.
    pub(super) outcomes: Vec<Outcome>,
    /// Whether somebody stopped them.
    pub(super) is_interrupted: bool,
}

impl Runs {
    /// What is missing because somebody stopped them.
    pub(super) fn cut(&self, plan: &Plan) -> Option<String> {
        let cut = |outcome: &&Outcome| outcome.finished.record.end.is_partial;
        let (all, begun) = (plan.seeds.len(), self.outcomes.len());
        let cut = self.outcomes.iter().filter(cut).count();
        let (ended, missing) = (begun - cut, all - begun);
        self.is_interrupted.then(|| match all {
            1 => "interrupted: the run was cut".to_owned(),
            _ => format!(
                "interrupted: of {all} seeds {ended} ran to the end, {cut} were cut and {missing} \
                 did not begin"
            ),
        })
    }
}

/// What a thread has to say.
pub(super) enum Report {
    /// A run begins.
    Began { seed: u64, look: LookAt },
    /// It is so far.
    Stands { seed: u64, progress: Progress },
    /// It ended.
    Ended { outcome: Box<Outcome> },
    /// It panicked.
    Broke { seed: u64, text: String },
}

/// What threads share.
struct Work {
    plan: Arc<Plan>,
    next: AtomicUsize,
    is_stopped: AtomicBool,
}

/// Runs all seeds.
///
/// # Errors
/// If a run panics, with the command that runs its seed again.
pub(super) fn run(
    console: &mut Console<'_>,
    plan: &Arc<Plan>,
    is_quiet: bool,
) -> Result<Runs, CliError> {
    let waiting = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .enable_io()
        .build()
        .explain(|| "wait for the runs")?;
    let work = Arc::new(Work {
        plan: plan.clone(),
        next: AtomicUsize::new(0),
        is_stopped: AtomicBool::new(false),
    });
    let (reports, inbox) = unbounded_channel();
    let threads = start_threads(&work, &reports).explain(|| "start a thread")?;
    drop(reports);
    let board = Board::new(plan, is_quiet);
    let heard = waiting.block_on(listen(console, &work, inbox, board));
    work.is_stopped.store(true, Ordering::Relaxed);
    for thread in threads {
        // What a panic said has come as a report.
        let _ = thread.join();
    }
    let mut runs = heard?;
    runs.outcomes
        .sort_by_key(|outcome| outcome.finished.record.seed);
    Ok(runs)
}

fn start_threads(
    work: &Arc<Work>,
    reports: &UnboundedSender<Report>,
) -> io::Result<Vec<thread::JoinHandle<()>>> {
    let threads = (0..work.plan.jobs).map(|number| {
        let (work, reports) = (work.clone(), reports.clone());
        thread::Builder::new()
            .name(format!("simulation {number}"))
            .stack_size(STACK_BYTES)
            .spawn(move || work_off(&work, &reports))
    });
    threads.collect()
}

/// Runs one seed after the other until none is left.
fn work_off(work: &Work, reports: &UnboundedSender<Report>) {
    while !work.is_stopped.load(Ordering::Relaxed) {
        let index = work.next.fetch_add(1, Ordering::Relaxed);
        let Some(seed) = work.plan.seeds.get(index).copied() else {
            return;
        };
        let ran = panic::catch_unwind(AssertUnwindSafe(|| run_seed(work, seed, reports)));
        let report = match ran {
            Ok(outcome) => Report::Ended {
                outcome: Box::new(outcome),
            },
            Err(reason) => Report::Broke {
                seed,
                text: words_of(reason.as_ref()),
            },
        };
        if reports.send(report).is_err() {
            return;
        }
    }
}

fn words_of(reason: &(dyn std::any::Any + Send)) -> String {
    let text = reason.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| reason.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}

fn run_seed(work: &Work, seed: u64, reports: &UnboundedSender<Report>) -> Outcome {
    let (plan, before) = (&work.plan, memory::held_bytes());
    let watch = Stopwatch::start();
    let mut simulation = Simulation::new(&plan.scenario, seed, &plan.wishes_of(seed));
    let look = LookAt::run(&simulation);
    // A listener that has gone has stopped the work too.
    let _ = reports.send(Report::Began { seed, look });
    let end_s = plan.until_s.unwrap_or(f64::INFINITY);
    let (mut until_s, mut step_s) = (0.0, STEP_S_MIN);
    while until_s < end_s && !work.is_stopped.load(Ordering::Relaxed) {
        let began_s = watch.elapsed_s();
        until_s = (until_s + step_s).min(end_s);
        if !simulation.run_until(until_s) {
            break;
        }
        let progress = simulation.progress();
        let _ = reports.send(Report::Stands { seed, progress });
        let took_s = (watch.elapsed_s() - began_s).max(1e-6);
        step_s *= (STEP_WALL_S / took_s).clamp(0.1, 2.0);
        step_s = step_s.max(STEP_S_MIN);
    }
    let taken = memory::peak_bytes().saturating_sub(before.min(memory::base_bytes()));
    simulation.finish(RunEnd {
        wall_s: watch.elapsed_s(),
        memory_bytes: taken / plan.jobs as u64,
        is_fast: !plan.scenario.relay.is_signed,
        ..RunEnd::default()
    })
}

/// Takes reports until all threads are done.
async fn listen(
    console: &mut Console<'_>,
    work: &Work,
    mut inbox: UnboundedReceiver<Report>,
    mut board: Board,
) -> Result<Runs, CliError> {
    let mut signals = Signals::new().explain(|| "wait for signals")?;
    let mut view = View::open(&work.plan.name, work.plan.access);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut runs = Runs {
        outcomes: Vec::new(),
        is_interrupted: false,
    };
    loop {
        tokio::select! {
            biased;
            () = signals.next() => {
                if runs.is_interrupted {
                    board.clear(console)?;
                    std::process::exit(EXIT_INTERRUPTED.into());
                }
                runs.is_interrupted = true;
                work.is_stopped.store(true, Ordering::Relaxed);
                board.stopping(console)?;
            }
            report = inbox.recv() => match report {
                None => break,
                Some(Report::Began { seed, look }) => {
                    board.began(seed);
                    view.look_at(look);
                }
                Some(Report::Stands { seed, progress }) => board.stands(seed, progress),
                Some(Report::Ended { outcome }) => {
                    board.ended(console, &outcome.finished.record)?;
                    runs.outcomes.push(*outcome);
                }
                Some(Report::Broke { seed, text }) => {
                    board.clear(console)?;
                    return Err(broke(&work.plan, seed, &text));
                }
            },
            _ = tick.tick() => board.paint(console)?,
        }
    }
    board.clear(console)?;
    Ok(runs)
}

fn broke(plan: &Plan, seed: u64, text: &str) -> CliError {
    CliError::failure(format!("seed {seed} failed: {text}"))
        .hint(format!("`{}` runs it again", plan.replay(seed)))
}

/// What asks the process to end.
struct Signals([Signal; 3]);

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// Measures what a run takes in real time.
#[derive(Clone, Copy)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a simulation takes is measured in real time"
    )]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn elapsed_s(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// What a shell reports of a program that was interrupted.
pub(super) const EXIT_INTERRUPTED: u8 = 130;
/// How long a run goes on, in real time, until it looks up.
const STEP_WALL_S: f64 = 0.1;
/// The least that it goes on, in virtual time.
const STEP_S_MIN: f64 = 0.001;
/// How often the line on the terminal is painted again.
const TICK: Duration = Duration::from_millis(200);
/// As much as the main thread has.
const STACK_BYTES: usize = 8 << 20;
