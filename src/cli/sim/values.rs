//! Values on the command line of `runtime sim`: seeds, times, shares, churn, shards.
//!
//! Each function is a parser for clap, which puts flag and value in front of the error.

use std::{fmt, path::PathBuf, str::FromStr};

use sim::{ChurnConfig, ChurnKind, NatMix};

use crate::config::nearest_name;

/// Seeds from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeedRange {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// A seed to run again, and until when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// The seed.
    pub seed: u64,
    /// Virtual seconds at which to stop.
    pub until_s: Option<f64>,
}

/// One of several parts of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u64,
    /// How many there are.
    pub count: u64,
}

/// How peers come and go.
#[derive(Clone, Debug, PartialEq)]
pub enum ChurnArg {
    /// As this kind says, with the values of the scenario.
    Kind(ChurnKind),
    /// So many of a hundred are replaced in a minute.
    PercentPerMinute(f64),
    /// As a file says.
    Trace(PathBuf),
}

impl Shard {
    /// The seeds that are this part's: the first, the second and so on in turn.
    pub(super) fn of(self, seeds: &[u64]) -> Vec<u64> {
        let own = (0..self.count).cycle().zip(seeds);
        own.filter(|(turn, _)| turn + 1 == self.index)
            .map(|(_, seed)| *seed)
            .collect()
    }
}

impl ChurnArg {
    /// Puts it into a scenario.
    pub(super) fn apply(&self, churn: &mut ChurnConfig) {
        churn.trace_file = None;
        match self {
            Self::Kind(kind) => churn.kind = *kind,
            Self::PercentPerMinute(percent) => {
                churn.kind = ChurnKind::Stress;
                churn.percent_per_minute = *percent;
            }
            Self::Trace(file) => {
                churn.kind = ChurnKind::Trace;
                churn.trace_file = Some(file.display().to_string());
            }
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// A number of peers, as `1024`, `100_000`, `100k` or `1M`.
pub(super) fn peers(text: &str) -> Result<u64, String> {
    let plain = text.replace(['_', ','], "");
    let (digits, factor) = match plain.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => match plain.strip_suffix('M') {
            Some(digits) => (digits, 1e6),
            None => (plain.as_str(), 1.0),
        },
    };
    let number = digits.parse::<f64>().ok().map(|number| number * factor);
    match number {
        Some(number) if number >= 2.0 && number.fract() == 0.0 => Ok(number.min(1e18) as u64),
        Some(number) if number < 2.0 => Err("a network has at least 2 peers".to_owned()),
        _ => Err("it is no number of peers, as 1024, 100k and 1M are".to_owned()),
    }
}

/// A whole number: of a seed, a peer or messages.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    let number = text.parse();
    number.map_err(|_| "it is no whole number from 0, or too large a one".to_owned())
}

/// A number of runs at once.
pub(super) fn jobs(text: &str) -> Result<u16, String> {
    let jobs = whole(text)?;
    match jobs {
        1..=JOBS_MAX => Ok(jobs),
        _ => Err(format!("from 1 to {JOBS_MAX} runs go on at once")),
    }
}

/// `A..B`, both included, or one seed.
pub(super) fn seeds(text: &str) -> Result<SeedRange, String> {
    let wrong = || "it is no range of seeds, as 1..30 is".to_owned();
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let last = last.strip_prefix('=').unwrap_or(last);
    let first = first.trim().parse().map_err(|_| wrong())?;
    let last = last.trim().parse().map_err(|_| wrong())?;
    if first > last {
        return Err(format!("seed {first} comes after {last}"));
    }
    if last - first >= SEEDS_MAX {
        return Err(format!("there are at most {SEEDS_MAX} seeds in a sweep"));
    }
    Ok(SeedRange { first, last })
}

/// Virtual seconds, as `90`, `500ms`, `10m`, `24h` or `7d`.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let number_end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(number_end);
    let found = TIME_UNITS.iter().find(|(name, _)| *name == unit.trim());
    let (_, factor) = found.ok_or("it is no time, as 90, 500ms, 10m, 24h and 7d are")?;
    let number: f64 = number
        .parse()
        .map_err(|_| "it is no time, as 90, 500ms, 10m, 24h and 7d are".to_owned())?;
    Ok(number * factor)
}

/// `SEED` or `SEED@TIME`.
pub(super) fn replay(text: &str) -> Result<Replay, String> {
    let (seed, until) = match text.split_once('@') {
        Some((seed, until)) => (seed, Some(seconds(until)?)),
        None => (text, None),
    };
    let seed = seed
        .parse()
        .map_err(|_| "it is no seed, as 7 and 7@42.5s are".to_owned())?;
    Ok(Replay {
        seed,
        until_s: until,
    })
}

/// A share, as `0.02` or `2%`.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let (number, factor) = match text.strip_suffix('%') {
        Some(number) => (number, 0.01),
        None => (text, 1.0),
    };
    let share = number.trim().parse::<f64>().ok().map(|n| n * factor);
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "it is no share from 0 to 1, as 0.02 and 2% are".to_owned())
}

/// Messages a second, as `10` or `10/s`.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    let rate = number.parse::<f64>().ok();
    rate.filter(|rate| rate.is_finite() && *rate >= 0.0)
        .ok_or_else(|| "it is no number of messages a second, as 10 and 0.5 are".to_owned())
}

/// A kind of churn, `N%/min`, or `trace:FILE`.
pub(super) fn churn(text: &str) -> Result<ChurnArg, String> {
    if text == "trace:" {
        return Err("trace: needs a file behind it".to_owned());
    }
    if let Some(file) = text.strip_prefix("trace:") {
        return Ok(ChurnArg::Trace(file.into()));
    }
    if let Some((number, "" | "/min")) = text.split_once('%') {
        let percent = number.trim().parse::<f64>().ok();
        let percent = percent.filter(|percent| (0.0..=100_000.0).contains(percent));
        return percent
            .map(ChurnArg::PercentPerMinute)
            .ok_or_else(|| "it is no rate from 0 to 100000%/min".to_owned());
    }
    let found = CHURN_KINDS.iter().find(|(name, _)| *name == text);
    match found {
        Some((_, kind)) => Ok(ChurnArg::Kind(*kind)),
        None => Err(unknown(
            text,
            &CHURN_KINDS.map(|(name, _)| name),
            " or N%/min or trace:FILE",
        )),
    }
}

/// A mix of NATs.
pub(super) fn nat(text: &str) -> Result<NatMix, String> {
    let found = NAT_MIXES.iter().find(|(name, _)| *name == text);
    match found {
        Some((_, mix)) => Ok(*mix),
        None => Err(unknown(text, &NAT_MIXES.map(|(name, _)| name), "")),
    }
}

/// `I/N`: the I-th of N parts, from 1.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || "it is no part of a sweep, as 1/4 to 4/4 are".to_owned();
    let (index, count) = text.split_once('/').ok_or_else(wrong)?;
    let [index, count] = [index, count].map(u64::from_str);
    match (index, count) {
        (Ok(index), Ok(count)) if (1..=count).contains(&index) => Ok(Shard { index, count }),
        _ => Err(wrong()),
    }
}

/// Says that nothing goes by this name, and what does.
fn unknown(text: &str, names: &[&'static str], more: &str) -> String {
    match nearest_name(text, names.iter().copied()) {
        Some(name) => format!("did you mean '{name}'?"),
        None => format!("it is none of {}{more}", names.join(", ")),
    }
}

/// By name; `kad` is where the fitted values of `weibull` come from.
const CHURN_KINDS: [(&str, ChurnKind); 6] = [
    ("none", ChurnKind::None),
    ("weibull", ChurnKind::Weibull),
    ("kad", ChurnKind::Weibull),
    ("exponential", ChurnKind::Exponential),
    ("phone", ChurnKind::Phone),
    ("stress", ChurnKind::Stress),
];
const NAT_MIXES: [(&str, NatMix); 5] = [
    ("seed", NatMix::Seed),
    ("desktop", NatMix::Desktop),
    ("mobile", NatMix::Mobile),
    ("enterprise", NatMix::Enterprise),
    ("public", NatMix::Public),
];
const TIME_UNITS: [(&str, f64); 6] = [
    ("", 1.0),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
];
/// Runs at once.
const JOBS_MAX: u16 = 1024;
/// Seeds of one sweep.
const SEEDS_MAX: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_both_ends_or_one() {
        assert_eq!(seeds("1..30"), Ok(SeedRange { first: 1, last: 30 }));
        assert_eq!(seeds("1..=30"), seeds("1..30"));
        assert_eq!(seeds("7"), Ok(SeedRange { first: 7, last: 7 }));
        assert_eq!(seeds("5..3").unwrap_err(), "seed 5 comes after 3");
        for wrong in ["", "a..b", "1..", "-1..3", "0..18446744073709551615"] {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shards_take_seeds_in_turn_and_leave_none_out() {
        let seeds = [1, 2, 3, 4, 5];
        let parts = ["1/2", "2/2"].map(|text| shard(text).unwrap().of(&seeds));
        assert_eq!(parts, [vec![1, 3, 5], vec![2, 4]]);
        for wrong in ["0/2", "3/2", "1", "a/b", "1/0"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_may_be_written_short() {
        assert_eq!(
            ["1024", "100k", "1M", "100_000"].map(peers),
            [Ok(1024), Ok(100_000), Ok(1_000_000), Ok(100_000)]
        );
        assert_eq!(
            ["90", "500ms", "10m", "24h", "7d"].map(seconds),
            [90.0, 0.5, 600.0, 86_400.0, 604_800.0].map(Ok)
        );
        assert_eq!(["0.02", "2%", "0"].map(share), [0.02, 0.02, 0.0].map(Ok));
        assert!(share("2").is_err() && peers("1").is_err() && seconds("soon").is_err());
        let replayed = replay("7@1.5m").unwrap();
        assert_eq!((replayed.seed, replayed.until_s), (7, Some(90.0)));
    }

    #[test]
    fn a_slip_of_the_fingers_is_answered_with_the_right_name() {
        assert_eq!(churn("95%/min"), Ok(ChurnArg::PercentPerMinute(95.0)));
        assert_eq!(churn("kad"), Ok(ChurnArg::Kind(ChurnKind::Weibull)));
        assert_eq!(churn("phoen").unwrap_err(), "did you mean 'phone'?");
        assert_eq!(nat("mobil").unwrap_err(), "did you mean 'mobile'?");
        assert!(nat("xyzzy").unwrap_err().starts_with("it is none of seed,"));
    }
}
