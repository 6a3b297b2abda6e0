//! The folder of an app's sources and what its configuration says about building it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{CliError, Console, error::Explain, format, options::TargetArgs, preset};
use crate::{
    config::{self, CliOptions, Config},
    ui::app::AppManifest,
};

/// A project whose configuration has been read and checked.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// Its folder; canonical.
    pub(crate) root: PathBuf,
    /// Its configuration, overrides included.
    pub(crate) config: Config,
    /// What `.sscrc` says in place of the command line.
    pub(crate) preset: CliOptions,
}

impl Project {
    /// Reads the project in `dir` and prints what its configuration is warned about.
    pub(crate) fn load(console: &mut Console<'_>, dir: &Path) -> Result<Self, CliError> {
        if !dir.is_dir() {
            let what = if dir.exists() {
                "is not a folder"
            } else {
                "does not exist"
            };
            return Err(CliError::usage(format!("'{}' {what}", dir.display()))
                .hint("name the folder with the app's socket.ini"));
        }
        let root = dir
            .canonicalize()
            .explain(|| format!("open '{}'", dir.display()))?;
        root.join("socket.ini")
            .try_exists()
            .explain(|| format!("look into '{}'", dir.display()))?;
        if !["socket.ini", "ssc.config"]
            .iter()
            .any(|file| root.join(file).exists())
        {
            return Err(
                CliError::usage(format!("no socket.ini in '{}'", dir.display())).hint(format!(
                    "`runtime init {}` makes an app there",
                    format::quoted(&format::path(&root))
                )),
            );
        }
        // Read under the name that the user gave, so that diagnostics show it.
        let loaded = config::load(dir).map_err(|error| CliError::config(&error))?;
        for warning in &loaded.warnings {
            console.note(&warning.to_string())?;
        }
        let project = Self {
            root,
            config: loaded.config,
            preset: loaded.cli,
        };
        for option in preset::unsupported(&project.preset) {
            console.note(&format!(".sscrc: warning: --{option} is not supported yet"))?;
        }
        project.check_name()?;
        Ok(project)
    }

    /// Lets the app see more environment variables: `KEY`, or `KEY=VALUE`, whose value
    /// becomes part of the build if `keeps_values`.
    pub(crate) fn expose(&mut self, env: &[String], keeps_values: bool) -> Result<(), CliError> {
        if env.is_empty() {
            return Ok(());
        }
        let mut names = self.config.build.env.clone();
        let mut values = String::new();
        for entry in env {
            let (name, value) = match entry.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (entry.as_str(), None),
            };
            check_variable(name)?;
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
            if let (Some(value), true) = (value, keeps_values) {
                check_value(name, value)?;
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                values.push_str(&format!("{name} = \"{value}\"\n"));
            }
        }
        // The last setting of a name wins.
        let added = format!("[build]\nenv = \"{}\"\n[env]\n{values}", names.join(", "));
        let text = format!("{}{added}", self.config.to_ini());
        let loaded = config::parse("socket.ini", &text).map_err(|e| CliError::config(&e))?;
        self.config = loaded.config;
        Ok(())
    }

    /// Name of the app and of its executable.
    pub(crate) fn name(&self) -> String {
        self.config.build.name.clone()
    }

    /// Version of the app.
    pub(crate) fn version(&self) -> String {
        self.config
            .get("meta.version")
            .unwrap_or("1.0.0")
            .to_owned()
    }

    /// Name and version, for people.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.name(), self.version())
    }

    /// The project's folder, for people.
    pub(crate) fn shown(&self) -> String {
        format::path(&self.root)
    }

    /// Folder of all builds.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.join(&self.config.build.output)
    }

    /// Folder of one build.
    pub(crate) fn build_folder(&self, target: &TargetArgs) -> Result<PathBuf, CliError> {
        Ok(self.output().join(target.folder()?).join(self.name()))
    }

    /// The folder whose content becomes the resources; none if only scripts or copy maps
    /// fill them.
    pub(crate) fn copy_source(&self) -> Result<Option<PathBuf>, CliError> {
        let named = &self.config.build.copy;
        let path = self.root.join(named);
        if path.exists() {
            return path
                .canonicalize()
                .explain(|| format!("open '{}'", path.display()))
                .map(Some);
        }
        let has_others = self.script().is_some()
            || self.config.build.copy_map.is_some()
            || !self.config.copy_map.is_empty();
        if named == "src" && has_others {
            return Ok(None);
        }
        Err(
            CliError::usage(format!("there is no '{named}' in '{}'", self.shown()))
                .hint("it holds the app's files; `[build] copy` in socket.ini names it"),
        )
    }

    /// The file that maps sources to destinations.
    pub(crate) fn copy_map_file(&self) -> Option<PathBuf> {
        self.config
            .build
            .copy_map
            .as_ref()
            .map(|file| self.root.join(file))
    }

    /// What `[build.copy-map]` says.
    pub(crate) fn copy_map(&self) -> &BTreeMap<String, String> {
        &self.config.copy_map
    }

    /// What to run before files are copied.
    pub(crate) fn script(&self) -> Option<&str> {
        self.config
            .build
            .script
            .as_deref()
            .filter(|script| !script.is_empty())
    }

    /// What to run after files are copied.
    pub(crate) fn script_after(&self) -> Option<&str> {
        self.config
            .build
            .script_after
            .as_deref()
            .filter(|script| !script.is_empty())
    }

    /// Whether scripts are told the options of the build.
    pub(crate) fn forwards_arguments(&self) -> bool {
        self.config.build.script_forward_arguments
    }

    fn check_name(&self) -> Result<(), CliError> {
        let name = self.name();
        let is_taken = [
            "socket.ini",
            AppManifest::FILE_NAME,
            super::bundle::RESOURCES,
        ];
        let is_path = name.contains(['/', '\\', '\0']) || name == "." || name == "..";
        if is_path || name.is_empty() || is_taken.contains(&name.as_str()) {
            return Err(CliError::usage(format!("an app cannot be called '{name}'"))
                .hint("choose another `[build] name` in socket.ini"));
        }
        Ok(())
    }
}

/// The value goes into the built socket.ini, of which a line is a setting.
fn check_value(name: &str, value: &str) -> Result<(), CliError> {
    if !value.contains(|c: char| c.is_control() && c != '\t') {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "the value of '{name}' holds a line break or another control character"
    ))
    .hint(format!(
        "write --env={name}, and set the variable when the app starts"
    )))
}

fn check_variable(name: &str) -> Result<(), CliError> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(is_name) {
        return Ok(());
    }
    Err(
        CliError::usage(format!("'{name}' is no name of an environment variable"))
            .hint("write --env=NAME or --env=NAME=VALUE"),
    )
}
