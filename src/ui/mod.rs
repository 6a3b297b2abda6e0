//! The WebView host.
