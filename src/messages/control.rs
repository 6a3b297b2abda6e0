//! Messages to the control actor of `runtime peer`, and the requests that its socket takes.
//!
//! A request is one line of JSON: the fields of a [`Request`], with `do` for its name and
//! `id` for a number that comes back with the answer. Both ends of the socket use these types.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Class, Message};
use crate::relay::{PacketId, PeerId, SubclusterId};

/// Does what a client of the control socket asks for; replies with the `ok` of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ObeyRequest {
    /// Who asks; subscriptions are theirs.
    pub client: u64,
    /// What they ask for.
    pub request: Request,
}

impl Message for ObeyRequest {
    type Reply = Result<Value, ControlError>;
}

/// A client has hung up: nothing is delivered to it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientGone {
    /// Who.
    pub client: u64,
}

impl Message for ClientGone {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// There may be room for more of what subscriptions begin with (a timer of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacklogDue;

impl Message for BacklogDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// A message may have been missing for long enough (a timer of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderDue;

impl Message for OrderDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Connections have settled since they changed (a timer of the actor's own).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeighboursDue;

impl Message for NeighboursDue {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// Ends the peer in good order; replies when nothing is left to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndPeer;

impl Message for EndPeer {
    type Reply = ();
    const CLASS: Class = Class::Control;
}

/// What a client of the control socket can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Request {
    /// What the peer is and knows.
    Info {},
    /// Takes part in a subcluster.
    Join(Place),
    /// Takes part no longer.
    Leave {
        /// In which.
        subcluster: SubclusterId,
    },
    /// Publishes a message, or sends it to one peer.
    Publish(PublishRequest),
    /// Asks the network.
    Query {
        /// The question.
        question: Value,
        /// The packet that is asked for, if it is one.
        #[serde(default)]
        wanted: Option<PacketId>,
        /// Whom to ask before the network.
        #[serde(default)]
        first: Option<PeerId>,
    },
    /// Answers a question that came as an event.
    Answer {
        /// Id of the question.
        query: PacketId,
        /// The answer, as text.
        #[serde(default)]
        text: Option<String>,
        /// The answer, as base64.
        #[serde(default)]
        base64: Option<String>,
    },
    /// Compares caches with a peer.
    Sync {
        /// With whom.
        peer: PeerId,
    },
    /// Finds address and NAT type anew.
    Reflect {},
    /// Delivers a subcluster's messages on this connection.
    Subscribe(SubscribeRequest),
    /// Delivers every event on this connection.
    Watch {},
    /// Reads a packet of the cache and what is next to it.
    Walk {
        /// Which.
        packet: PacketId,
    },
    /// Lists what the cache holds.
    List {
        /// Of which subcluster; of all if absent.
        #[serde(default)]
        subcluster: Option<SubclusterId>,
        /// At most so many, the newest.
        count_max: usize,
    },
    /// Crashes the relay. Only in builds with `faults`.
    #[cfg(feature = "faults")]
    Crash {},
    /// Ends the peer.
    Stop {},
}

/// A subcluster and the key to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its cluster; the peer's own if absent.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// Its shared key.
    pub key: KeyName,
}

/// A message to be published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// The subcluster's cluster; the peer's own if absent.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// The subcluster's shared key.
    pub key: KeyName,
    /// The message, as text.
    #[serde(default)]
    pub text: Option<String>,
    /// The message, as base64.
    #[serde(default)]
    pub base64: Option<String>,
    /// Name of the event that it is.
    #[serde(default)]
    pub event: Option<String>,
    /// The one peer that gets it; everybody if absent.
    #[serde(default)]
    pub to: Option<PeerId>,
    /// How long it may be kept.
    #[serde(default)]
    pub ttl_ms: Option<u32>,
    /// The packet that it follows.
    #[serde(default)]
    pub after: Option<PacketId>,
    /// What the user likes; goes with messages of more than one packet.
    #[serde(default)]
    pub meta: Option<Value>,
}

/// Which messages a client wants, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscribeRequest {
    /// The subcluster's cluster; the peer's own if absent.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// The subcluster's shared key.
    pub key: KeyName,
    /// Name of the event; all if absent.
    #[serde(default)]
    pub event: Option<String>,
    /// Whether a message waits for those that it follows.
    #[serde(default)]
    pub causal: bool,
    /// Whether what is in the cache already comes first.
    #[serde(default)]
    pub since_cache: bool,
}

/// A cluster as a user writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a cluster is a text or {\"hex\": …}")]
pub enum ClusterName {
    /// Its bytes are those of this text.
    Text(String),
    /// Its bytes are these.
    Hex {
        /// At most 64 hex digits.
        hex: String,
    },
}

/// A shared key as a user writes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyName {
    /// It is derived from this text.
    Seed(String),
    /// It is this, in 64 hex digits.
    Hex(String),
}

impl std::fmt::Debug for KeyName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyName(secret)")
    }
}

/// Why a request was not carried out, as it goes over the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct ControlError {
    /// A word that programs can tell errors apart by.
    pub kind: String,
    /// The same in words.
    pub text: String,
}
