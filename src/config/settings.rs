//! The configuration of an app, typed.

use std::collections::BTreeMap;

use super::{
    entries::Entries,
    key::{self, KEYS},
    keys::{
        Ai, Android, Apple, Application, Build, Commonjs, Debug, Headless, Ios, Linux, Mac, Meta,
        Native, Peer, Permissions, Tray, Webview, Win, Window,
    },
    value::Values,
};

/// The configuration of an app: each section of `socket.ini` as a struct, sections whose
/// keys the app makes up as maps.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[build]` and below.
    pub build: Build,
    /// `[debug]`.
    pub debug: Debug,
    /// `[meta]`.
    pub meta: Meta,
    /// `[window]`.
    pub window: Window,
    /// `[webview]` and below.
    pub webview: Webview,
    /// `[permissions]`.
    pub permissions: Permissions,
    /// `[peer]`.
    pub peer: Peer,
    /// `[application]`.
    pub application: Application,
    /// `[tray]`.
    pub tray: Tray,
    /// `[headless]`.
    pub headless: Headless,
    /// `[linux]`.
    pub linux: Linux,
    /// `[mac]`.
    pub mac: Mac,
    /// `[win]`.
    pub win: Win,
    /// `[android]`.
    pub android: Android,
    /// `[ios]`.
    pub ios: Ios,
    /// `[apple]`.
    pub apple: Apple,
    /// `[native]`.
    pub native: Native,
    /// `[commonjs]`.
    pub commonjs: Commonjs,
    /// `[ai.llm]`.
    pub ai: Ai,
    /// `[env]`: environment variables given to the app.
    pub env: BTreeMap<String, String>,
    /// `[i18n.locales]`: folder of each locale.
    pub locales: BTreeMap<String, String>,
    /// `[build.copy-map]`: target of each source.
    pub copy_map: BTreeMap<String, String>,
    /// `[build.extensions]`: source of each extension.
    pub extensions: BTreeMap<String, String>,
    /// `[webview.navigator.mounts]`: path in the app of each folder, whose `$HOST_…` is
    /// not yet replaced.
    pub mounts: BTreeMap<String, String>,
    /// `[webview.protocol-handlers]`: script of each scheme.
    pub protocol_handlers: BTreeMap<String, String>,
    /// `[webview.service-workers]`: script of each scope.
    pub service_workers: BTreeMap<String, String>,
    settings: BTreeMap<String, Setting>,
}

/// A setting as it was written.
#[derive(Clone, Debug, PartialEq)]
struct Setting {
    section: String,
    key: String,
    is_list: bool,
    values: Vec<String>,
    joined: String,
}

impl Config {
    /// Puts checked values and the text that they came from together.
    pub(super) fn new(entries: Entries, values: &Values) -> Self {
        let settings: BTreeMap<String, Setting> = entries
            .by_name
            .into_iter()
            .map(|(name, entry)| {
                let joined = entry.joined();
                let values = entry.values.into_iter().map(|(value, _)| value).collect();
                let (section, key, is_list) = (entry.section, entry.key, entry.is_list);
                (
                    name,
                    Setting {
                        section,
                        key,
                        is_list,
                        values,
                        joined,
                    },
                )
            })
            .collect();
        let map = |section: &str| section_of(&settings, section);
        let mut locales = map("i18n.locales");
        locales.remove("default");
        Self {
            build: Build::read(values),
            debug: Debug::read(values),
            meta: complete(Meta::read(values), values.read(&BUILD_NAME)),
            window: Window::read(values),
            webview: Webview::read(values),
            permissions: Permissions::read(values),
            peer: Peer::read(values),
            application: Application::read(values),
            tray: Tray::read(values),
            headless: Headless::read(values),
            linux: Linux::read(values),
            mac: Mac::read(values),
            win: Win::read(values),
            android: Android::read(values),
            ios: Ios::read(values),
            apple: Apple::read(values),
            native: Native::read(values),
            commonjs: Commonjs::read(values),
            ai: Ai::read(values),
            env: map("env"),
            locales,
            copy_map: map("build.copy-map"),
            extensions: map("build.extensions"),
            mounts: map("webview.navigator.mounts"),
            protocol_handlers: map("webview.protocol-handlers"),
            service_workers: map("webview.service-workers"),
            settings,
        }
    }

    /// What pages see as `application.config`: every setting as it was written, by its flat
    /// name (`[a.b] c` is `a_b_c`), and the defaults of those that were not.
    #[must_use]
    pub fn flattened(&self) -> BTreeMap<String, String> {
        let mut flat = BTreeMap::new();
        for key in KEYS.iter().filter(|key| !key.is_pattern()) {
            if let Some(text) = self.by_key(key) {
                flat.insert(key.flat(), text.to_owned());
            }
        }
        for (name, setting) in &self.settings {
            flat.entry(name.clone())
                .or_insert_with(|| setting.joined.clone());
        }
        flat
    }

    /// The resolved file for a packaged app; parses back to the same configuration.
    #[must_use]
    pub fn to_ini(&self) -> String {
        let mut sections: BTreeMap<&str, Vec<&Setting>> = BTreeMap::new();
        for setting in self.settings.values() {
            sections.entry(&setting.section).or_default().push(setting);
        }
        let mut text = String::new();
        for (section, settings) in sections {
            if !section.is_empty() {
                text.push_str(&format!("[{section}]\n"));
            }
            for setting in settings {
                let brackets = if setting.is_list { "[]" } else { "" };
                for value in &setting.values {
                    let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                    text.push_str(&format!("{}{brackets} = \"{value}\"\n", setting.key));
                }
            }
        }
        text
    }

    /// The text of a setting, written `section.key`: as it stands in the file, or its default.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
        if let Some(known) = key::find(section, name).filter(|known| !known.is_pattern()) {
            return self.by_key(known);
        }
        let wanted = key.replace('.', "_");
        let mut settings = self.settings.iter();
        settings
            .find(|(name, _)| name.replace('.', "_") == wanted)
            .map(|(_, setting)| setting.joined.as_str())
    }

    /// The settings of one section, as they were written.
    #[must_use]
    pub fn section(&self, section: &str) -> BTreeMap<String, String> {
        section_of(&self.settings, section)
    }

    fn by_key(&self, key: &key::Key) -> Option<&str> {
        let aliases = key.aliases.iter().map(|alias| alias.replace('.', "_"));
        let written = std::iter::once(key.flat())
            .chain(aliases)
            .find_map(|name| self.settings.get(&name))
            .map(|setting| setting.joined.as_str());
        if let Some(text) = written.filter(|text| !text.is_empty()) {
            return Some(text);
        }
        let derived = match (key.section, key.name) {
            ("meta", "title") => Some(self.meta.title.as_str()),
            ("meta", "application_protocol") => Some(self.meta.application_protocol.as_str()),
            _ => key.default,
        };
        derived.filter(|text| !text.is_empty()).or(written)
    }
}

/// Fills in what `[meta]` derives from other settings.
fn complete(mut meta: Meta, name: String) -> Meta {
    if meta.title.is_empty() {
        meta.title = name;
    }
    if meta.application_protocol.is_empty() {
        meta.application_protocol = meta.bundle_identifier.replace(['.', '_'], "-");
    }
    meta
}

fn section_of(settings: &BTreeMap<String, Setting>, section: &str) -> BTreeMap<String, String> {
    settings
        .values()
        .filter(|setting| setting.section == section)
        .map(|setting| (setting.key.clone(), setting.joined.clone()))
        .collect()
}

const BUILD_NAME: key::Key = key::Key::new("build", "name", super::Kind::Name);
