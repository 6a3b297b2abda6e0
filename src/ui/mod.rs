//! The WebView host.

pub mod app;
