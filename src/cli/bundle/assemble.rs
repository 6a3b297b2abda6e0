//! Puts an app together: scripts, files, configuration, manifest, executable.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{
    RESOURCES,
    copy::Copier,
    copy_map::{self, Conditions, Mapping},
    script::run_script,
    staging::Staging,
};
use crate::{
    cli::{
        error::{CliError, Explain},
        options::Platform,
        project::Project,
    },
    ui::app::{AppManifest, AppSwitches},
};

/// Everything that one build is made from.
#[derive(Debug)]
pub(crate) struct Recipe<'a> {
    /// What is built.
    pub(crate) project: &'a Project,
    /// The folder to build; its parents are made.
    pub(crate) directory: PathBuf,
    /// What is built for.
    pub(crate) platform: Platform,
    /// Whether the build has developer tools.
    pub(crate) is_debug: bool,
    /// Switches that hold at every start.
    pub(crate) switches: AppSwitches,
    /// What build scripts are told, if they want to know.
    pub(crate) script_arguments: Vec<String>,
}

/// A built app.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    /// The executable.
    pub(crate) executable: PathBuf,
    /// How many files the resources have.
    pub(crate) file_count: u64,
    /// How many bytes the resources have.
    pub(crate) byte_count: u64,
}

/// Builds an app and puts it in the place of the one before.
pub(crate) fn assemble(recipe: &Recipe<'_>) -> Result<Bundle, CliError> {
    let project = recipe.project;
    let staging = Staging::beside(&recipe.directory)?;
    let resources = staging.path().join(RESOURCES);
    fs::create_dir(&resources).explain(|| format!("create '{}'", resources.display()))?;
    let arguments = recipe.script_arguments();
    let run = |script| {
        let env = &project.preset.env;
        run_script(script, &project.root, &resources, arguments, env)
    };
    project.script().map_or(Ok(()), run)?;
    let (file_count, byte_count) = copy_resources(recipe, &resources)?;
    project.script_after().map_or(Ok(()), run)?;
    write(&staging.path().join("socket.ini"), &project.config.to_ini())?;
    write(
        &staging.path().join(AppManifest::FILE_NAME),
        &manifest(recipe)?,
    )?;
    copy_executable(&staging.path().join(project.name()))?;
    staging.publish()?;
    Ok(Bundle {
        executable: recipe.directory.join(project.name()),
        file_count,
        byte_count,
    })
}

impl Recipe<'_> {
    fn script_arguments(&self) -> &[String] {
        if self.project.forwards_arguments() {
            &self.script_arguments
        } else {
            &[]
        }
    }

    fn conditions(&self) -> Conditions {
        Conditions {
            is_debug: self.is_debug,
            platform: self.platform,
        }
    }
}

fn copy_resources(recipe: &Recipe<'_>, resources: &Path) -> Result<(u64, u64), CliError> {
    let project = recipe.project;
    let excluded = excluded(recipe)?;
    let mut copier = Copier::new(&project.root, &excluded);
    if let Some(source) = project.copy_source()? {
        if excluded.iter().any(|excluded| source.starts_with(excluded)) {
            return Err(CliError::usage(format!(
                "`[build] copy` names '{}', which holds builds",
                source.display()
            ))
            .hint("name another folder as `[build] output`"));
        }
        copier.copy(&source, resources)?;
    }
    for mapping in mappings(recipe)? {
        copier.copy(&mapping.source, &resources.join(&mapping.destination))?;
    }
    Ok((copier.file_count, copier.byte_count))
}

/// The folders that are never copied: the whole output folder, or only its builds if what
/// is copied comes from there too.
fn excluded(recipe: &Recipe<'_>) -> Result<Vec<PathBuf>, CliError> {
    let output = recipe.project.output();
    let output = output
        .canonicalize()
        .explain(|| format!("read '{}'", output.display()))?;
    match recipe.project.copy_source()? {
        Some(source) if source.starts_with(&output) => Ok(["", "-dev"]
            .iter()
            .map(|suffix| output.join(format!("{}{suffix}", recipe.platform)))
            .collect()),
        _ => Ok(vec![output]),
    }
}

fn mappings(recipe: &Recipe<'_>) -> Result<Vec<Mapping>, CliError> {
    let project = recipe.project;
    let mut mappings = Vec::new();
    if let Some(path) = project.copy_map_file() {
        let text = fs::read_to_string(&path)
            .explain(|| format!("read the copy map '{}'", path.display()))?;
        let base = path.parent().unwrap_or(&project.root);
        mappings = copy_map::parse(&text, base, recipe.conditions())?;
    }
    for (source, destination) in project.copy_map() {
        mappings.push(Mapping::new(&project.root, source, destination)?);
    }
    Ok(mappings)
}

fn manifest(recipe: &Recipe<'_>) -> Result<String, CliError> {
    let project = recipe.project;
    let manifest = AppManifest {
        format: AppManifest::FORMAT,
        runtime: env!("CARGO_PKG_VERSION").to_owned(),
        executable: project.name(),
        debug: recipe.is_debug,
        name: project.name(),
        version: project.version(),
        built_from: recipe.is_debug.then(|| project.root.clone()),
        switches: recipe.switches.clone(),
    };
    let mut text = serde_json::to_string_pretty(&manifest).map_err(|error| {
        CliError::failure(format!(
            "cannot describe the app in '{}': {error}",
            project.root.display()
        ))
    })?;
    text.push('\n');
    Ok(text)
}

/// Copies the executable of this very process, which is the runtime of every app.
fn copy_executable(to: &Path) -> Result<(), CliError> {
    let own = own_executable()?;
    fs::copy(&own, to).explain(|| format!("copy the executable '{}'", own.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(to, fs::Permissions::from_mode(0o755))
            .explain(|| format!("make '{}' executable", to.display()))?;
    }
    Ok(())
}

fn own_executable() -> Result<PathBuf, CliError> {
    // This link works even if the file was replaced or deleted since the start.
    let link = Path::new("/proc/self/exe");
    if link.exists() {
        return Ok(link.to_owned());
    }
    env::current_exe().explain(|| "find the executable of this process")
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).explain(|| format!("write '{}'", path.display()))
}
