//! What can go wrong on the command line: a kind that sets the exit code, a sentence, hints.

use std::{fmt, io};

use crate::config::LoadError;

/// Why a subcommand ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CliError {
    kind: ErrorKind,
    message: String,
    hints: Vec<String>,
}

/// Who has to act on an error; it sets the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The arguments are wrong.
    Usage,
    /// The configuration is wrong; the message is a list of diagnostics.
    Config,
    /// The work itself failed.
    Failure,
    /// A program that was started failed with this code.
    Program(u8),
    /// Nobody reads the output any more.
    Silent,
}

impl CliError {
    /// The arguments, or a value that they name, are wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The configuration is wrong.
    #[must_use]
    pub fn config(error: &LoadError) -> Self {
        Self::new(ErrorKind::Config, error.to_string())
    }

    /// The work itself failed.
    pub fn failure(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failure, message)
    }

    /// A program that was started ended with `code`.
    pub fn program(code: u8, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Program(code), message)
    }

    /// Something that Socket Runtime has and this version lacks.
    pub fn unsupported(what: impl fmt::Display) -> Self {
        Self::usage(format!("{what} is not supported yet"))
    }

    /// Adds a line that tells the user what to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Who has to act.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What the user could try.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit code of the process.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Usage | ErrorKind::Config => 2,
            ErrorKind::Failure => 1,
            ErrorKind::Program(code) => code,
            // What a shell reports of a program that died of SIGPIPE.
            ErrorKind::Silent => 141,
        }
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

/// Only writing to the console yields a bare I/O error; every other one is given a sentence
/// by `Explain`.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(ErrorKind::Silent, "the reader of the output has gone");
        }
        Self::failure(format!("cannot write the output: {error}"))
    }
}

/// Says what was tried when the system refused.
pub(crate) trait Explain<T> {
    /// Turns a system error into `cannot <what>: <reason>`.
    fn explain<W: fmt::Display>(self, what: impl FnOnce() -> W) -> Result<T, CliError>;
}

impl<T> Explain<T> for io::Result<T> {
    fn explain<W: fmt::Display>(self, what: impl FnOnce() -> W) -> Result<T, CliError> {
        self.map_err(|error| CliError::failure(format!("cannot {}: {}", what(), reason(&error))))
    }
}

/// What the system said, without Rust's `(os error N)`.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_sets_the_exit_code() {
        assert_eq!(CliError::usage("x").exit_code(), 2);
        assert_eq!(CliError::failure("x").exit_code(), 1);
        assert_eq!(CliError::program(7, "x").exit_code(), 7);
    }

    #[test]
    fn system_errors_read_as_sentences() {
        let error = std::fs::read("/nowhere/at/all").explain(|| "read '/nowhere/at/all'");
        let message = error.unwrap_err().to_string();
        assert_eq!(
            message,
            "cannot read '/nowhere/at/all': no such file or directory"
        );
    }
}
