//! Ties the life of a child process to this one's.

use std::{os::unix::process::CommandExt as _, process::Command};

use rustix::process::{Signal, set_parent_process_death_signal};

/// Makes the kernel send the child a signal when the thread that spawns it ends, even if
/// this process is killed.
pub(crate) fn end_with_this_thread(command: &mut Command, signal: Signal) {
    // SAFETY: between fork and exec the closure only makes one system call; it neither
    // allocates nor takes a lock.
    unsafe {
        command.pre_exec(move || Ok(set_parent_process_death_signal(Some(signal))?));
    }
}
