//! How a peer's JSON is said in words.

use serde_json::Value;

/// A field that is text; empty if it is not there.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

/// Enough of an id to tell it from others.
pub(super) fn short(id: &str) -> &str {
    id.get(..ID_CHARS).unwrap_or(id)
}

/// Address and port of an event or neighbour.
pub(super) fn endpoint(object: &Value) -> String {
    match (object["address"].as_str(), object["port"].as_u64()) {
        (Some(address), Some(port)) => format!("{address}:{port}"),
        _ => "an unknown address".to_owned(),
    }
}

/// A NAT type as people say it.
pub(super) fn nat(name: &str) -> &'static str {
    match name {
        "UNRESTRICTED" => "reachable by everybody",
        "ADDR_RESTRICTED" => "address-restricted NAT",
        "PORT_RESTRICTED" => "port-restricted NAT",
        "ENDPOINT_RESTRICTED" => "endpoint-restricted NAT",
        _ => "unknown NAT",
    }
}

/// `text` without anything that a terminal would act on.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}

const ID_CHARS: usize = 12;
