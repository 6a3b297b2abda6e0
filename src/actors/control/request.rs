//! Takes request lines apart, and turns what a user writes into what the relay takes.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    messages::control::{ClusterName, ControlError, KeyName, Request},
    relay::{ClusterId, keys::SharedKey, packet::Field, split::MESSAGE_BYTES_MAX},
};

/// One line of a client: the number that its answer gets, and what is asked for.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) id: Value,
    pub(super) request: Result<Request, ControlError>,
}

impl Line {
    /// Reads a line; what is wrong with it becomes its request.
    pub(super) fn parse(line: &[u8]) -> Self {
        let mut fields = match serde_json::from_slice::<Map<String, Value>>(line) {
            Ok(fields) => fields,
            Err(error) => {
                return Self {
                    id: Value::Null,
                    request: Err(invalid(format!("a line must be a JSON object: {error}"))),
                };
            }
        };
        let id = fields.shift_remove("id").unwrap_or(Value::Null);
        let request = if id.is_number() {
            serde_json::from_value(Value::Object(fields))
                .map_err(|error| invalid(error.to_string()))
        } else {
            Err(invalid("a request needs a number as \"id\""))
        };
        Self { id, request }
    }
}

/// A request is wrong in itself.
pub(super) fn invalid(text: impl Into<String>) -> ControlError {
    ControlError {
        kind: "InvalidRequest".to_owned(),
        text: text.into(),
    }
}

/// The cluster that a name stands for.
pub(super) fn cluster(name: &ClusterName) -> Result<ClusterId, ControlError> {
    let bytes = match name {
        ClusterName::Text(text) => text.as_bytes().to_vec(),
        ClusterName::Hex { hex } => {
            hex::decode(hex).map_err(|error| invalid(format!("cluster '{hex}': {error}")))?
        }
    };
    if bytes.is_empty() {
        return Err(invalid("a cluster has at least one byte"));
    }
    let field = Field::new(&bytes).map_err(|error| {
        invalid(format!(
            "a cluster has at most 32 bytes, not {}",
            error.length
        ))
    })?;
    Ok(ClusterId(field))
}

/// The shared key that a name stands for.
pub(super) fn shared_key(name: &KeyName) -> Result<SharedKey, ControlError> {
    match name {
        KeyName::Seed(seed) => Ok(SharedKey::from_seed(seed.as_bytes())),
        KeyName::Hex(text) => {
            let mut bytes = [0; 32];
            // The key is a secret, so the error does not repeat it.
            hex::decode_to_slice(text, &mut bytes)
                .map_err(|_| invalid("a shared key in hex has 64 hex digits"))?;
            Ok(SharedKey(bytes))
        }
    }
}

/// The bytes of a message that was given as text or as base64.
pub(super) fn message(text: Option<String>, base64: Option<String>) -> Result<Bytes, ControlError> {
    let bytes = match (text, base64) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(base64)) => BASE64_STANDARD
            .decode(base64)
            .map_err(|error| invalid(format!("\"base64\": {error}")))?,
        _ => return Err(invalid("a message is either \"text\" or \"base64\"")),
    };
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(ControlError {
            kind: "TooLong".to_owned(),
            text: format!(
                "a message of {} bytes exceeds {MESSAGE_BYTES_MAX}",
                bytes.len()
            ),
        });
    }
    Ok(bytes.into())
}
