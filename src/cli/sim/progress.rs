//! How far the runs are: one line that is painted again and again on a terminal, and now and
//! then a line anywhere else.

use std::{collections::BTreeMap, io};

use sim::metrics::RunRecord;

use super::{memory, plan::Plan, run::Stopwatch};
use crate::{actors::simulation::Progress, cli::Console};

/// What is known of all runs.
pub(super) struct Board {
    is_quiet: bool,
    seed_count: usize,
    ended_count: usize,
    /// Virtual seconds of each run.
    run_s: f64,
    /// The runs that go on, by seed.
    running: BTreeMap<u64, Progress>,
    /// Virtual seconds of those that ended.
    ended_s: f64,
    events_ended: u64,
    watch: Stopwatch,
    /// When the last line was written where nothing is painted.
    line_at_s: f64,
    /// Real and virtual seconds and events when the rates were last worked out.
    last: (f64, f64, u64),
    /// Virtual seconds and events in a real second.
    rates: (f64, f64),
    is_stopping: bool,
    is_painted: bool,
}

impl Board {
    pub(super) fn new(plan: &Plan, is_quiet: bool) -> Self {
        let end_s = plan.scenario.end_s();
        Self {
            is_quiet,
            seed_count: plan.seeds.len(),
            ended_count: 0,
            run_s: plan.until_s.map_or(end_s, |until_s| until_s.min(end_s)),
            running: BTreeMap::new(),
            ended_s: 0.0,
            events_ended: 0,
            watch: Stopwatch::start(),
            line_at_s: 0.0,
            last: (0.0, 0.0, 0),
            rates: (0.0, 0.0),
            is_stopping: false,
            is_painted: false,
        }
    }

    pub(super) fn began(&mut self, seed: u64) {
        self.running.entry(seed).or_insert(NOTHING);
    }

    pub(super) fn stands(&mut self, seed: u64, progress: Progress) {
        self.running.insert(seed, progress);
    }

    /// Notes the end of a run, and says so if there are several.
    pub(super) fn ended(
        &mut self,
        console: &mut Console<'_>,
        record: &RunRecord,
    ) -> io::Result<()> {
        self.running.remove(&record.seed);
        self.ended_count += 1;
        self.ended_s += record.virtual_us as f64 / 1e6;
        self.events_ended += record.end.events;
        if self.is_quiet || self.seed_count == 1 {
            return Ok(());
        }
        self.clear(console)?;
        let (done, all) = (self.ended_count, self.seed_count);
        let what = format!(
            "seed {} ({done} of {all}) in {}, {}",
            record.seed,
            time(record.end.wall_s),
            record.digest
        );
        console.progress(
            if record.end.is_partial {
                "Stopped"
            } else {
                "Ran"
            },
            &what,
        )
    }

    pub(super) fn stopping(&mut self, console: &mut Console<'_>) -> io::Result<()> {
        self.is_stopping = true;
        self.clear(console)?;
        if self.is_quiet {
            return Ok(());
        }
        console.progress("Stop", "writing what there is; once more ends at once")
    }

    /// Shows how far it is, if it is time.
    pub(super) fn paint(&mut self, console: &mut Console<'_>) -> io::Result<()> {
        if self.is_quiet || self.is_stopping || self.running.is_empty() {
            return Ok(());
        }
        let now_s = self.watch.elapsed_s();
        if console.is_watched() {
            self.is_painted = true;
            let line = self.line(now_s);
            return console.repaint("Simulate", &line);
        }
        if now_s - self.line_at_s < LINE_EACH_S {
            return Ok(());
        }
        self.line_at_s = now_s;
        let line = self.line(now_s);
        console.progress("Simulate", &line)
    }

    /// Takes the painted line away.
    pub(super) fn clear(&mut self, console: &mut Console<'_>) -> io::Result<()> {
        if std::mem::take(&mut self.is_painted) {
            console.unpaint()?;
        }
        Ok(())
    }

    fn line(&mut self, now_s: f64) -> String {
        let running_s: f64 = self.running.values().map(|run| run.virtual_s).sum();
        let events: u64 = self.running.values().map(|run| run.events).sum();
        let (virtual_s, events) = (self.ended_s + running_s, self.events_ended + events);
        self.note_rates(now_s, virtual_s, events);
        let (times_real, rate) = self.rates;
        let all_s = self.run_s * self.seed_count as f64;
        let share = virtual_s / all_s.max(1e-9);
        let seeds = match self.seed_count {
            1 => String::new(),
            count => format!("{} of {count} seeds · ", self.ended_count),
        };
        format!(
            "{seeds}{} of {} ({:.0} %){} · {}× real time · {} events/s · {} MB{}",
            time(virtual_s),
            time(all_s),
            (share * 100.0).min(100.0),
            left(now_s, share),
            short(times_real),
            short(rate),
            memory::held_bytes() / 1_000_000,
            self.coverage(),
        )
    }

    /// Works the rates out anew each second, so that they follow what is going on.
    fn note_rates(&mut self, now_s: f64, virtual_s: f64, events: u64) {
        let (then_s, then_virtual_s, then_events) = self.last;
        let elapsed_s = now_s - then_s;
        if elapsed_s >= RATES_EACH_S || self.rates == (0.0, 0.0) {
            let per_s = |count: f64| count.max(0.0) / elapsed_s.max(1e-3);
            let event_count = events.saturating_sub(then_events) as f64;
            self.rates = (per_s(virtual_s - then_virtual_s), per_s(event_count));
            self.last = (now_s, virtual_s, events);
        }
    }

    fn coverage(&self) -> String {
        let known = self.running.values();
        let known: Vec<f64> = known.filter_map(|run| run.recorded.coverage_mean).collect();
        if known.is_empty() {
            return String::new();
        }
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        format!(" · {:.1} % covered", mean * 100.0)
    }
}

/// How long it will take if it goes on like this, once that can be told.
fn left(now_s: f64, share: f64) -> String {
    let left_s = now_s / share * (1.0 - share);
    if now_s < LEFT_FROM_S || share >= 1.0 || !left_s.is_finite() {
        return String::new();
    }
    format!(", {} left", time(left_s.ceil()).replace(".0 s", " s"))
}

/// A time as people say it.
fn time(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds:.1} s"),
        (0, minutes) => format!("{minutes}:{rest:02} min"),
        (hours, minutes) => format!("{hours}:{minutes:02} h"),
    }
}

/// Three digits and a unit.
fn short(number: f64) -> String {
    match number {
        number if number >= 1e6 => format!("{:.2} M", number / 1e6),
        number if number >= 1e4 => format!("{:.0} k", number / 1e3),
        number if number >= 10.0 => format!("{number:.0}"),
        number => format!("{number:.1}"),
    }
}

/// A run that has just begun.
const NOTHING: Progress = Progress {
    virtual_s: 0.0,
    events: 0,
    recorded: sim::metrics::Progress {
        online_count: 0,
        packet_count: 0,
        folded_count: 0,
        coverage_mean: None,
        lost_count: 0,
    },
};
/// How often a line is written where nothing can be painted.
const LINE_EACH_S: f64 = 5.0;
/// From when on it is said how long it will still take.
const LEFT_FROM_S: f64 = 3.0;
/// How often rates are worked out.
const RATES_EACH_S: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_once_it_is_known() {
        assert_eq!(left(10.0, 0.25), ", 30 s left");
        assert_eq!(left(100.0, 0.5), ", 1:40 min left");
        assert_eq!(left(1.0, 0.5) + &left(10.0, 0.0) + &left(10.0, 1.0), "");
    }

    #[test]
    fn times_and_rates_are_short() {
        assert_eq!(
            [1.25, 61.0, 86_400.0].map(time),
            ["1.2 s", "1:01 min", "24:00 h"]
        );
        assert_eq!(
            [0.5, 450.0, 23_400.0, 2.1e6].map(short),
            ["0.5", "450", "23 k", "2.10 M"]
        );
    }
}
