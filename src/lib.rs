//! Runs apps made of HTML, CSS and JavaScript in the operating system's WebView.
//!
//! Every subsystem is an actor ([`actors`]) that exchanges plain messages
//! ([`messages`]) with the others. `ARCHITECTURE.md` is the map.
//!
//! Dependencies point one way: [`cli`], [`ui`] → [`actors`] → [`messages`] →
//! [`relay`]. [`config`] reads `socket.ini` and depends on none of them.

// Tests may unwrap, so this is no lint of the workspace.
#![warn(clippy::unwrap_used)]

pub mod actors;
pub mod cli;
pub mod config;
pub mod messages;
pub mod relay;
pub mod ui;
