//! What a page says of the peer that it wants.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::{cluster, hex_bytes, optional_id};
use crate::{
    actors::router::Args,
    messages::{network::PeerWish, router::CallError},
    relay::{Address, PeerId, peer::Bootstrap},
};

/// The wish in a call's arguments.
pub(super) fn wish(args: &Args) -> Result<PeerWish, CallError> {
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

/// The largest cache that a page may ask for.
const CACHE_BYTES_MAX: i64 = 1_000_000_000;
/// The shortest and longest time between signs of life.
const KEEPALIVE_MS_MIN: i64 = 100;
const KEEPALIVE_MS_MAX: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::args, *};

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
}
