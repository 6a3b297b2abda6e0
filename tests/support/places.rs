//! How many apps may run at once, over all tests of this machine's user.
//!
//! Files rather than a semaphore, since under `cargo nextest` each test is a process.

use std::{
    fs::{self, File},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

use super::within;

/// The right to run one app; given back when dropped.
#[derive(Debug)]
pub(super) struct Place(File);

impl Place {
    /// Waits for a place.
    pub(super) fn take() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("places");
        fs::create_dir_all(&folder).unwrap();
        let files: Vec<_> = (0..PLACES)
            .map(|number| File::create(folder.join(number.to_string())).unwrap())
            .collect();
        let taken = within(WAIT, || {
            files
                .iter()
                .position(|file| flock(file, FlockOperation::NonBlockingLockExclusive).is_ok())
        });
        let number = taken.expect("no place to run an app came free");
        Self(files.into_iter().nth(number).unwrap())
    }
}

/// Apps at once: two keep two cores busy.
const PLACES: usize = 2;
/// Longer than all other tests together take.
const WAIT: std::time::Duration = std::time::Duration::from_secs(600);
