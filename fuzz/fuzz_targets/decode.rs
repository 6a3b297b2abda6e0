//! Feeds bytes to every decoder of the relay.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socket_runtime_fuzz::decode::run(data));
