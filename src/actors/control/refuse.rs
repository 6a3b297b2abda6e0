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
    let kind = match error {
        RelayError::TooLong { .. } => "TooLong",
        RelayError::NoCluster => "NoCluster",
        RelayError::NotConnected { .. } => "NotConnected",
        RelayError::NotFound { .. } => "NotFound",
        RelayError::NotJoined { .. } => "NotJoined",
        RelayError::Busy { .. } => "Busy",
        RelayError::State { .. } => "State",
        RelayError::InvalidPacket { .. } => "InvalidPacket",
    };
    ControlError {
        kind: kind.to_owned(),
        text: error.to_string(),
    }
}
