//! The relay protocol as pure state machines.
//!
//! Three machines, each driven by one actor, talk in the types of this module:
//! - [`peer`] speaks the protocol: it takes datagrams and commands, and says what to send,
//!   what to keep and what happened.
//! - [`cache`] keeps packets within a budget of bytes and knows what differs from
//!   somebody else's.
//! - [`rebroadcast`] decides which packets go out again, when, and how quickly.
//!
//! What they stand on: [`packet`] (the bytes of a packet), [`split`] (messages of more than
//! one packet), [`keys`], [`nat`] and [`summary`].
//!
//! The wire is that of the Stream Relay Protocol, version 6: what a peer of Socket Runtime
//! sends is understood, and what is sent is understood by it. Where the reference is wrong
//! or weak, the difference is on this side of the wire only.
//!
//! **Invariant:** nothing here reads a clock, opens a socket or file, starts a
//! thread, draws entropy or is `async`; time and randomness are arguments.

pub mod cache;
pub mod causal;
mod hex_text;
mod id;
pub mod keys;
pub mod nat;
pub mod packet;
pub mod peer;
pub mod rebroadcast;
pub(crate) mod rng;
pub mod split;
pub mod summary;
mod time;

pub use id::{Address, ClusterId, InvalidId, PacketId, PeerId, SubclusterId};
pub use time::{Now, Time};
