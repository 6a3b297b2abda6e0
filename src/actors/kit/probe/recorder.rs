//! The flight recorder of one actor: the last messages that it handled.
//!
//! The actor's thread writes; anybody reads, and skips a line that is being written.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use crossbeam_utils::atomic::AtomicCell;

use super::{Names, Origin, prefetch::prefetch, slots};
use crate::{
    actors::kit::{labels::short, letter::Label},
    messages::{
        cause::CauseId,
        inspector::{EntryKind, Intervention, RecorderEntry, ViewerId},
    },
    relay::Time,
};

/// The last [`ENTRIES_MAX`] lines.
pub(in crate::actors::kit) struct Recorder {
    slots: Box<[Slot; ENTRIES_MAX]>,
    /// How many lines were ever written.
    written: AtomicU64,
}

/// One line; a cache line long.
#[derive(Default)]
#[repr(align(64))]
struct Slot {
    /// The number of the line plus one; 0 while it is being written.
    number: AtomicU64,
    label: AtomicCell<Option<Label>>,
    /// The kind and the sender.
    head: AtomicU64,
    cause: [AtomicU64; 2],
    times: [AtomicU64; 3],
}

/// A message that was taken out of its mailbox.
pub(in crate::actors::kit) struct Taken {
    pub(in crate::actors::kit) label: Label,
    pub(in crate::actors::kit) origin: Origin,
    pub(in crate::actors::kit) sent: Time,
    pub(in crate::actors::kit) began: Time,
}

impl Recorder {
    pub(in crate::actors::kit) fn new() -> Self {
        Self {
            slots: slots(),
            written: AtomicU64::new(0),
        }
    }

    /// Notes what became of a message.
    #[inline]
    pub(in crate::actors::kit) fn taken(&self, kind: EntryKind, taken: &Taken, ended: Time) {
        let times = [taken.sent, taken.began, ended].map(Time::as_micros);
        self.write(kind, taken.origin, Some(taken.label), times);
    }

    /// Notes that `origin`'s chain goes on elsewhere as `link`.
    pub(in crate::actors::kit) fn link(&self, origin: Origin, link: CauseId, now: Time) {
        let [high, low] = link.halves();
        self.write(EntryKind::Link, origin, None, [high, low, now.as_micros()]);
    }

    pub(in crate::actors::kit) fn intervention(&self, what: Intervention, by: ViewerId, now: Time) {
        let origin = Origin {
            cause: CauseId::NONE,
            sender: by.0,
        };
        let times = [what as u64, 0, now.as_micros()];
        self.write(EntryKind::Intervention, origin, None, times);
    }

    #[inline]
    fn write(&self, kind: EntryKind, origin: Origin, label: Option<Label>, times: [u64; 3]) {
        let number = self.written.load(Ordering::Relaxed);
        let slot = &self.slots[number as usize % ENTRIES_MAX];
        slot.number.store(0, Ordering::Relaxed);
        fence(Ordering::Release);
        slot.label.store(label);
        let head = u64::from(origin.sender) << 8 | kind as u64;
        slot.head.store(head, Ordering::Relaxed);
        for (place, half) in slot.cause.iter().zip(origin.cause.halves()) {
            place.store(half, Ordering::Relaxed);
        }
        for (place, time) in slot.times.iter().zip(times) {
            place.store(time, Ordering::Relaxed);
        }
        slot.number.store(number + 1, Ordering::Release);
        self.written.store(number + 1, Ordering::Relaxed);
        // By the time of the next message it is there: among many actors, it would be far away.
        prefetch(&self.slots[(number + 1) as usize % ENTRIES_MAX]);
    }

    /// The lines that tell of what ended at `since` or later, the oldest first.
    pub(in crate::actors::kit) fn entries(&self, since: Time, names: &Names) -> Vec<RecorderEntry> {
        let read = self.slots.iter().filter(|slot| slot.ended() >= since);
        let read = read.filter_map(|slot| slot.read(names));
        let mut entries: Vec<_> = read.collect();
        entries.sort_unstable_by_key(|entry| entry.sequence);
        entries
    }
}

impl Slot {
    fn ended(&self) -> Time {
        Time::from_micros(self.times[2].load(Ordering::Relaxed))
    }

    fn read(&self, names: &Names) -> Option<RecorderEntry> {
        let number = self.number.load(Ordering::Acquire);
        let label = self.label.load();
        let head = self.head.load(Ordering::Relaxed);
        let cause = self
            .cause
            .each_ref()
            .map(|half| half.load(Ordering::Relaxed));
        let times = self
            .times
            .each_ref()
            .map(|time| time.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_whole = number != 0 && self.number.load(Ordering::Relaxed) == number;
        is_whole.then(|| entry(number - 1, label, head, cause, times, names))
    }
}

fn entry(
    sequence: u64,
    label: Option<Label>,
    head: u64,
    cause: [u64; 2],
    times: [u64; 3],
    names: &Names,
) -> RecorderEntry {
    let kind = KINDS[(head & 0xff) as usize % KINDS.len()];
    let from = (head >> 8) as u32;
    let base = RecorderEntry {
        sequence,
        kind,
        message: label.map_or_else(String::new, |label| short(label())),
        cause: CauseId::from_halves(cause[0], cause[1]),
        ended_us: times[2],
        ..RecorderEntry::default()
    };
    match kind {
        EntryKind::Intervention => RecorderEntry {
            message: Intervention::ALL[times[0] as usize % Intervention::ALL.len()]
                .name()
                .to_owned(),
            viewer: Some(from),
            sent_us: times[2],
            began_us: times[2],
            ..base
        },
        EntryKind::Link => RecorderEntry {
            link: Some(CauseId::from_halves(times[0], times[1])),
            sent_us: times[2],
            began_us: times[2],
            ..base
        },
        _ => RecorderEntry {
            sender: names.of(from),
            sent_us: times[0],
            began_us: times[1],
            ..base
        },
    }
}

/// Every kind, by its number.
const KINDS: [EntryKind; 6] = [
    EntryKind::Handled,
    EntryKind::Panicked,
    EntryKind::Expired,
    EntryKind::Stale,
    EntryKind::Link,
    EntryKind::Intervention,
];

/// Lines that one actor's flight recorder holds.
const ENTRIES_MAX: usize = 256;
