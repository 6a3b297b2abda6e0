//! Whether a message fits a breakpoint.

use serde_json::Value;

use super::labels::short;
use crate::messages::inspector::{Break, Comparison, Field};

/// The message that is next, and the queue that it is in.
pub(super) struct Candidate<'a> {
    pub(super) label: &'static str,
    pub(super) depth: u64,
    pub(super) oldest_ms: f64,
    pub(super) reveal: &'a dyn Fn() -> Option<Value>,
}

/// Whether a message fits every part that a breakpoint gives.
pub(super) fn fits(wanted: &Break, candidate: &Candidate<'_>) -> bool {
    let has_type = wanted
        .message
        .as_ref()
        .is_none_or(|wanted| short(candidate.label) == *wanted);
    has_type
        && wanted.depth.is_none_or(|depth| candidate.depth >= depth)
        && wanted
            .oldest_ms
            .is_none_or(|age| candidate.oldest_ms >= age)
        && wanted.field.as_ref().is_none_or(|field| {
            let revealed = (candidate.reveal)();
            revealed.is_some_and(|revealed| field_fits(field, &revealed))
        })
}

fn field_fits(field: &Field, revealed: &Value) -> bool {
    let Some(found) = revealed.pointer(&field.pointer) else {
        return false;
    };
    let number = found.as_f64();
    match &field.comparison {
        Comparison::Equals(value) => found == value,
        Comparison::Differs(value) => found != value,
        Comparison::Contains(part) => found.as_str().is_some_and(|text| text.contains(part)),
        Comparison::Above(limit) => number.is_some_and(|number| number > *limit),
        Comparison::Below(limit) => number.is_some_and(|number| number < *limit),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(wanted: Value, is_fit: bool) {
        let parsed: Break = serde_json::from_value(wanted.clone()).unwrap();
        let candidate = Candidate {
            label: "files::ReadFile",
            depth: 3,
            oldest_ms: 20.0,
            reveal: &|| Some(json!({ "path": "/etc/hosts", "size": 7 })),
        };
        assert_eq!(fits(&parsed, &candidate), is_fit, "{wanted}");
    }

    #[test]
    fn every_part_that_is_given_must_fit() {
        check(json!({}), true);
        check(json!({"message": "ReadFile"}), true);
        check(
            json!({"message": "ReadFile", "depth": 3, "oldest_ms": 20.0}),
            true,
        );
        check(json!({"message": "ReadFile", "depth": 4}), false);
        check(json!({"message": "WriteFile"}), false);
        check(json!({"oldest_ms": 20.5}), false);
    }

    #[test]
    fn a_field_is_compared_as_it_says() {
        let field = |field: Value| json!({ "field": field });
        check(
            field(json!({"pointer": "/path", "contains": "hosts"})),
            true,
        );
        check(field(json!({"pointer": "/size", "above": 6})), true);
        check(field(json!({"pointer": "/size", "below": 6})), false);
        check(field(json!({"pointer": "/size", "equals": 7})), true);
        check(field(json!({"pointer": "/size", "differs": 7})), false);
        check(field(json!({"pointer": "/name", "differs": 7})), false);
    }
}
