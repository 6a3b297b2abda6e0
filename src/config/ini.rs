//! Splits INI text into settings that know their place.
//!
//! A parser of our own, because no published one gives the place of keys and values
//! (`ini_core` comes nearest, but leaves quotes, comments, lists and columns to its user).
//!
//! The dialect: `key = value`; `key[] = value` for one more item of a list; `[section]`;
//! `[.more]`, which goes one level deeper from the section above it; `;` or `#` starts a
//! comment at the start of a line or after white space (`#fff` at the start of a value is
//! a colour); `"…"` keeps everything, with `\"` and `\\` as its only escapes, so that
//! Windows paths survive.

use std::sync::Arc;

use super::diagnostic::{Findings, Place};

/// Text of one file, split.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Every `key = value`, in order.
    pub(super) settings: Vec<Setting>,
    /// Every section header, in order.
    pub(super) headers: Vec<(String, Place)>,
}

/// One line `key = value`.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Full name of its section; empty before the first header.
    pub(super) section: String,
    /// Where that section starts.
    pub(super) section_at: Place,
    /// Key without `[]`.
    pub(super) key: String,
    /// Where the key starts.
    pub(super) key_at: Place,
    /// Whether the key ended in `[]`.
    pub(super) is_list: bool,
    /// Value without quotes, escapes and comment.
    pub(super) value: String,
    /// Where the value starts.
    pub(super) value_at: Place,
}

/// Splits `text`; what cannot be read is reported and left out.
pub(super) fn read(file: &str, text: &str, findings: &mut Findings) -> Document {
    let mut reader = Reader {
        document: Document::default(),
        section: String::new(),
        section_at: Place::start(file),
        findings,
    };
    if text.len() > FILE_BYTES_MAX {
        let message = format!("{} bytes; at most {FILE_BYTES_MAX} are read", text.len());
        reader.findings.error(&Place::whole(file), message, None);
        return reader.document;
    }
    let file: Arc<str> = file.into();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, text) in (1u32..).zip(text.split('\n')) {
        let line = Line {
            file: &file,
            number,
            text: text.strip_suffix('\r').unwrap_or(text),
        };
        if reader.document.settings.len() == ENTRIES_MAX {
            let message = format!("more than {ENTRIES_MAX} entries");
            reader.findings.error(&line.place(0), message, None);
            break;
        }
        reader.read_line(&line);
    }
    reader.document
}

struct Reader<'a> {
    document: Document,
    section: String,
    section_at: Place,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn read_line(&mut self, line: &Line<'_>) {
        let trimmed = line.text.trim();
        if trimmed.is_empty() || trimmed.starts_with([';', '#']) {
            return;
        }
        if let Some(offset) = line.text.find(|c: char| c.is_control() && c != '\t') {
            let message = "control character".to_owned();
            self.findings
                .error(&line.place(offset), message, Some("delete it".to_owned()));
        } else if trimmed.starts_with('[') {
            self.read_header(line, line.offset_of(trimmed));
        } else {
            self.read_setting(line);
        }
    }

    fn read_header(&mut self, line: &Line<'_>, start: usize) {
        let at = line.place(start);
        let Some(length) = line.text[start..].find(']') else {
            let message = "section without its closing ']'".to_owned();
            let name = line.text[start + 1..].trim();
            self.findings
                .error(&at, message, Some(format!("write [{name}]")));
            return;
        };
        let rest = &line.text[start + length + 1..];
        if !rest.trim().is_empty() && comment_start(rest) != rest.find(|c: char| !is_blank(c)) {
            let place = line.place(line.offset_of(rest.trim()));
            self.findings
                .error(&place, "text after a section's ']'".to_owned(), None);
        }
        let name = line.text[start + 1..start + length].trim();
        let (name, is_nested) = match name.strip_prefix('.') {
            Some(name) => (name, !self.section.is_empty()),
            None => (name, false),
        };
        if name.is_empty() || name.contains('[') || name.split('.').any(str::is_empty) {
            let help = "write names joined by dots, as in [webview.watch]".to_owned();
            self.findings
                .error(&at, format!("'{name}' is no section name"), Some(help));
            return;
        }
        let is_deep = self.section.len() + name.len() > SECTION_BYTES_MAX;
        if is_deep {
            let message = format!("section name of more than {SECTION_BYTES_MAX} bytes");
            self.findings.error(&at, message, None);
            return;
        }
        self.section = if is_nested {
            format!("{}.{name}", self.section)
        } else {
            name.to_owned()
        };
        self.section_at = at.clone();
        self.document.headers.push((self.section.clone(), at));
    }

    fn read_setting(&mut self, line: &Line<'_>) {
        let Some(equals) = line.text.find('=') else {
            let place = line.place(line.offset_of(line.text.trim()));
            let help = "write 'key = value', or start the line with ';' to make it a comment";
            self.findings
                .error(&place, "line without '='".to_owned(), Some(help.to_owned()));
            return;
        };
        let written = line.text[..equals].trim();
        let (key, is_list) = match written.strip_suffix("[]") {
            Some(key) => (key.trim_end(), true),
            None => (written, false),
        };
        if key.is_empty() {
            let help = Some("write 'key = value'".to_owned());
            self.findings
                .error(&line.place(equals), "'=' without a key".to_owned(), help);
            return;
        }
        let raw = line.text[equals + 1..].trim();
        let value_at = line.place(if raw.is_empty() {
            line.text.len()
        } else {
            line.offset_of(raw)
        });
        let Some(value) = self.read_value(line, raw, &value_at) else {
            return;
        };
        self.document.settings.push(Setting {
            section: self.section.clone(),
            section_at: self.section_at.clone(),
            key: key.to_owned(),
            key_at: line.place(line.offset_of(written)),
            is_list,
            value,
            value_at,
        });
    }

    fn read_value(&mut self, line: &Line<'_>, raw: &str, at: &Place) -> Option<String> {
        if !raw.starts_with('"') {
            let skipped = if is_color(raw) { 1 } else { 0 };
            let end = comment_start(&raw[skipped..]).map_or(raw.len(), |start| start + skipped);
            return Some(raw[..end].trim_end().to_owned());
        }
        let Some((value, end)) = unquote(raw) else {
            let help = "end the value with '\"'; inside quotes write \\\" for a quote and \\\\ for \
                        a backslash before one";
            self.findings.error(
                at,
                "quote that is never closed".to_owned(),
                Some(help.to_owned()),
            );
            return None;
        };
        let rest = raw[end..].trim_start();
        if !rest.is_empty() && !rest.starts_with([';', '#']) {
            let message = "text after the closing quote is ignored".to_owned();
            let help = "to keep quotes in the value, write \\\" inside \"…\"".to_owned();
            self.findings
                .warn(&line.place(line.offset_of(rest)), message, Some(help));
        }
        Some(value)
    }
}

struct Line<'a> {
    file: &'a Arc<str>,
    number: u32,
    text: &'a str,
}

impl Line<'_> {
    /// Where `part`, a slice of this line, starts in it.
    fn offset_of(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn place(&self, offset: usize) -> Place {
        let characters = self.text.get(..offset).unwrap_or(self.text).chars().count();
        let column = u32::try_from(characters + 1).unwrap_or(u32::MAX);
        Place {
            file: Arc::clone(self.file),
            line: self.number,
            column,
        }
    }
}

/// Where the first comment starts: at `;` or `#` at the start or after white space.
fn comment_start(text: &str) -> Option<usize> {
    let mut was_blank = true;
    for (offset, character) in text.char_indices() {
        if was_blank && matches!(character, ';' | '#') {
            return Some(offset);
        }
        was_blank = is_blank(character);
    }
    None
}

/// Whether a value starts with a colour such as `#fff`, and so not with a comment.
fn is_color(value: &str) -> bool {
    let word = value.split(is_blank).next().unwrap_or_default();
    word.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn is_blank(character: char) -> bool {
    character.is_whitespace()
}

/// The text between the quotes that `raw` starts with, and the offset behind them.
fn unquote(raw: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = raw.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        match character {
            '"' => return Some((value, offset + 1)),
            '\\' => match characters.next_if(|&(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            _ => value.push(character),
        }
    }
    None
}

/// Longest file that is read.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Most settings that one file may have.
pub const ENTRIES_MAX: usize = 10_000;
/// Longest section name; bounds what a long chain of `[.more]` can build up.
const SECTION_BYTES_MAX: usize = 1024;
