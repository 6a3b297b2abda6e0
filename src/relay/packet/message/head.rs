//! What the head of a message of several packets says (spec section 3).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MessageError;

/// The message of a head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// What the user likes; the reference cannot do without it.
    #[serde(default, deserialize_with = "object_or_none")]
    pub meta: Map<String, Value>,
    /// When the message was split, in milliseconds since 1970.
    #[serde(default, deserialize_with = "number_or_zero")]
    pub ts: u64,
    /// Bytes of the whole message.
    pub size: u64,
    /// How many fragments there are.
    pub indexes: u64,
}

impl Head {
    /// Takes the message of a head apart.
    ///
    /// # Errors
    /// If it does not say how long the message is and how many fragments it has.
    pub fn parse(message: &[u8]) -> Result<Self, MessageError> {
        serde_json::from_slice(message).map_err(|_| MessageError::NotAHead)
    }

    /// The message as it goes into a packet.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a JSON object always serialises")
    }
}

/// What is no object says nothing.
fn object_or_none<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Map<String, Value>, D::Error> {
    match Value::deserialize(from)? {
        Value::Object(meta) => Ok(meta),
        _ => Ok(Map::new()),
    }
}

/// What is no count of milliseconds says nothing.
fn number_or_zero<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(Value::deserialize(from)?.as_u64().unwrap_or_default())
}
