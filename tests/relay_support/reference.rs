//! The reference peer: where its code is, once it has been installed.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The folder of the package that is the reference. Installs it if need be; a machine on which
/// that is impossible fails the test and says how to help.
#[track_caller]
pub(super) fn module() -> PathBuf {
    static MODULE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match MODULE.get_or_init(install) {
        Ok(folder) => folder.clone(),
        Err(problem) => panic!("{problem}"),
    }
}

/// The script that runs a reference peer.
pub(super) fn script() -> PathBuf {
    here().join("reference-peer.mjs")
}

fn install() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("reference");
    let finished = Command::new("node")
        .arg(here().join("install.mjs"))
        .arg(target)
        .output()
        .map_err(|error| format!("the reference peer needs Node ({error}); install nodejs 18"))?;
    if !finished.status.success() {
        return Err(String::from_utf8_lossy(&finished.stderr).into_owned());
    }
    let folder = String::from_utf8_lossy(&finished.stdout);
    Ok(PathBuf::from(folder.trim_end()))
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}
