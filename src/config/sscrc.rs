//! Reads `.sscrc`: settings and command-line options of one machine or one person.

use std::collections::BTreeMap;

use super::{diagnostic::Findings, ini::Document, nearest};

/// What `.sscrc` says in place of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliOptions {
    /// `[build]`: options of `runtime build`, without their dashes.
    pub build: BTreeMap<String, String>,
    /// `[env]`: environment variables of the command itself.
    pub env: BTreeMap<String, String>,
}

impl CliOptions {
    /// Takes over what `other` says and this does not.
    pub(super) fn fill_from(&mut self, other: Self) {
        for (name, value) in other.build {
            self.build.entry(name).or_insert(value);
        }
        for (name, value) in other.env {
            self.env.entry(name).or_insert(value);
        }
    }
}

/// Splits a `.sscrc` into settings, named as in `socket.ini`, and options.
pub(super) fn split(document: Document, findings: &mut Findings) -> (Document, CliOptions) {
    let mut options = CliOptions::default();
    let mut settings = Document::default();
    for mut setting in document.settings {
        if let Some(section) = setting.section.strip_prefix("settings.") {
            setting.section = section.to_owned();
            settings.settings.push(setting);
            continue;
        }
        match setting.section.as_str() {
            "build" => {
                let name = setting.key.replace('_', "-");
                if !OPTIONS.contains(&name.as_str()) {
                    let help = match nearest::nearest(&name, OPTIONS.iter().copied()) {
                        Some(option) => format!("did you mean '{option}'?"),
                        None => "to override socket.ini, write [settings.build]".to_owned(),
                    };
                    let shown: String = setting.key.chars().take(60).collect();
                    let message = format!("'{shown}' is no option of 'runtime build'");
                    findings.warn(&setting.key_at, message, Some(help));
                }
                add(&mut options.build, name, setting.value, setting.is_list);
            }
            "env" => add(
                &mut options.env,
                setting.key,
                setting.value,
                setting.is_list,
            ),
            section => {
                let message = format!("[{section}] has no meaning in .sscrc");
                let help = format!("to override socket.ini, write [settings.{section}]");
                findings.warn(&setting.key_at, message, Some(help));
            }
        }
    }
    (settings, options)
}

fn add(map: &mut BTreeMap<String, String>, name: String, value: String, is_list: bool) {
    match map.get_mut(&name).filter(|_| is_list) {
        Some(known) => {
            known.push(' ');
            known.push_str(&value);
        }
        None => {
            map.insert(name, value);
        }
    }
}

/// Options of `build` and `run` in their long form.
const OPTIONS: &[&str] = &[
    "codesign",
    "debug",
    "env",
    "headless",
    "host",
    "notarize",
    "only-build",
    "package",
    "package-format",
    "platform",
    "port",
    "prod",
    "quiet",
    "run",
    "test",
    "verbose",
    "watch",
];
