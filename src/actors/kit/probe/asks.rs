//! What one actor has asked others and got no answer to yet.
//!
//! The actor's thread writes, anybody reads: whoever finds a circle of waiting does so while
//! its actors wait.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

use crossbeam_utils::atomic::AtomicCell;

use super::{ActorNumber, Names};
use crate::{
    actors::kit::{labels::short, letter::Label},
    messages::{cause::CauseId, inspector::AskReport},
    relay::Time,
};

/// Up to [`ASKS_SHOWN_MAX`] open questions; more are asked, but not shown.
pub(in crate::actors::kit) struct Asks {
    slots: Box<[Slot]>,
    /// Where the search for a free slot begins.
    hint: AtomicUsize,
}

#[derive(Default)]
struct Slot {
    /// Counts up with each use; odd while a question is open.
    version: AtomicU64,
    to: AtomicU64,
    label: AtomicCell<Option<Label>>,
    cause: [AtomicU64; 2],
    since: AtomicU64,
    until: AtomicU64,
}

/// One question, as long as it is open.
pub(in crate::actors::kit) struct Asked {
    pub(in crate::actors::kit) to: ActorNumber,
    pub(in crate::actors::kit) label: Label,
    pub(in crate::actors::kit) cause: CauseId,
    pub(in crate::actors::kit) since: Time,
    pub(in crate::actors::kit) until: Time,
}

/// Where an open question is noted.
#[derive(Clone, Copy)]
pub(in crate::actors::kit) struct AskSlot(u16);

impl Asks {
    pub(in crate::actors::kit) fn new() -> Self {
        Self {
            slots: (0..ASKS_SHOWN_MAX).map(|_| Slot::default()).collect(),
            hint: AtomicUsize::new(0),
        }
    }

    pub(in crate::actors::kit) fn begin(&self, asked: &Asked) -> Option<AskSlot> {
        let hint = self.hint.load(Ordering::Relaxed);
        let places = (hint..ASKS_SHOWN_MAX).chain(0..hint);
        let place = places
            .into_iter()
            .find(|place| !self.slots[*place].is_open())?;
        self.hint
            .store((place + 1) % ASKS_SHOWN_MAX, Ordering::Relaxed);
        let slot = &self.slots[place];
        slot.to.store(asked.to.into(), Ordering::Relaxed);
        slot.label.store(Some(asked.label));
        let [high, low] = asked.cause.halves();
        slot.cause[0].store(high, Ordering::Relaxed);
        slot.cause[1].store(low, Ordering::Relaxed);
        slot.since.store(asked.since.as_micros(), Ordering::Relaxed);
        slot.until.store(asked.until.as_micros(), Ordering::Relaxed);
        slot.step();
        Some(AskSlot(place as u16))
    }

    pub(in crate::actors::kit) fn end(&self, AskSlot(place): AskSlot) {
        let slot = &self.slots[usize::from(place)];
        if slot.is_open() {
            slot.step();
        }
    }

    /// Forgets them all, as a restart does.
    pub(in crate::actors::kit) fn clear(&self) {
        for slot in self.slots.iter().filter(|slot| slot.is_open()) {
            slot.step();
        }
    }

    /// The open questions, the oldest first.
    pub(in crate::actors::kit) fn reports(&self, now: Time, names: &Names) -> Vec<AskReport> {
        let mut reports: Vec<_> = self
            .slots
            .iter()
            .filter_map(|slot| slot.read(now, names))
            .collect();
        reports.sort_by(|a, b| b.waiting_ms.total_cmp(&a.waiting_ms));
        reports
    }
}

impl Slot {
    fn is_open(&self) -> bool {
        self.version.load(Ordering::Relaxed) % 2 == 1
    }

    /// Opens or closes it.
    fn step(&self) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version + 1, Ordering::Release);
        // What is written for the next question must not be seen before the close is.
        fence(Ordering::Release);
    }

    fn read(&self, now: Time, names: &Names) -> Option<AskReport> {
        let version = self.version.load(Ordering::Acquire);
        let to = self.to.load(Ordering::Relaxed) as ActorNumber;
        let label = self.label.load();
        let [high, low] = self
            .cause
            .each_ref()
            .map(|half| half.load(Ordering::Relaxed));
        let since = Time::from_micros(self.since.load(Ordering::Relaxed));
        let until = Time::from_micros(self.until.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_open = version % 2 == 1 && self.version.load(Ordering::Relaxed) == version;
        is_open.then(|| AskReport {
            to: names.of(to).unwrap_or_default(),
            message: label.map_or_else(String::new, |label| short(label())),
            waiting_ms: now.since(since).as_secs_f64() * 1e3,
            left_ms: until.since(now).as_secs_f64() * 1e3,
            cause: CauseId::from_halves(high, low),
        })
    }
}

/// Open questions of one actor that are shown.
const ASKS_SHOWN_MAX: usize = 64;
