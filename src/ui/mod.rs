//! The WebView host: windows, the pages in them and the bridge between page and actors.
//!
//! [`run`] owns the main thread. It does what [`Backend::take_orders`] gives it and passes
//! what pages ask for to a [`Backend`]; it decides nothing about permissions of calls.
//!
//! **Invariant:** the host knows no actor. A page's text never becomes script text, and
//! script text never carries an answer.

mod absent;
pub mod app;
mod host;
mod modules;
mod origin;
mod panel;
mod percent;
mod range;
mod session;
mod wire;

pub mod headless;
#[cfg(target_os = "linux")]
mod linux;

pub use host::{
    Answer, Backend, HostError, HostOptions, HostProxy, Orders, Permission, data_directory, run,
};
