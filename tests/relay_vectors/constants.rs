//! Numbers of the protocol, NAT types and rate limits.

use serde_json::{Value, json};
use socket_runtime::relay::{
    cache::CACHE_BYTES_MAX,
    nat::{self, NatType, Strategy, connection_strategy},
    packet::{HOPS_MAX, MAGIC, MESSAGE_BYTES_MAX, TTL_MS, VERSION},
};

use crate::{Book, assert_same, number, reference, text};

pub(crate) fn constant(vector: &Value, _book: &Book) {
    let name = text(vector, "name");
    let value = ours(name)
        .or_else(|| theirs(name))
        .unwrap_or_else(|| panic!("no constant '{name}'"));
    assert_same(&value, &vector["value"]);
}

/// Constants that we share.
fn ours(name: &str) -> Option<Value> {
    if let Some(name) = name.strip_prefix("nat.STRATEGY_") {
        let name = format!("STRATEGY_{name}");
        let strategy = STRATEGIES
            .into_iter()
            .find(|strategy| strategy.name() == name)?;
        return Some(json!(strategy as u8));
    }
    Some(match name {
        "nat.MAPPING_ENDPOINT_INDEPENDENT" => json!(nat::MAPPING_ENDPOINT_INDEPENDENT),
        "nat.MAPPING_ENDPOINT_DEPENDENT" => json!(nat::MAPPING_ENDPOINT_DEPENDENT),
        "nat.FIREWALL_ALLOW_ANY" => json!(nat::FIREWALL_ALLOW_ANY),
        "nat.FIREWALL_ALLOW_KNOWN_IP" => json!(nat::FIREWALL_ALLOW_KNOWN_IP),
        "nat.FIREWALL_ALLOW_KNOWN_IP_AND_PORT" => json!(nat::FIREWALL_ALLOW_KNOWN_IP_AND_PORT),
        "nat.UNKNOWN" => json!(NatType::UNKNOWN),
        "nat.UNRESTRICTED" => json!(NatType::UNRESTRICTED),
        "nat.ADDR_RESTRICTED" => json!(NatType::ADDR_RESTRICTED),
        "nat.PORT_RESTRICTED" => json!(NatType::PORT_RESTRICTED),
        "nat.ENDPOINT_RESTRICTED" => json!(NatType::ENDPOINT_RESTRICTED),
        "const.MAGIC" => json!(hex::encode(MAGIC)),
        "const.MAGIC_BYTES" => json!(MAGIC.len()),
        "const.VERSION" => json!(VERSION),
        "const.MESSAGE_BYTES" | "const.Packet.maxLength" => json!(MESSAGE_BYTES_MAX),
        "const.CACHE_TTL" | "const.Packet.ttl" => json!(TTL_MS),
        "const.MAX_HOPS" => json!(HOPS_MAX),
        _ => return None,
    })
}

/// Constants of the reference alone: what counts a message twice, timers of its own, and
/// what has no effect at all (spec section 6).
fn theirs(name: &str) -> Option<Value> {
    Some(match name {
        "const.PACKET_BYTES" => json!(reference::PACKET_BYTES),
        "const.FRAME_BYTES" => json!(reference::PACKET_BYTES - MESSAGE_BYTES_MAX),
        "const.Cache.DEFAULT_MAX_SIZE" => {
            json!(CACHE_BYTES_MAX.div_ceil(reference::PACKET_BYTES))
        }
        "const.Cache.HASH_SIZE_BYTES" => json!(20),
        "const.PING_RETRY" => json!(500),
        "const.PROBE_WAIT" => json!(512),
        "const.DEFAULT_KEEP_ALIVE" => json!(30_000),
        "const.DEFAULT_RATE_LIMIT_THRESHOLD" => json!(8000),
        "const.MAX_BANDWIDTH" => json!(32_768),
        "const.Packet.MESSAGE_BYTES" => json!("undefined"),
        _ => return None,
    })
}

const STRATEGIES: [Strategy; 5] = [
    Strategy::Defer,
    Strategy::Direct,
    Strategy::TraversalOpen,
    Strategy::TraversalConnect,
    Strategy::Proxy,
];

pub(crate) fn nat_predicates(vector: &Value, _book: &Book) {
    for row in vector["rows"].as_array().unwrap() {
        let nat = nat_type(&row["n"]);
        let found = json!({
            "n": nat,
            "dependence": nat.is_mapping_known(),
            "firewall": nat.is_firewall_known(),
            "valid": nat.is_valid(),
            "name": nat.name(),
        });
        assert_same(&found, row);
    }
}

pub(crate) fn strategy(vector: &Value, _book: &Book) {
    let strategy = connection_strategy(nat_type(&vector["a"]), nat_type(&vector["b"]));
    assert_eq!(strategy as u64, number(vector, "strategy"));
    assert_eq!(strategy.name(), text(vector, "strategyName"));
}

/// The reference's limit; ours, in the peer, is a bucket that fills again with time.
pub(crate) fn rate(vector: &Value, _book: &Book) {
    let first_refused = vector["firstRefused"].as_i64().unwrap();
    // What has no type and no bucket is a packet of a subcluster that was joined.
    let is_joined = vector.get("quota").is_none();
    let kind = vector["type"].as_u64().unwrap_or(5).try_into().unwrap();
    let address = match vector["bucketKey"].as_str() {
        Some(key) => key.split_once(':').unwrap().1,
        None => "1.2.3.4:1234",
    };
    let mut limit = reference::RateLimit::default();
    let refused = (1..10_000).find(|_| limit.count(0, kind, address, is_joined));
    assert_eq!(refused.unwrap_or(-1), first_refused);
    if !is_joined {
        assert_eq!(number(vector, "quota"), reference::quota(kind));
        let key = reference::RateLimit::key(kind, address);
        assert_eq!(key, text(vector, "bucketKey"));
    }
}

/// With light traffic the reference's quota grows for ever.
pub(crate) fn rate_adapt(vector: &Value, _book: &Book) {
    let kind = number(vector, "type").try_into().unwrap();
    let address = "1.2.3.4:1234";
    let mut limit = reference::RateLimit::default();
    for step in vector["steps"].as_array().unwrap() {
        for _ in 0..number(step, "sent") {
            limit.count(number(step, "minute"), kind, address, false);
        }
        assert_eq!(limit.quota(kind, address), number(step, "quota"), "{step}");
    }
}

/// What is no number of 8 bits is no NAT type; the reference does not look.
fn nat_type(value: &Value) -> NatType {
    let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
    number.map_or(NatType::UNKNOWN, NatType)
}
