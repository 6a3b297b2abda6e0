//! The relay protocol as pure state machines.
//!
//! **Invariant:** nothing here reads a clock, opens a socket or file, starts a
//! thread, draws entropy or is `async`; time and randomness are arguments.

mod time;

pub use time::Time;
