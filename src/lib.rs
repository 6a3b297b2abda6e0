//! Runs apps made of HTML, CSS and JavaScript in the operating system's WebView.
//!
//! Every subsystem is an actor ([`actors`]) that exchanges plain messages
//! ([`messages`]) with the others. `ARCHITECTURE.md` is the map.
//!
//! Dependencies point one way: [`cli`], [`ui`] → [`actors`] → [`messages`] →
//! [`relay`]. [`config`] reads `socket.ini` and depends on none of them.

pub mod actors;
pub mod cli;
pub mod config;
pub mod messages;
pub mod relay;
pub mod ui;
