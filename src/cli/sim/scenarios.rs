//! The scenarios that are built in, and those in files.

use std::{fs, io::Read as _, path::Path};

use include_dir::{Dir, include_dir};

use super::scenario_file::Source;
use crate::{
    actors::simulation::Scenario,
    cli::{CliError, error::Explain as _},
    config::{Diagnostic, LoadError, nearest_name},
};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/scenarios");

/// A scenario as it was written.
pub(super) struct Written {
    /// What it is called.
    pub(super) name: String,
    /// Where it comes from, if from a file or a built-in one.
    pub(super) file: String,
    /// Its text; empty if it is the default.
    pub(super) text: String,
    /// What the text says.
    pub(super) scenario: Scenario,
}

impl Written {
    /// Reads the scenario of this name or file; without one, all values are the defaults.
    pub(super) fn find(wanted: Option<&str>) -> Result<Self, CliError> {
        let Some(wanted) = wanted else {
            return Self::parse("default", "the defaults", "");
        };
        if let Some(text) = text_of(wanted) {
            return Self::parse(wanted, &format!("{wanted}.toml"), text);
        }
        let path = Path::new(wanted);
        let is_file = wanted.ends_with(".toml") || wanted.contains('/') || path.exists();
        if !is_file {
            return Err(unknown(wanted));
        }
        let text = read(path, wanted)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut written = Self::parse(&name, wanted, &text)?;
        written.place_trace(path);
        Ok(written)
    }

    fn parse(name: &str, file: &str, text: &str) -> Result<Self, CliError> {
        let source = Source { file, text };
        let mut scenario: Scenario = source.read().map_err(wrong)?;
        if !source.has("settle_s") {
            // Whoever wants a short run need not know of it.
            scenario.settle_s = scenario.settle_s.min(scenario.duration_s / 2.0);
        }
        Ok(Self {
            name: name.to_owned(),
            file: file.to_owned(),
            text: text.to_owned(),
            scenario,
        })
    }

    /// A trace lies beside the scenario that names it.
    fn place_trace(&mut self, scenario: &Path) {
        if let (Some(file), Some(folder)) = (&mut self.scenario.churn.trace_file, scenario.parent())
        {
            *file = folder.join(&*file).display().to_string();
        }
    }

    /// The text with its name, to find places in.
    pub(super) fn source(&self) -> Source<'_> {
        Source {
            file: &self.file,
            text: &self.text,
        }
    }
}

/// What is wrong in a file.
pub(super) fn wrong(found: Diagnostic) -> CliError {
    CliError::config(&LoadError {
        diagnostics: vec![found],
    })
}

/// Reads a file that somebody wrote by hand.
fn read(path: &Path, wanted: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path);
    let read = file.and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    let read = read.explain(|| format!("read '{wanted}'"))?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(CliError::usage(format!(
            "'{wanted}' is no scenario: it has more than {FILE_BYTES_MAX} bytes"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let text = String::from_utf8_lossy(&bytes[..end]);
        let source = Source {
            file: wanted,
            text: &text,
        };
        let message = "a scenario is text in UTF-8, which this is not".to_owned();
        wrong(source.error_at(Some(end..end), message, None))
    })
}

/// The names of those that are built in, in order.
pub(super) fn names() -> Vec<&'static str> {
    let files = BUILT_IN.files().filter_map(|file| file.path().to_str());
    let mut names: Vec<_> = files
        .filter_map(|path| path.strip_suffix(".toml"))
        .collect();
    names.sort_unstable();
    names
}

fn text_of(name: &str) -> Option<&'static str> {
    BUILT_IN.get_file(format!("{name}.toml"))?.contents_utf8()
}

fn unknown(name: &str) -> CliError {
    let error = CliError::usage(format!("no scenario is called '{name}'"));
    match nearest_name(name, names().into_iter()) {
        Some(name) => error.hint(format!("did you mean '{name}'?")),
        None => {
            error.hint("`runtime sim list` shows those that are built in; a file ends in .toml")
        }
    }
}

/// A scenario is written by hand.
const FILE_BYTES_MAX: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_ships_is_valid_and_says_what_it_shows() {
        for name in names() {
            let written = Written::find(Some(name)).unwrap_or_else(|error| panic!("{error}"));
            let scenario = &written.scenario;
            scenario
                .validate()
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(!scenario.about.is_empty(), "{name}");
            assert!(!scenario.expect.is_empty(), "{name} expects nothing");
        }
    }

    #[test]
    fn what_is_echoed_reads_as_the_same_scenario() {
        for name in names() {
            let scenario = Written::find(Some(name)).unwrap().scenario;
            let text = toml::to_string(&scenario).unwrap();
            let echoed = Written::parse(name, "scenario.toml", &text).unwrap();
            assert_eq!(echoed.scenario, scenario, "{name}");
        }
    }

    #[test]
    fn a_short_run_needs_no_word_about_how_long_messages_have_to_arrive() {
        let parse = |text: &str| Written::parse("a", "a.toml", text).unwrap().scenario;
        assert_eq!(parse("duration_s = 5").settle_s, 2.5);
        assert_eq!(parse("duration_s = 5").validate(), Ok(()));
        let written = parse("duration_s = 5\nsettle_s = 6")
            .validate()
            .unwrap_err();
        assert_eq!(written.key, "settle_s");
        let negative = parse("duration_s = -5").validate().unwrap_err();
        assert_eq!(negative.key, "duration_s");
    }

    #[test]
    fn a_name_that_is_nearly_right_is_answered_with_the_right_one() {
        let error = Written::find(Some("claims-182")).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "no scenario is called 'claims-182'");
        assert_eq!(error.hints(), ["did you mean 'claims-128'?"]);
    }
}
