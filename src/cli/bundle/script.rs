//! Runs the build scripts that `socket.ini` names.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::Path,
    process::{Command, ExitStatus},
};

use crate::cli::error::{CliError, Explain};

/// Runs `script` in the project, with the resources folder and then `arguments` behind it,
/// and `environment` besides its own.
pub(crate) fn run_script(
    script: &str,
    project: &Path,
    resources: &Path,
    arguments: &[String],
    environment: &BTreeMap<String, String>,
) -> Result<(), CliError> {
    let status = command(script, resources, arguments)
        .current_dir(project)
        .envs(environment)
        .status()
        .explain(|| format!("start the build script `{script}`"))?;
    if status.success() {
        return Ok(());
    }
    let message = format!(
        "the build script `{script}` failed with {}",
        describe(status)
    );
    Err(CliError::program(exit_code(status), message)
        .hint(format!("it ran in '{}'", project.display())))
}

/// The code that a shell would report.
pub(crate) fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(u8::MAX);
        }
    }
    status
        .code()
        .map_or(1, |code| u8::try_from(code & 0xff).unwrap_or(u8::MAX))
}

#[cfg(unix)]
fn command(script: &str, resources: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new("/bin/sh");
    let line = format!("{script} \"$@\"");
    command.args([
        OsStr::new("-c"),
        OsStr::new(&line),
        OsStr::new("build-script"),
    ]);
    command.arg(resources).args(arguments);
    command
}

#[cfg(windows)]
fn command(script: &str, resources: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C").arg(script).arg(resources).args(arguments);
    command
}

fn describe(status: ExitStatus) -> String {
    match exit_code(status) {
        code if code > 128 => format!("signal {}", code - 128),
        code => format!("exit code {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_gets_the_resources_folder_and_the_arguments() {
        let dir = tempfile::tempdir().unwrap();
        let script = "printf '%s\\n' > args";
        run_script(
            script,
            dir.path(),
            Path::new("/r"),
            &["--prod".to_owned()],
            &BTreeMap::new(),
        )
        .unwrap();
        assert_eq!(
            std::fs::read_to_string(dir.path().join("args")).unwrap(),
            "/r\n--prod\n"
        );
    }

    #[test]
    fn failing_script_sets_the_exit_code() {
        let none = BTreeMap::new();
        let error = run_script("exit 3;", Path::new("/"), Path::new("/r"), &[], &none).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert_eq!(
            error.to_string(),
            "the build script `exit 3;` failed with exit code 3"
        );
    }
}
