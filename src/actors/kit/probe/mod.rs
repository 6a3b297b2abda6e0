//! What is known of an actor besides its counters, and what can be done to it.
//!
//! How much is noted is the actor's [`Level`](crate::messages::inspector::Level), one atomic
//! that it reads once a message. Everything is written by the actor's own thread, or under
//! its mailbox's lock, into atomics that an inspector reads without any lock:
//! - `counts`: how many messages came, went and were lost; always.
//! - `asks`: which answers it waits for, so that a circle of waiting can be found.
//! - `recorder`: the last messages that it handled, and what was done to it from outside.
//! - `shadow`: a mirror of what is queued.
//! - `latency`: how long each type of message waits and takes.
//!
//! Memory for these is made when it is first needed; an actor that needs none pays one
//! pointer. [`Registry`](super::Registry) reads them, [`Controls`](super::Controls) intervenes:
//! - `reports`, `report`, `queue`, `recorder`, `latencies`, `asks`, `dead_letters` read.
//! - `lease` raises actors to `Full` for [`LEASE`](super::LEASE); `lapse` lets them fall.
//! - `controls` finds the handle with `pause`, `resume`, `step`, `break_on`, `clear_breaks`,
//!   `inject`, `peek`, `state`, `replace_state`, `renew` and `kill`.
