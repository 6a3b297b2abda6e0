//! What things are called on the wire: peers, packets, clusters and subclusters.

use std::{borrow::Cow, cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{
    hex_text,
    packet::{Field, FieldTooLong},
};

/// Where a peer is reached. The protocol is spoken over IPv4 alone.
pub type Address = core::net::SocketAddrV4;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; 32]);

        impl Ord for $name {
            /// By their bytes, but eight at a time: maps of ids do little else.
            fn cmp(&self, other: &Self) -> Ordering {
                let words = self.words().zip(other.words());
                let mut orders = words.map(|(ours, theirs)| ours.cmp(&theirs));
                orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            fn words(&self) -> impl Iterator<Item = u64> {
                let (words, _) = self.0.as_chunks();
                words.iter().map(|word| u64::from_be_bytes(*word))
            }

            /// The 32 bytes as a packet's field.
            #[must_use]
            pub fn field(&self) -> Field {
                Field::from(self.0)
            }

            /// The id in a field that holds exactly 32 bytes.
            #[must_use]
            pub fn from_field(field: &Field) -> Option<Self> {
                field.as_slice().try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Hex::from(self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bytes = hex_text::decode(text);
                bytes.map(Self).ok_or_else(|| InvalidId {
                    text: text.chars().take(80).collect(),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Hex::from(self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Cow::<str>::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

id! {
    /// A peer: 32 bytes that it chose, written as 64 hex digits.
    PeerId
}
id! {
    /// A packet: in most cases a hash of what it carries (spec section 3).
    PacketId
}
id! {
    /// A subcluster: the Ed25519 public key that its shared key gives (spec section 4).
    SubclusterId
}

/// A cluster: at most 32 bytes that an app chose (spec section 4; not hashed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClusterId(pub Field);

impl ClusterId {
    /// A cluster by its bytes, as version 6 makes it; newer peers hash a name first.
    ///
    /// # Errors
    /// If there are more than 32.
    pub fn new(bytes: &[u8]) -> Result<Self, FieldTooLong> {
        Field::new(bytes).map(Self)
    }
}

/// A text is not the 64 hex digits of an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an id of 64 hex digits")]
pub struct InvalidId {
    /// The text, cut after 80 characters.
    pub text: String,
}

/// Thirty-two bytes as hex digits, without an allocation.
struct Hex([u8; 64]);

impl Hex {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hex digits are text")
    }
}

impl From<[u8; 32]> for Hex {
    fn from(bytes: [u8; 32]) -> Self {
        let mut text = [0; 64];
        hex_text::encode(&bytes, &mut text);
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_are_in_the_order_of_their_bytes(
            one: [u8; 32],
            other: [u8; 32],
            shared in 0_usize..=32,
        ) {
            let mut alike = other;
            alike[..shared].copy_from_slice(&one[..shared]);
            prop_assert_eq!(PacketId(one).cmp(&PacketId(alike)), one.cmp(&alike));
        }
    }
}
