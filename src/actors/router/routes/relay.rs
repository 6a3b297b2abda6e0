//! `relay.*`: the app's peers on the peer-to-peer network.

mod errors;
mod send;
mod wish;

use bytes::Bytes;
use serde_json::{Value, json};

use self::{send::send, wish::wish};
use super::{
    Route,
    crypto::{hex_bytes, shared_key},
};
use crate::{
    actors::router::{Args, Desk},
    messages::{
        network::{
            AskPeer, AttachPeer, AttachmentId, DescribePeerDefaults, PeerAttached, PeerOrder,
        },
        packet_cache::ListPackets,
        router::{CallError, CallReply},
    },
    relay::{
        ClusterId, PacketId, PeerId, SubclusterId,
        packet::{Field, PACKET_BYTES_MAX, Packet},
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

fn join(args: &Args) -> Result<PeerOrder, CallError> {
    Ok(PeerOrder::Join {
        cluster: cluster(args)?,
        shared_key: shared_key(args)?,
    })
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
    Ok(PeerOrder::List(ListPackets {
        subcluster: optional_id(args, "subcluster", SubclusterId)?,
        name: optional_id(args, "name", Field::from)?,
        count_max: count.unwrap_or(LIST_COUNT),
    }))
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

/// Packets that are listed unless a page says otherwise, and at most.
const LIST_COUNT: usize = 256;
const LIST_COUNT_MAX: i64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::router::{Caller, Frame, RouteCall};

    /// A call with these parameters.
    pub(super) fn args(params: Value, body: &[u8]) -> Args {
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
