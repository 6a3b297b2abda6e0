//! The flags of an open file: names as in Node, numbers as in the system.

use std::{fs::File, path::Path};

use rustix::{
    fs::{Mode, OFlags, RawMode},
    io::{Errno, retry_on_intr},
};

/// The `O_` bits of a name such as `r+`; nothing for a name that Node does not know.
#[must_use]
pub fn from_name(name: &str) -> Option<u32> {
    let is_plus = name.contains('+');
    let is_sync = name.contains('s');
    let is_new = name.contains('x');
    let kind = name.chars().find(|letter| "rwa".contains(*letter))?;
    let is_known = match kind {
        'r' => matches!(name, "r" | "r+" | "rs" | "sr" | "rs+" | "sr+"),
        'w' => matches!(name, "w" | "w+" | "wx" | "xw" | "wx+" | "xw+"),
        _ => {
            matches!(
                name,
                "a" | "a+" | "ax" | "xa" | "ax+" | "xa+" | "as" | "sa" | "as+" | "sa+"
            )
        }
    };
    let access = match (kind, is_plus) {
        (_, true) => OFlags::RDWR,
        ('r', false) => OFlags::RDONLY,
        (_, false) => OFlags::WRONLY,
    };
    let content = match kind {
        'w' => OFlags::CREATE | OFlags::TRUNC,
        'a' => OFlags::CREATE | OFlags::APPEND,
        _ => OFlags::empty(),
    };
    let mut flags = access | content;
    flags.set(OFlags::EXCL, is_new);
    flags.set(OFlags::SYNC, is_sync);
    is_known.then_some(flags.bits())
}

/// Opens a file; what the app starts later does not inherit it.
pub(super) fn open(path: &Path, flags: u32, mode: u32) -> Result<File, Errno> {
    let flags = OFlags::from_bits_retain(flags) | OFlags::CLOEXEC | OFlags::NOCTTY;
    let mode = Mode::from_raw_mode((mode & MODE_MASK) as RawMode);
    retry_on_intr(|| rustix::fs::open(path, flags, mode)).map(File::from)
}

/// The bits of a mode that can be set.
pub(super) const MODE_MASK: u32 = 0o7777;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, flags: OFlags) {
        assert_eq!(from_name(name), Some(flags.bits()), "{name}");
    }

    #[test]
    fn names_stand_for_the_same_bits_as_in_node() {
        check("r", OFlags::RDONLY);
        check("rs+", OFlags::RDWR | OFlags::SYNC);
        check("w", OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC);
        check(
            "wx+",
            OFlags::RDWR | OFlags::CREATE | OFlags::TRUNC | OFlags::EXCL,
        );
        check("a", OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND);
        check(
            "sa",
            OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::SYNC,
        );
        check(
            "ax+",
            OFlags::RDWR | OFlags::CREATE | OFlags::APPEND | OFlags::EXCL,
        );
    }

    #[test]
    fn other_names_stand_for_nothing() {
        for name in ["", "x", "rw", "r++", "ws", "rx", "R", "+r", "axs"] {
            assert_eq!(from_name(name), None, "{name}");
        }
    }
}
