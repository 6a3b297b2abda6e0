//! What peers refuse, as JavaScript sees it.

use crate::messages::{network::NetworkError, relay::RelayError, router::CallError};

impl From<NetworkError> for CallError {
    fn from(error: NetworkError) -> Self {
        let (name, code) = match &error {
            NetworkError::NoPeer => ("NotFoundError", "ERR_RELAY_NO_PEER"),
            NetworkError::TooManyPeers { .. } | NetworkError::TooManyAttachments { .. } => {
                ("QuotaExceededError", "ERR_RELAY_BUSY")
            }
            NetworkError::Udp(_) => ("Error", "ERR_RELAY_BIND"),
            NetworkError::State { .. } => ("Error", "ERR_RELAY_STATE"),
            NetworkError::Relay(error) => relay_code(error),
            NetworkError::Unanswered { .. } => ("InternalError", "ERR_ACTOR_STOPPED"),
        };
        Self {
            name,
            code: code.to_owned(),
            message: error.to_string(),
            ..Self::default()
        }
    }
}

/// The class and code of what a peer refuses.
fn relay_code(error: &RelayError) -> (&'static str, &'static str) {
    match error {
        RelayError::TooLong { .. } | RelayError::Meta { .. } => {
            ("RangeError", "ERR_RELAY_TOO_LONG")
        }
        RelayError::NoCluster => ("Error", "ERR_RELAY_NO_CLUSTER"),
        RelayError::NotConnected { .. } => ("Error", "ERR_RELAY_NOT_CONNECTED"),
        RelayError::NotFound { .. } => ("NotFoundError", "ERR_RELAY_NOT_FOUND"),
        RelayError::NotJoined { .. } => ("Error", "ERR_RELAY_NOT_JOINED"),
        RelayError::Busy { .. } => ("QuotaExceededError", "ERR_RELAY_BUSY"),
        RelayError::NoRoom => ("QuotaExceededError", "ERR_RELAY_NO_ROOM"),
        RelayError::State { .. } => ("Error", "ERR_RELAY_STATE"),
        RelayError::InvalidPacket { .. } => ("Error", "ERR_RELAY_INVALID_PACKET"),
    }
}
