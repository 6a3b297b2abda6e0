//! Places: paths as the caller gave them, and as the system gets them.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{Files, errors::Call};
use crate::messages::files::FileError;

/// One path of a call.
pub(super) struct Place {
    /// As the caller gave it, for errors.
    pub(super) shown: String,
    /// As the system gets it.
    pub(super) full: PathBuf,
}

impl Files {
    /// Counts a relative path from the resources folder. An empty one stays empty and
    /// fails in the system call, as it should.
    pub(super) fn place(&self, shown: String) -> Place {
        let full = if shown.is_empty() {
            PathBuf::new()
        } else {
            self.resources.join(&shown)
        };
        Place { shown, full }
    }
}

impl Place {
    /// A system call on this path, for errors.
    pub(super) fn call(&self, syscall: &'static str) -> Call {
        Call::on(syscall, &self.shown)
    }

    /// Does something to the path that can fail in one way.
    pub(super) fn run<'a, T, E: Into<io::Error>>(
        &'a self,
        syscall: &'static str,
        action: impl FnOnce(&'a Path) -> Result<T, E>,
    ) -> Result<T, FileError> {
        action(&self.full).map_err(|error| self.call(syscall).fail(error))
    }
}
