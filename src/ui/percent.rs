//! Percent-encoding, as URLs and the `x-runtime-reply` header use it.

use std::fmt::Write as _;

/// Decodes `%XX`; `None` if the result is not UTF-8. A stray `%` stands for itself.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        let escaped = (byte == b'%')
            .then(|| tail.get(..2).and_then(hex_byte))
            .flatten();
        if escaped.is_some() {
            rest = &tail[2..];
        }
        bytes.push(escaped.unwrap_or(byte));
    }
    String::from_utf8(bytes).ok()
}

/// Encodes everything that `encodeURIComponent` would.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(digits[0])? * 16 + digit(digits[1])?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for text in ["", "a b", "ä/ö?%", "{\"a\":[1,2]}", "\0\n"] {
            assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        }
    }

    #[test]
    fn broken_escapes_stand_for_themselves_and_broken_text_is_refused() {
        assert_eq!(decode("100%").as_deref(), Some("100%"));
        assert_eq!(decode("%zz%4").as_deref(), Some("%zz%4"));
        assert_eq!(decode("%ff"), None);
    }
}
