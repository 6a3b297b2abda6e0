//! Holds settings against the table: unknown names warn, values that do not fit fail.

use std::collections::BTreeSet;

use super::{
    diagnostic::{Findings, Place},
    entries::{Entries, Entry},
    key::{self, KEYS, Key},
    kind::{Kind, Split},
    nearest,
    value::{self, Value, Values},
};

/// Which notation a hint should use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// `socket.ini`.
    Ini,
    /// `ssc.config`.
    Legacy,
}

/// Checks every setting; answers with every value, defaults included.
pub(super) fn check(
    file: &str,
    notation: Notation,
    entries: &Entries,
    findings: &mut Findings,
) -> Values {
    let mut values = Values::default();
    let mut unknown_sections = BTreeSet::new();
    for (name, entry) in &entries.by_name {
        match key::find(&entry.section, &entry.key) {
            Some(key) if key.name == "*" => {}
            Some(key) if is_superseded(name, key, entries) => {
                let message = format!(
                    "'{}' is ignored, since '{}' is set as well",
                    entry.key, key.name
                );
                findings.warn(&entry.key_at, message, None);
            }
            Some(key) => {
                if let Some(value) = check_value(key, entry, findings) {
                    values.insert(key, value);
                }
            }
            None => warn_unknown(entry, &mut unknown_sections, findings),
        }
    }
    for key in KEYS.iter().filter(|key| !key.is_pattern()) {
        if let Some(default) = key.default.filter(|_| !values.contains(key))
            && let Some(value) = value::parse(key.kind, default)
        {
            values.insert(key, value);
        }
    }
    require(file, notation, entries, findings);
    values
}

/// Whether `name` is an alias of `key`, which is set under its own name too.
fn is_superseded(name: &str, key: &Key, entries: &Entries) -> bool {
    !key.is_pattern() && name != key.flat() && entries.by_name.contains_key(&key.flat())
}

fn check_value(key: &Key, entry: &Entry, findings: &mut Findings) -> Option<Value> {
    if key.kind == Kind::Peers {
        check_peers(key, entry, findings);
    }
    if let Some(split) = key.kind.split() {
        let values = entry.values.iter();
        let items = values
            .flat_map(|(value, _)| value::split_list(split, value))
            .collect();
        return Some(Value::List(items));
    }
    let text = entry.joined();
    if text.is_empty() {
        // The documented file of Socket Runtime is full of `key = ""`: not set.
        return None;
    }
    let value = value::parse(key.kind, &text);
    if value.is_none() {
        let message = format!(
            "'{}' does not fit {}: expected {}",
            shorten(&text),
            title(key),
            key.kind.describe()
        );
        findings.error(&entry.values[0].1, message, Some(hint(key, &text)));
    }
    value
}

/// Finds fault with each peer of a list that is none.
fn check_peers(key: &Key, entry: &Entry, findings: &mut Findings) {
    for (value, place) in &entry.values {
        for item in value::split_list(Split::Commas, value) {
            if let Some(error) = value::fault_of_peer(&item) {
                let (item, title) = (shorten(&item), title(key));
                let message = format!("'{item}' does not fit {title}: {error}");
                findings.error(place, message, Some(hint(key, "")));
            }
        }
    }
}

/// What to write instead of `text`.
fn hint(key: &Key, text: &str) -> String {
    let folded = text.to_lowercase();
    let meant = match key.kind {
        Kind::Flag => match folded.as_str() {
            "on" | "enabled" | "enable" | "y" | "t" => Some("true".to_owned()),
            "off" | "disabled" | "disable" | "n" | "f" | "none" => Some("false".to_owned()),
            _ => nearest::nearest(text, ["true", "false"].into_iter()).map(str::to_owned),
        },
        Kind::OneOf(words) => nearest::nearest(text, words.iter().copied()).map(str::to_owned),
        Kind::Version => complete_version(text),
        Kind::Name => Some(folded.split_whitespace().collect::<Vec<_>>().join("-")),
        Kind::Scheme => folded
            .strip_suffix("://")
            .or(folded.strip_suffix(':'))
            .map(str::to_owned),
        _ => None,
    };
    match meant.filter(|meant| value::parse(key.kind, meant).is_some()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("for example: {} = {}", key.name, key.shown()),
    }
}

/// `v1.2` as `1.2.0`.
fn complete_version(text: &str) -> Option<String> {
    let bare = text.trim_start_matches(['v', 'V']);
    ["", ".0", ".0.0"]
        .iter()
        .map(|end| format!("{bare}{end}"))
        .find(|version| value::parse(Kind::Version, version).is_some())
}

fn warn_unknown<'a>(
    entry: &'a Entry,
    unknown_sections: &mut BTreeSet<&'a str>,
    findings: &mut Findings,
) {
    let is_known_section = key::is_section(&entry.section);
    let has_section = !entry.section.is_empty();
    if has_section && !is_known_section && !unknown_sections.insert(&entry.section) {
        return;
    }
    let shown = shorten(&entry.key);
    let (at, message) = match (has_section, is_known_section) {
        (false, _) => (
            &entry.key_at,
            format!("unknown key '{shown}' before the first section"),
        ),
        (true, true) => (
            &entry.key_at,
            format!("unknown key '{shown}' in [{}]", entry.section),
        ),
        (true, false) => (
            &entry.section_at,
            format!("unknown section [{}]", shorten(&entry.section)),
        ),
    };
    let is_key = !has_section || is_known_section;
    let meant = match findings.has_room_for_warnings() {
        false => None,
        true if is_key => nearest::nearest_in(&entry.section, &entry.key),
        true => nearest::nearest_section(&entry.section),
    };
    let help = match meant {
        Some(name) => Some(format!("did you mean {name}?")),
        None if is_key => None,
        None => Some("pages see it in application.config; nothing else reads it".to_owned()),
    };
    findings.warn(at, message, help);
}

/// Reports what an app cannot do without, unless this is an extension.
fn require(file: &str, notation: Notation, entries: &Entries, findings: &mut Findings) {
    let is_extension = ["meta", "build"]
        .iter()
        .any(|section| entries.text(section, "type").as_deref() == Some("extension"));
    if is_extension {
        return;
    }
    for key in KEYS.iter().filter(|key| key.is_required) {
        if entries.text(key.section, key.name).is_some() {
            continue;
        }
        let example = suggestion(key, entries);
        let header = entries
            .headers
            .iter()
            .find(|(section, _)| section == key.section);
        let at = match entries.by_name.get(&key.flat()) {
            Some(empty) => empty.values[0].1.clone(),
            None => header.map_or_else(|| Place::start(file), |(_, place)| place.clone()),
        };
        let help = match (notation, header) {
            (Notation::Legacy, _) => format!("add the line: {}: {example}", key.name),
            (Notation::Ini, Some(_)) => {
                format!(
                    "add this line below [{}]: {} = \"{example}\"",
                    key.section, key.name
                )
            }
            (Notation::Ini, None) => {
                format!(
                    "add the lines: [{}] and {} = \"{example}\"",
                    key.section, key.name
                )
            }
        };
        findings.error(&at, format!("{} is missing", title(key)), Some(help));
    }
}

/// A value for a required key that fits the app's name, if it has a fitting one.
fn suggestion(key: &Key, entries: &Entries) -> String {
    let own_name = entries
        .text("build", "name")
        .map(|name| name.to_lowercase());
    own_name
        .map(|name| format!("com.example.{name}"))
        .filter(|id| key.kind == Kind::BundleId && value::parse(key.kind, id).is_some())
        .unwrap_or_else(|| key.example.to_owned())
}

/// `[section] key`.
pub(super) fn title(key: &Key) -> String {
    format!("[{}] {}", key.section, key.name)
}

/// At most the first characters of a text that came from outside.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

const SHOWN_CHARACTERS_MAX: usize = 60;
