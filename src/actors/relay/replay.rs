//! What a relay is made of, so that its recording can be run again.
//!
//! The sockets, the cache and the scheduler are other actors, and looking a host up is a job
//! whose outcome is recorded: a relay takes in nothing else. Its setup has the secret seed of
//! its identity, without which nothing that it signed could be made again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Memory, Relay, RelayOptions, RelayOutlets};
use crate::{
    actors::kit::{Outlets, Readable, Recordable, hash_of_shown},
    messages::relay::{
        AnswerQuery, AskQuery, CacheDigested, CacheReconciled, ClosePeer, DatagramsArrived,
        DescribePeer, InjectPackets, JoinSubcluster, LeaveSubcluster, OpenPeer, PacketFound,
        PacketsDue, PacketsKept, PublishMessage, PullDue, ReflectAgain, RelayDue, StreamMessage,
        SyncWithPeer,
    },
    relay::peer::{Bootstrap, ContactName, PeerConfig},
};

/// What a relay is made of, besides whom it tells.
#[derive(Serialize, Deserialize)]
pub struct RelaySetup {
    config: PeerConfig,
    names: Vec<ContactName>,
    remembered: Vec<Bootstrap>,
}

impl Recordable for Relay {
    type Setup = RelaySetup;

    fn setup(&self) -> Option<RelaySetup> {
        Some(RelaySetup {
            config: (*self.options.config).clone(),
            names: self.options.names.clone(),
            remembered: self.options.remembered.clone(),
        })
    }

    fn revive(setup: RelaySetup, outlets: &Outlets) -> Box<dyn FnMut() -> Self> {
        let options = Arc::new(RelayOptions {
            config: setup.config.into(),
            names: setup.names,
            remembered: setup.remembered,
            outlets: RelayOutlets {
                send: outlets.recipient(),
                bind: outlets.recipient(),
                punch: outlets.recipient(),
                keep: outlets.recipient(),
                find: outlets.recipient(),
                reconcile: outlets.recipient(),
                classify: outlets.recipient(),
                contacted: outlets.recipient(),
                difference: outlets.recipient(),
                held: outlets.recipient(),
                owner: outlets.recipient(),
            },
            memory: Memory::default(),
        });
        Box::new(move || Self::new(options.clone()))
    }

    fn state_hash(&self) -> u64 {
        hash_of_shown(&(
            &self.peer,
            self.local,
            self.commands_count,
            self.awaited(),
            self.due(),
        ))
    }

    fn readables() -> Vec<Readable<Self>> {
        vec![
            Readable::of::<AnswerQuery>(),
            Readable::of::<AskQuery>(),
            Readable::of::<CacheDigested>(),
            Readable::of::<CacheReconciled>(),
            Readable::of::<ClosePeer>(),
            Readable::of::<DatagramsArrived>(),
            Readable::of::<DescribePeer>(),
            Readable::of::<InjectPackets>(),
            Readable::of::<JoinSubcluster>(),
            Readable::of::<LeaveSubcluster>(),
            Readable::of::<OpenPeer>(),
            Readable::of::<PacketFound>(),
            Readable::of::<PacketsDue>(),
            Readable::of::<PacketsKept>(),
            Readable::of::<PublishMessage>(),
            Readable::of::<PullDue>(),
            Readable::of::<ReflectAgain>(),
            Readable::of::<RelayDue>(),
            Readable::of::<StreamMessage>(),
            Readable::of::<SyncWithPeer>(),
        ]
    }
}
