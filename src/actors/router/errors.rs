//! The errors that the router itself gives, as JavaScript sees them.

use strsim::jaro_winkler;

use super::routes;
use crate::{
    actors::kit::AskError,
    messages::{
        host::WindowError, inspector::InspectError, process::BackendError, router::CallError,
        windows::ClientError,
    },
};

pub(super) fn unknown_command(command: &str) -> CallError {
    let length = command.chars().count();
    if length > COMMAND_CHARS_MAX {
        // Comparing and repeating it could take longer than the caller deserves.
        let message = format!("no command has a name of {length} characters");
        return error("NotFoundError", "ERR_UNKNOWN_COMMAND", message);
    }
    let nearest = routes::TABLE
        .iter()
        .flat_map(|group| group.iter())
        .map(|route| (jaro_winkler(command, route.command), route.command))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.85);
    let hint = nearest.map_or(String::new(), |(_, name)| {
        format!("; did you mean '{name}'?")
    });
    error(
        "NotFoundError",
        "ERR_UNKNOWN_COMMAND",
        format!("no command '{command}'{hint}"),
    )
}

pub(super) fn not_granted(command: &str, permission: &str) -> CallError {
    let message =
        format!("'{command}' is refused: socket.ini says [permissions] allow_{permission} = false");
    error("NotAllowedError", "ERR_PERMISSION", message)
}

pub(super) fn not_inspectable(command: &str) -> CallError {
    let message = format!(
        "'{command}' is refused: this build's actors cannot be looked into, \
         unless socket.ini says [debug] inspector = read"
    );
    error("NotAllowedError", "ERR_INSPECTOR_OFF", message)
}

/// What a page is told when the actor behind a command gave no answer.
pub(super) fn unanswered(command: &str, reason: &AskError) -> CallError {
    let (name, code) = match reason {
        AskError::Full => ("InternalError", "ERR_BUSY"),
        AskError::Stopped => ("InternalError", "ERR_ACTOR_STOPPED"),
        AskError::Deadline { .. } => ("TimeoutError", "ERR_TIMEOUT"),
        AskError::Panicked => ("InternalError", "ERR_ACTOR_PANICKED"),
        _ => ("InternalError", "ERR_ACTOR_RESTARTED"),
    };
    error(name, code, format!("'{command}' failed: {reason}"))
}

pub(super) fn not_supported(command: &str) -> CallError {
    let message = format!("'{command}' is not supported by this version of the runtime");
    error("NotSupportedError", "ERR_NOT_SUPPORTED", message)
}

pub(super) fn argument_type(command: &str, name: &str, wanted: &str, got: &str) -> CallError {
    let message = format!("'{command}': argument '{name}' must be {wanted}; got {got}");
    error("TypeError", "ERR_INVALID_ARG_TYPE", message)
}

pub(super) fn argument_value(command: &str, name: &str, why: &str) -> CallError {
    let message = format!("'{command}': argument '{name}' {why}");
    error("TypeError", "ERR_INVALID_ARG_VALUE", message)
}

fn error(name: &'static str, code: &str, message: String) -> CallError {
    CallError {
        name,
        code: code.to_owned(),
        message,
        ..CallError::default()
    }
}

impl From<InspectError> for CallError {
    fn from(failure: InspectError) -> Self {
        let (name, code) = match &failure {
            InspectError::NoActor { .. } => ("NotFoundError", "ERR_NO_ACTOR"),
            _ => ("Error", "ERR_INSPECTOR"),
        };
        error(name, code, failure.to_string())
    }
}

impl From<WindowError> for CallError {
    fn from(failure: WindowError) -> Self {
        let (name, code) = match &failure {
            WindowError::Unknown { .. } => ("NotFoundError", "ERR_NO_WINDOW"),
            WindowError::Exists { .. } => ("Error", "ERR_WINDOW_EXISTS"),
            WindowError::ForbiddenUrl { .. } => ("NotAllowedError", "ERR_FORBIDDEN_URL"),
            WindowError::Unsupported { .. } => ("NotSupportedError", "ERR_NOT_SUPPORTED"),
            WindowError::Failed { .. } => ("Error", "ERR_WINDOW"),
        };
        error(name, code, failure.to_string())
    }
}

impl From<ClientError> for CallError {
    fn from(failure: ClientError) -> Self {
        let (name, code) = match &failure {
            ClientError::NoWindow { .. } => ("NotFoundError", "ERR_NO_WINDOW"),
            ClientError::Unknown { .. } => ("NotFoundError", "ERR_NO_CLIENT"),
            ClientError::TooMany { .. } => ("Error", "ERR_TOO_MANY_CLIENTS"),
        };
        error(name, code, failure.to_string())
    }
}

impl From<BackendError> for CallError {
    fn from(failure: BackendError) -> Self {
        let code = match &failure {
            BackendError::NotConfigured { .. } => "ERR_NO_BACKEND",
            BackendError::BadCommand { .. } => "ERR_BAD_BACKEND_COMMAND",
            BackendError::NotStarted { .. } => "ERR_BACKEND_NOT_STARTED",
            BackendError::NotRunning => "ERR_BACKEND_NOT_RUNNING",
            BackendError::NotReading => "ERR_BUSY",
        };
        error("Error", code, failure.to_string())
    }
}

/// The longest unknown command that is looked at; none in the table is half as long.
const COMMAND_CHARS_MAX: usize = 100;
