//! Recognises that this process is a packaged app, and starts it.
//!
//! A packaged app is a copy of this executable beside an `app.json` that names it. Its
//! own switches are parsed here; everything else on its command line is the app's.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
};

use super::{CliError, bundle::RESOURCES, error::Explain};
use crate::{
    config,
    ui::app::{self, AppManifest, AppOptions, AppSwitches},
};

/// What `--help` of every app prints below its name.
const HELP: &str = "\
Options:
      --headless           Show no window; needs no display
      --test[=FILE]        Run the app's tests, or this one file of its resources
      --screenshot=FILE    Save a picture of the first frame, print its path and exit
      --automation         Let WebDriver drive the app
      --port=N             Load the page from a development server (debug builds)
      --host=NAME          Load the page from a development server (debug builds)
      --stdin              Pass lines of the standard input to the page
      --control            Let `runtime inspect` change actors (debug builds)
  -h, --help               Print this help
  -v, --version            Print the version

Everything else, and everything after `--`, is passed to the app.
";

/// What the command line of an app asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    switches: AppSwitches,
    argv: Vec<String>,
    wants_help: bool,
    wants_version: bool,
}

/// Runs the app that this process is, and returns its exit code; `None` if it is none.
#[must_use]
pub fn packaged() -> Option<Result<i32, CliError>> {
    let executable = env::current_exe().ok()?;
    let root = executable.parent()?;
    let manifest = match read_manifest(root, executable.file_name()?.to_str()?)? {
        Ok(manifest) => manifest,
        Err(error) => return Some(Err(error)),
    };
    Some(start(
        root,
        manifest,
        env::args_os()
            .skip(1)
            .map(|a| a.to_string_lossy().into_owned()),
    ))
}

/// Reads `app.json` in `root` if it is there and speaks of `executable`.
///
/// Other tools have an `app.json`, too: one that makes no sense is an error only beside the
/// other parts of an app.
fn read_manifest(root: &Path, executable: &str) -> Option<Result<AppManifest, CliError>> {
    let path = root.join(AppManifest::FILE_NAME);
    let text = fs::read(&path).ok()?;
    match serde_json::from_slice::<AppManifest>(&text) {
        Ok(manifest) => (manifest.executable == executable).then_some(Ok(manifest)),
        Err(error) => {
            let is_app = root.join(RESOURCES).is_dir() && root.join("socket.ini").is_file();
            let message = format!("cannot read '{}': {error}", path.display());
            is_app.then(|| Err(CliError::failure(message).hint("build the app again")))
        }
    }
}

fn start(
    root: &Path,
    manifest: AppManifest,
    arguments: impl Iterator<Item = String>,
) -> Result<i32, CliError> {
    let arguments = Arguments::parse(arguments, manifest.debug)?;
    if arguments.wants_help || arguments.wants_version {
        return describe(&manifest, arguments.wants_help).map(|()| 0);
    }
    if manifest.format > AppManifest::FORMAT {
        return Err(CliError::failure(format!(
            "'{}' was built by a newer runtime ({}) than this one ({})",
            manifest.name,
            manifest.runtime,
            env!("CARGO_PKG_VERSION")
        ))
        .hint("build the app again"));
    }
    let options = options(root, manifest, arguments)?;
    if options.switches.from_runtime {
        end_with_parent();
    }
    Ok(app::run(options))
}

fn options(
    root: &Path,
    manifest: AppManifest,
    arguments: Arguments,
) -> Result<AppOptions, CliError> {
    let ini = root.join("socket.ini");
    let text = fs::read(&ini).explain(|| format!("read '{}'", ini.display()))?;
    let loaded = config::parse_bytes(&ini.display().to_string(), &text)
        .map_err(|error| CliError::config(&error))?;
    Ok(AppOptions {
        root: root.to_owned(),
        resources: root.join(RESOURCES),
        config: loaded.config,
        switches: arguments.switches.or(manifest.switches.clone()),
        manifest,
        argv: arguments.argv,
    })
}

/// Prints what the app is, and which options it has if `with_options`.
fn describe(manifest: &AppManifest, with_options: bool) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{} {} (runtime {})",
        manifest.name, manifest.version, manifest.runtime
    )?;
    if with_options {
        write!(
            out,
            "\nUsage: {} [OPTIONS] [ARGS]...\n\n{HELP}",
            manifest.executable
        )?;
    }
    Ok(())
}

/// Asks the system to end this process with the one that started it.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        // Without it, only a `runtime run` that is killed leaves its app behind.
        let _ = set_parent_process_death_signal(Some(Signal::TERM));
    }
}

impl Arguments {
    fn parse(
        mut arguments: impl Iterator<Item = String>,
        is_debug: bool,
    ) -> Result<Self, CliError> {
        let mut parsed = Self::default();
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                parsed.argv.extend(arguments);
                break;
            }
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            if matches!(name, "--port" | "--host" | "--control") && !is_debug {
                return Err(CliError::usage(format!(
                    "{name} works in debug builds only"
                )));
            }
            if !parsed.take(name, value, &mut arguments)? {
                parsed.argv.push(argument);
            }
        }
        Ok(parsed)
    }

    /// Takes one argument in; false if it is none of ours.
    fn take(
        &mut self,
        name: &str,
        value: Option<String>,
        rest: &mut impl Iterator<Item = String>,
    ) -> Result<bool, CliError> {
        let switches = &mut self.switches;
        let mut needed = |value: Option<String>| {
            value
                .or_else(|| rest.next())
                .filter(|value| !value.is_empty())
                .ok_or_else(|| CliError::usage(format!("{name} needs a value")))
        };
        match (name, value) {
            ("--headless", None) => switches.headless = true,
            ("--test", value) => switches.test = Some(value.unwrap_or_default()),
            ("--automation", None) => switches.automation = true,
            ("--stdin", None) => switches.stdin = true,
            ("--control", None) => switches.control = true,
            ("--from-runtime" | "--from-ssc", None) => switches.from_runtime = true,
            ("--screenshot", value) => switches.screenshot = Some(PathBuf::from(needed(value)?)),
            ("--record", value) => switches.record = Some(PathBuf::from(needed(value)?)),
            ("--host", value) => switches.host = Some(needed(value)?),
            ("--port", value) => switches.port = Some(port(&needed(value)?)?),
            ("--help" | "-h", None) => self.wants_help = true,
            ("--version" | "-v", None) => self.wants_version = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn port(text: &str) -> Result<u16, CliError> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| CliError::usage(format!("'{text}' is no port: 1 to 65535")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, switches: AppSwitches, argv: &[&str]) {
        let words = line.split_whitespace().map(str::to_owned);
        let found = Arguments::parse(words, true).unwrap();
        assert_eq!(found.switches, switches);
        assert_eq!(found.argv, argv);
    }

    #[test]
    fn switches_are_taken_and_the_rest_is_the_apps() {
        let switches = AppSwitches {
            headless: true,
            test: Some("a.js".to_owned()),
            port: Some(3000),
            screenshot: Some("x.png".into()),
            from_runtime: true,
            ..AppSwitches::default()
        };
        check(
            "--headless file --test=a.js --port 3000 --screenshot=x.png --from-ssc --verbose",
            switches,
            &["file", "--verbose"],
        );
    }

    #[test]
    fn two_dashes_end_the_switches() {
        check("-- --headless", AppSwitches::default(), &["--headless"]);
    }

    #[test]
    fn a_test_without_a_file_leaves_the_next_argument_alone() {
        let switches = AppSwitches {
            test: Some(String::new()),
            ..AppSwitches::default()
        };
        check("--test a.js", switches, &["a.js"]);
    }

    #[test]
    fn a_release_refuses_to_load_its_page_from_elsewhere() {
        let words = ["--host=example.com".to_owned()];
        let error = Arguments::parse(words.into_iter(), false).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn only_a_manifest_that_names_the_executable_counts() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_manifest(dir.path(), "app"), None);
        let manifest = AppManifest {
            executable: "app".to_owned(),
            ..AppManifest::default()
        };
        let text = serde_json::to_string(&manifest).unwrap();
        fs::write(dir.path().join("app.json"), text).unwrap();
        assert_eq!(read_manifest(dir.path(), "app"), Some(Ok(manifest)));
        assert_eq!(read_manifest(dir.path(), "runtime"), None);
    }

    #[test]
    fn an_app_whose_manifest_is_broken_says_so_and_a_stranger_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("app.json"), "{").unwrap();
        assert_eq!(read_manifest(dir.path(), "app"), None);
        fs::create_dir(dir.path().join(RESOURCES)).unwrap();
        fs::write(dir.path().join("socket.ini"), "").unwrap();
        let error = read_manifest(dir.path(), "app").unwrap().unwrap_err();
        assert!(error.to_string().contains("app.json': EOF"), "{error}");
    }
}
