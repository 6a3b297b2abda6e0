//! Reads and checks `socket.ini`, its overrides and its older forms.
//!
//! [`load`] reads a project folder, [`parse`] one text. Both read every line before they
//! answer: all errors come at once, each with file, line and column.
//!
//! One table, [`KEYS`], says which keys exist, of which kind each value is and what it
//! means. It drives parsing, the hints for unknown names, [`explain`] and the documented
//! file in `config/socket.ini`. To add a key, add one line to a file in `keys/`.
//!
//! **Invariant**: nothing here opens anything but configuration files, and no input
//! makes it panic.

mod check;
mod color;
mod diagnostic;
mod entries;
mod explain;
mod ini;
mod key;
mod keys;
mod kind;
mod legacy;
mod load;
mod nearest;
mod settings;
mod sscrc;
mod value;

pub use self::{
    diagnostic::{Diagnostic, LoadError, Severity},
    explain::{documented_file, explain},
    ini::{ENTRIES_MAX, FILE_BYTES_MAX},
    key::{KEYS, Key},
    keys::*,
    kind::{Kind, Split},
    load::{Loaded, load, load_map, load_with_home, parse, parse_bytes},
    nearest::nearest_key,
    settings::Config,
    sscrc::CliOptions,
    value::Length,
};

pub(crate) use self::nearest::nearest as nearest_name;
