//! Many peers in one process: the actors of real ones, on virtual time and a simulated network.
//!
//! A [`Simulation`] runs one [`Scenario`] with one seed and leaves a record of it. For each peer it
//! starts relay, packet cache and rebroadcast scheduler as
//! [`start_core`](super::relay::start_core) does for a real one, and an `Edge` where a real one
//! has its sockets. What a peer sends crosses `sim::Network`, which delays, loses, blocks and
//! translates it as NATs do, and reaches the other's relay in the same message as a datagram
//! from a real socket.
//!
//! - `air` is what lies between the peers; `ledger` tells the recorder what happened, in numbers.
//! - `inspect` shows the actors of a run as those of an app are shown.
//! - `nodes` starts and stops peers; `script` says when they come, go and publish.
//! - The same seed gives the same run, bit for bit: everything random comes from a stream of
//!   its own, and what is due at the same time has an order.

mod air;
mod edge;
mod expectation;
mod inspect;
mod ledger;
mod nodes;
mod offline;
mod run;
mod scenario;
mod script;
mod watcher;

pub use self::{
    air::{Captured, Watched},
    expectation::Expectation,
    inspect::{LookAt, SimulationInspector},
    run::{Outcome, Progress, Simulation, Wishes},
    scenario::{
        AttackConfig, LoadConfig, OfflineConfig, PEERS_MAX, Publisher, RelayConfig, Scenario,
    },
};
