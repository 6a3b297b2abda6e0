//! Reads scenario files, and says where in them something is wrong.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use crate::config::{Diagnostic, Severity, nearest_name};

/// A file's name and text, to find places in.
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// Reads all of the file.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        toml::from_str(self.text).map_err(|error| {
            let said = error.message().trim().replace('\n', ", ");
            let (key, value) = (unknown("field", &said), unknown("variant", &said));
            let message = match &key {
                Some((key, _)) => format!("there is no key '{key}' here"),
                None => in_words(&said),
            };
            let place = match &key {
                Some((key, _)) => self.place_of_wrong_key(key, error.span()),
                None => error.span(),
            };
            let known_keys = key.as_ref().map(|(_, known)| known.join(", "));
            let near = key.or(value);
            let near = near.and_then(|(name, known)| nearest(name, &known));
            let near = near.map(|name| format!("'{name}'"));
            let help = near.or(known_keys.map(|keys| format!("the keys here are {keys}")));
            self.error_at(place, message, help)
        })
    }

    /// Whether the file says something of this key of no table.
    pub(super) fn has(&self, key: &str) -> bool {
        DeTable::parse(self.text).is_ok_and(|table| table.get_ref().contains_key(key))
    }

    /// Says that the value of a key, as `network.loss.share`, is not allowed; without such a key in
    /// the file the place is that of the nearest table around it.
    pub(super) fn error_of_key(&self, key: &str, message: String) -> Diagnostic {
        let place = DeTable::parse(self.text)
            .ok()
            .and_then(|table| place_of(table.get_ref(), key));
        self.error_at(place, message, None)
    }

    /// Where a key is that does not exist: of a table that has a `kind`, `serde` knows no more than
    /// the place of the whole.
    fn place_of_wrong_key(&self, key: &str, known: Option<Range<usize>>) -> Option<Range<usize>> {
        let from = known.as_ref().map_or(0, |known| known.start);
        let table = DeTable::parse(self.text).ok();
        let mut places = Vec::new();
        if let Some(table) = &table {
            note_keys(table.get_ref(), key, &mut places);
        }
        let places = places.into_iter().filter(|place| place.start >= from);
        places.min_by_key(|place| place.start).or(known)
    }

    pub(super) fn error_at(
        &self,
        place: Option<Range<usize>>,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let offset = place.map_or(0, |place| place.start).min(self.text.len());
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let last = before.rsplit('\n').next().unwrap_or_default();
        Diagnostic {
            file: self.file.to_owned(),
            line: number(line),
            column: number(last.chars().count() + 1),
            severity: Severity::Error,
            message,
            help,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The key (`field`) or value (`variant`) that does not exist, and those that do, in what `serde`
/// says of it.
fn unknown<'a>(what: &str, message: &'a str) -> Option<(&'a str, Vec<&'a str>)> {
    let rest = message.strip_prefix("unknown ")?.strip_prefix(what)?;
    let (name, rest) = rest.strip_prefix(" `")?.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2).collect();
    Some((name, known))
}

/// What `serde` says of a value, without its names for types.
fn in_words(said: &str) -> String {
    let said = said.replace(" as i128", "");
    let known = TYPES
        .iter()
        .find_map(|(name, words)| Some((said.strip_suffix(name)?, words)));
    match known {
        Some((before, words)) => format!("{before}{words}"),
        None => said,
    }
}

/// Notes where keys of this name are.
fn note_keys(table: &DeTable<'_>, name: &str, places: &mut Vec<Range<usize>>) {
    for (key, value) in table {
        if key.get_ref() == name {
            places.push(key.span());
        }
        match value.get_ref() {
            DeValue::Table(table) => note_keys(table, name, places),
            DeValue::Array(array) => {
                let tables = array.iter().filter_map(|value| value.get_ref().as_table());
                tables.for_each(|table| note_keys(table, name, places));
            }
            _ => {}
        }
    }
}

/// The known name that was probably meant, in whatever case.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let same = known.iter().find(|one| one.eq_ignore_ascii_case(name));
    same.copied()
        .or_else(|| nearest_name(name, known.iter().copied()))
}

/// Where the value of a key is, or the last table on the way to it.
fn place_of(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let (mut value, mut place): (Option<&DeValue<'_>>, _) = (None, None);
    // Several keys may be at fault together: `a + b`.
    for part in key.split(" + ").next()?.split('.') {
        let found = match value {
            None => table.get(part),
            Some(DeValue::Table(table)) => table.get(part),
            Some(DeValue::Array(array)) => part.parse().ok().and_then(|n: usize| array.get(n)),
            Some(_) => None,
        };
        let Some(found) = found else {
            break;
        };
        place = Some(found.span());
        value = Some(found.get_ref());
    }
    place
}

/// Names of types in what `serde` says, and what they mean.
const TYPES: [(&str, &str); 3] = [
    (
        "expected u32",
        "expected a whole number from 0 to 4294967295",
    ),
    (
        "expected u64",
        "expected a whole number from 0 to 18446744073709551615",
    ),
    ("expected f64", "expected a number"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::simulation::Scenario;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let source = Source {
            file: "a.toml",
            text,
        };
        let error = source.read::<Scenario>().expect_err("it is wrong");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_misspelt_key_is_found_and_the_right_one_named() {
        check(
            "peers = 9\n[load]\nmessage_per_s = 1",
            "a.toml:3:1: error: there is no key 'message_per_s' here; help: 'messages_per_s'",
        );
        check(
            "peers = 9\n[attack]\nkind = 'sybil'\npeers = 3",
            "a.toml:4:1: error: there is no key 'peers' here; help: the keys here are per_peer",
        );
    }

    #[test]
    fn a_misspelt_value_is_found_and_the_right_one_named() {
        for (text, place, name) in [
            ("[network.nat]\nmix = 'mobil'", "2:7", "mobile"),
            ("[network.loss]\nkind = 'burst'", "2:8", "bursts"),
            ("[network.latency]\nkind = 'region'", "2:8", "regions"),
            ("[churn]\nkind = 'phoen'", "2:8", "phone"),
            ("[churn]\nstart = 'borne'", "2:9", "born"),
            ("[load]\npublisher = 'anyon'", "2:13", "anyone"),
            (
                "[[network.partitions]]\nfrom_s = 1\nto_s = 2\nregions = ['Eu']",
                "4:12",
                "EU",
            ),
        ] {
            let file = "a.toml";
            let error = Source { file, text }.read::<Scenario>().expect_err(text);
            let error = error.to_string();
            assert!(error.starts_with(&format!("a.toml:{place}: ")), "{error}");
            assert!(error.ends_with(&format!("; help: '{name}'")), "{error}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_found() {
        check(
            "peers = 'many'",
            "a.toml:1:9: error: invalid type: string \"many\", expected a whole number from 0 to 4294967295",
        );
        check(
            "\n\n[relay]\ncache_bytes = -3",
            "a.toml:4:15: error: invalid value: integer `-3`, expected a whole number from 0 to 18446744073709551615",
        );
        check(
            "seed = 99999999999999999999",
            "a.toml:1:8: error: invalid type: integer `99999999999999999999`, expected a whole number from 0 to 18446744073709551615",
        );
    }

    #[test]
    fn a_value_that_is_not_allowed_is_found_by_its_key() {
        let source = Source {
            file: "a.toml",
            text: "[load]\n  messages_per_s = -1",
        };
        let error = source.error_of_key("load.messages_per_s", "too few".to_owned());
        assert_eq!(error.to_string(), "a.toml:2:20: error: too few");
        let error = source.error_of_key("load.ttl_s", "too long".to_owned());
        assert_eq!((error.line, error.column), (1, 1));
    }
}
