//! Keeps packets within a budget of bytes, and knows what differs from another cache.
//!
//! Feed [`Cache::keep`] with what arrives; take what changed by [`Cache::take_changes`] after
//! each input. The rebroadcast schedule says when a packet's time is up.
//!
//! - A message of several packets is one *unit*: its head and parts are given up together, and
//!   a part is kept only once it is known to follow the part in front of it.
//! - What is worth least goes first: packets of other clusters, then those of ours, then what
//!   we subscribed to, then our own; the oldest first. Among strangers nobody takes more than
//!   [`SHARE_PARTS`] allows while others want room: whoever floods evicts himself.
//! - A packet ends everywhere at about the same time: whoever sends it on later says what is left
//!   of its life ([`Cache::packet_to_send`]). Otherwise caches would differ for hours after its end,
//!   and send it to those who have given it up.
//! - What was given up is not taken again soon, so it cannot flood the network once more.
//!
//! **Invariant:** packets, what it costs to remember them, parts that wait, and what is
//! remembered of packets given up together never exceed [`CacheConfig::bytes_max`].

mod change;
mod config;
mod dropped;
mod entry;
mod index;
mod packets;
mod parts;
mod read;
mod reconcile;
mod shelves;
mod units;
mod unsettled;
mod waiting;

#[cfg(test)]
mod tests;

pub use change::{CacheChange, CacheDigest, Links};
pub use config::{CACHE_BYTES_MAX, CacheConfig, PACKET_OVERHEAD_BYTES, SHARE_PARTS};
pub use dropped::key_of;
pub use entry::{LIFE_MAX, LIFE_SUBSCRIBED_MAX};
pub use packets::Cache;
pub use parts::PARTS_MAX;
pub use reconcile::{NEWS_MAX, SEND_MAX};
pub use unsettled::UNSETTLED_BURST;
