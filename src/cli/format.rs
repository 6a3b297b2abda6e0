//! Writes quantities and paths the way people read them.

use std::{env, path::Path, time::Duration};

/// A size such as `12.3 kB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A whole number with its thousands set apart: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An age in at most seven characters: `12 ms`, `1.3 s`, `4 min`, `2 h 5 m`, `3 d`.
pub(crate) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    match seconds {
        0 => format!("{} ms", age.as_millis()),
        1..60 => format!("{:.1} s", (age.as_secs_f64() * 10.0).floor() / 10.0),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A path relative to the current folder if it lies below it.
pub(crate) fn path(path: &Path) -> String {
    let here = env::current_dir()
        .ok()
        .and_then(|here| here.canonicalize().ok());
    let shown = here
        .as_deref()
        .and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path);
    let shown = shown.strip_prefix(".").unwrap_or(shown);
    if shown.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        shown.display().to_string()
    }
}

/// An argument as it has to be typed into a shell.
pub(crate) fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:@%=,".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal() {
        let found = [0, 999, 1000, 12_345, 999_960, 5_000_000_000].map(bytes);
        assert_eq!(
            found,
            ["0 B", "999 B", "1.0 kB", "12.3 kB", "1.0 MB", "5.0 GB"]
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn ages_are_short() {
        let found = [5, 999, 1390, 59_999, 61_000, 3_900_000, 90_000_000]
            .map(|ms| age(Duration::from_millis(ms)));
        assert_eq!(
            found,
            [
                "5 ms", "999 ms", "1.3 s", "59.9 s", "1 min", "1 h 5 m", "1 d"
            ]
        );
    }

    #[test]
    fn arguments_are_quoted_where_a_shell_needs_it() {
        assert_eq!(
            ["a/b", "my app", "it's"].map(quoted),
            ["a/b", "'my app'", r"'it'\''s'"]
        );
    }
}
