//! What the reference does where ours does something else, as small models.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use socket_runtime::relay::packet::{Head, MESSAGE_BYTES_MAX, PACKET_BYTES_MAX, Packet};

/// Length prefixes of eleven fields.
const PREFIX_BYTES: usize = 22;
/// What the reference takes for the size of a packet: the message counts twice and length
/// prefixes not at all.
pub(crate) const PACKET_BYTES: usize = PACKET_BYTES_MAX - PREFIX_BYTES + MESSAGE_BYTES_MAX;

/// What a message that JavaScript takes for false becomes.
pub(crate) fn encode_falsy(message: &Value) -> Vec<u8> {
    let is_falsy = match message {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_f64() == Some(0.0),
        Value::String(value) => value.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    };
    assert!(is_falsy, "{message} is not falsy");
    vec![0; PACKET_BYTES]
}

/// What the parts of a message become: most fields are those of the part that came last.
pub(crate) fn compose(arrived: &[Packet]) -> Value {
    let Some((last, head)) = arrived
        .last()
        .zip(arrived.iter().find(|part| part.index == 0))
    else {
        return Value::Null;
    };
    let said = Head::parse(&head.message).unwrap();
    let mut fragments: Vec<&Packet> = arrived
        .iter()
        .filter(|part| part.previous_id == head.packet_id)
        .collect();
    fragments.sort_by_key(|part| part.index);
    if (fragments.len() as u64) < said.indexes {
        return Value::Null;
    }
    let mut message: Vec<u8> = fragments
        .iter()
        .flat_map(|part| part.message.to_vec())
        .collect();
    message.resize(usize::try_from(said.size).unwrap(), 0);
    let mut meta = said.meta;
    meta.entry("ts").or_insert_with(|| said.ts.into());
    let id = Sha256::digest([last.previous_id.as_slice(), &message].concat());
    json!({
        "packetId": hex::encode(id),
        "previousId": hex::encode(last.previous_id.as_slice()),
        "nextId": hex::encode(last.next_id.as_slice()),
        "index": -1,
        "isComposed": true,
        "meta": meta,
        "messageSha256": hex::encode(Sha256::digest(&message)),
        "messageLength": message.len(),
    })
}

/// How many packets of a type may come from one address and port in a minute.
pub(crate) fn quota(kind: u8) -> u64 {
    if is_replicated(kind) { 512 } else { 4096 }
}

/// Joins and publishes are sent on by everybody, and counted apart.
fn is_replicated(kind: u8) -> bool {
    kind == 4 || kind == 5
}

/// The rate limit: windows of a calendar minute, and a quota that drifts.
#[derive(Default)]
pub(crate) struct RateLimit(BTreeMap<String, Window>);

struct Window {
    minute: u64,
    quota: u64,
    used: u64,
}

impl RateLimit {
    pub(crate) fn key(kind: u8, address: &str) -> String {
        let class = if is_replicated(kind) { 'R' } else { 'C' };
        format!("{class}:{address}")
    }

    /// Counts a packet and says whether it is refused. A packet of a joined subcluster hands
    /// in an object where a number belongs, and no number is as large as an object.
    pub(crate) fn count(&mut self, minute: u64, kind: u8, address: &str, is_joined: bool) -> bool {
        let default = quota(kind);
        let window = self.0.entry(Self::key(kind, address)).or_insert(Window {
            minute,
            quota: default,
            used: 0,
        });
        if window.minute != minute {
            window.minute = minute;
            if window.used > window.quota {
                window.quota -= 1;
            } else if window.used < default {
                window.quota += 1;
            }
            window.used = 0;
        }
        window.used += 1;
        !is_joined && window.used >= window.quota
    }

    pub(crate) fn quota(&self, kind: u8, address: &str) -> u64 {
        self.0[&Self::key(kind, address)].quota
    }
}
