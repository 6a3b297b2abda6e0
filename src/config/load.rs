//! Finds, reads and joins the files of one project.

use std::{
    env, fs,
    io::{self, Read},
    path::Path,
};

use super::{
    check::{self, Notation},
    diagnostic::{Diagnostic, Findings, LoadError, Place},
    entries::Entries,
    ini::{self, FILE_BYTES_MAX},
    legacy,
    settings::Config,
    sscrc::{self, CliOptions},
};

/// A configuration that can be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// What should be put right in its files.
    pub warnings: Vec<Diagnostic>,
    /// What `.sscrc` says in place of the command line.
    pub cli: CliOptions,
}

/// Reads the configuration of the app in `project`: its `socket.ini`, or else its
/// `ssc.config`, and over it the `.sscrc` of the project and of the user's home folder, of
/// which the project's wins.
///
/// # Errors
/// Everything that is wrong in any of the files, with its place.
pub fn load(project: &Path) -> Result<Loaded, LoadError> {
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
    load_with_home(project, home.as_deref().map(Path::new))
}

/// Does what [`load`] does with the given home folder.
///
/// # Errors
/// Those of [`load`].
pub fn load_with_home(project: &Path, home: Option<&Path>) -> Result<Loaded, LoadError> {
    let mut findings = Findings::default();
    let (file, notation, mut entries) = read_project(project, &mut findings);
    let mut cli = CliOptions::default();
    let misnamed = project.join(".ssrc");
    if misnamed.exists() {
        // The documentation of Socket Runtime 0.5 named the file so; its code never did.
        let help = Some("rename it to .sscrc".to_owned());
        findings.warn(
            &Place::whole(&shown(&misnamed)),
            "this file is not read".to_owned(),
            help,
        );
    }
    let home = home.filter(|home| *home != project);
    // The project's file comes first for options, which keep the first value; and last for
    // settings, of which the last one stands.
    let mut overrides = Vec::new();
    for folder in [Some(project), home].into_iter().flatten() {
        let path = folder.join(".sscrc");
        let Some(text) = read_optional(&path, &mut findings) else {
            continue;
        };
        let document = ini::read(&shown(&path), &text, &mut findings);
        let (settings, options) = sscrc::split(document, &mut findings);
        cli.fill_from(options);
        overrides.push(Entries::collect(settings, &mut findings));
    }
    for settings in overrides.into_iter().rev() {
        entries.override_with(settings);
    }
    let mut loaded = finish(&file, notation, entries, findings)?;
    loaded.cli = cli;
    Ok(loaded)
}

/// Reads the text of one `socket.ini`; `file_name` stands in the diagnostics.
///
/// # Errors
/// Everything that is wrong in it, with its place.
pub fn parse(file_name: &str, text: &str) -> Result<Loaded, LoadError> {
    let mut findings = Findings::default();
    let document = ini::read(file_name, text, &mut findings);
    let entries = Entries::collect(document, &mut findings);
    finish(file_name, Notation::Ini, entries, findings)
}

/// Does what [`parse`] does with bytes that may not be text.
///
/// # Errors
/// Those of [`parse`], and the place of the first byte that is not UTF-8.
pub fn parse_bytes(file_name: &str, bytes: &[u8]) -> Result<Loaded, LoadError> {
    let mut findings = Findings::default();
    match decode(file_name, bytes.to_vec(), &mut findings) {
        Some(text) => parse(file_name, &text),
        None => Err(refusal(findings)),
    }
}

/// Reads a file of lines `source = target`, as `[build] copy_map` names one.
///
/// # Errors
/// What is wrong in it, or why it cannot be read.
pub fn load_map(path: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let mut findings = Findings::default();
    let text = read_file(path, &mut findings).unwrap_or_default();
    let document = ini::read(&shown(path), &text, &mut findings);
    findings.finish()?;
    Ok(document
        .settings
        .into_iter()
        .map(|setting| (setting.key, setting.value))
        .collect())
}

fn read_project(project: &Path, findings: &mut Findings) -> (String, Notation, Entries) {
    let path = project.join("socket.ini");
    let old_path = project.join("ssc.config");
    let file = shown(&path);
    if let Some(text) = read_optional(&path, findings) {
        let document = ini::read(&file, &text, findings);
        return (file, Notation::Ini, Entries::collect(document, findings));
    }
    if path.exists() {
        return (file, Notation::Ini, Entries::default());
    }
    let file = shown(&old_path);
    if let Some(text) = read_optional(&old_path, findings) {
        let document = legacy::read(&file, &text, findings);
        return (file, Notation::Legacy, Entries::collect(document, findings));
    }
    let help = Some("'runtime init' writes one".to_owned());
    findings.error(
        &Place::whole(&shown(&path)),
        "no such file".to_owned(),
        help,
    );
    (shown(&path), Notation::Ini, Entries::default())
}

fn finish(
    file: &str,
    notation: Notation,
    entries: Entries,
    mut findings: Findings,
) -> Result<Loaded, LoadError> {
    // A file that is not there or could not be read lacks nothing in particular.
    if entries.by_name.is_empty() && entries.headers.is_empty() && findings.has_errors() {
        return Err(refusal(findings));
    }
    let values = check::check(file, notation, &entries, &mut findings);
    let warnings = findings.finish()?;
    Ok(Loaded {
        config: Config::new(entries, &values),
        warnings,
        cli: CliOptions::default(),
    })
}

/// What was found, for a caller who knows that it holds an error.
fn refusal(findings: Findings) -> LoadError {
    let diagnostics = match findings.finish() {
        Ok(warnings) => warnings,
        Err(error) => error.diagnostics,
    };
    LoadError { diagnostics }
}

/// The text of a file that need not exist.
fn read_optional(path: &Path, findings: &mut Findings) -> Option<String> {
    let is_absent =
        matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound);
    if is_absent {
        None
    } else {
        read_file(path, findings)
    }
}

fn read_file(path: &Path, findings: &mut Findings) -> Option<String> {
    let limit = u64::try_from(FILE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    match read {
        Ok(_) if bytes.len() > FILE_BYTES_MAX => {
            let message = format!("more than {FILE_BYTES_MAX} bytes");
            findings.error(&Place::whole(&shown(path)), message, None);
            None
        }
        Ok(_) => decode(&shown(path), bytes, findings),
        Err(error) => {
            findings.error(
                &Place::whole(&shown(path)),
                format!("cannot read: {error}"),
                None,
            );
            None
        }
    }
}

fn decode(file: &str, bytes: Vec<u8>, findings: &mut Findings) -> Option<String> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let place = Place {
        file: file.into(),
        line: number(text.matches('\n').count() + 1),
        column: number(last_line.chars().count() + 1),
    };
    let help = Some("save the file as UTF-8".to_owned());
    findings.error(&place, "byte that is not UTF-8".to_owned(), help);
    None
}

/// A path as people write it: without a leading `./`.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
