//! Comparing a cache with a peer's (spec section 10).
//!
//! Both sides walk down the ids digit by digit, and only where their hashes differ. What the
//! other lacks is sent to it; where we lack something, our own summary of that part asks for
//! it. A peer of the reference walks along, though it also answers where nothing differs.

use super::{Cache, index::covered};
use crate::relay::{Now, PacketId, PeerId, peer::Reconciliation, summary::Summary};

impl Cache {
    /// Compares the cache with a peer's summary, or begins with a summary of everything:
    /// says what to tell the peer, and which packets it lacks, at most [`SEND_MAX`] at once.
    pub fn reconcile(
        &mut self,
        now: Now,
        peer: PeerId,
        theirs: Option<&Summary>,
    ) -> (Reconciliation, Vec<PacketId>) {
        self.uncover(now.time);
        let (summaries, wanted) = match theirs {
            None => (vec![self.summary(&[])], Vec::new()),
            Some(theirs) => self.compare(theirs),
        };
        let reconciliation = Reconciliation {
            peer,
            summaries,
            packet_count: wanted.len(),
        };
        (reconciliation, wanted)
    }

    fn compare(&mut self, theirs: &Summary) -> (Vec<Summary>, Vec<PacketId>) {
        let (mut summaries, mut wanted) = (Vec::new(), Vec::new());
        if theirs.prefix.len() >= ID_DIGITS {
            return (summaries, wanted);
        }
        let ours = self.summary(&theirs.prefix);
        if ours.hash == theirs.hash {
            return (summaries, wanted);
        }
        let mut prefix = theirs.prefix.clone();
        prefix.push(0);
        for (digit, (our, their)) in (0..).zip(ours.buckets.iter().zip(&theirs.buckets)) {
            *prefix.last_mut().expect("a digit was pushed") = digit;
            if our == their {
                continue;
            }
            if their.is_some() {
                summaries.push(self.summary(&prefix));
            } else {
                let left = SEND_MAX - wanted.len();
                let lacking = covered(&self.entries, &prefix).map(|(id, _)| *id);
                wanted.extend(lacking.take(left));
            }
        }
        (summaries, wanted)
    }

    fn summary(&mut self, prefix: &[u8]) -> Summary {
        self.index.summary(&self.entries, prefix)
    }
}

/// Packets that one summary draws at most; the rest goes when it is compared again.
pub const SEND_MAX: usize = 256;
/// Hex digits of an id.
const ID_DIGITS: usize = 64;
