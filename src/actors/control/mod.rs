//! The control actor.

pub mod desk;
pub mod feed;
mod request;
pub mod socket;
