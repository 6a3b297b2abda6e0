//! One peer of the network: takes datagrams and commands, says what to do.
//!
//! Drive it with one `handle_*` or command, then call [`Peer::poll_output`] until it says
//! [`Output::Wait`]; only then feed the next input.

mod config;
mod event;
mod gate;
mod limits;
mod output;
mod recent;
mod report;
mod sample;

pub use config::{Bootstrap, PeerConfig};
pub use event::{Event, LinkVia, Neighbour};
pub use output::{
    Arrival, Found, Interest, Keeping, Kept, Lookup, Output, Publication, Reconciliation, Ticket,
    Transmit, Wire,
};
pub use report::{PeerCounters, TableReport};
