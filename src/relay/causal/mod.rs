//! Puts messages in the order in which their publishers knew of each other.
//!
//! A message names the one before it. Feed [`CausalOrder::handle_message`] with each message
//! as it comes, then call [`CausalOrder::poll_output`] until it says [`Output::Wait`]. In
//! [`Mode::Causal`] a message is delivered after the one that it names; in [`Mode::Arrival`]
//! at once. In both, a message that is missing is noticed and asked for: first of whoever
//! sent the one that names it, then of the network, a few times, and then it is given up. If
//! it comes after that, it is delivered then. A message may also name the one after it, which
//! is missed in the same way and comes after it.
//!
//! Where several messages name the same one, they come in the order of clock and id, as far
//! as they are there together; so equal inputs give equal outputs.
//!
//! **Invariant:** at most [`HELD_MAX`] messages are held and [`GAPS_MAX`] are missed; what is
//! beyond gives up the oldest gap.

mod gaps;
mod order;

pub use gaps::{ASK_DELAY, ASK_NETWORK_DELAY, ASKS_MAX, GAPS_MAX, GIVE_UP_DELAY};
pub use order::{CausalOrder, HELD_MAX, Message, Mode, Output};
