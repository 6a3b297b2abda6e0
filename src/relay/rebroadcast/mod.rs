//! Decides which packets go out again, when, and how quickly.
//!
//! Feed a [`Schedule`] with what changes in the cache and what the peer learns of others, then
//! call [`Schedule::poll_output`] until it says [`Output::Wait`]. It knows packets by id only.
//!
//! - Caches are compared with a few neighbours four to five times a second while there is news,
//!   then more and more seldom.
//! - What another cache lacks is sent to it, not twice in a row, at a bounded rate.
//! - A packet of our own that no neighbour is known to hold is sent again a few times.
//! - A packet that is about to end is sent once more to a few neighbours, then forgotten.
//!
//! **Invariant:** at most [`SEND_BURST`] packets at once and [`SEND_RATE`] a second go out
//! again, for whatever reason; every queue and table is bounded.

mod output;
mod pace;
mod packets;
mod pulls;
mod schedule;

#[cfg(test)]
mod tests;

pub use output::{Audience, Output};
pub use pace::{SEND_BURST, SEND_RATE};
pub use packets::{LAST_SEND_LEAD, OWN_SENDS_MAX, PACKETS_MAX};
pub use pulls::{NEWS_TIME, PULL_INTERVAL};
pub use schedule::{BUSY_SEND_MAX, Schedule, WAITING_MAX, WANTED_MAX};
