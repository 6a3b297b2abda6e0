//! Conversations with a whole peer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socket_runtime_fuzz::peer::run(data));
