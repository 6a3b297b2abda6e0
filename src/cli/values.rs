//! Values on the command line that are more than a word: sizes, times, addresses, keys.
//!
//! Each function is a parser for clap, which puts flag and value in front of the error.

use std::{
    net::{Ipv4Addr, SocketAddrV4},
    str::FromStr as _,
    time::Duration,
};

use crate::{
    messages::control::{ClusterName, KeyName},
    relay::{
        PacketId, PeerId,
        peer::{ContactName, InvalidContact},
    },
};

/// `[PEERID@]HOST:PORT`.
pub(super) fn bootstrap(text: &str) -> Result<ContactName, String> {
    text.parse()
        .map_err(|error: InvalidContact| error.to_string())
}

/// An IPv4 address.
pub(super) fn address(text: &str) -> Result<Ipv4Addr, String> {
    text.parse().map_err(|_| {
        if text.parse::<std::net::Ipv6Addr>().is_ok() {
            "peers speak over IPv4 only".to_owned()
        } else {
            "it is no IPv4 address, as 192.0.2.1 is".to_owned()
        }
    })
}

/// An IPv4 address with a port that others can send to.
pub(super) fn public_address(text: &str) -> Result<SocketAddrV4, String> {
    let parsed = SocketAddrV4::from_str(text).ok();
    parsed
        .filter(|address| address.port() != 0 && !address.ip().is_unspecified())
        .ok_or_else(|| "it is no IPv4 address with a port, as 192.0.2.1:9777 is".to_owned())
}

/// A size such as `16MB`, `64MiB` or `5000000`.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let number_end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(number_end);
    if number.is_empty() {
        return Err("it is no size, as 16MB, 64MiB and 5000000 are".to_owned());
    }
    let unit = unit.trim().to_ascii_lowercase();
    let found = SIZE_UNITS.iter().find(|(name, _)| *name == unit);
    let (_, factor) = found.ok_or("its unit is none of B, kB, MB, GB, KiB, MiB and GiB")?;
    let number: f64 = number
        .parse()
        .map_err(|_| "it is no size, as 16MB, 64MiB and 5000000 are".to_owned())?;
    let bytes = number * factor;
    if !(CACHE_BYTES_MIN..=CACHE_BYTES_MAX).contains(&bytes) {
        return Err("it is not from 16kB to 64GB".to_owned());
    }
    Ok(bytes as usize)
}

/// A time such as `30`, `0.5`, `500ms`, `10m` or `6h`; a bare number counts seconds.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let number_end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(number_end);
    if number.is_empty() {
        return Err("it is no number of seconds, as 30 and 0.5 are".to_owned());
    }
    let found = TIME_UNITS.iter().find(|(name, _)| *name == unit.trim());
    let (_, factor) = found.ok_or("its unit is none of ms, s, m and h")?;
    let number: f64 = number
        .parse()
        .map_err(|_| "it is no number of seconds, as 30 and 0.5 are".to_owned())?;
    let seconds = number * factor;
    if !(SECONDS_MIN..=SECONDS_MAX).contains(&seconds) {
        return Err("it is not from 100ms to 24h".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A cluster: text of at most 32 bytes, or `hex:` and its bytes.
pub(super) fn cluster(text: &str) -> Result<ClusterName, String> {
    let (name, length) = match text.strip_prefix("hex:") {
        Some(digits) => {
            let bytes = hex::decode(digits).map_err(|error| error.to_string())?;
            let hex = digits.to_ascii_lowercase();
            (ClusterName::Hex { hex }, bytes.len())
        }
        None => (ClusterName::Text(text.to_owned()), text.len()),
    };
    match length {
        0 => Err("a cluster has at least one byte".to_owned()),
        33.. => Err(format!("a cluster has at most 32 bytes, not {length}")),
        _ => Ok(name),
    }
}

/// A shared key: the text that it is derived from, or `hex:` and its 64 digits.
pub(super) fn key(text: &str) -> Result<KeyName, String> {
    let Some(digits) = text.strip_prefix("hex:") else {
        return Ok(KeyName::Seed(text.to_owned()));
    };
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes)
        .map_err(|_| "after 'hex:' come the 64 hex digits of the key".to_owned())?;
    Ok(KeyName::Hex(digits.to_ascii_lowercase()))
}

/// A peer's id.
pub(super) fn peer_id(text: &str) -> Result<PeerId, String> {
    text.parse()
        .map_err(|_| "a peer's id has 64 hex digits".to_owned())
}

/// A packet's id.
pub(super) fn packet_id(text: &str) -> Result<PacketId, String> {
    text.parse()
        .map_err(|_| "a packet's id has 64 hex digits".to_owned())
}

/// A name that can be part of a file's.
pub(super) fn peer_name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.is_empty() || text.len() > NAME_BYTES_MAX || !text.chars().all(is_plain) {
        return Err("it is made of at most 40 letters, digits, '-', '_' and '.'".to_owned());
    }
    Ok(text.to_owned())
}

/// By lower-case name.
const SIZE_UNITS: [(&str, f64); 8] = [
    ("", 1.0),
    ("b", 1.0),
    ("kb", 1e3),
    ("mb", 1e6),
    ("gb", 1e9),
    ("kib", 1024.0),
    ("mib", 1024.0 * 1024.0),
    ("gib", 1024.0 * 1024.0 * 1024.0),
];
const TIME_UNITS: [(&str, f64); 5] = [
    ("", 1.0),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];
/// Room for a dozen packets.
const CACHE_BYTES_MIN: f64 = 16e3;
const CACHE_BYTES_MAX: f64 = 64e9;
const SECONDS_MIN: f64 = 0.1;
const SECONDS_MAX: f64 = 86_400.0;
/// A socket's path has at most 107 bytes, folder included.
const NAME_BYTES_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        let found = ["16MB", "64MiB", "5000000", "1.5 mb", "20 kB"].map(size);
        let expected = [16_000_000, 64 << 20, 5_000_000, 1_500_000, 20_000];
        assert_eq!(found, expected.map(Ok));
        for wrong in ["", "16XB", "MB", "1.2.3MB", "0", "1e9", "-5MB", "99999GB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_seconds_unless_they_say_otherwise() {
        let found = ["30", "0.5", "500ms", "10m", "6h"].map(time);
        let expected = [30_000, 500, 500, 600_000, 21_600_000];
        assert_eq!(found, expected.map(|ms| Ok(Duration::from_millis(ms))));
        for wrong in ["", "0", "-1", "3 days", "NaN", "25h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bootstraps_have_an_id_or_none() {
        let id = "ab".repeat(32);
        let found = bootstrap(&format!("{id}@127.0.0.1:9777")).unwrap();
        let resolved = found.bootstrap().unwrap();
        assert_eq!(resolved.address, "127.0.0.1:9777".parse().unwrap());
        assert_eq!(resolved.peer_id, id.parse().ok());
        let named = bootstrap("relay.example.org:1").unwrap();
        assert_eq!(named.bootstrap(), None);
        let wrong = [
            "127.0.0.1",
            "ab@127.0.0.1:1",
            "[::1]:9",
            ":5",
            "a:0",
            "a:70000",
            "300.1.2.3:9777",
            "10.0.0:9777",
            "udp://a.example.org:1",
        ];
        for wrong in wrong {
            assert!(bootstrap(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_those_of_the_protocol() {
        assert_eq!(address("::1").unwrap_err(), "peers speak over IPv4 only");
        assert!(address("localhost").is_err());
        assert!(public_address("0.0.0.0:5").is_err());
        assert!(public_address("192.0.2.1:5").is_ok());
    }

    #[test]
    fn clusters_and_keys_are_texts_or_hex() {
        assert_eq!(cluster("cats"), Ok(ClusterName::Text("cats".to_owned())));
        let hex = "0aff".to_owned();
        assert_eq!(cluster("hex:0AFF"), Ok(ClusterName::Hex { hex }));
        assert!(cluster("").is_err() && cluster(&"x".repeat(33)).is_err());
        assert_eq!(
            key("our secret"),
            Ok(KeyName::Seed("our secret".to_owned()))
        );
        assert!(key("hex:0aff").is_err());
    }

    #[test]
    fn names_stay_within_their_folder() {
        assert!(peer_name("kitchen-2").is_ok());
        for wrong in ["", "../x", "a/b", "a b"] {
            assert!(peer_name(wrong).is_err(), "{wrong}");
        }
    }
}
