//! Takes request lines apart, and turns what a user writes into what the relay takes.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    messages::control::{ClusterName, ControlError, KeyName, Request},
    relay::{ClusterId, keys::SharedKey, packet::Field},
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
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(line: &str, id: Value, part: &str) {
        let line = Line::parse(line.as_bytes());
        assert_eq!(line.id, id);
        let error = line.request.unwrap_err();
        assert_eq!(error.kind, "InvalidRequest");
        assert!(error.text.contains(part), "{}", error.text);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_under_its_number() {
        check("[1]", Value::Null, "a JSON object");
        check(r#"{"do":"info"}"#, Value::Null, "needs a number");
        check(r#"{"id":1}"#, json!(1), "missing field `do`");
        check(
            r#"{"id":2,"do":"dance"}"#,
            json!(2),
            "unknown variant `dance`",
        );
        check(
            r#"{"id":3,"do":"info","x":1}"#,
            json!(3),
            "unknown field `x`",
        );
        check(
            r#"{"id":4,"do":"sync","peer":"ab"}"#,
            json!(4),
            "64 hex digits",
        );
        let cluster = r#"{"id":5,"do":"join","cluster":5,"key":{"seed":"s"}}"#;
        check(cluster, json!(5), "a cluster is a text or");
    }

    #[test]
    fn requests_read_as_they_are_written() {
        let publish = r#"{"id":1,"do":"publish","cluster":"c","key":{"seed":"s"},"text":"x"}"#;
        let Line { id, request } = Line::parse(publish.as_bytes());
        let mut written = serde_json::to_value(request.unwrap()).unwrap();
        written["id"] = id;
        let again = Line::parse(written.to_string().as_bytes());
        assert_eq!(again, Line::parse(publish.as_bytes()));
    }

    #[test]
    fn clusters_keys_and_messages_are_taken_as_they_are_meant() {
        let named = cluster(&ClusterName::Text("TEST".to_owned())).unwrap();
        let hex = "54455354".to_owned();
        assert_eq!(cluster(&ClusterName::Hex { hex }), Ok(named));
        assert!(cluster(&ClusterName::Text("x".repeat(33))).is_err());
        let seed = shared_key(&KeyName::Seed("s".to_owned())).unwrap();
        let hex = KeyName::Hex(hex::encode(seed.0));
        assert_eq!(shared_key(&hex), Ok(seed));
        assert!(shared_key(&KeyName::Hex("s".to_owned())).is_err());
        let base64 = message(None, Some("/wA=".to_owned()));
        assert_eq!(base64.unwrap(), [0xff, 0][..]);
        assert!(message(None, None).is_err());
        assert!(message(Some(String::new()), Some(String::new())).is_err());
    }
}
