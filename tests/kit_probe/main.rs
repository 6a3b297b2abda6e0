//! Looking into actors and holding them, from outside: what the kit notes is true, and what
//! is done to an actor loses nothing.

mod fairness;
mod gate;
#[path = "../kit_support/mod.rs"]
mod kit_support;
mod law;
mod looking;
mod notes;
mod support;
