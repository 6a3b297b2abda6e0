//! The bytes of the Stream Relay Protocol, version 6: every vector that was taken from the
//! reference, run through our code both ways.
//!
//! `RELAY_VECTORS` names another file of the same schema; what its vectors refer to by name
//! is looked up in the repository's file, too. Where the reference does what nobody should
//! copy, [`reference`] models it, and the check says what ours does instead.

mod constants;
mod keys;
mod messages;
mod packets;
mod reference;
mod split;

use std::{env, fs, panic, path::Path};

use serde_json::Value;

/// All vectors: those to check, then those that may be referred to.
struct Book {
    vectors: Vec<Value>,
    others: Vec<Value>,
}

impl Book {
    fn open() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/relay-v6.json");
        match env::var_os("RELAY_VECTORS") {
            Some(path) => Self {
                vectors: read(Path::new(&path)),
                others: read(&own),
            },
            None => Self {
                vectors: read(&own),
                others: Vec::new(),
            },
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        let mut all = self.vectors.iter().chain(&self.others);
        all.find(|vector| vector["name"] == name)
    }
}

type Check = fn(&Value, &Book);

const KINDS: &[(&str, Check)] = &[
    ("packet", packets::packet),
    ("malformed", packets::malformed),
    ("encode-reject", packets::encode_reject),
    ("encode-quirk", packets::encode_quirk),
    ("split", split::split),
    ("compose", split::compose),
    ("summary", split::summary),
    ("sha256", keys::sha256),
    ("id", keys::id),
    ("keypair", keys::keypair),
    ("sharedkey", keys::sharedkey),
    ("clusterid", keys::clusterid),
    ("seal", keys::seal),
    ("sealMessage", keys::seal_message),
    ("seal-reject", keys::seal_reject),
    ("sign", keys::sign),
    ("constant", constants::constant),
    ("nat-predicates", constants::nat_predicates),
    ("strategy", constants::strategy),
    ("rate", constants::rate),
    ("rate-adapt", constants::rate_adapt),
];

#[test]
fn every_vector_of_the_reference_holds() {
    let book = Book::open();
    assert!(!book.vectors.is_empty(), "no vectors");
    let failed: Vec<String> = book
        .vectors
        .iter()
        .filter(|vector| panic::catch_unwind(|| check(vector, &book)).is_err())
        .map(|vector| format!("{} ({})", text(vector, "name"), text(vector, "kind")))
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} vectors failed: {failed:#?}",
        failed.len(),
        book.vectors.len()
    );
}

#[test]
#[should_panic(expected = "no check for kind 'nope'")]
fn a_vector_of_an_unknown_kind_fails_with_its_name() {
    let vector = serde_json::json!({"kind": "nope", "name": "nope.1"});
    check(&vector, &Book::open());
}

fn check(vector: &Value, book: &Book) {
    let kind = text(vector, "kind");
    let (_, check) = KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .unwrap_or_else(|| panic!("no check for kind '{kind}'"));
    check(vector, book);
}

fn read(path: &Path) -> Vec<Value> {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(file["schema"], 1, "{}", path.display());
    serde_json::from_value(file["vectors"].take()).unwrap()
}

/// A text of a vector.
#[track_caller]
fn text<'v>(vector: &'v Value, key: &str) -> &'v str {
    let value = vector[key].as_str();
    value.unwrap_or_else(|| panic!("'{key}' is no text in {vector}"))
}

/// Bytes that a vector gives as hex digits.
#[track_caller]
fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(vector, key)).unwrap()
}

/// Thirty-two bytes that a vector gives as hex digits.
#[track_caller]
fn key(vector: &Value, name: &str) -> [u8; 32] {
    bytes(vector, name).try_into().unwrap()
}

/// A number of a vector.
#[track_caller]
fn number(vector: &Value, key: &str) -> u64 {
    let value = vector[key].as_u64();
    value.unwrap_or_else(|| panic!("'{key}' is no number in {vector}"))
}

/// Whether two values are the same to JavaScript, which has one kind of number.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let is_in_b = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| is_same(a, b));
            a.len() == b.len() && a.iter().all(is_in_b)
        }
        (a, b) => a == b,
    }
}

#[track_caller]
fn assert_same(found: &Value, expected: &Value) {
    assert!(is_same(found, expected), "{found}\nis not\n{expected}");
}
