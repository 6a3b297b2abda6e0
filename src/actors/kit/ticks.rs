//! The processor's own counter of time, where it can be trusted.
//!
//! Reading the system's clock costs several times as much as counting a message does. On
//! x86-64 Linux, where the kernel itself keeps time by the processor's counter, a thread
//! reads the system's clock only every fraction of a millisecond, and the counter in between.
//! A counter that was reset meanwhile, as after a sleep of the machine, looks far away
//! and has the system's clock read at once.

use std::{
    cell::Cell,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// Microseconds since this process first asked; each thread sees them never run back.
#[inline]
pub(super) fn micros() -> u64 {
    let anchor = ANCHOR.get();
    let passed = ticks().wrapping_sub(anchor.ticks);
    if passed < anchor.trusted {
        // At most a few million ticks of at most a few nanoseconds each: no overflow.
        return anchor.micros + ((anchor.rest + passed * anchor.scale) >> SCALE_BITS);
    }
    anchor_anew()
}

/// The instant from which [`micros`] counts.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where live time enters"
)]
pub(super) fn start() -> Instant {
    *START.get_or_init(Instant::now)
}

/// A moment at which a thread has read both the clock and the counter.
#[derive(Clone, Copy)]
struct Anchor {
    ticks: u64,
    micros: u64,
    /// What the clock showed beyond whole microseconds, as a fraction of [`SCALE_BITS`] bits.
    rest: u64,
    /// Ticks from there for which the counter is believed; none before it is measured.
    trusted: u64,
    scale: u64,
}

/// Reads the system's clock, and believes the counter from there on if its pace is known.
#[cold]
fn anchor_anew() -> u64 {
    let last = ANCHOR.get();
    let nanos = u64::try_from(start().elapsed().as_nanos()).unwrap_or(u64::MAX);
    let ticks = ticks();
    let scale = SCALE.load(Ordering::Relaxed);
    let scale = if scale == 0 { measure(nanos) } else { scale };
    let anchor = Anchor {
        ticks,
        // The counter may have run ahead of the clock by some nanoseconds.
        micros: (nanos / 1000).max(last.micros),
        rest: ((nanos % 1000) << SCALE_BITS) / 1000,
        trusted: if scale == 0 { 0 } else { TRUSTED_TICKS },
        scale,
    };
    ANCHOR.set(anchor);
    anchor.micros
}

/// Measures the counter's pace once enough time has passed since the first look at it; zero
/// until then, and for good where the counter is not to be trusted.
fn measure(now: u64) -> u64 {
    let (first_nanos, first_ticks) = *FIRST.get_or_init(|| {
        let is_trusted = is_trusted();
        let (nanos, ticks) = read_both();
        (if is_trusted { nanos } else { u64::MAX }, ticks)
    });
    if now.saturating_sub(first_nanos) < MEASURED_NANOS {
        return 0;
    }
    let (nanos, ticks) = read_both();
    let passed = u128::from(ticks.wrapping_sub(first_ticks)).max(1);
    let scale = (u128::from(nanos - first_nanos) << SCALE_BITS) / passed / 1000;
    // Counters tick at 100 MHz to 10 GHz; another pace means that this one was reset.
    let is_plausible = (SCALE_OF_GHZ / 10..=SCALE_OF_GHZ * 10).contains(&scale);
    let scale = u64::try_from(scale).ok().filter(|_| is_plausible);
    let scale = scale.unwrap_or(0);
    SCALE.store(scale, Ordering::Relaxed);
    scale
}

/// The clock and the counter at one moment: of a few tries, the one that took least.
fn read_both() -> (u64, u64) {
    let tries = (0..5).map(|_| {
        let before = ticks();
        let nanos = u64::try_from(start().elapsed().as_nanos()).unwrap_or(u64::MAX);
        let after = ticks();
        (after.wrapping_sub(before), nanos, before)
    });
    let best = tries.min_by_key(|(taken, ..)| *taken);
    let (taken, nanos, before) = best.expect("there was at least one try");
    (nanos, before.wrapping_add(taken / 2))
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn is_trusted() -> bool {
    // The kernel keeps time by it only if it ticks evenly and alike on all cores.
    let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    std::fs::read_to_string(source).is_ok_and(|source| source.trim() == "tsc")
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn is_trusted() -> bool {
    false
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[inline]
fn ticks() -> u64 {
    // SAFETY: every x86-64 processor has the instruction, Linux lets processes use it, and
    // it touches no memory.
    unsafe { std::arch::x86_64::_rdtsc() }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn ticks() -> u64 {
    0
}

thread_local! {
    static ANCHOR: Cell<Anchor> = const {
        Cell::new(Anchor {
            ticks: 0,
            micros: 0,
            rest: 0,
            trusted: 0,
            scale: 0,
        })
    };
}

static START: OnceLock<Instant> = OnceLock::new();
/// The first look at both; never for a clock that is not trusted.
static FIRST: OnceLock<(u64, u64)> = OnceLock::new();
/// Microseconds a tick, as a fraction of [`SCALE_BITS`] bits; 0 while unknown.
static SCALE: AtomicU64 = AtomicU64::new(0);

const SCALE_BITS: u32 = 40;
/// The scale of a counter that ticks once a nanosecond.
const SCALE_OF_GHZ: u128 = (1 << SCALE_BITS) / 1000;
/// Ticks for which the counter is believed: between 0.1 and 1 ms on processors of today.
const TRUSTED_TICKS: u64 = 1 << 20;
/// How long the counter's pace is measured, so that an error of a microsecond is small.
const MEASURED_NANOS: u64 = 50_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the clock is what is tested")]
    fn it_keeps_up_with_the_systems_clock_and_never_runs_back() {
        let began = Instant::now();
        let first = micros();
        let mut last = first;
        while began.elapsed().as_millis() < 120 {
            let before = began.elapsed().as_micros() as u64;
            let now = micros();
            let after = began.elapsed().as_micros() as u64;
            assert!(now >= last, "it ran back from {last} to {now}");
            let passed = now - first;
            let slack = 100;
            assert!(passed + slack >= before && passed <= after + slack);
            last = now;
        }
    }
}
