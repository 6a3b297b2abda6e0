//! Recordings are run again to the same state, and what is wrong with one is said.

#[path = "replay/crowd.rs"]
mod crowd;

use std::{fs, path::Path};

use socket_runtime::actors::{
    kit::RecordingFile,
    replay::{Replay, ReplayError},
};

/// Ten thousand recorded messages of a crowd replay to the state that was recorded.
fn check(seeds: std::ops::Range<u64>) {
    let folder = tempfile::tempdir().unwrap();
    for seed in seeds {
        let file = folder.path().join(format!("{seed}.rec"));
        let summary = crowd::record(&file, seed, 10_000);
        assert_eq!((summary.lost, summary.error), (0, None), "seed {seed}");
        let mut replay = Replay::open(&file, None).unwrap();
        while replay
            .advance()
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"))
            .is_some()
        {}
        assert!(replay.messages_count() >= 10_000, "seed {seed}");
        eprintln!("seed {seed}: {}", replay.messages_count());
        let recorded = replay.recorded_hash();
        assert_eq!(recorded, Some(replay.state_hash()), "seed {seed}");
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn ten_thousand_messages_replay_to_the_same_state_with_seeds_0_to_9() {
    check(0..10);
}

#[test]
fn ten_thousand_messages_replay_to_the_same_state_with_seeds_10_to_19() {
    check(10..20);
}
