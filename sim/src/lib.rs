//! A deterministic discrete-event simulator.
//!
//! Generic over what it simulates; it knows nothing of the relay. So far it holds what a
//! virtual clock needs: an [`EventQueue`] with a total order, and random [`streams`] that
//! depend on nothing but the seed and the entity that draws.

// Tests may unwrap, so this is no lint of the workspace.
#![warn(clippy::unwrap_used)]

mod event_queue;
pub mod metrics;
pub mod report;
pub mod streams;

pub use event_queue::{Event, EventQueue};
