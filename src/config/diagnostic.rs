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
    /// Errors and warnings, file by file and in the order of their places.
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

    fn diagnostic(&self, severity: Severity, message: String, help: Option<String>) -> Diagnostic {
        let (file, line, column) = (self.file.to_string(), self.line, self.column);
        Diagnostic {
            file,
            line,
            column,
            severity,
            message,
            help,
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

/// Collects diagnostics, at most [`DIAGNOSTICS_MAX`] of each severity.
#[derive(Debug, Default)]
pub(super) struct Findings {
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    dropped_errors_count: usize,
    dropped_warnings_count: usize,
}

impl Findings {
    /// Adds an error.
    pub(super) fn error(&mut self, at: &Place, message: String, help: Option<String>) {
        if self.errors.len() == DIAGNOSTICS_MAX {
            self.dropped_errors_count += 1;
            return;
        }
        self.errors
            .push(at.diagnostic(Severity::Error, message, help));
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, at: &Place, message: String, help: Option<String>) {
        if self.warnings.len() == DIAGNOSTICS_MAX {
            self.dropped_warnings_count += 1;
            return;
        }
        self.warnings
            .push(at.diagnostic(Severity::Warning, message, help));
    }

    /// Whether one more warning would be kept, so that a hint for it is worth its search.
    pub(super) fn has_room_for_warnings(&self) -> bool {
        self.warnings.len() < DIAGNOSTICS_MAX
    }

    /// Whether an error was found.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The warnings if there was no error, or else everything; ordered by place.
    pub(super) fn finish(self) -> Result<Vec<Diagnostic>, LoadError> {
        let has_errors = self.has_errors();
        let mut all = self.errors;
        all.extend(self.warnings);
        // Stable, so that files keep the order in which they were first named.
        let mut files: Vec<String> = Vec::new();
        for found in &all {
            if !files.contains(&found.file) {
                files.push(found.file.clone());
            }
        }
        all.sort_by_key(|found| {
            let file = files.iter().position(|file| *file == found.file);
            (file, found.line, found.column)
        });
        let dropped = [
            (Severity::Error, self.dropped_errors_count),
            (Severity::Warning, self.dropped_warnings_count),
        ];
        for (severity, count) in dropped.into_iter().filter(|&(_, count)| count > 0) {
            let file = files.first().map_or("", String::as_str);
            all.push(Place::whole(file).diagnostic(severity, format!("and {count} more"), None));
        }
        if has_errors {
            Err(LoadError { diagnostics: all })
        } else {
            Ok(all)
        }
    }
}

/// How many errors, and how many warnings, are reported one by one.
pub(super) const DIAGNOSTICS_MAX: usize = 100;
