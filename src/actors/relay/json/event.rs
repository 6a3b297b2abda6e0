//! The events of a peer as JSON lines.

use serde_json::Value;

use super::{Fields, Opened, field, nat_name, neighbour_fields, object, packet_line, place};
use crate::relay::{ClusterId, PeerId, SubclusterId, peer::Event};

/// The line of an event at the peer `local`; nothing for what is not told, as one's own
/// publishes.
///
/// `opened` is what the event's message says, if it has one and it could be opened.
#[must_use]
pub fn event_line(local: PeerId, event: &Event, opened: Option<Opened>) -> Option<Fields> {
    let (name, fields) = match event {
        Event::Ready { address, nat } => {
            let mut fields = object([("peer", local.to_string().into())]);
            fields.extend(object(place(*address)));
            fields.extend(object([
                ("nat", nat_name(*nat).into()),
                ("nat_type", nat.0.into()),
            ]));
            ("ready", fields)
        }
        Event::Connecting { step, status } => {
            let step = Value::from(f64::from(*step));
            let fields = object([("step", step), ("status", (*status).into())]);
            ("connecting", fields)
        }
        Event::Connected(neighbour) => ("connection", neighbour_fields(neighbour)),
        Event::Disconnected(neighbour) => ("disconnection", neighbour_fields(neighbour)),
        Event::Joined {
            peer,
            cluster,
            subcluster,
        } => {
            let mut fields = membership(peer.peer_id, cluster, subcluster);
            fields.extend(object(place(Some(peer.address))));
            ("join", fields)
        }
        Event::Synced { peer, packet_count } => {
            let peer = peer.to_string().into();
            (
                "sync",
                object([("peer", peer), ("packets", (*packet_count).into())]),
            )
        }
        Event::Unanswered {
            address,
            is_another,
        } => {
            let mut fields = object(place(Some(*address)));
            let hint = unanswered_hint(*is_another).into();
            fields.extend(object([("another", (*is_another).into()), ("hint", hint)]));
            ("unanswered", fields)
        }
        Event::Unresolved { host, port, retry } => {
            let seconds = Value::from(retry.as_secs_f64().ceil());
            let host = host.as_str().into();
            let fields = object([
                ("host", host),
                ("port", (*port).into()),
                ("retry", seconds),
                ("hint", UNRESOLVED_HINT.into()),
            ]);
            ("unresolved", fields)
        }
        Event::Limited { address } => ("limited", object(place(Some(*address)))),
        message => message_line(message, opened)?,
    };
    let mut line = object([("event", name.into())]);
    line.extend(fields);
    Some(line)
}

/// What to look at if a configured peer does not answer, or another one does.
#[must_use]
pub fn unanswered_hint(is_another: bool) -> &'static str {
    if is_another {
        "another peer answers there than the one whose id was given"
    } else {
        "does a peer run there (runtime peer --indexed), and does UDP reach it?"
    }
}

/// What to look at if nobody knows where a configured peer is.
pub const UNRESOLVED_HINT: &str = "is its name right, and is there a network?";

/// The events that carry a message.
fn message_line(event: &Event, opened: Option<Opened>) -> Option<(&'static str, Fields)> {
    match event {
        Event::Packet { packet, meta, from } => {
            let from = Some((*from)?);
            Some(("packet", packet_line(packet, opened, meta.as_ref(), from)))
        }
        Event::Stream {
            packet,
            meta,
            from,
            address,
        } => {
            let mut fields = object([("from", from.to_string().into())]);
            fields.extend(packet_line(packet, opened, meta.as_ref(), Some(*address)));
            Some(("stream", fields))
        }
        Event::Query { packet, id, from } => {
            let question = serde_json::from_slice(&packet.message).unwrap_or(Value::Null);
            let mut fields = object([("id", field(id)), ("question", question)]);
            fields.extend(object(place(Some(*from))));
            Some(("query", fields))
        }
        Event::Answer {
            packet,
            meta,
            id,
            from,
        } => {
            let opened = opened.unwrap_or_else(|| Opened::plain(&packet.message));
            let mut fields = packet_line(packet, Some(opened), meta.as_ref(), Some(*from));
            let own = fields.insert("id".to_owned(), field(id));
            fields.insert("packet".to_owned(), own.unwrap_or_default());
            Some(("answer", fields))
        }
        _ => None,
    }
}

fn membership(peer: PeerId, cluster: &ClusterId, subcluster: &SubclusterId) -> Fields {
    object([
        ("peer", peer.to_string().into()),
        ("cluster", field(&cluster.0)),
        ("subcluster", subcluster.to_string().into()),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::relay::{
        nat::NatType,
        packet::{Field, Packet, PacketType},
        peer::{LinkVia, Neighbour},
    };

    const LOCAL: PeerId = PeerId([1; 32]);

    #[track_caller]
    fn check(event: Event, opened: Option<Opened>, expected: Value) {
        let line = event_line(LOCAL, &event, opened).map(Value::Object);
        assert_eq!(line, Some(expected));
    }

    fn neighbour() -> Neighbour {
        Neighbour {
            peer_id: PeerId([2; 32]),
            address: "127.0.0.1:99".parse().unwrap(),
            nat: NatType::PORT_RESTRICTED,
            is_indexed: false,
            via: LinkVia::Proxy(PeerId([3; 32])),
            key: None,
        }
    }

    #[test]
    fn readiness_says_who_and_where_we_are() {
        let (address, nat) = ("10.0.0.1:7".parse().ok(), NatType::UNRESTRICTED);
        let expected = json!({
            "event": "ready", "peer": LOCAL.to_string(), "address": "10.0.0.1", "port": 7,
            "nat": "UNRESTRICTED", "nat_type": 31,
        });
        check(Event::Ready { address, nat }, None, expected);
        let (step, status) = (0.5, "found");
        let expected = json!({ "event": "connecting", "step": 0.5, "status": "found" });
        check(Event::Connecting { step, status }, None, expected);
    }

    #[test]
    fn a_connection_says_by_which_way() {
        let expected = json!({
            "event": "connection", "peer": "02".repeat(32), "address": "127.0.0.1", "port": 99,
            "nat": "PORT_RESTRICTED", "nat_type": 7, "indexed": false, "via": "proxy",
            "proxy": "03".repeat(32), "key": null,
        });
        check(Event::Connected(neighbour()), None, expected);
    }

    #[test]
    fn an_answer_names_its_question_and_its_packet() {
        let mut packet = Packet::new(PacketType::QUERY, "plain");
        packet.packet_id = Field::from([5; 32]);
        let event = Event::Answer {
            packet,
            meta: None,
            id: Field::from([6; 32]),
            from: neighbour().address,
        };
        let line = event_line(LOCAL, &event, None).unwrap();
        assert_eq!(line["id"], json!("06".repeat(32)));
        assert_eq!(line["packet"], json!("05".repeat(32)));
        assert_eq!(line["text"], json!("plain"));
    }

    #[test]
    fn own_publishes_are_not_told() {
        let packet = Packet::new(PacketType::PUBLISH, "x");
        let (meta, from) = (None, None);
        let event = Event::Packet { packet, meta, from };
        assert_eq!(event_line(LOCAL, &event, None), None);
    }
}
