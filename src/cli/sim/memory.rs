//! How much memory this process holds.

use std::{fs, sync::OnceLock};

/// Bytes that the process holds now; 0 if the system does not say.
pub(super) fn held_bytes() -> u64 {
    field("VmRSS:")
}

/// The most that it has held.
pub(super) fn peak_bytes() -> u64 {
    field("VmHWM:")
}

/// What it held when it was first asked: without any run.
pub(super) fn base_bytes() -> u64 {
    static BASE: OnceLock<u64> = OnceLock::new();
    *BASE.get_or_init(held_bytes)
}

fn field(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    kibibytes.unwrap_or(0_u64) * 1024
}
