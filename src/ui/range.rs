//! Reads `Range` headers, with which media elements ask for a part of a file.

/// Which bytes of a file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// All of them: there was no range, or one that may be ignored.
    Whole,
    /// From the first offset up to, not including, the second.
    Part(u64, u64),
    /// None: the range lies beyond the end.
    Unsatisfiable,
}

/// Interprets a `Range` header for a file of this length
/// ([RFC 9110, section 14.2](https://www.rfc-editor.org/rfc/rfc9110#section-14.2)).
pub(crate) fn parse(header: Option<&str>, length: u64) -> Span {
    let Some(spec) = header.and_then(|value| value.trim().strip_prefix("bytes=")) else {
        return Span::Whole;
    };
    let Some((first, last)) = spec.split_once('-') else {
        return Span::Whole;
    };
    match (number(first), number(last)) {
        (Number::Absent, Number::Some(0)) => Span::Unsatisfiable,
        (Number::Absent, Number::Some(count)) if length > 0 => {
            Span::Part(length.saturating_sub(count), length)
        }
        (Number::Some(start), _) if start >= length => Span::Unsatisfiable,
        (Number::Some(start), Number::Absent) => Span::Part(start, length),
        (Number::Some(start), Number::Some(end)) if end >= start => {
            Span::Part(start, end.saturating_add(1).min(length))
        }
        (Number::Absent, Number::Some(_)) => Span::Unsatisfiable,
        _ => Span::Whole,
    }
}

enum Number {
    Absent,
    Some(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    match text.trim() {
        "" => Number::Absent,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_or(Number::Wrong, Number::Some)
        }
        _ => Number::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (header, length, expected) in [
            (None, 10, Span::Whole),
            (Some("bytes=0-1"), 10, Span::Part(0, 2)),
            (Some("bytes=4-"), 10, Span::Part(4, 10)),
            (Some("bytes=4-99"), 10, Span::Part(4, 10)),
            (Some("bytes=-3"), 10, Span::Part(7, 10)),
            (Some("bytes=-30"), 10, Span::Part(0, 10)),
            (Some("bytes=-0"), 10, Span::Unsatisfiable),
            (Some("bytes=10-"), 10, Span::Unsatisfiable),
            (Some("bytes=0-"), 0, Span::Unsatisfiable),
            (Some("bytes=-1"), 0, Span::Unsatisfiable),
            (Some("bytes=5-4"), 10, Span::Whole),
            (Some("bytes=0-1,3-4"), 10, Span::Whole),
            (Some("bytes=a-b"), 10, Span::Whole),
            (Some("bytes=+1-2"), 10, Span::Whole),
            (Some("items=0-1"), 10, Span::Whole),
            (Some("bytes=99999999999999999999-"), 10, Span::Whole),
        ] {
            assert_eq!(parse(header, length), expected, "{header:?} of {length}");
        }
    }
}
