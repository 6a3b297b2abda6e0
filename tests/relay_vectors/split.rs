//! Messages of more than one packet, and summaries of caches.

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use socket_runtime::relay::{
    PacketId,
    packet::{Field, Packet},
    split::{self, clock_after},
    summary::Summary,
};

use crate::{Book, assert_same, bytes, number, packets, reference, text};

/// Splits as the reference did, down to the bytes; what comes out makes the whole again.
pub(crate) fn split(vector: &Value, book: &Book) {
    let input = &vector["input"];
    let expected = vector["packets"].as_array().unwrap();
    let whole = whole(input, &expected[0]["decoded"]);
    let parts = split::split(&whole, meta(input).as_ref(), number(vector, "now")).unwrap();
    assert_eq!(parts.len(), expected.len());
    for (part, expected) in parts.iter().zip(expected) {
        assert_same(
            &json!(hex::encode(part.encode().unwrap())),
            &expected["encoded"],
        );
        assert_eq!(*part, packets::build(&expected["decoded"]));
        packets::packet(expected, book);
    }
    let composed = split::compose(&parts).unwrap();
    assert_eq!(composed.packet.message, whole.message);
    assert_eq!(composed.packet.packet_id, parts[0].packet_id);
}

/// The reference's result depends on the order of arrival; ours does not, and has the id of
/// the head.
pub(crate) fn compose(vector: &Value, book: &Book) {
    let source = book
        .find(text(vector, "packets"))
        .expect("the packets that it names");
    let all: Vec<Packet> = source["packets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|packet| Packet::decode(&bytes(packet, "encoded").into()).unwrap())
        .collect();
    let order = vector["order"].as_array().unwrap();
    let arrived: Vec<Packet> = order
        .iter()
        .map(|index| all[usize::try_from(index.as_u64().unwrap()).unwrap()].clone())
        .collect();
    assert_same(&reference::compose(&arrived), &vector["result"]);

    let Ok(ours) = split::compose(&arrived) else {
        assert!(vector["result"].is_null(), "ours is not whole");
        return;
    };
    let result = &vector["result"];
    assert_eq!(
        ours.packet.message.len() as u64,
        number(result, "messageLength")
    );
    let hash = hex::encode(Sha256::digest(&ours.packet.message));
    assert_eq!(hash, text(result, "messageSha256"));
    assert_same(&ours.meta.unwrap(), &result["meta"]);
    assert_eq!(json!(ours.packet.index), result["index"]);
    assert_eq!(ours.packet.packet_id, all[0].packet_id);
    assert_eq!(ours.packet.previous_id, all[0].previous_id);
    assert_eq!(ours.packet.next_id, all[all.len() - 1].next_id);
}

/// Summarises, encodes and decodes.
pub(crate) fn summary(vector: &Value, _book: &Book) {
    let ids = vector["packetIds"].as_array().unwrap();
    let mut ids: Vec<PacketId> = ids
        .iter()
        .map(|id| id.as_str().unwrap().parse().unwrap())
        .collect();
    ids.sort_unstable();
    let prefix: Vec<u8> = text(vector, "prefix")
        .chars()
        .map(|digit| digit.to_digit(16).unwrap().try_into().unwrap())
        .collect();
    let summary = Summary::compute(&prefix, &ids);
    let described = describe(&summary);
    assert_same(&described["hash"], &vector["hash"]);
    assert_same(&described["buckets"], &vector["buckets"]);
    let encoded = bytes(vector, "encoded");
    assert_eq!(summary.encode(), encoded);
    let decoded = Summary::decode(&encoded).unwrap();
    assert_eq!(decoded, summary);
    assert_same(&describe(&decoded), &vector["decoded"]);
}

/// What the input says of all packets; what it leaves out was the same in all of them.
fn whole(input: &Value, first: &Value) -> Packet {
    let mut whole = packets::build(first);
    whole.kind.0 = number(input, "type").try_into().unwrap();
    whole.message = Bytes::from(bytes(input, "message"));
    if !input["usr1"].is_null() {
        whole.usr1 = field(input, "usr1");
    }
    let previous = &input["previousPacket"];
    let parent = if previous.is_null() {
        whole.previous_id = Field::UNSET;
        0
    } else {
        whole.previous_id = field(previous, "packetId");
        u32::try_from(number(previous, "clock")).unwrap()
    };
    whole.next_id = if input["nextId"].is_null() {
        Field::UNSET
    } else {
        field(input, "nextId")
    };
    whole.clock = clock_after(parent, sibling(input, first, parent));
    whole
}

/// A sibling's clock is in the input, or can only be read off the result: a packet that has
/// none follows its parent by one.
fn sibling(input: &Value, first: &Value, parent: u32) -> Option<u32> {
    if let Some(clock) = input["siblingClock"].as_u64() {
        return Some(clock.try_into().unwrap());
    }
    let clock = u32::try_from(number(first, "clock")).unwrap();
    (clock != parent + 1).then(|| clock - 2)
}

fn meta(input: &Value) -> Option<Value> {
    Some(&input["meta"]).filter(|meta| !meta.is_null()).cloned()
}

fn field(vector: &Value, key: &str) -> Field {
    Field::new(&bytes(vector, key)).unwrap()
}

fn describe(summary: &Summary) -> Value {
    let digits = summary.prefix.iter().map(|digit| format!("{digit:x}"));
    let buckets = summary.buckets.iter();
    json!({
        "prefix": digits.collect::<String>(),
        "hash": hex::encode(summary.hash),
        "buckets": buckets.map(|bucket| bucket.map(hex::encode)).collect::<Vec<_>>(),
    })
}
