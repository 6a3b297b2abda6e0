//! `runtime build`: puts an app together; no compiler takes part.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    CliError, Console,
    bundle::{self, Bundle, Recipe},
    options::AppArgs,
    preset,
    project::Project,
    run::{Launch, launch},
    unsupported::PackagingArgs,
};
use crate::ui::app::AppSwitches;

/// Build an app into a folder that runs by itself
///
/// The folder holds a copy of this executable, the app's own files and its resolved
/// configuration. It runs from wherever it is copied to. `.git` and `.sscrc` are never
/// part of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct BuildArgs {
    /// Folder of the app: the one with socket.ini
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// How the app is built.
    #[command(flatten)]
    pub app: AppArgs,
    /// Run the app when it is built
    #[arg(short, long)]
    pub run: bool,
    /// Build as always: there is nothing to compile that this could leave out
    #[arg(short, long)]
    pub only_build: bool,
    /// What other tools would have to do.
    #[command(flatten)]
    pub packaging: PackagingArgs,
    /// Arguments for the app, with --run
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<String>,
}

/// Builds the app, and runs it if that is wanted; returns the exit code.
///
/// # Errors
/// Fails if an option is not supported, the configuration is wrong, a build script fails,
/// or a file cannot be copied.
pub fn build(console: &mut Console<'_>, args: &BuildArgs) -> Result<u8, CliError> {
    args.packaging.refuse()?;
    let build = build_bundle(console, &args.dir, &args.app, Purpose::Keeping)?;
    if !args.run && !build.wants_run {
        return Ok(0);
    }
    launch(
        console,
        &Launch::new(&build, AppSwitches::default(), &args.arguments),
    )
}

/// What an app is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be kept: switches and values hold at every start.
    Keeping,
    /// For one run, which gets them by itself.
    Running,
}

/// A finished build, and how it is to be started.
pub(crate) struct Build {
    /// What was built.
    pub(crate) bundle: Bundle,
    /// The options, those of `.sscrc` included.
    pub(crate) app: AppArgs,
    /// Environment variables that `.sscrc` sets.
    pub(crate) environment: Vec<(String, String)>,
    /// Whether `.sscrc` wants every build to be run.
    wants_run: bool,
}

/// Builds the app in `dir`.
#[expect(clippy::disallowed_methods, reason = "says how long the build took")]
pub(crate) fn build_bundle(
    console: &mut Console<'_>,
    dir: &Path,
    app: &AppArgs,
    purpose: Purpose,
) -> Result<Build, CliError> {
    let started = Instant::now();
    app.target.platform()?;
    let is_kept = purpose == Purpose::Keeping;
    let mut project = Project::load(console, dir)?;
    let app = app.filled_from(&project.preset)?;
    let platform = app.target.platform()?;
    project.expose(&app.env, is_kept)?;
    let recipe = Recipe {
        directory: project.build_folder(&app.target)?,
        project: &project,
        platform,
        is_debug: app.is_debug(),
        script_arguments: script_arguments(&app),
        switches: if is_kept {
            app.switches()
        } else {
            AppSwitches::default()
        },
    };
    if app.verbose {
        console.progress(
            "Building",
            &format!("{} from {}", project.title(), project.shown()),
        )?;
    }
    let bundle = bundle::assemble(&recipe)?;
    if !app.quiet {
        console.progress("Built", &summary(&project, &bundle, started))?;
    }
    Ok(Build {
        wants_run: preset::flag(&project.preset, "run")?,
        environment: project.preset.env.into_iter().collect(),
        bundle,
        app,
    })
}

/// The options of this build as build scripts have always got them.
fn script_arguments(app: &AppArgs) -> Vec<String> {
    let flags = [
        (app.target.prod, "--prod=true"),
        (app.is_debug(), "--debug=true"),
        (app.test.is_some(), "--test=true"),
        (app.headless, "--headless=true"),
        (app.verbose, "--verbose=true"),
    ];
    let mut arguments: Vec<_> = flags
        .iter()
        .filter(|(is_set, _)| *is_set)
        .map(|(_, flag)| (*flag).to_owned())
        .collect();
    arguments.extend(app.port.map(|port| format!("--port={port}")));
    arguments.extend(app.host.as_ref().map(|host| format!("--host={host}")));
    arguments
}

fn summary(project: &Project, bundle: &Bundle, started: Instant) -> String {
    let files = match bundle.file_count {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    format!(
        "{} ({files}, {}) in {:.2} s: {}",
        project.title(),
        super::format::bytes(bundle.byte_count),
        started.elapsed().as_secs_f64(),
        super::format::path(&bundle.executable)
    )
}
