//! `relay.*`: the app's peers on the peer-to-peer network.

use std::net::Ipv4Addr;

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    Route,
    crypto::{hex_bytes, pair_of, shared_key},
};
use crate::{
    actors::router::{Args, Desk},
    messages::{
        network::{
            AskPeer, AttachPeer, AttachmentId, DescribePeerDefaults, Dispatch, NetworkError,
            PeerAttached, PeerOrder, PeerWish,
        },
        relay::RelayError,
        router::{CallError, CallReply},
    },
    relay::{
        Address, ClusterId, PacketId, PeerId, SubclusterId,
        keys::KeyPair,
        packet::{Field, PACKET_BYTES_MAX, Packet, Signature},
        peer::Bootstrap,
    },
};

pub(super) const ROUTES: &[Route] = &[
    network("relay.open", attach),
    network("relay.defaults", defaults),
    network("relay.close", |args, desk| {
        ask(&args, desk, |_| Ok(PeerOrder::Detach))
    }),
    network("relay.shutdown", |args, desk| {
        ask(&args, desk, |_| Ok(PeerOrder::ShutDown))
    }),
    network("relay.info", |args, desk| {
        ask(&args, desk, |_| Ok(PeerOrder::Describe))
    }),
    network("relay.reflect", |args, desk| {
        ask(&args, desk, |_| Ok(PeerOrder::Reflect))
    }),
    network("relay.join", |args, desk| ask(&args, desk, join)),
    network("relay.leave", |args, desk| {
        ask(&args, desk, |args| {
            Ok(PeerOrder::Leave(id(args, "subcluster", SubclusterId)?))
        })
    }),
    network("relay.publish", |args, desk| {
        ask(&args, desk, |args| send(args, None))
    }),
    network("relay.stream", |args, desk| {
        ask(&args, desk, |args| {
            send(args, Some(id(args, "to", PeerId)?))
        })
    }),
    network("relay.query", |args, desk| ask(&args, desk, query)),
    network("relay.answer", |args, desk| ask(&args, desk, answer)),
    network("relay.sync", |args, desk| {
        ask(&args, desk, |args| {
            Ok(PeerOrder::Sync(id(args, "peer", PeerId)?))
        })
    }),
    network("relay.list", |args, desk| ask(&args, desk, list)),
    network("relay.walk", |args, desk| {
        ask(&args, desk, |args| {
            Ok(PeerOrder::Walk(id(args, "packet", PacketId)?))
        })
    }),
    network("relay.inject", |args, desk| ask(&args, desk, inject)),
];

const fn network(command: &'static str, run: fn(Args, Desk<'_>)) -> Route {
    Route::new(command, run).needs("network")
}

fn attach(args: Args, desk: Desk<'_>) {
    let message = wish(&args).map(|wish| AttachPeer {
        window: args.caller.window,
        wish,
    });
    let network = desk.services.network.recipient();
    desk.ask(network, message, |attached: PeerAttached| {
        let id = format!("{:032x}", attached.attachment.0);
        let (is_new, report) = (attached.is_new, attached.report);
        json!({ "id": id, "isNew": is_new, "report": report }).into()
    });
}

fn defaults(_args: Args, desk: Desk<'_>) {
    let network = desk.services.network.recipient();
    desk.ask(network, Ok(DescribePeerDefaults), CallReply::from);
}

/// Asks something of the peer that `id` names.
fn ask(args: &Args, desk: Desk<'_>, order: impl FnOnce(&Args) -> Result<PeerOrder, CallError>) {
    let message = attachment(args).and_then(|attachment| {
        Ok(AskPeer {
            window: args.caller.window,
            attachment,
            order: order(args)?,
        })
    });
    let network = desk.services.network.recipient();
    desk.ask(network, message, CallReply::from);
}

fn wish(args: &Args) -> Result<PeerWish, CallError> {
    let port = optional_port(args, "port")?;
    let ip = match args.optional_string("address")? {
        Some(text) => Some(ip(args, "address", &text)?),
        None => None,
    };
    let main = (port.is_some() || ip.is_some())
        .then(|| Address::new(ip.unwrap_or(Ipv4Addr::UNSPECIFIED), port.unwrap_or(0)));
    let cache_bytes = args.optional_integer("cacheBytes", 0..=CACHE_BYTES_MAX)?;
    let keepalive = args.optional_integer("keepalive", KEEPALIVE_MS_MIN..=KEEPALIVE_MS_MAX)?;
    let has_seed = args.value("seed").is_some();
    let has_state = args.value("state").is_some();
    Ok(PeerWish {
        peer_id: optional_id(args, "peerId", PeerId)?,
        seed: has_seed.then(|| hex_bytes(args, "seed")).transpose()?,
        cluster: cluster(args)?,
        is_indexed: args.flag("indexed")?,
        main,
        probe_port: optional_port(args, "probePort")?,
        public: args
            .value("public")
            .map(|value| place(args, "public", value))
            .transpose()?,
        bootstraps: bootstraps(args)?,
        keepalive_ms: keepalive.map(i64::unsigned_abs),
        cache_bytes: cache_bytes.and_then(|bytes| usize::try_from(bytes).ok()),
        has_state: has_state.then(|| args.flag("state")).transpose()?,
    })
}

fn bootstraps(args: &Args) -> Result<Option<Vec<Bootstrap>>, CallError> {
    let list = match args.value("bootstraps") {
        None => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(args.invalid("bootstraps", "must be an array of {address, port}")),
    };
    let bootstraps = list.iter().map(|value| {
        let peer_id = match value.get("peerId") {
            None | Some(Value::Null) => None,
            Some(peer) => {
                let peer = peer.as_str().and_then(|text| text.parse().ok());
                let why = "has a peerId that is not 64 hexadecimal digits";
                Some(peer.ok_or_else(|| args.invalid("bootstraps", why))?)
            }
        };
        Ok(Bootstrap {
            address: place(args, "bootstraps", value)?,
            peer_id,
            is_indexed: value
                .get("indexed")
                .and_then(Value::as_bool)
                .unwrap_or(true),
        })
    });
    bootstraps.collect::<Result<_, _>>().map(Some)
}

/// An `{address, port}`.
fn place(args: &Args, name: &str, value: &Value) -> Result<Address, CallError> {
    let text = value.get("address").and_then(Value::as_str);
    let port = value.get("port").and_then(Value::as_u64);
    let port = port.and_then(|port| u16::try_from(port).ok());
    match (text, port.filter(|port| *port > 0)) {
        (Some(text), Some(port)) => Ok(Address::new(ip(args, name, text)?, port)),
        _ => Err(args.invalid(name, "must have an address and a port from 1 to 65535")),
    }
}

fn ip(args: &Args, name: &str, text: &str) -> Result<Ipv4Addr, CallError> {
    let why = || format!("must be an IPv4 address; got '{text}'");
    text.parse().map_err(|_| args.invalid(name, &why()))
}

fn optional_port(args: &Args, name: &str) -> Result<Option<u16>, CallError> {
    let port = args.optional_integer(name, 0..=i64::from(u16::MAX))?;
    Ok(port.and_then(|port| u16::try_from(port).ok()))
}

fn join(args: &Args) -> Result<PeerOrder, CallError> {
    Ok(PeerOrder::Join {
        cluster: cluster(args)?,
        shared_key: shared_key(args)?,
    })
}

fn send(args: &Args, to: Option<PeerId>) -> Result<PeerOrder, CallError> {
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

fn query(args: &Args) -> Result<PeerOrder, CallError> {
    let question = args.params().get("question").cloned();
    Ok(PeerOrder::Query {
        question: question.unwrap_or(Value::Null),
        wanted: optional_id(args, "wanted", PacketId)?,
        first: optional_id(args, "first", PeerId)?,
    })
}

fn answer(args: &Args) -> Result<PeerOrder, CallError> {
    Ok(PeerOrder::Answer {
        query: id(args, "query", PacketId)?,
        message: Bytes::from(args.body.clone()),
    })
}

fn list(args: &Args) -> Result<PeerOrder, CallError> {
    let count = args.optional_integer("countMax", 1..=LIST_COUNT_MAX)?;
    let count = count.and_then(|count| usize::try_from(count).ok());
    Ok(PeerOrder::List {
        subcluster: optional_id(args, "subcluster", SubclusterId)?,
        count_max: count.unwrap_or(LIST_COUNT),
    })
}

fn inject(args: &Args) -> Result<PeerOrder, CallError> {
    let mut rest = Bytes::from(args.body.clone());
    let mut packets = Vec::new();
    let broken = || args.invalid("body", "must be packets, each after its length in 4 bytes");
    while !rest.is_empty() {
        let (length, _) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > PACKET_BYTES_MAX || rest.len() < 4 + length {
            return Err(broken());
        }
        let bytes = rest.split_to(4 + length).slice(4..);
        packets.push(Packet::decode(&bytes).map_err(|error| {
            let (index, why) = (packets.len(), error.to_string());
            args.invalid("body", &format!("has no packet at index {index}: {why}"))
        })?);
    }
    Ok(PeerOrder::Inject(packets))
}

fn attachment(args: &Args) -> Result<AttachmentId, CallError> {
    let bytes = hex_bytes::<16>(args, "id")?;
    Ok(AttachmentId(u128::from_be_bytes(bytes)))
}

fn id<T>(args: &Args, name: &str, make: fn([u8; 32]) -> T) -> Result<T, CallError> {
    hex_bytes(args, name).map(make)
}

fn optional_id<T>(
    args: &Args,
    name: &str,
    make: fn([u8; 32]) -> T,
) -> Result<Option<T>, CallError> {
    args.value(name).map(|_| id(args, name, make)).transpose()
}

fn cluster(args: &Args) -> Result<Option<ClusterId>, CallError> {
    let bytes = hex_up_to(args, "cluster", 32)?;
    Ok(bytes.and_then(|bytes| Field::new(&bytes).ok().map(ClusterId)))
}

/// A field of a packet, unset if it is left out.
fn field(args: &Args, name: &str) -> Result<Field, CallError> {
    let bytes = hex_up_to(args, name, 32)?;
    Ok(bytes
        .and_then(|bytes| Field::new(&bytes).ok())
        .unwrap_or_default())
}

/// Bytes in hex, at most so many.
fn hex_up_to(args: &Args, name: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, CallError> {
    let Some(text) = args.optional_string(name)? else {
        return Ok(None);
    };
    let bytes = hex::decode(text)
        .ok()
        .filter(|bytes| bytes.len() <= bytes_max);
    let why = || format!("must be at most {bytes_max} bytes in hexadecimal digits");
    bytes.map(Some).ok_or_else(|| args.invalid(name, &why()))
}

impl From<NetworkError> for CallError {
    fn from(error: NetworkError) -> Self {
        let (name, code) = match &error {
            NetworkError::NoPeer => ("NotFoundError", "ERR_RELAY_NO_PEER"),
            NetworkError::TooManyPeers { .. } | NetworkError::TooManyAttachments { .. } => {
                ("QuotaExceededError", "ERR_RELAY_BUSY")
            }
            NetworkError::Udp(_) => ("Error", "ERR_RELAY_BIND"),
            NetworkError::State { .. } => ("Error", "ERR_RELAY_STATE"),
            NetworkError::Relay(error) => relay_code(error),
            NetworkError::Unanswered { .. } => ("InternalError", "ERR_ACTOR_STOPPED"),
        };
        Self {
            name,
            code: code.to_owned(),
            message: error.to_string(),
            ..Self::default()
        }
    }
}

/// The class and code of what a peer refuses.
fn relay_code(error: &RelayError) -> (&'static str, &'static str) {
    match error {
        RelayError::TooLong { .. } | RelayError::Meta { .. } => {
            ("RangeError", "ERR_RELAY_TOO_LONG")
        }
        RelayError::NoCluster => ("Error", "ERR_RELAY_NO_CLUSTER"),
        RelayError::NotConnected { .. } => ("Error", "ERR_RELAY_NOT_CONNECTED"),
        RelayError::NotFound { .. } => ("NotFoundError", "ERR_RELAY_NOT_FOUND"),
        RelayError::NotJoined { .. } => ("Error", "ERR_RELAY_NOT_JOINED"),
        RelayError::Busy { .. } => ("QuotaExceededError", "ERR_RELAY_BUSY"),
        RelayError::State { .. } => ("Error", "ERR_RELAY_STATE"),
        RelayError::InvalidPacket { .. } => ("Error", "ERR_RELAY_INVALID_PACKET"),
    }
}

/// The largest cache that a page may ask for.
const CACHE_BYTES_MAX: i64 = 1_000_000_000;
/// The shortest and longest time between signs of life.
const KEEPALIVE_MS_MIN: i64 = 100;
const KEEPALIVE_MS_MAX: i64 = 86_400_000;
/// Packets that are listed unless a page says otherwise, and at most.
const LIST_COUNT: usize = 256;
const LIST_COUNT_MAX: i64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::router::{Caller, Frame, RouteCall};

    fn args(params: Value, body: &[u8]) -> Args {
        let caller = Caller {
            window: 3,
            frame: Frame::Top,
            origin: String::new(),
        };
        let (command, body) = ("relay.x".to_owned(), body.to_vec());
        Args::new(RouteCall {
            caller,
            command,
            params,
            body,
        })
        .unwrap()
    }

    #[test]
    fn a_wish_without_arguments_leaves_all_to_the_defaults() {
        assert_eq!(wish(&args(json!({}), b"")), Ok(PeerWish::default()));
    }

    #[test]
    fn a_wish_names_what_is_wrong_with_it() {
        for (params, name) in [
            (json!({ "peerId": "ab" }), "peerId"),
            (json!({ "cluster": "0".repeat(66) }), "cluster"),
            (json!({ "address": "::1" }), "address"),
            (
                json!({ "bootstraps": [{ "address": "1.2.3.4" }] }),
                "bootstraps",
            ),
            (
                json!({ "bootstraps": [{ "address": "1.2.3.4", "port": 1, "peerId": 5 }] }),
                "peerId",
            ),
            (
                json!({ "public": { "address": "1.2.3.4", "port": 0 } }),
                "public",
            ),
        ] {
            let error = wish(&args(params, b"")).unwrap_err();
            assert!(error.message.contains(name), "{}", error.message);
        }
    }

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

    #[test]
    fn packets_to_inject_stand_behind_their_lengths() {
        let mut packet = Packet::new(crate::relay::packet::PacketType::PUBLISH, "x");
        packet.packet_id = Field::from([1; 32]);
        let bytes = packet.encode().unwrap();
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        let body = [&length[..], &bytes].concat().repeat(2);
        let Ok(PeerOrder::Inject(packets)) = inject(&args(json!({}), &body)) else {
            panic!("refused");
        };
        assert_eq!(packets, [packet.clone(), packet]);
        for cut in 1..length.len() + bytes.len() {
            assert!(inject(&args(json!({}), &body[..cut])).is_err(), "{cut}");
        }
    }
}
