//! What a packet cache is made of, so that its recording can be run again.
//!
//! What the disk says is recorded as the outcome of the jobs that ask it; a replay has a disk
//! in memory that nobody asks.

use serde::{Deserialize, Serialize};

use super::{PacketCache, PacketCacheOptions, PacketCacheOutlets, State};
use crate::{
    actors::kit::{Outlets, Readable, Recordable, hash_of_shown},
    messages::packet_cache::{
        ClassifySubcluster, DescribeCache, ExpirePacket, FindPacket, KeepPackets, ListPackets,
        ReadPacket, ReconcileCache, RepeatChanges, SendAgain, WriteDue,
    },
    relay::cache::CacheConfig,
};

/// What a packet cache is made of, besides whom it tells.
#[derive(Serialize, Deserialize)]
pub struct PacketCacheSetup {
    config: CacheConfig,
    has_state: bool,
}

impl Recordable for PacketCache {
    type Setup = PacketCacheSetup;

    /// Nothing for one that takes over what another left behind in memory.
    fn setup(&self) -> Option<PacketCacheSetup> {
        let keepsake = self.keepsake.as_ref();
        keepsake
            .is_none_or(|keepsake| keepsake.lock().is_none())
            .then(|| PacketCacheSetup {
                config: self.config,
                has_state: self.saving.state().is_some(),
            })
    }

    fn revive(setup: PacketCacheSetup, outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let options = PacketCacheOptions {
            config: setup.config,
            // Without it the replay differs, and says so.
            state: setup.has_state.then(State::in_memory).and_then(Result::ok),
            keepsake: None,
            outlets: PacketCacheOutlets {
                kept: outlets.recipient(),
                found: outlets.recipient(),
                reconciled: outlets.recipient(),
                due: outlets.recipient(),
                digested: outlets.recipient(),
                changed: outlets.recipient(),
                wanted: outlets.recipient(),
            },
        };
        Box::new(move || Self::new(options.clone()))
    }

    fn state_hash(&self) -> u64 {
        hash_of_shown(&(&self.cache, &self.saving, &self.early))
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![
            Readable::of::<ClassifySubcluster>(),
            Readable::of::<DescribeCache>(),
            Readable::of::<ExpirePacket>(),
            Readable::of::<FindPacket>(),
            Readable::of::<KeepPackets>(),
            Readable::of::<ListPackets>(),
            Readable::of::<ReadPacket>(),
            Readable::of::<ReconcileCache>(),
            Readable::of::<RepeatChanges>(),
            Readable::of::<SendAgain>(),
            Readable::of::<WriteDue>(),
        ]
    }
}
