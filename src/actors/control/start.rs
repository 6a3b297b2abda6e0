//! Runs a peer with all its actors, for as long as `runtime peer` does.
//!
//! [`start`] comes back when the sockets are bound and the first line is there to be read;
//! [`Running::next_line`] gives the lines; [`Running::stop`] ends everything in good order.
//! SIGINT, SIGTERM and SIGHUP do the same from outside; the second one ends at once.

use std::{io, net::SocketAddrV4, path::PathBuf, sync::Arc, time::Duration};

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    Control, ControlSetup, Desk, Feed, Outlets, line,
    request::{cluster, shared_key},
    socket::{self, ControlSocket, SocketError},
};
use crate::{
    actors::{
        inspector::{Inspector, socket::InspectorSocket},
        kit::{Addr, AskError, Lane, LiveHost, Recipient},
        relay::{PeerAddrs, PeerOptions, PeerTeam, start_peer},
        supervisor::{self, Children, Supervisor},
        terminal::Terminal,
    },
    messages::{
        control::{ClusterName, ControlError, EndPeer, KeyName},
        inspector::AppReport,
        udp::{BindSockets, SocketsBound, UdpError},
    },
    relay::{
        ClusterId,
        keys::{KeyPair, SharedKey},
        peer::Bootstrap,
    },
};

/// What a peer is started with; the command line's words for it.
#[derive(Clone, Debug)]
pub struct PeerSetup {
    /// Name of its control socket.
    pub name: String,
    /// Where the main socket is bound; port 0 lets the system choose.
    pub main: SocketAddrV4,
    /// The same for the probe socket.
    pub probe: SocketAddrV4,
    /// Whether it is an indexed peer.
    pub is_indexed: bool,
    /// Where others reach it, if that is known.
    pub public: Option<SocketAddrV4>,
    /// Whom it asks first.
    pub bootstraps: Vec<Bootstrap>,
    /// Where it keeps what it has.
    pub state: Option<PathBuf>,
    /// The limit of its cache.
    pub cache_bytes_max: usize,
    /// Its cluster.
    pub cluster: Option<ClusterName>,
    /// Keys of the subclusters that it takes part in from the start.
    pub joins: Vec<KeyName>,
    /// How often it gives a sign of life.
    pub keepalive: Duration,
    /// What its identity is derived from.
    pub seed: Option<String>,
}
