//! What is wrong with a configuration, and where.

use std::{fmt, sync::Arc};

/// One error or warning at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// File as it was named by the caller.
    pub file: String,
    /// Line from 1; 0 if the whole file is meant.
    pub line: u32,
    /// Column from 1, counted in characters.
    pub column: u32,
    /// Whether the configuration can be used all the same.
    pub severity: Severity,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// Whether a configuration can be used in spite of a [`Diagnostic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It can.
    Warning,
    /// It cannot.
    Error,
}

/// A configuration that cannot be used; holds everything found, warnings included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Errors and warnings in the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}: {}", self.severity, self.message)?;
        match &self.help {
            Some(help) => write!(f, "; help: {help}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// File as it was named by the caller.
    pub(super) file: Arc<str>,
    /// Line from 1; 0 for the whole file.
    pub(super) line: u32,
    /// Column from 1, counted in characters.
    pub(super) column: u32,
}

impl Place {
    /// The file as a whole.
    pub(super) fn whole(file: &str) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
        }
    }

    /// The first character of the file.
    pub(super) fn start(file: &str) -> Self {
        Self {
            file: file.into(),
            line: 1,
            column: 1,
        }
    }
}

/// Collects diagnostics, at most [`DIAGNOSTICS_MAX`].
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Diagnostic>,
    has_errors: bool,
}

impl Findings {
    /// Adds an error.
    pub(super) fn error(&mut self, at: &Place, message: String, help: Option<String>) {
        self.has_errors = true;
        self.push(Severity::Error, at, message, help);
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, at: &Place, message: String, help: Option<String>) {
        self.push(Severity::Warning, at, message, help);
    }

    /// Whether an error was found.
    pub(super) fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// Everything found: as warnings if there was no error, as a [`LoadError`] if there was.
    pub(super) fn finish(self) -> Result<Vec<Diagnostic>, LoadError> {
        if self.has_errors {
            return Err(LoadError {
                diagnostics: self.list,
            });
        }
        Ok(self.list)
    }

    fn push(&mut self, severity: Severity, at: &Place, message: String, help: Option<String>) {
        // The first error is always kept, or a refusal could come without its reason.
        let is_first_error = severity == Severity::Error
            && self
                .list
                .iter()
                .all(|known| known.severity != Severity::Error);
        if self.list.len() > DIAGNOSTICS_MAX && !is_first_error {
            return;
        }
        let is_last = self.list.len() == DIAGNOSTICS_MAX && !is_first_error;
        self.list.push(Diagnostic {
            file: at.file.to_string(),
            line: at.line,
            column: at.column,
            severity,
            message: if is_last {
                "and more from here on".to_owned()
            } else {
                message
            },
            help: if is_last { None } else { help },
        });
    }
}

/// How many errors and warnings are reported before the rest is summed up in one.
pub(super) const DIAGNOSTICS_MAX: usize = 200;
