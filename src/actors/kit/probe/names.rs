//! The names behind the numbers of a host's actors.

use super::ActorNumber;

/// Names as of one moment, by number.
#[derive(Default)]
pub(in crate::actors::kit) struct Names<'a>(Vec<(ActorNumber, &'a str)>);

impl<'a> Names<'a> {
    pub(in crate::actors::kit) fn new(names: impl Iterator<Item = (ActorNumber, &'a str)>) -> Self {
        let mut names: Vec<_> = names.collect();
        // Actors are listed about as they were numbered, which sorts at once.
        names.sort_by_key(|(number, _)| *number);
        Self(names)
    }

    /// The name of an actor; one that is gone keeps its number, and 0 is nobody.
    pub(in crate::actors::kit) fn of(&self, number: ActorNumber) -> Option<String> {
        if number == 0 {
            return None;
        }
        let place = self.0.binary_search_by_key(&number, |(known, _)| *known);
        Some(place.map_or_else(|_| format!("#{number}"), |place| self.0[place].1.to_owned()))
    }
}
