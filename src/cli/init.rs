//! `runtime init`: writes a new app from the templates in `config/templates`.
//!
//! Invariant: no file that exists is changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use include_dir::{Dir, File, include_dir};

use super::{CliError, Console, error::Explain, format};

/// The files of a new app, with `{{…}}` where its name goes.
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/templates");

/// Longest name of an app, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Make a new app: a socket.ini and a page
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InitArgs {
    /// Folder of the new app; made if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Name of the app and of its executable (default: the folder's)
    #[arg(short, long)]
    pub name: Option<String>,
    /// Write socket.ini only
    #[arg(short = 'C', long = "config")]
    pub config_only: bool,
}

/// Writes the app's files, except those that exist.
///
/// # Errors
/// Fails if there is a socket.ini already, the name will not do, or a file cannot be written.
pub fn init(console: &mut Console<'_>, args: &InitArgs) -> Result<(), CliError> {
    let name = match &args.name {
        Some(name) => checked_name(name)?,
        None => name_of_folder(&args.dir)?,
    };
    let existing = ["socket.ini", "ssc.config"].map(|file| args.dir.join(file));
    if let Some(file) = existing.iter().find(|file| file.exists()) {
        return Err(
            CliError::usage(format!("'{}' exists already", file.display())).hint(format!(
                "`runtime run {}` runs the app that is there",
                format::quoted(&args.dir.to_string_lossy())
            )),
        );
    }
    for file in templates() {
        let relative = destination(file.path());
        if args.config_only && relative != Path::new("socket.ini") {
            continue;
        }
        let path = args.dir.join(relative);
        let verb = if write_new(&path, &filled_in(file, &name))? {
            "Wrote"
        } else {
            "Kept"
        };
        console.progress(verb, &format::path(&path))?;
    }
    if !args.config_only {
        let target = if args.dir == Path::new(".") {
            String::new()
        } else {
            format!(" {}", format::quoted(&args.dir.to_string_lossy()))
        };
        console.progress("Next", &format!("runtime run{target}"))?;
    }
    Ok(())
}

/// Every template, the configuration first.
fn templates() -> Vec<&'static File<'static>> {
    let mut files = Vec::new();
    let mut folders = vec![&TEMPLATES];
    while let Some(folder) = folders.pop() {
        files.extend(folder.files());
        folders.extend(folder.dirs());
    }
    files.sort_by_key(|file| (file.path() != Path::new("socket.ini"), file.path()));
    files
}

/// Where a template goes: `gitignore` has lost its dot so as not to act where it is kept.
fn destination(template: &Path) -> &Path {
    if template == Path::new("gitignore") {
        Path::new(".gitignore")
    } else {
        template
    }
}

/// The content of a template for an app of this name.
fn filled_in(file: &File<'_>, name: &str) -> Vec<u8> {
    let Some(text) = file.contents_utf8() else {
        return file.contents().to_vec();
    };
    text.replace("{{name}}", name)
        .replace("{{title}}", &title(name))
        .replace("{{bundle_identifier}}", &bundle_identifier(name))
        .into_bytes()
}

/// Writes a file and its folders; false if there is one already.
fn write_new(path: &Path, content: &[u8]) -> Result<bool, CliError> {
    if path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)
            .explain(|| format!("create the folder '{}'", parent.display()))?;
    }
    fs::write(path, content).explain(|| format!("write '{}'", path.display()))?;
    Ok(true)
}

fn checked_name(name: &str) -> Result<String, CliError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= NAME_BYTES_MAX
        && name.chars().all(is_allowed);
    if is_name {
        return Ok(name.to_owned());
    }
    Err(
        CliError::usage(format!("an app cannot be called '{name}'")).hint(format!(
            "a name such as '{}' has letters, digits and dashes only",
            slug(name)
        )),
    )
}

fn name_of_folder(dir: &Path) -> Result<String, CliError> {
    let absolute = match dir.canonicalize() {
        Ok(path) => path,
        Err(_) => std::path::absolute(dir).explain(|| format!("open '{}'", dir.display()))?,
    };
    let name = absolute.file_name().unwrap_or_default().to_string_lossy();
    Ok(slug(&name))
}

/// A name made of what can stand in one.
fn slug(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut name = words.join("-").to_lowercase();
    name.truncate(NAME_BYTES_MAX);
    if name.is_empty() {
        "my-app".to_owned()
    } else {
        name
    }
}

/// `my-app` as people write it: `My app`.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
    })
}

fn bundle_identifier(name: &str) -> String {
    format!("com.example.{}", slug(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_name_becomes_an_apps() {
        let found = ["My App", "notes_2", "…", "a.b"].map(slug);
        assert_eq!(found, ["my-app", "notes-2", "my-app", "a-b"]);
    }

    #[test]
    fn names_with_spaces_are_refused_with_a_better_one() {
        let error = checked_name("My App").unwrap_err();
        assert!(error.hints()[0].contains("'my-app'"), "{error:?}");
    }

    #[test]
    fn titles_read_like_titles() {
        assert_eq!(title("my-first_app"), "My first app");
    }

    #[test]
    fn no_placeholder_is_left() {
        for file in templates() {
            let text = String::from_utf8_lossy(&filled_in(file, "x")).into_owned();
            assert!(!text.contains("{{"), "{}", file.path().display());
        }
    }
}
