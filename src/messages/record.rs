//! How a recording keeps messages: as CBOR (RFC 8949), which shows its fields to whoever does
//! not know the type, and keeps bytes as bytes.

use std::{cell::RefCell, collections::BTreeSet};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Value, json};

/// Writes a value down.
#[must_use]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Memory takes all that is written; what cannot be put into CBOR at all comes out empty,
    // which no reader takes for a value.
    if ciborium::into_writer(value, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

/// Makes a value of what [`encode`] wrote.
///
/// # Errors
/// What is wrong with it, if it is something else.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).map_err(|error| error.to_string())?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(format!("{} bytes too many", rest.len()))
    }
}

/// What [`encode`] wrote, as JSON for people: bytes as hexadecimal digits, and no keys.
///
/// # Errors
/// What is wrong with it, if it is something else.
pub fn show(bytes: &[u8]) -> Result<Value, String> {
    decode::<ciborium::Value>(bytes).map(json_of)
}

fn json_of(value: ciborium::Value) -> Value {
    use ciborium::Value as Cbor;
    match value {
        Cbor::Bool(flag) => Value::Bool(flag),
        Cbor::Integer(number) => {
            let number = i128::from(number);
            u64::try_from(number).map_or_else(|_| json!(number as i64), |number| json!(number))
        }
        Cbor::Float(number) => json!(number),
        Cbor::Text(text) => Value::String(text),
        Cbor::Bytes(bytes) => match decode::<Cbor>(&bytes) {
            // An answer, which was written down by itself.
            Ok(inner @ Cbor::Map(_)) => json_of(inner),
            _ => Value::String(hex::encode(bytes)),
        },
        Cbor::Array(all) => Value::Array(all.into_iter().map(json_of).collect()),
        Cbor::Map(all) => {
            let entries = all.into_iter().map(|(key, value)| {
                let key = match json_of(key) {
                    Value::String(key) => key,
                    other => other.to_string(),
                };
                let is_secret = SECRETS.contains(&key.as_str());
                let value = if is_secret {
                    json!("secret")
                } else {
                    json_of(value)
                };
                (key, value)
            });
            Value::Object(entries.collect())
        }
        Cbor::Tag(_, inner) => json_of(*inner),
        _ => Value::Null,
    }
}

/// Fields of messages that are for nobody's eyes.
const SECRETS: [&str; 8] = [
    "identity_seed",
    "shared_key",
    "signing",
    // Of what pages ask and are answered.
    "key",
    "privateKey",
    "sharedKey",
    "secret",
    "seed",
];

/// Bytes as a string of bytes, which takes half of what a list of numbers does.
pub mod byte_string {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes them down.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    /// Reads them.
    ///
    /// # Errors
    /// If there are none.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Bytes::deserialize(from).map(Vec::from)
    }
}

/// Reads a text of a fixed vocabulary, such as a system call's name, of which our own types hold
/// a `&'static str`. Each is made once and stays; beyond some thousand it is an error.
///
/// # Errors
/// If it is no text, or one too many.
pub fn interned<'de, D: Deserializer<'de>>(from: D) -> Result<Name, D::Error> {
    let text = String::deserialize(from)?;
    INTERNED.with_borrow_mut(|known| {
        if let Some(known) = known.get(text.as_str()) {
            return Ok(*known);
        }
        if known.len() >= INTERNED_MAX {
            return Err(D::Error::custom("too many different names"));
        }
        let text: Name = Box::leak(text.into_boxed_str());
        known.insert(text);
        Ok(text)
    })
}

/// The same for one that may be absent.
///
/// # Errors
/// If it is no text, or one too many.
pub fn interned_option<'de, D>(from: D) -> Result<Option<Name>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    struct Interned(#[serde(deserialize_with = "interned")] Name);
    let text: Option<Interned> = Option::deserialize(from)?;
    Ok(text.map(|Interned(text)| text))
}

/// A text of a fixed vocabulary; serde takes no plain reference for something that lives as long.
pub type Name = &'static str;

thread_local! {
    static INTERNED: RefCell<BTreeSet<Name>> = const { RefCell::new(BTreeSet::new()) };
}

/// Texts of recordings that one thread keeps for good.
const INTERNED_MAX: usize = 4096;

/// Within `impl Message`: a recording keeps such messages, and with `reply` the answers to
/// them, too.
macro_rules! recorded {
    () => {
        fn encoded(&self) -> Option<Vec<u8>> {
            Some($crate::messages::record::encode(self))
        }
    };
    (reply) => {
        recorded!();

        fn encoded_reply(reply: &Self::Reply) -> Option<Vec<u8>> {
            Some($crate::messages::record::encode(reply))
        }

        fn decoded_reply(bytes: &[u8]) -> Result<Self::Reply, String> {
            $crate::messages::record::decode(bytes)
        }
    };
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[track_caller]
    fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T) {
        assert_eq!(decode::<T>(&encode(&value)), Ok(value));
    }

    #[test]
    fn values_come_back() {
        check(Bytes::from_static(b"\x00\xff bytes"));
        check(Some((1_u64 << 60, -3_i32, "text".to_owned())));
        check(json!({"question": [1, 2.5, null, {"deep": true}]}));
        check(Value::Null);
    }

    #[test]
    fn keys_are_not_shown() {
        let shown = show(&encode(&json!({"shared_key": [1, 2], "cluster": "cats"})));
        assert_eq!(
            shown,
            Ok(json!({"shared_key": "secret", "cluster": "cats"}))
        );
    }

    #[test]
    fn names_come_back_as_the_same_text() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Failure(#[serde(deserialize_with = "interned")] Name);
        let [one, other] = [(); 2].map(|()| decode::<Failure>(&encode(&Failure("ENOENT"))));
        assert_eq!(one, Ok(Failure("ENOENT")));
        assert!(std::ptr::eq(one.unwrap().0, other.unwrap().0));
    }

    #[test]
    fn anything_else_is_refused() {
        let mut bytes = encode(&7_u64);
        assert!(decode::<String>(&bytes).is_err());
        bytes.push(0);
        assert_eq!(decode::<u64>(&bytes), Err("1 bytes too many".to_owned()));
        assert!(decode::<u64>(&[]).is_err());
    }
}
