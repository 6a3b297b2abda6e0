//! Reads `ssc.config`, the flat `key: value` file of the first Socket Runtimes, as if it
//! were a `socket.ini`.

use std::sync::Arc;

use super::{
    diagnostic::{Findings, Place},
    ini::{Document, ENTRIES_MAX, FILE_BYTES_MAX, Setting},
    key, nearest,
};

/// Turns `text` into the settings that mean the same in a `socket.ini`.
pub(super) fn read(file: &str, text: &str, findings: &mut Findings) -> Document {
    let mut document = Document::default();
    if text.len() > FILE_BYTES_MAX {
        let message = format!("{} bytes; at most {FILE_BYTES_MAX} are read", text.len());
        findings.error(&Place::whole(file), message, None);
        return document;
    }
    let help =
        "write its settings into a socket.ini; 'runtime config --explain KEY' tells their names";
    let message = "ssc.config is the form of old versions and may be dropped".to_owned();
    findings.warn(&Place::start(file), message, Some(help.to_owned()));
    let lines = read_lines(file, text, findings);
    let has_executable = lines.iter().any(|line| line.key == "executable");
    let has_title = lines.iter().any(|line| line.key == "title");
    for line in lines {
        let target = match line.key {
            "name" if has_executable && has_title => continue,
            "name" if has_executable => Some(("meta", "title")),
            name => target(name),
        };
        match target {
            Some((section, key)) => document.settings.push(line.setting(section, key)),
            None => warn_unmapped(&line, findings),
        }
    }
    document
}

struct OldLine<'a> {
    key: &'a str,
    key_at: Place,
    value: &'a str,
    value_at: Place,
}

impl OldLine<'_> {
    fn setting(&self, section: &str, key: &str) -> Setting {
        let value = match self.key {
            "version" => self.value.strip_prefix('v').unwrap_or(self.value),
            _ => self.value,
        };
        Setting {
            section: section.to_owned(),
            section_at: self.key_at.clone(),
            key: key.to_owned(),
            key_at: self.key_at.clone(),
            is_list: false,
            value: value.to_owned(),
            value_at: self.value_at.clone(),
        }
    }
}

fn read_lines<'a>(file: &str, text: &'a str, findings: &mut Findings) -> Vec<OldLine<'a>> {
    let file: Arc<str> = file.into();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for (number, line) in (1u32..).zip(text.split('\n')) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let place = |offset: usize| {
            let characters = line.get(..offset).unwrap_or(line).chars().count();
            let column = u32::try_from(characters + 1).unwrap_or(u32::MAX);
            Place {
                file: Arc::clone(&file),
                line: number,
                column,
            }
        };
        let start = line.len() - line.trim_start().len();
        let Some((key, value)) = line
            .split_once(':')
            .filter(|(key, _)| !key.trim().is_empty())
        else {
            let help = "write 'key: value', or start the line with '#'".to_owned();
            findings.error(
                &place(start),
                "line without a key and ':'".to_owned(),
                Some(help),
            );
            continue;
        };
        if trimmed.contains(|c: char| c.is_control() && c != '\t') {
            findings.error(&place(start), "control character".to_owned(), None);
            continue;
        }
        if lines.len() == ENTRIES_MAX {
            findings.error(
                &place(start),
                format!("more than {ENTRIES_MAX} entries"),
                None,
            );
            break;
        }
        let blanks = value.len() - value.trim_start().len();
        let value_at = place(key.len() + 1 + blanks);
        let (key, value) = (key.trim(), value.trim());
        lines.push(OldLine {
            key,
            key_at: place(start),
            value,
            value_at,
        });
    }
    lines
}

/// Section and key that an old name means today.
fn target(name: &str) -> Option<(&'static str, &'static str)> {
    let renamed = RENAMED.iter().find(|(old, ..)| *old == name);
    renamed
        .map(|&(_, section, key)| (section, key))
        .or_else(|| key::find("", name).map(|key| (key.section, key.name)))
}

fn warn_unmapped(line: &OldLine<'_>, findings: &mut Findings) {
    if DROPPED.contains(&line.key) {
        let message = format!("'{}' no longer has a meaning", line.key);
        findings.warn(&line.key_at, message, Some("delete the line".to_owned()));
        return;
    }
    let known = RENAMED.iter().map(|(old, ..)| *old);
    let help = nearest::nearest(line.key, known).map(|name| format!("did you mean '{name}'?"));
    let shown: String = line.key.chars().take(60).collect();
    findings.warn(&line.key_at, format!("unknown key '{shown}'"), help);
}

/// Old names that are not the flat form of today's (as `linux_cmd` is of `[linux] cmd`).
const RENAMED: &[(&str, &str, &str)] = &[
    ("apple_team_id", "apple", "team_identifier"),
    ("build", "build", "script"),
    ("bundle_identifier", "meta", "bundle_identifier"),
    ("copyright", "meta", "copyright"),
    ("debug_flags", "debug", "flags"),
    ("description", "meta", "description"),
    ("env", "build", "env"),
    ("executable", "build", "name"),
    ("file_limit", "meta", "file_limit"),
    ("flags", "build", "flags"),
    ("headless", "build", "headless"),
    ("height", "window", "height"),
    ("input", "build", "copy"),
    ("lang", "meta", "lang"),
    ("mac_sign", "mac", "codesign_identity"),
    ("mac_sign_paths", "mac", "codesign_paths"),
    ("maintainer", "meta", "maintainer"),
    ("name", "build", "name"),
    ("output", "build", "output"),
    ("revision", "meta", "revision"),
    ("title", "meta", "title"),
    ("version", "meta", "version"),
    ("width", "window", "width"),
];

/// Old names without a counterpart.
const DROPPED: &[&str] = &[
    "apple_instruments",
    "arch",
    "bundle_identifier_short",
    "forward_console",
    "mac_appstore_icon",
    "version_short",
];
