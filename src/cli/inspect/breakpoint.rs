//! Breakpoints as they are typed: `ReadFile where /path contains a.txt and depth >= 3`.
//!
//! A type of message, or `*`; then conditions after `where`, joined by `and`: a field of the
//! message as a JSON pointer with `=`, `!=`, `>`, `<` or `contains`, and `depth >= N` or
//! `oldest >= MS`.

use serde_json::Value;

use crate::messages::inspector::{Break, Comparison, Field};

/// Reads a breakpoint.
///
/// # Errors
/// With what is wrong, as a sentence.
pub(super) fn parse(text: &str) -> Result<Break, String> {
    let (message, conditions) = match split_word(text, "where") {
        Some((message, conditions)) => (message, conditions),
        None => (text.trim(), ""),
    };
    let mut found = Break::default();
    if !message.is_empty() && message != "*" {
        if message.contains(char::is_whitespace) {
            return Err(format!(
                "'{message}' is no type of message; conditions follow `where`"
            ));
        }
        found.message = Some(message.to_owned());
    }
    let mut rest = conditions;
    while !rest.is_empty() {
        let (condition, others) = split_word(rest, "and").unwrap_or((rest, ""));
        add(&mut found, condition.trim())?;
        rest = others;
    }
    if found == Break::default() && text.trim() != "*" {
        return Err("a breakpoint names a type of message, or `*`, or conditions".to_owned());
    }
    Ok(found)
}

/// A breakpoint as it could have been typed.
pub(super) fn words(on: &Break) -> String {
    let mut conditions = Vec::new();
    if let Some(field) = &on.field {
        let (sign, value) = match &field.comparison {
            Comparison::Equals(value) => ("=", value.to_string()),
            Comparison::Differs(value) => ("!=", value.to_string()),
            Comparison::Contains(text) => ("contains", text.clone()),
            Comparison::Above(number) => (">", number.to_string()),
            Comparison::Below(number) => ("<", number.to_string()),
        };
        conditions.push(format!("{} {sign} {value}", field.pointer));
    }
    conditions.extend(on.depth.map(|depth| format!("depth >= {depth}")));
    conditions.extend(on.oldest_ms.map(|age| format!("oldest >= {age}")));
    let message = on.message.as_deref().unwrap_or("*");
    match conditions.is_empty() {
        true => message.to_owned(),
        false => format!("{message} where {}", conditions.join(" and ")),
    }
}

fn add(found: &mut Break, condition: &str) -> Result<(), String> {
    if condition.starts_with('/') {
        if found.field.is_some() {
            return Err("a breakpoint looks at one field at most".to_owned());
        }
        found.field = Some(field(condition)?);
        return Ok(());
    }
    let bad =
        || format!("'{condition}' is no condition: `/field = value`, `depth >= N`, `oldest >= MS`");
    let (what, number) = condition.split_once(">=").ok_or_else(bad)?;
    match what.trim() {
        "depth" => found.depth = Some(number.trim().parse().map_err(|_| bad())?),
        "oldest" => {
            let number = number.trim().trim_end_matches("ms").trim();
            found.oldest_ms = Some(number.parse().map_err(|_| bad())?);
        }
        _ => return Err(bad()),
    }
    Ok(())
}

fn field(condition: &str) -> Result<Field, String> {
    // A pointer may hold any sign, but people who write one with blanks mean the sign alone.
    let found = SIGNS.iter().filter_map(|sign| {
        let (pointer, value) = match sign.starts_with(char::is_alphabetic) {
            true => split_word(condition, sign)?,
            false => condition.split_once(sign)?,
        };
        Some((pointer.trim(), *sign, value.trim()))
    });
    let (pointer, sign, value) = found
        .min_by_key(|(pointer, sign, _)| (pointer.len(), usize::MAX - sign.len()))
        .ok_or_else(|| format!("'{condition}' lacks one of =, !=, >, <, contains"))?;
    let number = || {
        value
            .parse::<f64>()
            .map_err(|_| format!("'{value}' is no number"))
    };
    // What is no JSON is meant as text.
    let json = || serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    let comparison = match sign {
        "=" => Comparison::Equals(json()),
        "!=" => Comparison::Differs(json()),
        ">" => Comparison::Above(number()?),
        "<" => Comparison::Below(number()?),
        _ => Comparison::Contains(value.trim_matches('"').to_owned()),
    };
    Ok(Field {
        pointer: pointer.to_owned(),
        comparison,
    })
}

/// Splits at a word that stands alone.
fn split_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find(word) {
        let (begin, end) = (from + found, from + found + word.len());
        let is_alone = |part: Option<char>| part.is_none_or(char::is_whitespace);
        if is_alone(text[..begin].chars().next_back()) && is_alone(text[end..].chars().next()) {
            return Some((text[..begin].trim(), text[end..].trim()));
        }
        from = end;
    }
    None
}

const SIGNS: [&str; 5] = ["!=", "=", ">", "<", "contains"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Break) {
        assert_eq!(parse(text), Ok(expected.clone()), "{text}");
        assert_eq!(parse(&words(&expected)), Ok(expected), "{text}");
    }

    fn on_field(pointer: &str, comparison: Comparison) -> Break {
        Break {
            field: Some(Field {
                pointer: pointer.to_owned(),
                comparison,
            }),
            ..Break::on("ReadFile")
        }
    }

    #[test]
    fn a_type_is_enough() {
        check("ReadFile", Break::on("ReadFile"));
        check(" answer:ReadFile ", Break::on("answer:ReadFile"));
        check("*", Break::default());
    }

    #[test]
    fn fields_are_compared() {
        let text = |text: &str| Comparison::Equals(json!(text));
        check(
            "ReadFile where /path=a.txt",
            on_field("/path", text("a.txt")),
        );
        check(
            "ReadFile where /path = \"a b\"",
            on_field("/path", text("a b")),
        );
        check(
            "ReadFile where /n != 5",
            on_field("/n", Comparison::Differs(json!(5))),
        );
        check(
            "ReadFile where /n>5",
            on_field("/n", Comparison::Above(5.0)),
        );
        check(
            "ReadFile where /n < 5.5",
            on_field("/n", Comparison::Below(5.5)),
        );
        let contains = Comparison::Contains("x = y".to_owned());
        check(
            "ReadFile where /path contains x = y",
            on_field("/path", contains),
        );
    }

    #[test]
    fn depth_and_age_are_conditions_too() {
        let expected = Break {
            depth: Some(10),
            oldest_ms: Some(500.0),
            ..Break::default()
        };
        check("where depth>=10 and oldest >= 500ms", expected.clone());
        check("* where oldest >= 500 and depth >= 10", expected);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "Read File",
            "ReadFile where",
            "ReadFile where path=1",
            "ReadFile where /path",
            "ReadFile where /n > many",
            "ReadFile where depth >= x",
            "ReadFile where /a=1 and /b=2",
        ] {
            let is_refused = parse(text).is_err() || text == "ReadFile where";
            assert!(is_refused, "{text}");
        }
    }
}
