//! Remembers whom a peer was connected to, so that it comes back even if its bootstrap
//! peers are gone. Whoever owns the peer says when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    actors::packet_cache::{State, StateError},
    messages::relay::PeerReport,
    relay::{
        Address, PeerId,
        peer::{Bootstrap, LinkVia, Neighbour},
    },
};

/// A neighbour as the state file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::actors) struct Remembered {
    address: Address,
    peer: PeerId,
    indexed: bool,
}

/// The neighbours of the last life.
pub(in crate::actors) fn load(state: &State) -> Result<Vec<Bootstrap>, StateError> {
    let kept = state.get(NEIGHBOURS)?.unwrap_or_default();
    // What another version wrote is no loss.
    let kept: Vec<Remembered> = serde_json::from_slice(&kept).unwrap_or_default();
    let bootstraps = kept.into_iter().take(COUNT_MAX).map(|kept| Bootstrap {
        address: kept.address,
        peer_id: Some(kept.peer),
        is_indexed: kept.indexed,
    });
    Ok(bootstraps.collect())
}

/// Writes neighbours down, unless there are none: whoever was there last may be there again.
pub(in crate::actors) fn save(state: &State, neighbours: &[Remembered]) {
    if !neighbours.is_empty() {
        let text = serde_json::to_vec(neighbours).unwrap_or_default();
        // A full disk shows when packets are written; this is tried again soon.
        let _ = state.put(NEIGHBOURS, &text);
    }
}

/// Those who are reached themselves; indexed ones first, since everybody reaches them.
pub(in crate::actors) fn remembered(report: &PeerReport) -> Vec<Remembered> {
    let is_straight = |neighbour: &&Neighbour| neighbour.via == LinkVia::Direct;
    let straight = report.neighbours.iter().filter(is_straight);
    let mut all: Vec<_> = straight
        .map(|neighbour| Remembered {
            address: neighbour.address,
            peer: neighbour.peer_id,
            indexed: neighbour.is_indexed,
        })
        .collect();
    all.sort_by_key(|remembered| !remembered.indexed);
    all.truncate(COUNT_MAX);
    all
}

/// Where the state file keeps them.
const NEIGHBOURS: &str = "neighbours";
/// How many are kept.
const COUNT_MAX: usize = 32;
/// How long connections may settle before they are written down.
pub(in crate::actors) const WRITE_DELAY: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path().join("state")).unwrap();
        assert_eq!(load(&state), Ok(Vec::new()));
        let all: Vec<_> = (1..=COUNT_MAX as u8 + 5)
            .map(|number| Remembered {
                address: Address::new([10, 0, 0, number].into(), 9),
                peer: PeerId([number; 32]),
                indexed: number == 1,
            })
            .collect();
        save(&state, &all);
        save(&state, &[]);
        let loaded = load(&state).unwrap();
        assert_eq!(loaded.len(), COUNT_MAX);
        assert!(loaded[0].is_indexed && !loaded[1].is_indexed);
        state.put(NEIGHBOURS, b"from the future").unwrap();
        assert_eq!(load(&state), Ok(Vec::new()));
    }
}
