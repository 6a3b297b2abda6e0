//! The open peers and what windows hold of them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

#[cfg(feature = "faults")]
use crate::actors::{kit::Addr, relay::Relay};
use crate::{
    actors::{
        packet_cache::State,
        relay::{Keyring, PeerAddrs},
    },
    messages::network::{AttachmentId, NetworkError},
    relay::{ClusterId, PeerId, SubclusterId, peer::Event},
};

/// The peers of an app; outlives a restart of the actor. Cheap to clone.
#[derive(Clone, Default)]
pub struct Holdings(Arc<Mutex<Held>>);

#[derive(Default)]
pub(super) struct Held {
    peers: BTreeMap<PeerId, OpenPeer>,
    attachments: BTreeMap<AttachmentId, Attachment>,
    /// The peer that those get who name none.
    pub(super) shared: Option<PeerId>,
}

/// One open peer.
pub(super) struct OpenPeer {
    pub(super) addrs: PeerAddrs,
    pub(super) cluster: Option<ClusterId>,
    pub(super) cache_bytes: usize,
    pub(super) keyring: Arc<Keyring>,
    /// Where neighbours are remembered.
    pub(super) state: Option<State>,
    /// Whether they are about to be written down.
    pub(super) is_noting: bool,
    joined: BTreeMap<SubclusterId, Joined>,
    /// Events that are not opened yet.
    pub(super) queue: VecDeque<Event>,
    /// Events that found no room.
    pub(super) lost_count: u64,
    /// A job is opening events.
    pub(super) is_opening: bool,
}

/// A subcluster that windows take part in.
#[derive(Default)]
struct Joined {
    holders: BTreeSet<AttachmentId>,
    /// Who else takes part, with the line that said so.
    members: BTreeMap<PeerId, Value>,
}

/// A window's hold on a peer.
#[derive(Clone, Copy)]
struct Attachment {
    window: u32,
    peer: PeerId,
}

impl Holdings {
    pub(super) fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    pub(super) fn peer(&self, peer: &PeerId) -> Option<&OpenPeer> {
        self.peers.get(peer)
    }

    pub(super) fn peer_mut(&mut self, peer: &PeerId) -> Option<&mut OpenPeer> {
        self.peers.get_mut(peer)
    }

    #[cfg(feature = "faults")]
    pub(super) fn relays(&self) -> impl Iterator<Item = &Addr<Relay>> {
        self.peers.values().map(|open| &open.addrs.relay)
    }

    pub(super) fn all_addrs(&self) -> Vec<(PeerId, PeerAddrs)> {
        let all = self.peers.iter();
        all.map(|(peer, open)| (*peer, open.addrs.clone()))
            .collect()
    }

    pub(super) fn peers_count(&self) -> usize {
        self.peers.len()
    }

    pub(super) fn attachments_count(&self) -> usize {
        self.attachments.len()
    }

    pub(super) fn add_peer(&mut self, peer: PeerId, open: OpenPeer) {
        self.peers.insert(peer, open);
    }

    /// Takes a peer out, with every hold on it; gives the windows that had one.
    pub(super) fn remove_peer(&mut self, peer: &PeerId) -> Option<(OpenPeer, BTreeSet<u32>)> {
        let open = self.peers.remove(peer)?;
        let windows = self.windows(peer, None);
        self.attachments.retain(|_, held| held.peer != *peer);
        self.shared = self.shared.filter(|shared| shared != peer);
        Some((open, windows))
    }

    /// Gives a window a hold on a peer.
    pub(super) fn attach(
        &mut self,
        attachment: AttachmentId,
        window: u32,
        peer: PeerId,
    ) -> Result<(), NetworkError> {
        let held = self.attachments.values();
        if held.filter(|held| held.window == window).count() >= ATTACHMENTS_MAX {
            let count_max = ATTACHMENTS_MAX;
            return Err(NetworkError::TooManyAttachments { window, count_max });
        }
        self.attachments
            .insert(attachment, Attachment { window, peer });
        Ok(())
    }

    /// The peer behind a window's hold.
    pub(super) fn find(&self, window: u32, attachment: AttachmentId) -> Option<PeerId> {
        let held = self.attachments.get(&attachment);
        held.filter(|held| held.window == window)
            .map(|held| held.peer)
    }

    /// Every hold of a window.
    pub(super) fn of_window(&self, window: u32) -> Vec<AttachmentId> {
        let held = self.attachments.iter();
        let held = held.filter(|(_, held)| held.window == window);
        held.map(|(attachment, _)| *attachment).collect()
    }

    /// Ends a hold; gives its peer and the subclusters that nobody holds any longer.
    pub(super) fn detach(
        &mut self,
        attachment: AttachmentId,
    ) -> Option<(PeerId, Vec<SubclusterId>)> {
        let peer = self.attachments.remove(&attachment)?.peer;
        let open = self.peers.get_mut(&peer)?;
        let held: Vec<_> = open.joined.keys().copied().collect();
        let left = held.into_iter();
        let left = left.filter(|subcluster| open.leave(subcluster, attachment));
        Some((peer, left.collect()))
    }

    /// The windows that have a hold on a peer, and on a subcluster of it if one is named.
    pub(super) fn windows(
        &self,
        peer: &PeerId,
        subcluster: Option<&SubclusterId>,
    ) -> BTreeSet<u32> {
        let joined = subcluster.map(|subcluster| {
            let open = self.peers.get(peer);
            open.and_then(|open| open.joined.get(subcluster))
        });
        let has_part = |attachment: &AttachmentId| match joined {
            Some(joined) => joined.is_some_and(|joined| joined.holders.contains(attachment)),
            None => true,
        };
        let held = self.attachments.iter();
        held.filter(|(attachment, held)| held.peer == *peer && has_part(attachment))
            .map(|(_, held)| held.window)
            .collect()
    }
}

impl OpenPeer {
    pub(super) fn new(
        addrs: PeerAddrs,
        cluster: Option<ClusterId>,
        cache_bytes: usize,
        state: Option<State>,
    ) -> Self {
        Self {
            addrs,
            cluster,
            cache_bytes,
            keyring: Arc::default(),
            state,
            is_noting: false,
            joined: BTreeMap::new(),
            queue: VecDeque::new(),
            lost_count: 0,
            is_opening: false,
        }
    }

    /// Notes that a subcluster was joined by way of an attachment; gives who else is in it.
    pub(super) fn join(&mut self, subcluster: SubclusterId, by: AttachmentId) -> Vec<Value> {
        let joined = self.joined.entry(subcluster).or_default();
        joined.holders.insert(by);
        joined.members.values().cloned().collect()
    }

    /// Notes that it was left; whether nobody holds it any longer.
    pub(super) fn leave(&mut self, subcluster: &SubclusterId, by: AttachmentId) -> bool {
        let Some(joined) = self.joined.get_mut(subcluster) else {
            return false;
        };
        let is_last = joined.holders.remove(&by) && joined.holders.is_empty();
        if is_last {
            self.joined.remove(subcluster);
            Arc::make_mut(&mut self.keyring).remove(subcluster);
        }
        is_last
    }

    /// Whether a hold takes part in a subcluster.
    pub(super) fn has_joined(&self, subcluster: &SubclusterId, by: AttachmentId) -> bool {
        let joined = self.joined.get(subcluster);
        joined.is_some_and(|joined| joined.holders.contains(&by))
    }

    /// Notes that somebody takes part in a subcluster.
    pub(super) fn note_member(&mut self, subcluster: &SubclusterId, peer: PeerId, line: Value) {
        if let Some(joined) = self.joined.get_mut(subcluster)
            && joined.members.len() < MEMBERS_MAX
        {
            joined.members.insert(peer, line);
        }
    }

    /// Notes that a peer is gone.
    pub(super) fn forget_member(&mut self, peer: &PeerId) {
        for joined in self.joined.values_mut() {
            joined.members.remove(peer);
        }
    }
}

/// Peers that one app may have.
pub const PEERS_MAX: usize = 8;
/// Holds that one window may have, on all peers.
pub const ATTACHMENTS_MAX: usize = 256;
/// Members of one subcluster that are remembered for pages that come later.
const MEMBERS_MAX: usize = 1024;
