//! One peer of the network as actors: [`json`] is how it looks from outside.

pub mod json;
