//! The table of keys and how to look one up.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{keys, kind::Kind};

/// One key of `socket.ini`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Section without brackets; the part `<os>` stands for the name of any system.
    pub section: &'static str,
    /// Name; `*` in a section whose keys the app makes up.
    pub name: &'static str,
    /// What a value must look like.
    pub kind: Kind,
    /// Value if none is written.
    pub default: Option<&'static str>,
    /// A value to show; the default if empty.
    pub example: &'static str,
    /// What it means, in one or more lines.
    pub doc: &'static str,
    /// First version of Socket Runtime that had it; empty if none did.
    pub since: &'static str,
    /// Systems on which it has a meaning; all if empty.
    pub platforms: &'static [&'static str],
    /// Other names that mean the same, as `section.name`.
    pub aliases: &'static [&'static str],
    /// Whether an app cannot do without it.
    pub is_required: bool,
}

impl Key {
    /// A key without default, documentation or limits.
    #[must_use]
    pub const fn new(section: &'static str, name: &'static str, kind: Kind) -> Self {
        Self {
            section,
            name,
            kind,
            default: None,
            example: "",
            doc: "",
            since: "0.5",
            platforms: &[],
            aliases: &[],
            is_required: false,
        }
    }

    /// A section whose keys the app makes up; `example` is a whole line.
    #[must_use]
    pub const fn free(section: &'static str, example: &'static str) -> Self {
        Self::new(section, "*", Kind::Text).example(example)
    }

    /// Sets [`Key::default`].
    #[must_use]
    pub const fn default(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    /// Sets [`Key::example`].
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// Sets [`Key::doc`].
    #[must_use]
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }

    /// Marks a key that came with Socket Runtime 0.6.
    #[must_use]
    pub const fn since_0_6(self) -> Self {
        Self {
            since: "0.6",
            ..self
        }
    }

    /// Marks a key that Socket Runtime does not know.
    #[must_use]
    pub const fn of_our_own(self) -> Self {
        Self { since: "", ..self }
    }

    /// Sets [`Key::platforms`].
    #[must_use]
    pub const fn only(self, platforms: &'static [&'static str]) -> Self {
        Self { platforms, ..self }
    }

    /// Sets [`Key::aliases`].
    #[must_use]
    pub const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// Sets [`Key::is_required`].
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// The name under which pages see the setting: `[a.b] c` is `a_b_c`.
    #[must_use]
    pub fn flat(&self) -> String {
        flatten(self.section, self.name)
    }

    /// Whether the key stands for more names than its own.
    pub(super) fn is_pattern(&self) -> bool {
        self.name == "*" || self.section.contains(ANY_OS)
    }

    /// Whether `section` is this key's section or one that it stands for.
    pub(super) fn has_section(&self, section: &str) -> bool {
        let mut theirs = section.split('.');
        let fits = self.section.split('.').all(|own| match theirs.next() {
            Some(part) => own == part || (own == ANY_OS && SYSTEMS.contains(&part)),
            None => false,
        });
        fits && theirs.next().is_none()
    }
}

/// The name under which pages see the setting `name` of `section`.
pub(super) fn flatten(section: &str, name: &str) -> String {
    if section.is_empty() {
        return name.to_owned();
    }
    format!("{}_{name}", section.replace('.', "_"))
}

/// The key that `name` in `section` means, by its own name, an alias or a pattern.
pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    if let Some(key) = BY_FLAT_NAME.get(&flatten(section, name)) {
        return Some(key);
    }
    KEYS.iter().find(|key| {
        key.is_pattern() && (key.name == "*" || key.name == name) && key.has_section(section)
    })
}

/// Whether any key may stand in `section`.
pub(super) fn is_section(section: &str) -> bool {
    KEYS.iter().any(|key| key.has_section(section))
}

/// Lists of keys, one after the other.
const fn join<const COUNT: usize>(groups: &[&[Key]]) -> [Key; COUNT] {
    let mut joined = [Key::new("", "", Kind::Text); COUNT];
    let (mut group, mut filled) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            joined[filled] = groups[group][index];
            filled += 1;
            index += 1;
        }
        group += 1;
    }
    joined
}

const fn count(groups: &[&[Key]]) -> usize {
    let (mut group, mut total) = (0, 0);
    while group < groups.len() {
        total += groups[group].len();
        group += 1;
    }
    total
}

/// Every key there is, grouped by section.
pub static KEYS: &[Key] = &join::<{ count(keys::GROUPS) }>(keys::GROUPS);

/// Part of a section's name that stands for any of [`SYSTEMS`].
pub(super) const ANY_OS: &str = "<os>";
/// Names that an app may use for a system.
const SYSTEMS: &[&str] = &[
    "android", "darwin", "ios", "linux", "mac", "macos", "win", "win32", "windows",
];

static BY_FLAT_NAME: LazyLock<BTreeMap<String, &'static Key>> = LazyLock::new(|| {
    let mut names = BTreeMap::new();
    for key in KEYS.iter().filter(|key| !key.is_pattern()) {
        names.insert(key.flat(), key);
        for alias in key.aliases {
            names.insert(alias.replace('.', "_"), key);
        }
    }
    names
});
