//! `[peer]`: the app's peer on the peer-to-peer network.

use std::time::Duration;

use super::{Key, Kind, Values};

section! {
    /// The app's peer on the peer-to-peer network.
    Peer, PEER {
        /// Peers that are asked first: `host:port`, with an IPv4 address or a name, or
        /// `id@host:port` if it must be that one. There are none unless an app names its own; see `runtime peer --indexed`.
        bootstrap: Vec<String> =
            Key::new("peer", "bootstrap", Kind::Peers).example("203.0.113.7:9777").of_our_own();
        /// UDP port of a peer; any free one if absent.
        port: Option<u64> =
            Key::new("peer", "port", Kind::Integer { min: 1, max: 65_535 }).example("9777").of_our_own();
        /// UDP port by which a peer finds out what it is behind; any free one if absent.
        probe_port: Option<u64> =
            Key::new("peer", "probe_port", Kind::Integer { min: 1, max: 65_535 })
                .example("9778")
                .of_our_own();
        /// Bytes of packets that a peer keeps for others.
        cache: u64 =
            Key::new("peer", "cache", Kind::Integer { min: 100_000, max: 1_000_000_000 })
                .default("16000000")
                .of_our_own();
        /// How often a peer gives a sign of life, in milliseconds.
        keepalive: Duration = Key::new("peer", "keepalive", Kind::Millis).default("30000").of_our_own();
        /// Whether a peer keeps its identity and its packets in the app's data folder.
        state: bool = Key::new("peer", "state", Kind::Flag).default("true").of_our_own();
    }
}
