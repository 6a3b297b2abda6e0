//! Reads colours as they are written in style sheets.

/// Red, green, blue and alpha of `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb(…)` or `rgba(…)`.
pub(super) fn parse(text: &str) -> Option<[u8; 4]> {
    match text.strip_prefix('#') {
        Some(digits) => parse_digits(digits),
        None => parse_function(text),
    }
}

fn parse_digits(digits: &str) -> Option<[u8; 4]> {
    let nibbles: Option<Vec<u8>> = digits
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let nibbles = nibbles?;
    match *nibbles.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17, 255]),
        [r, g, b, a] => Some([r * 17, g * 17, b * 17, a * 17]),
        [r, s, g, h, b, c] => Some([r * 16 + s, g * 16 + h, b * 16 + c, 255]),
        [r, s, g, h, b, c, a, d] => Some([r * 16 + s, g * 16 + h, b * 16 + c, a * 16 + d]),
        _ => None,
    }
}

fn parse_function(text: &str) -> Option<[u8; 4]> {
    let (name, arguments) = text.strip_suffix(')')?.split_once('(')?;
    if !matches!(name.trim().to_ascii_lowercase().as_str(), "rgb" | "rgba") {
        return None;
    }
    let arguments: Vec<&str> = arguments
        .split([',', '/', ' ', '\t'])
        .map(str::trim)
        .filter(|argument| !argument.is_empty())
        .collect();
    match *arguments.as_slice() {
        [r, g, b] => Some([
            channel(r, 255.0)?,
            channel(g, 255.0)?,
            channel(b, 255.0)?,
            255,
        ]),
        [r, g, b, a] => Some([
            channel(r, 255.0)?,
            channel(g, 255.0)?,
            channel(b, 255.0)?,
            channel(a, 1.0)?,
        ]),
        _ => None,
    }
}

/// A channel from 0 to `full`, or percent of it, on the scale from 0 to 255.
fn channel(text: &str, full: f64) -> Option<u8> {
    let (number, full) = match text.strip_suffix('%') {
        Some(percent) => (percent, 100.0),
        None => (text, full),
    };
    let share = number.parse::<f64>().ok()? / full;
    // In bounds, so the cast cannot cut anything but the fraction that `round` left empty.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0.0..=1.0)
        .contains(&share)
        .then(|| (share * 255.0).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_colour_is_read() {
        assert_eq!(parse("#fff"), Some([255, 255, 255, 255]));
        assert_eq!(parse("#0f08"), Some([0, 255, 0, 136]));
        assert_eq!(parse("#2E2e2E"), Some([46, 46, 46, 255]));
        assert_eq!(parse("#01020304"), Some([1, 2, 3, 4]));
        assert_eq!(parse("rgb(1, 2, 3)"), Some([1, 2, 3, 255]));
        assert_eq!(parse("rgba(46,46,46,1)"), Some([46, 46, 46, 255]));
        assert_eq!(parse("RGB(100% 0% 0% / 50%)"), Some([255, 0, 0, 128]));
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in [
            "",
            "#",
            "#ff",
            "#ggg",
            "#12345",
            "red",
            "rgb(1,2)",
            "rgb(256,0,0)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in [
            "rgba(0,0,0,2)",
            "rgb(-1,0,0)",
            "rgb(NaN,0,0)",
            "rgb(0,0,0",
            "hsl(1,2,3)",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
