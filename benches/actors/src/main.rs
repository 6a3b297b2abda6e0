//! What a message costs in the kit, at each level, beside actix, ractor and kameo.
//!
//! `cargo run --release --manifest-path benches/actors/Cargo.toml [-- MESSAGES ROUNDS NAMES…]`;
//! of the candidates, those whose name has one of NAMES in it, and bare actix.
//! Every actor runs on one thread. A figure is the time of the whole process on a core,
//! divided by the messages: the median of the rounds, and the least in brackets. Rounds of
//! all libraries alternate, so that a busy machine is equally busy for each.
//!
//! - ping-pong: two actors send one message back and forth.
//! - counting: batches of a thousand messages to one actor.
//! - ring: one message goes round a hundred actors.
//!
//! Two figures of the kit alone follow: ping-pong across two threads at each level, and how
//! long a snapshot of two hundred actors takes.

mod bare_actix;
mod kameos;
mod kits;
mod ractors;

use std::{sync::mpsc, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use socket_runtime::{actors::kit::LiveHost, messages::inspector::Level};

/// One way in which messages go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    PingPong,
    Counting,
    Ring,
    /// Ping-pong with the actors on two threads.
    Across,
}

/// What the others are measured by.
const BASE: &str = "bare actix";
/// Actors of the ring.
const RING: usize = 100;
/// Messages of one batch.
const BATCH: u64 = 1_000;

/// Is told when the last message was handled.
type Done = mpsc::Sender<()>;

/// How many actors pass a message round.
fn members(pattern: Pattern) -> usize {
    match pattern {
        Pattern::Ring => RING,
        _ => 2,
    }
}

fn core_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).expect("it counts from zero")
}

/// The time on a core that `work` takes, in nanoseconds a message.
fn measure(messages: u64, work: impl FnOnce(u64)) -> f64 {
    let began = core_time();
    work(messages);
    (core_time() - began).as_nanos() as f64 / messages as f64
}

struct Candidate<'a> {
    name: &'static str,
    run: Box<dyn Fn(Pattern, u64) + 'a>,
}

fn candidates(live: &LiveHost) -> Vec<Candidate<'_>> {
    let kit = |name, level| Candidate {
        name,
        run: Box::new(move |pattern, messages| kits::run(live, level, pattern, messages)),
    };
    vec![
        Candidate {
            name: BASE,
            run: Box::new(move |pattern, messages| bare_actix::run(live, pattern, messages)),
        },
        kit("kit, off", Level::Off),
        kit("kit, counts", Level::Counts),
        kit("kit, recorder", Level::Recorder),
        kit("kit, full", Level::Full),
        Candidate {
            name: "ractor",
            run: Box::new(ractors::run),
        },
        Candidate {
            name: "kameo",
            run: Box::new(kameos::run),
        },
    ]
}

/// The figures of one candidate: the median and the least of each pattern.
type Figures = [(f64, f64); 3];

fn median_and_least(mut taken: Vec<f64>) -> (f64, f64) {
    taken.sort_by(f64::total_cmp);
    (taken[taken.len() / 2], taken[0])
}

fn compare(candidates: &[Candidate<'_>], messages: u64, rounds: usize) -> Vec<Figures> {
    let patterns = [Pattern::PingPong, Pattern::Counting, Pattern::Ring];
    let mut figures = vec![Figures::default(); candidates.len()];
    for (column, pattern) in patterns.into_iter().enumerate() {
        let mut taken = vec![Vec::new(); candidates.len()];
        for round in 0..=rounds {
            for (candidate, taken) in candidates.iter().zip(&mut taken) {
                // The first round warms caches and allocators up.
                let messages = if round == 0 { messages / 10 } else { messages };
                let figure = measure(messages, |messages| (candidate.run)(pattern, messages));
                if round > 0 {
                    taken.push(figure);
                }
            }
        }
        for (figures, taken) in figures.iter_mut().zip(taken) {
            figures[column] = median_and_least(taken);
        }
    }
    figures
}

fn print_across(live: &LiveHost, messages: u64, rounds: usize) {
    print!("across threads: ");
    let levels = [Level::Off, Level::Counts, Level::Recorder, Level::Full];
    let mut taken = levels.map(|_| Vec::new());
    for _ in 0..rounds {
        for (level, taken) in levels.into_iter().zip(&mut taken) {
            let run = |messages| kits::run(live, level, Pattern::Across, messages);
            taken.push(measure(messages, run));
        }
    }
    for (level, taken) in levels.into_iter().zip(taken) {
        let (median, least) = median_and_least(taken);
        print!(" {level:?} {median:.0} ({least:.0})");
    }
    println!();
}

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok());
    let messages = numbers.next().unwrap_or(1_000_000);
    let rounds = numbers.next().unwrap_or(7) as usize;
    let words: Vec<_> = std::env::args().skip(3).collect();
    let live = LiveHost::start().expect("threads can be started");
    let mut candidates = candidates(&live);
    candidates.retain(|candidate| {
        let is_named = words
            .iter()
            .any(|word| candidate.name.contains(word.as_str()));
        words.is_empty() || is_named || candidate.name == BASE
    });
    println!("CPU ns a message, median of {rounds} rounds of {messages} (and the least)");
    println!(
        "{:<16}{:>20}{:>20}{:>20}",
        "", "ping-pong", "counting", "ring"
    );
    let figures = compare(&candidates, messages, rounds);
    for (candidate, row) in candidates.iter().zip(&figures) {
        print!("{:<16}", candidate.name);
        for ((median, least), (base, _)) in row.iter().zip(figures[0]) {
            print!(
                "{:>20}",
                format!("{median:.0} ({least:.0}) {:.2}x", median / base)
            );
        }
        println!();
    }
    if words.is_empty() {
        print_across(&live, messages / 10, rounds);
        let (median, least) = median_and_least(kits::snapshots(&live));
        println!("snapshot of 200 actors: {median:.0} µs ({least:.0})");
    }
    drop(candidates);
    live.stop();
}
