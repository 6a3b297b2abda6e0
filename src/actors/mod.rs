//! The actors, one file or folder each, and the [`kit`] on which they all stand.

pub mod kit;
