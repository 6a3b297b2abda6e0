//! What a page says of a message that it sends.

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{cluster, field, hex_up_to, optional_id};
use crate::{
    actors::router::{
        Args,
        routes::crypto::{pair_of, shared_key},
    },
    messages::{
        network::{Dispatch, PeerOrder},
        router::CallError,
    },
    relay::{
        PacketId, PeerId,
        keys::KeyPair,
        packet::{Field, Signature},
    },
};

/// The message in a call's arguments, to one peer or to its subcluster.
pub(super) fn send(args: &Args, to: Option<PeerId>) -> Result<PeerOrder, CallError> {
    let usr1 = match args.optional_string("event")? {
        Some(event) => Field::from(<[u8; 32]>::from(Sha256::digest(event))),
        None => field(args, "usr1")?,
    };
    let ttl = args.optional_integer("ttl", 0..=i64::from(u32::MAX))?;
    let clock = args.optional_integer("clock", 0..=i64::from(u32::MAX))?;
    let signature = hex_up_to(args, "sig", 64)?;
    let signature = signature.and_then(|bytes| Signature::new(&bytes).ok());
    let dispatch = Dispatch {
        to,
        cluster: cluster(args)?,
        shared_key: shared_key(args)?,
        message: Bytes::from(args.body.clone()),
        usr: [
            usr1,
            field(args, "usr2")?,
            field(args, "usr3")?,
            field(args, "usr4")?,
        ],
        signature: signature.unwrap_or_default(),
        signing: signing(args)?,
        ttl_ms: ttl.and_then(|ttl| u32::try_from(ttl).ok()).unwrap_or(0),
        previous: optional_id(args, "previous", PacketId)?,
        previous_clock: clock.and_then(|clock| u32::try_from(clock).ok()),
        next: optional_id(args, "next", PacketId)?,
        meta: args.value("meta").cloned(),
    };
    Ok(PeerOrder::Send(Box::new(dispatch)))
}

/// The publisher's key pair, if a message is to be signed.
fn signing(args: &Args) -> Result<Option<KeyPair>, CallError> {
    let Some(signing) = args.value("signing") else {
        return Ok(None);
    };
    let mut secret = [0; 64];
    let private = signing.get("privateKey").and_then(Value::as_str);
    let pair = private
        .filter(|text| hex::decode_to_slice(text, &mut secret).is_ok())
        .and_then(|_| pair_of(&secret));
    let why = "must have a privateKey of 128 hexadecimal digits";
    pair.map(Some).ok_or_else(|| args.invalid("signing", why))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::args, *};

    #[test]
    fn a_message_is_signed_by_a_whole_key_only() {
        let pair = KeyPair::from_text("publisher");
        let signed = |private: &str| {
            let params = json!({ "key": "01".repeat(32), "signing": { "privateKey": private } });
            send(&args(params, b"hello"), None)
        };
        let Ok(PeerOrder::Send(dispatch)) = signed(&hex::encode(pair.secret())) else {
            panic!("refused");
        };
        assert_eq!(dispatch.signing, Some(pair));
        let error = signed(&"0".repeat(128)).unwrap_err();
        assert!(error.message.contains("signing"), "{}", error.message);
    }
}
