//! Stands in for the packet cache and the rebroadcast scheduler until they are merged.
#![allow(missing_docs)]

pub mod cache;
pub mod rebroadcast;
