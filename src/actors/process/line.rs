//! The lines that the runtime and a back end exchange: `ipc://command?key=value&…`.
//!
//! Keys and values are percent-encoded UTF-8; `+` stands for a space, as in forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// One message line, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) command: String,
    pub(super) params: Vec<(String, String)>,
}

impl Line {
    pub(super) fn new(command: &str) -> Self {
        Self {
            command: command.to_owned(),
            params: Vec::new(),
        }
    }

    /// The same with one more parameter.
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        self.params.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Reads a line; `None` if it is not a message but plain output.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (scheme, rest) = line.trim().split_at_checked(SCHEME.len())?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        let (command, query) = rest.split_once('?').unwrap_or((rest, ""));
        let command = command.trim_end_matches('/');
        if command.is_empty() {
            return None;
        }
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let params = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let params = params
            .map(|(key, value)| (decode(key), decode(value)))
            .collect();
        Some(Self {
            command: decode(command),
            params,
        })
    }

    pub(super) fn format(&self) -> String {
        let pairs: Vec<_> = self
            .params
            .iter()
            .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect();
        let separator = if pairs.is_empty() { "" } else { "?" };
        format!(
            "{SCHEME}{}{separator}{}",
            encode(&self.command),
            pairs.join("&")
        )
    }

    /// The last value of a parameter.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.params.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

const SCHEME: &str = "ipc://";
/// What `encodeURIComponent` of JavaScript encodes (ECMA-262, section 19.2.6.4).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let line = Line::parse("ipc://setTitle?value=hello%20w%C3%B6rld&index=0\r").unwrap();
        assert_eq!(line.command, "setTitle");
        assert_eq!(line.get("value"), Some("hello wörld"));
        assert_eq!(line.get("index"), Some("0"));
    }

    #[test]
    fn plain_output_is_no_message() {
        for text in ["", "hello", "ipc:/x", "ipc://", "ipc://?a=b", "http://x"] {
            assert_eq!(Line::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            command in "[a-zA-Z.]{1,20}", key in "\\PC{1,10}", value in "(?s).{0,100}",
        ) {
            let line = Line::new(&command).with(&key, &value);
            let written = line.format();
            prop_assert!(!written.contains('\n'));
            prop_assert_eq!(Line::parse(&written), Some(line));
        }

        #[test]
        fn no_input_is_too_strange_to_read(text in "(?s).{0,200}") {
            let _ = Line::parse(&text);
            let _ = Line::parse(&format!("ipc://{text}"));
        }
    }
}
