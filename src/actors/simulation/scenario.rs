//! What is simulated: how many peers, on what network, doing what, for how long.
//!
//! A scenario is plain data. It comes from a TOML file whose keys are the names below; what a
//! file leaves out has the value of [`Scenario::default`], and the report repeats every value.
//! Times are virtual seconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sim::{ChurnConfig, ConfigError, NetworkConfig, in_range};

use super::{expectation::Expectation, offline::AWAY_BEFORE};
use crate::relay::packet::TTL_MS;

/// One thing to simulate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub about: String,
    /// Seed of every random choice, unless the command line names seeds.
    pub seed: u64,
    /// Peers at any one time, indexed ones included.
    pub peers: u32,
    /// How many of them are indexed peers: public, always online, and known to everybody who starts.
    pub indexed: u32,
    /// How many indexed peers each peer is told of.
    pub bootstraps_per_peer: u32,
    /// The share of peers that take part in the subcluster that is measured. The others are of the same
    /// cluster, in a subcluster of their own.
    pub subscribed_share: f64,
    /// How long the start of the first peers is spread over.
    pub join_s: f64,
    /// When measuring begins.
    pub warm_up_s: f64,
    /// How long is measured, from then on.
    pub duration_s: f64,
    /// How long before the end the last message is published, so that it has time to arrive.
    pub settle_s: f64,
    /// How the peers are set up.
    pub relay: RelayConfig,
    /// What is published.
    pub load: LoadConfig,
    /// What is between the peers.
    pub network: NetworkConfig,
    /// How peers come and go.
    pub churn: ChurnConfig,
    /// A message for somebody who is away.
    pub offline: Option<OfflineConfig>,
    /// Who misbehaves.
    pub attack: Option<AttackConfig>,
    /// What is expected of the figures.
    pub expect: Vec<Expectation>,
}

/// How the peers are set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelayConfig {
    /// How often a peer gives a sign of life.
    pub keepalive_s: f64,
    /// What a peer keeps at most.
    pub cache_bytes: u64,
    /// Whether links are signed with Ed25519, as outside. Without, a hash stands in for the
    /// signature, which saves most of the time that joining takes; the report says so.
    pub is_signed: bool,
}

/// What is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadConfig {
    /// Messages a second, by all peers together.
    pub messages_per_s: f64,
    /// Bytes of a message before it is sealed.
    pub message_bytes: u32,
    /// How long a message may be kept; 0 is the protocol's default.
    pub ttl_s: f64,
    /// Who publishes.
    pub publisher: Publisher,
}

/// Who publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publisher {
    /// A subscriber that is online, another one each time.
    Anyone,
    /// The same subscriber, who never leaves.
    One,
}

/// A message for somebody who is away: a sender publishes and leaves, and a subscriber that was
/// offline comes back after a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfflineConfig {
    /// After how many hours the recipients come back.
    pub return_after_h: Vec<f64>,
    /// How many recipients there are for each of these.
    #[serde(default = "one")]
    pub recipients: u32,
    /// How long after its message the sender leaves, for good.
    #[serde(default = "soon")]
    pub sender_stays_s: f64,
}

fn one() -> u32 {
    1
}

fn soon() -> f64 {
    5.0
}

/// Who misbehaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "kebab-case")]
pub enum AttackConfig {
    /// Peers that join like any other, and swallow every message and every comparison of caches.
    Sybil {
        /// How many for each honest peer.
        per_peer: f64,
    },
    /// Peers of the same cluster that publish as much as they can to drive out what others keep.
    Flood {
        /// How many.
        peers: u32,
        /// Messages a second of each.
        messages_per_s: f64,
        /// Bytes of each message.
        message_bytes: u32,
    },
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            about: String::new(),
            seed: 1,
            peers: 128,
            indexed: 3,
            bootstraps_per_peer: 3,
            subscribed_share: 0.5,
            join_s: 10.0,
            warm_up_s: 60.0,
            duration_s: 60.0,
            settle_s: 10.0,
            relay: RelayConfig::default(),
            load: LoadConfig::default(),
            network: NetworkConfig::default(),
            churn: ChurnConfig::default(),
            offline: None,
            attack: None,
            expect: Vec::new(),
        }
    }
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            keepalive_s: 30.0,
            cache_bytes: 16_000_000,
            is_signed: true,
        }
    }
}

impl Default for LoadConfig {
    fn default() -> Self {
        Self {
            messages_per_s: 1.0,
            message_bytes: 800,
            ttl_s: 0.0,
            publisher: Publisher::Anyone,
        }
    }
}

impl Scenario {
    /// Checks what no type says.
    ///
    /// # Errors
    /// Names the first key with a value that is not allowed, and what is.
    pub fn validate(&self) -> Result<(), ConfigError> {
        in_range("peers", self.peers, 2..=PEERS_MAX)?;
        in_range("indexed", self.indexed, 1..=self.peers)?;
        in_range("bootstraps_per_peer", self.bootstraps_per_peer, 1..=16)?;
        in_range("subscribed_share", self.subscribed_share, 0.0..=1.0)?;
        in_range("join_s", self.join_s, 0.0..=DAY_S)?;
        in_range("warm_up_s", self.warm_up_s, 0.0..=DAY_S)?;
        in_range("duration_s", self.duration_s, 0.001..=400.0 * DAY_S)?;
        in_range("settle_s", self.settle_s, 0.0..=self.duration_s)?;
        self.relay
            .validate()
            .map_err(|error| error.within("relay"))?;
        self.load.validate().map_err(|error| error.within("load"))?;
        self.network
            .validate()
            .map_err(|error| error.within("network"))?;
        self.churn
            .validate()
            .map_err(|error| error.within("churn"))?;
        self.validate_offline()?;
        self.validate_attack()?;
        for (index, expectation) in self.expect.iter().enumerate() {
            let checked = expectation.validate();
            checked.map_err(|error| error.within(&index.to_string()).within("expect"))?;
        }
        Ok(())
    }

    fn validate_offline(&self) -> Result<(), ConfigError> {
        let Some(offline) = &self.offline else {
            return Ok(());
        };
        let end_h = (self.duration_s - AWAY_BEFORE.as_secs_f64()) / 3600.0;
        let subscribers = f64::from(self.peers - self.indexed) * self.subscribed_share;
        if offline.cast_count() > subscribers / 2.0 {
            return Err(ConfigError {
                key: "offline.recipients".to_owned(),
                value: offline.recipients.to_string(),
                allowed: format!(
                    "senders and recipients are at most half of the {subscribers} subscribers"
                ),
            });
        }
        for hours in &offline.return_after_h {
            in_range("offline.return_after_h", *hours, 0.0..=end_h)?;
        }
        in_range("offline.recipients", offline.recipients, 1..=self.peers)?;
        in_range(
            "offline.sender_stays_s",
            offline.sender_stays_s,
            0.0..=DAY_S,
        )
    }

    fn validate_attack(&self) -> Result<(), ConfigError> {
        match &self.attack {
            None => Ok(()),
            Some(AttackConfig::Sybil { per_peer }) => {
                in_range("attack.per_peer", *per_peer, 0.0..=100.0)
            }
            Some(AttackConfig::Flood {
                peers,
                messages_per_s,
                message_bytes,
            }) => {
                in_range("attack.peers", *peers, 1..=self.peers)?;
                in_range("attack.messages_per_s", *messages_per_s, 0.0..=1e5)?;
                in_range(
                    "attack.message_bytes",
                    *message_bytes,
                    1..=MESSAGE_BYTES_MAX,
                )
            }
        }
    }

    /// Nodes of a run: peers, and attackers besides.
    #[must_use]
    pub fn node_count(&self) -> u32 {
        let attackers = match &self.attack {
            None => 0.0,
            Some(AttackConfig::Sybil { per_peer }) => per_peer * f64::from(self.peers),
            Some(AttackConfig::Flood { peers, .. }) => f64::from(*peers),
        };
        self.peers.saturating_add(attackers as u32)
    }

    /// Virtual seconds from the first start to the end.
    #[must_use]
    pub fn end_s(&self) -> f64 {
        self.warm_up_s + self.duration_s
    }
}

impl RelayConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        in_range("keepalive_s", self.keepalive_s, 0.1..=3600.0)?;
        in_range("cache_bytes", self.cache_bytes, 10_000..=1 << 40)
    }
}

impl LoadConfig {
    /// How long a message is kept.
    #[must_use]
    pub fn life(&self) -> Duration {
        if self.ttl_s > 0.0 {
            Duration::from_secs_f64(self.ttl_s)
        } else {
            Duration::from_millis(TTL_MS.into())
        }
    }

    fn validate(&self) -> Result<(), ConfigError> {
        in_range("messages_per_s", self.messages_per_s, 0.0..=1e6)?;
        in_range("message_bytes", self.message_bytes, 1..=MESSAGE_BYTES_MAX)?;
        in_range("ttl_s", self.ttl_s, 0.0..=30.0 * DAY_S)
    }
}

/// Peers of one run; what they need is estimated before it starts.
pub const PEERS_MAX: u32 = 100_000_000;
/// Bytes of one published message: so much fits one packet once it is sealed, or many.
const MESSAGE_BYTES_MAX: u32 = 1_000_000;
const DAY_S: f64 = 86_400.0;
