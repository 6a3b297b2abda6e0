//! Where a subcommand writes: results to one sink, progress and problems to another.
//!
//! Invariant: colours reach a sink only if it is a terminal and `NO_COLOR` is unset.

use std::io::{self, IsTerminal, Write};

use clap::builder::styling::{AnsiColor, Style};

use super::{CliError, ErrorKind};

/// The two outputs of the command line.
pub struct Console<'a> {
    out: Sink<'a>,
    err: Sink<'a>,
}

/// One output, and whether it shows colours.
struct Sink<'a> {
    writer: &'a mut dyn Write,
    is_terminal: bool,
}

impl<'a> Console<'a> {
    /// Writes to the standard output and error that are handed in.
    pub fn standard(out: &'a mut io::Stdout, err: &'a mut io::Stderr) -> Self {
        let (out_is_terminal, err_is_terminal) = (out.is_terminal(), err.is_terminal());
        Self {
            out: Sink {
                writer: out,
                is_terminal: out_is_terminal,
            },
            err: Sink {
                writer: err,
                is_terminal: err_is_terminal,
            },
        }
    }

    /// Writes plain text to any two sinks.
    pub fn plain(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self {
            out: Sink {
                writer: out,
                is_terminal: false,
            },
            err: Sink {
                writer: err,
                is_terminal: false,
            },
        }
    }

    /// Results go here.
    pub fn out(&mut self) -> &mut dyn Write {
        self.out.writer
    }

    /// Whether results are read by a person at a terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.out.is_terminal
    }

    /// Prints a result of one line: a verb in green, then what it is about.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn say(&mut self, verb: &str, what: &str) -> io::Result<()> {
        self.out.labelled(
            AnsiColor::Green.on_default().bold(),
            &format!("{verb:>9}"),
            what,
        )
    }

    /// Prints a line of progress: a verb in green, then what it is done to.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn progress(&mut self, verb: &str, what: &str) -> io::Result<()> {
        self.err.labelled(
            AnsiColor::Green.on_default().bold(),
            &format!("{verb:>9}"),
            what,
        )
    }

    /// Whether progress is watched by a person at a terminal.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.err.is_terminal
    }

    /// Paints a line of progress over the last one; only where it [is watched](Self::is_watched).
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn repaint(&mut self, verb: &str, what: &str) -> io::Result<()> {
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        // A line that wraps could not be painted over.
        let room = columns.saturating_sub(11);
        let what: String = what.chars().take(room).collect();
        let style = self.err.shown(AnsiColor::Green.on_default().bold());
        write!(self.err.writer, "\r\x1b[2K{style}{verb:>9}{style:#} {what}")?;
        self.err.writer.flush()
    }

    /// Takes the line away that was painted last.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn unpaint(&mut self) -> io::Result<()> {
        write!(self.err.writer, "\r\x1b[2K")?;
        self.err.writer.flush()
    }

    /// Prints a warning.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn warn(&mut self, text: &str) -> io::Result<()> {
        self.err
            .labelled(AnsiColor::Yellow.on_default().bold(), "warning:", text)
    }

    /// Prints what a diagnostic says of itself, which brings its own label.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.err.writer, "{}", text.trim_end())
    }

    /// Prints an error and its hints.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn error(&mut self, error: &CliError) -> io::Result<()> {
        let text = error.to_string();
        if error.kind() == ErrorKind::Config {
            self.note(&text)?;
        } else {
            self.err.labelled(
                AnsiColor::Red.on_default().bold(),
                "error:",
                text.trim_end(),
            )?;
        }
        for hint in error.hints() {
            self.err
                .labelled(AnsiColor::Cyan.on_default().bold(), " hint:", hint)?;
        }
        Ok(())
    }

    /// Hands everything that is buffered to the system.
    ///
    /// # Errors
    /// Fails if the output cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.writer.flush()?;
        self.err.writer.flush()
    }
}

impl Sink<'_> {
    fn labelled(&mut self, style: Style, label: &str, text: &str) -> io::Result<()> {
        let style = self.shown(style);
        writeln!(self.writer, "{style}{label}{style:#} {text}")
    }

    /// The style, or none where there are no colours.
    fn shown(&self, style: Style) -> Style {
        if self.has_colours() {
            style
        } else {
            Style::new()
        }
    }

    fn has_colours(&self) -> bool {
        self.is_terminal && colours_are_welcome()
    }
}

/// Whether the user's environment allows colours on a terminal.
pub(crate) fn colours_are_welcome() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_output_has_no_escape_codes() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::plain(&mut out, &mut err);
        console.progress("Built", "hello").unwrap();
        console.error(&CliError::usage("no").hint("try")).unwrap();
        assert_eq!(
            String::from_utf8(err).unwrap(),
            "    Built hello\nerror: no\n hint: try\n"
        );
    }
}
