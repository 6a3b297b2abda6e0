//! The variable parts of a packet, held inline.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Up to 32 bytes. `Copy`, so that a packet without its message needs no allocation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field {
    bytes: [u8; 32],
    length: u8,
}

impl Field {
    /// What the wire has where nothing was given: one zero byte.
    pub const UNSET: Self = Self {
        bytes: [0; 32],
        length: 1,
    };
    /// No bytes at all.
    pub const EMPTY: Self = Self {
        bytes: [0; 32],
        length: 0,
    };

    /// A field with these bytes.
    ///
    /// # Errors
    /// If there are more than 32.
    pub fn new(bytes: &[u8]) -> Result<Self, FieldTooLong> {
        let mut field = Self::EMPTY;
        let Some(place) = field.bytes.get_mut(..bytes.len()) else {
            return Err(FieldTooLong {
                length: bytes.len(),
            });
        };
        place.copy_from_slice(bytes);
        field.length = u8::try_from(bytes.len()).unwrap_or(32);
        Ok(field)
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether it holds anything but the one zero byte.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self != Self::UNSET
    }
}

impl Default for Field {
    fn default() -> Self {
        Self::UNSET
    }
}

impl From<[u8; 32]> for Field {
    fn from(bytes: [u8; 32]) -> Self {
        Self { bytes, length: 32 }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.as_slice()))
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(&bytes_of_digits(from)?).map_err(D::Error::custom)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", hex::encode(self.as_slice()))
    }
}

/// Up to 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    bytes: [u8; 64],
    length: u8,
}

impl Signature {
    /// What the wire has where nothing was given: one zero byte.
    pub const UNSET: Self = Self {
        bytes: [0; 64],
        length: 1,
    };

    /// A signature of at most 64 bytes.
    ///
    /// # Errors
    /// If there are more than 64.
    pub fn new(bytes: &[u8]) -> Result<Self, FieldTooLong> {
        let mut signature = Self {
            bytes: [0; 64],
            length: 0,
        };
        let Some(place) = signature.bytes.get_mut(..bytes.len()) else {
            return Err(FieldTooLong {
                length: bytes.len(),
            });
        };
        place.copy_from_slice(bytes);
        signature.length = u8::try_from(bytes.len()).unwrap_or(64);
        Ok(signature)
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl Default for Signature {
    fn default() -> Self {
        Self::UNSET
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.as_slice()))
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(&bytes_of_digits(from)?).map_err(D::Error::custom)
    }
}

fn bytes_of_digits<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    hex::decode(String::deserialize(from)?).map_err(D::Error::custom)
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.as_slice()))
    }
}

/// More bytes than a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are too many for this field")]
pub struct FieldTooLong {
    /// How many there were.
    pub length: usize,
}
