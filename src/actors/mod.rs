//! The actors, one file or folder each, and the [`kit`] on which they all stand.
//!
//! An actor that touches the outside only translates; what decides is pure and beside it.

pub mod control;
pub mod files;
pub mod inspector;
pub mod kit;
pub mod network;
pub mod packet_cache;
pub mod process;
pub mod rebroadcast;
pub mod relay;
pub mod replay;
pub mod resources;
pub mod router;
pub mod simulation;
pub mod supervisor;
pub mod system;
pub mod terminal;
pub mod udp;
pub mod windows;
