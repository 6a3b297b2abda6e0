//! A mirror of one lane of a mailbox, which an inspector reads while the actor is stuck.
//!
//! It is written under the mailbox's lock and read without: each slot carries the number of
//! its message, so that a reader skips what has just gone. The first [`SHADOW_MAX`] messages
//! are mirrored; when one goes, the next that was beyond takes the last place. A queue that
//! was empty begins at the first slot again: most queues are short, and a slot that was written
//! a moment ago is still close to the processor.

use std::sync::atomic::{AtomicU64, Ordering, fence};

use crossbeam_utils::atomic::AtomicCell;

use super::{Names, Origin, slots};
use crate::{
    actors::kit::{labels::short, letter::Label},
    messages::{cause::CauseId, inspector::QueuedMessage},
    relay::Time,
};

/// The mirror of one lane.
pub(in crate::actors::kit) struct Shadow {
    slots: Box<[Slot; SHADOW_MAX]>,
    /// The number of the first message.
    head: AtomicU64,
    len: AtomicU64,
    /// The number of the message that is, or would be, in the first slot.
    base: AtomicU64,
}

/// One message, in one cache line.
#[derive(Default)]
#[repr(align(64))]
struct Slot {
    /// The number of the message; 0 while it is being written.
    number: AtomicU64,
    label: AtomicCell<Option<Label>>,
    sender: AtomicU64,
    cause: [AtomicU64; 2],
    sent: AtomicU64,
}

/// What is mirrored of one message.
pub(in crate::actors::kit) struct Line {
    pub(in crate::actors::kit) label: Label,
    pub(in crate::actors::kit) origin: Origin,
    pub(in crate::actors::kit) sent: Time,
}

impl Shadow {
    pub(in crate::actors::kit) fn new() -> Self {
        Self {
            slots: slots(),
            head: AtomicU64::new(FIRST),
            len: AtomicU64::new(0),
            base: AtomicU64::new(FIRST),
        }
    }

    /// A message came last.
    #[inline]
    pub(in crate::actors::kit) fn push_back(&self, line: impl FnOnce() -> Line) {
        let (head, len) = self.place();
        if len == 0 {
            self.base.store(head, Ordering::Relaxed);
        }
        if len < SHADOW_MAX as u64 {
            self.write(head + len, &line());
        }
        self.len.store(len + 1, Ordering::Relaxed);
    }

    /// A message came first, as one does that was taken and put back.
    pub(in crate::actors::kit) fn push_front(&self, line: &Line) {
        let (head, len) = self.place();
        self.write(head - 1, line);
        self.head.store(head - 1, Ordering::Relaxed);
        self.len.store(len + 1, Ordering::Relaxed);
    }

    /// The first message went; `at` gives what now has a place.
    #[inline]
    pub(in crate::actors::kit) fn pop_front(&self, at: impl FnOnce(usize) -> Option<Line>) {
        let (head, len) = self.place();
        self.head.store(head + 1, Ordering::Relaxed);
        self.len.store(len.saturating_sub(1), Ordering::Relaxed);
        if len > SHADOW_MAX as u64
            && let Some(line) = at(SHADOW_MAX - 1)
        {
            self.write(head + SHADOW_MAX as u64, &line);
        }
    }

    /// Mirrors a lane anew, from the message at place `from` on.
    pub(in crate::actors::kit) fn rewrite(
        &self,
        from: usize,
        len: usize,
        lines: impl Iterator<Item = Line>,
    ) {
        let head = self.head.load(Ordering::Relaxed);
        self.len.store(len as u64, Ordering::Relaxed);
        for (place, line) in (from..SHADOW_MAX).zip(lines) {
            self.write(head + place as u64, &line);
        }
    }

    fn place(&self) -> (u64, u64) {
        let head = self.head.load(Ordering::Relaxed);
        (head, self.len.load(Ordering::Relaxed))
    }

    /// Where a message is mirrored. A reader may see an old base; it finds other numbers there.
    #[inline]
    fn slot(&self, number: u64) -> &Slot {
        let base = self.base.load(Ordering::Relaxed);
        &self.slots[number.wrapping_sub(base) as usize % SHADOW_MAX]
    }

    #[inline]
    fn write(&self, number: u64, line: &Line) {
        let slot = self.slot(number);
        slot.number.store(0, Ordering::Relaxed);
        fence(Ordering::Release);
        slot.label.store(Some(line.label));
        let sender = line.origin.sender.into();
        slot.sender.store(sender, Ordering::Relaxed);
        let [high, low] = line.origin.cause.halves();
        slot.cause[0].store(high, Ordering::Relaxed);
        slot.cause[1].store(low, Ordering::Relaxed);
        slot.sent.store(line.sent.as_micros(), Ordering::Relaxed);
        slot.number.store(number, Ordering::Release);
    }

    /// What is queued, the first first.
    pub(in crate::actors::kit) fn messages(
        &self,
        is_control: bool,
        now: Time,
        names: &Names,
    ) -> Vec<QueuedMessage> {
        let (head, len) = self.place();
        let shown = head..head + len.min(SHADOW_MAX as u64);
        let read =
            shown.filter_map(|number| self.slot(number).read(number, is_control, now, names));
        read.collect()
    }
}

impl Slot {
    fn read(
        &self,
        number: u64,
        is_control: bool,
        now: Time,
        names: &Names,
    ) -> Option<QueuedMessage> {
        let before = self.number.load(Ordering::Acquire);
        let label = self.label.load()?;
        let sender = self.sender.load(Ordering::Relaxed) as u32;
        let [high, low] = self
            .cause
            .each_ref()
            .map(|half| half.load(Ordering::Relaxed));
        let sent = Time::from_micros(self.sent.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        let is_whole = before == number && self.number.load(Ordering::Relaxed) == number;
        is_whole.then(|| QueuedMessage {
            message: short(label()),
            is_control,
            age_ms: now.since(sent).as_secs_f64() * 1e3,
            sender: names.of(sender),
            cause: CauseId::from_halves(high, low),
            payload: None,
        })
    }
}

/// Messages of one lane that are mirrored.
const SHADOW_MAX: usize = 256;
/// The number of the first message; far enough from 0 to put messages back in front of it.
const FIRST: u64 = 1 << 32;
