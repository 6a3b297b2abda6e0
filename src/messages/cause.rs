//! Causes: what all messages of one chain of events have in common.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Names the outside event, such as a click or a datagram, that a message goes back to.
///
/// It passes from the message in hand to every message, timer, answer and job that comes
/// of it; what is sent from outside of actors gets a fresh one. It is written as 32 digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CauseId([u64; 2]);

impl CauseId {
    /// Stands for a cause that nobody noted.
    pub const NONE: Self = Self([0; 2]);

    /// A cause from its two halves.
    #[must_use]
    pub const fn from_halves(high: u64, low: u64) -> Self {
        Self([high, low])
    }

    /// Its two halves, the higher first.
    #[must_use]
    pub const fn halves(self) -> [u64; 2] {
        self.0
    }

    /// A cause from the bytes in which it is sent.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(bytes);
        Self([(bits >> 64) as u64, bits as u64])
    }

    /// The bytes in which it is sent.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.bits().to_be_bytes()
    }

    /// Whether nobody noted the cause.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    fn bits(self) -> u128 {
        u128::from(self.0[0]) << 64 | u128::from(self.0[1])
    }
}

impl fmt::Display for CauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.bits())
    }
}

impl fmt::Debug for CauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CauseId({self})")
    }
}

impl FromStr for CauseId {
    type Err = BadCause;

    fn from_str(text: &str) -> Result<Self, BadCause> {
        let is_digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = is_digits.then(|| u128::from_str_radix(text, 16).ok());
        bits.flatten()
            .map(|bits| Self::from_bytes(bits.to_be_bytes()))
            .ok_or_else(|| BadCause(text.to_owned()))
    }
}

impl TryFrom<String> for CauseId {
    type Error = BadCause;

    fn try_from(text: String) -> Result<Self, BadCause> {
        text.parse()
    }
}

impl From<CauseId> for String {
    fn from(cause: CauseId) -> Self {
        cause.to_string()
    }
}

/// A text that is no cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a cause of 32 hexadecimal digits")]
pub struct BadCause(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_survives_being_written_down() {
        let cause = CauseId::from_bytes(*b"sixteen bytes ok");
        assert_eq!(cause.to_string().parse(), Ok(cause));
        assert_eq!(cause.to_bytes(), *b"sixteen bytes ok");
        let json = serde_json::to_string(&cause).unwrap();
        assert_eq!(serde_json::from_str::<CauseId>(&json).unwrap(), cause);
    }

    #[test]
    fn anything_but_32_digits_is_refused() {
        for text in ["", "1", "+1234567890123456789012345678901", &"g".repeat(32)] {
            assert!(text.parse::<CauseId>().is_err(), "{text}");
        }
    }
}
