//! The names behind the numbers of a host's actors.

use std::collections::HashMap;

use super::ActorNumber;

/// Names by number, as of one moment.
#[derive(Default)]
pub(in crate::actors::kit) struct Names(HashMap<ActorNumber, String>);

impl Names {
    pub(in crate::actors::kit) fn new(names: impl Iterator<Item = (ActorNumber, String)>) -> Self {
        Self(names.collect())
    }

    /// The name of an actor; one that is gone keeps its number, and 0 is nobody.
    pub(in crate::actors::kit) fn of(&self, number: ActorNumber) -> Option<String> {
        let known = self.0.get(&number).cloned();
        (number != 0).then(|| known.unwrap_or_else(|| format!("#{number}")))
    }
}
