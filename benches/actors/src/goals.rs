//! What the kit promises about inspection, measured.
//!
//! - What each level costs a message, by the difference to the level `off`, and what `off` costs
//!   by the ratio to a kit that was built without probes, both in processes of their own.
//! - How long a snapshot of two hundred actors takes.
//! - How far the age of the oldest message is off while a handler is blocked for 10 s.
//! - How long an actor takes to be held, to make a step, and to stop at a breakpoint.
//! - What a recording costs a message (`recorded`).

use std::{
    path::Path,
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use socket_runtime::{
    actors::kit::{Actor, Addr, Context, Controls, Handler, Host, Lane, LiveHost, Reply, Spec},
    messages::{
        Message,
        inspector::{Break, Level, ViewerId},
    },
};

use crate::{
    kits,
    measure::{Pattern, measure, median_and_least},
    recorded,
};

/// Prints every figure with its goal.
pub(crate) fn print(live: &LiveHost, (messages, rounds): (u64, usize)) {
    print_off(messages / 5, rounds * 6);
    print_clock(live);
    print_levels(live, (messages, rounds));
    let (median, least) = median_and_least(kits::snapshots(live));
    println!("snapshot of 200 actors: {median:.0} µs ({least:.0}); goal 1,000");
    recorded::print(messages / 5, rounds);
    print_age(live);
    print_holds(live);
}

fn print_off(messages: u64, rounds: usize) {
    let own = std::env::current_exe().expect("this program has a path");
    let other = own.with_file_name("unprobed");
    if !other.exists() {
        return println!("off: build `unprobed` first to compare with it");
    }
    for pattern in Pattern::ON_ONE_THREAD {
        let mut ratios = Vec::new();
        for round in 0..rounds {
            // Whoever goes first finds the machine a little different.
            let (with, without) = if round % 2 == 0 {
                let with = alone(&own, pattern, messages);
                (with, alone(&other, pattern, messages))
            } else {
                let without = alone(&other, pattern, messages);
                (alone(&own, pattern, messages), without)
            };
            ratios.push(100.0 * (with / without - 1.0));
        }
        let (median, _) = median_and_least(ratios);
        let name = pattern.name();
        println!("off, {name}: {median:+.1} % (median of {rounds} pairs); goal 1 %");
    }
}

fn alone(program: &Path, pattern: Pattern, messages: u64) -> f64 {
    let run = Command::new(program)
        .args([kits::ALONE, pattern.name(), &messages.to_string()])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&run.stdout);
    text.trim().parse().expect("it prints a figure")
}

/// What one more reading of the clock costs; from `counts` on there is one a message.
fn print_clock(live: &LiveHost) {
    let clock = live.host().clock();
    let took = measure(CLOCK_READINGS, |readings| {
        for _ in 0..readings {
            std::hint::black_box(clock.now());
        }
    });
    println!("a reading of the clock: {took:.0} ns");
}

fn print_levels(live: &LiveHost, (messages, rounds): (u64, usize)) {
    let levels = [Level::Off, Level::Counts, Level::Recorder, Level::Full];
    let patterns = Pattern::ON_ONE_THREAD.into_iter().chain([Pattern::Across]);
    for pattern in patterns {
        let is_across = pattern == Pattern::Across;
        let mut beyond_off = levels.map(|_| Vec::new());
        for _ in 0..rounds {
            let taken = levels.map(|level| {
                measure(messages, |messages| {
                    kits::run(live, level, pattern, messages)
                })
            });
            for (beyond, taken_here) in beyond_off.iter_mut().zip(taken) {
                beyond.push(taken_here - taken[0]);
            }
        }
        let [_, counts, recorder, full] = beyond_off.map(|taken| median_and_least(taken).0);
        println!(
            "{}: beyond off, counts {counts:+.0} ns, recorder {recorder:+.0}, full {full:+.0}; \
             goals 10 and {}",
            pattern.name(),
            if is_across { 100 } else { 70 },
        );
    }
}

/// Is told to wait, and to do nothing.
struct Patient;
struct Hold(mpsc::Receiver<()>);
struct Nothing;
impl Message for Hold {
    type Reply = ();
}
impl Message for Nothing {
    type Reply = ();
}
impl Actor for Patient {
    const KIND: &'static str = "patient";
}
impl Handler<Hold> for Patient {
    fn handle(&mut self, hold: Hold, _: Reply<()>, _: &mut Context<Self>) {
        let _ = hold.0.recv();
    }
}
impl Handler<Nothing> for Patient {
    fn handle(&mut self, _: Nothing, _: Reply<()>, _: &mut Context<Self>) {}
}

fn patient(live: &LiveHost) -> Addr<Patient> {
    live.host()
        .start(Spec::new(PATIENT, Lane::Core), || Patient)
}

fn print_age(live: &LiveHost) {
    live.host().registry().set_level_of_all(Level::Counts);
    let addr = patient(live);
    let (release, held) = mpsc::channel();
    addr.tell(Hold(held)).expect("it has room");
    wait_until(|| current(live.host()).is_some());
    let sent = Instant::now();
    addr.tell(Nothing).expect("it has room");
    let mut worst = 0.0_f64;
    while sent.elapsed() < BLOCKED {
        let before = sent.elapsed();
        let now = live.host().clock().now();
        let report = live.host().registry().report(PATIENT, now);
        let after = sent.elapsed();
        let told = report.map_or(0.0, |report| report.oldest_ms);
        // Between the two moments it is right by any clock.
        let early = before.as_secs_f64() * 1e3 - told;
        let late = told - after.as_secs_f64() * 1e3;
        worst = worst.max(early).max(late);
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(release);
    addr.controls().stop();
    println!(
        "age of the oldest under a handler blocked for 10 s: {worst:.3} ms off at most; goal 1"
    );
}

fn current(host: &Host) -> Option<String> {
    let report = host.registry().report(PATIENT, host.clock().now());
    report.and_then(|report| report.current)
}

fn print_holds(live: &LiveHost) {
    let addr = patient(live);
    let host = live.host();
    let controls = addr.controls();
    let report = || {
        let report = host.registry().report(PATIENT, host.clock().now());
        report.unwrap_or_default()
    };
    let mut taken: [Vec<f64>; 3] = Default::default();
    for _ in 0..HOLDS {
        taken[0].push(time(
            &controls,
            |controls| controls.pause(VIEWER),
            || report().state == "paused",
        ));
        let handled = report().handled;
        addr.tell(Nothing).expect("it has room");
        addr.tell(Nothing).expect("it has room");
        taken[1].push(time(
            &controls,
            |controls| controls.step(1, VIEWER),
            || report().handled == handled + 1 && report().state == "paused",
        ));
        controls.break_on(Break::on("Nothing"), VIEWER);
        taken[2].push(time(
            &controls,
            |controls| controls.resume(VIEWER),
            || report().state == "broke on Nothing",
        ));
        controls.clear_breaks(VIEWER);
        controls.resume(VIEWER);
        wait_until(|| report().depth == 0 && report().state == "running");
    }
    controls.stop();
    for (name, mut taken) in ["pause", "step", "break"].into_iter().zip(taken) {
        taken.sort_by(f64::total_cmp);
        let at = |share: usize| taken[taken.len() * share / 1000 - 1];
        println!(
            "{name}, {HOLDS} times: median {:.2} ms, 99 % {:.2} ms, all {:.2} ms; goal 10",
            at(500),
            at(990),
            at(1000),
        );
    }
}

/// How many milliseconds pass until an order has been carried out.
fn time(controls: &Controls, order: impl Fn(&Controls) -> bool, is_done: impl Fn() -> bool) -> f64 {
    let began = Instant::now();
    order(controls);
    wait_until(is_done);
    began.elapsed().as_secs_f64() * 1e3
}

fn wait_until(is_done: impl Fn() -> bool) {
    while !is_done() {
        std::thread::yield_now();
    }
}

const PATIENT: &str = "patient";
const VIEWER: ViewerId = ViewerId(1);
const BLOCKED: Duration = Duration::from_secs(10);
const CLOCK_READINGS: u64 = 10_000_000;
const HOLDS: usize = 1_000;
