//! What a run records, and the statistics of it.
//!
//! A [`Recorder`] is told facts and leaves a [`RunRecord`]; [`crate::report`] makes summaries
//! and pictures of records. Nodes, packets, groups, kinds and classes are numbers.

mod absence;
mod bits;
mod coverage;
mod digest;
mod facts;
mod facts_network;
mod facts_packets;
mod groups;
mod histogram;
mod nodes;
pub mod numbers;
mod packets;
mod record;
mod recorder;
mod survival;
mod timeline;

pub use absence::Absence;
pub use coverage::{Curve, CurvePoint, Everyone};
pub use digest::{Digest, digest_of};
pub use facts::{Delivery, Publication, Return, Via};
pub use histogram::Histogram;
pub use nodes::ClassLoad;
pub use numbers::Spread;
pub use packets::{PacketRow, QUANTILES};
pub use record::{
    Caches, Churn, GAUGE_COUNT, Gauge, LinkCell, MAP_NODE_COUNT_MAX, Map, MapNode, Names,
    Partition, Region, RunEnd, RunRecord, Syncs, TraceRow, Traffic,
};
pub use recorder::{Finished, PACKET_COUNT_MAX, Progress, Recorder, RecorderConfig};
pub use survival::{Life, Step, kaplan_meier};
pub use timeline::{BUCKET_COUNT_MAX, Timeline};
