//! What is noted about an actor, in one byte that it reads once a message.

use crate::messages::inspector::Level;

/// A [`Level`], and whether causes and senders travel with messages.
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

    /// Whether causes, senders and losses are noted.
    #[inline]
    pub(super) fn is_traced(self) -> bool {
        self.0 & TRACED != 0
    }
}

const LEVELS: u8 = 0b11;
const TRACED: u8 = 0b100;
