//! What control packets carry.

use serde_json::Value;
use socket_runtime::relay::packet::{
    Intro, Join, MessageError, Packet, PacketType, Ping, Pong, message_json,
};

use crate::assert_same;

/// What the newer reference takes, ours takes, too; and what ours takes, it says again.
pub(crate) fn check(packet: &Packet, is_taken_by_head: bool) {
    let message = &packet.message[..];
    let outcome = match packet.kind {
        PacketType::PING => Ping::parse(message).map(|ping| ping.encode()),
        PacketType::PONG => Pong::parse(message).map(|pong| pong.encode()),
        PacketType::INTRO => Intro::parse(message).map(|intro| intro.encode()),
        PacketType::JOIN => Join::parse(message).map(|join| join.encode()),
        _ => return,
    };
    match outcome {
        Ok(encoded) => {
            let said = message_json(packet).expect("what parses is JSON");
            let again = serde_json::from_slice(&encoded).unwrap();
            assert_same(&without_nothing(again), &without_nothing(said));
        }
        Err(error) => assert_refused(error, is_taken_by_head),
    }
}

#[track_caller]
fn assert_refused(error: MessageError, is_taken_by_head: bool) {
    assert!(!is_taken_by_head, "{error}");
}

/// Without the keys that mean the same as none.
fn without_nothing(mut message: Value) -> Value {
    if let Some(members) = message.as_object_mut() {
        members.retain(|_, value| !matches!(value, Value::Null | Value::Bool(false)));
    }
    message
}
