//! Who subscribes to what.
//!
//! A member has an index within its group, in the order of subscription, by which packets
//! keep one bit for it. The groups of a node are a chain through one shared list, since nearly
//! every node has one or two.

use super::bits::Bits;

/// All groups and all memberships.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: Vec<Group>,
    memberships: Vec<Membership>,
    /// The last membership of each node, or [`NONE`].
    heads: Vec<u32>,
}

/// One group.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// How many subscribed.
    pub(super) member_count: u32,
    /// Which of them are online.
    pub(super) online: Bits,
    /// How many of them are online.
    pub(super) online_count: u32,
    /// Packets that somebody may still hold.
    pub(super) packets: Vec<u32>,
    /// Packets that some subscriber still waits for.
    pub(super) in_flight: Vec<u32>,
}

/// That a node is in a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership {
    /// The group.
    pub(super) group: u32,
    /// The node's index within it.
    pub(super) index: u32,
    next: u32,
}

impl Groups {
    /// No group, for nodes below `node_count`.
    pub(super) fn new(node_count: u32) -> Self {
        Self {
            heads: vec![NONE; node_count as usize],
            ..Self::default()
        }
    }

    /// Puts a node into a group; once more changes nothing.
    pub(super) fn subscribe(&mut self, node: u32, group: u32, is_online: bool) {
        if self.index(node, group).is_some() {
            return;
        }
        let slot = group as usize;
        if slot >= self.groups.len() {
            self.groups.resize_with(slot + 1, Group::default);
        }
        let index = self.groups[slot].member_count;
        self.groups[slot].member_count += 1;
        let next = std::mem::replace(
            &mut self.heads[node as usize],
            self.memberships.len() as u32,
        );
        self.memberships.push(Membership { group, index, next });
        if is_online {
            self.groups[slot].set_online(index, true);
        }
    }

    /// The index of a node within a group, if it is a member.
    pub(super) fn index(&self, node: u32, group: u32) -> Option<u32> {
        self.of(node)
            .find(|one| one.group == group)
            .map(|one| one.index)
    }

    /// The memberships of a node, the latest first.
    pub(super) fn of(&self, node: u32) -> impl Iterator<Item = Membership> + '_ {
        let mut at = self.heads[node as usize];
        std::iter::from_fn(move || {
            let one = *self.memberships.get(at as usize)?;
            at = one.next;
            Some(one)
        })
    }

    /// A group, empty if nobody ever subscribed.
    pub(super) fn group_mut(&mut self, group: u32) -> &mut Group {
        let slot = group as usize;
        if slot >= self.groups.len() {
            self.groups.resize_with(slot + 1, Group::default);
        }
        &mut self.groups[slot]
    }

    /// A group that has members.
    pub(super) fn group(&self, group: u32) -> Option<&Group> {
        self.groups.get(group as usize)
    }
}

impl Group {
    /// Notes that a member came or went.
    pub(super) fn set_online(&mut self, index: u32, is_online: bool) {
        if is_online {
            self.online_count += u32::from(self.online.insert(index));
        } else {
            self.online_count -= u32::from(self.online.remove(index));
        }
    }
}

const NONE: u32 = u32::MAX;
