//! A wall clock that jumps when a test says so, for one peer alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// The clock, and the files that make it.
pub(crate) struct Clock {
    folder: TempDir,
}

impl Clock {
    /// A clock that is right so far.
    #[track_caller]
    pub(crate) fn right() -> Self {
        let clock = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        clock.set(0);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relay_support/clock.c");
        let finished = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([clock.library(), source])
            .output()
            .unwrap();
        let problem = String::from_utf8_lossy(&finished.stderr);
        assert!(finished.status.success(), "{problem}");
        clock
    }

    /// Sets it this many seconds ahead of the right time, or behind it.
    pub(crate) fn set(&self, ahead_seconds: i64) {
        // A file that is being replaced is never read half written.
        let draft = self.folder.path().join("draft");
        fs::write(&draft, ahead_seconds.to_string()).unwrap();
        fs::rename(draft, self.offset()).unwrap();
    }

    /// What a process needs in its environment to go by this clock.
    pub(super) fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [
            ("LD_PRELOAD", self.library()),
            ("CLOCK_OFFSET", self.offset()),
        ]
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("clock.so")
    }

    fn offset(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}
