//! Settings by name: lists gathered, duplicates settled, overrides applied.

use std::collections::BTreeMap;

use super::{
    diagnostic::{Findings, Place},
    ini::Document,
    key,
};

/// Every setting of one or more files, by its flat name.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// The settings.
    pub(super) by_name: BTreeMap<String, Entry>,
    /// Every section header, in order.
    pub(super) headers: Vec<(String, Place)>,
}

/// One setting with all its values.
#[derive(Debug)]
pub(super) struct Entry {
    /// Full name of its section.
    pub(super) section: String,
    /// Where that section starts.
    pub(super) section_at: Place,
    /// Key without `[]`.
    pub(super) key: String,
    /// Where the key first stands.
    pub(super) key_at: Place,
    /// Whether it was written as a list.
    pub(super) is_list: bool,
    /// Its values, each with its place; never empty.
    pub(super) values: Vec<(String, Place)>,
}

impl Entries {
    /// Gathers the settings of one file.
    pub(super) fn collect(document: Document, findings: &mut Findings) -> Self {
        let mut by_name: BTreeMap<String, Entry> = BTreeMap::new();
        for setting in document.settings {
            let name = key::flatten(&setting.section, &setting.key);
            let value = (setting.value, setting.value_at);
            match by_name.get_mut(&name) {
                Some(known) if setting.is_list => {
                    known.is_list = true;
                    known.values.push(value);
                    continue;
                }
                Some(known) => {
                    let message = format!("'{}' is set again; the last one wins", setting.key);
                    let help = format!("it was set first in line {}", known.key_at.line);
                    findings.warn(&setting.key_at, message, Some(help));
                }
                None => {}
            }
            let entry = Entry {
                section: setting.section,
                section_at: setting.section_at,
                key: setting.key,
                key_at: setting.key_at,
                is_list: setting.is_list,
                values: vec![value],
            };
            by_name.insert(name, entry);
        }
        Self {
            by_name,
            headers: document.headers,
        }
    }

    /// Lets every setting of `other` stand in for the one of the same name.
    pub(super) fn override_with(&mut self, other: Self) {
        self.by_name.extend(other.by_name);
    }

    /// The text of a setting, if it is there and not empty.
    pub(super) fn text(&self, section: &str, key: &str) -> Option<String> {
        let entry = self.by_name.get(&key::flatten(section, key))?;
        Some(entry.joined()).filter(|text| !text.is_empty())
    }
}

impl Entry {
    /// All values as one text, as pages see them.
    pub(super) fn joined(&self) -> String {
        let values: Vec<&str> = self
            .values
            .iter()
            .map(|(value, _)| value.as_str())
            .collect();
        values.join(" ")
    }
}
