//! The arguments of one call, taken out one by one with typed errors.

use std::{ops::RangeInclusive, time::Duration};

use serde_json::{Map, Value};

use super::{DEADLINE_MAX, errors};
use crate::messages::router::{CallError, Caller, RouteCall};

/// A call's arguments. Every getter names the command and the argument in its error.
#[derive(Debug)]
pub struct Args {
    command: String,
    params: Map<String, Value>,
    /// The binary argument; empty if there is none.
    pub body: Vec<u8>,
    /// Who calls.
    pub caller: Caller,
}

impl Args {
    /// Takes a call apart.
    ///
    /// # Errors
    /// If the parameters are not an object.
    pub fn new(call: RouteCall) -> Result<Self, CallError> {
        let RouteCall {
            caller,
            command,
            params,
            body,
        } = call;
        let params = match params {
            Value::Object(params) => params,
            Value::Null => Map::new(),
            other => {
                let got = describe(&other);
                return Err(errors::argument_type(&command, "params", "an object", &got));
            }
        };
        Ok(Self {
            command,
            params,
            body,
            caller,
        })
    }

    /// A string that must be there.
    ///
    /// # Errors
    /// `ERR_INVALID_ARG_TYPE` if it is missing or no string; so for all getters.
    pub fn string(&self, name: &str) -> Result<String, CallError> {
        match self.value(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            other => Err(self.wrong_type(name, "a string", other)),
        }
    }

    /// A string that may be left out.
    ///
    /// # Errors
    /// If it is there and no string.
    pub fn optional_string(&self, name: &str) -> Result<Option<String>, CallError> {
        self.value(name).map(|_| self.string(name)).transpose()
    }

    /// A file path: not empty, and without NUL.
    ///
    /// # Errors
    /// If it is missing or not a path.
    pub fn path(&self, name: &str) -> Result<String, CallError> {
        let path = self.string(name)?;
        if path.contains('\0') {
            return Err(self.invalid(name, "must not contain a NUL byte"));
        }
        Ok(path)
    }

    /// An integer within a range that must be there. Numbers in strings count, as in the
    /// messages of older apps.
    ///
    /// # Errors
    /// If it is missing, no integer or out of range.
    pub fn integer(&self, name: &str, range: RangeInclusive<i64>) -> Result<i64, CallError> {
        let value = self.value(name);
        let number = value.and_then(|value| match value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        });
        match number {
            Some(number) if range.contains(&number) => Ok(number),
            Some(number) => {
                let why = format!(
                    "must be between {} and {}; got {number}",
                    range.start(),
                    range.end()
                );
                Err(self.invalid(name, &why))
            }
            None => Err(self.wrong_type(name, "an integer", value)),
        }
    }

    /// An integer that may be left out.
    ///
    /// # Errors
    /// If it is there, and no integer or out of range.
    pub fn optional_integer(
        &self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, CallError> {
        self.value(name)
            .map(|_| self.integer(name, range))
            .transpose()
    }

    /// A finite number that may be left out.
    ///
    /// # Errors
    /// If it is there and no number.
    pub fn optional_number(&self, name: &str) -> Result<Option<f64>, CallError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong_type(name, "a number", Some(value))),
        }
    }

    /// A boolean, `false` if it is left out.
    ///
    /// # Errors
    /// If it is there and no boolean.
    pub fn flag(&self, name: &str) -> Result<bool, CallError> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            other => Err(self.wrong_type(name, "a boolean", other)),
        }
    }

    /// Any JSON value; `null` counts as absent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.params.get(name).filter(|value| !value.is_null())
    }

    /// All parameters.
    #[must_use]
    pub fn params(&self) -> &Map<String, Value> {
        &self.params
    }

    /// How long to wait: the page's `timeout` in milliseconds, or `default`.
    ///
    /// # Errors
    /// If `timeout` is no integer between 1 and [`DEADLINE_MAX`].
    pub fn deadline(&self, default: Duration) -> Result<Duration, CallError> {
        let max = i64::try_from(DEADLINE_MAX.as_millis()).unwrap_or(i64::MAX);
        let timeout = self.optional_integer("timeout", 1..=max)?;
        Ok(timeout.map_or(default, |millis| {
            Duration::from_millis(millis.unsigned_abs())
        }))
    }

    /// An error that says what is wrong with an argument's value.
    #[must_use]
    pub fn invalid(&self, name: &str, why: &str) -> CallError {
        errors::argument_value(&self.command, name, why)
    }

    /// The error for a command that is known but cannot be done here yet.
    #[must_use]
    pub fn not_supported(&self) -> CallError {
        errors::not_supported(&self.command)
    }

    fn wrong_type(&self, name: &str, wanted: &str, got: Option<&Value>) -> CallError {
        let got = got.map_or("nothing".to_owned(), describe);
        errors::argument_type(&self.command, name, wanted, &got)
    }
}

fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 a float is no longer an exact integer.
    let is_whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and in range"
    )]
    is_whole.then_some(number as i64)
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("the boolean {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.chars().count() > 40 => {
            format!("a string of {} characters", text.chars().count())
        }
        Value::String(text) => format!("the string '{text}'"),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
