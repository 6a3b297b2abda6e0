//! What a peer is started with.

use std::{net::SocketAddrV4, path::PathBuf, time::Duration};

use crate::{
    actors::inspector::Access,
    messages::control::{ClusterName, KeyName},
    relay::peer::ContactName,
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
    pub bootstraps: Vec<ContactName>,
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
    /// What those may do who inspect it.
    pub access: Access,
    /// Where it is recorded, if it is.
    pub record: Option<PathBuf>,
}
