//! Summaries, tables and pictures of runs.
//!
//! A [`RunSet`] holds the records of a scenario's runs, and several make one. [`Summary`] has
//! its figures; [`compare`] sets two summaries side by side. The writers put it all down, as
//! text for a terminal, as tables and as a page to look at.

mod claims;
mod compare;
mod figures;
mod html;
mod loss_bound;
mod offline;
mod parts;
mod pcapng;
mod run_set;
mod summary;
mod tables;
mod text;
mod units;

pub use claims::{Claim, Theory};
pub use compare::{Comparison, Delta, Verdict, compare};
pub use figures::{FIGURES, Figure, SeedFigures};
pub use html::write_html;
pub use loss_bound::LossBound;
pub use offline::{OfflineFigures, ReturnFigures};
pub use parts::{
    CacheFigures, KindFigures, LinkFigures, LoadFigures, Newcomers, PairFigures, PartitionFigures,
    Survival, SyncBin, SyncFigures, TrafficFigures,
};
pub use pcapng::{Captured, PAYLOAD_BYTES_MAX, PcapngWriter};
pub use run_set::{FORMAT, MergeError, RunSet};
pub use summary::{Coverage, Floor, Floors, Summary};
pub use tables::{Column, Table, Values, trace_table, write_csv, write_parquet, write_trace_lines};
pub use text::{Charset, claims_text, comparison_text, text};
