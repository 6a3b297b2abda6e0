//! A message for somebody who is away: who writes it, who is away, and when each goes and comes.
//!
//! For each time in the scenario there is a sender of its own, with recipients of its own. All are
//! subscribers that stay otherwise, whatever the churn of the others.

use std::time::Duration;

use super::{
    nodes::{Nodes, Role},
    scenario::{OfflineConfig, Scenario},
    script::seconds,
};
use crate::relay::Time;

/// Those who take part.
pub(super) struct Offline {
    groups: Vec<Group>,
    stays: Duration,
}

/// One message.
pub(super) struct Group {
    /// Who writes.
    pub(super) sender: u32,
    /// Who is away.
    pub(super) recipients: Vec<u32>,
    /// After how long those come back.
    pub(super) back_after: Duration,
}

impl Offline {
    /// Casts the parts, if there are any; subscribers with high numbers, since a lone publisher has
    /// the lowest.
    pub(super) fn cast(scenario: &Scenario, nodes: &Nodes) -> Option<Self> {
        let config = scenario.offline.as_ref()?;
        let everybody = (0..nodes.count()).rev();
        let mut free = everybody.filter(|node| nodes.role(*node) == Role::Subscriber);
        let groups = config.return_after_h.iter().filter_map(|hours| {
            let sender = free.next()?;
            let recipients = free.by_ref().take(config.recipients as usize).collect();
            Some(Group {
                sender,
                recipients,
                back_after: Duration::from_secs_f64(hours * 3600.0),
            })
        });
        Some(Self {
            groups: groups.collect(),
            stays: Duration::from_secs_f64(config.sender_stays_s),
        })
    }

    /// Whether a node takes part.
    pub(super) fn has(&self, node: u32) -> bool {
        let mut groups = self.groups.iter();
        groups.any(|group| group.sender == node || group.recipients.contains(&node))
    }

    /// Whether a node leaves for good.
    pub(super) fn is_sender(&self, node: u32) -> bool {
        self.groups.iter().any(|group| group.sender == node)
    }

    pub(super) fn group(&self, number: u32) -> Option<&Group> {
        self.groups.get(number as usize)
    }

    /// When each message is written, by the number of its group.
    pub(super) fn writings(&self, scenario: &Scenario) -> impl Iterator<Item = (Time, u32)> {
        let at = seconds(scenario.warm_up_s) + AWAY_BEFORE;
        (0..self.groups.len() as u32).map(move |group| (at, group))
    }

    /// When who goes: recipients before anything is written, senders for good soon after.
    pub(super) fn departures(&self, scenario: &Scenario) -> Vec<(Time, u32)> {
        let begin = seconds(scenario.warm_up_s);
        let gone = begin + AWAY_BEFORE + self.stays;
        let recipients = self.groups.iter().flat_map(|group| &group.recipients);
        let senders = self.groups.iter().map(|group| (gone, group.sender));
        recipients
            .map(|node| (begin, *node))
            .chain(senders)
            .collect()
    }

    /// When who comes back.
    pub(super) fn returns(&self, scenario: &Scenario) -> Vec<(Time, u32)> {
        let written = seconds(scenario.warm_up_s) + AWAY_BEFORE;
        let all = self.groups.iter().flat_map(|group| {
            let at = written + group.back_after;
            group.recipients.iter().map(move |node| (at, *node))
        });
        all.collect()
    }
}

impl OfflineConfig {
    /// How many subscribers it takes.
    pub(super) fn cast_count(&self) -> f64 {
        self.return_after_h.len() as f64 * (1.0 + f64::from(self.recipients))
    }
}

/// How long recipients are away before the message is written.
pub(super) const AWAY_BEFORE: Duration = Duration::from_secs(1);
