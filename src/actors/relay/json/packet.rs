//! A message of the network as JSON.

use serde_json::Value;

use super::{Fields, base64, field, object, place};
use crate::relay::{Address, packet::Packet};

/// A message that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was sealed.
    pub bytes: Vec<u8>,
    /// Whether it is from whom it says.
    pub verified: Verified,
}

/// How far a message is proved to be from the publisher whom it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The signature covers all of it.
    Full,
    /// Version 6's own signature holds, which does not cover the first 64 bytes.
    Legacy,
    /// There is no signature, or it does not hold.
    No,
}

impl Verified {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Legacy => "legacy",
            Self::No => "no",
        }
    }
}

impl Opened {
    /// A message that was never sealed.
    #[must_use]
    pub fn plain(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            verified: Verified::No,
        }
    }
}

/// A packet, or a message put together, with what it says if it could be opened.
#[must_use]
pub fn packet_line(
    packet: &Packet,
    opened: Option<Opened>,
    meta: Option<&Value>,
    from: Option<Address>,
) -> Fields {
    let verified = opened
        .as_ref()
        .map_or(Verified::No, |opened| opened.verified);
    let (text, bytes) = match opened.map(|opened| String::from_utf8(opened.bytes)) {
        Some(Ok(text)) => (Value::from(text), Value::Null),
        Some(Err(error)) => (Value::Null, base64(error.as_bytes()).into()),
        None => (Value::Null, Value::Null),
    };
    let signature = field_or_null(packet.signature.as_slice());
    let mut fields = object([
        ("id", field(&packet.packet_id)),
        ("cluster", field(&packet.cluster_id)),
        ("subcluster", field(&packet.subcluster_id)),
        ("previous", field(&packet.previous_id)),
        ("next", field(&packet.next_id)),
        ("clock", packet.clock.into()),
        ("hops", packet.hops.into()),
        ("index", packet.index.into()),
        ("ttl", packet.ttl_ms.into()),
        ("size", packet.message.len().into()),
        ("name", field(&packet.usr1)),
        ("publisher", field(&packet.usr2)),
        ("usr3", field(&packet.usr3)),
        ("usr4", field(&packet.usr4)),
        ("sig", signature),
        ("verified", verified.name().into()),
        ("text", text),
        ("base64", bytes),
        ("meta", meta.cloned().into()),
    ]);
    fields.extend(object(place(from)));
    fields
}

fn field_or_null(bytes: &[u8]) -> Value {
    let is_there = !matches!(bytes, [] | [0]);
    is_there.then(|| hex::encode(bytes)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::packet::{Field, PacketType};

    #[test]
    fn a_message_is_text_where_it_is_utf8_and_base64_otherwise() {
        let packet = Packet::new(PacketType::PUBLISH, "sealed");
        let line = |bytes: &[u8]| packet_line(&packet, Some(Opened::plain(bytes)), None, None);
        let text = line("käse".as_bytes());
        assert_eq!(
            (&text["text"], &text["base64"]),
            (&"käse".into(), &Value::Null)
        );
        let bytes = line(&[0xff, 0]);
        assert_eq!(
            (&bytes["text"], &bytes["base64"]),
            (&Value::Null, &"/wA=".into())
        );
    }

    #[test]
    fn what_is_unset_or_cannot_be_opened_is_null() {
        let mut packet = Packet::new(PacketType::PUBLISH, "sealed");
        packet.packet_id = Field::from([7; 32]);
        packet.usr1 = Field::EMPTY;
        let line = packet_line(&packet, None, None, "1.2.3.4:5".parse().ok());
        for name in [
            "cluster", "previous", "name", "sig", "text", "base64", "meta",
        ] {
            assert_eq!(line[name], Value::Null, "{name}");
        }
        assert_eq!(line["id"], Value::from("07".repeat(32)));
        assert_eq!(
            (&line["address"], &line["port"]),
            (&"1.2.3.4".into(), &5.into())
        );
        assert_eq!(
            (&line["size"], &line["verified"]),
            (&6.into(), &"no".into())
        );
    }
}
