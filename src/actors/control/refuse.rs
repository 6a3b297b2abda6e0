//! Errors of the peer's actors as clients of the control socket see them.

use super::socket::unanswered;
use crate::{
    actors::kit::AskError,
    messages::{control::ControlError, relay::RelayError},
    relay::PacketId,
};

/// The outcome of an ask as the outcome of a request.
pub(super) fn outcome<T>(
    outcome: Result<Result<T, RelayError>, AskError>,
) -> Result<T, ControlError> {
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(relay(&error)),
        Err(error) => Err(unanswered(&error)),
    }
}

/// Nothing with that id is in the cache.
pub(super) fn not_found(id: PacketId) -> ControlError {
    relay(&RelayError::NotFound { id })
}

/// An error of the relay, under its own name.
pub(super) fn relay(error: &RelayError) -> ControlError {
    let shown = format!("{error:?}");
    let name = shown.split(|c: char| !c.is_ascii_alphanumeric()).next();
    ControlError {
        kind: name.unwrap_or_default().to_owned(),
        text: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_relay_goes_by_its_name() {
        assert_eq!(relay(&RelayError::NoCluster).kind, "NoCluster");
        let error = not_found(PacketId([0xab; 32]));
        assert_eq!(error.kind, "NotFound");
        assert!(error.text.contains("abab"), "{}", error.text);
    }
}
