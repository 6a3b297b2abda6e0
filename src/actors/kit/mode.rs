//! What is noted about an actor, in one byte that it reads once a message.

use crate::messages::inspector::Level;

/// A [`Level`], whether causes and senders travel with messages, and whether a recording is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode(u8);

impl Mode {
    /// Where nothing is noted.
    pub(super) const OFF: Self = Self(0);

    /// At level `off`, nothing is traced either.
    pub(super) const fn new(level: Level, is_traced: bool) -> Self {
        match level {
            Level::Off => Self::OFF,
            level => Self(level as u8 | if is_traced { TRACED } else { 0 }),
        }
    }

    /// The same for an actor of which a recording is made, or replayed.
    pub(super) const fn taped(self) -> Self {
        Self(self.0 | TAPED)
    }

    /// What is noted beside a recording: causes always, since it has them, too.
    pub(super) const fn beside_tape(self) -> Self {
        Self(self.0 & !TAPED | TRACED)
    }

    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    pub(super) fn level(self) -> Level {
        match self.0 & LEVELS {
            0 => Level::Off,
            1 => Level::Counts,
            2 => Level::Recorder,
            _ => Level::Full,
        }
    }

    /// Whether nothing is noted but counts.
    #[inline]
    pub(super) fn is_off(self) -> bool {
        self == Self::OFF
    }

    /// Whether messages carry nothing but themselves: neither traced nor written down.
    #[inline]
    pub(super) fn is_plain(self) -> bool {
        self.0 & (TRACED | TAPED) == 0
    }

    /// Whether ages and the message in hand are noted.
    #[inline]
    pub(super) fn is_timed(self) -> bool {
        self.0 & LEVELS >= Level::Counts as u8
    }

    #[inline]
    pub(super) fn is_recorded(self) -> bool {
        self.0 & LEVELS >= Level::Recorder as u8
    }

    #[inline]
    pub(super) fn is_full(self) -> bool {
        self.0 & LEVELS == Level::Full as u8
    }

    /// Whether what its host's actors do is written down, or played back.
    #[inline]
    pub(super) fn is_taped(self) -> bool {
        self.0 & TAPED != 0
    }

    /// Whether causes, senders and losses are noted.
    #[inline]
    pub(super) fn is_traced(self) -> bool {
        self.0 & TRACED != 0
    }
}

const LEVELS: u8 = 0b11;
const TRACED: u8 = 0b100;
const TAPED: u8 = 0b1000;
