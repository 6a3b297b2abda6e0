//! What a message costs in the kit, at each level, beside actix, ractor and kameo.
//!
//! `cargo run --release --manifest-path benches/actors/Cargo.toml [-- MESSAGES ROUNDS NAMES…]`;
//! of the candidates, those whose name has one of NAMES in it, and bare actix. `goals` in the
//! place of a name measures what the kit promises instead (`goals`), beside the kit without its
//! probes if that was built first: the same command with `build`, `--features unprobed` and
//! `--bin unprobed`.
//!
//! Every actor runs on one thread. A figure is the time of the whole process on a core,
//! divided by the messages: the median of the rounds, and the least in brackets. Rounds of
//! all libraries alternate, so that a busy machine is equally busy for each.
//!
//! - ping-pong: two actors send one message back and forth.
//! - counting: batches of a thousand messages to one actor.
//! - ring: one message goes round a hundred actors.

mod bare_actix;
mod goals;
mod kameos;
mod kits;
mod measure;
mod one_thread;
mod ractors;
mod recorded;

use socket_runtime::{actors::kit::LiveHost, messages::inspector::Level};

use crate::measure::{Pattern, measure, median_and_least};

/// What the others are measured by.
const BASE: &str = "bare actix";

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
            run: Box::new(one_thread::run::<ractors::Ractor>),
        },
        Candidate {
            name: "kameo",
            run: Box::new(one_thread::run::<kameos::Kameo>),
        },
    ]
}

/// The figures of one candidate: the median and the least of each pattern.
type Figures = [(f64, f64); 3];

fn compare(candidates: &[Candidate<'_>], messages: u64, rounds: usize) -> Vec<Figures> {
    let mut figures = vec![Figures::default(); candidates.len()];
    for (column, pattern) in Pattern::ON_ONE_THREAD.into_iter().enumerate() {
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

fn print_comparison(
    mut candidates: Vec<Candidate<'_>>,
    (messages, rounds): Size,
    words: &[String],
) {
    candidates.retain(|candidate| {
        let is_named = words
            .iter()
            .any(|word| candidate.name.contains(word.as_str()));
        words.is_empty() || is_named || candidate.name == BASE
    });
    println!("CPU ns a message, median of {rounds} rounds of {messages} (and the least)");
    print!("{:<16}", "");
    for pattern in Pattern::ON_ONE_THREAD {
        print!("{:>20}", pattern.name());
    }
    println!();
    let figures = compare(&candidates, messages, rounds);
    for (candidate, row) in candidates.iter().zip(&figures) {
        print!("{:<16}", candidate.name);
        for ((median, least), (base, _)) in row.iter().zip(figures[0]) {
            let figure = format!("{median:.0} ({least:.0}) {:.2}x", median / base);
            print!("{figure:>20}");
        }
        println!();
    }
}

/// How many messages, and how many rounds of them.
type Size = (u64, usize);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == kits::ALONE) {
        return kits::run_alone(&arguments);
    }
    let number = |place: usize| arguments.get(place)?.parse().ok();
    let size = (
        number(0).unwrap_or(1_000_000),
        number(1).unwrap_or(7) as usize,
    );
    let words = arguments.get(2..).unwrap_or_default();
    let live = LiveHost::start().expect("threads can be started");
    if words.iter().any(|word| word == "goals") {
        goals::print(&live, size);
    } else {
        print_comparison(candidates(&live), size, words);
    }
    live.stop();
}
