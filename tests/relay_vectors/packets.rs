//! Packets to bytes and back.

use bytes::Bytes;
use serde_json::{Value, json};
use socket_runtime::relay::packet::{
    Field, IdCheck, MESSAGE_BYTES_MAX, MessageError, PACKET_BYTES_MAX, Packet, PacketType,
    PacketView, Ping, Signature, message_json, verify_id,
};

use crate::{Book, assert_same, bytes, messages, number, reference, text};

/// Encodes what was decoded, decodes what was encoded, and looks at id and message.
pub(crate) fn packet(vector: &Value, _book: &Book) {
    let encoded = bytes(vector, "encoded");
    assert_eq!(encoded.len() as u64, number(vector, "length"));
    let packet = build(&vector["decoded"]);
    assert_eq!(packet.encode().unwrap(), encoded);
    assert_eq!(packet.encoded_length(), encoded.len());
    check_decoded(&encoded, &vector["decoded"]);
    check_id(&packet);
    let is_taken_by_head = vector["head"]["accepts"] == true;
    messages::check(&packet, is_taken_by_head);
}

/// Is refused, or becomes what the vector says.
pub(crate) fn malformed(vector: &Value, _book: &Book) {
    let datagram = bytes(vector, "bytes");
    if vector["rejected"] == true {
        assert!(PacketView::decode(&datagram).is_err());
        assert!(Packet::decode(&datagram.into()).is_err());
    } else {
        check_decoded(&datagram, &vector["decoded"]);
    }
}

/// The reference's error says what it was given; ours cannot even hold it, or refuses it.
pub(crate) fn encode_reject(vector: &Value, _book: &Book) {
    let Some(error) = vector["error"].as_str() else {
        return encode_of_an_empty_object(vector);
    };
    if let Some((field, rest)) = error.split_once(" is invalid, ") {
        let (length, rest) = rest.split_once(" is greater than ").unwrap();
        let (length_max, _) = rest.split_once(' ').unwrap();
        let length: usize = length.parse().unwrap();
        assert_eq!(length_max.parse(), Ok(field_bytes_max(field)), "{field}");
        assert!(!is_encodable(field, length), "{field} of {length} bytes");
        assert!(is_encodable(field, length_max.parse().unwrap()), "{field}");
    } else if let Some(rest) = error.strip_prefix("key=") {
        let (field, rest) = rest.split_once(", value=").unwrap();
        let (value, _) = rest.split_once(' ').unwrap();
        let value: i128 = value.parse().unwrap();
        assert!(!number_range(field).contains(&value), "{field}={value}");
    } else if error.contains("out of bounds") {
        // The number is only in the name, and no number beyond a field's type can be held.
        let (field, value) = text(vector, "name")
            .rsplit_once('.')
            .unwrap()
            .1
            .split_once('-')
            .unwrap();
        let value = number_in_words(value);
        assert!(!number_range(field).contains(&value), "{field}={value}");
    } else if let Some(keys) = error.strip_prefix("Unexpected keys [") {
        let unknown = keys.trim_end_matches(']');
        let ping = json!({"requesterPeerId": "00".repeat(32), unknown: 1});
        let ping = Ping::parse(ping.to_string().as_bytes()).unwrap();
        let sent = String::from_utf8(ping.encode()).unwrap();
        assert!(!sent.contains(unknown), "{sent}");
    } else {
        assert_eq!(error, "Expected object");
        assert_eq!(Ping::parse(b"null"), Err(MessageError::NotAnObject));
    }
}

/// What is odd about the reference's encoder shows in what decoders make of it.
pub(crate) fn encode_quirk(vector: &Value, _book: &Book) {
    let sent = match vector.get("encoded") {
        Some(_) => bytes(vector, "encoded"),
        None => {
            let sent = reference::encode_falsy(&vector["input"]);
            assert_eq!(sent.len() as u64, number(vector, "output_length"));
            let is_zero = sent.iter().all(|byte| *byte == 0);
            assert_eq!(vector["output_all_zero"], is_zero);
            // Ours has no such message: nothing is a message of no bytes.
            let ours = Packet::new(PacketType::PUBLISH, "").encode().unwrap();
            assert!(PacketView::decode(&ours).is_ok());
            sent
        }
    };
    assert_eq!(vector["decodes"], PacketView::decode(&sent).is_ok());
    if vector.get("decoded").is_some_and(Value::is_object) {
        check_decoded(&sent, &vector["decoded"]);
    }
}

/// The packet that a vector describes.
pub(crate) fn build(decoded: &Value) -> Packet {
    let field = |key| Field::new(&bytes(decoded, key)).unwrap();
    let integer = |key: &str| decoded[key].as_i64().unwrap();
    let message = &decoded["message"];
    let message = match message["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => bytes(message, "hex"),
    };
    Packet {
        kind: PacketType(integer("type").try_into().unwrap()),
        version: integer("version").try_into().unwrap(),
        clock: integer("clock").try_into().unwrap(),
        hops: integer("hops").try_into().unwrap(),
        index: integer("index").try_into().unwrap(),
        ttl_ms: integer("ttl").try_into().unwrap(),
        cluster_id: field("clusterId"),
        subcluster_id: field("subclusterId"),
        previous_id: field("previousId"),
        packet_id: field("packetId"),
        next_id: field("nextId"),
        usr1: field("usr1"),
        usr2: field("usr2"),
        usr3: field("usr3"),
        usr4: field("usr4"),
        message: message.into(),
        signature: Signature::new(&bytes(decoded, "sig")).unwrap(),
    }
}

fn check_decoded(datagram: &[u8], expected: &Value) {
    let view = PacketView::decode(datagram).unwrap();
    let packet = Packet::decode(&Bytes::copy_from_slice(datagram)).unwrap();
    assert_eq!(Packet::from(&view), packet);
    assert_same(&describe(&packet), expected);
}

/// A packet as vectors describe it.
fn describe(packet: &Packet) -> Value {
    let hex = |bytes: &[u8]| hex::encode(bytes);
    let message = match message_json(packet) {
        Some(json) => json!({"json": json, "text": String::from_utf8_lossy(&packet.message)}),
        None => json!({"hex": hex(&packet.message)}),
    };
    json!({
        "type": packet.kind.0,
        "version": packet.version,
        "clock": packet.clock,
        "hops": packet.hops,
        "index": packet.index,
        "ttl": packet.ttl_ms,
        "clusterId": hex(packet.cluster_id.as_slice()),
        "subclusterId": hex(packet.subcluster_id.as_slice()),
        "previousId": hex(packet.previous_id.as_slice()),
        "packetId": hex(packet.packet_id.as_slice()),
        "nextId": hex(packet.next_id.as_slice()),
        "usr1": hex(packet.usr1.as_slice()),
        "usr2": hex(packet.usr2.as_slice()),
        "usr3": hex(packet.usr3.as_slice()),
        "usr4": hex(packet.usr4.as_slice()),
        "sig": hex(packet.signature.as_slice()),
        "message": message,
    })
}

/// Control packets have derived ids, those of a relayed join included.
fn check_id(packet: &Packet) {
    if let PacketType::PING
    | PacketType::PONG
    | PacketType::INTRO
    | PacketType::JOIN
    | PacketType::SYNC = packet.kind
    {
        assert_eq!(verify_id(packet, None), IdCheck::Valid);
    }
    let mut unnamed = packet.clone();
    unnamed.packet_id = Field::UNSET;
    assert_eq!(verify_id(&unnamed, None), IdCheck::Forged);
    if packet.index < 0 {
        let named = unnamed.with_derived_id();
        assert_eq!(verify_id(&named, None), IdCheck::Valid);
    }
}

/// The one that is not refused: the reference sends it and complains in its log.
fn encode_of_an_empty_object(vector: &Value) {
    let packet = Packet::new(PacketType::PING, "{}").with_derived_id();
    assert_eq!(packet.encoded_length() as u64, number(vector, "length"));
    let key = "requesterPeerId";
    assert_eq!(
        Ping::parse(&packet.message),
        Err(MessageError::Missing { key })
    );
}

fn field_bytes_max(field: &str) -> usize {
    match field {
        "message" => MESSAGE_BYTES_MAX,
        "sig" => 64,
        _ => 32,
    }
}

fn is_encodable(field: &str, length: usize) -> bool {
    let value = vec![7; length];
    match field {
        "message" => {
            let packet = Packet::new(PacketType::PUBLISH, value);
            packet
                .encode()
                .is_ok_and(|bytes| bytes.len() <= PACKET_BYTES_MAX)
        }
        "sig" => Signature::new(&value).is_ok(),
        _ => Field::new(&value).is_ok(),
    }
}

/// What the type of a number's field holds.
fn number_range(field: &str) -> std::ops::RangeInclusive<i128> {
    match field {
        "type" => 0..=u8::MAX.into(),
        "version" => 0..=u16::MAX.into(),
        "index" => i32::MIN.into()..=i32::MAX.into(),
        _ => 0..=u32::MAX.into(),
    }
}

fn number_in_words(text: &str) -> i128 {
    match text.split_once('^') {
        Some((base, power)) => {
            let base: i128 = base.parse().unwrap();
            base.pow(power.parse().unwrap())
        }
        None if text == "negative" => -1,
        None => text.parse().unwrap(),
    }
}
