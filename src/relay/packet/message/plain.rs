//! Reads the plain kind of JSON that peers write: one object of short members without spaces,
//! escapes, fractions or lists, which is most of all that is ever parsed.
//!
//! Invariant: where it reads a message at all, it reads what any parser of JSON would; for
//! everything else it says so, and `parse` has the last word.

use super::{parse::Take, value::Scalar};

/// Hands each member whose key is among `keys` to `take`, and gives the first key whose value
/// was refused; nothing if the message is not plain, and then `take` may have had some of it.
pub(super) fn plain_members(
    message: &[u8],
    keys: &'static [&'static str],
    take: &mut Take<'_>,
) -> Option<Option<&'static str>> {
    if !is_plain(message) {
        return None;
    }
    let mut rest = core::str::from_utf8(message).ok()?.strip_prefix('{')?;
    let (mut invalid, mut next_key) = (None, 0);
    loop {
        let (key, after) = text(rest)?;
        let (scalar, after) = scalar(after.strip_prefix(':')?)?;
        if let Some(place) = place_of(key, keys, next_key) {
            next_key = place + 1;
            if !take(place, scalar) {
                invalid = invalid.or(Some(keys[place]));
            }
        }
        match after.as_bytes() {
            [b',', ..] => rest = &after[1..],
            [b'}'] => return Some(invalid),
            _ => return None,
        }
    }
}

/// Where a key is among those that are known: mostly behind the one before.
fn place_of(key: &str, keys: &[&str], next: usize) -> Option<usize> {
    let (before, behind) = keys.split_at(next);
    let is_key = |known: &&str| *known == key;
    let place = behind.iter().position(is_key).map(|place| next + place);
    place.or_else(|| before.iter().position(is_key))
}

/// A text at the beginning, and what comes after it.
fn text(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix('"')?;
    let length = length_to_quote(rest.as_bytes())?;
    Some((&rest[..length], &rest[length + 1..]))
}

/// A value at the beginning, and what comes after it.
fn scalar(rest: &str) -> Option<(Scalar<'_>, &str)> {
    match rest.as_bytes().first()? {
        b'"' => text(rest).map(|(text, after)| (Scalar::Text(text), after)),
        b'0'..=b'9' => number(rest),
        b't' => Some((Scalar::Bool(true), rest.strip_prefix("true")?)),
        b'f' => Some((Scalar::Bool(false), rest.strip_prefix("false")?)),
        b'n' => Some((Scalar::Null, rest.strip_prefix("null")?)),
        _ => None,
    }
}

/// A whole number of at most [`DIGITS_MAX`] digits.
fn number(rest: &str) -> Option<(Scalar<'_>, &str)> {
    let bytes = rest.as_bytes();
    let length = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let is_plain = length == 1 || (length <= DIGITS_MAX && bytes[0] != b'0');
    let is_whole = matches!(bytes.get(length), Some(b',' | b'}'));
    if !is_plain || !is_whole {
        return None;
    }
    let value = bytes[..length]
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
    Some((Scalar::Number(value), &rest[length..]))
}

/// Whether every byte stands for itself: none is a backslash or a control character.
fn is_plain(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let is_plain_word = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        // Within a byte a borrow goes up only from one that is marked itself.
        let control = word.wrapping_sub(EACH * 0x20) & !word;
        (control | zeros(word ^ (EACH * u64::from(b'\\')))) & HIGHS == 0
    };
    words.iter().all(is_plain_word) && rest.iter().all(|byte| *byte >= b' ' && *byte != b'\\')
}

/// How many bytes come before the first quotation mark.
fn length_to_quote(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let quotes = zeros(u64::from_le_bytes(*word) ^ (EACH * u64::from(b'"'))) & HIGHS;
        if quotes != 0 {
            return Some(number * 8 + quotes.trailing_zeros() as usize / 8);
        }
    }
    let length = rest.iter().position(|byte| *byte == b'"')?;
    Some(words.len() * 8 + length)
}

/// Marks in the high bit of each byte whether it is zero; exact up to the first that is.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word
}

/// One in every byte of a word.
const EACH: u64 = u64::MAX / 0xff;
/// The high bit of every byte of a word.
const HIGHS: u64 = EACH << 7;
/// Digits of a number that fits 64 bits for sure.
const DIGITS_MAX: usize = 19;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::parse::{MessageError, any_members},
        *,
    };

    const KEYS: &[&str] = &["a", "bc", "def"];

    /// What was taken, and the key whose value was refused.
    type Members = (Vec<String>, Option<&'static str>);

    fn read(message: &[u8]) -> Option<Members> {
        let mut seen = Vec::new();
        let invalid = plain_members(message, KEYS, &mut |place, scalar| {
            note(&mut seen, KEYS[place], scalar)
        })?;
        Some((seen, invalid))
    }

    fn read_by_serde(message: &[u8]) -> Option<Members> {
        let mut seen = Vec::new();
        let outcome = any_members(message, KEYS, &mut |place, scalar| {
            note(&mut seen, KEYS[place], scalar)
        });
        match outcome {
            Ok(()) => Some((seen, None)),
            Err(MessageError::Invalid { key }) => Some((seen, Some(key))),
            Err(_) => None,
        }
    }

    fn note(seen: &mut Vec<String>, key: &str, scalar: Scalar<'_>) -> bool {
        seen.push(match scalar {
            Scalar::Null => format!("{key} null"),
            Scalar::Bool(value) => format!("{key} {value}"),
            Scalar::Number(value) => format!("{key} {value}"),
            Scalar::Text(text) => format!("{key} {text:?}"),
            Scalar::Other => format!("{key} other"),
        });
        !matches!(scalar, Scalar::Bool(true))
    }

    #[test]
    fn members_are_read_in_any_order_and_unknown_ones_left_out() {
        let message = br#"{"def":"x y","zz":7,"a":12,"bc":true,"a":null,"bc":0}"#;
        let (seen, invalid) = read(message).unwrap();
        assert_eq!(seen, [r#"def "x y""#, "a 12", "bc true", "a null", "bc 0"]);
        assert_eq!(invalid, Some("bc"));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for message in [
            "{}",
            "{\"a\": 1}",
            "{\"a\":01}",
            "{\"a\":1.5}",
            "{\"a\":-1}",
            "{\"a\":1e3}",
            "{\"a\":\"\\n\"}",
            "{\"a\":\"\u{1f}\"}",
            "{\"a\":[]}",
            "{\"a\":1}x",
            "{\"a\":1",
            "{\"a\"",
            "{\"a\":12345678901234567890}",
            "{\"a\":truex}",
            "{\"a\":1,}",
            "",
            "[1]",
            "{\"a\":}",
        ] {
            assert_eq!(read(message.as_bytes()), None, "{message}");
        }
    }

    /// Members of every kind: known and unknown keys, plain values and such as only look so.
    fn members() -> impl Strategy<Value = String> {
        let key = "a|bc|def|[a-f]{0,2}|[ -~]|\\\\n|ü";
        let plain = "[0-9]{1,3}|[1-9][0-9]{17,19}|true|false|null|\"([ -~&&[^\"\\\\]]|ü){0,20}\"";
        let other = "[.x]|-[0-9]|0[0-9]|[0-9][.e][0-9]|\"[ -~]{0,4}\"|\\[1?\\]|\\{\\}|tru|nulll| 1";
        let value = prop_oneof![6 => plain, 1 => other];
        let member = (key, value).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        proptest::collection::vec(member, 0..5).prop_map(|members| members.join(","))
    }

    /// Where a byte is changed, and into what.
    type Change = Option<(prop::sample::Index, u8)>;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn what_it_reads_is_what_serde_reads(
            members in members(),
            change in any::<Change>(),
        ) {
            let mut message = format!("{{{members}}}").into_bytes();
            if let Some((place, byte)) = change {
                let place = place.index(message.len());
                message[place] = byte;
            }
            if let Some(read) = read(&message) {
                let text = String::from_utf8_lossy(&message).into_owned();
                prop_assert_eq!(Some(read), read_by_serde(&message), "{}", text);
            }
        }
    }
}
