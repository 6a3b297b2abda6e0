//! What configurations say of mistakes in them, for tests.

use std::fmt::Display;

use serde::de::DeserializeOwned;

/// Asserts how the complaint about this text begins; an empty one means that it is right.
#[track_caller]
pub(crate) fn check<C: DeserializeOwned, E: Display>(
    toml: &str,
    validate: impl Fn(&C) -> Result<(), E>,
    expected: &str,
) {
    let complaint = match toml::from_str::<C>(toml) {
        Ok(config) => validate(&config).err().map(|error| error.to_string()),
        Err(error) => Some(error.message().to_owned()),
    };
    let complaint = complaint.unwrap_or_default();
    assert!(complaint.starts_with(expected), "{complaint}");
}
