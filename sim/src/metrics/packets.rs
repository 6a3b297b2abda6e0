//! What happens to each packet that is published.
//!
//! A packet is *in flight* while a stable subscriber still waits for it: then every delivery
//! time is kept, four bytes each. Once all of them hold it, or it has flown for too long, the
//! times become four quantiles and a share of the curve, and only one bit for each subscriber
//! remains: whether it holds the packet now.

use serde::{Deserialize, Serialize};

use super::{bits::Bits, coverage::Curve, numbers::nearest_rank};

/// What is remembered of one packet for ever; times are `None` where they were not reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PacketTuple", into = "PacketTuple")]
pub struct PacketRow {
    /// The packet's number.
    pub packet: u32,
    /// Who published it.
    pub by: u32,
    /// The group it belongs to.
    pub group: u32,
    /// Its size.
    pub bytes: u32,
    /// When it was published, in virtual microseconds.
    pub published_us: u64,
    /// Stable subscribers: online at publication (the publisher left out) and online until
    /// they held it, or until watching ended.
    pub subscriber_count: u32,
    /// How many of them hold it.
    pub reached_count: u32,
    /// Age at which 50, 90, 99 and 100 % of them held it, in microseconds.
    pub times_us: [Option<u32>; 4],
    /// Copies that reached nodes online ever since it was published, first ones included.
    pub copy_count: u64,
    /// First copies among them.
    pub first_count: u64,
    /// Copies that reached nodes that came later, or again, first ones included.
    pub newcomer_copy_count: u64,
    /// First copies among those.
    pub newcomer_first_count: u64,
    /// Age at which the last copy was lost.
    pub lost_us: Option<u64>,
    /// Age up to which it was watched for losses.
    pub watched_us: u64,
    /// Whether the run ended before anything could be said about coverage.
    pub is_unfinished: bool,
}

/// A row as it is written: an array, since names would be four fifths of a table.
type PacketTuple = (
    (u32, u32, u32, u32, u64),
    (u32, u32, [Option<u32>; 4]),
    (u64, u64, u64, u64),
    (Option<u64>, u64, bool),
);

/// One packet while the run goes on.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) row: PacketRow,
    /// Which members of the group hold it.
    pub(super) holders: Bits,
    pub(super) flight: Option<Box<Flight>>,
    /// Copies in caches, if somebody tells.
    pub(super) replica_count: i64,
    /// Whether it has expired: neither sampled nor lost any more.
    pub(super) is_over: bool,
    /// The partition it outlasted, as an index.
    pub(super) partition: Option<u16>,
}

/// The stable subscribers of one packet.
#[derive(Debug, Default)]
pub(super) struct Flight {
    /// Those who wait.
    waiting: Bits,
    waiting_count: u32,
    /// When the others got it, in ascending order.
    times_us: Vec<u32>,
}

impl Tracked {
    /// A packet just published, for which the members in `waiting` wait.
    pub(super) fn new(row: PacketRow, waiting: Bits) -> Self {
        let waiting_count = waiting.count();
        let flight = Flight {
            waiting,
            waiting_count,
            times_us: Vec::new(),
        };
        Self {
            row,
            holders: Bits::default(),
            flight: Some(Box::new(flight)),
            replica_count: 0,
            is_over: false,
            partition: None,
        }
    }

    /// Whether stable subscribers still wait.
    pub(super) fn is_waited_for(&self) -> bool {
        self.flight
            .as_ref()
            .is_some_and(|flight| flight.waiting_count > 0)
    }

    /// Notes that a member got it; says whether it was a stable one.
    pub(super) fn arrived(&mut self, now_us: u64, index: u32) -> bool {
        let age_us = u32::try_from(now_us - self.row.published_us).unwrap_or(u32::MAX);
        let Some(flight) = self.flight.as_mut() else {
            return false;
        };
        let is_stable = flight.waiting.remove(index);
        if is_stable {
            flight.waiting_count -= 1;
            flight.times_us.push(age_us);
        }
        is_stable
    }

    /// Notes that a member went away: it is no longer stable if it was waiting.
    pub(super) fn left(&mut self, index: u32) {
        if let Some(flight) = self.flight.as_mut() {
            flight.waiting_count -= u32::from(flight.waiting.remove(index));
        }
    }

    /// Notes that the last copy is gone.
    pub(super) fn lose(&mut self, now_us: u64) {
        if self.row.lost_us.is_none() && !self.is_over {
            let age_us = now_us - self.row.published_us;
            self.row.lost_us = Some(age_us);
            self.row.watched_us = age_us;
        }
    }

    /// Folds the flight into the row and the curve.
    pub(super) fn fold(&mut self, curve: &mut Curve) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        let reached_count = flight.times_us.len();
        let subscriber_count = reached_count + flight.waiting_count as usize;
        self.row.reached_count = reached_count as u32;
        self.row.subscriber_count = subscriber_count as u32;
        self.row.times_us = QUANTILES.map(|q| {
            let rank = nearest_rank(subscriber_count, q)?;
            flight.times_us.get(rank).copied()
        });
        if subscriber_count > 0 {
            curve.add(&flight.times_us, subscriber_count);
        }
    }
}

impl PacketRow {
    /// Share of the stable subscribers that hold it; none if there were none to hold it.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        (self.subscriber_count > 0 && !self.is_unfinished)
            .then(|| f64::from(self.reached_count) / f64::from(self.subscriber_count))
    }
}

impl From<PacketTuple> for PacketRow {
    fn from((identity, coverage, copies, end): PacketTuple) -> Self {
        let (packet, by, group, bytes, published_us) = identity;
        let (subscriber_count, reached_count, times_us) = coverage;
        let (copy_count, first_count, newcomer_copy_count, newcomer_first_count) = copies;
        let (lost_us, watched_us, is_unfinished) = end;
        Self {
            packet,
            by,
            group,
            bytes,
            published_us,
            subscriber_count,
            reached_count,
            times_us,
            copy_count,
            first_count,
            newcomer_copy_count,
            newcomer_first_count,
            lost_us,
            watched_us,
            is_unfinished,
        }
    }
}

impl From<PacketRow> for PacketTuple {
    fn from(row: PacketRow) -> Self {
        (
            (row.packet, row.by, row.group, row.bytes, row.published_us),
            (row.subscriber_count, row.reached_count, row.times_us),
            (
                row.copy_count,
                row.first_count,
                row.newcomer_copy_count,
                row.newcomer_first_count,
            ),
            (row.lost_us, row.watched_us, row.is_unfinished),
        )
    }
}

/// The shares of subscribers whose times are told.
pub const QUANTILES: [f64; 4] = [0.5, 0.9, 0.99, 1.0];
