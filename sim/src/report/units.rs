//! Numbers as people read them.

/// A number with three significant digits and a thousands separator: `0.412`, `5.10`, `12,345`.
#[must_use]
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => "–".into(),
        0.0 => "0".into(),
        _ if size >= 999.5 => thousands(value),
        _ if size >= 99.95 => format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.9995 => format!("{value:.2}"),
        _ if size >= 0.000_95 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    }
}

/// A whole number in groups of three digits.
#[must_use]
pub(super) fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if value < 0.0 {
        format!("−{grouped}")
    } else {
        grouped
    }
}

/// A share as a percentage that never rounds up to 100 or down to 0.
#[must_use]
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share >= 1.0 {
        return "100 %".into();
    }
    if share <= 0.0 {
        return "0 %".into();
    }
    match percent {
        99.995.. => "> 99.99 %".into(),
        99.95.. | ..1.0 => format!("{percent:.2} %"),
        10.0..99.0 => format!("{percent:.1} %"),
        _ => format!("{percent:.2} %"),
    }
}

/// A time: microseconds up to days.
#[must_use]
pub(super) fn seconds(value: f64) -> String {
    let size = value.abs();
    match size {
        0.0 => "0 s".into(),
        _ if size < 0.000_999_5 => format!("{} µs", number(value * 1e6)),
        _ if size < 0.099_95 => format!("{} ms", number(value * 1e3)),
        _ if size < 120.0 => format!("{} s", number(value)),
        _ if size < 7_200.0 => format!("{} min", number(value / 60.0)),
        _ if size < 172_800.0 => format!("{} h", number(value / 3_600.0)),
        _ => format!("{} d", number(value / 86_400.0)),
    }
}

/// An amount of bytes, in powers of 1000.
#[must_use]
pub(super) fn bytes(value: f64) -> String {
    let steps = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut scaled = value;
    let mut step = 0;
    while scaled.abs() >= 999.5 && step + 1 < steps.len() {
        scaled /= 1_000.0;
        step += 1;
    }
    let text = if step == 0 {
        format!("{scaled:.0}")
    } else {
        number(scaled)
    };
    format!("{text} {}", steps[step])
}

/// What people call a class of NAT, if it has another name; shorter still where there is little room.
#[must_use]
pub(super) fn class_name(class: &str, is_narrow: bool) -> String {
    let names = [
        ("PUBLIC", "public", "public"),
        ("UNRESTRICTED", "open NAT", "open"),
        ("ADDR_RESTRICTED", "by address", "addr."),
        ("PORT_RESTRICTED", "by port", "port"),
        ("ENDPOINT_RESTRICTED", "hard NAT", "hard"),
        ("UDP_BLOCKED", "blocked", "none"),
    ];
    let found = names.iter().find(|(name, ..)| *name == class);
    let name = found.map(|(_, long, short)| if is_narrow { short } else { long });
    name.map_or_else(|| class.to_lowercase(), |name| (*name).to_owned())
}

/// A figure in its unit.
#[must_use]
pub(super) fn figure(value: f64, unit: &str) -> String {
    match unit {
        "s" => seconds(value),
        "B/s" => format!("{}/s", bytes(value)),
        _ => number(value),
    }
}

/// The same of what may not be there.
#[must_use]
pub(super) fn maybe(value: Option<f64>, write: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".into(), write)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_units_that_fit() {
        assert_eq!(
            ["0.412", "5.10", "83.7", "12,345"].map(String::from),
            [number(0.4123), number(5.1), number(83.66), number(12_345.4)]
        );
        assert_eq!(seconds(0.000_25), "250 µs");
        assert_eq!(seconds(0.05), "50.0 ms");
        assert_eq!(seconds(86_400.0), "24.0 h");
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(bytes(1_536_000.0), "1.54 MB");
        assert_eq!(thousands(-1_234_567.0), "−1,234,567");
    }

    #[test]
    fn only_everything_is_a_hundred_percent() {
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.999_99), "> 99.99 %");
        assert_eq!(percent(0.999_6), "99.96 %");
        assert_eq!(percent(0.62), "62.0 %");
        assert_eq!(percent(0.002), "0.20 %");
    }
}
