//! Remembers whom a peer was connected to, so that it comes back even if its bootstrap
//! peers are gone.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ASK_DEADLINE, Control};
use crate::{
    actors::{
        kit::Context,
        packet_cache::{State, StateError},
    },
    messages::{
        control::NeighboursDue,
        relay::{DescribePeer, PeerReport},
    },
    relay::{
        Address, PeerId,
        peer::{Bootstrap, LinkVia, Neighbour},
    },
};

/// A neighbour as the state file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    address: Address,
    peer: PeerId,
    indexed: bool,
}

/// The neighbours of the last life, besides those that are named anyway.
pub(super) fn load(state: &State, named: &[Bootstrap]) -> Result<Vec<Bootstrap>, StateError> {
    let kept = state.get(NEIGHBOURS)?.unwrap_or_default();
    // What another version wrote is no loss.
    let kept: Vec<Remembered> = serde_json::from_slice(&kept).unwrap_or_default();
    let is_new = |kept: &Remembered| named.iter().all(|named| named.address != kept.address);
    let kept = kept.into_iter().filter(is_new).take(COUNT_MAX);
    let bootstraps = kept.map(|kept| Bootstrap {
        address: kept.address,
        peer_id: Some(kept.peer),
        is_indexed: kept.indexed,
    });
    Ok(bootstraps.collect())
}

impl Control {
    /// Connections have changed: some time later, they are written down.
    pub(super) fn note_neighbours(&mut self, ctx: &mut Context<Self>) {
        if self.setup.state.is_some() && !self.is_noting {
            self.is_noting = ctx.after(WRITE_DELAY, NeighboursDue).is_ok();
        }
    }

    pub(super) fn write_neighbours(&mut self, ctx: &mut Context<Self>) {
        self.is_noting = false;
        self.write_then(ctx, |_, _| {});
    }

    /// Writes down what has changed since the last time, if anything has, and goes on.
    pub(super) fn write_last(
        &mut self,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + Send + 'static,
    ) {
        if std::mem::take(&mut self.is_noting) {
            self.write_then(ctx, then);
        } else {
            then(self, ctx);
        }
    }

    fn write_then(
        &self,
        ctx: &mut Context<Self>,
        then: impl FnOnce(&mut Self, &mut Context<Self>) + Send + 'static,
    ) {
        let describe = self.setup.outlets.describe.clone();
        ctx.ask(
            &describe,
            DescribePeer,
            ASK_DEADLINE,
            |control, report, ctx| {
                let remembered = report.map(|report| remembered(&report));
                let remembered = remembered.unwrap_or_default();
                let (Some(state), false) = (control.setup.state.clone(), remembered.is_empty())
                else {
                    // Whoever was there last may be there again.
                    return then(control, ctx);
                };
                // A full disk shows when packets are written; this is tried again soon.
                ctx.offload(
                    move || {
                        let text = serde_json::to_vec(&remembered).unwrap_or_default();
                        let _ = state.put(NEIGHBOURS, &text);
                    },
                    |control, _, ctx| then(control, ctx),
                );
            },
        );
    }
}

/// Those who are reached themselves; indexed ones first, since everybody reaches them.
fn remembered(report: &PeerReport) -> Vec<Remembered> {
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
const WRITE_DELAY: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_come_back_unless_they_are_named_anyway() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path().join("state")).unwrap();
        assert_eq!(load(&state, &[]), Ok(Vec::new()));
        let all: Vec<_> = (1..=COUNT_MAX as u8 + 5)
            .map(|number| Remembered {
                address: Address::new([10, 0, 0, number].into(), 9),
                peer: PeerId([number; 32]),
                indexed: number == 1,
            })
            .collect();
        state
            .put(NEIGHBOURS, &serde_json::to_vec(&all).unwrap())
            .unwrap();
        let loaded = load(&state, &[]).unwrap();
        assert_eq!(loaded.len(), COUNT_MAX);
        assert!(loaded[0].is_indexed && !loaded[1].is_indexed);
        let named = &loaded[..1];
        assert_eq!(load(&state, named).unwrap()[0], loaded[1]);
        state.put(NEIGHBOURS, b"from the future").unwrap();
        assert_eq!(load(&state, &[]), Ok(Vec::new()));
    }
}
