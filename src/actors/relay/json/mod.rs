//! What a peer and its events look like as JSON: the same to pages, on the control socket
//! and on the lines of `runtime peer --json`.
//!
//! Ids, keys and signatures are lower-case hex; bytes of a message are `text` where they
//! are UTF-8, and `base64` otherwise; what is not there is `null`.

mod event;
mod packet;
mod report;

pub use event::{UNRESOLVED_HINT, event_line, unanswered_hint};
pub use packet::{Opened, Verified, packet_line};
pub use report::{neighbour_fields, report_json};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::relay::{Address, nat::NatType, packet::Field};

/// The fields of one JSON object, in the order in which they are shown.
pub type Fields = Map<String, Value>;

/// The name of a NAT type, as the reference has it.
#[must_use]
pub fn nat_name(nat: NatType) -> &'static str {
    match nat {
        NatType::UNRESTRICTED => "UNRESTRICTED",
        NatType::ADDR_RESTRICTED => "ADDR_RESTRICTED",
        NatType::PORT_RESTRICTED => "PORT_RESTRICTED",
        NatType::ENDPOINT_RESTRICTED => "ENDPOINT_RESTRICTED",
        _ => "UNKNOWN",
    }
}

/// Bytes as `base64` has them everywhere.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a `base64` text, if it is one.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// An object of these fields.
fn object<const COUNT: usize>(fields: [(&str, Value); COUNT]) -> Fields {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A field in hex; `null` if it is unset or empty.
fn field(field: &Field) -> Value {
    let is_there = field.is_set() && !field.as_slice().is_empty();
    is_there.then(|| hex::encode(field.as_slice())).into()
}

/// Where somebody is, as two fields.
fn place(address: Option<Address>) -> [(&'static str, Value); 2] {
    [
        ("address", address.map(|at| at.ip().to_string()).into()),
        ("port", address.map(|at| at.port()).into()),
    ]
}
