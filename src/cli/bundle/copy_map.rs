//! Single files and folders that go to a chosen place of the resources:
//! `[build.copy-map]`, and the file that `[build] copy_map` names.
//!
//! The file is an INI file of `source = destination` lines. Lines below `[debug]`, `[prod]`
//! or the name of a platform count only for such builds.

use std::path::{Component, Path, PathBuf};

use crate::cli::{error::CliError, options::Platform};

/// Which builds a section applies to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conditions {
    /// Whether this is a build with developer tools.
    pub(crate) is_debug: bool,
    /// What is built for.
    pub(crate) platform: Platform,
}

/// One thing to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The file or folder, relative to the project or the map's folder.
    pub(crate) source: PathBuf,
    /// Where it goes, relative to the resources.
    pub(crate) destination: PathBuf,
}

impl Mapping {
    /// Checks one line of a map that lies in `base`.
    pub(crate) fn new(base: &Path, source: &str, destination: &str) -> Result<Self, CliError> {
        let trimmed = destination.trim_start_matches('/');
        let path = PathBuf::from(if trimmed.is_empty() { source } else { trimmed });
        let is_inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if source.is_empty() || !is_inside {
            return Err(CliError::usage(format!(
                "the copy map sends '{source}' to '{destination}', which is not a path inside the \
                 resources"
            )));
        }
        Ok(Self {
            source: base.join(source),
            destination: path,
        })
    }
}

/// Reads the text of a map that lies in `base`.
pub(crate) fn parse(
    text: &str,
    base: &Path,
    conditions: Conditions,
) -> Result<Vec<Mapping>, CliError> {
    let mut mappings = Vec::new();
    let mut is_wanted = true;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with([';', '#']) {
            continue;
        }
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            is_wanted = conditions.hold_for(section.trim());
        } else if is_wanted {
            let (source, destination) = line.split_once('=').unwrap_or((line, ""));
            mappings.push(Mapping::new(base, unquote(source), unquote(destination))?);
        }
    }
    Ok(mappings)
}

impl Conditions {
    fn hold_for(self, section: &str) -> bool {
        match section {
            "debug" => self.is_debug,
            "prod" => !self.is_debug,
            "linux" | "mac" | "win" | "android" | "ios" => section == self.platform.name(),
            _ => true,
        }
    }
}

fn unquote(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_debug: bool, expected: &[(&str, &str)]) {
        let conditions = Conditions {
            is_debug,
            platform: Platform::Linux,
        };
        let found = parse(text, Path::new("/p"), conditions).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|map| {
                (
                    map.source.to_str().unwrap(),
                    map.destination.to_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_map_a_source_to_a_destination() {
        check(
            "a.js = lib/a.js\n; no\n\"b c\" = /d",
            true,
            &[("/p/a.js", "lib/a.js"), ("/p/b c", "d")],
        );
    }

    #[test]
    fn a_source_alone_keeps_its_name() {
        check("assets", true, &[("/p/assets", "assets")]);
    }

    #[test]
    fn sections_limit_lines_to_some_builds() {
        let text = "[debug]\na = 1\n[prod]\nb = 2\n[linux]\nc = 3\n[mac]\nd = 4";
        check(text, true, &[("/p/a", "1"), ("/p/c", "3")]);
        check(text, false, &[("/p/b", "2"), ("/p/c", "3")]);
    }

    #[test]
    fn a_destination_outside_the_resources_is_refused() {
        let error = Mapping::new(Path::new("/p"), "a", "../b").unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
}
