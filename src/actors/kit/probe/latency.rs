//! How long the messages of one actor waited and took, by type.
//!
//! The actor's thread counts, anybody reads. A bucket is an eighth of a power of two wide, so
//! a figure read from it is at most 12.5 % too high.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
};

use crate::{
    actors::kit::{labels::short, letter::Label},
    messages::inspector::{LatencyReport, Percentiles},
    relay::Time,
};

/// Distributions for [`TYPES_MAX`] types of message, and one for all others.
#[derive(Default)]
#[repr(C, align(64))]
pub(in crate::actors::kit) struct Latencies {
    /// Where the type of the last message is.
    last: AtomicUsize,
    types: [OnceLock<Box<Measured>>; TYPES_MAX],
    others: OnceLock<Box<Measured>>,
}

/// What most messages touch is in the first cache line.
#[repr(C, align(64))]
struct Measured {
    label: Label,
    /// The maxima of waiting and service.
    max: [AtomicU64; 2],
    /// The first buckets of both.
    low: [[AtomicU32; LOW]; 2],
    high: [[AtomicU32; BUCKETS - LOW]; 2],
}

impl Latencies {
    #[inline]
    pub(in crate::actors::kit) fn note(&self, label: Label, sent: Time, began: Time, ended: Time) {
        let measured = self.of(label);
        let wait = began.as_micros().saturating_sub(sent.as_micros());
        let service = ended.as_micros().saturating_sub(began.as_micros());
        measured.note(WAIT, wait);
        measured.note(SERVICE, service);
    }

    fn of(&self, label: Label) -> &Measured {
        let is_same = |measured: &Measured| std::ptr::fn_addr_eq(measured.label, label);
        let last = self.last.load(Ordering::Relaxed);
        if let Some(measured) = self.types.get(last).and_then(OnceLock::get)
            && is_same(measured)
        {
            return measured;
        }
        for (place, slot) in self.types.iter().enumerate() {
            let measured = slot.get_or_init(|| Box::new(Measured::new(label)));
            if is_same(measured) {
                self.last.store(place, Ordering::Relaxed);
                return measured;
            }
        }
        self.others
            .get_or_init(|| Box::new(Measured::new(|| "other")))
    }

    pub(in crate::actors::kit) fn reports(&self) -> Vec<LatencyReport> {
        let all = self.types.iter().chain([&self.others]);
        all.filter_map(OnceLock::get)
            .map(|measured| measured.report())
            .filter(|report| report.count > 0)
            .collect()
    }
}

impl Measured {
    fn new(label: Label) -> Self {
        Self {
            label,
            max: Default::default(),
            low: Default::default(),
            high: [const { [const { AtomicU32::new(0) }; BUCKETS - LOW] }; 2],
        }
    }

    #[inline]
    fn note(&self, what: usize, micros: u64) {
        let bucket = self.bucket(what, bucket_of(micros));
        let count = bucket.load(Ordering::Relaxed);
        bucket.store(count.saturating_add(1), Ordering::Relaxed);
        if micros > self.max[what].load(Ordering::Relaxed) {
            self.max[what].store(micros, Ordering::Relaxed);
        }
    }

    #[inline]
    fn bucket(&self, what: usize, place: usize) -> &AtomicU32 {
        match place.checked_sub(LOW) {
            None => &self.low[what][place],
            Some(place) => &self.high[what][place],
        }
    }

    fn report(&self) -> LatencyReport {
        let (_, wait) = self.percentiles(WAIT);
        let (count, service) = self.percentiles(SERVICE);
        LatencyReport {
            message: short((self.label)()),
            count,
            wait,
            service,
        }
    }

    /// How many were noted, and the distribution.
    fn percentiles(&self, what: usize) -> (u64, Percentiles) {
        let counts = (0..BUCKETS).map(|place| self.bucket(what, place));
        let counts: Vec<_> = counts
            .map(|count| u64::from(count.load(Ordering::Relaxed)))
            .collect();
        let total: u64 = counts.iter().sum();
        let max_us = self.max[what].load(Ordering::Relaxed);
        let at = |percent: u64| {
            let rank = (total * percent).div_ceil(100);
            let mut seen = 0;
            let bucket = counts.iter().position(|count| {
                seen += count;
                seen >= rank
            });
            bucket.map_or(0, upper_end).min(max_us)
        };
        let percentiles = Percentiles {
            p50_us: at(50),
            p90_us: at(90),
            p99_us: at(99),
            max_us,
        };
        (total, percentiles)
    }
}

/// Values below 8 have a bucket each; each octave from there on has eight.
#[inline]
fn bucket_of(micros: u64) -> usize {
    if micros < 8 {
        return micros as usize;
    }
    let octave = 63 - micros.leading_zeros() as usize;
    let eighth = (micros >> (octave - 3)) as usize & 7;
    ((octave - 2) * 8 + eighth).min(BUCKETS - 1)
}

/// The largest value of a bucket.
fn upper_end(bucket: usize) -> u64 {
    if bucket < 8 {
        return bucket as u64;
    }
    let (octave, eighth) = (bucket / 8 + 2, bucket as u64 % 8);
    ((9 + eighth) << (octave - 3)) - 1
}

/// Types of message that one actor has distributions of their own for.
const TYPES_MAX: usize = 16;
/// Up to 2^40 microseconds, twelve days.
const BUCKETS: usize = 39 * 8;
/// Buckets that are close at hand: with the rest of a type's head they fill a cache line.
const LOW: usize = 5;
/// The place of the time between being sent and the begin of the handler.
const WAIT: usize = 0;
/// The place of the time from there to the handler's end.
const SERVICE: usize = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_at_most_an_eighth_wide() {
        for octave in 0..39 {
            for value in [1_u64 << octave, (1 << octave) + 1, (2 << octave) - 1] {
                let end = upper_end(bucket_of(value));
                assert!(end >= value, "{value} lies above its bucket's end {end}");
                assert!((end - value) * 8 <= value, "{value} is read as {end}");
            }
        }
    }

    #[test]
    fn percentiles_are_read_by_type_and_the_rest_is_summed_up() {
        let latencies = Latencies::default();
        for micros in 1..=1000 {
            let at = |micros| Time::from_micros(micros);
            latencies.note(|| "a::Fast", at(0), at(0), at(micros));
        }
        let report = &latencies.reports()[0];
        assert_eq!((report.message.as_str(), report.count), ("Fast", 1000));
        assert_eq!(report.service.max_us, 1000);
        assert!((500..=562).contains(&report.service.p50_us), "{report:?}");
        assert!((990..=1000).contains(&report.service.p99_us), "{report:?}");
        assert_eq!(report.wait, Percentiles::default());
    }
}
