//! What the standard library leaves unsafe about this process and its descriptors.

use std::{env, fs, os::fd::OwnedFd};

use gtk::gio;

/// Makes a stream of what can be read from a descriptor.
pub(super) fn input_stream(reader: OwnedFd) -> gio::UnixInputStream {
    // SAFETY: the descriptor is open, and nobody else owns it once it is given away here.
    unsafe { gio::UnixInputStream::take_fd(reader) }
}

/// Sets environment variables of this process.
///
/// # Panics
///
/// If threads run that could be reading the environment.
pub(crate) fn set_environment(variables: &[(&str, &str)]) {
    let thread_count = fs::read_dir("/proc/self/task").map_or(usize::MAX, Iterator::count);
    assert!(
        thread_count <= THREADS_AT_START,
        "the environment may change only before threads start"
    );
    for (name, value) in variables {
        // SAFETY: beside this thread there is at most the one that JavaScriptCore's
        // allocator starts while it is being loaded, which does nothing but return
        // memory; no other exists, as was checked just now, and only this one starts any.
        unsafe { env::set_var(name, value) };
    }
}

/// This thread and the allocator's.
const THREADS_AT_START: usize = 2;
