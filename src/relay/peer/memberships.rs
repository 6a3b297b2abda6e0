//! What we take part in: subclusters and their clusters. Who delivers their packets needs no key.

use crate::relay::{ClusterId, SubclusterId, Time};

/// The subclusters that were joined.
#[derive(Clone, Debug, Default)]
pub(super) struct Memberships {
    /// In the order of their ids; most peers have one.
    joined: Vec<(SubclusterId, Membership)>,
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
        match self.place(&subcluster) {
            Ok(place) => self.joined[place].1 = membership,
            Err(_) if self.joined.len() >= SUBCLUSTERS_MAX => return false,
            Err(place) => {
                self.joined.reserve_exact(1);
                self.joined.insert(place, (subcluster, membership));
            }
        }
        true
    }

    /// Takes part no longer; gives back how it did.
    pub(super) fn remove(&mut self, subcluster: &SubclusterId) -> Option<Membership> {
        let place = self.place(subcluster).ok()?;
        Some(self.joined.remove(place).1)
    }

    pub(super) fn get(&self, subcluster: &SubclusterId) -> Option<&Membership> {
        let place = self.place(subcluster).ok()?;
        Some(&self.joined[place].1)
    }

    pub(super) fn get_mut(&mut self, subcluster: &SubclusterId) -> Option<&mut Membership> {
        let place = self.place(subcluster).ok()?;
        Some(&mut self.joined[place].1)
    }

    /// Whether any subcluster of this cluster was joined.
    pub(super) fn has_cluster(&self, cluster: &ClusterId) -> bool {
        self.joined
            .iter()
            .any(|(_, joined)| joined.cluster == *cluster)
    }

    /// In the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&SubclusterId, &Membership)> {
        let joined = self.joined.iter();
        joined.map(|(subcluster, membership)| (subcluster, membership))
    }

    pub(super) fn len(&self) -> usize {
        self.joined.len()
    }

    /// Where a subcluster is, or where it belongs.
    fn place(&self, subcluster: &SubclusterId) -> Result<usize, usize> {
        self.joined
            .binary_search_by(|(other, _)| other.cmp(subcluster))
    }
}

/// Subclusters that one peer takes part in.
pub(super) const SUBCLUSTERS_MAX: usize = 256;
