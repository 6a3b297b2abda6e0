//! Explains keys, one at a time or all in one file.

use super::{
    check,
    key::{self, KEYS, Key},
    kind::Kind,
};

impl Key {
    /// A value to show, as it is written in the file.
    pub(super) fn shown(&self) -> String {
        let value = if self.example.is_empty() {
            self.default.unwrap_or_default()
        } else {
            self.example
        };
        let is_bare = matches!(
            self.kind,
            Kind::Flag | Kind::Integer { .. } | Kind::Millis | Kind::Length | Kind::Offset
        );
        if is_bare {
            value.to_owned()
        } else {
            format!("\"{value}\"")
        }
    }

    /// A line of the file that sets it.
    fn line(&self) -> String {
        match self.kind {
            _ if self.name == "*" => self.example.to_owned(),
            Kind::List(super::Split::Never) => format!("{}[] = {}", self.name, self.shown()),
            _ => format!("{} = {}", self.name, self.shown()),
        }
    }

    /// The documentation, line by line.
    fn doc_lines(&self) -> impl Iterator<Item = &'static str> {
        self.doc
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }
}

/// Explains a key, named `section.key`, `section_key` or `[section] key`, or a section whose
/// keys the app makes up: its type, default, meaning and an example.
#[must_use]
pub fn explain(name: &str) -> Option<String> {
    let key = look_up(name.trim())?;
    let title = if key.name == "*" {
        format!("[{}]", key.section)
    } else {
        check::title(key)
    };
    let mut text = format!("{title}\n");
    for line in key.doc_lines() {
        text.push_str(&format!("  {line}\n"));
    }
    let kind = if key.name == "*" {
        "keys of your own".to_owned()
    } else {
        key.kind.describe()
    };
    text.push_str(&format!("\n  type       {kind}\n"));
    let default = match key.default {
        _ if key.is_required => "none: it must be set",
        Some(default) => default,
        None => "none",
    };
    text.push_str(&format!("  default    {default}\n"));
    let platforms = match key.platforms {
        [] => "all".to_owned(),
        some => some.join(", "),
    };
    text.push_str(&format!("  platforms  {platforms}\n"));
    let since = match key.since {
        "" => "this runtime; Socket Runtime does not know it".to_owned(),
        version => format!("Socket Runtime {version}"),
    };
    text.push_str(&format!("  since      {since}\n"));
    if !key.aliases.is_empty() {
        text.push_str(&format!("  also       {}\n", key.aliases.join(", ")));
    }
    let section = key.section.replace(key::ANY_OS, "linux");
    text.push_str(&format!(
        "\n  example\n    [{section}]\n    {}\n",
        key.line()
    ));
    Some(text)
}

fn look_up(name: &str) -> Option<&'static Key> {
    let dotted = match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((section, "")) => section.trim().to_owned(),
        Some((section, key)) => format!("{}.{}", section.trim(), key.trim()),
        None => name.to_owned(),
    };
    let dotted = dotted.trim_end_matches("[]");
    let (section, key) = dotted.rsplit_once('.').unwrap_or(("", dotted));
    let free = || {
        KEYS.iter()
            .find(|key| key.name == "*" && key.section == dotted)
    };
    let known = key::find(section, key);
    known.filter(|key| key.name != "*").or_else(free).or(known)
}

/// The text of `config/socket.ini`: every key with its meaning, commented out unless an app
/// cannot do without it.
#[must_use]
pub fn documented_file() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            let shown = section.replace(key::ANY_OS, "linux");
            text.push_str(&format!("\n\n[{shown}]\n"));
        }
        text.push('\n');
        for line in key.doc_lines() {
            text.push_str(&format!("; {line}\n"));
        }
        text.push_str(&facts(key));
        let comment = if key.is_required { "" } else { ";" };
        text.push_str(&format!("{comment}{}\n", key.line()));
    }
    text
}

/// What the documented file says about a key besides its meaning: a line, if anything.
fn facts(key: &Key) -> String {
    let mut facts = Vec::new();
    if key.name != "*" && key.kind != Kind::Text {
        facts.push(format!("Expected: {}.", key.kind.describe()));
    }
    if key.is_required {
        facts.push("Required.".to_owned());
    } else if let Some(default) = key.default {
        facts.push(format!("Default: {default}."));
    }
    if !key.platforms.is_empty() {
        facts.push(format!("Only: {}.", key.platforms.join(", ")));
    }
    if facts.is_empty() {
        String::new()
    } else {
        format!("; {}\n", facts.join(" "))
    }
}

const HEAD: &str = "\
; Every setting of an app, with its meaning. An app's own socket.ini needs two of them,
; the ones that are not commented out here; take over others as you need them.
;
; key = value       a setting; quotes keep spaces, ; and # in the value
; key[] = value     one more item of a list
; [.more]           a section one level below the one above it
; ; or #            a comment, at the start of a line or after white space
;
; Settings of one machine or one person go into a file .sscrc beside this one, or in the
; home folder: [settings.window] there overrides [window] here.
";
