//! Typed values: how text becomes one and how a field takes one.

use std::{collections::BTreeMap, time::Duration};

use super::{
    color,
    key::Key,
    kind::{Kind, Split},
};

/// A length on a screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// Logical pixels.
    Pixels(f64),
    /// Percent of the screen's width or height.
    Percent(f64),
}

/// A checked value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Integer(u64),
    Millis(u64),
    Length(Length),
    Color([u8; 4]),
    Offset(f64, f64),
    List(Vec<String>),
}

/// Every checked value, defaults included, by the key's flat name.
#[derive(Debug, Default)]
pub(super) struct Values {
    by_name: BTreeMap<String, Value>,
}

impl Values {
    /// Sets the value of `key`.
    pub(super) fn insert(&mut self, key: &Key, value: Value) {
        self.by_name.insert(key.flat(), value);
    }

    /// Whether `key` has a value.
    pub(super) fn contains(&self, key: &Key) -> bool {
        self.by_name.contains_key(&key.flat())
    }

    /// The value of `key` as a field of type `T`.
    pub(super) fn read<T: Field>(&self, key: &Key) -> T {
        T::from_value(self.by_name.get(&key.flat()))
    }
}

/// Parses what was written for a key of kind `kind`; `None` if it does not fit.
pub(super) fn parse(kind: Kind, text: &str) -> Option<Value> {
    let is_valid_text = match kind {
        Kind::Flag => return parse_flag(text).map(Value::Flag),
        Kind::Length => return parse_length(text).map(Value::Length),
        Kind::Color => return color::parse(text).map(Value::Color),
        Kind::Offset => return parse_offset(text),
        Kind::Millis => return parse_integer(text, 0, MILLIS_MAX).map(Value::Millis),
        Kind::Integer { min, max } => return parse_integer(text, min, max).map(Value::Integer),
        Kind::List(split) => return Some(Value::List(split_list(split, text))),
        Kind::Peers => return Some(Value::List(split_list(Split::Commas, text))),
        Kind::Text => true,
        Kind::Name => is_name(text),
        Kind::Version => semver::Version::parse(text).is_ok(),
        Kind::SystemVersion => is_system_version(text),
        Kind::BundleId => is_bundle_id(text),
        Kind::Scheme => is_scheme(text),
        Kind::OneOf(words) => words.contains(&text),
    };
    is_valid_text.then(|| Value::Text(text.to_owned()))
}

/// What is wrong with `[PEERID@]HOST:PORT`, in the words of the relay, which reads it later.
pub(super) fn fault_of_peer(text: &str) -> Option<&'static str> {
    let (id, place) = text.split_once('@').unwrap_or((PEER_ID, text));
    if id.len() != PEER_ID.len() || !id.chars().all(|c| c.is_ascii_hexdigit()) {
        return Some("a peer's id has 64 hex digits");
    }
    let Some((host, port)) = place.rsplit_once(':') else {
        return Some("it needs a port, as in 127.0.0.1:9777");
    };
    let is_host = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if host.is_empty() || host.len() > 253 || !host.chars().all(is_host) {
        return Some("it is [PEERID@]ADDRESS:PORT, with an IPv4 address or a name");
    }
    if !port.parse::<u16>().is_ok_and(|port| port != 0) {
        return Some("its port is no number from 1 to 65535");
    }
    let is_number = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_address = host.parse::<std::net::Ipv4Addr>().is_ok();
    (is_number && !is_address).then_some("its numbers make no IPv4 address, as 192.0.2.1 is one")
}

/// Stands for the id that is not written down.
const PEER_ID: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Items of one value of a list.
pub(super) fn split_list(split: Split, text: &str) -> Vec<String> {
    let is_border = |c: char| match split {
        Split::Commas => c == ',' || c.is_whitespace(),
        Split::Spaces => c.is_whitespace(),
        Split::Never => false,
    };
    let items = text.split(is_border).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn parse_flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn parse_integer(text: &str, min: u64, max: u64) -> Option<u64> {
    text.parse()
        .ok()
        .filter(|number| (min..=max).contains(number))
}

fn parse_length(text: &str) -> Option<Length> {
    if let Some(percent) = text.strip_suffix('%') {
        return parse_number(percent, 100.0).map(Length::Percent);
    }
    let pixels = text.strip_suffix("px").unwrap_or(text);
    parse_number(pixels, PIXELS_MAX).map(Length::Pixels)
}

fn parse_offset(text: &str) -> Option<Value> {
    let (x, y) = text.split_once('x')?;
    Some(Value::Offset(
        parse_number(x, PIXELS_MAX)?,
        parse_number(y, PIXELS_MAX)?,
    ))
}

/// A number from 0 to `max`, in digits and at most one point.
fn parse_number(text: &str, max: f64) -> Option<f64> {
    let text = text.trim();
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text
        .parse()
        .ok()
        .filter(|number| (0.0..=max).contains(number))?;
    is_plain.then_some(number)
}

fn is_name(text: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '@');
    let is_dots = text.chars().all(|c| c == '.');
    text.len() <= NAME_BYTES_MAX
        && text.chars().all(is_allowed)
        && !is_dots
        && !text.starts_with('-')
}

fn is_system_version(text: &str) -> bool {
    let is_number = |part: &str| {
        (1..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.split('.').count() <= 3 && text.split('.').all(is_number)
}

fn is_bundle_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() <= BUNDLE_ID_BYTES_MAX
        && text.split('.').count() >= 2
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(is_allowed))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// A type that a field of a section can have.
pub(super) trait Field {
    /// The field's value; `None` stands for a key without value or default.
    fn from_value(value: Option<&Value>) -> Self;
}

/// Implements [`Field`] for a type that may be absent, and for the bare type.
macro_rules! field {
    ($type:ty, $pattern:pat => $result:expr) => {
        impl Field for Option<$type> {
            fn from_value(value: Option<&Value>) -> Self {
                match value {
                    Some($pattern) => Some($result),
                    _ => None,
                }
            }
        }

        impl Field for $type {
            fn from_value(value: Option<&Value>) -> Self {
                Option::<$type>::from_value(value).unwrap_or_default()
            }
        }
    };
}

field!(String, Value::Text(text) => text.clone());
field!(bool, Value::Flag(flag) => *flag);
field!(u64, Value::Integer(number) => *number);
field!(Duration, Value::Millis(millis) => Duration::from_millis(*millis));
field!(Length, Value::Length(length) => *length);
field!([u8; 4], Value::Color(color) => *color);
field!((f64, f64), Value::Offset(x, y) => (*x, *y));
field!(Vec<String>, Value::List(items) => items.clone());

impl Default for Length {
    fn default() -> Self {
        Self::Pixels(0.0)
    }
}

const MILLIS_MAX: u64 = 24 * 60 * 60 * 1000;
const PIXELS_MAX: f64 = 65_535.0;
const NAME_BYTES_MAX: usize = 128;
const BUNDLE_ID_BYTES_MAX: usize = 155;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_pixels_or_percent() {
        assert_eq!(parse_length("800"), Some(Length::Pixels(800.0)));
        assert_eq!(parse_length("800px"), Some(Length::Pixels(800.0)));
        assert_eq!(parse_length("50%"), Some(Length::Percent(50.0)));
        for text in [
            "",
            "%",
            "-1",
            "101%",
            "1e3",
            "inf",
            "NaN",
            "50 % of it",
            "99999",
        ] {
            assert_eq!(parse_length(text), None, "{text}");
        }
    }

    #[test]
    fn names_and_identifiers_are_told_from_other_text() {
        assert!(is_name("hello-world") && is_name("Größe2") && is_name("a.b"));
        assert!(!is_name("a b") && !is_name("../a") && !is_name("..") && !is_name("-rf"));
        assert!(is_bundle_id("com.example.my-app_2"));
        assert!(!is_bundle_id("app") && !is_bundle_id("com..app") && !is_bundle_id("com.a b"));
        assert!(is_system_version("13") && is_system_version("13.0.0"));
        assert!(!is_system_version("13.") && !is_system_version("1.2.3.4"));
        assert!(is_scheme("my-app") && !is_scheme("1a") && !is_scheme("a:"));
    }
}
