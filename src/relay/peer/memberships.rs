//! What we take part in: subclusters and their clusters. Who delivers their packets needs no key.

use std::collections::BTreeMap;

use crate::relay::{ClusterId, SubclusterId, Time};

/// The subclusters that were joined.
#[derive(Clone, Debug, Default)]
pub(super) struct Memberships {
    /// In boxes: a node of the tree has room for eleven, and most peers have one.
    joined: BTreeMap<SubclusterId, Box<Membership>>,
}

/// One subcluster that was joined.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) cluster: ClusterId,
    /// When the network was last told.
    pub(super) told_at: Option<Time>,
    /// How often it was told.
    pub(super) tells: u32,
}

impl Memberships {
    /// Takes part; says whether there was room.
    pub(super) fn insert(&mut self, subcluster: SubclusterId, membership: Membership) -> bool {
        let has_room = self.joined.len() < SUBCLUSTERS_MAX || self.joined.contains_key(&subcluster);
        if has_room {
            self.joined.insert(subcluster, Box::new(membership));
        }
        has_room
    }

    /// Takes part no longer; gives back how it did.
    pub(super) fn remove(&mut self, subcluster: &SubclusterId) -> Option<Membership> {
        self.joined.remove(subcluster).map(|membership| *membership)
    }

    pub(super) fn get(&self, subcluster: &SubclusterId) -> Option<&Membership> {
        self.joined.get(subcluster).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, subcluster: &SubclusterId) -> Option<&mut Membership> {
        self.joined.get_mut(subcluster).map(Box::as_mut)
    }

    /// Whether any subcluster of this cluster was joined.
    pub(super) fn has_cluster(&self, cluster: &ClusterId) -> bool {
        self.joined
            .values()
            .any(|joined| joined.cluster == *cluster)
    }

    /// In the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&SubclusterId, &Membership)> {
        let joined = self.joined.iter();
        joined.map(|(subcluster, membership)| (subcluster, membership.as_ref()))
    }

    pub(super) fn len(&self) -> usize {
        self.joined.len()
    }
}

/// Subclusters that one peer takes part in.
pub(super) const SUBCLUSTERS_MAX: usize = 256;
