//! Conversations with a whole peer among so many that its tables are full.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socket_runtime_fuzz::peer::run_in_crowd(data));
