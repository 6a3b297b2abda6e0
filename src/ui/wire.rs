//! The bytes between page and host: how a call arrives and how its answer leaves.

use serde_json::{Value, json};

use super::percent;
use crate::{
    actors::kit::fresh_cause,
    messages::{
        cause::CauseId,
        router::{BODY_BYTES_MAX, CallError, CallReply},
    },
};

/// A call as a page sent it by script message.
#[derive(Debug, PartialEq, serde::Deserialize)]
pub(crate) struct ScriptCall {
    /// The caller's token.
    #[serde(default)]
    pub(crate) token: String,
    /// The command.
    #[serde(default)]
    pub(crate) command: String,
    /// Its arguments.
    #[serde(default)]
    pub(crate) params: Value,
    /// What it goes back to, if the page says so.
    #[serde(default)]
    pub(crate) cause: Value,
}

/// Reads a script message.
pub(crate) fn script_call(text: &str) -> Result<ScriptCall, CallError> {
    if text.len() > BODY_BYTES_MAX {
        return Err(too_large());
    }
    let call = serde_json::from_str::<Value>(text)
        .ok()
        .filter(Value::is_object)
        .and_then(|object| serde_json::from_value::<ScriptCall>(object).ok())
        .ok_or_else(|| {
            bad_call(
                "a call must be a JSON object with a token, a command and parameters".to_owned(),
            )
        })?;
    checked_params(call.params).map(|params| ScriptCall { params, ..call })
}

/// Reads the `params` of a URL's query, which may be absent.
pub(crate) fn query_params(query: &str) -> Result<Value, CallError> {
    let Some(text) = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("params="))
    else {
        return Ok(Value::Null);
    };
    let text =
        percent::decode(text).ok_or_else(|| bad_call("the parameters are not UTF-8".to_owned()))?;
    let params = serde_json::from_str(&text)
        .map_err(|error| bad_call(format!("the parameters must be JSON: {error}")))?;
    checked_params(params)
}

/// The cause that a page gave its call, or a fresh one if it gave none, or nonsense.
pub(crate) fn cause(text: Option<&str>) -> CauseId {
    text.filter(|text| text.len() <= CAUSE_BYTES_MAX)
        .and_then(|text| text.parse().ok())
        .filter(|cause: &CauseId| !cause.is_none())
        .unwrap_or_else(fresh_cause)
}

/// The JSON part of an answer.
pub(crate) fn reply_json(result: &Result<CallReply, CallError>) -> String {
    match result {
        Ok(reply) => json!({ "data": reply.data }).to_string(),
        Err(error) => json!({ "err": error }).to_string(),
    }
}

/// The error of a call whose arguments cannot be read.
pub(crate) fn bad_call(message: String) -> CallError {
    error("TypeError", "ERR_INVALID_ARG_VALUE", message)
}

/// The error of a call that carries too much.
pub(crate) fn too_large() -> CallError {
    let message = format!("a call carries at most {BODY_BYTES_MAX} bytes");
    error("RangeError", "ERR_BODY_TOO_LARGE", message)
}

/// The error of a call from a document that is not the app's, or no longer shown.
pub(crate) fn not_allowed() -> CallError {
    let message = "this document may not call the runtime".to_owned();
    error("NotAllowedError", "ERR_PERMISSION", message)
}

/// The error of a call whose actor vanished without an answer.
pub(crate) fn stopped() -> CallError {
    let message = "the subsystem stopped before it answered".to_owned();
    error("InternalError", "ERR_ACTOR_STOPPED", message)
}

/// The error of an answer that the channel cannot carry.
pub(crate) fn binary_reply() -> CallError {
    let message = "the answer is binary: make this call by request".to_owned();
    error("InternalError", "ERR_BINARY_REPLY", message)
}

fn checked_params(params: Value) -> Result<Value, CallError> {
    if params.is_object() || params.is_null() {
        Ok(params)
    } else {
        Err(bad_call(
            "the parameters of a call must be an object".to_owned(),
        ))
    }
}

fn error(name: &'static str, code: &str, message: String) -> CallError {
    CallError {
        name,
        code: code.to_owned(),
        message,
        ..CallError::default()
    }
}

/// The longest text that is looked at as a cause.
const CAUSE_BYTES_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_messages_are_refused_with_a_type_error() {
        for text in [
            "",
            "null",
            "[]",
            "1",
            "{\"params\":[]}",
            "{\"token\":1}",
            "{\"command\":null}",
        ] {
            let error = script_call(text).expect_err(text);
            assert_eq!(error.name, "TypeError", "{text}");
        }
        assert!(script_call("{}").is_ok_and(|call| call.token.is_empty()));
    }

    #[test]
    fn a_cause_that_is_none_is_replaced_by_a_fresh_one() {
        let given = "00000000000000010000000000000002";
        assert_eq!(cause(Some(given)).to_string(), given);
        let zeros = "0".repeat(32);
        let long = "1".repeat(1 << 20);
        for text in [
            "",
            "1",
            "zz",
            &zeros,
            &long,
            "0x000000000000010000000000000002",
        ] {
            let fresh = cause(Some(text));
            assert!(!fresh.is_none() && fresh.to_string() != text, "{text}");
        }
        assert_ne!(cause(None), cause(None));
    }

    #[test]
    fn parameters_are_read_from_the_query() {
        assert_eq!(query_params("").ok(), Some(Value::Null));
        assert_eq!(
            query_params("a=1&params=%7B%22b%22%3A2%7D").ok(),
            Some(json!({ "b": 2 }))
        );
        for query in ["params=", "params=%ff", "params=%5B%5D", "params={"] {
            assert!(query_params(query).is_err(), "{query}");
        }
    }

    #[test]
    fn answers_are_data_or_an_error() {
        let reply = CallReply {
            data: json!([1]),
            body: None,
        };
        assert_eq!(reply_json(&Ok(reply)), r#"{"data":[1]}"#);
        let text = reply_json(&Err(stopped()));
        assert!(text.starts_with(r#"{"err":{"name":"InternalError","code":"ERR_ACTOR_STOPPED""#));
    }
}
